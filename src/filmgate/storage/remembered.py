"""Customers and keys as they were read a moment ago, for whoever has to know them in every call.

Whatever this process writes is forgotten at once; what another process writes may go unnoticed for
as long as ``KEPT_S``. So a key that is revoked by a command opens this server that much longer.
Nothing is remembered of keys that nobody has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from filmgate.domain.customer import ApiKey, Customer, Deed, KeyKind, StoredKey
from filmgate.domain.customer_ports import Customers, Keys, Register

KEPT_S = 1.0

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """All of it is forgotten together, so that it never holds more than one moment's callers."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._known: dict[K, V] = {}
        self._since = 0.0
        self._times_forgotten = 0

    def find(self, name: K) -> V | None:
        if not 0 <= self._seconds() - self._since < KEPT_S:
            self.forget()
        return self._known.get(name)

    async def fill(self, name: K, read: Callable[[], Awaitable[V | None]]) -> V | None:
        times = self._times_forgotten
        value = await read()
        # What was read while somebody wrote may be older than what was written.
        if value is not None and times == self._times_forgotten:
            self._known[name] = value
        return value

    def forget(self) -> None:
        self._known.clear()
        self._since = self._seconds()
        self._times_forgotten += 1


class RememberedCustomers:
    def __init__(self, inner: Customers, seconds: Callable[[], float]) -> None:
        self._inner = inner
        self._memory: Memory[str, Customer] = Memory(seconds)
        self.named, self.all = inner.named, inner.all

    async def add(self, customer: Customer, deed: Deed) -> None:
        await self._inner.add(customer, deed)
        self._memory.forget()

    async def read(self, customer_id: str) -> Customer | None:
        found = self._memory.find(customer_id)
        if found is not None:
            return found
        return await self._memory.fill(customer_id, lambda: self._inner.read(customer_id))

    async def change(
        self, customer_id: str, become: Callable[[Customer], Customer], deed: Deed
    ) -> Customer:
        try:
            return await self._inner.change(customer_id, become, deed)
        finally:
            self._memory.forget()


class RememberedKeys:
    def __init__(self, inner: Keys, seconds: Callable[[], float]) -> None:
        self._inner = inner
        self._memory: Memory[str, StoredKey] = Memory(seconds)
        self._secrets: Memory[str, str] = Memory(seconds)
        self.read, self.all = inner.read, inner.all

    async def add(self, stored: StoredKey, secret: str | None, deed: Deed) -> None:
        await self._inner.add(stored, secret, deed)
        self._forget()

    async def find(self, handle: str) -> StoredKey | None:
        found = self._memory.find(handle)
        if found is not None:
            return found
        return await self._memory.fill(handle, lambda: self._inner.find(handle))

    async def change(self, key_id: str, become: Callable[[ApiKey], ApiKey], deed: Deed) -> ApiKey:
        try:
            return await self._inner.change(key_id, become, deed)
        finally:
            self._forget()

    async def replace(
        self,
        old: str,
        become: Callable[[ApiKey], ApiKey],
        new: StoredKey,
        secret: str | None,
        deed: Deed,
    ) -> ApiKey:
        try:
            return await self._inner.replace(old, become, new, secret, deed)
        finally:
            self._forget()

    async def touch(self, key_id: str, at: float) -> None:
        await self._inner.touch(key_id, at)
        self._forget()

    async def secret(self, key: ApiKey) -> str:
        if key.kind is not KeyKind.PAIR:
            return await self._inner.secret(key)
        found = self._secrets.find(key.id)
        if found is not None:
            return found
        secret = await self._secrets.fill(key.id, lambda: self._inner.secret(key))
        assert secret is not None, key.id
        return secret

    def _forget(self) -> None:
        self._memory.forget()
        self._secrets.forget()


def remembered(register: Register, seconds: Callable[[], float]) -> Register:
    """``seconds``: a clock that never goes back."""
    return Register(
        customers=RememberedCustomers(register.customers, seconds),
        keys=RememberedKeys(register.keys, seconds),
        secrets=register.secrets,
        trail=register.trail,
    )
