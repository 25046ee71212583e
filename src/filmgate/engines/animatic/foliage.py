"""Sheets of plants: a canvas to paint them on, and the wind that moves what is soft in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats, Numbers
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.botany import limbs, pressed, strew, veiled
from filmgate.engines.animatic.kernels.sway import TILE, lay_swaying
from filmgate.engines.animatic.planes import Bytes, backdrop
from filmgate.engines.animatic.scene import Draw, Instant
from filmgate.engines.animatic.stage import Lens, cover, rows_of, standing
from filmgate.engines.animatic.terrain import air, breadth

Random = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Shine:
    """How the light of an hour falls on plants, as factors of their colour."""

    shade: Floats
    key: Floats
    towards: tuple[float, float, float]
    """Where the sun is: right, up, and on our side (negative: behind the plants)."""

    @property
    def row(self) -> Floats:
        return np.array([*self.shade, *self.key, *self.towards], np.float32)

    def on(self, colours: Numbers, sun: Numbers | float) -> Floats:
        """(n, 3) colours of leaves that get so much of the sun each."""
        share = np.broadcast_to(np.asarray(sun, np.float32), len(colours))[:, None]
        return np.asarray(colours * (self.shade + self.key * share), np.float32)


def shine_of(light: Daylight, *, shade: float = 0.55, key: float = 0.75) -> Shine:
    """``shade`` and ``key`` are how much of the sky and of the sun reaches the plants at all."""
    side = 1.0 if light.sun[0] > 0.5 else -1.0
    up = min(max(light.sun[1], 0.0) * 1.2, 0.75)
    dim = 0.32 if light.lamps >= 1 else 1.0
    return Shine(
        shade=np.array(light.ambient, np.float32) * np.float32(shade / 255),
        key=np.array(light.key, np.float32) * np.float32(key * dim / 255),
        towards=(0.75 * side, up, 0.45 - 0.6 * light.backlight),
    )


class Canvas:
    """Room for one sheet; ``foot`` is the row of the horizon, the middle column the frame's."""

    def __init__(self, lens: Lens, above_px: float, below_px: float) -> None:
        self.lens = lens
        self.width = breadth(lens)
        self.foot = int(above_px)
        self.pixels = np.zeros((self.foot + int(below_px), self.width, 5), np.float32)

    def grow(self, rows: list[list[float]] | Floats, shine: Shine) -> None:
        """Limbs in rest pixels from the middle and down from the horizon; see kernels.botany."""
        if len(rows):
            placed = np.array(rows, np.float32)
            placed[:, [0, 3]] += self.width / 2
            placed[:, [1, 4]] += self.foot
            limbs(self.pixels, placed, shine.row)

    def strew(self, rows: Floats) -> None:
        """Leaves, in rest pixels as well."""
        if len(rows):
            placed = np.array(rows, np.float32)
            placed[:, 0] += self.width / 2
            placed[:, 1] += self.foot
            strew(self.pixels, placed)

    def veil(self, light: Daylight, haze: Floats | float, tint: Colour | None = None) -> None:
        """Air in front of everything so far, everywhere the same or row by row (0..1)."""
        colour = air(self.lens, light, self.width)
        if tint is not None:
            colour = colour * (np.array(tint, np.float32) / np.float32(255))
        share = np.broadcast_to(np.asarray(haze, np.float32), len(self.pixels))
        veiled(self.pixels, np.asarray(colour, np.float32), np.ascontiguousarray(share))

    def blur(self, sigma: float) -> None:
        """Out of focus."""
        self.pixels = np.asarray(cv2.GaussianBlur(self.pixels, (0, 0), sigma), np.float32)

    def backcloth(self, depth_m: float, *, down_to: float = 1.0) -> Draw:
        """The canvas as what is behind everything: opaque, unmoved, and without an end; ``down_to``
        is where, in frame heights below the horizon, something hides the rest."""
        rows, columns = (size & ~1 for size in self.pixels.shape[:2])
        painted = backdrop(self.pixels[:rows, :columns, :3])
        anchor = (self.width / 2, float(self.foot))

        def draw(now: Instant) -> None:
            matrix = standing(now.view, 0.0, 0.0, depth_m, anchor)
            last = int(now.view.horizon + down_to * now.view.lens.height) + 2
            cover(now.picture, painted, matrix, rows_of(now.view.lens, last))

        return draw

    def sheet(self, depth_m: float, *, wind: float, reach_px: float) -> Sheet:
        return Sheet(self, depth_m, wind=wind, reach_px=reach_px)


class Sheet:
    """A painted canvas that stands somewhere and sways; ``reach_px`` is how far its softest parts
    go in a light breeze (``wind`` 1), in rest pixels."""

    def __init__(self, canvas: Canvas, depth_m: float, *, wind: float, reach_px: float) -> None:
        rows, columns = canvas.pixels.shape[:2]
        self._texture = pressed(canvas.pixels).view(np.uint32)[..., 0]
        self.depth_m = depth_m
        self._anchor = (canvas.width / 2, float(canvas.foot))
        blocks = (columns // TILE + 1, rows // TILE + 1)
        grown = cv2.copyMakeBorder(
            canvas.pixels[..., 3:5].copy(),
            0, blocks[1] * TILE - rows, 0, blocks[0] * TILE - columns, cv2.BORDER_CONSTANT,
        )  # fmt: skip
        mean = np.asarray(cv2.resize(grown, blocks, interpolation=cv2.INTER_AREA), np.float32)
        self._limp = np.asarray(
            cv2.GaussianBlur(mean[..., 1] / np.maximum(mean[..., 0], 1e-3), (0, 0), 0.8), np.float32
        )
        covered = (mean[..., 0] > 0).astype(np.uint8)
        self._filled: Bytes = np.asarray(cv2.dilate(covered, np.ones((5, 5), np.uint8)), np.uint8)
        self._wind, self._reach = wind, reach_px
        self._endless = bool(canvas.pixels[..., 3].min() > 0)

    def draw(self, now: Instant, *, aside: float = 0.0) -> None:
        """``aside`` is how far it has drifted, in rest pixels."""
        matrix = standing(now.view, aside, 0.0, self.depth_m, self._anchor)
        step = 1 / matrix[0, 0]
        numbers = np.array([matrix[0, 2], matrix[1, 2], step, self._endless], np.float32)
        picture = now.picture
        shift = self._shift(picture.y.shape, numbers, now.time_s)
        lay_swaying(picture.y, picture.u, picture.v, self._texture, self._filled, shift, numbers)

    def _shift(self, frame: tuple[int, ...], numbers: Floats, time_s: float) -> Floats:
        """Gusts that run across the sheet, and the flutter of single twigs."""
        rows, columns = frame[0] // TILE + 2, frame[1] // TILE + 2
        x = (np.arange(columns, dtype=np.float32) * TILE - numbers[0]) * numbers[2]
        y = (np.arange(rows, dtype=np.float32) * TILE - numbers[1]) * numbers[2]
        grid_x = np.broadcast_to(x / TILE - np.float32(0.5), (rows, columns)).astype(np.float32)
        grid_y = np.broadcast_to(y[:, None] / TILE - np.float32(0.5), (rows, columns))
        limp = cv2.remap(
            self._limp, grid_x, np.ascontiguousarray(grid_y, np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        wave = np.float32(6.28) / np.float32(breadth_of_gust(self._reach))
        pace = 0.8 + 0.35 * self._wind
        u, v = x[None] * wave, y[:, None] * wave
        gust = np.sin(u * 0.7 - pace * 1.3 * time_s) + 0.5 * np.sin(
            u * 1.7 + v * 0.9 - pace * 2.1 * time_s + self.depth_m
        )
        twig = np.sin(u * 7.3 + v * 5.1 + pace * 4.3 * time_s) * np.sin(
            u * 3.9 - v * 6.7 - pace * 3.1 * time_s
        )
        far = np.float32(self._reach * self._wind)
        lean = (0.55 * gust + 0.45 * twig) * far * limp
        lift = (0.25 * gust * np.sin(v * 2.0 + pace * time_s) + 0.3 * twig) * far * limp
        most = np.float32(TILE - 2)
        return np.asarray(np.clip(np.stack([lean, lift]), -most, most), np.float32)


def breadth_of_gust(reach_px: float) -> float:
    """Larger things bend in longer waves."""
    return 60 * math.sqrt(max(reach_px, 0.5)) + 40
