"""Who is alive: a lock of the operating system ends with its holder, however that one ended."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from filmgate.domain.errors import SetUp


class RunnerLocks:
    def __init__(self, home: Path) -> None:
        self._folder = home / "runners"
        self._held: dict[str, int] = {}

    def take(self, name: str) -> bool:
        """False where somebody alive has it."""
        if name in self._held:
            return True
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path(name), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SetUp(
                f"nothing can be kept in {self._folder}: {error.strerror or error}",
                remedy="Make room there or give write access.",
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._held[name] = file
        return True

    def release(self, name: str) -> None:
        if (file := self._held.pop(name, None)) is not None:
            os.close(file)

    def retire(self, name: str) -> None:
        """Release a name that nobody will ever take again, and leave no file behind."""
        if name in self._held:
            self._path(name).unlink(missing_ok=True)
            self.release(name)

    def is_free(self, name: str) -> bool:
        """Whether nobody alive has it. A name is written into no row before its lock is held."""
        if name in self._held:
            return False
        try:
            file = os.open(self._path(name), os.O_RDONLY)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(file)
        return True

    def sweep(self) -> None:
        """Remove the files of runners that are gone."""
        for path in self._folder.glob("runner_*.lock"):
            if self.is_free(path.stem):
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"
