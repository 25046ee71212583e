"""The cast list: what is known of each subject, read from ``subjects/subjects.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

Home = Literal["ground", "water", "underwater", "air", "space", "shore"]
Facing = Literal["left", "right", "front"]
Gait = Literal[
    "bob", "gallop", "hop", "flap", "float", "drive", "fly", "drift", "sway", "swim", "stand"
]

_FOLDER = "filmgate.engines.animatic.subjects"
_OF_CATEGORY = frozenset({"also", "example", "anywhere"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One subject: its names, and how it is to be shown."""

    name: str
    category: str
    words: tuple[str, ...]
    """English words in the singular, the plainest first."""
    es: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    home: Home
    height_m: float
    """Height of the whole drawing in metres, to size subjects against each other."""
    facing: Facing = "left"
    gait: Gait
    glow: float = 0.0
    """How much light it gives of itself, in [0, 1]."""
    sinks: float = 0.0
    """The part of its height that is under water."""
    interior: float = 0.4
    """How much of the drawing shows against the light; the rest goes to silhouette."""
    places: tuple[str, ...]
    """Where it is at home, best first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """What the members of a category have in common, and the words that mean them all."""

    name: str
    also: tuple[str, ...] = ()
    example: str = ""
    """The member that is shown when the prompt names the category alone."""
    anywhere: bool = False
    """Its members are at home wherever the film plays, so they don't decide the place."""
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CastList:
    subjects: dict[str, Subject]
    categories: dict[str, Category]


@lru_cache(maxsize=1)
def cast_list() -> CastList:
    """Every subject and category, read once."""
    data = tomllib.loads(files(_FOLDER).joinpath("subjects.toml").read_text("utf-8"))
    defaults = {
        name: {key: value for key, value in table.items() if key not in _OF_CATEGORY}
        for name, table in data["category"].items()
    }
    subjects = {
        name: msgspec.convert(defaults[table["category"]] | table | {"name": name}, Subject)
        for name, table in data["subject"].items()
    }
    categories = {
        name: Category(
            name=name,
            also=tuple(table.get("also", ())),
            example=table.get("example", ""),
            anywhere=table.get("anywhere", False),
            members=frozenset(s.name for s in subjects.values() if s.category == name),
        )
        for name, table in data["category"].items()
    }
    return CastList(subjects, categories)


def subject(name: str) -> Subject:
    """The facts about one subject; ``KeyError`` for a name that is not in the cast."""
    return cast_list().subjects[name]


@lru_cache(maxsize=64)
def drawing(name: str) -> str:
    """The subject's drawing as SVG text; FileNotFoundError for a figure, which has none."""
    return files(_FOLDER).joinpath(f"{name}.svg").read_text("utf-8")
