"""Threads with a connection each, which carry out what callers want done.

Each write is a transaction of its own. A connection that is lost before the commit has written
nothing, so the work is done again on a new one; where the answer to a commit is lost, the server
is asked what became of it. Only when it stays away for long is the caller told.
"""

from __future__ import annotations

import asyncio
import queue
import random
import threading
import time
from collections.abc import Callable

import asyncpg

from filmgate.storage.database import items
from filmgate.storage.database.postgres.errors import AGAIN, InDoubt, Lost, in_words
from filmgate.storage.database.postgres.session import PostgresSession
from filmgate.storage.database.rows import maybe
from filmgate.storage.database.session import Session

KNOCK_S = 0.1
"""Between two attempts to connect, or to do what somebody was in the way of."""
TRIES_MAX = 20

Item = items.Item[Session]
Written = Callable[[PostgresSession], None]


class Hands:
    """``written`` is called after commits, on the connection that they were made on."""

    def __init__(self, url: str, most: int, written: Written | None = None) -> None:
        self._url = url
        self._most = most
        self._written = written
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._unfinished = 0

    def put(self, item: Item) -> None:
        with self._lock:
            self._unfinished += 1
            if len(self._threads) < min(self._most, self._unfinished):
                thread = threading.Thread(target=self._serve, name="filmgate-postgres", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._queue.put(item)

    @property
    def has_more(self) -> bool:
        return not self._queue.empty()

    def close(self) -> None:
        """Carry out what is queued, then close the connections."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        hand = _Hand(self._url, self._written)
        try:
            while (item := self._queue.get()) is not None:
                hand.carry_out(item)
                with self._lock:
                    self._unfinished -= 1
        finally:
            hand.close()


class _Hand:
    def __init__(self, url: str, written: Written | None) -> None:
        self._url = url
        self._written = written
        self._loop = asyncio.new_event_loop()
        self._session: PostgresSession | None = None
        self._wrote = False

    def carry_out(self, item: Item) -> None:
        if not item.claim():
            return
        try:
            tell = self._persist(item)
        except Exception as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
            tell = items.failing(item, in_words(error))
        items.tell_all([(item, tell)])
        if self._wrote and self._written is not None and self._session is not None:
            self._wrote = False
            try:
                self._written(self._session)
            except Lost:
                self._drop()

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._loop.close()

    def _persist(self, item: Item) -> items.Tell:
        """Until it is done, or refused, or the caller has waited long enough."""
        until = item.since + item.patience_s
        tries = 0
        while True:
            try:
                return self._once(item, until)
            except AGAIN:
                tries += 1
                if tries >= TRIES_MAX:
                    raise
                time.sleep(random.uniform(0, KNOCK_S / 4))  # noqa: S311 - no secret
            except Lost:
                self._drop()
                if time.monotonic() > until:
                    raise
                time.sleep(KNOCK_S)

    def _once(self, item: Item, until: float) -> items.Tell:
        session = self._open()
        if not item.writes and not item.at_one_moment:
            return item.run(session)
        if not item.writes:
            session.execute("begin isolation level repeatable read read only")
        else:
            # Each statement sees what was committed before it; what must not change between two
            # of them is locked by ``alone`` or by the row that is written.
            session.execute("begin isolation level read committed")
        try:
            tell = item.run(session)
            number = self._number(session)
        except BaseException:
            self._roll_back(session)
            raise
        try:
            session.execute("commit")
        except Lost:
            if number is not None and not self._was_committed(number, until):
                raise
        self._wrote = number is not None
        return tell

    def _number(self, session: PostgresSession) -> str | None:
        """Of this transaction; None where it has written nothing."""
        row = session.execute("select pg_current_xact_id_if_assigned()::text").fetchone()
        return None if row is None else maybe(row[0], str)

    def _was_committed(self, number: str, until: float) -> bool:
        """Raises InDoubt."""
        while True:
            try:
                row = (
                    self._reopened()
                    .execute("select pg_xact_status(?::text::xid8)", (number,))
                    .fetchone()
                )
            except Lost as error:
                if time.monotonic() > until:
                    raise InDoubt from error
            else:
                status = row[0] if row is not None else None
                if status in {"committed", "aborted"}:
                    return status == "committed"
                if status is None or time.monotonic() > until:
                    raise InDoubt
            time.sleep(KNOCK_S)

    def _roll_back(self, session: PostgresSession) -> None:
        try:
            session.execute("rollback")
        except (Lost, asyncpg.PostgresError):
            self._drop()

    def _open(self) -> PostgresSession:
        if self._session is not None and not self._session.is_open:
            self._drop()
        if self._session is None:
            self._session = PostgresSession(self._loop, self._url)
        return self._session

    def _reopened(self) -> PostgresSession:
        self._drop()
        return self._open()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.drop()
            self._session = None
