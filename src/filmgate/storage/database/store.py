"""One home's database as the ports that the use cases know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filmgate.domain.ports import Store
from filmgate.domain.task import Task
from filmgate.storage.database.database import SqliteDatabase
from filmgate.storage.database.deliveries import DatabaseDeliveries
from filmgate.storage.database.events import DatabaseEvents
from filmgate.storage.database.ledger import DatabaseLedger
from filmgate.storage.database.library import DatabaseLibrary
from filmgate.storage.database.receivers import DatabaseReceivers
from filmgate.storage.database.records import DatabaseRecords
from filmgate.storage.database.session import Database
from filmgate.storage.database.tasks import DatabaseTasks
from filmgate.storage.database.work import DatabaseWork
from filmgate.storage.news import Bulletin


class DatabaseNews:
    def __init__(self, database: Database, bulletin: Bulletin) -> None:
        self._database = database
        self._bulletin = bulletin

    def listen(self, told: Callable[[Task], None]) -> Callable[[], None]:
        return self._bulletin.listen(told)

    async def mark(self) -> int:
        return await self._database.mark()


def open_store(path: Path) -> tuple[Store, SqliteDatabase]:
    """The ports, and the database they share, which whoever opens it closes. Raises SetUp."""
    database = SqliteDatabase.open(path)
    return store_on(database), database


def store_on(database: Database) -> Store:
    bulletin, deliveries = Bulletin(), DatabaseDeliveries(database)
    return Store(
        tasks=DatabaseTasks(database, bulletin),
        ledger=DatabaseLedger(database),
        work=DatabaseWork(database),
        news=DatabaseNews(database, bulletin),
        events=DatabaseEvents(database),
        deliveries=deliveries,
        delivery_log=deliveries,
        records=DatabaseRecords(database),
        library=DatabaseLibrary(database),
        receivers=DatabaseReceivers(database),
    )
