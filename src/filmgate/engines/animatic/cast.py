"""The cast: pictures of subjects, and how they are lit so that they belong in the scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
"""Linear-looking RGB in [0, 1]."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """The light of a scene as it falls on a subject."""

    ambient: Colour
    key: Colour
    key_direction: tuple[float, float]
    """Towards the light; x to the right, y up."""
    backlight: float = 0.0
    """0: the light stands behind the camera; 1: behind the subject, which goes nearly black."""


def picture(subject: str, height_px: int, *, colour: str | None = None) -> NDArray[np.uint8]:
    """Draw a subject, cropped to its edges: RGBA, straight alpha."""
    raise NotImplementedError


def graded(rgba: NDArray[np.uint8], light: Light) -> NDArray[np.uint8]:
    """Put a flat drawing into the light of the scene."""
    raise NotImplementedError


def shadow(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A soft contact shadow, as wide as the subject, to lie under its feet."""
    raise NotImplementedError
