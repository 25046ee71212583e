"""Voices and elements that requests refer to: what customers keep, and what everybody has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from filmgate.domain.handles import number_of
from filmgate.domain.request import Asset

FIRST = 6 * 10**17
"""Makes 18 digits of a number, as Kling's ids have, that are no task's."""
PRESETS_END = 10**6
"""Presets are numbered below: no customer's item ever is."""


class ItemKind(StrEnum):
    VOICE = "voice"
    ELEMENT = "element"


Fact = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    number: int
    """18 digits."""
    customer: str | None
    """None for a preset."""
    kind: ItemKind
    name: str
    description: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    """What its protocol tells of it and we need not understand: tags, a voice, a language."""
    assets: tuple[Asset, ...] = ()
    """What it is made of; each one's name says as what."""
    task: str | None = None
    """The task that made it."""
    created_at: float
    deleted_at: float | None = None

    @property
    def is_preset(self) -> bool:
        return self.customer is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuery:
    """Newest first."""

    customer: str
    kind: ItemKind | None = None
    with_deleted: bool = False
    offset: int = 0
    limit: int = 1000


class Library(Protocol):
    """Customers' items; presets are data."""

    async def add(self, item: Item) -> Item:
        """Once for a number: where it is there already, that item is returned."""

    async def read(self, number: int) -> Item | None: ...

    async def select(self, wanted: ItemQuery) -> list[Item]: ...

    async def delete(self, number: int, customer: str, at: float) -> bool:
        """False where this customer has no such item that is not deleted."""


def item_number(maker: str) -> int:
    """The number of what is made in the name of this id: a task makes one item at most."""
    return FIRST + PRESETS_END + number_of(maker) % (10**17 - PRESETS_END)
