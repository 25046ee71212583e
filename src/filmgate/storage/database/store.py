"""The tasks in SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from filmgate.domain.ports import Stale, TaskQuery
from filmgate.domain.task import State, Task
from filmgate.storage.database.rows import COLUMNS, Cell, Row, from_row, to_row
from filmgate.storage.database.schema import open_database
from filmgate.storage.database.writer import Writer

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" for _ in COLUMNS)
# Column names come from this package alone; every value is bound.
_INSERT = f"insert into task ({_NAMES}) values ({_MARKS}) on conflict (id) do nothing"  # noqa: S608
_UPDATE = f"update task set ({_NAMES}) = ({_MARKS}) where id = ? and version = ?"  # noqa: S608
_SELECT = f"select {_NAMES} from task"  # noqa: S608

T = TypeVar("T")


class DatabaseTasks:
    """Several processes may use one database: every write is a compare-and-set on the version."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @classmethod
    def open(cls, path: Path) -> Self:
        return cls(Writer(open_database(path)))

    async def write(self, task: Task) -> Task:
        written = replace(task, version=task.version + 1)

        def work(connection: sqlite3.Connection) -> Task:
            if task.version == 0:
                cursor = connection.execute(_INSERT, to_row(written))
            else:
                cursor = connection.execute(_UPDATE, (*to_row(written), task.id, task.version))
            if cursor.rowcount != 1:
                raise Stale(f"task {task.id} is no longer at version {task.version}")
            return written

        return await self._do(work, writes=True)

    async def read(self, task_id: str) -> Task | None:
        def work(connection: sqlite3.Connection) -> Task | None:
            row: Row | None = connection.execute(f"{_SELECT} where id = ?", (task_id,)).fetchone()
            return None if row is None else from_row(row)

        return await self._do(work, writes=False)

    async def select(self, wanted: TaskQuery) -> list[Task]:
        statement, values = _question(wanted)

        def work(connection: sqlite3.Connection) -> list[Task]:
            rows: list[Row] = connection.execute(statement, values).fetchall()
            return [from_row(row) for row in rows]

        return await self._do(work, writes=False)

    async def _do(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        return await asyncio.wrap_future(self._writer.submit(work, writes=writes))

    def close(self) -> None:
        self._writer.close()


def _question(wanted: TaskQuery) -> tuple[str, list[Cell]]:
    conditions: list[str] = []
    values: list[Cell] = []
    if wanted.states != frozenset(State):
        conditions.append(f"state in ({', '.join('?' for _ in wanted.states)})")
        values.extend(state.value for state in wanted.states)
    if wanted.provider is not None:
        conditions.append("provider = ?")
        values.append(wanted.provider)
    if wanted.runner is not None:
        conditions.append("runner = ?")
        values.append(wanted.runner)
    if wanted.id_prefix:
        conditions.append("substr(id, 1, ?) = ?")
        values.extend((len(wanted.id_prefix), wanted.id_prefix))
    where = f" where {' and '.join(conditions)}" if conditions else ""
    order = "asc" if wanted.oldest_first else "desc"
    values.append(wanted.limit)
    return f"{_SELECT}{where} order by created_at {order}, id {order} limit ?", values
