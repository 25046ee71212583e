"""A provider that does what a script says and remembers what it was asked."""

from __future__ import annotations

from pathlib import Path

from filmgate.domain.errors import RenderFailed, Unreachable
from filmgate.domain.order import Order, Progress, Rendered
from filmgate.domain.ports import (
    Done,
    Failed,
    Made,
    NotReached,
    Refused,
    Running,
    Seen,
    Started,
    Throttled,
    Unclear,
    Vanished,
)


class ScriptedProvider:
    """Jobs end when `finish`, `fail` or `lose` is called; the next call meets `faults` first."""

    check_interval_s = 0.001
    work_ends_with_runner = False

    def __init__(self, name: str = "scripted", *, start_finds_job: bool = False) -> None:
        self.name = name
        self.start_finds_job = start_finds_job
        self.jobs: dict[str, Seen] = {}
        self.creates: list[str] = []
        """Task ids, one for every job that was paid for."""
        self.start_faults: list[str] = []
        self.check_faults = 0
        self.can_stop = True

    async def start(self, order: Order) -> Started:
        job = f"job-{order.task_id}"
        fault = self.start_faults.pop(0) if self.start_faults else ""
        match fault:
            case "not_reached":
                return NotReached("connection refused")
            case "throttled":
                return Throttled("too many at once", retry_after_s=3.0)
            case "refused":
                return Refused("the moon is not allowed")
            case "torn_before":
                return Unclear("the answer was torn off")
        if not (self.start_finds_job and order.task_id in self.creates):
            self.creates.append(order.task_id)
            self.jobs[job] = Running(Progress(stage="rendering", percent=0.0))
        return Unclear("the answer was torn off") if fault == "torn" else Made(job)

    async def find_job(self, task_id: str) -> Made | Vanished:
        """What a subclass calls `find` where the provider can be asked by our own id."""
        if self.check_faults:
            self.check_faults -= 1
            raise Unreachable("no route")
        job = f"job-{task_id}"
        return Made(job) if job in self.jobs else Vanished()

    async def check(self, job: str) -> Seen:
        if self.check_faults:
            self.check_faults -= 1
            raise Unreachable("no route")
        return self.jobs.get(job, Vanished())

    async def fetch(self, job: str, target: str) -> None:
        if not isinstance(self.jobs.get(job), Done):
            raise RenderFailed("the provider no longer has the film")
        self.deliver(target)

    async def cancel(self, job: str) -> bool:
        if self.can_stop:
            self.jobs.pop(job, None)
        return self.can_stop

    async def forget(self, job: str) -> None:
        self.jobs.pop(job, None)

    def deliver(self, target: str) -> None:
        Path(target).write_bytes(b"film of seed 1\n" * 10)

    def finish(self, job: str) -> None:
        self.jobs[job] = Done(Rendered(frames=10, understood={"place": "lake"}))

    def fail(self, job: str) -> None:
        self.jobs[job] = Failed("the moon was in the way")
