"""Customers and the trail in the database."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from filmgate.domain.customer import Customer, Deed, Role
from filmgate.domain.customer_ports import Register
from filmgate.domain.errors import Conflict, NotFound
from filmgate.storage.database.boxes import Boxes, DatabaseSecrets
from filmgate.storage.database.keys import DatabaseKeys
from filmgate.storage.database.question import Where
from filmgate.storage.database.rows import Row, maybe, number, text, time
from filmgate.storage.database.session import Database, Session
from filmgate.storage.database.trail import write_deed
from filmgate.storage.vault import Keyring

_NAMES = "id, name, plan, role, created_at, disabled_at, priority, max_task_credits"
_SELECT = f"select {_NAMES} from customer"  # noqa: S608 - nothing in it comes from outside
_MARKS = ", ".join("?" * 8)
_INSERT = f"insert into customer ({_NAMES}) values ({_MARKS}) on conflict do nothing"  # noqa: S608
_TRAIL = "select at, by_whom, action, subject, details from trail"
_UPDATE = """
update customer
set name = ?, plan = ?, role = ?, disabled_at = ?, priority = ?, max_task_credits = ? where id = ?
"""


class DatabaseCustomers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, customer: Customer, deed: Deed) -> None:
        def work(session: Session) -> None:
            row = (
                customer.id,
                customer.name,
                customer.plan,
                customer.role.value,
                customer.created_at,
                customer.disabled_at,
                customer.priority,
                customer.max_task_credits,
            )
            if session.execute(_INSERT, row).rowcount != 1:
                raise name_taken(customer.name)
            write_deed(session, deed)

        await self._database.write(work)

    async def read(self, customer_id: str) -> Customer | None:
        return await self._database.read(lambda each: _one(each, "id = ?", customer_id))

    async def named(self, name: str) -> Customer | None:
        return await self._database.read(lambda each: _one(each, "name = ?", name))

    async def all(self) -> list[Customer]:
        def work(session: Session) -> list[Customer]:
            rows: list[Row] = session.execute(f"{_SELECT} order by created_at, id").fetchall()
            return [customer_of(row) for row in rows]

        return await self._database.read(work)

    async def change(
        self, customer_id: str, become: Callable[[Customer], Customer], deed: Deed
    ) -> Customer:
        def work(session: Session) -> Customer:
            session.alone("customers")
            before = _one(session, "id = ?", customer_id)
            if before is None:
                raise NotFound(f"there is no customer {customer_id}", field="customer")
            after = become(before)
            row = (
                after.name,
                after.plan,
                after.role.value,
                after.disabled_at,
                after.priority,
                after.max_task_credits,
                customer_id,
            )
            named = _one(session, "name = ?", after.name)
            if named is not None and named.id != customer_id:
                raise name_taken(after.name)
            session.execute(_UPDATE, row)
            write_deed(session, deed)
            return after

        return await self._database.write(work)


class DatabaseTrail:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, deed: Deed) -> None:
        await self._database.write(lambda session: write_deed(session, deed))

    async def all(self, *, subject: str | None = None, limit: int = 100) -> list[Deed]:
        where = Where()
        where.add_if("subject = ?", subject)

        def work(session: Session) -> list[Deed]:
            rows: list[Row] = session.execute(
                f"{_TRAIL}{where.sql()} order by seq desc limit ?",
                (*where.values, limit),
            ).fetchall()
            return [_deed_of(row) for row in rows]

        return await self._database.read(work)


def register_on(database: Database, keyring: Keyring) -> Register:
    boxes = Boxes(keyring)
    return Register(
        customers=DatabaseCustomers(database),
        keys=DatabaseKeys(database, boxes),
        secrets=DatabaseSecrets(database, boxes),
        trail=DatabaseTrail(database),
    )


def name_taken(name: str) -> Conflict:
    return Conflict(f"there is a customer named {name} already", field="name")


def customer_of(row: Row) -> Customer:
    return Customer(
        id=text(row[0]),
        name=text(row[1]),
        plan=text(row[2]),
        role=Role(text(row[3])),
        created_at=time(row[4]),
        disabled_at=maybe(row[5], float),
        priority=number(row[6]),
        max_task_credits=maybe(row[7], int),
    )


def _deed_of(row: Row) -> Deed:
    return Deed(
        at=time(row[0]),
        by=text(row[1]),
        action=text(row[2]),
        subject=text(row[3]),
        details=msgspec.json.decode(text(row[4]), type=dict[str, str]),
    )


def _one(session: Session, condition: str, value: str) -> Customer | None:
    row: Row | None = session.execute(f"{_SELECT} where {condition}", (value,)).fetchone()
    return None if row is None else customer_of(row)
