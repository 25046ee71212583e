"""Find tasks."""

from __future__ import annotations

from filmgate.domain.errors import FixRequest, NotFound
from filmgate.domain.ports import TaskQuery, Tasks
from filmgate.domain.task import Task

ID_HEAD = "task_"


async def read_task(wanted: str, *, tasks: Tasks) -> Task:
    """By its id, or by a beginning of it that no other id shares. Raises NotFound, FixRequest."""
    head, _, rest = wanted.strip().rpartition("_")
    if head not in {"", "task"} or not rest:
        raise NotFound(f"there is no task {wanted!r}", remedy="See filmgate tasks list.")
    prefix = ID_HEAD + rest.upper()
    if exact := await tasks.read(prefix):
        return exact
    found = await tasks.select(TaskQuery(id_prefix=prefix, limit=2))
    if not found:
        raise NotFound(f"there is no task {wanted!r}", remedy="See filmgate tasks list.")
    if len(found) > 1:
        raise FixRequest(
            f"several tasks begin with {wanted!r}", field="task", remedy="Give more of the id."
        )
    return found[0]
