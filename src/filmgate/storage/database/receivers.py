"""Customers' receivers of webhooks in the database."""

from __future__ import annotations

import msgspec

from filmgate.domain.errors import Conflict
from filmgate.domain.receivers import Receiver
from filmgate.storage.database.rows import Row, text, time
from filmgate.storage.database.session import Database, Session, count

_NAMES = "id, customer, protocol, name, url, events, secret_hint, created_at, updated_at"
_SELECT = f"select {_NAMES} from receiver where customer = ?"  # noqa: S608 - all of it is ours
_INSERT = f"insert into receiver ({_NAMES}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_UPDATE = """
update receiver set (name, url, events, secret_hint, updated_at) = (?, ?, ?, ?, ?)
where id = ? and customer = ?
"""
# Who once said to be gone and is set up again is there again.
_SWITCH_ON = "delete from receiver_off where customer = ? and url = ?"


class DatabaseReceivers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, receiver: Receiver, *, at_most: int) -> None:
        def work(session: Session) -> None:
            # What is counted before it is written is counted by one at a time.
            session.alone(f"receivers of {receiver.customer}")
            asked = "select count(*) from receiver where customer = ? and protocol = ?"
            if count(session, asked, (receiver.customer, receiver.protocol)) >= at_most:
                raise Conflict(f"there may be {at_most} receivers at most")
            session.execute(_INSERT, _cells(receiver))
            session.execute(_SWITCH_ON, (receiver.customer, receiver.url))

        await self._database.write(work)

    async def read(self, customer: str, receiver_id: str) -> Receiver | None:
        def work(session: Session) -> Receiver | None:
            asked = f"{_SELECT} and id = ?"
            row: Row | None = session.execute(asked, (customer, receiver_id)).fetchone()
            return None if row is None else _receiver_of(row)

        return await self._database.read(work)

    async def all(self, customer: str, protocol: str) -> list[Receiver]:
        def work(session: Session) -> list[Receiver]:
            asked = f"{_SELECT} and protocol = ? order by id desc"
            rows: list[Row] = session.execute(asked, (customer, protocol)).fetchall()
            return [_receiver_of(row) for row in rows]

        return await self._database.read(work)

    async def write(self, receiver: Receiver) -> bool:
        def work(session: Session) -> bool:
            living = (
                receiver.name,
                receiver.url,
                msgspec.json.encode(receiver.events).decode(),
                receiver.secret_hint,
                receiver.updated_at,
            )
            named = (receiver.id, receiver.customer)
            session.execute(_SWITCH_ON, (receiver.customer, receiver.url))
            return session.execute(_UPDATE, (*living, *named)).rowcount == 1

        return await self._database.write(work)

    async def remove(self, customer: str, receiver_id: str) -> bool:
        def work(session: Session) -> bool:
            asked = "delete from receiver where id = ? and customer = ?"
            return session.execute(asked, (receiver_id, customer)).rowcount == 1

        return await self._database.write(work)


def _cells(receiver: Receiver) -> Row:
    return (
        receiver.id,
        receiver.customer,
        receiver.protocol,
        receiver.name,
        receiver.url,
        msgspec.json.encode(receiver.events).decode(),
        receiver.secret_hint,
        receiver.created_at,
        receiver.updated_at,
    )


def _receiver_of(row: Row) -> Receiver:
    return Receiver(
        id=text(row[0]),
        customer=text(row[1]),
        protocol=text(row[2]),
        name=text(row[3]),
        url=text(row[4]),
        events=msgspec.json.decode(text(row[5]), type=tuple[str, ...]),
        secret_hint=text(row[6]),
        created_at=time(row[7]),
        updated_at=time(row[8]),
    )
