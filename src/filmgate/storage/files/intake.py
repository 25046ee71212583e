"""Where given media come in: bytes of a call, uploads, and what a URL leads to.

Each ends as a stored input that was checked once; a message begins with the field it came in.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Protocol

from filmgate.domain.errors import BadInput, Conflict, Unreachable, Wait
from filmgate.domain.media import Facts, MediaLimits, broken_limit, size_refusal
from filmgate.domain.request import Asset, Fetch
from filmgate.domain.task import Task
from filmgate.storage.files.assets import StoredAssets
from filmgate.storage.files.disk import disk_trouble_told
from filmgate.storage.files.results import StoredResults
from filmgate.storage.files.staging import Staging

WAITING_MAX = 64
"""Each holds its bytes in memory until it has been looked at."""
WAIT_S = 5.0
PIECE_BYTES = 1 << 20
FETCH_S = 30.0
FETCH_BYTES_PER_S = 500_000
"""A host may take this long to answer, and for its file as long as this slow a line takes."""


class Download(Protocol):
    async def __call__(
        self, url: str, into: Path, *, max_bytes: int, deadline_s: float
    ) -> tuple[str, int]:
        """Digest and size. Raises BadInput, Unreachable and SetUp."""


class StoredIntake:
    def __init__(
        self,
        assets: StoredAssets,
        staging: Staging,
        results: StoredResults,
        *,
        check_url: Callable[[str], None],
        download: Download,
    ) -> None:
        self._assets = assets
        self._staging = staging
        self._results = results
        self._check_url = check_url
        self._download = download
        self._waiting = 0

    async def keep(self, data: bytes, *, field: str, limits: MediaLimits) -> Asset:
        async def pieces() -> AsyncIterator[bytes]:
            yield data

        with self._in_line():
            return await self.keep_stream(pieces(), field=field, limits=limits)

    async def keep_stream(
        self, chunks: AsyncIterator[bytes], *, field: str, limits: MediaLimits, name: str = ""
    ) -> Asset:
        with self._draft() as (file, path):
            digest, size_bytes = hashlib.sha256(), 0
            pending = bytearray()

            def write(piece: bytes) -> None:
                with disk_trouble_told("the input", str(self._staging.folder)):
                    digest.update(piece)
                    os.write(file, piece)

            async for chunk in chunks:
                size_bytes += len(chunk)
                if size_bytes > limits.bytes_max:
                    raise BadInput(f"{field} {size_refusal(limits)}", field=field)
                pending += chunk
                if len(pending) >= PIECE_BYTES:
                    await asyncio.to_thread(write, bytes(pending))
                    pending.clear()
            await asyncio.to_thread(write, bytes(pending))
            if not size_bytes:
                raise BadInput(f"{field} is empty", field=field)
            return await self._admit(
                path, digest.hexdigest(), size_bytes, field=field, limits=limits, name=name
            )

    def promise(self, url: str, *, field: str, limits: MediaLimits) -> Asset:
        try:
            self._check_url(url)
        except BadInput as error:
            raise _in_field(error, field, "can't be used") from error
        return Asset("", "", 0, fetch=Fetch(url=url, field=field, limits=limits))

    async def recall(self, digest: str, *, name: str = "") -> Asset:
        return await self._assets.recall(digest, name=name)

    async def facts(self, asset: Asset) -> Facts:
        return await self._assets.facts(asset)

    async def keep_film(self, task: Task) -> Asset:
        result = task.result or task.rescued
        if result is None:
            raise Conflict(f"task {task.id} is {task.state.value} and has no film")
        return await self._assets.put(await self._results.locate(result))

    async def fetch(self, wanted: Fetch) -> Asset:
        """What was promised. Raises BadInput, Unreachable and SetUp."""
        most = wanted.limits.bytes_max
        with self._draft() as (_, path):
            try:
                digest, size_bytes = await self._download(
                    wanted.url,
                    path,
                    max_bytes=most,
                    deadline_s=FETCH_S + most / FETCH_BYTES_PER_S,
                )
            except BadInput as error:
                raise _in_field(error, wanted.field, "can't be fetched") from error
            except Unreachable as error:
                raise Unreachable(f"{wanted.field} can't be fetched: {error.message}") from error
            return await self._admit(
                path, digest, size_bytes, field=wanted.field, limits=wanted.limits
            )

    async def _admit(
        self,
        path: Path,
        digest: str,
        size_bytes: int,
        *,
        field: str,
        limits: MediaLimits,
        name: str = "",
    ) -> Asset:
        try:
            asset = await self._assets.admit(path, digest, size_bytes, name=name, called=field)
        except BadInput as error:
            error.field = field
            raise
        told = broken_limit(limits, await self._assets.facts(asset), size_bytes)
        if told is not None:
            raise BadInput(f"{field} {told}", field=field)
        return asset

    @contextlib.contextmanager
    def _draft(self) -> Iterator[tuple[int, Path]]:
        with disk_trouble_told("the input", str(self._staging.folder)):
            file, path = self._staging.open_upload()
        try:
            yield file, path
        finally:
            os.close(file)
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _in_line(self) -> Iterator[None]:
        if self._waiting >= WAITING_MAX:
            raise Wait(
                "too many files are waiting to be looked at",
                retry_after_s=WAIT_S,
                remedy="Send it again in a moment.",
            )
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


def _in_field(error: BadInput, field: str, trouble: str) -> BadInput:
    return BadInput(f"{field} {trouble}: {error.message}", field=field, remedy=error.remedy)
