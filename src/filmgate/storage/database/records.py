"""The end of rows: which are over, which are needed, and their removal."""

from __future__ import annotations

from filmgate.domain.task import ENDED, Task
from filmgate.storage.database.question import OPEN_ONLY, listed, marks
from filmgate.storage.database.rows import COLUMNS, Row, task_of, text
from filmgate.storage.database.session import Database, Session

# Names and states come from this package alone; every value is bound.
_EXPIRED = f"""
select {", ".join(COLUMNS)} from task
where expires_at is not null and expires_at < ? and state in ({listed(ENDED)})
order by expires_at limit ?
"""  # noqa: S608
_REMOVE = f"""
delete from task where id = ? and version = ? and state in ({listed(ENDED)})
"""  # noqa: S608
_FORGET_ATTEMPTS = "delete from attempt where event in (select id from event where task = ?)"
_FORGET_CALLBACK = "delete from secret where name = ? and owner = ?"
_NEEDED = f"({OPEN_ONLY} or rescue_until is not null)"
# "null" stands in rows of the first version.
_FILM = "(coalesce(result, 'null') <> 'null' or rescued is not null)"

# No index: looked for once in hours.
_TOLD = "select id from event where due_at is null and at < ? order by at, id limit ?"
_NAMING = (
    "select 1 from task where request like '%' || ? || '%' limit 1",
    "select 1 from library_item where deleted_at is null and assets like '%' || ? || '%' limit 1",
)


class DatabaseRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def expired(self, before: float, limit: int) -> list[Task]:
        def work(session: Session) -> list[Task]:
            rows: list[Row] = session.execute(_EXPIRED, (before, limit)).fetchall()
            return [task_of(row) for row in rows]

        return await self._database.read(work)

    async def remove(self, task: Task) -> bool:
        def work(session: Session) -> bool:
            if session.execute(_REMOVE, (task.id, task.version)).rowcount != 1:
                return False
            session.execute(_FORGET_ATTEMPTS, (task.id,))
            session.execute("delete from event where task = ?", (task.id,))
            if task.callback is not None and task.callback.secret is not None:
                session.execute(_FORGET_CALLBACK, (task.callback.secret, task.customer))
            return True

        return await self._database.write(work)

    async def forget_told(self, before: float, limit: int) -> int:
        def work(session: Session) -> int:
            rows: list[Row] = session.execute(_TOLD, (before, limit)).fetchall()
            ids = [text(row[0]) for row in rows]
            if ids:
                these = f"({marks(ids)})"
                session.execute(f"delete from attempt where event in {these}", ids)  # noqa: S608
                session.execute(f"delete from event where id in {these}", ids)  # noqa: S608
            return len(ids)

        return await self._database.write(work)

    async def claiming(self, task_ids: frozenset[str]) -> frozenset[str]:
        return await self._among(task_ids, f"({_FILM} or {_NEEDED})")

    async def alive(self, task_ids: frozenset[str]) -> frozenset[str]:
        return await self._among(task_ids, _NEEDED)

    async def uses(self, digest: str) -> bool:
        def work(session: Session) -> bool:
            # No index: an input is asked about once in days, and rows are read fast.
            return any(session.execute(each, (digest,)).fetchone() for each in _NAMING)

        return await self._database.read(work)

    async def _among(self, task_ids: frozenset[str], condition: str) -> frozenset[str]:
        ids = sorted(task_ids)
        statement = f"select id from task where id in ({marks(ids)}) and {condition}"  # noqa: S608

        def work(session: Session) -> frozenset[str]:
            rows: list[Row] = session.execute(statement, ids).fetchall()
            return frozenset(text(row[0]) for row in rows)

        return await self._database.read(work)
