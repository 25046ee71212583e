"""Reads ``--motion 'MASK.png:x,y;x,y'``: what is marked, and the path it is to follow."""

from __future__ import annotations

import math
from pathlib import Path

from filmgate.domain.errors import FixRequest
from filmgate.domain.request import Point

_EXAMPLE = "write it like 'mask.png:100,200;300,200', in pixels from the bottom left"


def parse_motion(text: str) -> tuple[Path, tuple[Point, ...]]:
    """The mask's file and its path. Raises FixRequest."""
    file, colon, path = text.rpartition(":")
    if not colon or not file:
        raise FixRequest(f"{text!r} has no mask and path", field="strokes", remedy=_EXAMPLE)
    return Path(file), tuple(_point(part) for part in path.split(";") if part.strip())


def _point(text: str) -> Point:
    try:
        x, y = (float(number) for number in text.split(","))
    except ValueError:
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y) and x >= 0 and y >= 0):
        raise FixRequest(f"{text.strip()!r} is no point", field="strokes", remedy=_EXAMPLE)
    return Point(x, y)
