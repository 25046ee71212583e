"""Bring a finished film home. Only what lies measured in our own storage has succeeded."""

from __future__ import annotations

from filmgate.domain.errors import BadInput, RenderFailed
from filmgate.domain.ports import Clock, Provider, Results, Stale, Tasks
from filmgate.domain.task import State, Task, move


async def finish_task(
    task: Task, *, provider: Provider, tasks: Tasks, results: Results, clock: Clock
) -> Task:
    """Fetch, measure, keep; may be repeated after a crash at any point.

    Raises Unreachable and SetUp with the task still `fetching`: the film is not lost, and trying
    again once the cause is mended will bring it in.
    """
    assert task.job is not None, f"task {task.id} is {task.state} without a job"
    try:
        await provider.fetch(task.job, await results.make_room(task.id))
        result = await results.keep(task.id)
    except (BadInput, RenderFailed) as error:
        await results.discard(task.id)
        return await tasks.write(
            move(task, State.FAILED, clock.now(), reason=f"no usable film came out: {error}")
        )
    try:
        done = await tasks.write(move(task, State.SUCCEEDED, clock.now(), result=result))
    except Stale:
        there = await tasks.read(task.id)
        if there is not None and there.state is State.CANCELLED:
            await results.discard(task.id)  # cancelled while the film was on its way
        raise
    await provider.forget(task.job)
    return done
