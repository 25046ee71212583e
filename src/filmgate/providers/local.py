"""The local provider: a small durable service in the home that renders in processes of its own.

A job is a folder (see ``engines/job.py``), and whoever has the home can look at it, stop it or
take it up again. The processes belong to the house that started them and end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from filmgate.domain.errors import NotFound, RenderFailed, SetUp
from filmgate.domain.order import Order, assets_of
from filmgate.domain.ports import (
    Assets,
    Done,
    Failed,
    Made,
    Refused,
    Running,
    Seen,
    Started,
    Stopped,
    Vanished,
)
from filmgate.domain.task import Fault
from filmgate.engines.job import JobFolder, OrderFile, Outcome

ATTEMPTS_MAX = 3
PATIENCE_S = 2.0
"""From asking a process to end to ending it."""
LOOK_INTERVAL_S = 0.01

Child = subprocess.Popen[bytes]


class LocalProvider:
    name = "local"
    start_finds_job = True
    work_ends_with_runner = True
    check_interval_s = 0.05

    def __init__(self, home: Path, assets: Assets, engine: str) -> None:
        self._folder = home / "jobs"
        self._assets = assets
        self._engine = engine
        self._children: dict[str, Child] = {}

    async def start(self, order: Order) -> Started:
        try:
            inputs = {
                asset.digest: await self._assets.locate(asset) for asset in assets_of(order.request)
            }
        except NotFound as error:
            return Refused(error.message, Fault.HOUSE)
        job = self._job(order.task_id)
        self._reap()
        try:
            # In this thread and not in a worker's, whose end would end the child too.
            return self._begin(job, OrderFile.of(order, engine=self._engine, inputs=inputs))
        except OSError as error:
            raise SetUp(
                f"the render can't be started in {self._folder}: {error.strerror or error}",
                remedy=f"Make room or give write access in {self._folder}; then resume the task.",
            ) from error

    async def check(self, job: str) -> Seen:
        return await asyncio.to_thread(_look, self._job(job), self._children.get(job))

    async def fetch(self, job: str, target: str) -> None:
        await asyncio.to_thread(_hand_over, self._job(job).result, Path(target))

    async def cancel(self, job: str) -> bool:
        child = self._children.pop(job, None)
        await asyncio.to_thread(_cancel, self._job(job), child)
        return True

    async def forget(self, job: str) -> None:
        child = self._children.pop(job, None)

        def work() -> None:
            _end(self._job(job), child)
            self._job(job).remove()

        await asyncio.to_thread(work)

    async def kept_jobs(self) -> list[str]:
        """Every job with a folder; what an interrupted removal left half gone is removed."""
        return await asyncio.to_thread(_kept_jobs, self._folder)

    async def close(self) -> None:
        """Stop what runs here. The jobs can be taken up again, and this end counts for nothing."""
        children, self._children = self._children, {}

        def work(name: str, child: Child) -> None:
            job = self._job(name)
            _end(job, child)
            with contextlib.suppress(OSError):
                job.count_attempt(-1)
                job.drop_partial()

        await asyncio.gather(
            *(asyncio.to_thread(work, name, child) for name, child in children.items())
        )

    def _job(self, name: str) -> JobFolder:
        return JobFolder(self._folder / name)

    def _begin(self, job: JobFolder, order: OrderFile) -> Started:
        job.path.mkdir(parents=True, exist_ok=True)
        if job.read_outcome() is not None:
            return Made(order.task_id)
        lock = job.take_lock()
        if lock is None:
            return Made(order.task_id)
        try:
            if job.attempts() >= ATTEMPTS_MAX:
                told = f"the renderer was begun {ATTEMPTS_MAX} times and never came back"
                return Refused(told, Fault.HOUSE)
            job.count_attempt(+1)
            job.drop_partial()
            job.write_order(order)
            child = _spawn(job, lock)
            job.note_process(lock, child.pid)
        finally:
            os.close(lock)
        self._children[order.task_id] = child
        return Made(order.task_id)

    def _reap(self) -> None:
        for name, child in list(self._children.items()):
            if child.poll() is not None:
                _bury(self._children.pop(name))


def _kept_jobs(folder: Path) -> list[str]:
    kept = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_dir():
            kept.append(path.name)
    return sorted(kept)


def _spawn(job: JobFolder, lock: int) -> Child:
    with job.log.open("ab") as log:
        return subprocess.Popen(
            # -P: nothing is imported from the folder that the command happens to run in.
            [sys.executable, "-P", "-m", "filmgate.engines.process", str(job.path)],
            stdin=subprocess.PIPE,  # its end tells the child that we are gone
            stdout=log,
            stderr=log,
            pass_fds=(lock,),
            # Ctrl-C at the terminal is for us; we decide what becomes of the render.
            start_new_session=True,
        )


def _look(job: JobFolder, child: Child | None) -> Seen:
    try:
        # Asked before the outcome is read: a child that has ended has said what it had to say.
        code = None if child is None else child.poll()
        running = job.is_running()
        outcome = job.read_outcome()
        if outcome is None and code is not None:
            outcome = Outcome(failed=_epitaph(code), fault=Fault.HOUSE)
            _record(job, outcome)
        if outcome is not None:
            return _verdict(outcome)
        if running:
            return Running(job.read_progress())
        return Stopped() if job.path.is_dir() else Vanished()
    except FileNotFoundError:
        return Vanished()  # removed while we looked


def _record(job: JobFolder, outcome: Outcome) -> None:
    try:
        job.drop_partial()
        job.write_outcome(outcome)
    except FileNotFoundError:
        raise  # the job was removed meanwhile
    except OSError:
        pass  # a full disk, perhaps what the child died of; the verdict is told all the same


def _verdict(outcome: Outcome) -> Seen:
    if outcome.rendered is not None:
        return Done(outcome.rendered)
    assert outcome.failed is not None
    return Failed(outcome.failed, outcome.fault)


def _epitaph(code: int) -> str:
    if code >= 0:
        return f"the renderer ended with code {code} and told no reason"
    name = signal.Signals(-code).name
    if name == "SIGKILL":
        return "the renderer was killed by SIGKILL (out of memory?)"
    return f"the renderer crashed ({name})"


def _hand_over(result: Path, target: Path) -> None:
    """A second name for the same bytes where the file system can do that, else a copy."""
    if not result.is_file():
        raise RenderFailed("the renderer's film is gone")
    try:
        target.unlink(missing_ok=True)
        try:
            os.link(result, target)
        except OSError:
            shutil.copyfile(result, target)
    except OSError as error:
        raise SetUp(
            f"the film can't be written to {target.parent}: {error.strerror or error}",
            remedy=f"Make room or give write access in {target.parent}; then resume the task.",
        ) from error


def _cancel(job: JobFolder, child: Child | None) -> None:
    # The verdict first, so that nobody takes the end of the process for a crash or starts it again.
    with contextlib.suppress(FileNotFoundError):
        job.write_outcome(Outcome(failed="cancelled"))
        _end(job, child)
    job.remove()


def _end(job: JobFolder, child: Child | None) -> None:
    """End the job's process, ours or another house's: ask, wait, and then insist."""
    started_at = time.monotonic()
    asked = False
    while job.is_running():
        insist = time.monotonic() - started_at > PATIENCE_S
        pid = job.process()
        if pid is not None and (insist or not asked):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL if insist else signal.SIGTERM)
            asked = True
        time.sleep(LOOK_INTERVAL_S)
    if child is not None:
        _bury(child)


def _bury(child: Child) -> None:
    """Close our end of its input and take its exit code, so that no zombie stays."""
    with child:
        pass
