"""A render job as a folder: how the process that renders and those who look after it talk.

``order.json``     what to render
``progress.json``  how far it is, replaced as a whole
``partial.mp4``    the film while it is written; ``result.mp4`` when it is whole
``outcome.json``   the verdict; written once, and the first one counts
``log.txt``        what the process said on its error output
``lock``           held by the process for as long as it lives, and tells its number
``attempts``       how often the render was begun without coming to a verdict
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from filmgate.domain.order import Order, Progress, Rendered
from filmgate.domain.request import KINDS, Kind
from filmgate.domain.task import Fault, Output


class OrderFile(msgspec.Struct, frozen=True, kw_only=True):
    engine: str
    """``module:function``."""
    inputs: dict[str, str]
    """Local files by the digest of the asset."""
    task_id: str
    kind: Kind
    request: msgspec.Raw
    model: str
    provider: str
    output: Output

    @classmethod
    def of(cls, order: Order, *, engine: str, inputs: dict[str, str]) -> OrderFile:
        return cls(
            engine=engine,
            inputs=inputs,
            task_id=order.task_id,
            kind=order.request.kind,
            request=msgspec.Raw(msgspec.json.encode(order.request)),
            model=order.model,
            provider=order.provider,
            output=order.output,
        )

    def order(self) -> Order:
        return Order(
            task_id=self.task_id,
            request=msgspec.json.decode(self.request, type=KINDS[self.kind]),
            model=self.model,
            provider=self.provider,
            output=self.output,
        )


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly one of the first two is set."""

    rendered: Rendered | None = None
    failed: str | None = None
    """The reason, in words for the customer."""
    fault: Fault = Fault.PROVIDER


@dataclass(frozen=True, slots=True)
class JobFolder:
    path: Path

    @property
    def partial(self) -> Path:
        return self.path / "partial.mp4"

    @property
    def result(self) -> Path:
        return self.path / "result.mp4"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    def write_order(self, order: OrderFile) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self._replace("order.json", order)

    def read_order(self) -> OrderFile:
        return msgspec.json.decode((self.path / "order.json").read_bytes(), type=OrderFile)

    def write_progress(self, progress: Progress) -> None:
        self._replace("progress.json", progress)

    def read_progress(self) -> Progress | None:
        try:
            text = (self.path / "progress.json").read_bytes()
        except FileNotFoundError:
            return None
        return msgspec.json.decode(text, type=Progress)

    def write_outcome(self, outcome: Outcome) -> bool:
        """False where there is a verdict already, which then stands."""
        draft = self.path / f"outcome.json.{os.getpid()}"
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(outcome))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, self.path / "outcome.json")
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        return True

    def read_outcome(self) -> Outcome | None:
        try:
            text = (self.path / "outcome.json").read_bytes()
        except FileNotFoundError:
            return None
        return msgspec.json.decode(text, type=Outcome)

    def take_lock(self) -> int | None:
        """The locked file's number, to be handed to the process; None where another has it."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        os.ftruncate(lock, 0)  # the number of a process before this one
        return lock

    def note_process(self, lock: int, pid: int) -> None:
        os.pwrite(lock, str(pid).encode(), 0)

    def is_running(self) -> bool:
        try:
            lock = os.open(self.path / "lock", os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            # Shared, so that two who look don't take each other for the renderer.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def process(self) -> int | None:
        """The number of the process that runs the job; None where none does, or not quite yet."""
        if not self.is_running():
            return None
        text = (self.path / "lock").read_text()
        return int(text) if text else None

    def attempts(self) -> int:
        try:
            return int((self.path / "attempts").read_text() or 0)
        except FileNotFoundError:
            return 0

    def count_attempt(self, step: int) -> None:
        self._replace("attempts", max(0, self.attempts() + step))

    def drop_partial(self) -> None:
        self.partial.unlink(missing_ok=True)
        (self.path / "progress.json").unlink(missing_ok=True)

    def remove(self) -> None:
        """All at once: a folder that is half gone would look like a job that nobody runs."""
        gone = self.path.with_name(f".{self.path.name}.{os.getpid()}.gone")
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(gone)
            shutil.rmtree(gone)

    def _replace(self, name: str, value: object) -> None:
        draft = self.path / f"{name}.{os.getpid()}"
        draft.write_bytes(msgspec.json.encode(value))
        draft.replace(self.path / name)
