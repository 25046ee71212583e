"""Voices and elements: made, listed, found and deleted. Others' don't exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from filmgate.domain.errors import Conflict, NotFound
from filmgate.domain.library import Fact, Item, ItemKind, ItemQuery, Library, item_number
from filmgate.domain.ports import Clock, Ids
from filmgate.domain.request import Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    kind: ItemKind
    name: str
    description: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    assets: tuple[Asset, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryDesk:
    library: Library
    presets: Callable[[], tuple[Item, ...]]
    clock: Clock
    ids: Ids

    async def make(self, customer: str, draft: Draft, *, task: str | None = None) -> Item:
        """With a task, once for that task however often it is asked for."""
        assert not any(asset.fetch for asset in draft.assets), "it has still to be fetched"
        return await self.library.add(
            Item(
                number=item_number(task or self.ids.task_id()),
                customer=customer,
                kind=draft.kind,
                name=draft.name,
                description=draft.description,
                facts=draft.facts,
                assets=draft.assets,
                task=task,
                created_at=self.clock.now(),
            )
        )

    async def find(
        self, customer: str, number: int, kind: ItemKind, *, with_deleted: bool = False
    ) -> Item:
        """The customer's own or a preset. Raises NotFound."""
        for preset in self.presets():
            if preset.number == number and preset.kind is kind:
                return preset
        found = await self.library.read(number)
        if found is None or (found.customer, found.kind) != (customer, kind):
            raise _unknown(kind, number)
        if found.deleted_at is not None and not with_deleted:
            raise _unknown(kind, number)
        return found

    async def all(self, wanted: ItemQuery) -> list[Item]:
        """The customer's own."""
        return await self.library.select(wanted)

    def presets_of(self, kind: ItemKind) -> list[Item]:
        return [each for each in self.presets() if each.kind is kind]

    async def delete(self, customer: str, number: int, kind: ItemKind) -> Item:
        """Raises NotFound, and Conflict for a preset and for what is deleted already."""
        found = await self.find(customer, number, kind, with_deleted=True)
        if found.is_preset:
            raise Conflict(f"{kind.value} {number} is everybody's and can't be deleted")
        if found.deleted_at is not None or not await self.library.delete(
            number, customer, self.clock.now()
        ):
            raise Conflict(f"{kind.value} {number} is deleted already")
        return await self.find(customer, number, kind, with_deleted=True)


def _unknown(kind: ItemKind, number: int) -> NotFound:
    return NotFound(f"there is no {kind.value} {number}", field=kind.value)
