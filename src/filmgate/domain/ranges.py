"""Which bytes a client asks for: the Range header as RFC 9110, part 14, has it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# One range. What has several is answered whole, as part 14.2 allows: nobody who plays a film
# needs two pieces at once, and many small ones only cost.
_ONE = re.compile(r"bytes=[ \t]*(\d*)-(\d*)[ \t]*", re.ASCII | re.IGNORECASE)
DIGITS_MAX = 18
"""More is further than any file goes."""
BEYOND = 10**DIGITS_MAX


@dataclass(frozen=True, slots=True)
class Part:
    """206: the bytes from ``start`` up to, and without, ``end``; at least one."""

    start: int
    end: int
    size: int

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


@dataclass(frozen=True, slots=True)
class Whole:
    """200: no range, or one that is ignored."""

    size: int


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """416: a range that begins behind the end."""

    size: int

    @property
    def content_range(self) -> str:
        return f"bytes */{self.size}"


Span = Part | Whole | Unsatisfiable


def parse_range(
    header: str | None,
    size: int,
    *,
    if_range: str | None = None,
    etag: str | None = None,
) -> Span:
    """What to send of ``size`` bytes. Another unit, bad syntax and several ranges are ignored.

    ``if_range``: a range is for these bytes alone; for others, and by date, all is sent. Both
    tags come with their quotes.
    """
    found = _ONE.fullmatch(header) if header is not None else None
    if found is None or (if_range is not None and not _same_bytes(if_range, etag)):
        return Whole(size)
    first, last = found.groups()
    if not first:
        return _suffix(last, size)
    start = _number(first)
    end = _number(last) + 1 if last else BEYOND + 1
    if end <= start:
        return Whole(size)  # the last before the first: invalid, and so ignored
    if start >= size:
        return Unsatisfiable(size)
    return Part(start, min(end, size), size)


def _suffix(last: str, size: int) -> Span:
    if not last:
        return Whole(size)  # "bytes=-" is no range at all
    length = min(_number(last), size)
    if _number(last) == 0:
        return Unsatisfiable(size)
    # The end of nothing is nothing; no Content-Range could say so.
    return Part(size - length, size, size) if size else Whole(size)


def _number(digits: str) -> int:
    told = digits.lstrip("0") or "0"  # Python reads no number of thousands of digits, even noughts
    return int(told) if len(told) <= DIGITS_MAX else BEYOND


def _same_bytes(if_range: str, etag: str | None) -> bool:
    # A weak tag says nothing of single bytes.
    return etag is not None and not if_range.startswith("W/") and if_range.strip() == etag
