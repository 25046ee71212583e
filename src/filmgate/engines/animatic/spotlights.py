"""Spotlights that search a stage: beams in the haze, pools on the boards."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.beams import beams
from filmgate.engines.animatic.lights import Light, light, shine
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Instant

Spot = Callable[[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotlight:
    """Metres. It hangs at ``lamp`` and shines on ``aim`` on the floor, and swings about it."""

    lamp: tuple[float, float, float]
    aim: tuple[float, float]
    wide: float
    colour: Colour
    power: float
    swing: float
    pace: float
    phase: float

    def at(self, time_s: float) -> tuple[float, float]:
        beat = time_s * self.pace + self.phase
        return (
            self.aim[0] + self.swing * math.sin(beat),
            self.aim[1] + 0.4 * self.swing * math.sin(beat * 0.77 + 1.3),
        )


class Spotlights:
    """``spot`` turns metres into rest pixels and depth."""

    def __init__(self, lights: list[Spotlight], spot: Spot, focal: float) -> None:
        self._lights, self._spot, self._focal = lights, spot, focal

    def pools(self, now: Instant) -> None:
        """On the boards: drawn before who stands in them."""
        rows: list[Light] = []
        for lamp in self._lights:
            x, z = lamp.at(now.time_s)
            middle, unit = self._seen(now, x, 0.0, z)
            flat = 1.5 / z
            rows.append(light(middle, (lamp.wide * unit, lamp.wide * unit * flat), lamp.colour,
                              0.55 * lamp.power, hard=2.4))  # fmt: skip
            rows.append(light(middle, (2.2 * lamp.wide * unit, 2.4 * lamp.wide * unit * flat),
                              lamp.colour, 0.16 * lamp.power))  # fmt: skip
        shine(now.picture, rows)

    def shafts(self, now: Instant) -> None:
        """In the air: drawn over who stands there, for the haze is before them too."""
        rows, lamps = [], list[Light]()
        for lamp in self._lights:
            top, near = self._seen(now, *lamp.lamp)
            x, z = lamp.at(now.time_s)
            foot, unit = self._seen(now, x, 0.0, z)
            if foot[1] <= top[1] + 2:
                continue
            y, u, v = luma(lamp.colour)
            gain = 0.30 * lamp.power
            rows.append([*top, *foot, 0.10 * near, lamp.wide * unit, (y - 16) * gain,
                         (u - 128) * gain * 1.2, (v - 128) * gain * 1.2, 0.30])  # fmt: skip
            lamps.append(light(top, (0.16 * near, 0.13 * near), lamp.colour, 1.2, hard=4))
            lamps.append(light(top, (0.9 * near, 0.8 * near), lamp.colour, 0.5))
        table: Floats = np.array(rows, np.float32).reshape(-1, 10)
        beams(now.picture.y, now.picture.u, now.picture.v, table)
        shine(now.picture, lamps)

    def _seen(
        self, now: Instant, x: float, h: float, z: float
    ) -> tuple[tuple[float, float], float]:
        """Where in the frame, and how many pixels a metre is there."""
        place = self._spot(x, h, z)
        return now.view.place(*place), self._focal / z * now.view.scale(z)
