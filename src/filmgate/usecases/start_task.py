"""Hand a queued task to its provider, at most once where a second time could cost."""

from __future__ import annotations

from dataclasses import replace

from filmgate.domain.errors import SetUp
from filmgate.domain.order import order_of
from filmgate.domain.ports import (
    Clock,
    Made,
    NotReached,
    Provider,
    Refused,
    Stale,
    Started,
    Tasks,
    Unclear,
)
from filmgate.domain.task import State, Task, move

START_ATTEMPTS_MAX = 4


async def start_task(
    task: Task, *, runner: str, provider: Provider, tasks: Tasks, clock: Clock
) -> Task:
    """Start a queued task, or go on with one whose runner died while starting it.

    The first write is the claim and the intent in one: of two runners, one gets Stale.
    Raises SetUp with the task queued again.
    """
    if task.state is State.QUEUED:
        task = await tasks.write(replace(move(task, State.STARTING, clock.now()), runner=runner))
    elif not provider.start_finds_job:
        note = "the runner ended while the call was out"
        return await tasks.write(move(task, State.IN_DOUBT, clock.now(), note=note))
    try:
        started = await provider.start(order_of(task))
    except SetUp as trouble:  # nothing has left the house
        await tasks.write(move(task, State.QUEUED, clock.now(), note=trouble.message))
        raise
    try:
        return await tasks.write(_after(started, task, clock.now()))
    except Stale:
        # Cancelled while the call was out.
        if isinstance(started, Made):
            await provider.cancel(started.job)
        raise


def _after(started: Started, task: Task, now: float) -> Task:
    match started:
        case Made(job):
            return move(task, State.RUNNING, now, job=job)
        case Refused(reason):
            return move(task, State.FAILED, now, reason=reason)
        case Unclear(reason):
            return move(task, State.IN_DOUBT, now, note=reason)
        case NotReached(reason):
            attempts = sum(step.state is State.STARTING for step in task.timeline)
            if attempts < START_ATTEMPTS_MAX:
                return move(task, State.QUEUED, now, note=reason)
            return move(task, State.FAILED, now, reason=f"the provider can't be reached: {reason}")
