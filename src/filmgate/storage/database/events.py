"""What has happened to tasks that somebody wanted to hear of."""

from __future__ import annotations

from filmgate.domain.change import Event
from filmgate.storage.database.rows import EVENT_COLUMNS, Row, event_of
from filmgate.storage.database.session import Database, Session

_NAMES = ", ".join(EVENT_COLUMNS)


class DatabaseEvents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_customer(self, customer: str, limit: int) -> list[Event]:
        def work(session: Session) -> list[Event]:
            rows: list[Row] = session.execute(
                f"select {_NAMES} from event where customer = ? "  # noqa: S608
                "order by at desc, id desc limit ?",
                (customer, limit),
            ).fetchall()
            return [event_of(row) for row in rows]

        return await self._database.read(work)
