"""Voices and elements in the database."""

from __future__ import annotations

import msgspec

from filmgate.domain.library import Fact, Item, ItemKind, ItemQuery
from filmgate.domain.request import Asset
from filmgate.storage.database.question import Where
from filmgate.storage.database.rows import Row, maybe, number, text, time
from filmgate.storage.database.session import Database, Session

_NAMES = "number, customer, kind, name, description, facts, assets, task, created_at, deleted_at"
_SELECT = f"select {_NAMES} from library_item"  # noqa: S608 - nothing in it comes from outside
_MARKS = ", ".join("?" * 10)
_INSERT = (
    f"insert into library_item ({_NAMES}) values ({_MARKS}) "  # noqa: S608
    "on conflict (number) do nothing"
)
_DELETE = """
update library_item set deleted_at = ? where number = ? and customer = ? and deleted_at is null
"""


class DatabaseLibrary:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, item: Item) -> Item:
        def work(session: Session) -> Item:
            session.execute(_INSERT, _cells(item))
            there = _one(session, item.number)
            assert there is not None, item.number
            return there

        return await self._database.write(work)

    async def read(self, number: int) -> Item | None:
        return await self._database.read(lambda session: _one(session, number))

    async def select(self, wanted: ItemQuery) -> list[Item]:
        where = Where()
        where.add("customer = ?", wanted.customer)
        where.add_if("kind = ?", wanted.kind)
        if not wanted.with_deleted:
            where.add("deleted_at is null")
        order = " order by created_at desc, number desc limit ? offset ?"

        def work(session: Session) -> list[Item]:
            values = (*where.values, wanted.limit, wanted.offset)
            rows = session.execute(f"{_SELECT}{where.sql()}{order}", values).fetchall()
            return [_item_of(row) for row in rows]

        return await self._database.read(work)

    async def delete(self, number: int, customer: str, at: float) -> bool:
        def work(session: Session) -> bool:
            return session.execute(_DELETE, (at, number, customer)).rowcount == 1

        return await self._database.write(work)


def _one(session: Session, wanted: int) -> Item | None:
    row: Row | None = session.execute(f"{_SELECT} where number = ?", (wanted,)).fetchone()
    return None if row is None else _item_of(row)


def _cells(item: Item) -> Row:
    return (
        item.number,
        item.customer,
        item.kind.value,
        item.name,
        item.description,
        msgspec.json.encode(item.facts).decode(),
        msgspec.json.encode(item.assets).decode(),
        item.task,
        item.created_at,
        item.deleted_at,
    )


def _item_of(row: Row) -> Item:
    return Item(
        number=number(row[0]),
        customer=text(row[1]),
        kind=ItemKind(text(row[2])),
        name=text(row[3]),
        description=text(row[4]),
        facts=msgspec.json.decode(text(row[5]), type=dict[str, Fact]),
        assets=msgspec.json.decode(text(row[6]), type=tuple[Asset, ...]),
        task=maybe(row[7], str),
        created_at=time(row[8]),
        deleted_at=maybe(row[9], float),
    )
