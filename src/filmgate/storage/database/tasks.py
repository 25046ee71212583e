"""The tasks' rows: one step with its money, its news and its limits is one write."""

from __future__ import annotations

from filmgate.domain.change import (
    Change,
    ExternalIdTaken,
    Full,
    IdempotencyConflict,
    Limit,
    NoSlot,
    QueueFull,
    Stale,
)
from filmgate.domain.ports import TaskQuery
from filmgate.domain.task import State, Task, written
from filmgate.storage.database.deliveries import write_event
from filmgate.storage.database.ledger import write_transfer
from filmgate.storage.database.question import counted, marks, tasks_ordered, tasks_wanted
from filmgate.storage.database.rows import (
    COLUMNS,
    FOUND_BY,
    LIVING,
    Row,
    asked_cells,
    found_by_cells,
    living_cells,
    settled_cells,
    task_of,
)
from filmgate.storage.database.session import Database, Session, count
from filmgate.storage.news import Bulletin

NAMES = ", ".join(COLUMNS)
_WRITTEN = (*COLUMNS, *FOUND_BY)
# Column names come from this package alone; every value is bound.
_INSERT = (
    f"insert into task ({', '.join(_WRITTEN)}) values ({marks(_WRITTEN)}) "  # noqa: S608
    "on conflict do nothing"
)
_UPDATE = (
    f"update task set ({', '.join(LIVING)}) = ({marks(LIVING)}) "  # noqa: S608
    "where id = ? and version = ?"
)
_ASK_ANEW = "update task set (request, output, number, unfetched) = (?, ?, ?, ?) where id = ?"
_SELECT = f"select {NAMES} from task"  # noqa: S608
_SERVED = """
insert into turn (account, customer, served)
values (?, ?, (select coalesce(max(served), 0) + 1 from turn))
on conflict (account, customer) do update set served = excluded.served
"""


class DatabaseTasks:
    """Several processes may use one database: every write is a compare-and-set on the version."""

    def __init__(self, database: Database, bulletin: Bulletin) -> None:
        self._database = database
        self._bulletin = bulletin

    async def commit(self, change: Change) -> Task:
        def tell(task: Task) -> None:
            if task.version == change.task.version + 1:  # not a replay
                self._bulletin.tell(task)

        return await self._database.write(lambda session: write(session, change), after=tell)

    async def read(self, task_id: str) -> Task | None:
        return await self._database.read(lambda session: read(session, task_id))

    async def select(self, wanted: TaskQuery) -> list[Task]:
        where = tasks_wanted(wanted)
        statement = f"{_SELECT}{where.sql()}{tasks_ordered(wanted)}"
        values = (*where.values, wanted.limit, wanted.offset)

        def work(session: Session) -> list[Task]:
            rows: list[Row] = session.execute(statement, values).fetchall()
            return [task_of(row) for row in rows]

        return await self._database.read(work)

    async def count(self, wanted: TaskQuery) -> int:
        where = tasks_wanted(wanted)
        statement = f"select count(*) from task{where.sql()}"  # noqa: S608 - no value is in it

        return await self._database.read(lambda each: count(each, statement, where.values))


def read(session: Session, task_id: str) -> Task | None:
    row: Row | None = session.execute(f"{_SELECT} where id = ?", (task_id,)).fetchone()
    return None if row is None else task_of(row)


def write(session: Session, change: Change) -> Task:
    """All of it inside the caller's transaction; whatever is raised undoes it."""
    task = written(change.task)
    if change.before is None:
        cells = (*settled_cells(task), *asked_cells(task), *living_cells(task))
        cursor = session.execute(_INSERT, (*cells, *found_by_cells(task)))
        if cursor.rowcount != 1:
            return _already_there(session, task)
    else:
        version = change.before.version
        cursor = session.execute(_UPDATE, (*living_cells(task), task.id, version))
    if cursor.rowcount != 1:
        raise Stale(f"task {task.id} is no longer at version {change.task.version}")
    if change.asks_anew:
        session.execute(_ASK_ANEW, (*asked_cells(task), *found_by_cells(task), task.id))
    # Whoever counts at the same moment waits here, and then sees what was written meanwhile.
    session.alone(*(_scope(limit) for limit in change.limits))
    for limit in change.limits:
        _hold_to(session, limit, is_new=change.before is None)
    for transfer in change.transfers:
        write_transfer(session, transfer)
    for event in change.events:
        write_event(session, event)
    if change.before is not None and _starts(change.before, task):
        session.execute(_SERVED, (task.account, task.customer))
    return task


def _starts(before: Task, task: Task) -> bool:
    return before.state is State.QUEUED and task.state is State.STARTING


def _already_there(session: Session, task: Task) -> Task:
    """Its key, its name or its id was used before."""
    if replayed := _replayed(session, task):
        return replayed
    _refuse_taken_name(session, task)
    raise Stale(f"task {task.id} was written before")


def _replayed(session: Session, task: Task) -> Task | None:
    if task.idempotency_key is None:
        return None
    row: Row | None = session.execute(
        f"{_SELECT} where customer = ? and idempotency_key = ?",
        (task.customer, task.idempotency_key),
    ).fetchone()
    if row is None:
        return None
    first = task_of(row)
    if first.body_digest != task.body_digest:
        raise IdempotencyConflict(f"the key of task {first.id} came with another request")
    return first


def _refuse_taken_name(session: Session, task: Task) -> None:
    if task.external_id is None:
        return
    taken = session.execute(
        "select 1 from task where customer = ? and external_id = ?",
        (task.customer, task.external_id),
    ).fetchone()
    if taken is not None:
        raise ExternalIdTaken(task.external_id)


def _scope(limit: Limit) -> str:
    return f"limit {limit.account} {limit.model} {limit.customer}"


def _hold_to(session: Session, limit: Limit, *, is_new: bool) -> None:
    where = counted(limit)
    statement = f"select count(*) from task{where.sql()}"  # noqa: S608 - no value is in it
    if count(session, statement, where.values) > limit.at_most:
        refusal: type[Full] = QueueFull if is_new else NoSlot
        raise refusal(limit)
