"""Taking in a body whose sender may be hostile: endless, dripping, or too large for the disk."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from aiohttp import StreamReader

from filmgate.domain.errors import BadInput, SetUp, Unreachable
from filmgate.transport.policy import Policy

BUFFER_BYTES = 1 << 20


class Sink:
    """Writes in a thread, in large pieces, so that a slow disk holds up nobody else."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = bytearray()
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()

    async def write(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self._buffer += chunk
        if len(self._buffer) >= BUFFER_BYTES:
            await self.flush()

    async def flush(self) -> None:
        piece, self._buffer = self._buffer, bytearray()
        await asyncio.to_thread(self._put, piece)

    def _put(self, piece: bytearray) -> None:
        self._sha256.update(piece)
        try:
            self._file.write(piece)
            self._file.flush()
        except OSError as error:
            raise _no_room(error) from error


@contextlib.contextmanager
def sink_into(into: Path | BinaryIO) -> Iterator[Sink]:
    """A file that did not become whole is removed; an open one is its owner's business."""
    if not isinstance(into, Path):
        yield Sink(into)
        return
    try:
        file = into.open("wb")
    except OSError as error:
        raise _no_room(error) from error
    try:
        with file:
            yield Sink(file)
    except BaseException:
        into.unlink(missing_ok=True)
        raise


async def pour(source: StreamReader, sink: Sink, *, max_bytes: int, host: str, by: Policy) -> None:
    """All of the source into the sink. Raises BadInput, Unreachable, SetUp."""
    clock = asyncio.get_running_loop().time
    window_ends = clock() + by.rate_window_s
    window_bytes = 0
    while True:
        chunk = b""
        try:
            async with asyncio.timeout_at(window_ends):
                chunk = await source.readany()
        except TimeoutError:
            pass  # the window's end, which is looked at below
        else:
            if not chunk:
                break
        if sink.size_bytes + len(chunk) > max_bytes:
            raise too_large(host, max_bytes)
        await sink.write(chunk)
        window_bytes += len(chunk)
        if clock() >= window_ends:
            if window_bytes < by.rate_min_bytes_per_s * by.rate_window_s:
                raise Unreachable(f"{host} sends the file too slowly")
            window_ends, window_bytes = clock() + by.rate_window_s, 0
    await sink.flush()


def too_large(host: str, max_bytes: int) -> BadInput:
    size = f"{max_bytes / 1e6:.3g} MB" if max_bytes >= 1e5 else f"{max_bytes} bytes"
    return BadInput(f"the file at {host} is larger than {size}")


def _no_room(error: OSError) -> SetUp:
    return SetUp(
        f"an incoming file can't be written: {error.strerror or error}",
        remedy="Make room, or give write access.",
    )
