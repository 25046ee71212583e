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
CAREFUL_BATCHES = 16
"""After a failure: refusals seldom come alone, and a batch that is done twice is no gain."""

T = TypeVar("T")


Item = items.Item[sqlite3.Connection]
Told = list[tuple[Item, items.Tell]]


class Writer:
    """A full disk write costs a millisecond or more; callers that come together share one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._careful = 0
        """How many more batches go with a savepoint for each of their items."""
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
        try:
            if not any(item.writes for item in batch):
                told = [(item, self._run_one(item)) for item in batch]
            else:
                told = self._hopefully(batch) or self._carefully(batch)
        except sqlite3.Error as error:
            self._roll_back()
            told = [(item, items.failing(item, in_words(error))) for item in batch]
        items.tell_all(told)

    def _hopefully(self, batch: list[Item]) -> Told | None:
        """Without a savepoint for each, which would be a third of all statements. None where one
        of them failed: then nothing is done, and all begin anew, each by itself."""
        if self._careful > 0:
            self._careful -= 1
            return None
        self._connection.execute("begin immediate")
        told: Told = []
        for item in batch:
            try:
                told.append((item, item.run(self._connection)))
            except sqlite3.OperationalError:
                raise  # the database itself is in trouble: nobody's work can be trusted
            except Exception:  # noqa: BLE001 - it comes again where it can be told whose it is
                self._roll_back()
                self._careful = CAREFUL_BATCHES
                return None
        self._connection.execute("commit")
        return told

    def _carefully(self, batch: list[Item]) -> Told:
        """One caller's failure undoes that caller's work alone."""
        self._connection.execute("begin immediate")
        told: Told = []
        for item in batch:
            self._connection.execute("savepoint item")
            told.append((item, self._run_one(item, undo="rollback to item")))
            self._connection.execute("release item")
        self._connection.execute("commit")
        return told

    def _run_one(self, item: Item, *, undo: str | None = None) -> items.Tell:
        try:
            return item.run(self._connection)
        except sqlite3.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
            if undo is not None:
                self._connection.execute(undo)
            return items.failing(item, error)

    def _roll_back(self) -> None:
        # SQLite has already rolled back by itself after some errors, such as a full disk.
        if self._connection.in_transaction:
            self._connection.execute("rollback")


def is_busy(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def in_words(error: sqlite3.Error) -> FilmgateError:
    if is_busy(error):
        return Wait("the database is busy", retry_after_s=1.0, remedy="Try again in a moment.")
    return SetUp(
        f"the database can't be used: {error}",
        remedy="Check that the home has room and may be written (filmgate doctor tells where).",
    )
