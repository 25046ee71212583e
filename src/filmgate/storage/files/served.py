"""Stored files in pieces, for the server's answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import msgspec

from filmgate.domain.errors import NotFound
from filmgate.domain.files import INPUTS, MEDIA_TYPES, FileInfo, key_of
from filmgate.domain.media import Facts
from filmgate.storage.files.assets import FACTS
from filmgate.storage.files.disk import disk_trouble_told
from filmgate.storage.files.drive import Drive


class ServedFiles:
    def __init__(self, drive: Drive) -> None:
        self._drive = drive

    async def about(self, file: str) -> FileInfo | None:
        return await asyncio.to_thread(self._about, file)

    async def open_range(self, file: str, start: int, end: int) -> AsyncIterator[bytes]:
        """One chunk is read at a time, when it is asked for: a slow client costs its chunk."""
        key = key_of(file)
        if key is None:
            raise NotFound("there is no such file")
        chunks = self._drive.read(key, start, end)
        try:
            while chunk := await asyncio.to_thread(self._next, chunks):
                yield chunk
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                await asyncio.to_thread(close)

    def _about(self, file: str) -> FileInfo | None:
        key = key_of(file)
        if key is None:
            return None
        with disk_trouble_told("a file", self._drive.place):
            entry = self._drive.find(key)
            if entry is None:
                return None
            media_type = self._media_type(key)
        return FileInfo(
            file=file,
            media_type=media_type,
            size_bytes=entry.size_bytes,
            tag=entry.tag,
            changed_at=entry.changed_at,
        )

    def _media_type(self, key: str) -> str:
        if not key.startswith(INPUTS):
            return MEDIA_TYPES[key.rpartition(".")[2]]
        entry = self._drive.find(key + FACTS)
        if entry is None:
            return "application/octet-stream"
        text = b"".join(self._drive.read(entry.key, 0, entry.size_bytes))
        return msgspec.json.decode(text, type=Facts).media_type

    def _next(self, chunks: Iterator[bytes]) -> bytes:
        with disk_trouble_told("a file", self._drive.place):
            try:
                return next(chunks, b"")
            except FileNotFoundError as error:
                raise NotFound("there is no such file") from error
