"""What PiAPI's GET and DELETE calls ask for, read from their query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.protocols.reading import invalid, required

PAGE_SIZE = 10
PAGE_SIZE_MAX = 100
PAGE_MAX = 10**6
ALL = "all"
OURS = frozenset({"", ALL, "kling", "kling-turbo"})
"""Of PiAPI's many models the ones that we have tasks of."""
TIME_MAX = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    number: int
    size: int
    is_ours: bool
    """False: asked for a model that none of our tasks can be of."""
    created_from: float | None = None
    created_before: float | None = None

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


def page_of(query: Mapping[str, str]) -> Page:
    """Raises FixRequest."""
    start, end = _number(query, "start_time", TIME_MAX), _number(query, "end_time", TIME_MAX)
    size = _number(query, "page_size", PAGE_SIZE_MAX)
    number = _number(query, "page", PAGE_MAX)
    if size == 0 or number == 0:
        raise invalid("page_size" if size == 0 else "page", 0)
    return Page(
        number=number or 1,
        size=size or PAGE_SIZE,
        is_ours=_is_ours(query),
        created_from=None if start is None else float(start),
        created_before=None if end is None else float(end),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    created_before: float
    is_ours: bool


def purge_of(query: Mapping[str, str]) -> Purge:
    """Raises FixRequest."""
    before = _number(query, "created_before", TIME_MAX)
    if before is None:
        raise required("created_before")
    return Purge(created_before=float(before), is_ours=_is_ours(query))


def _is_ours(query: Mapping[str, str]) -> bool:
    return query.get("model", "").strip().lower() in OURS


def _number(query: Mapping[str, str], field: str, most: int) -> int | None:
    text = query.get(field, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) > most:
        raise invalid(field, text, remedy=f"it is a whole number up to {most}")
    return int(text)
