"""Flat ground in perspective, with light that plays on it: dapples under trees, caustics."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.floor import lay_floor
from filmgate.engines.animatic.planes import Bytes, backdrop, luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import INFINITE

LEVELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Where the ground lies and what the air and the light do over it."""

    eye_height_m: float
    end_m: float
    haze_m: float
    """Distance at which two thirds of it are air."""
    haze: Colour
    tile_m: float = 24.0
    """The texture repeats after so many metres."""
    light_m: float = 10.0
    gain: float = 0.0
    """How strongly the light's pattern shows, 0..1."""
    drift: tuple[float, float] = (0.25, 0.12)
    """Metres a second that its two patterns go."""
    tint: tuple[float, float] = (0.0, 0.0)
    """How U and V lean where light falls."""


class Floor:
    """``painted`` is (n, n, 3) RGB that tiles, n a power of two; ``lights`` (m, m) in 0..1."""

    def __init__(self, plain: Plain, painted: Floats, lights: Floats | None = None) -> None:
        self._plain = plain
        self._side = painted.shape[0]
        self._levels: list[Bytes] = []
        shrunk = painted
        for level in range(LEVELS):
            if level:
                size = (self._side >> level, self._side >> level)
                shrunk = np.asarray(cv2.resize(shrunk, size, interpolation=cv2.INTER_AREA))
            self._levels.append(_packed(np.asarray(shrunk, np.float32)))
        pattern = np.full((4, 4), 0.5, np.float32) if lights is None else lights
        self._lights = np.ascontiguousarray(np.clip(pattern * 255, 0, 255), np.uint8)
        self._gain = 0.0 if lights is None else plain.gain
        self._air = np.array([*luma(plain.haze), *plain.tint], np.float32)

    def draw(self, now: Instant) -> None:
        plain, view, picture = self._plain, now.view, now.picture
        height = picture.y.shape[0]
        eye = max(plain.eye_height_m + view.pose.y * view.reach, 0.3)
        focal = view.lens.focal * view.zoom
        reach = focal * eye
        ahead, aside = view.pose.z * view.reach, view.pose.x * view.reach
        first = max(math.ceil(view.horizon + reach / plain.end_m), 0)
        if first >= height:
            return
        z = reach / (np.arange(first, height) + 0.5 - view.horizon)
        middle = view.place(0.0, 0.0, INFINITE)[0]
        left = aside + (0.5 - middle) * z / focal
        texels = self._side / plain.tile_m
        spots = self._lights.shape[0] / plain.light_m
        level_of = np.clip(np.log2(z / focal * texels) + 0.3, 0, LEVELS - 1).astype(np.int64)
        gone = np.array(plain.drift)[:, None] * now.time_s
        rows = np.empty((len(z), 11), np.float64)
        rows[:, 3] = 1 - np.exp(-z / plain.haze_m)
        for at, way in ((4, 0), (7, 1)):
            rows[:, at] = (left + gone[way] * (1 - 2 * way)) * spots + 77 * way
            rows[:, at + 1] = z / focal * spots
            rows[:, at + 2] = (z + ahead + 0.6 * gone[way]) * spots + 31 * way
        # Patterns finer than two pixels would only sparkle.
        rows[:, 10] = self._gain * np.clip(1.6 - z / focal * spots, 0, 1)
        for level in range(LEVELS):
            here = np.flatnonzero(level_of == level)
            if not len(here):
                continue
            scale = texels / 2**level
            part = rows[here]
            part[:, 0] = left[here] * scale
            part[:, 1] = z[here] / focal * scale
            part[:, 2] = (z[here] + ahead) * scale
            lay_floor(
                picture.y, picture.u, picture.v, self._levels[level], self._lights,
                first + int(here[0]), part, self._air,
            )  # fmt: skip


def _packed(rgb: Floats) -> Bytes:
    planes = backdrop(rgb, dither=False)
    size = (rgb.shape[1], rgb.shape[0])
    u, v = (
        cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in (planes.u, planes.v)
    )
    return np.ascontiguousarray(np.dstack([planes.y, u, v, np.zeros_like(planes.y)]), np.uint8)
