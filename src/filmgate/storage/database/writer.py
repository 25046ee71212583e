"""One thread that owns an SQLite connection and carries out the work of many callers at once."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from filmgate.domain.errors import FilmgateError, SetUp, Wait
from filmgate.storage.database import items

BATCH_MAX = 512

T = TypeVar("T")


Item = items.Item[sqlite3.Connection]


class Writer:
    """A full disk write costs a millisecond or more; callers that come together share one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="filmgate-database", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> Future[T]:
        """For callers without a loop."""
        item, future = items.promised(work, writes=writes)
        self._queue.put(item)
        return future

    async def do(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        writes: bool,
        after: Callable[[T], None] | None = None,
    ) -> T:
        item, future = items.awaited(work, writes=writes, after=after)
        self._queue.put(item)
        return await future

    def close(self) -> None:
        """Carry out what is queued, then close the connection."""
        self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        open_for_more = True
        while open_for_more:
            batch: list[Item] = []
            open_for_more = self._gather(batch)
            if batch:
                self._carry_out(batch)
        self._connection.close()

    def _gather(self, batch: list[Item]) -> bool:
        """Wait for one item and take all others that are there; False when closing."""
        item = self._queue.get()
        while item is not None:
            if item.claim():
                batch.append(item)
            if self._queue.empty() or len(batch) >= BATCH_MAX:
                return True
            item = self._queue.get()
        return False

    def _carry_out(self, batch: list[Item]) -> None:
        together = any(item.writes for item in batch)
        told: list[tuple[Item, items.Tell]] = []
        try:
            if together:
                self._connection.execute("begin immediate")
            for item in batch:
                told.append((item, self._run_one(item, together=together)))  # noqa: PERF401 - a
                # failure in the middle must leave what came before it where it can be seen
            if together:
                self._connection.execute("commit")
        except sqlite3.Error as error:
            self._roll_back()
            told = [(item, items.failing(item, in_words(error))) for item in batch]
        items.tell_all(told)

    def _run_one(self, item: Item, *, together: bool) -> items.Tell:
        """One caller's failure undoes that caller's work alone."""
        if together:
            self._connection.execute("savepoint item")
        try:
            tell = item.run(self._connection)
        except sqlite3.OperationalError:
            raise  # the database itself is in trouble: nobody's work can be trusted
        except Exception as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
            if together:
                self._connection.execute("rollback to item")
            tell = items.failing(item, error)
        if together:
            self._connection.execute("release item")
        return tell

    def _roll_back(self) -> None:
        # SQLite has already rolled back by itself after some errors, such as a full disk.
        if self._connection.in_transaction:
            self._connection.execute("rollback")


def in_words(error: sqlite3.Error) -> FilmgateError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Wait("the database is busy", retry_after_s=1.0, remedy="Try again in a moment.")
    return SetUp(
        f"the database can't be used: {error}",
        remedy="Check that the home has room and may be written (filmgate doctor tells where).",
    )
