"""Hand a queued task to its provider, at most once where a second time could cost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from filmgate.domain.change import Change, Limit, Stale
from filmgate.domain.errors import SetUp
from filmgate.domain.order import order_of
from filmgate.domain.ports import (
    Clock,
    Made,
    NotReached,
    Provider,
    Refused,
    Started,
    Tasks,
    Throttled,
    Unclear,
)
from filmgate.domain.task import Fault, State, Task, move
from filmgate.usecases.cancel_task import stop_job
from filmgate.usecases.patience import Patience

START_ATTEMPTS_MAX = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    task: Task
    rest_s: float = 0.0
    """How long the account takes nothing more, by its own word."""


async def start_task(
    task: Task,
    *,
    runner: str,
    limits: tuple[Limit, ...],
    provider: Provider,
    tasks: Tasks,
    clock: Clock,
    patience: Patience,
) -> Outcome:
    """Start a queued task, or go on with one whose runner died while starting it.

    The first write is the claim and the intent in one, made directly before the call: of two
    runners, one gets Stale. Raises Stale, NoSlot where the limits don't allow a start now, and
    SetUp with the task queued again.
    """
    if task.state is State.QUEUED:
        now = clock.now()
        claimed = replace(move(task, State.STARTING, now), runner=runner)
        claimed = replace(claimed, give_up_at=_deadline(task, now + patience.work_s))
        task = await tasks.commit(Change(before=task, task=claimed, limits=limits))
    elif not provider.start_finds_job:
        return Outcome(
            await _doubt(task, "the runner ended while the call was out", tasks, clock, patience)
        )
    try:
        started = await _call(task, provider, patience)
    except SetUp as trouble:  # nothing has left the house
        waiting = move(task, State.QUEUED, clock.now(), note=trouble.message)
        await tasks.commit(Change(before=task, task=replace(waiting, runner=None)))
        raise
    try:
        after = _after(started, task, clock.now(), patience)
        written = await tasks.commit(Change(before=task, task=after))
    except Stale:
        # Cancelled while the call was out.
        if isinstance(started, Made):
            await stop_job(task.id, started.job, provider=provider, tasks=tasks, clock=clock)
        raise
    return Outcome(written, started.retry_after_s if isinstance(started, Throttled) else 0.0)


async def _call(task: Task, provider: Provider, patience: Patience) -> Started:
    try:
        async with asyncio.timeout(patience.call_s):
            return await provider.start(order_of(task))
    except TimeoutError:
        return Unclear(f"no answer came within {patience.call_s:g} s")


async def _doubt(task: Task, note: str, tasks: Tasks, clock: Clock, patience: Patience) -> Task:
    return await tasks.commit(
        Change(before=task, task=_in_doubt(task, note, clock.now(), patience))
    )


def _in_doubt(task: Task, note: str, now: float, patience: Patience) -> Task:
    return replace(move(task, State.IN_DOUBT, now, note=note), give_up_at=now + patience.in_doubt_s)


def _deadline(task: Task, ours: float) -> float:
    return ours if task.deadline_at is None else min(ours, task.deadline_at)


def _after(started: Started, task: Task, now: float, patience: Patience) -> Task:
    match started:
        case Made(job):
            running = move(task, State.RUNNING, now, job=job)
            return replace(running, give_up_at=_deadline(task, now + patience.work_s))
        case Refused(reason, fault):
            return move(task, State.FAILED, now, reason=reason, fault=fault)
        case Unclear(reason):
            return _in_doubt(task, reason, now, patience)
        case Throttled(reason):
            return replace(move(task, State.QUEUED, now, note=reason), runner=None)
        case NotReached(reason):
            attempts = sum(
                step.state is State.QUEUED and step.note.startswith(UNREACHED)
                for step in task.timeline
            )
            if attempts + 1 < START_ATTEMPTS_MAX:
                waiting = move(task, State.QUEUED, now, note=f"{UNREACHED}{reason}")
                return replace(waiting, runner=None)
            told = f"the provider can't be reached: {reason}"
            return move(task, State.FAILED, now, reason=told, fault=Fault.UNREACHABLE)


UNREACHED = "nothing was sent: "
"""Tells attempts that came to nothing from the waits that a provider asked for."""
