"""What a lane has in hand, and when each of it is to be looked at next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from filmgate.domain.line import Account
from filmgate.domain.order import Progress
from filmgate.domain.pace import next_doubt_s, next_look_s
from filmgate.domain.ports import Clock, InHand, Provider
from filmgate.domain.task import State, Task
from filmgate.execution.agenda import Agenda
from filmgate.execution.learned import Durations
from filmgate.usecases.poll_account import Denied

MISS_REST_MAX_S = 60.0
"""Between two looks at a job of which nothing can be learned."""
BUSY = frozenset({State.STARTING, State.RUNNING, State.FETCHING})


@dataclass(slots=True)
class Held:
    """A task in this lane's hands."""

    facts: InHand
    misses: int = 0
    """How often in a row nothing could be learned or fetched."""
    stalled: bool = False
    """Its job stands still until a slot is free."""
    progress: Progress | None = None
    denied: Denied | None = None


class Hand:
    def __init__(
        self, account: Account, provider: Provider, clock: Clock, is_watched: Callable[[str], bool]
    ) -> None:
        self._account = account
        self._provider = provider
        self._clock = clock
        self._is_watched = is_watched
        self._held: dict[str, Held] = {}
        self._agenda = Agenda()
        self._durations = Durations()

    def __contains__(self, task_id: str) -> bool:
        return task_id in self._held

    def find(self, task_id: str) -> Held | None:
        return self._held.get(task_id)

    def tasks(self) -> list[str]:
        return list(self._held)

    @property
    def is_busy(self) -> bool:
        """What is in doubt, or may come late, waits for days and is nobody's work."""
        return any(each.facts.state in BUSY for each in self._held.values())

    @property
    def is_at_work(self) -> bool:
        """Whether anything is being made that doesn't stand still."""
        return any(each.facts.state in BUSY and not each.stalled for each in self._held.values())

    @property
    def has_room(self) -> bool:
        """Whether a job that stands still may be taken up: only renders here compete for us."""
        if not self._provider.work_ends_with_runner:
            return True
        at_work = sum(
            not each.stalled and each.facts.state in {State.STARTING, State.RUNNING}
            for each in self._held.values()
        )
        return at_work < self._account.slots

    # --- taking and letting go

    def adopt(self, facts: InHand) -> None:
        """What others began: looked at at once."""
        self._held[facts.task] = Held(facts, stalled=self._provider.work_ends_with_runner)
        self.set(facts.task, 0.0)

    def take(self, task: Task) -> None:
        """As the task stands now; its next look is planned."""
        held, facts = self._held.get(task.id), InHand.of(task)
        if held is None:
            held = self._held[task.id] = Held(facts)
        elif held.facts != facts:
            held.facts, held.misses, held.stalled = facts, 0, False
        if task.state is not State.STARTING:  # then the step that starts it is at work
            self.plan(held)

    def let_go(self, task_id: str) -> bool:
        """False where it was not in hand."""
        self._agenda.drop(task_id)
        return self._held.pop(task_id, None) is not None

    # --- when

    def set(self, task_id: str, in_s: float) -> None:
        self._agenda.set(task_id, _now() + in_s)

    def plan(self, held: Held) -> None:
        wait_s = 0.0 if held.facts.state is State.FETCHING else self._next_look_s(held)
        self.set(held.facts.task, wait_s)

    def keep_due(self, task_id: str) -> None:
        """Whatever is in hand and has no time comes now: it came due while a step was at it, and
        was passed by."""
        if task_id in self._held and task_id not in self._agenda:
            self.set(task_id, 0.0)

    def next_at(self) -> float | None:
        return self._agenda.next_at()

    def take_due(self, now: float) -> str | None:
        """What has been due longest by then, whether it is still in hand or not."""
        return self._agenda.take(now)

    def learn(self, facts: InHand, task: Task) -> None:
        """How long such jobs take."""
        if facts.state is State.RUNNING and task.state is State.FETCHING:
            self._durations.add(facts.model, max(0.0, task.updated_at - facts.since))

    def _next_look_s(self, held: Held) -> float:
        facts, floor_s = held.facts, self._provider.check_interval_s
        age_s = max(0.0, self._clock.now() - facts.since)
        if facts.state is not State.RUNNING:
            return next_doubt_s(age_s)
        if held.misses:
            return max(floor_s, min(MISS_REST_MAX_S, floor_s * 2.0 ** min(held.misses, 10)))
        if held.stalled or self._is_watched(facts.task):
            return floor_s
        return next_look_s(age_s, self._durations.of(facts.model), floor_s)


def _now() -> float:
    return asyncio.get_running_loop().time()
