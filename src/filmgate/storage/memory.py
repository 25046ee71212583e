"""The tasks in memory: for tests, and for a house that is thrown away."""

from __future__ import annotations

from dataclasses import replace

from filmgate.domain.ports import Stale, TaskQuery
from filmgate.domain.task import Task


class MemoryTasks:
    def __init__(self) -> None:
        self._rows: dict[str, Task] = {}

    async def write(self, task: Task) -> Task:
        there = self._rows.get(task.id)
        if task.version != (there.version if there else 0):
            raise Stale(f"task {task.id} is no longer at version {task.version}")
        written = replace(task, version=task.version + 1)
        self._rows[task.id] = written
        return written

    async def read(self, task_id: str) -> Task | None:
        return self._rows.get(task_id)

    async def select(self, wanted: TaskQuery) -> list[Task]:
        found = [task for task in self._rows.values() if _matches(task, wanted)]
        found.sort(key=lambda task: (task.created_at, task.id), reverse=not wanted.oldest_first)
        return found[: wanted.limit]


def _matches(task: Task, wanted: TaskQuery) -> bool:
    return (
        task.state in wanted.states
        and wanted.provider in {None, task.provider}
        and wanted.runner in {None, task.runner}
        and task.id.startswith(wanted.id_prefix)
    )
