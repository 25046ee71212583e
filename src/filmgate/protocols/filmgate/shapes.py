"""Wire records made from the domain's own dataclasses: one mechanism for every kind of request.

A request's record has the fields of its dataclass under the same names and with the same defaults;
only a stored input (``Asset``) is something else on the wire, and the caller says what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import reduce
from operator import or_
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from filmgate.domain.request import KINDS, Asset, Kind

Shape = type[Struct]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How a family of records is to be made."""

    asset: object
    """What stands on the wire for an ``Asset``."""
    suffix: str
    """Of the records' names, which the API's description shows."""
    base: Shape
    """What every record of a request has besides the request's own fields."""
    meta: Mapping[str, Meta]
    """Limits and words by field name; a field is called the same wherever it stands."""
    is_strict: bool
    """Whether a field that nobody knows is refused."""


@dataclass(frozen=True, slots=True)
class Shapes:
    kinds: Mapping[Kind, Shape]
    parts: Mapping[type, Shape]
    """Of the dataclasses inside of requests."""

    def union(self) -> UnionType:
        """Any kind, as a type to decode into."""
        union: object = reduce(or_, self.kinds.values())
        assert isinstance(union, UnionType)
        return union


def request_shapes(pattern: Pattern) -> Shapes:
    """One record for each kind, told apart by ``kind``."""
    parts: dict[type, Shape] = {}
    kinds = {
        kind: msgspec.defstruct(
            f"{cls.__name__}{pattern.suffix}",
            _fields_of(cls, pattern, parts),
            bases=(pattern.base,),
            tag_field="kind",
            tag=kind.value,
            kw_only=True,
            forbid_unknown_fields=pattern.is_strict,
        )
        for kind, cls in KINDS.items()
    }
    return Shapes(kinds, parts)


def _fields_of(
    cls: type, pattern: Pattern, parts: dict[type, Shape]
) -> list[tuple[str, type] | tuple[str, type, object]]:
    assert is_dataclass(cls)
    hints = get_type_hints(cls)
    made: list[tuple[str, type] | tuple[str, type, object]] = []
    for each in fields(cls):
        kind = _wire_type(hints[each.name], pattern, parts)
        if each.name in pattern.meta:
            kind = _annotated(kind, pattern.meta[each.name])
        default = _default(each)
        made.append((each.name, kind) if default is MISSING else (each.name, kind, default))
    return made


def _default(field: Field[object]) -> object:
    assert field.default_factory is MISSING, f"{field.name} has a default that is made anew"
    return field.default


def _wire_type(hint: object, pattern: Pattern, parts: dict[type, Shape]) -> type:
    """A type is whatever msgspec takes for one: classes, unions, ``tuple[X, ...]``."""
    found: object = hint
    if hint is Asset:
        found = pattern.asset
    elif isinstance(hint, type) and is_dataclass(hint):
        found = _part(hint, pattern, parts)
    elif isinstance(hint, UnionType):
        found = reduce(or_, (_wire_type(each, pattern, parts) for each in get_args(hint)))
    elif get_origin(hint) is tuple:
        items = (
            each if each is Ellipsis else _wire_type(each, pattern, parts)
            for each in get_args(hint)
        )
        found = GenericAlias(tuple, tuple(items))
    return found  # type: ignore[return-value]  # see above


def _part(cls: type, pattern: Pattern, parts: dict[type, Shape]) -> Shape:
    """A value inside of a request; made once, so that the description shows it once."""
    if cls not in parts:
        parts[cls] = msgspec.defstruct(
            f"{cls.__name__}{pattern.suffix}",
            _fields_of(cls, pattern, parts),
            kw_only=True,
            forbid_unknown_fields=pattern.is_strict,
        )
    return parts[cls]


def _annotated(kind: object, meta: Meta) -> type:
    """Limits belong to the value itself and never to the None beside it; those of a pair to each
    half."""
    if isinstance(kind, UnionType):
        parts = (each if each is NoneType else _annotated(each, meta) for each in get_args(kind))
        union: object = reduce(or_, parts)
        return union  # type: ignore[return-value]  # as for _wire_type
    if get_origin(kind) is tuple and Ellipsis not in get_args(kind):
        pair: object = GenericAlias(tuple, tuple(_annotated(each, meta) for each in get_args(kind)))
        return pair  # type: ignore[return-value]  # as for _wire_type
    annotated: object = Annotated[kind, meta]
    return annotated  # type: ignore[return-value]  # as for _wire_type
