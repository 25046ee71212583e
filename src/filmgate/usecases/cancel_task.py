"""Stop a task: first the row, so that nobody carries it on, then the job."""

from __future__ import annotations

from collections.abc import Mapping

from filmgate.domain.change import Change, Stale
from filmgate.domain.errors import Conflict, Unreachable
from filmgate.domain.ports import Clock, Provider, Tasks
from filmgate.domain.task import State, Task, move, remark
from filmgate.usecases.read_task import read_task

ON_REQUEST = "cancelled on request"
BY_OPERATOR = "cancelled by the operator"
CANT_STOP = "the provider can't stop this job; what it makes is not kept and not charged"
NOT_ASKED = "the provider could not be reached to stop the job; what it makes is not charged"


async def cancel_task(
    task_id: str,
    *,
    customer: str | None = None,
    by: str | None = None,
    providers: Mapping[str, Provider],
    tasks: Tasks,
    clock: Clock,
) -> Task:
    """Cancelling twice is harmless. Raises NotFound, or Conflict when it ended otherwise.

    The hold is given back in the same write. Returns once the job has really stopped, or with a
    line in the timeline that says why it has not. ``by``: an operator, where it is not the
    customer who wants it. ``providers``: by account.
    """
    while True:
        task = await read_task(task_id, customer=customer, tasks=tasks)
        if task.state is State.CANCELLED:
            return task
        if task.state.ended:
            raise Conflict(f"task {task.id} has already {task.state.value}")
        reason = ON_REQUEST if by is None else BY_OPERATOR
        note = "" if by is None else f"{by}: cancelled"
        cancelled = move(task, State.CANCELLED, clock.now(), reason=reason, note=note)
        try:
            written = await tasks.commit(Change(before=task, task=cancelled))
        except Stale:
            continue  # it moved on meanwhile: look again
        provider = providers.get(task.account)
        if task.job is None or provider is None:
            return written
        stopped = await stop_job(task.id, task.job, provider=provider, tasks=tasks, clock=clock)
        return stopped or written


async def stop_job(
    task_id: str, job: str, *, provider: Provider, tasks: Tasks, clock: Clock
) -> Task | None:
    """Stop the job of a task that has ended; where that fails the task says so, and is returned."""
    try:
        if await provider.cancel(job):
            return None
        note = CANT_STOP
    except Unreachable:
        note = NOT_ASKED
    while True:
        task = await tasks.read(task_id)
        if task is None:
            return None
        told = remark(task, clock.now(), note)
        try:
            return await tasks.commit(Change(before=task, task=told))
        except Stale:
            continue
