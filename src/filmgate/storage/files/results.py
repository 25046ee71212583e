"""Finished films in a folder of the home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from filmgate.domain.ports import Measured
from filmgate.domain.task import Result
from filmgate.storage.files.disk import disk_trouble_told, settle_file, sha256_of

FOLDER = "results"


class FolderResults:
    def __init__(self, home: Path, measure: Callable[[Path], Measured]) -> None:
        self._home = home
        self._folder = home / FOLDER
        self._measure = measure

    async def make_room(self, task_id: str) -> str:
        def work() -> str:
            with disk_trouble_told("the film", self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
                self._partial(task_id).unlink(missing_ok=True)
            return str(self._partial(task_id))

        return await asyncio.to_thread(work)

    async def keep(self, task_id: str) -> Result:
        return await asyncio.to_thread(self._keep, task_id)

    async def discard(self, task_id: str) -> None:
        def work() -> None:
            with disk_trouble_told("the film", self._folder):
                self._partial(task_id).unlink(missing_ok=True)
                self._final(task_id).unlink(missing_ok=True)

        await asyncio.to_thread(work)

    def _keep(self, task_id: str) -> Result:
        partial, final = self._partial(task_id), self._final(task_id)
        measured = self._measure(partial)
        with disk_trouble_told("the film", self._folder):
            digest = sha256_of(partial)
            size_bytes = partial.stat().st_size
            settle_file(partial, final)
        return Result(
            path=str(final.relative_to(self._home)),
            digest=digest,
            size_bytes=size_bytes,
            width=measured.width,
            height=measured.height,
            fps=measured.fps,
            duration_s=measured.duration_s,
        )

    def _partial(self, task_id: str) -> Path:
        # In the same folder, because only there the last step is one atomic rename.
        return self._folder / f".{task_id}.partial.mp4"

    def _final(self, task_id: str) -> Path:
        return self._folder / f"{task_id}.mp4"
