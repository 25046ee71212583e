"""Encrypted secrets in the database, and the change of the key that they are encrypted with.

Every box and the id of the master key in force change in the same transactions, so no process can
put a box in under a key that another one is just doing away with.
"""

from __future__ import annotations

import asyncio

from filmgate.domain.customer_ports import Rotation
from filmgate.domain.errors import NotFound, SetUp
from filmgate.storage.database.rows import Row, text
from filmgate.storage.database.session import Database, Session
from filmgate.storage.vault import SETTING, CantOpen, Keyring, MasterKey

_PUT = """
insert into secret (name, owner, master, box) values (?, ?, ?, ?)
on conflict (name)
do update set owner = excluded.owner, master = excluded.master, box = excluded.box
"""
_FORCE = """
insert into master_key (only_one, id) values (1, ?)
on conflict (only_one) do update set id = excluded.id
"""


class Boxes:
    """Works on a session that is somebody else's, inside that one's transaction."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    def put(self, session: Session, name: str, owner: str, secret: str) -> None:
        """Raises SetUp."""
        master = self._to_use(session)
        box = master.seal(secret, name=name, owner=owner)
        session.execute(_PUT, (name, owner, master.id, box))

    def get(self, session: Session, name: str, owner: str) -> str:
        """Raises NotFound, SetUp."""
        row: Row | None = session.execute(
            "select master, box from secret where name = ? and owner = ?", (name, owner)
        ).fetchone()
        if row is None:
            raise NotFound(f"the secret of {name} is not kept (any more)")
        return self._opened(name, owner, master=text(row[0]), box=text(row[1]))

    def drop(self, session: Session, name: str) -> None:
        session.execute("delete from secret where name = ?", (name,))

    def in_force(self, session: Session) -> str | None:
        """None where nothing is encrypted, so that any key will do."""
        row: Row | None = session.execute(
            "select id from master_key where exists (select 1 from secret)"
        ).fetchone()
        return None if row is None else text(row[0])

    def seal_all(self, session: Session, target: MasterKey) -> int:
        """Raises SetUp where one of them doesn't open: then nothing has changed."""
        session.alone("master key")
        rows: list[Row] = session.execute(
            "select name, owner, master, box from secret where master <> ?", (target.id,)
        ).fetchall()
        for row in rows:
            name, owner, master, box = (text(cell) for cell in row)
            secret = self._opened(name, owner, master=master, box=box)
            sealed = target.seal(secret, name=name, owner=owner)
            session.execute(_PUT, (name, owner, target.id, sealed))
        session.execute(_FORCE, (target.id,))
        return len(rows)

    def _to_use(self, session: Session) -> MasterKey:
        session.alone("master key")
        known = self.in_force(session)
        if known is not None:
            return self.keyring.find(known)
        master = self.keyring.first()
        session.execute(_FORCE, (master.id,))
        return master

    def _opened(self, name: str, owner: str, *, master: str, box: str) -> str:
        try:
            return self.keyring.find(master).open(box, name=name, owner=owner)
        except CantOpen as error:
            raise SetUp(
                f"the stored secret of {name} can't be decrypted: {error}",
                remedy="somebody changed the database; revoke that key and make a new one",
            ) from None


class DatabaseSecrets:
    def __init__(self, database: Database, boxes: Boxes) -> None:
        self._database = database
        self._boxes = boxes

    async def keep(self, name: str, owner: str, secret: str) -> None:
        await self._database.write(lambda each: self._boxes.put(each, name, owner, secret))

    async def reveal(self, name: str, owner: str) -> str:
        return await revealed(self._database, self._boxes, name, owner)

    async def forget(self, name: str) -> None:
        await self._database.write(lambda each: self._boxes.drop(each, name))

    async def rotate(self) -> Rotation:
        return await asyncio.to_thread(self._rotate)

    def _rotate(self) -> Rotation:
        """Interrupted before the seal, the new key lies ready and the next try takes it up;
        interrupted after it, the old key is only no longer needed."""
        ring, database = self._boxes.keyring, self._database
        with ring.locked():
            known = database.submit(self._boxes.in_force, writes=False).result()
            target = ring.first() if ring.is_given else ring.next_after(known)
            if target.id == known:
                raise SetUp(
                    f"{SETTING} is given from outside and names the key that is in force",
                    field=SETTING,
                    remedy=f"put a new one in front, {SETTING}=new,old, everywhere; then try again",
                )
            count = database.submit(
                lambda each: self._boxes.seal_all(each, target), writes=True
            ).result()
            if not ring.is_given:
                ring.keep_only(target)
        left = f"take the old key out of {SETTING}, everywhere" if ring.is_given else ""
        return Rotation(secrets=count, master=target.id, left_to_do=left)


async def revealed(database: Database, boxes: Boxes, name: str, owner: str) -> str:
    """Raises NotFound, SetUp."""
    try:
        return await database.read(lambda each: boxes.get(each, name, owner))
    except SetUp:
        # The master key may have been changed between the row's reading and the box's opening.
        return await database.read(lambda each: boxes.get(each, name, owner))
