"""Bring a finished film home. Only what lies measured in our own storage has succeeded."""

from __future__ import annotations

from filmgate.domain.change import Change, Stale
from filmgate.domain.errors import BadInput, RenderFailed
from filmgate.domain.ports import Clock, Provider, Results, Tasks
from filmgate.domain.task import Fault, Result, State, Task, move, rescue


async def finish_task(
    task: Task, *, provider: Provider, tasks: Tasks, results: Results, clock: Clock
) -> Task:
    """Fetch, measure, keep; may be repeated after a crash at any point.

    Takes a task that is fetching, or one that failed and whose film came late. Raises Unreachable
    and SetUp with the task as it was: the film is not lost, and trying again once the cause is
    mended will bring it in. Raises Stale where somebody else ended the task.
    """
    assert task.job is not None, f"task {task.id} is {task.state} without a job"
    late = task.state is State.FAILED
    try:
        await provider.fetch(task.job, await results.make_room(task.id))
        result = await results.keep(task.id)
    except (BadInput, RenderFailed) as error:
        await results.discard(task.id)
        if late:
            raise
        told = f"no usable film came out: {error}"
        failed = move(task, State.FAILED, clock.now(), reason=told, fault=Fault.PROVIDER)
        return await tasks.commit(Change(before=task, task=failed))
    done = await _record(task, result, tasks=tasks, results=results, clock=clock)
    await provider.forget(task.job)
    return done


async def _record(
    task: Task, result: Result, *, tasks: Tasks, results: Results, clock: Clock
) -> Task:
    now = clock.now()
    if task.state is State.FAILED:
        done = rescue(task, result, now)
    else:
        done = move(task, State.SUCCEEDED, now, result=result)
    try:
        return await tasks.commit(Change(before=task, task=done))
    except Stale:
        there = await tasks.read(task.id)
        if there is not None and there.state is State.CANCELLED:
            await results.discard(task.id)  # cancelled while the film was on its way
        if there is not None and there.state is State.FAILED and there.rescued is None:
            # Given up while the film was on its way: it is here, so its owner has it.
            return await _record(there, result, tasks=tasks, results=results, clock=clock)
        raise
