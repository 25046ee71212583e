"""Receivers of webhooks that a customer sets up once, to be told of all tasks of a protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

RECEIVER_HEAD = "rcv_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    id: str
    """``rcv_`` and a ULID."""
    customer: str
    protocol: str
    """In whose words it is told."""
    name: str
    url: str
    events: tuple[str, ...]
    """What it wants to hear of, in the protocol's own words."""
    secret_hint: str
    """The end of its signing secret, to tell secrets apart."""
    created_at: float
    updated_at: float
    """When anything of it was changed last, its secret too."""


class Receivers(Protocol):
    """For everybody but its customer a receiver does not exist."""

    async def add(self, receiver: Receiver, *, at_most: int) -> None:
        """Raises Conflict where the customer has so many of that protocol already."""

    async def read(self, customer: str, receiver_id: str) -> Receiver | None: ...

    async def all(self, customer: str, protocol: str) -> list[Receiver]:
        """Newest first."""

    async def write(self, receiver: Receiver) -> bool:
        """As it stands now. False where there is none of this id."""

    async def remove(self, customer: str, receiver_id: str) -> bool:
        """False where there is none."""
