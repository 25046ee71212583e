"""A meadow, or any open ground that grows something: a live surface below the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.meadow import meadow_kernel, rolling, tufts
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import INFINITE, Lens

GRASS_TILE = (256, 1024)
NEAREST_M = 6.0
"""Nearer than any camera move can see the ground."""
LAND_TILE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Turf:
    """What grows there and how the land lies, in metres."""

    eye_height_m: float
    grass_m: float = 0.4
    spacing: float = 0.30
    """Between two lines of grass, as a share of the height that a blade has on the screen."""
    hills_m: float = 3.0
    end_m: float = 240.0
    ragged_m: float = 30.0
    haze_m: float = 420.0
    wind: float = 1.0
    roots: Colour
    tips: Colour
    dry_roots: Colour
    dry_tips: Colour
    haze: Colour
    bloom: Colour = (236, 226, 240)
    flowers: float = 0.0
    """How many flowers, 0..1."""
    sun_across: float = 0.0
    """Rest pixels from the middle to the sun."""
    glow: float = 0.0
    """How much of a low sun shines through the grass."""


class Meadow:
    def __init__(self, turf: Turf, lens: Lens, seed: int) -> None:
        self._turf = turf
        self._grass = tufts(*GRASS_TILE, seed)
        self._lines = _lines(turf, lens, seed)
        self._land = rolling(LAND_TILE, seed)
        shades = (turf.roots, turf.tips, turf.dry_roots, turf.dry_tips, turf.haze, turf.bloom)
        self._colours = np.array([luma(shade) for shade in shades], np.float32)

    def draw(self, now: Instant) -> None:
        """Cover everything nearer than the end of the ground."""
        turf, view = self._turf, now.view
        numbers = np.array(
            [
                view.horizon,
                view.lens.focal * view.zoom,
                max(turf.eye_height_m + view.pose.y * view.reach, 0.5),
                view.pose.x * view.reach,
                view.pose.z * view.reach,
                now.time_s,
                turf.grass_m,
                turf.hills_m,
                turf.end_m,
                turf.ragged_m,
                turf.haze_m,
                turf.wind,
                view.place(0.0, 0.0, INFINITE)[0],
                1.5 - turf.flowers,
                view.place(turf.sun_across, 0.0, INFINITE)[0],
                turf.glow,
            ],
            np.float32,
        )
        picture = now.picture
        meadow_kernel(
            picture.y,
            picture.u,
            picture.v,
            self._grass,
            self._land,
            self._lines,
            self._colours,
            numbers,
        )


def _lines(turf: Turf, lens: Lens, seed: int) -> Floats:
    """Lines of grass at fixed places, so that they don't crawl as the camera moves: one to a row
    of pixels far away, and fewer where a blade is many pixels tall."""
    random = np.random.Generator(np.random.PCG64(seed))
    scale = lens.focal * turf.eye_height_m
    z = NEAREST_M
    found: list[tuple[float, int, float]] = []
    while z < turf.end_m + turf.ragged_m:
        row = int(random.integers(GRASS_TILE[0]))
        found.append((z, row, float(random.random()) * GRASS_TILE[1]))
        blade_px = turf.grass_m * lens.focal / z
        z += max(1.4, blade_px * turf.spacing) * z * z / scale
    return np.array(found, np.float32)
