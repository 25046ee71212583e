"""Shafts of light that hang in mist, dust or water, and slowly wander."""

from __future__ import annotations

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.rays import add_light, shafts
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import INFINITE

GAPS = 256
COARSE = 4
"""Frame pixels to a sample: light in air is soft."""


class Rays:
    """``source`` in rest pixels from the middle and down from the horizon; ``reach`` and ``end`` in
    frame heights; ``fine`` is gaps in a radian; ``strength`` is light in levels."""

    def __init__(
        self, source: tuple[float, float], colour: Colour, seed: int, *, strength: float,
        reach: float = 0.6, fine: float = 18.0, end: float = 1.1, pace: float = 1.0,
    ) -> None:  # fmt: skip
        random = np.random.Generator(np.random.PCG64([seed, 41]))
        self._source, self._strength = source, strength
        self._reach, self._fine, self._end, self._pace = reach, fine, end, pace
        raw = random.standard_normal((3, GAPS)).astype(np.float32)
        self._gaps = [
            self._soft(line, sigma) for line, sigma in zip(raw, (3.0, 5.0, 9.0), strict=True)
        ]
        y, u, v = luma(colour)
        strongest = max(y - 16, 1.0)
        self._tint = np.array(
            [(u - 128) / strongest * 255, (v - 128) / strongest * 255], np.float32
        )

    @staticmethod
    def _soft(line: Floats, sigma: float) -> Floats:
        around = np.concatenate([line[-48:], line, line[:48]])[None]
        soft = np.asarray(cv2.GaussianBlur(around, (0, 0), sigma), np.float32)[0, 48:-48]
        return np.asarray(soft / soft.std(), np.float32)

    def draw(self, now: Instant) -> None:
        picture, view = now.picture, now.view
        height, width = picture.y.shape
        x, y = view.place(*self._source, INFINITE)
        small = np.empty((height // COARSE + 1, width // COARSE + 1), np.uint8)
        numbers = np.array(
            [
                x / COARSE,
                y / COARSE,
                self._fine,
                self._reach * height / COARSE,
                self._strength,
                self._end * height / COARSE,
            ],
            np.float32,
        )
        shafts(small, self._open(now.time_s), numbers)
        size = (small.shape[1] * COARSE, small.shape[0] * COARSE)
        light = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        add_light(picture.y, picture.u, picture.v, light, self._tint)

    def _open(self, time_s: float) -> Floats:
        """Which gaps are open now: three patterns that slide over one another."""
        places = np.arange(GAPS, dtype=np.float32)
        total = np.zeros(GAPS, np.float32)
        for line, speed, weight in zip(self._gaps, (1.1, -0.7, 0.4), (0.5, 0.6, 0.5), strict=True):
            at = (places + speed * self._pace * time_s) % GAPS
            low = at.astype(np.int64) % GAPS
            part = at - np.floor(at)
            total += weight * (line[low] * (1 - part) + line[(low + 1) % GAPS] * part)
        return np.asarray(np.clip(0.25 + 0.5 * total, 0.0, 1.2), np.float32)
