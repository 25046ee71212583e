"""The stores that every promise is tried on; a new one is one more line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pretend.postgres import server

from filmgate.domain.ports import Store
from filmgate.storage.database.postgres.database import PostgresDatabase
from filmgate.storage.database.store import open_store, store_on
from filmgate.storage.memory import memory_store


@contextmanager
def memory(folder: Path) -> Iterator[Store]:
    yield memory_store()


@contextmanager
def sqlite(folder: Path) -> Iterator[Store]:
    store, database = open_store(folder / "filmgate.db")
    yield store
    database.close()


@contextmanager
def postgres(folder: Path) -> Iterator[Store]:
    with server().schema() as url:
        database = PostgresDatabase.open(url)
        try:
            yield store_on(database)
        finally:
            database.close()


STORES: dict[str, Callable[[Path], object]] = {
    "memory": memory,
    "sqlite": sqlite,
    "postgres": postgres,
}
