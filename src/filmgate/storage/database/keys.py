"""Keys in the database."""

from __future__ import annotations

from collections.abc import Callable

from filmgate.domain.customer import ApiKey, Deed, KeyKind, StoredKey
from filmgate.domain.errors import Conflict, NotFound
from filmgate.storage.database.boxes import Boxes, revealed
from filmgate.storage.database.question import Where
from filmgate.storage.database.rows import Row, maybe, text, time
from filmgate.storage.database.session import Database, Session
from filmgate.storage.database.trail import write_deed

_NAMES = "id, customer, kind, shown, label, created_at, revoked_at, last_used_at, handle"
_SELECT = f"select {_NAMES} from api_key"  # noqa: S608 - nothing in it comes from outside
_MARKS = ", ".join("?" * 9)
_INSERT = f"insert into api_key ({_NAMES}) values ({_MARKS}) on conflict do nothing"  # noqa: S608


class DatabaseKeys:
    def __init__(self, database: Database, boxes: Boxes) -> None:
        self._database = database
        self._boxes = boxes

    async def add(self, stored: StoredKey, secret: str | None, deed: Deed) -> None:
        def work(session: Session) -> None:
            self._insert(session, stored, secret)
            write_deed(session, deed)

        await self._database.write(work)

    async def find(self, handle: str) -> StoredKey | None:
        return await self._database.read(lambda each: _one(each, "handle = ?", handle))

    async def read(self, key_id: str) -> ApiKey | None:
        stored = await self._database.read(lambda each: _one(each, "id = ?", key_id))
        return None if stored is None else stored.key

    async def all(self, customer: str | None = None, kind: KeyKind | None = None) -> list[ApiKey]:
        where = Where()
        where.add_if("customer = ?", customer)
        where.add_if("kind = ?", kind)

        def work(session: Session) -> list[ApiKey]:
            rows: list[Row] = session.execute(
                f"{_SELECT}{where.sql()} order by created_at, id", where.values
            ).fetchall()
            return [_stored_of(row).key for row in rows]

        return await self._database.read(work)

    async def change(self, key_id: str, become: Callable[[ApiKey], ApiKey], deed: Deed) -> ApiKey:
        def work(session: Session) -> ApiKey:
            after = self._change(session, key_id, become, deed)
            write_deed(session, deed)
            return after

        return await self._database.write(work)

    async def replace(
        self,
        old: str,
        become: Callable[[ApiKey], ApiKey],
        new: StoredKey,
        secret: str | None,
        deed: Deed,
    ) -> ApiKey:
        def work(session: Session) -> ApiKey:
            after = self._change(session, old, become, deed)
            self._insert(session, new, secret)
            write_deed(session, deed)
            return after

        return await self._database.write(work)

    async def touch(self, key_id: str, at: float) -> None:
        def work(session: Session) -> None:
            session.execute("update api_key set last_used_at = ? where id = ?", (at, key_id))

        await self._database.write(work)

    async def secret(self, key: ApiKey) -> str:
        return await revealed(self._database, self._boxes, key.id, key.customer)

    def _insert(self, session: Session, stored: StoredKey, secret: str | None) -> None:
        key = stored.key
        row = (
            key.id,
            key.customer,
            key.kind.value,
            key.shown,
            key.label,
            key.created_at,
            key.revoked_at,
            key.last_used_at,
            stored.handle,
        )
        if session.execute(_INSERT, row).rowcount != 1:
            raise Conflict("there is such a key already", field="key")
        if secret is not None:
            self._boxes.put(session, key.id, key.customer, secret)

    def _change(
        self,
        session: Session,
        key_id: str,
        become: Callable[[ApiKey], ApiKey],
        deed: Deed,
    ) -> ApiKey:
        session.alone("keys")
        before = _one(session, "id = ?", key_id)
        if before is None:
            raise NotFound(f"there is no key {key_id}", field="key")
        after = become(before.key)
        session.execute(
            "update api_key set label = ?, revoked_at = ? where id = ?",
            (after.label, after.revoked_at, key_id),
        )
        if not after.works_at(deed.at):
            self._boxes.drop(session, key_id)  # nobody will need to read it again
        return after


def _one(session: Session, condition: str, value: str) -> StoredKey | None:
    row: Row | None = session.execute(f"{_SELECT} where {condition}", (value,)).fetchone()
    return None if row is None else _stored_of(row)


def _stored_of(row: Row) -> StoredKey:
    key = ApiKey(
        id=text(row[0]),
        customer=text(row[1]),
        kind=KeyKind(text(row[2])),
        shown=text(row[3]),
        label=text(row[4]),
        created_at=time(row[5]),
        revoked_at=maybe(row[6], float),
        last_used_at=maybe(row[7], float),
    )
    return StoredKey(key=key, handle=text(row[8]))
