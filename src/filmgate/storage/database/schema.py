"""Opens a database and brings it to the schema that this version of the program knows."""

from __future__ import annotations

import random
import sqlite3
import time
from importlib.resources import files
from pathlib import Path

from filmgate.domain.errors import SetUp
from filmgate.storage.database.fills import FILLS
from filmgate.storage.database.writer import in_words, is_busy

BUSY_TIMEOUT_S = 10.0
KNOCK_S = 0.05
MIGRATIONS = (
    "0001_tasks.sql",
    "0002_credits.sql",
    "0003_customers.sql",
    "0004_expiry.sql",
    "0005_webhooks.sql",
    "0006_handles.sql",
    "0007_library.sql",
    "0007_origin.sql",
    "0008_receivers.sql",
)


def open_database(path: Path) -> sqlite3.Connection:
    """Raises SetUp. The connection may be handed to one other thread."""
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            # WAL lets others read while one writes; FULL survives a power cut.
            _write_ahead(connection)
            connection.execute("pragma synchronous = full")
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise in_words(error) from error
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that can't write, to a database that was opened before. Raises SetUp."""
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("pragma query_only = on")
    except sqlite3.Error as error:
        raise in_words(error) from error
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """SQLite's own patience doesn't cover this: while another process closes the home as the last
    one that had it, whoever opens it is refused on the spot."""
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0.001, KNOCK_S))  # noqa: S311 - no secret
        else:
            return


def _migrate(connection: sqlite3.Connection) -> None:
    if _level(connection) == len(MIGRATIONS):
        return
    connection.execute("begin immediate")  # of two processes that open a new home, one waits here
    connection.execute(
        "create table if not exists migration (number integer primary key, name text not null)"
    )
    level = _level(connection)
    if level > len(MIGRATIONS):
        raise newer_version()
    for number, name in enumerate(MIGRATIONS[level:], start=level + 1):
        for statement in statements(name):
            connection.execute(statement)
        if fill := FILLS.get(name):
            fill(connection)
        connection.execute("insert into migration (number, name) values (?, ?)", (number, name))
    connection.execute("commit")


def _level(connection: sqlite3.Connection) -> int:
    known = connection.execute("select 1 from sqlite_master where name = 'migration'").fetchone()
    if known is None:
        return 0
    row: tuple[int | None] = connection.execute("select max(number) from migration").fetchone()
    return row[0] or 0


def newer_version() -> SetUp:
    return SetUp(
        "the home was used by a newer version of filmgate",
        remedy="Update filmgate, or use another home (FILMGATE_HOME).",
    )


def statements(name: str) -> list[str]:
    """Of a migration, one by one, because `executescript` would commit our transaction first."""
    script = files("filmgate.storage.database").joinpath("migrations", name).read_text("utf-8")
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
