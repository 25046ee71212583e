"""The stores that every promise is tried on; a new one is one more line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filmgate.domain.ports import Store
from filmgate.storage.database.store import open_store
from filmgate.storage.memory import memory_store


@contextmanager
def memory(folder: Path) -> Iterator[Store]:
    yield memory_store()


@contextmanager
def sqlite(folder: Path) -> Iterator[Store]:
    store, database = open_store(folder / "filmgate.db")
    yield store
    database.close()


STORES: dict[str, Callable[[Path], object]] = {"memory": memory, "sqlite": sqlite}
