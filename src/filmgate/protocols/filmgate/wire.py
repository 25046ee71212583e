"""The native protocol's JSON: bytes to records and back, faults told by the field's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeGuard, TypeVar, get_args

import msgspec
from msgspec import Struct

from filmgate.domain.errors import FixRequest

T = TypeVar("T")
ROOT = "/api/filmgate/v1"
ASSET_HEAD = "asset_"
TASK_ID = "^task_[0-9A-Z]{26}$"


def encode(reply: object) -> bytes:
    return msgspec.json.encode(reply)


def decode(body: bytes, kind: type[T]) -> T:
    """Read a body. Raises FixRequest, naming the field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise told(str(error), kind) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise FixRequest(
            "the body is no JSON",
            remedy="Send one JSON object, with Content-Type: application/json.",
        ) from error


def read_query(pairs: Iterable[tuple[str, str]], kind: type[T]) -> T:
    """Read a query; numbers are text there, and a list is the same name again."""
    lists = {name for name, hint in kind.__annotations__.items() if str(hint).startswith("tuple")}
    given: dict[str, str | list[str]] = {}
    for name, value in pairs:
        if name in lists:
            given.setdefault(name, [])
            many = given[name]
            assert isinstance(many, list)
            many.append(value)
        elif name in given:
            raise FixRequest(f"{name} was given twice", field=name, remedy="Give it once.")
        else:
            given[name] = value
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise told(str(error), kind) from error


# The forms of msgspec's messages; tests hold them, should msgspec ever change its words.
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<key>.*?)`(?: - at `\$(?P<path>.*)`)?$")
_MISSING = re.compile(
    r"^Object missing required field `(?P<key>[^`]+)`(?: - at `\$(?P<path>.*)`)?$"
)
_VALUE = re.compile(r"^Invalid (?:enum )?value (?P<value>.*)$", re.DOTALL)
_TYPE = re.compile(r"^Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`$")
_RANGE = re.compile(r"^Expected `[^`]+` (?P<sign>[<>]=?) (?P<limit>\S+)$")
_LENGTH = re.compile(r"^Expected `(?P<type>[^`]+)` of length (?P<sign><=|>=) (?P<limit>\d+)$")
_PATH = re.compile(r" - at `\$\.?(?P<path>.*)`$", re.DOTALL)

_SIDES = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_TYPES: Mapping[str, str] = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def told(message: str, kind: object) -> FixRequest:
    """msgspec's message in our words."""
    if found := _UNKNOWN.match(message):
        path = _joined(found["path"], found["key"])
        return FixRequest(
            f"there is no field {path}", field=path, remedy=_nearest(found["key"], kind)
        )
    if found := _MISSING.match(message):
        path = _joined(found["path"], found["key"])
        return FixRequest(f"{path} is missing", field=path, remedy=f"Say {path}.")
    where = _PATH.search(message)
    path = where["path"] if where else ""
    words = _wrong_value(path or "the body", message.split(" - at ", maxsplit=1)[0])
    remedy = _choices(path, kind) if message.startswith("Invalid") else None
    return FixRequest(words, field=path or None, remedy=remedy)


def _wrong_value(name: str, message: str) -> str:
    if found := _VALUE.match(message):
        return f"{name} can't be {found['value']}"
    if found := _LENGTH.match(message):
        unit = "characters" if found["type"] == "str" else "items"
        return f"{name} must have {_SIDES[found['sign']]} {found['limit']} {unit}"
    if message.startswith("Expected `str` matching regex"):
        return f"{name} is not written as it must be"
    if found := _RANGE.match(message):
        return f"{name} must be {_SIDES[found['sign']]} {found['limit']}"
    if found := _TYPE.match(message):
        wanted = " or ".join(_TYPES.get(each, each) for each in found["wanted"].split(" | "))
        return f"{name} must be {wanted}, and is {_TYPES.get(found['got'], found['got'])}"
    return f"{name} won't do: {message}"


def _joined(parent: str | None, key: str) -> str:
    parent = (parent or "").lstrip(".")
    return f"{parent}.{key}" if parent else key


def _nearest(key: str, kind: object) -> str | None:
    names = {each.name for record in _records(kind) for each in msgspec.structs.fields(record)}
    close = get_close_matches(key, names, n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else "Leave it out."


def _choices(path: str, kind: object) -> str | None:
    """What a field of words can be."""
    key = path.rpartition(".")[2]
    for record in _records(kind):
        for each in msgspec.structs.fields(record):
            for word in _parts(each.type):
                if each.name == key and isinstance(word, type) and issubclass(word, StrEnum):
                    return f"Choose one of {', '.join(word)}."
    tags = [str(each.__struct_config__.tag) for each in _parts(kind) if _is_record(each)]
    return f"Choose one of {', '.join(tags)}." if key == "kind" else None


def _records(kind: object) -> Iterator[type[Struct]]:
    """Every record in there, however deep it lies."""
    for part in _parts(kind):
        if _is_record(part):
            yield part
            for each in msgspec.structs.fields(part):
                yield from _records(each.type)


def _is_record(part: object) -> TypeGuard[type[Struct]]:
    return isinstance(part, type) and issubclass(part, Struct)


def _parts(hint: object) -> Iterator[object]:
    """The types that a union, a list or a limited type is made of; else the type itself."""
    within = getattr(hint, "__metadata__", None) and getattr(hint, "__origin__", None)
    args = (within,) if within else get_args(hint)
    for each in args:
        yield from _parts(each)
    if not args:
        yield hint


def iso_time(at: float) -> str:
    """``2026-11-21T04:16:15.123+00:00``"""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def maybe_time(at: float | None) -> str | None:
    return None if at is None else iso_time(at)


def time_of(text: str) -> float:
    """Seconds since 1970; a time without a zone is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
