"""The folder for what is on its way in, and for local copies of what is stored elsewhere."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from filmgate.storage.files.disk import make_folder

UPLOAD = "upload-"
LOCK = ".lock"
COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Staging:
    folder: Path

    def film(self, task_id: str) -> Path:
        return self.folder / f"{task_id}.mp4"

    def of_task(self, task_id: str) -> list[Path]:
        """The film and the pictures made beside it."""
        return list(self.folder.glob(f"{task_id}.*"))

    def open_upload(self) -> tuple[int, Path]:
        """A new file of a name that nobody has, and its number."""
        make_folder(self.folder)
        number, name = mkstemp(dir=self.folder, prefix=UPLOAD)
        return number, Path(name)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process and no other thread is in here: who uses an input and who sweeps it
        must not cross."""
        make_folder(self.folder)
        lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def waiting(self) -> Iterator[tuple[Path, float]]:
        """Everything on its way in, and when it was last written to."""
        with suppress(FileNotFoundError), os.scandir(self.folder) as found:
            for each in found:
                if not each.name.startswith(".") and not each.is_dir(follow_symlinks=False):
                    with suppress(FileNotFoundError):
                        yield Path(each.path), each.stat(follow_symlinks=False).st_mtime

    def copy_of(self, key: str) -> Path:
        return self.folder / COPIES / key

    def drop_copies(self, before: float) -> int:
        dropped = 0
        for path in (self.folder / COPIES).rglob("*"):
            with suppress(FileNotFoundError):
                if path.is_file() and path.stat().st_mtime < before:
                    path.unlink()
                    dropped += 1
        return dropped
