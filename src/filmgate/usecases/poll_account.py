"""Look after all running jobs at one provider; writes nothing when nothing changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from filmgate.domain.errors import FilmgateError, Unreachable
from filmgate.domain.order import Sighting, order_of
from filmgate.domain.ports import (
    Clock,
    Done,
    Failed,
    Provider,
    Refused,
    Running,
    Stale,
    Stopped,
    TaskQuery,
    Tasks,
    Vanished,
)
from filmgate.domain.task import State, Task, move

RUNNING = frozenset({State.RUNNING})


@dataclass(frozen=True, slots=True)
class Polled:
    sightings: list[Sighting] = field(default_factory=list[Sighting])
    troubles: dict[str, FilmgateError] = field(default_factory=dict[str, FilmgateError])
    """By task: what is in the way in our own house; the task stays as it is."""


async def poll_account(provider: Provider, *, runner: str, tasks: Tasks, clock: Clock) -> Polled:
    """What this runner's running tasks at the provider have come to."""
    running = await tasks.select(
        TaskQuery(provider=provider.name, runner=runner, states=RUNNING, oldest_first=True)
    )
    looks = (poll_task(task, provider=provider, tasks=tasks, clock=clock) for task in running)
    polled = Polled()
    for task, seen in zip(
        running, await asyncio.gather(*looks, return_exceptions=True), strict=True
    ):
        match seen:
            case Sighting():
                polled.sightings.append(seen)
            case FilmgateError():
                polled.troubles[task.id] = seen
            case BaseException():
                raise seen
    return polled


async def poll_task(task: Task, *, provider: Provider, tasks: Tasks, clock: Clock) -> Sighting:
    job = _job(task)
    try:
        seen = await provider.check(job)
    except Unreachable:
        return Sighting(task=task)  # silence is not a verdict
    now = clock.now()
    match seen:
        case Running(progress):
            return Sighting(task=task, progress=progress)
        case Done(rendered):
            moved = replace(move(task, State.FETCHING, now), understood=rendered.understood)
        case Failed(reason):
            moved = move(task, State.FAILED, now, reason=reason)
        case Vanished():
            reason = f"provider {provider.name} no longer knows this job"
            moved = move(task, State.FAILED, now, reason=reason)
        case Stopped():
            started = await provider.start(order_of(task))
            if not isinstance(started, Refused):
                return Sighting(task=task)
            moved = move(task, State.FAILED, now, reason=started.reason)
    try:
        return Sighting(task=await tasks.write(moved))
    except Stale:
        # Cancelled by somebody while we looked; what the row says counts.
        return Sighting(task=await tasks.read(task.id) or task)


def _job(task: Task) -> str:
    assert task.job is not None, f"task {task.id} is {task.state} without a job"
    return task.job
