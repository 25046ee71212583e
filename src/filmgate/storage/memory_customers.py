"""Customers, keys and secrets that end with the process: the database's rules again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from filmgate.domain.customer import THE_OWNER, ApiKey, Customer, Deed, KeyKind, StoredKey
from filmgate.domain.customer_ports import Register, Rotation
from filmgate.domain.errors import Conflict, NotFound


@dataclass
class _Rows:
    customers: dict[str, Customer] = field(default_factory=lambda: {THE_OWNER.id: THE_OWNER})
    keys: dict[str, StoredKey] = field(default_factory=dict[str, StoredKey])
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Owner and secret, by name."""
    deeds: list[Deed] = field(default_factory=list[Deed])


class MemoryCustomers:
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    async def add(self, customer: Customer, deed: Deed) -> None:
        self._hold_name(customer)
        self._rows.customers[customer.id] = customer
        self._rows.deeds.append(deed)

    async def read(self, customer_id: str) -> Customer | None:
        return self._rows.customers.get(customer_id)

    async def named(self, name: str) -> Customer | None:
        return next((each for each in self._rows.customers.values() if each.name == name), None)

    async def all(self) -> list[Customer]:
        return sorted(self._rows.customers.values(), key=lambda each: (each.created_at, each.id))

    async def change(
        self, customer_id: str, become: Callable[[Customer], Customer], deed: Deed
    ) -> Customer:
        before = self._rows.customers.get(customer_id)
        if before is None:
            raise NotFound(f"there is no customer {customer_id}", field="customer")
        after = become(before)
        self._hold_name(after)
        self._rows.customers[customer_id] = after
        self._rows.deeds.append(deed)
        return after

    def _hold_name(self, customer: Customer) -> None:
        for other in self._rows.customers.values():
            if other.name == customer.name and other.id != customer.id:
                raise Conflict(f"there is a customer named {other.name} already", field="name")


class MemoryKeys:
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    async def add(self, stored: StoredKey, secret: str | None, deed: Deed) -> None:
        self._insert(stored, secret)
        self._rows.deeds.append(deed)

    async def find(self, handle: str) -> StoredKey | None:
        return next((each for each in self._rows.keys.values() if each.handle == handle), None)

    async def read(self, key_id: str) -> ApiKey | None:
        stored = self._rows.keys.get(key_id)
        return None if stored is None else stored.key

    async def all(self, customer: str | None = None, kind: KeyKind | None = None) -> list[ApiKey]:
        found = [
            stored.key
            for stored in self._rows.keys.values()
            if customer in {None, stored.key.customer} and kind in {None, stored.key.kind}
        ]
        return sorted(found, key=lambda each: (each.created_at, each.id))

    async def change(self, key_id: str, become: Callable[[ApiKey], ApiKey], deed: Deed) -> ApiKey:
        stored = self._stored(key_id)
        after = become(stored.key)
        self._put(stored, after, deed)
        return after

    async def replace(
        self,
        old: str,
        become: Callable[[ApiKey], ApiKey],
        new: StoredKey,
        secret: str | None,
        deed: Deed,
    ) -> ApiKey:
        stored = self._stored(old)
        after = become(stored.key)
        self._insert(new, secret)
        self._put(stored, after, deed)
        return after

    async def touch(self, key_id: str, at: float) -> None:
        if stored := self._rows.keys.get(key_id):
            self._rows.keys[key_id] = replace(stored, key=replace(stored.key, last_used_at=at))

    async def secret(self, key: ApiKey) -> str:
        return _revealed(self._rows, key.id, key.customer)

    def _insert(self, stored: StoredKey, secret: str | None) -> None:
        key = stored.key
        if any(each.handle == stored.handle for each in self._rows.keys.values()):
            raise Conflict("there is such a key already", field="key")
        self._rows.keys[key.id] = stored
        if secret is not None:
            self._rows.secrets[key.id] = (key.customer, secret)

    def _put(self, stored: StoredKey, after: ApiKey, deed: Deed) -> None:
        self._rows.keys[after.id] = replace(stored, key=after)
        self._rows.deeds.append(deed)
        if not after.works_at(deed.at):
            self._rows.secrets.pop(after.id, None)

    def _stored(self, key_id: str) -> StoredKey:
        stored = self._rows.keys.get(key_id)
        if stored is None:
            raise NotFound(f"there is no key {key_id}", field="key")
        return stored


class MemorySecrets:
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    async def keep(self, name: str, owner: str, secret: str) -> None:
        self._rows.secrets[name] = (owner, secret)

    async def reveal(self, name: str, owner: str) -> str:
        return _revealed(self._rows, name, owner)

    async def forget(self, name: str) -> None:
        self._rows.secrets.pop(name, None)

    async def rotate(self) -> Rotation:
        return Rotation(secrets=len(self._rows.secrets), master="memory")


class MemoryTrail:
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    async def add(self, deed: Deed) -> None:
        self._rows.deeds.append(deed)

    async def all(self, *, subject: str | None = None, limit: int = 100) -> list[Deed]:
        found = [each for each in self._rows.deeds if subject in {None, each.subject}]
        return found[::-1][:limit]


def memory_register() -> Register:
    rows = _Rows()
    return Register(
        customers=MemoryCustomers(rows),
        keys=MemoryKeys(rows),
        secrets=MemorySecrets(rows),
        trail=MemoryTrail(rows),
    )


def _revealed(rows: _Rows, name: str, owner: str) -> str:
    kept = rows.secrets.get(name)
    if kept is None or kept[0] != owner:
        raise NotFound(f"the secret of {name} is not kept (any more)")
    return kept[1]
