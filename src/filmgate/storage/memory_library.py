"""Voices and elements that end with the process."""

from __future__ import annotations

from dataclasses import replace

from filmgate.domain.library import Item, ItemQuery
from filmgate.storage.memory_rows import Rows


class MemoryLibrary:
    def __init__(self, rows: Rows) -> None:
        self._items = rows.items

    async def add(self, item: Item) -> Item:
        return self._items.setdefault(item.number, item)

    async def read(self, number: int) -> Item | None:
        return self._items.get(number)

    async def select(self, wanted: ItemQuery) -> list[Item]:
        found = [
            item
            for item in self._items.values()
            if item.customer == wanted.customer
            and wanted.kind in {None, item.kind}
            and (wanted.with_deleted or item.deleted_at is None)
        ]
        found.sort(key=lambda item: (item.created_at, item.number), reverse=True)
        return found[wanted.offset : wanted.offset + wanted.limit]

    async def delete(self, number: int, customer: str, at: float) -> bool:
        item = self._items.get(number)
        if item is None or item.customer != customer or item.deleted_at is not None:
            return False
        self._items[number] = replace(item, deleted_at=at)
        return True
