"""Which database a house has, by its setting."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from filmgate.domain.errors import SetUp
from filmgate.domain.locks import Locks
from filmgate.storage.database.database import SqliteDatabase
from filmgate.storage.database.session import Database

SETTING = "FILMGATE_DATABASE_URL"
FILE = "filmgate.db"


def open_house(url: str | None, home: Path) -> tuple[Database, Locks | None]:
    """The database, and the locks that it keeps for all machines that share it; None where one
    home is all there is. Raises SetUp, Wait."""
    if url is None:
        return SqliteDatabase.open(home / FILE), None
    scheme = urlsplit(url).scheme
    if scheme not in {"postgres", "postgresql"}:
        raise SetUp(
            f"a database at {scheme}:// is none that filmgate knows",
            field=SETTING,
            remedy="Use postgresql://..., or nothing at all for SQLite in the home.",
        )
    try:
        # Only here: most houses need no PostgreSQL, and its library is an extra.
        from filmgate.storage.database.postgres.database import (  # noqa: PLC0415
            PostgresDatabase,
        )
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise SetUp(
            "PostgreSQL needs the library asyncpg, which is not installed",
            field=SETTING,
            remedy="pip install 'filmgate[postgres]'",
        ) from None
    database = PostgresDatabase.open(url)
    return database, database.leases()
