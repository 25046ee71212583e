"""Look at what a provider works on; writes nothing when nothing changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from filmgate.domain.change import Change, Stale
from filmgate.domain.errors import Unreachable
from filmgate.domain.order import Progress, order_of
from filmgate.domain.ports import (
    Clock,
    Done,
    Failed,
    FindsJobs,
    InHand,
    Made,
    Provider,
    Refused,
    Running,
    Seen,
    Stopped,
    Tasks,
    Vanished,
)
from filmgate.domain.pricing import usd
from filmgate.domain.task import Fault, State, Task, move
from filmgate.usecases.give_up import UNKNOWN, Verdict, give_up, stop_looking
from filmgate.usecases.patience import Patience


@dataclass(frozen=True, slots=True)
class Denied:
    """How often in a row a provider said that it knows no job of a task in doubt, and since when.

    Kept by whoever looks, for as long as it runs: whoever takes over begins to count anew.
    """

    times: int
    since: float


@dataclass(frozen=True, slots=True)
class Look:
    """What a look has shown."""

    task: Task | None = None
    """The task as it stands now, where something has changed."""
    progress: Progress | None = None
    film_came_late: bool = False
    """The task has failed, and the provider has its film after all."""
    silent: bool = False
    """No answer came: the provider can't be reached, or is slow."""
    stalled: bool = False
    """Nobody works on the job, and there is no room to take it up now."""
    denied: Denied | None = None
    """Of a task in doubt: to be handed in with the next look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """One account's provider, and what a look needs."""

    provider: Provider
    tasks: Tasks
    clock: Clock
    patience: Patience
    has_room: Callable[[], bool]
    """Whether a job that stands still may be taken up now."""

    async def look(self, held: InHand, denied: Denied | None = None) -> Look:
        """What has become of a task that runs, is in doubt, or failed and may still come.

        Raises SetUp for trouble in our own house.
        """
        try:
            if held.state is State.IN_DOUBT or held.job is None:
                return await self._find(held, denied)
            seen = await self._check(held.job)
            if held.state is State.RUNNING:
                return await self._running(held, seen)
            return await self._late(held, seen)
        except Stale:
            return Look(task=await self.tasks.read(held.task))  # what the row says counts

    async def _check(self, job: str) -> Seen | None:
        """None: silence, which is not a verdict."""
        try:
            async with asyncio.timeout(self.patience.look_s):
                return await self.provider.check(job)
        except (Unreachable, TimeoutError):
            return None

    async def _running(self, held: InHand, seen: Seen | None) -> Look:
        now = self.clock.now()
        overdue = held.give_up_at is not None and now >= held.give_up_at
        match seen:
            case None:
                # Silence past the deadline waits for the last one: the film may be done.
                last = (held.give_up_at or now) + self.patience.in_doubt_s
                return await self._give_up(held) if now >= last else Look(silent=True)
            case Running(progress):
                return await self._give_up(held) if overdue else Look(progress=progress)
            case Stopped():
                return await self._give_up(held) if overdue else await self._take_up(held)
        task = await self.tasks.read(held.task)
        if task is None or task.state is not State.RUNNING or task.job != held.job:
            return Look(task=task)
        return Look(task=await self.tasks.commit(Change(before=task, task=self._after(task, seen))))

    def _after(self, task: Task, seen: Done | Failed | Vanished) -> Task:
        now = self.clock.now()
        match seen:
            case Done(rendered, cost):
                note = "" if cost is None else f"the provider took {usd(cost)}"
                fetching = move(task, State.FETCHING, now, note=note)
                fetching = replace(fetching, understood=rendered.understood)
                return replace(fetching, give_up_at=now + self.patience.fetch_s)
            case Failed(reason, fault):
                return move(task, State.FAILED, now, reason=reason, fault=fault)
            case Vanished():
                reason = f"provider {self.provider.name} no longer knows this job"
                gone = move(task, State.FAILED, now, reason=reason, fault=Fault.PROVIDER)
                if self.provider.work_ends_with_runner:
                    return gone
                # Elsewhere records get lost and are found again; the film may come after all.
                return replace(gone, rescue_until=now + self.patience.rescue_s)

    async def _take_up(self, held: InHand) -> Look:
        if not self.has_room():
            return Look(stalled=True)
        task = await self.tasks.read(held.task)
        if task is None or task.state is not State.RUNNING:
            return Look(task=task)
        started = await self.provider.start(order_of(task))
        if not isinstance(started, Refused):
            return Look()
        now = self.clock.now()
        failed = move(task, State.FAILED, now, reason=started.reason, fault=started.fault)
        return Look(task=await self.tasks.commit(Change(before=task, task=failed)))

    async def _find(self, held: InHand, denied: Denied | None) -> Look:
        """Ask by our own id whether there is a job, where the provider can be asked so."""
        found: Made | Vanished | None = None
        if isinstance(self.provider, FindsJobs):
            try:
                async with asyncio.timeout(self.patience.look_s):
                    found = await self.provider.find(held.task)
            except (Unreachable, TimeoutError):
                found = None
        if isinstance(found, Made):
            return await self._found(held, found.job)
        now = self.clock.now()
        if held.state is State.IN_DOUBT and held.give_up_at is not None and now >= held.give_up_at:
            return await self._give_up(held)
        if held.rescue_until is not None and now >= held.rescue_until:
            return await self._end_rescue(held, None)
        # That the provider doesn't know our id proves nothing: the order may be on its way.
        if held.state is not State.IN_DOUBT or not isinstance(found, Vanished):
            return Look(silent=True, denied=denied)
        denied = Denied(denied.times + 1, denied.since) if denied else Denied(1, now)
        often = denied.times >= self.patience.denied_times
        if often and now - denied.since >= self.patience.denied_s:
            return await self._give_up(held, UNKNOWN)
        return Look(silent=True, denied=denied)

    async def _found(self, held: InHand, job: str) -> Look:
        task = await self.tasks.read(held.task)
        if task is None or task.job is not None:
            return Look(task=task)
        if task.state is State.IN_DOUBT:
            now = self.clock.now()
            known = move(task, State.RUNNING, now, job=job, note="found at the provider")
            known = replace(known, give_up_at=now + self.patience.work_s)
        else:
            known = replace(task, job=job)
        return Look(task=await self.tasks.commit(Change(before=task, task=known)))

    async def confirm(self, task_id: str, job: str) -> Look:
        """Somebody says that this is the job of a task in doubt: believe the provider alone."""
        seen = await self._check(job)
        task = await self.tasks.read(task_id)
        if task is None or seen is None or isinstance(seen, Vanished):
            return Look(task=task, silent=True)
        if task.job is not None or task.state not in {State.IN_DOUBT, State.FAILED}:
            return Look(task=task)
        held = InHand.of(task)
        try:
            return await self._found(held, job)
        except Stale:
            return Look(task=await self.tasks.read(task_id))

    async def _late(self, held: InHand, seen: Seen | None) -> Look:
        match seen:
            case Done():
                return Look(film_came_late=True)
            case Failed() | Stopped():
                return await self._end_rescue(held, "the provider made no film of it")
            case Running() | Vanished() | None:
                if held.rescue_until is not None and self.clock.now() >= held.rescue_until:
                    return await self._end_rescue(held, None)
                return Look(silent=seen is None)

    async def _give_up(self, held: InHand, verdict: Verdict | None = None) -> Look:
        task = await self.tasks.read(held.task)
        if task is None or task.state is not held.state:
            return Look(task=task)
        return Look(
            task=await give_up(
                task,
                provider=self.provider,
                tasks=self.tasks,
                clock=self.clock,
                patience=self.patience,
                verdict=verdict,
            )
        )

    async def _end_rescue(self, held: InHand, note: str | None) -> Look:
        task = await self.tasks.read(held.task)
        if task is None or task.rescue_until is None:
            return Look(task=task)
        return Look(task=await stop_looking(task, note, tasks=self.tasks, clock=self.clock))
