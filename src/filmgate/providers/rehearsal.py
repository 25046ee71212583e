"""A provider on a stage: films are really made, and become known when the script says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from filmgate.domain.order import Order, Progress
from filmgate.domain.ports import (
    Clock,
    Done,
    Failed,
    Made,
    Provider,
    Running,
    Seen,
    Started,
)
from filmgate.domain.rehearsal import TIMES_S, Cue, Script, rehearsed
from filmgate.domain.request import Generation, Mode
from filmgate.domain.task import Fault

STUCK_PERCENT = 37.0
NEARLY_PERCENT = 99.0


@dataclass(frozen=True, slots=True)
class _Act:
    script: Script
    began_at: float
    takes_s: float


class RehearsalProvider:
    """Stands before the local one. It remembers scripts in memory: a sandbox is one process."""

    def __init__(self, inner: Provider, clock: Clock, chance: Callable[[], float]) -> None:
        """``chance``: drawn evenly from 0 to 1."""
        self._inner = inner
        self._clock = clock
        self._chance = chance
        self._acts: dict[str, _Act] = {}

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def start_finds_job(self) -> bool:
        return self._inner.start_finds_job

    @property
    def work_ends_with_runner(self) -> bool:
        return self._inner.work_ends_with_runner

    @property
    def check_interval_s(self) -> float:
        return self._inner.check_interval_s

    async def start(self, order: Order) -> Started:
        told = rehearsed(order.request)
        started = await self._inner.start(replace(order, request=told.request))
        if isinstance(started, Made) and told.script:
            now = self._clock.now()
            takes_s = self._takes_s(order) if Cue.REAL in told.script else 0.0
            self._acts.setdefault(started.job, _Act(told.script, now, takes_s))
        return started

    async def check(self, job: str) -> Seen:
        seen = await self._inner.check(job)
        act = self._acts.get(job)
        if act is None or not isinstance(seen, Done | Running):
            return seen
        if Cue.STUCK in act.script:
            return Running(Progress(stage="rendering", percent=STUCK_PERCENT))
        gone = (self._clock.now() - act.began_at) / act.takes_s if act.takes_s else 1.0
        if gone < 1.0:
            return Running(Progress(stage="rendering", percent=min(NEARLY_PERCENT, 100.0 * gone)))
        if isinstance(seen, Done) and Cue.LATE_MODERATION in act.script:
            return Failed("the result was held back by the content policy", Fault.CONTENT)
        if isinstance(seen, Done) and Cue.FAILED in act.script:
            return Failed("the sandbox was asked to fail this task")
        return seen

    async def fetch(self, job: str, target: str) -> None:
        await self._inner.fetch(job, target)

    async def cancel(self, job: str) -> bool:
        return await self._inner.cancel(job)

    async def forget(self, job: str) -> None:
        self._acts.pop(job, None)
        await self._inner.forget(job)

    def _takes_s(self, order: Order) -> float:
        request = order.request
        mode = request.mode if isinstance(request, Generation) else None
        least_s, most_s = TIMES_S[mode or Mode.STD]
        return least_s + self._chance() * (most_s - least_s)
