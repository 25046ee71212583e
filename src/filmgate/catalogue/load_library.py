"""The presets' file, read as strictly as the rest of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from filmgate.catalogue.load import BadCatalogue, read_all
from filmgate.domain.library import FIRST, PRESETS_END, Fact, Item, ItemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Preset:
    number: int
    kind: ItemKind
    name: str
    description: str
    facts: dict[str, Fact] = field(default_factory=dict[str, Fact])


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    items: tuple[_Preset, ...]


@cache
def load_presets() -> tuple[Item, ...]:
    return read_presets(files("filmgate.catalogue") / "library")


def read_presets(folder: Traversable) -> tuple[Item, ...]:
    """Raises BadCatalogue."""
    found = [each for file in read_all(folder, _File) for each in file.items]
    numbers = {each.number for each in found}
    if len(numbers) != len(found):
        raise BadCatalogue("two presets share a number")
    if not all(FIRST < number < FIRST + PRESETS_END for number in numbers):
        raise BadCatalogue("a preset's number could be a customer's item's")
    return tuple(
        Item(
            number=each.number,
            customer=None,
            kind=each.kind,
            name=each.name,
            description=each.description,
            facts=each.facts,
            created_at=0.0,
        )
        for each in sorted(found, key=lambda each: each.number)
    )
