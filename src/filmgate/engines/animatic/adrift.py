"""What drifts through the air: dust in the light, fireflies, leaves and petals that fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats, Numbers
from filmgate.engines.animatic.kernels.flecks import flecks
from filmgate.engines.animatic.lights import light, shine_rows
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens


@dataclass(frozen=True, slots=True, kw_only=True)
class Swarm:
    """Many small things in a box before the camera."""

    count: int
    depth_m: tuple[float, float]
    size_m: float
    colours: tuple[Colour, ...]
    fall: float = 0.0
    """Frame heights a second, at the nearest; negative rises."""
    sway: float = 0.02
    wind: float = 0.0
    """Frame widths a second."""
    strength: float = 0.6
    blink: float = 0.4
    low: float = -0.6
    """Highest and lowest place, in frame heights below the horizon."""
    high: float = 0.5


class Motes:
    """Specks of light."""

    def __init__(self, lens: Lens, swarm: Swarm, seed: int) -> None:
        self._lens, self._swarm = lens, swarm
        random = np.random.Generator(np.random.PCG64([seed, 51]))
        self._spot = random.random((swarm.count, 4))
        near, far = swarm.depth_m
        self._depth = near + (far - near) * random.random(swarm.count)
        rows = []
        for depth in self._depth:
            size = max(swarm.size_m * lens.focal / float(depth), 0.9)
            colour = swarm.colours[int(random.integers(len(swarm.colours)))]
            rows.append(light((0, 0), (size, size), colour, swarm.strength, hard=1.3))
        self._rows: Floats = np.array(rows, np.float32)

    def draw(self, now: Instant) -> None:
        rows = self._rows.copy()
        x, y, scale = _places(self._swarm, self._lens, now, self._spot, self._depth)
        a, d = self._spot[:, 0], self._spot[:, 3]
        twinkle = 1 - self._swarm.blink * (0.5 + 0.5 * np.sin(now.time_s * (1.2 + 2 * d) + 40 * a))
        rows[:, 0], rows[:, 1] = x, y
        rows[:, 2:4] *= scale[:, None]
        rows[:, 4:7] *= twinkle[:, None].astype(np.float32)
        shine_rows(now.picture, rows)


class Falling:
    """Leaves or petals that turn as they fall."""

    def __init__(self, lens: Lens, swarm: Swarm, seed: int) -> None:
        self._lens, self._swarm = lens, swarm
        random = np.random.Generator(np.random.PCG64([seed, 52]))
        self._spot = random.random((swarm.count, 4))
        near, far = swarm.depth_m
        self._depth = np.sort(near + (far - near) * random.random(swarm.count) ** 1.4)[::-1].copy()
        tones = np.array([luma(colour) for colour in swarm.colours], np.float32)
        self._tone = tones[random.integers(0, len(tones), swarm.count)]

    def draw(self, now: Instant) -> None:
        swarm = self._swarm
        rows = np.zeros((swarm.count, 11), np.float32)
        x, y, scale = _places(swarm, self._lens, now, self._spot, self._depth)
        size = swarm.size_m * self._lens.focal / self._depth * scale
        b, c = self._spot[:, 1], self._spot[:, 2]
        spin = now.time_s * (1.0 + 1.6 * c) * np.where(b > 0.5, 1, -1) + 6.28 * b
        rows[:, 0], rows[:, 1], rows[:, 2] = x, y, size
        rows[:, 3] = size * (0.14 + 0.42 * np.abs(np.sin(spin * 1.7)))
        rows[:, 4], rows[:, 5] = np.cos(spin), np.sin(spin)
        rows[:, 6:9] = self._tone
        rows[:, 6] *= (0.82 + 0.3 * np.abs(np.sin(spin * 1.7 + 0.6))).astype(np.float32)
        rows[:, 9] = swarm.strength
        flecks(now.picture.y, now.picture.u, now.picture.v, rows)


def _places(
    swarm: Swarm, lens: Lens, now: Instant, spot: Numbers, depth: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Frame places and growth of everything; what leaves the box comes in again at its far side."""
    near = swarm.depth_m[0]
    a, b, c, d = spot.T
    time_s = now.time_s
    tall = swarm.high - swarm.low
    fallen = (b + swarm.fall / tall * time_s * (near / depth) * (0.7 + 0.6 * c)) % 1
    sway = swarm.sway * np.sin(time_s * (0.5 + 0.9 * d) + 6.28 * c)
    across = ((a + swarm.wind * time_s * (near / depth) / 1.6) % 1 - 0.5) * 1.6 + sway
    bob = 0.4 * swarm.sway * np.sin(time_s * (0.9 + 0.7 * c) + 6.28 * d)
    down = (swarm.low + tall * fallen + bob) * lens.height
    view = now.view
    x, y, scale = np.empty(len(a)), np.empty(len(a)), np.empty(len(a))
    for i in range(len(a)):
        x[i], y[i] = view.place(float(across[i]) * lens.width, float(down[i]), float(depth[i]))
        scale[i] = min(view.scale(float(depth[i])), 3.0)
    return x, y, scale


def fireflies(lens: Lens, seed: int) -> Motes:
    swarm = Swarm(
        count=46, depth_m=(5, 28), size_m=0.045, colours=((214, 255, 120), (255, 236, 130)),
        sway=0.05, strength=0.9, blink=1.0, low=-0.18, high=0.3,
    )  # fmt: skip
    return Motes(lens, swarm, seed)


def gust_of(weather: str) -> float:
    """How hard the wind blows in a weather; 1 is a light breeze."""
    return {"fog": 0.5, "snow": 0.7, "rain": 1.3, "wind": 2.4, "storm": 3.2}.get(weather, 1.0)
