"""The catalogue's files, read once and strictly: an unknown key or a wrong type is an error."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from filmgate.domain.errors import UnknownModel
from filmgate.domain.model import Ability, Listing, Model, Name, Price, Provider

T = TypeVar("T")


class BadCatalogue(Exception):
    """A file of the catalogue is wrong: a defect of ours. The message names file and key."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every model and provider we know, in the order they are shown."""

    models: tuple[Model, ...]
    providers: dict[str, Provider]
    _known: dict[str, tuple[Model, Name | None]]

    def find(self, name: str) -> Model:
        """The model that any protocol knows under this name, whatever the case of its letters.

        Raises UnknownModel, with close names in the remedy.
        """
        if known := self._known.get(name.strip().casefold()):
            return known[0]
        close = get_close_matches(name.strip().casefold(), self._known, n=3, cutoff=0.5)
        raise UnknownModel(
            f"there is no model '{name}'",
            field="model",
            remedy=f"did you mean {' or '.join(close)}?"
            if close
            else "`filmgate models` lists them all",
        )

    def with_model(self, model: Model) -> Catalogue:
        """The same with another entry in the place of the one of this name."""
        models = tuple(model if each.name == model.name else each for each in self.models)
        return replace(self, models=models, _known=_known(list(models)))

    def alias(self, name: str) -> Name | None:
        """What the name says beyond the model: ``kling/v2-1-pro`` settles the mode."""
        known = self._known.get(name.strip().casefold())
        return known[1] if known else None


@cache
def load_catalogue() -> Catalogue:
    """All files of the package, parsed on the first call of the process."""
    return read_catalogue(files("filmgate.catalogue"))


def read_catalogue(root: Traversable) -> Catalogue:
    """The catalogue under a folder with ``models``, ``engines`` and ``providers``.

    Raises BadCatalogue.
    """
    engines = dict(_engines(root / "engines"))
    models = [
        replace(model, listings={**engines, **model.listings})
        for model in read_all(root / "models", Model)
    ]
    models.sort(key=lambda model: (model.family != "animatic", model.family, model.generation))
    providers = sorted(
        read_all(root / "providers", Provider), key=lambda each: each.name != "local"
    )
    return Catalogue(tuple(models), {each.name: each for each in providers}, _known(models))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    """A local engine's file: a listing that holds for every model."""

    provider: str
    renderer: str
    abilities: tuple[Ability, ...]
    prices: tuple[Price, ...]
    priced: dt.date
    price_source: str
    any_frame: bool = False


def _engines(folder: Traversable) -> Iterator[tuple[str, Listing]]:
    for engine in read_all(folder, _Engine):
        yield (
            engine.provider,
            Listing(
                abilities=engine.abilities,
                renderer=engine.renderer,
                any_frame=engine.any_frame,
                prices=engine.prices,
                priced=engine.priced,
                price_source=engine.price_source,
            ),
        )


def _known(models: list[Model]) -> dict[str, tuple[Model, Name | None]]:
    known: dict[str, tuple[Model, Name | None]] = {}
    for model in models:
        for name in (None, *model.names):
            key = (name.name if name else model.name).casefold()
            if key in known and known[key][0] is not model:
                raise BadCatalogue(f"{key}: both {known[key][0].name} and {model.name} have it")
            # The catalogue's own name leaves everything open, so it is never overwritten.
            known.setdefault(key, (model, name))
    return known


def read_all(folder: Traversable, kind: type[T]) -> Iterator[T]:
    """Every TOML file of the folder, by name. Raises BadCatalogue."""
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield parse(file.read_text(encoding="utf-8"), kind, origin=file.name)


def parse(text: str, kind: type[T], *, origin: str) -> T:
    """TOML into one of our dataclasses. Raises BadCatalogue with file and key."""
    try:
        raw: object = tomllib.loads(text)
        value = msgspec.convert(raw, kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadCatalogue(f"{origin}: {error}") from error
    if stray := next(_strays(raw, msgspec.to_builtins(value), "$"), None):
        raise BadCatalogue(f"{origin}: unknown key {stray}")
    return value


def _strays(raw: object, read: object, path: str) -> Iterator[str]:
    """Keys of the file that no field took: conversion into dataclasses passes over them."""
    if isinstance(raw, dict) and isinstance(read, dict):
        for key, value in raw.items():
            if key not in read:
                yield f"{path}.{key}"
            else:
                yield from _strays(value, read[key], f"{path}.{key}")
    elif isinstance(raw, list) and isinstance(read, (list, tuple)):
        for index, (one, other) in enumerate(zip(raw, read, strict=False)):
            yield from _strays(one, other, f"{path}[{index}]")
