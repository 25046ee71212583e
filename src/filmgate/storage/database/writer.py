"""One thread that owns an SQLite connection and carries out the work of many callers at once."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from filmgate.domain.errors import FilmgateError, SetUp, Wait

BATCH_MAX = 512

T = TypeVar("T")
Tell = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Item:
    """What one caller wants done on the connection."""

    claim: Callable[[], bool]
    """False when the caller has gone away before the work began."""
    run: Callable[[sqlite3.Connection], Tell]
    """Does the work and returns what tells the caller, which happens after the commit."""
    fail: Callable[[BaseException], None]
    writes: bool
    loop: asyncio.AbstractEventLoop | None = None
    """Where the caller is told; None for this thread."""


class Writer:
    """A full disk write costs a millisecond or more; callers that come together share one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="filmgate-database", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> Future[T]:
        """For callers without a loop."""
        future: Future[T] = Future()

        def run(connection: sqlite3.Connection) -> Tell:
            answer = work(connection)
            return lambda: future.set_result(answer)

        self._queue.put(
            Item(future.set_running_or_notify_cancel, run, future.set_exception, writes)
        )
        return future

    async def do(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        writes: bool,
        after: Callable[[T], None] | None = None,
    ) -> T:
        """``after`` is called in the caller's loop once the work is safe, even if the caller has
        gone away meanwhile."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def run(connection: sqlite3.Connection) -> Tell:
            answer = work(connection)

            def tell() -> None:
                if after is not None:
                    after(answer)
                if not future.done():
                    future.set_result(answer)

            return tell

        def fail(error: BaseException) -> None:
            if not future.done():
                future.set_exception(error)

        self._queue.put(Item(lambda: not future.cancelled(), run, fail, writes, loop))
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
        told: list[tuple[Item, Tell]] = []
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
            told = [(item, _failing(item, in_words(error))) for item in batch]
        _tell_all(told)

    def _run_one(self, item: Item, *, together: bool) -> Tell:
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
            tell = _failing(item, error)
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


def _failing(item: Item, error: Exception) -> Tell:
    return lambda: item.fail(error)


def _tell_all(told: list[tuple[Item, Tell]]) -> None:
    """One call into each loop for the whole batch: waking a loop is a system call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Tell]] = {}
    for item, tell in told:
        if item.loop is None:
            tell()
        else:
            by_loop.setdefault(item.loop, []).append(tell)
    for loop, tells in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_tell_in_turn, tells)


def _tell_in_turn(tells: list[Tell]) -> None:
    for tell in tells:
        tell()
