"""SQLite as a database of ours: one connection that writes, and one that reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Self, TypeVar

from filmgate.storage.database.rows import Cell
from filmgate.storage.database.schema import open_database, open_reader
from filmgate.storage.database.session import Found, Session
from filmgate.storage.database.writer import Writer

T = TypeVar("T")


class SqliteSession:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Cell] = (), /) -> Found:
        return self._connection.execute(statement, values)

    def alone(self, *names: str) -> None:
        """Whoever writes here is alone with the whole database."""


class SqliteDatabase:
    """What is done in one ``write`` is one savepoint."""

    def __init__(self, writing: sqlite3.Connection, reading: sqlite3.Connection) -> None:
        self.writer = Writer(writing)
        self._reader = Writer(reading)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises SetUp."""
        writing = open_database(path)
        try:
            return cls(writing, open_reader(path))
        except BaseException:
            writing.close()
            raise

    async def write(
        self, work: Callable[[Session], T], *, after: Callable[[T], None] | None = None
    ) -> T:
        return await self.writer.do(_on_session(work), writes=True, after=after)

    async def read(self, work: Callable[[Session], T], *, at_one_moment: bool = False) -> T:
        on_connection = _on_session(work)

        def steady(connection: sqlite3.Connection) -> T:
            connection.execute("begin")
            try:
                return on_connection(connection)
            finally:
                connection.execute("commit")

        return await self._reader.do(steady if at_one_moment else on_connection, writes=False)

    def submit(self, work: Callable[[Session], T], *, writes: bool) -> Future[T]:
        return self.writer.submit(_on_session(work), writes=writes)

    async def mark(self) -> int:
        def work(connection: sqlite3.Connection) -> int:
            row: tuple[int] = connection.execute("pragma data_version").fetchone()
            return row[0]

        # Of the writing connection, which doesn't count its own commits.
        return await self.writer.do(work, writes=False)

    def close(self) -> None:
        self.writer.close()
        self._reader.close()


def _on_session(work: Callable[[Session], T]) -> Callable[[sqlite3.Connection], T]:
    return lambda connection: work(SqliteSession(connection))
