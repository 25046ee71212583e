"""Brings a PostgreSQL database to the schema that this version of the program knows.

There is one set of migrations, written for SQLite; here they are said in PostgreSQL's words, so
that the two can't drift apart.
"""

from __future__ import annotations

import re

from filmgate.domain.errors import SetUp
from filmgate.storage.database.fills import FILLS
from filmgate.storage.database.postgres.errors import SETTING
from filmgate.storage.database.schema import MIGRATIONS, newer_version, statements
from filmgate.storage.database.session import Session, count

VERSION_MIN = 13
"""The first that tells what became of a transaction by its number in 64 bits."""

WORDS = (
    (re.compile(r"--.*"), ""),
    (re.compile(r"\)\s*strict(, without rowid)?;"), ");"),
    (
        re.compile(r"\bseq integer primary key\b"),
        "seq bigint generated always as identity primary key",
    ),
    (re.compile(r"\binteger\b"), "bigint"),
    (re.compile(r"\breal\b"), "double precision"),
    # Ids are compared by their bytes, whatever language the server sorts in.
    (re.compile(r"\b(\w+) text\b"), r'\1 text collate "C"'),
    (
        re.compile(
            r"create trigger (\w+) before (update|delete) on (\w+)\s+"
            r"begin select raise\(abort, ('[^']*')\); end;"
        ),
        r"create trigger \1 before \2 on \3 for each row execute function refuse(\4);",
    ),
)
"""What SQLite says, and how PostgreSQL says it."""

_MIGRATION = "create table if not exists migration (number bigint primary key, name text not null)"
_KNOWN = """
select count(*) from pg_catalog.pg_class
where relname = 'migration' and relnamespace = current_schema()::regnamespace
"""
_REFUSE = """
create or replace function refuse() returns trigger language plpgsql as $$
  begin raise exception '%', tg_argv[0] using errcode = 'restrict_violation'; end
$$
"""
_LEASE = """
create table if not exists lease (
  name text collate "C" primary key, holder text not null, runs_out timestamptz not null
)
"""
"""Who is alive, on whatever machine; only this server's clock counts."""


def bring_up(session: Session) -> None:
    """Inside the caller's transaction. Raises SetUp."""
    if _level(session) == len(MIGRATIONS):
        return
    _refuse_unfit(session)
    session.alone("migration")  # of two processes that open a new database, one waits here
    level = _level(session)
    if level > len(MIGRATIONS):
        raise newer_version()
    if level == 0:
        for statement in (_MIGRATION, _REFUSE, _LEASE):
            session.execute(statement)
    for number, name in enumerate(MIGRATIONS[level:], start=level + 1):
        for statement in statements(name):
            if said := in_postgres(statement):
                session.execute(said)
        if fill := FILLS.get(name):
            fill(session)
        session.execute("insert into migration (number, name) values (?, ?)", (number, name))


def in_postgres(statement: str) -> str:
    for pattern, replacement in WORDS:
        statement = pattern.sub(replacement, statement)
    return statement.strip()


def _level(session: Session) -> int:
    # By its row, not by its name: a name that was looked up in vain stays unknown to the end of
    # the transaction, even if another process has meanwhile made the table.
    if count(session, _KNOWN) == 0:
        return 0
    return count(session, "select coalesce(max(number), 0) from migration")


def _refuse_unfit(session: Session) -> None:
    version = count(session, "select current_setting('server_version_num')::int / 10000")
    if version < VERSION_MIN:
        raise SetUp(
            f"the database is PostgreSQL {version}, and {VERSION_MIN} or newer is needed",
            field=SETTING,
            remedy="Use a newer server.",
        )
    encoding = session.execute("select current_setting('server_encoding')").fetchone()
    if encoding != ("UTF8",):
        raise SetUp(
            f"the database keeps its text as {encoding and encoding[0]}",
            field=SETTING,
            remedy="Make one with: create database filmgate encoding 'UTF8' template template0",
        )
