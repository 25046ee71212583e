"""Plans the houses of a street: their heights, materials and neon signs, by seed."""

from __future__ import annotations

import numpy as np

from filmgate.engines.animatic.avenue import Street
from filmgate.engines.animatic.colours import Colour, Floats, ramp
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels import canyon

Random = np.random.Generator
MASONRIES = (
    (118, 74, 58), (96, 88, 84), (140, 128, 112), (70, 74, 84), (128, 98, 74), (84, 62, 60),
    (150, 146, 140),
)  # fmt: skip
GLASSES = ((44, 62, 78), (38, 54, 62), (58, 66, 84))
DARK = (40.0, 40.0, 46.0)
HUES = ((0.92, 0.55), (0.58, 0.9), (0.0, 0.5), (0.62, 0.12), (0.45, 0.95))
"""Pairs of neon hues that like each other; a street has one of them and a few strangers."""


def light_row(light: Daylight, street: Street, side: int) -> Floats:
    """The light as ``canyon`` wants it; the side that faces the sun is the lit one."""
    sun_side = 1 if light.sun[0] > 0.5 else -1
    strength = (1 - light.lamps) * 0.8
    side_key = strength * (0.10 if side == sun_side else 1.15)
    front_key = strength * (1 - light.backlight) * 0.45
    high, low = (ramp(np.array([h], np.float32), light.sky)[0] for h in (0.55, 0.06))
    lamp = np.array((255, 168, 96)) * 0.62 * light.lamps
    ambient = np.array(light.ambient) * (0.72 - 0.25 * light.lamps)
    numbers = [light.lamps, *ambient, *light.key, side_key, front_key]
    numbers += [*light.haze, street.haze_per_m, *lamp, *high, *low, 0.12 + 0.9 * light.lamps]
    return np.array(numbers, np.float32)


class Planner:
    """Plans one side of a street, from near to far."""

    def __init__(self, random: Random, light: Daylight, street: Street) -> None:
        self._random, self._light, self._street = random, light, street
        self._rows: list[list[float]] = []
        self._hues = HUES[int(random.integers(len(HUES)))]
        self._tall = self._between(0.75, 1.2) * street.tall

    def plan(self) -> Floats:
        z = self._street.near_m
        while z < self._street.far_m:
            end = z + self._between(9, 17) * (1 + z / 160)
            rise = (8.5 + self._between(0, 6) + z * self._between(0.03, 0.15)) * self._tall
            self._house(z, end, rise)
            z = end + (self._between(2.5, 5) if self._chance(0.25) else 0.0)
        return np.array(self._rows, np.float32)

    def _house(self, z0: float, z1: float, rise: float) -> None:
        x0 = self._street.half_width_m
        glass = self._chance(0.3)
        kind = canyon.GLASS if glass else canyon.MASONRY
        albedo = self._pick(GLASSES if glass else MASONRIES)
        lit = 0.05 + self._between(0.26, 0.5) * self._light.lamps
        seed = int(self._random.integers(1, 9000))
        grid = (self._between(3.0, 3.7), self._between(2.2, 3.6))

        def block(x: tuple[float, float], z: tuple[float, float], h: tuple[float, float]) -> None:
            self._rows.append([*x, *z, *h, kind, seed, *albedo, lit, *grid, 0, 0])

        block((x0, x0 + 18), (z0, z1), (0, rise))
        top = rise
        if rise > 14 and self._chance(0.5):  # some storeys stand back
            top = rise + self._between(3.5, 5 + 0.3 * rise)
            block((x0 + 2.5, x0 + 15), (z0 + 1.5, z1 - 1), (rise, top))
        kind, middle = canyon.PLAIN, (z0 + z1) / 2
        albedo = DARK
        block((x0 + 4, x0 + 7), (middle - 1.5, middle + 2), (top, top + 2.6))
        block((x0 + 5.5, x0 + 5.62), (middle, middle + 0.3), (top, top + 6.5))
        self._signs(z0, z1, rise)

    def _signs(self, z0: float, z1: float, rise: float) -> None:
        """Blades that stand out over the pavement, and panels on the wall."""
        x0 = self._street.half_width_m
        for _ in range(int(self._random.integers(1, 4))):
            low = self._between(4.6, 7.5)
            tall = min(self._between(3.5, 9.5), rise - low - 1)
            if tall < 1.5:
                continue
            wide = min(max(tall / self._pick_count(3, 5), 0.9), 2.3)
            z = self._between(z0 + 0.5, z1 - 1)
            self._sign(canyon.BLADE, (x0 - wide - 0.3, x0 - 0.3), (z, z + 0.3), (low, low + tall))
        if self._chance(0.45) and rise > 12:
            length = min((z1 - z0) * 0.6, 9.0)
            z, low = self._between(z0 + 1, z1 - length - 1), self._between(5, rise * 0.5)
            high = min(length * self._between(0.35, 1.6), rise - low - 1.5)
            if high > 1.5:
                self._sign(canyon.PANEL, (x0 - 0.25, x0), (z, z + length), (low, low + high))

    def _sign(
        self, kind: int, x: tuple[float, float], z: tuple[float, float], h: tuple[float, float]
    ) -> None:
        own, other = self._hues if self._chance(0.5) else self._hues[::-1]
        if self._chance(0.35):
            own = self._between(0, 1)
        seed = int(self._random.integers(1, 9000))
        self._rows.append([*x, *z, *h, kind, seed, *DARK, 0, 3, 3, own, other])

    def _between(self, low: float, high: float) -> float:
        return float(self._random.uniform(low, high))

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _pick(self, choices: tuple[Colour, ...]) -> Colour:
        return choices[int(self._random.integers(len(choices)))]

    def _pick_count(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high + 1))
