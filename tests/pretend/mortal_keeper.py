"""Keeps a film or an input in a real process, and dies at the moment it is told to:
``python mortal_keeper.py HOME film|input STEP``. Steps are flushes, renames and removals, counted
from 1; each death comes just before its step. Prints ``done`` where it lived on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from filmgate.domain.media import Facts
from filmgate.domain.ports import Measured
from filmgate.storage.files.assets import StoredAssets
from filmgate.storage.files.folder import FolderDrive
from filmgate.storage.files.results import StoredResults
from filmgate.storage.files.staging import Staging

P = ParamSpec("P")
R = TypeVar("R")
BYTES = b"every byte of it" * 4096
steps_left = [0]


def mortal(step: Callable[P, R]) -> Callable[P, R]:
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        steps_left[0] -= 1
        if steps_left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)

    return wrapped


def measure(film: Path) -> Measured:
    film.with_suffix(".jpg").write_bytes(BYTES)
    return Measured(width=64, height=36, fps=10, duration_s=1, poster=f"{film.stem}.jpg")


def write(room: str) -> None:
    Path(room).write_bytes(BYTES)


async def keep_film(home: Path) -> None:
    results = StoredResults(FolderDrive(home), Staging(home / "incoming"), measure)
    write(await results.make_room("task_1"))
    await results.keep("task_1")


async def store_input(home: Path, source: Path) -> None:
    facts = Facts(media_type="image/png", width=64, height=64)
    assets = StoredAssets(FolderDrive(home), Staging(home / "incoming"), lambda path, name: facts)
    await assets.put(str(source))


async def keep_input(home: Path) -> None:
    source = home / "source.png"
    source.write_bytes(BYTES)
    await store_input(home, source)


if __name__ == "__main__":
    home, what, steps_left[0] = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    os.fsync = mortal(os.fsync)
    Path.replace = mortal(Path.replace)  # type: ignore[method-assign]
    Path.unlink = mortal(Path.unlink)  # type: ignore[method-assign]
    asyncio.run({"film": keep_film, "input": keep_input}[what](home))
    print("done")
