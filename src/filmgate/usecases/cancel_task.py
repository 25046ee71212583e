"""Stop a task: first the row, so that nobody carries it on, then the job."""

from __future__ import annotations

from collections.abc import Mapping

from filmgate.domain.errors import Conflict
from filmgate.domain.ports import Clock, Provider, Stale, Tasks
from filmgate.domain.task import State, Task, move
from filmgate.usecases.read_task import read_task


async def cancel_task(
    task_id: str, *, providers: Mapping[str, Provider], tasks: Tasks, clock: Clock
) -> Task:
    """Cancelling twice is harmless. Raises NotFound, or Conflict when it ended otherwise."""
    while True:
        task = await read_task(task_id, tasks=tasks)
        if task.state is State.CANCELLED:
            return task
        if task.state.ended:
            raise Conflict(f"task {task.id} has already {task.state.value}")
        try:
            cancelled = await tasks.write(
                move(task, State.CANCELLED, clock.now(), reason="cancelled on request")
            )
        except Stale:
            continue  # it moved on meanwhile: look again
        if task.job is not None:
            await providers[task.provider].cancel(task.job)
        return cancelled
