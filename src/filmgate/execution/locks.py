"""Who is alive on this machine: a lock of the operating system ends with its holder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from filmgate.domain.errors import SetUp

RUNNER = "runner_"


class RunnerLocks:
    def __init__(self, home: Path) -> None:
        self._folder = home / "runners"
        self._held: dict[str, int] = {}

    async def take(self, name: str) -> bool:
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

    async def release(self, name: str) -> None:
        if name in self._held and name.startswith(RUNNER):
            # Nobody will ever take a runner's name again.
            self._path(name).unlink(missing_ok=True)
        self._drop(name)

    async def free(self, names: frozenset[str]) -> frozenset[str]:
        return frozenset(name for name in names if self._is_free(name))

    async def sweep(self) -> None:
        """Remove the files of runners that are gone."""
        for path in self._folder.glob(f"{RUNNER}*.lock"):
            if self._is_free(path.stem):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        for name in list(self._held):
            self._drop(name)

    def _is_free(self, name: str) -> bool:
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

    def _drop(self, name: str) -> None:
        if (file := self._held.pop(name, None)) is not None:
            os.close(file)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"
