"""Find tasks."""

from __future__ import annotations

from filmgate.domain.errors import FixRequest, NotFound
from filmgate.domain.ports import TaskQuery, Tasks
from filmgate.domain.task import Task

ID_HEAD = "task_"


async def read_task(wanted: str, *, customer: str | None = None, tasks: Tasks) -> Task:
    """By its id, or by a beginning of it that no other id shares. Raises NotFound, FixRequest.

    With a customer, the tasks of others don't exist.
    """
    head, _, rest = wanted.strip().rpartition("_")
    if head not in {"", "task"} or not rest:
        raise _unknown(wanted)
    prefix = ID_HEAD + rest.upper()
    exact = await tasks.read(prefix)
    if exact is not None and customer in {None, exact.customer}:
        return exact
    found = await tasks.select(TaskQuery(id_prefix=prefix, customer=customer, limit=2))
    if not found:
        raise _unknown(wanted)
    if len(found) > 1:
        raise FixRequest(
            f"several tasks begin with {wanted!r}", field="task", remedy="Give more of the id."
        )
    return found[0]


def _unknown(wanted: str) -> NotFound:
    return NotFound(f"there is no task {wanted!r}", remedy="See filmgate tasks list.")
