"""Finished films in our own storage, each with the pictures made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filmgate.domain.errors import NotFound
from filmgate.domain.files import MEDIA_TYPES, RESULTS, film_key
from filmgate.domain.ports import Measured
from filmgate.domain.task import Result
from filmgate.storage.files.disk import disk_trouble_told, make_folder, sha256_of
from filmgate.storage.files.drive import Drive
from filmgate.storage.files.fetching import local_file
from filmgate.storage.files.staging import Staging

AT_ONCE = 2
Measure = Callable[[Path], Measured]
"""May write pictures beside the film, under its name with another ending."""


class StoredResults:
    def __init__(self, drive: Drive, staging: Staging, measure: Measure) -> None:
        self._drive = drive
        self._staging = staging
        self._measure = measure
        # Threads of its own: films that take long must not keep others from the disk.
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="filmgate-films")

    async def make_room(self, task_id: str) -> str:
        def work() -> str:
            with disk_trouble_told("the film", str(self._staging.folder)):
                make_folder(self._staging.folder)
                self._clear(task_id)
            return str(self._staging.film(task_id))

        return await asyncio.to_thread(work)

    async def keep(self, task_id: str) -> Result:
        film = self._staging.film(task_id)
        loop = asyncio.get_running_loop()
        measured = await loop.run_in_executor(self._hands, self._measure, film)
        return await asyncio.to_thread(self._keep, task_id, film, measured)

    async def discard(self, task_id: str) -> None:
        def work() -> None:
            with disk_trouble_told("the film", self._drive.place):
                self._clear(task_id)
                remove_result(self._drive, task_id)

        await asyncio.to_thread(work)

    async def locate(self, result: Result) -> str:
        """A local file with the film's bytes; raises NotFound and SetUp."""

        def work() -> str:
            with disk_trouble_told("a copy of the film", str(self._staging.folder)):
                found = local_file(self._drive, self._staging, result.path)
            if found is None:
                raise NotFound("the film is gone", remedy="Its time was up, or it was removed.")
            return str(found)

        return await asyncio.to_thread(work)

    def place_of(self, result: Result) -> Path:
        """Where `locate` finds it, or will put it."""
        return self._drive.local(result.path) or self._staging.copy_of(result.path)

    def close(self) -> None:
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _keep(self, task_id: str, film: Path, measured: Measured) -> Result:
        with disk_trouble_told("the film", self._drive.place):
            digest = sha256_of(film)
            size_bytes = film.stat().st_size
            # The film comes last: who finds it under its name finds its pictures too.
            pictures = [self._keep_picture(name) for name in _pictures(measured)]
            self._drive.put(film_key(task_id), film)
            self._clear(task_id)
        poster, thumbnail, preview, sheet = pictures
        return Result(
            path=film_key(task_id),
            digest=digest,
            size_bytes=size_bytes,
            width=measured.width,
            height=measured.height,
            fps=measured.fps,
            duration_s=measured.duration_s,
            sound=measured.sound,
            poster=poster,
            thumbnail=thumbnail,
            preview=preview,
            sheet=sheet,
        )

    def _keep_picture(self, name: str | None) -> str | None:
        if name is None:
            return None
        key = RESULTS + name
        self._drive.put(key, self._staging.folder / name)
        return key

    def _clear(self, task_id: str) -> None:
        for path in self._staging.of_task(task_id):
            path.unlink(missing_ok=True)


def _pictures(measured: Measured) -> tuple[str | None, str | None, str | None, str | None]:
    return measured.poster, measured.thumbnail, measured.preview, measured.sheet


def remove_result(drive: Drive, task_id: str) -> None:
    """The film first: pictures alone promise nothing."""
    for ending in MEDIA_TYPES:
        drive.remove(f"{RESULTS}{task_id}.{ending}")
