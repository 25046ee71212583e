"""The surface of the water seen from below: a ceiling of light that ripples."""

from __future__ import annotations

import numpy as np

from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.caustics import caustic
from filmgate.engines.animatic.kernels.ceiling import lay_ceiling
from filmgate.engines.animatic.planes import cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.sky import tiling
from filmgate.engines.animatic.stage import INFINITE, Lens

TILE = 512
TEXELS = 150.0
"""Texels to one height of the surface above us."""
LOWEST = 0.20
"""Where the surface is lost in the blue, in frame heights above the horizon."""


class Shimmer:
    """Two nets of light that slide over each other."""

    def __init__(self, lens: Lens, light: Daylight, seed: int) -> None:
        self._lens = lens
        net = caustic(TILE, seed + 5)
        swell = tiling(TILE, 6 / TILE, 8 / TILE, 4, seed + 6)
        alpha = np.clip((net - 0.34) * 0.9 + (swell - 0.5) * 0.9, 0, 0.8)
        colour = np.array(light.sky[-1][1], np.float32) * np.float32(1.12) + np.float32(10)
        rgb = np.broadcast_to(np.minimum(colour, 250), (TILE, TILE, 3))
        self._texture = cutout(np.asarray(rgb, np.float32), np.asarray(alpha, np.float32))

    def draw(self, now: Instant) -> None:
        view, picture = now.view, now.picture
        horizon, focal = view.horizon, view.lens.focal * view.zoom
        height = picture.y.shape[0]
        bottom = min(int(horizon - LOWEST * height), height) & ~1
        if bottom <= 0:
            return
        whole = np.tile(np.array([0, picture.y.shape[1]], np.int32), (bottom // 2, 1))
        up = horizon - np.arange(bottom, dtype=np.float64) - 0.5
        middle = view.place(0.0, 0.0, INFINITE)[0]
        for drift, sway, strength in ((0.10, 0.05, 0.9), (-0.07, 0.08, 0.6)):
            rows = np.empty((bottom, 4), np.float64)
            wave = 0.02 * np.sin(focal / up * 9 + now.time_s * 2.2)
            rows[:, 0] = ((0.5 - middle) / up + drift * now.time_s + wave) * TEXELS
            rows[:, 1] = TEXELS / up
            rows[:, 2] = (focal / up + sway * now.time_s + view.pose.z * 0.5) * TEXELS
            rows[:, 3] = strength * np.clip((up / height - LOWEST) * 3.2, 0, 1) ** 1.3
            lay_ceiling(picture.y, picture.u, picture.v, self._texture.pixels, 0, rows, whole)
