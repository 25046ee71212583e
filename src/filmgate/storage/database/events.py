"""What is to be announced."""

from __future__ import annotations

from filmgate.domain.change import Event
from filmgate.domain.ports import PendingEvent
from filmgate.storage.database.rows import EVENT_COLUMNS, Row, event_of, number
from filmgate.storage.database.session import Database, Session

_NAMES = ", ".join(EVENT_COLUMNS)


class DatabaseEvents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: float, limit: int) -> list[PendingEvent]:
        def work(session: Session) -> list[PendingEvent]:
            rows: list[Row] = session.execute(
                f"select {_NAMES}, attempts from event where next_at is not null "  # noqa: S608
                "and next_at <= ? order by next_at, id limit ?",
                (now, limit),
            ).fetchall()
            return [
                PendingEvent(event=event_of(row[:-1]), attempts=number(row[-1])) for row in rows
            ]

        return await self._database.read(work)

    async def settle(self, event_id: str, *, attempts: int, next_at: float | None) -> None:
        def work(session: Session) -> None:
            session.execute(
                "update event set attempts = ?, next_at = ? where id = ?",
                (attempts, next_at, event_id),
            )

        await self._database.write(work)

    async def of_customer(self, customer: str, limit: int) -> list[Event]:
        def work(session: Session) -> list[Event]:
            rows: list[Row] = session.execute(
                f"select {_NAMES} from event where customer = ? "  # noqa: S608
                "order by at desc, id desc limit ?",
                (customer, limit),
            ).fetchall()
            return [event_of(row) for row in rows]

        return await self._database.read(work)
