"""Colours as numbers in 0..255, and the gradients between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.float32] | NDArray[np.float64]
Colour = tuple[float, float, float]
Stops = tuple[tuple[float, Colour], ...]


def scaled(colour: Colour, share: float) -> Colour:
    """Lighter or darker by a factor."""
    red, green, blue = (min(part * share, 255.0) for part in colour)
    return red, green, blue


def ramp(values: Floats, stops: tuple[tuple[float, tuple[float, float, float]], ...]) -> Floats:
    """Colours (…, 3) for values, interpolated between (position, colour) stops."""
    places = np.array([place for place, _ in stops], np.float32)
    colours = np.array([colour for _, colour in stops], np.float32)
    channels = [np.interp(values, places, colours[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)
