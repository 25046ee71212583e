"""Rows of lights for ``kernels.sparks``: the one place that knows their columns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.sparks import sparks
from filmgate.engines.animatic.planes import luma
from filmgate.media.encode import Picture

Light = tuple[float, float, float, float, float, float, float, float, float, float]
SOFT, CRISP = 1.0, 5.0


def light(
    place: tuple[float, float],
    radius: tuple[float, float],
    colour: Colour,
    strength: float,
    *,
    hard: float = SOFT,
    pane: bool = False,
    lean: float = 0.0,
) -> Light:
    """A light in frame pixels. ``colour`` (0..255) times ``strength`` is added in its middle."""
    y, u, v = _planes(colour)
    gains = ((y - 16) * strength, (u - 128) * strength, (v - 128) * strength)
    return (*place, max(radius[0], 0.7), max(radius[1], 0.7), *gains, hard, float(pane), lean)


@lru_cache(maxsize=512)
def _planes(colour: Colour) -> tuple[float, float, float]:
    """A picture has few colours of light, and asks for them in every frame."""
    return luma(colour)


def shine(picture: Picture, lights: list[Light]) -> None:
    if lights:
        sparks(picture.y, picture.u, picture.v, np.array(lights, np.float32))


def shine_rows(picture: Picture, rows: Floats) -> None:
    """The same for lights that are kept as an array of rows."""
    sparks(picture.y, picture.u, picture.v, rows)
