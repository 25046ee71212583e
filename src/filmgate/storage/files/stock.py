"""What lies in our storage, for the sweep."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import TypeVar

from filmgate.domain.files import INPUTS, RESULTS, input_key
from filmgate.domain.housekeeping import Leftover
from filmgate.storage.files.assets import FACTS
from filmgate.storage.files.disk import disk_trouble_told
from filmgate.storage.files.drive import Drive
from filmgate.storage.files.results import remove_result
from filmgate.storage.files.staging import Staging

HANDFUL = 100
T = TypeVar("T")


class StoredStock:
    def __init__(self, drive: Drive, staging: Staging) -> None:
        self._drive = drive
        self._staging = staging

    async def results(self) -> AsyncIterator[Sequence[Leftover]]:
        found = (
            Leftover(PurePosixPath(entry.key).stem, entry.changed_at, (entry.key,))
            for entry in self._drive.entries(RESULTS)
        )
        async for handful in self._handfuls(found):
            yield handful

    async def inputs(self) -> AsyncIterator[Sequence[Leftover]]:
        for number in range(256):
            yield await self._in_thread(partial(self._inputs_of, f"{number:02x}"))

    async def incoming(self) -> AsyncIterator[Sequence[Leftover]]:
        found = (
            Leftover(path.name.partition(".")[0], changed_at, (path.name,))
            for path, changed_at in self._staging.waiting()
        )
        async for handful in self._handfuls(found):
            yield handful

    async def remove_result(self, task_id: str) -> None:
        await self._in_thread(lambda: remove_result(self._drive, task_id))

    async def remove_input(self, found: Leftover) -> bool:
        def work() -> bool:
            key = input_key(found.owner)
            with self._staging.alone():
                entry = self._drive.find(key + FACTS) or self._drive.find(key)
                if entry is None or entry.changed_at > found.changed_at:
                    return False
                self._drive.remove(key + FACTS)
                self._drive.remove(key)
            return True

        return await self._in_thread(work)

    async def use_input(self, digest: str) -> None:
        def work() -> None:
            with self._staging.alone():
                for key in (input_key(digest) + FACTS, input_key(digest)):
                    if self._drive.find(key) is not None:
                        self._drive.touch(key)
                        return

        await self._in_thread(work)

    async def remove_incoming(self, found: Leftover) -> None:
        def work() -> None:
            for name in found.keys:
                (self._staging.folder / name).unlink(missing_ok=True)

        await self._in_thread(work)

    async def drop_copies(self, before: float) -> int:
        return await self._in_thread(lambda: self._staging.drop_copies(before))

    def _inputs_of(self, shard: str) -> list[Leftover]:
        """One for each input; its facts, where there are any, tell when it was last used."""
        used_at: dict[str, float] = {}
        told: set[str] = set()
        for entry in self._drive.entries(f"{INPUTS}{shard}/"):
            name = PurePosixPath(entry.key).name
            digest = name.removesuffix(FACTS)
            if name != digest:
                told.add(digest)
                used_at[digest] = entry.changed_at
            elif digest not in told:
                used_at[digest] = entry.changed_at
        return [Leftover(digest, at) for digest, at in used_at.items()]

    async def _handfuls(self, found: Iterator[T]) -> AsyncIterator[Sequence[T]]:
        while handful := await self._in_thread(lambda: list(islice(found, HANDFUL))):
            yield handful

    async def _in_thread(self, work: Callable[[], T]) -> T:
        def told() -> T:
            with disk_trouble_told("order", self._drive.place):
                return work()

        return await asyncio.to_thread(told)
