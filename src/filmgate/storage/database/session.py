"""What a store's statements run on: plain SQL that SQLite and PostgreSQL both understand.

Values are bound to ``?``. Where the two differ, a session has a word of its own for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeVar

from filmgate.storage.database.rows import Cell, Row, number

T = TypeVar("T")


class Found(Protocol):
    """What a statement came to."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    def fetchone(self) -> Row | None: ...

    def fetchall(self) -> list[Row]: ...


class Session(Protocol):
    """A connection, inside the transaction of whoever works on it."""

    def execute(self, statement: str, values: Sequence[Cell] = (), /) -> Found: ...

    def alone(self, *names: str) -> None:
        """From here to the end of the transaction nobody else gets past these names: for what is
        first looked at and then written, so that nobody writes between the two."""


class Database(Protocol):
    """Every store works on this; what is done in one ``write`` is done wholly or not at all."""

    async def write(
        self, work: Callable[[Session], T], *, after: Callable[[T], None] | None = None
    ) -> T:
        """Durable once it returns. Whatever the work raises undoes this work alone.

        The work may be done again from its beginning, where others were in its way. ``after`` is
        called in the caller's loop, even if the caller has gone away meanwhile.
        """

    async def read(self, work: Callable[[Session], T], *, at_one_moment: bool = False) -> T:
        """Sees everything that was written before, and waits for no write. ``at_one_moment``: all
        its statements see the same state."""

    def submit(self, work: Callable[[Session], T], *, writes: bool) -> Future[T]:
        """For callers without a loop."""

    async def mark(self) -> int:
        """Another number once another process has written."""

    def close(self) -> None: ...


def count(session: Session, statement: str, values: Sequence[Cell] = ()) -> int:
    """The one number that the statement asks for."""
    row = session.execute(statement, values).fetchone()
    assert row is not None, statement
    return number(row[0])
