"""The end of patience: deadlines that are on record, and what is still looked for after them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.domain.change import Change, Stale
from filmgate.domain.errors import Conflict, Unreachable
from filmgate.domain.ports import Clock, Provider, Tasks
from filmgate.domain.task import Fault, State, Task, move, remark
from filmgate.usecases.patience import Patience
from filmgate.usecases.read_task import read_task

REASONS = {
    State.QUEUED: "its turn did not come before its deadline",
    State.STARTING: "the provider did not take it before its deadline",
    State.IN_DOUBT: "nobody could say in time whether the provider had taken it",
    State.RUNNING: "the provider did not finish before the deadline",
    State.FETCHING: "the finished film could not be brought home in time",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why it is given up, where no deadline is the cause."""

    reason: str
    fault: Fault


UNKNOWN = Verdict(
    "the provider was asked for it again and again and knows nothing of it", Fault.UNREACHABLE
)


async def give_up(
    task: Task,
    *,
    provider: Provider | None,
    tasks: Tasks,
    clock: Clock,
    patience: Patience,
    verdict: Verdict | None = None,
) -> Task:
    """Fail the task and give its hold back. It is never sent again; where the provider may still
    finish, a late film is looked for. Raises Stale."""
    now = clock.now()
    why = verdict or Verdict(REASONS[task.state], Fault.TIMEOUT)
    failed = move(task, State.FAILED, now, reason=why.reason, fault=why.fault)
    may_come = task.state is not State.QUEUED
    if may_come:
        failed = replace(failed, rescue_until=now + patience.rescue_s)
    written = await tasks.commit(Change(before=task, task=failed))
    if task.job is None or provider is None or task.state is State.FETCHING:
        return written
    try:
        stopped = await provider.cancel(task.job)
    except Unreachable:
        stopped = False
    return await stop_looking(written, None, tasks=tasks, clock=clock) if stopped else written


async def stop_looking(task: Task, note: str | None, *, tasks: Tasks, clock: Clock) -> Task:
    """No late film will come."""
    done = replace(task, rescue_until=None)
    if note is not None:
        done = remark(done, clock.now(), note)
    return await tasks.commit(Change(before=task, task=done))


async def resolve_in_doubt(
    task_id: str, *, job: str | None, by: str, note: str, tasks: Tasks, clock: Clock
) -> Task:
    """An operator has looked at the provider: this is the job, or (None) there is none.

    Raises NotFound, and Conflict where the task is not in doubt.
    """
    while True:
        task = await read_task(task_id, tasks=tasks)
        if task.state is not State.IN_DOUBT:
            raise Conflict(f"task {task.id} is {task.state.value} and not in doubt")
        words = f"{by}: {note}"
        if job is None:
            reason = "the provider never took it"
            settled = move(
                task,
                State.FAILED,
                clock.now(),
                reason=reason,
                fault=Fault.PROVIDER,
                note=words,
            )
        else:
            settled = move(task, State.RUNNING, clock.now(), job=job, note=words)
        try:
            return await tasks.commit(Change(before=task, task=settled))
        except Stale:
            continue  # a callback or a look was quicker: see what it found
