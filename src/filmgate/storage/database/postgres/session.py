"""One connection to PostgreSQL, as the plain session that all stores speak to.

Stores are written for a connection that answers at once, as SQLite's does. So each thread that
works here has an event loop of its own, which runs while one statement is out.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import asyncpg

from filmgate.storage.database.postgres.errors import Lost, is_gone
from filmgate.storage.database.rows import Cell, Row

T = TypeVar("T")

CONNECT_S = 5.0
STATEMENT_S = 30.0
SERVER_SETTINGS = {
    "application_name": "filmgate",
    # Of a client that froze in the middle, nobody must wait for the locks.
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


@dataclass(frozen=True, slots=True)
class Answer:
    rows: list[Row]
    rowcount: int

    def fetchone(self) -> Row | None:
        return self.rows[0] if self.rows else None

    def fetchall(self) -> list[Row]:
        return self.rows


class PostgresSession:
    """Raises Lost where the connection is gone."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: str) -> None:
        self._loop = loop
        self._connection = self.ask(connect(url))

    @property
    def is_open(self) -> bool:
        return not self._connection.is_closed()

    def execute(self, statement: str, values: Sequence[Cell] = (), /) -> Answer:
        text, asks = _numbered(statement)
        if asks:
            found = self.ask(self._connection.fetch(text, *values))
            rows = [tuple(record) for record in found]
            return Answer(rows, len(rows))
        status = self.ask(self._connection.execute(text, *values))
        last = str(status).rpartition(" ")[2]  # "UPDATE 3", "INSERT 0 1", "CREATE TABLE"
        return Answer([], int(last) if last.isdigit() else 0)

    def alone(self, *names: str) -> None:
        # In one order everywhere, so that no two wait for each other. A key that two names share
        # by chance costs a wait and nothing else.
        for key in sorted({_lock_key(name) for name in names}):
            self.ask(self._connection.execute("select pg_advisory_xact_lock($1)", key))

    def close(self) -> None:
        with contextlib.suppress(Lost):
            self.ask(self._connection.close(timeout=CONNECT_S))
        self.drop()

    def drop(self) -> None:
        """Without a word to the server."""
        self._connection.terminate()
        with contextlib.suppress(Exception):
            self._loop.run_until_complete(asyncio.sleep(0))  # the transport ends in the next turn

    def ask(self, call: Coroutine[object, object, T]) -> T:
        try:
            return self._loop.run_until_complete(call)
        except Exception as error:
            if is_gone(error) or (hasattr(self, "_connection") and not self.is_open):
                raise Lost(str(error) or type(error).__name__) from error
            raise


async def connect(url: str) -> asyncpg.Connection:
    try:
        connection = await asyncpg.connect(
            url, timeout=CONNECT_S, command_timeout=STATEMENT_S, server_settings=SERVER_SETTINGS
        )
    except asyncpg.ClientConfigurationError:
        raise
    except (ValueError, OverflowError):
        # Without the cause, which may quote what stands where a password should not.
        message = "its URL is not written as it should be"
        raise asyncpg.ClientConfigurationError(message) from None
    # Sums of whole numbers come as numeric; everything that is summed here is whole.
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=int, format="text"
    )
    return connection


@lru_cache(maxsize=512)
def _numbered(statement: str) -> tuple[str, bool]:
    """With ``$1`` for the first ``?``, and whether it answers with rows."""
    pieces = statement.split("?")
    text = pieces[0] + "".join(f"${n}{piece}" for n, piece in enumerate(pieces[1:], 1))
    first = text.split(maxsplit=1)[0].lower()
    return text, first in {"select", "with", "show"}


def _lock_key(name: str) -> int:
    digest = hashlib.sha256(f"filmgate {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
