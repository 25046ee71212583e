"""A moving ground of colour with veils of silk in front of it."""

from __future__ import annotations

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.flow import colour_field, dither_into, pour, veil
from filmgate.engines.animatic.moods import Mood
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens

Random = np.random.Generator
STRANDS = 44
GROUND_DEPTH_M = 90.0


class Veil:
    """One sheet of silk, by seed; ``unit`` is half the frame's mean side, in rest pixels."""

    def __init__(
        self, random: Random, colours: tuple[Colour, ...], *, level: float, depth_m: float,
        strength: float, cover: float,
    ) -> None:  # fmt: skip
        self.depth_m = depth_m
        self._level, self._tilt = level, float(random.uniform(-0.22, 0.22))
        self._shine, self._cover = strength, cover
        pace = 1 if random.random() < 0.5 else -1

        def wave(tall: float, often: float, pace_s: float, twist: float) -> list[float]:
            vary = random.uniform(0.8, 1.25, 2)
            phase = float(random.uniform(0, 6.28))
            return [tall, often * vary[0], pace * pace_s * vary[1], phase, twist]

        self._waves = np.array(
            [
                wave(0.30, 1.15, 0.55, 0.15),
                wave(0.15, 2.1, -0.75, 1.15),
                wave(0.11, 1.5, 0.9, 2.3),
                wave(0.035, 4.6, -1.2, 2.9),
            ],
            np.float32,
        )
        self._colours = np.array([_added(colour) for colour in colours], np.float32)

    def draw(self, out: Floats, now: Instant, unit: float) -> None:
        x, y = now.view.place(0, now.view.lens.height / 2 - now.view.lens.horizon, self.depth_m)
        scale = now.view.scale(self.depth_m)
        numbers = [2, x, y, scale, unit, self._level, self._tilt, now.time_s]
        numbers += [self._shine, self._cover, STRANDS]
        veil(out, np.array(numbers, np.float32), self._waves, self._colours)


class Backcloth:
    """Fills the frame: the ground and its veils."""

    def __init__(self, lens: Lens, mood: Mood, random: Random) -> None:
        self._unit = (lens.width + lens.height) / 4
        stops = np.array([luma(colour) for colour in mood.ground], np.float32)
        self._palette = np.asarray(
            cv2.resize(stops[:, None], (1, 64), interpolation=cv2.INTER_CUBIC), np.float32
        )[:, 0].copy()
        self._bloom = np.float32(0.42 * mood.shine)
        phases = random.uniform(0, 6.28, 3)
        lamp = (float(random.uniform(-0.7, 0.7)), float(random.uniform(-0.45, 0.2)))
        self._numbers = [*phases, *lamp, 0.34, 1.0, mood.level]
        order = random.permutation(len(mood.silk))
        levels = (-0.16, 0.16, 0.05)
        apart = max(1.0, 1.6 * lens.height / lens.width)  # a tall frame has room for them
        self._veils = [
            Veil(
                random,
                mood.silk[order[i]],
                level=levels[i] * apart + float(random.uniform(-0.08, 0.08)),
                depth_m=depth_m,
                strength=mood.shine * strength,
                cover=mood.cover,
            )
            for i, (depth_m, strength) in enumerate(((48.0, 0.40), (30.0, 0.55), (20.0, 0.75)))
        ]

    def draw(self, now: Instant) -> None:
        picture, view = now.picture, now.view
        lens = view.lens
        rows, columns = picture.u.shape
        x, y = view.place(0, lens.height / 2 - lens.horizon, GROUND_DEPTH_M)
        per_px = 1 / (self._unit * view.scale(GROUND_DEPTH_M))
        numbers = np.array([8, x, y, per_px, now.time_s, *self._numbers], np.float32)
        coarse = np.empty(((rows + 3) // 4, (columns + 3) // 4, 3), np.float32)
        colour_field(coarse, self._palette, numbers)
        silk = np.zeros((rows, columns, 4), np.float32)
        for sheet in self._veils:
            sheet.draw(silk, now, self._unit)
        coarse += self._bloom * _spread(silk, coarse.shape[1], coarse.shape[0])
        whole = (coarse.shape[1] * 4, coarse.shape[0] * 4)
        field = cv2.resize(coarse, whole, interpolation=cv2.INTER_CUBIC)
        light = np.empty((rows, columns), np.float32)
        pour(light, picture.u, picture.v, np.asarray(field, np.float32), silk)
        full = cv2.resize(light, (columns * 2, rows * 2), interpolation=cv2.INTER_LINEAR)
        dither_into(picture.y, np.asarray(full, np.float32))


def _spread(silk: Floats, width: int, height: int) -> Floats:
    """The silk's light in the air around it, at the field's small size."""
    small = cv2.resize(silk, (width, height), interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(small, (0, 0), width / 34)
    return np.asarray(wide, np.float32)[..., :3]


def _added(colour: Colour) -> tuple[float, float, float]:
    y, u, v = luma(colour)
    return y - 16, u - 128, v - 128
