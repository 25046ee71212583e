"""What the use cases need of the world to know who calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from filmgate.domain.customer import ApiKey, Customer, Deed, KeyKind, StoredKey


class Customers(Protocol):
    """The owner of the computer is always among them."""

    async def add(self, customer: Customer, deed: Deed) -> None:
        """Raises Conflict where another one has the name."""

    async def read(self, customer_id: str) -> Customer | None: ...

    async def named(self, name: str) -> Customer | None: ...

    async def all(self) -> list[Customer]:
        """Oldest first."""

    async def change(
        self, customer_id: str, become: Callable[[Customer], Customer], deed: Deed
    ) -> Customer:
        """``become`` sees the row as it stands and nobody writes it meanwhile; what it raises
        undoes all. Raises NotFound."""


class Keys(Protocol):
    """Keys, and the secrets that must be read again, encrypted."""

    async def add(self, stored: StoredKey, secret: str | None, deed: Deed) -> None:
        """Key and secret are one write. Raises Conflict where the handle is taken; SetUp where
        the secret can't be encrypted."""

    async def find(self, handle: str) -> StoredKey | None:
        """By a token's hash or a pair's access key; revoked ones as well."""

    async def read(self, key_id: str) -> ApiKey | None: ...

    async def all(self, customer: str | None = None, kind: KeyKind | None = None) -> list[ApiKey]:
        """Oldest first."""

    async def change(self, key_id: str, become: Callable[[ApiKey], ApiKey], deed: Deed) -> ApiKey:
        """As for customers. The secret of a key that is revoked now goes with it. Raises
        NotFound."""

    async def replace(
        self,
        old: str,
        become: Callable[[ApiKey], ApiKey],
        new: StoredKey,
        secret: str | None,
        deed: Deed,
    ) -> ApiKey:
        """A change of the old key and the new one's coming, in one write; returns the old one."""

    async def touch(self, key_id: str, at: float) -> None:
        """It was used."""

    async def secret(self, key: ApiKey) -> str:
        """Of a pair or a webhook key. Raises NotFound where it is forgotten, SetUp where it can't
        be decrypted."""


class Secrets(Protocol):
    """Any other secret that must be read again, encrypted: credentials at providers, what
    customers send with their callbacks."""

    async def keep(self, name: str, owner: str, secret: str) -> None:
        """The same name again overwrites. Raises SetUp."""

    async def reveal(self, name: str, owner: str) -> str:
        """Raises NotFound, also where it is somebody else's; SetUp where it can't be decrypted."""

    async def forget(self, name: str) -> None: ...

    async def rotate(self) -> Rotation:
        """Encrypt everything with a new master key. Interrupted anywhere, it can be repeated, and
        everything stays readable. Raises SetUp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    secrets: int
    """How many were encrypted anew."""
    master: str
    """The new master key's id, which tells nothing of the key."""
    left_to_do: str = ""
    """What the operator must do, where the key is given from outside."""


class Trail(Protocol):
    async def add(self, deed: Deed) -> None:
        """For what is written elsewhere; changes of customers and keys bring their own."""

    async def all(self, *, subject: str | None = None, limit: int = 100) -> list[Deed]:
        """Newest first."""


class Mint(Protocol):
    """Where new keys come from; every value is beyond guessing."""

    def customer_id(self) -> str: ...

    def key_id(self) -> str: ...

    def token(self) -> str:
        """``fg_...``"""

    def access_key(self) -> str:
        """``ak_...``"""

    def secret_key(self) -> str:
        """``sk_...``"""

    def receiver_id(self) -> str:
        """``rcv_...``"""

    def webhook_secret(self) -> str:
        """``whsec_...`` as Standard Webhooks has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Everything that is written down of customers, behind one door."""

    customers: Customers
    keys: Keys
    secrets: Secrets
    trail: Trail
