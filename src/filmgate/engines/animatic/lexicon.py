"""The lexicon: which phrase means what, built once from the TOML files in ``words`` and the cast.

A phrase is a tuple of tokens. Words of an alphabet are one token each; a Chinese character is a
token by itself, so that "the longest phrase that fits" finds words in text without spaces.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Literal, TypeVar

import msgspec

from filmgate.engines.animatic.cast_list import cast_list

Phrase = tuple[str, ...]
Words = tuple[str, ...]
Kind = Literal[
    "place",
    "feature",
    "time",
    "weather",
    "style",
    "subject",
    "category",
    "colour",
    "action",
    "size",
]
T = TypeVar("T")

# Digits go with letters ("4k"); what ends a thought is a token too.
PUNCTUATION = frozenset(",.;:!?。、\n")
_TOKEN = re.compile(r"[a-zß-ɏ0-9]+|[一-鿿]|[,.;:!?。、\n]")
_CHOICE = re.compile(r"\(([^)]*)\)")

STRONG, OUTRIGHT, HINT = 5, 2, 1
"""How much a word weighs: it overrules the others, it says so, it leans that way."""


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: Kind
    value: str
    weight: int = OUTRIGHT


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceWords:
    """A place as ``places.toml`` tells it."""

    time: str = "day"
    strong: bool = False
    stand_in: str | None = None
    brings: dict[str, int] = field(default_factory=dict)
    words: Words = ()
    hints: Words = ()
    features: dict[str, Words] = field(default_factory=dict)
    gathers: Words = ()
    """Of its words, those that speak of people who meet there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LightWords:
    """A time of day or a weather as ``light.toml`` tells it."""

    place: str
    words: Words
    hints: Words = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Light:
    time: dict[str, LightWords]
    weather: dict[str, LightWords]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Move:
    move: str
    phrases: Words
    needs_camera: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Camera:
    context: Words
    strength: dict[str, Words]
    moves: tuple[_Move, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    style: dict[str, Words]
    feature: dict[str, Words]
    action: dict[str, Words]
    size: dict[str, Words]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Colour:
    rgb: str
    words: Words
    after: Words = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Grammar:
    cuts: Words
    negations: Words
    ends_negation: Words
    separators: Words
    invariant: Words
    numbers: dict[str, Words]
    irregular: dict[str, str]
    ignored: dict[str, Words]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    meanings: dict[Phrase, tuple[Meaning, ...]]
    places: dict[str, PlaceWords]
    light_places: dict[str, str]
    """Where a time or a weather is shown when the prompt names no place."""
    moves: dict[Phrase, str]
    camera_moves: dict[Phrase, str]
    """Phrases that are camera moves only where the camera is spoken of."""
    camera_context: frozenset[Phrase]
    strengths: dict[Phrase, float]
    numbers: dict[Phrase, int]
    trailing_colours: frozenset[Phrase]
    """Colours that follow their noun ("perro blanco")."""
    cuts: Words
    """Words between two shots."""
    negations: frozenset[Phrase]
    ends_negation: frozenset[str]
    separators: frozenset[str]
    ignored: frozenset[Phrase]
    irregular: dict[str, str]
    invariant: frozenset[str]
    longest: dict[str, int]
    """How long the longest phrase is that begins with a word."""

    def singulars(self, word: str) -> Words:
        """The singulars that a word may be the plural of, the likeliest first."""
        if word in self.irregular:
            return (self.irregular[word],)
        if not word.endswith("s") or word.endswith("ss") or word in self.invariant:
            return ()
        if word.endswith("ies"):
            return (word[:-3] + "y", word[:-1])
        return (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)


def tokens_of(text: str) -> list[str]:
    """Small letters without accents or hyphens; a word or a Chinese character is a token."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return _TOKEN.findall("".join(c for c in plain if not unicodedata.combining(c)))


def expanded(patterns: Iterable[str]) -> list[Phrase]:
    """Every phrase that patterns like ``(pan|pans) (left|to the left)`` stand for."""
    found: list[Phrase] = []
    for pattern in patterns:
        parts = _CHOICE.split(pattern)
        choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
        found += [tuple(tokens_of(" ".join(words))) for words in product(*choices)]
    return found


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The whole lexicon, read once."""
    places = _read("places", dict[str, PlaceWords])
    light, camera = _read("light", _Light), _read("camera", _Camera)
    grammar = _read("grammar", _Grammar)
    colours = _read("colours", dict[str, _Colour])
    meanings = _meanings(places, light, colours)
    lights = light.time | light.weather
    return Lexicon(
        meanings=meanings,
        places=places,
        light_places={name: words.place for name, words in lights.items()},
        moves={p: m.move for m in camera.moves if not m.needs_camera for p in expanded(m.phrases)},
        camera_moves={
            p: m.move for m in camera.moves if m.needs_camera for p in expanded(m.phrases)
        },
        camera_context=frozenset(expanded(camera.context)),
        strengths={p: float(s) for s, words in camera.strength.items() for p in expanded(words)},
        numbers={p: int(count) for count, ws in grammar.numbers.items() for p in expanded(ws)},
        trailing_colours=frozenset(p for paint in colours.values() for p in expanded(paint.after)),
        cuts=grammar.cuts,
        negations=frozenset(expanded(grammar.negations)),
        ends_negation=frozenset(grammar.ends_negation) | PUNCTUATION,
        separators=frozenset(grammar.separators) | PUNCTUATION,
        ignored=frozenset(p for words in grammar.ignored.values() for p in expanded(words)),
        irregular=grammar.irregular,
        invariant=frozenset(grammar.invariant),
        longest={p[0]: len(p) for p in sorted(meanings, key=len)},
    )


def _read(name: str, shape: type[T]) -> T:
    text = files("filmgate.engines.animatic.words").joinpath(f"{name}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), shape)


def _meanings(
    places: dict[str, PlaceWords], light: _Light, colours: dict[str, _Colour]
) -> dict[Phrase, tuple[Meaning, ...]]:
    gathered: dict[Phrase, dict[tuple[Kind, str], Meaning]] = defaultdict(dict)

    def add(words: Iterable[str], kind: Kind, value: str, weight: int = OUTRIGHT) -> None:
        for phrase in expanded(words):
            # The first saying of a thing stands: outright words are added before hints.
            gathered[phrase].setdefault((kind, value), Meaning(kind, value, weight))

    for name, place in places.items():
        add(place.words, "place", name, STRONG if place.strong else OUTRIGHT)
        add(place.hints, "place", name, HINT)
        for feature, words in place.features.items():
            add(words, "place", name)
            add(words, "feature", feature)
    kinds: tuple[tuple[Kind, dict[str, LightWords]], ...] = (
        ("time", light.time),
        ("weather", light.weather),
    )
    for kind, table in kinds:
        for name, entry in table.items():
            add(entry.words, kind, name)
            add(entry.hints, kind, name, HINT)
    look = _read("style", _Look)
    plain: tuple[tuple[Kind, dict[str, Words]], ...] = (
        ("style", look.style),
        ("feature", look.feature),
        ("action", look.action),
        ("size", look.size),
    )
    for kind, said in plain:
        for value, words in said.items():
            add(words, kind, value)
    for colour, paint in colours.items():
        add((colour, *paint.words, *paint.after), "colour", colour)
    cast = cast_list()
    for subject in cast.subjects.values():
        add((*subject.words, *subject.es, *subject.zh), "subject", subject.name)
    for category in cast.categories.values():
        add((category.name, *category.also), "category", category.name)
    return {phrase: tuple(found.values()) for phrase, found in gathered.items()}
