"""The database of a home: one connection that writes, one that reads, and who listens."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from filmgate.storage.database.schema import open_database, open_reader
from filmgate.storage.database.writer import Writer

T = TypeVar("T")


class Database:
    """Every store of the home works on this; what is done in one ``write`` is one savepoint."""

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
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        after: Callable[[T], None] | None = None,
    ) -> T:
        """Durable once it returns. Whatever the work raises undoes this work alone."""
        return await self.writer.do(work, writes=True, after=after)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Sees everything that was written before, and waits for no write."""
        return await self._reader.do(work, writes=False)

    async def mark(self) -> int:
        """Another number once another process has written."""

        def work(connection: sqlite3.Connection) -> int:
            row: tuple[int] = connection.execute("pragma data_version").fetchone()
            return row[0]

        # Of the writing connection, which doesn't count its own commits.
        return await self.writer.do(work, writes=False)

    def close(self) -> None:
        self.writer.close()
        self._reader.close()
