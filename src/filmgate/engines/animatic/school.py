"""Fish that swim together: each on its own way near the shoal's, tails beating."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.kernels.flecks import flecks
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoal:
    count: int
    depth_m: float
    long_m: float
    colours: tuple[Colour, ...]
    up: float
    """Of its middle above the horizon, in frame heights."""
    pace: float
    """Frame widths a second; negative swims to the left."""


class School:
    def __init__(self, lens: Lens, shoal: Shoal, haze: Colour, far_m: float, seed: int) -> None:
        self._lens, self._shoal = lens, shoal
        random = np.random.Generator(np.random.PCG64([seed, 141]))
        self._off = random.normal(0, 1, (shoal.count, 2))
        self._mood = random.random((shoal.count, 4))
        self._depth = shoal.depth_m * (0.85 + 0.3 * random.random(shoal.count))
        tones = np.array([luma(colour) for colour in shoal.colours], np.float32)
        tone = tones[random.integers(0, len(tones), shoal.count)]
        share = (1 - np.exp(-self._depth / far_m * 0.8))[:, None].astype(np.float32)
        self._tone = tone + (np.array(luma(haze), np.float32) - tone) * share
        self._start = float(random.uniform(-0.35, 0.15)) * (1 if shoal.pace > 0 else -1)

    def draw(self, now: Instant) -> None:
        shoal, lens, time_s = self._shoal, self._lens, now.time_s
        way = 1.0 if shoal.pace > 0 else -1.0
        rows = np.zeros((shoal.count, 11), np.float32)
        spread = 0.05 + 0.012 * math.sqrt(shoal.count)
        for i in range(shoal.count):
            a, b, c, d = (float(v) for v in self._mood[i])
            dart = 0.012 * math.sin(time_s * (0.5 + a) + 6.28 * b)
            x = self._start + shoal.pace * time_s + spread * float(self._off[i, 0]) + dart
            turn = 0.6 * math.sin(time_s * 0.5 + x * 6)
            rise = 0.02 * math.sin(time_s * (0.6 + 0.5 * c) + 6.28 * d) + 0.03 * turn
            y = shoal.up + 0.55 * spread * float(self._off[i, 1]) + rise
            x = (x + 0.85) % 1.7 - 0.85
            depth = float(self._depth[i])
            px, py = now.view.place(x * lens.width, -y * lens.height, depth)
            size = shoal.long_m * (0.8 + 0.4 * a) * lens.focal / depth * now.view.scale(depth) / 2
            beat = math.sin(time_s * (9 + 4 * b) + 6.28 * c)
            slope = 0.10 * math.cos(time_s * (0.6 + 0.5 * c) + 6.28 * d) + 0.03 * beat
            rows[i, :6] = (
                px, py, size * (1 - 0.05 * beat), size * 0.34, way * math.cos(slope),
                -math.sin(slope),
            )  # fmt: skip
            rows[i, 6:9] = self._tone[i]
            rows[i, 9], rows[i, 10] = 0.96, 0.75 + 0.3 * beat
        picture = now.picture
        flecks(picture.y, picture.u, picture.v, rows)
