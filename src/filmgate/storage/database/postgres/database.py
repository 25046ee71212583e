"""PostgreSQL as a database of ours: some connections that write, some that read, and an ear."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from typing import Self, TypeVar

from filmgate.storage.database import items
from filmgate.storage.database.postgres.hands import Hands
from filmgate.storage.database.postgres.herald import Caller, Herald
from filmgate.storage.database.postgres.leases import Leases
from filmgate.storage.database.postgres.schema import bring_up
from filmgate.storage.database.postgres.session import PostgresSession
from filmgate.storage.database.session import Session

T = TypeVar("T")

WRITERS = 6
READERS = 3
"""Connections, made as they are needed; reads have their own, so that they wait for no write."""
OPEN_PATIENCE_S = 1.5
"""Who opens the house can see to the server; who works in it has to wait for it."""


class PostgresDatabase:
    def __init__(self, url: str) -> None:
        self._url = url
        self._me = secrets.token_hex(8)
        self._caller = Caller(self._me)
        self._herald = Herald(url, self._me)
        self._writers = Hands(url, WRITERS, self._written)
        self._readers = Hands(url, READERS)

    @classmethod
    def open(cls, url: str) -> Self:
        """Connects, and makes the tables where there are none. Raises SetUp, Wait."""
        database = cls(url)
        try:
            item, future = items.promised(bring_up, writes=True, patience_s=OPEN_PATIENCE_S)
            database._writers.put(item)
            future.result()
        except BaseException:
            database.close()
            raise
        return database

    def leases(self) -> Leases:
        """Who is alive of those that share this database; closed before it."""
        return Leases(self._url)

    async def write(
        self, work: Callable[[Session], T], *, after: Callable[[T], None] | None = None
    ) -> T:
        item, future = items.awaited(work, writes=True, after=after)
        self._writers.put(item)
        return await future

    async def read(self, work: Callable[[Session], T], *, at_one_moment: bool = False) -> T:
        item, future = items.awaited(work, writes=False, at_one_moment=at_one_moment)
        self._readers.put(item)
        return await future

    def submit(self, work: Callable[[Session], T], *, writes: bool) -> Future[T]:
        item, future = items.promised(work, writes=writes)
        (self._writers if writes else self._readers).put(item)
        return future

    async def mark(self) -> int:
        return await self._herald.mark()

    def close(self) -> None:
        self._herald.close()
        self._writers.close()
        self._readers.close()

    def _written(self, session: PostgresSession) -> None:
        self._caller.written(session, more_to_come=self._writers.has_more)
