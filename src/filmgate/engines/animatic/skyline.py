"""Towers beyond the street, in rows that fade into the haze."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.avenue import bloomed
from filmgate.engines.animatic.colours import Colour, Floats, ramp
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.towers import paint_tower
from filmgate.engines.animatic.nightlife import Beacon, blink
from filmgate.engines.animatic.planes import Cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, Spans, View, lay, standing

DOME: Colour = (74, 52, 62)
Random = np.random.Generator
CROWNS: tuple[Colour, ...] = (
    (255, 190, 110), (120, 210, 255), (255, 90, 190), (210, 220, 255), (120, 255, 220),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of towers; sizes in pixels of a frame 1280 wide."""

    depth_m: float
    width_px: tuple[float, float]
    height_px: tuple[float, float]
    gap: float
    """Between towers, in widths; negative overlaps them."""
    hazy: tuple[float, float]
    """At the top and at the foot, 0..1."""
    cell_px: tuple[float, float]
    """One window."""
    peak: float
    """How much taller the towers stand at the middle."""


FAR = (
    Row(
        depth_m=1800, width_px=(22, 52), height_px=(50, 190), gap=-0.1, hazy=(0.62, 0.95),
        cell_px=(3.0, 4.0), peak=0.8,
    ),
    Row(
        depth_m=800, width_px=(34, 70), height_px=(70, 260), gap=0.05, hazy=(0.32, 0.85),
        cell_px=(3.6, 4.8), peak=0.9,
    ),
)  # fmt: skip
NEAR = (
    Row(
        depth_m=330, width_px=(30, 62), height_px=(36, 170), gap=0.2, hazy=(0.14, 0.7),
        cell_px=(3.8, 5.0), peak=0.5,
    ),
)  # fmt: skip


class Skyline:
    """One row, as a cut-out; ``foot_px`` is how far below the horizon it stands."""

    def __init__(
        self,
        lens: Lens,
        light: Daylight,
        random: Random,
        rows: tuple[Row, ...],
        *,
        vanish: float,
        foot_px: float,
        fog: float,
        spans: Callable[[View], list[Spans]],
    ) -> None:
        self._spans = spans
        self._depth_m = rows[-1].depth_m
        self._unit = max(lens.width, lens.height * 0.9) / 1280
        self._width = int(lens.width * 1.36 + 0.1 * lens.focal)
        self._top = int(max(lens.horizon, 1.0) * 1.1)
        self._vanish = vanish
        self._light, self._fog = light, fog
        self._sky = ramp(np.array([0.2], np.float32), light.sky)[0]
        self._size = (self._width, int(self._top + foot_px + 6))
        self._beacons: list[Beacon] = []
        shape = (self._size[1], self._width)
        colour, glow = np.zeros((*shape, 3), np.float32), np.zeros((*shape, 3), np.float32)
        mask = np.zeros(shape, np.float32)
        for row in rows:
            self._paint(random, row, (colour, glow, mask))
        used = max(int(np.flatnonzero(mask.any(1))[0]) - 16, 0)
        self._anchor = (self._width / 2, self._top - used)
        dome = self._dome(shape[0] - used, 1.0 if len(rows) > 1 else 0.35)
        self._cutout: Cutout = bloomed(colour[used:], glow[used:], mask[used:], self._unit, dome)

    def draw(self, now: Instant) -> None:
        matrix = standing(now.view, 0, 0, self._depth_m, self._anchor)
        for spans in self._spans(now.view):
            lay(now.picture, self._cutout, matrix, now.scratch, spans)
        blink(now, self._beacons, 0.15 + 0.85 * self._light.lamps)

    def _dome(self, height: int, strength: float) -> Floats:
        """The town's light in the air, gone at the picture's top; the towers stand in it."""
        across = np.arange(self._width, dtype=np.float32) - self._width / 2 - self._vanish
        across /= self._width * 0.30
        up = np.clip((self._anchor[1] - np.arange(height)) / self._anchor[1], 0, 1)
        spread = ((1 - up) ** 2.2)[:, None] * np.exp(-across * across)[None]
        colour = np.array(DOME, np.float32) * np.float32(self._light.lamps * strength)
        return np.asarray(spread, np.float32)[..., None] * colour

    def _paint(self, random: Random, row: Row, planes: tuple[Floats, Floats, Floats]) -> None:
        unit = self._unit
        x = -40.0 * unit
        while x < self._width:
            wide = float(random.uniform(*row.width_px)) * unit
            off = abs(x + wide / 2 - self._width / 2 - self._vanish) / (self._width / 2)
            share = float(random.random()) ** 1.5
            tall = row.height_px[0] + (row.height_px[1] - row.height_px[0]) * share
            tall *= unit * (1 - row.peak * 0.5 + row.peak * max(0.0, 1 - off * 1.6))
            self._tower(random, row, planes, x, wide, tall)
            x += wide * (1 + row.gap * float(random.uniform(0.2, 1.8)))

    def _tower(
        self,
        random: Random,
        row: Row,
        planes: tuple[Floats, Floats, Floats],
        x: float,
        wide: float,
        tall: float,
    ) -> None:
        unit, foot = self._unit, self._size[1]
        slim = tall > 2.2 * wide
        left, right = outline(random, int(tall + foot - self._top), wide, slim=slim)
        top = foot - len(left)
        mast = slim and random.random() < 0.55
        if mast:
            self._mast(row, planes, x + (left[0] + right[0]) / 2, top, tall * 0.22, unit)
        look = self._look(random, row, tall, slim=slim)
        paint_tower(*planes, left + np.float32(x), right + np.float32(x), top, look)

    def _mast(
        self,
        row: Row,
        planes: tuple[Floats, Floats, Floats],
        x: float,
        top: int,
        rise: float,
        unit: float,
    ) -> None:
        rows = max(int(rise), 4)
        half = np.linspace(0.4, 1.1, rows, dtype=np.float32) * np.float32(unit)
        look = self._look(np.random.Generator(np.random.PCG64(1)), row, rise, slim=False)
        look[2] = look[19] = 0
        middle = np.full(rows, x, np.float32)
        paint_tower(*planes, middle - half, middle + half, top - rows, look)
        across = x - self._width / 2
        self._beacons.append(Beacon(across, top - rows - self._top, self._depth_m, x * 0.37 % 1))

    def _hazy(self, row: Row) -> tuple[float, float]:
        top, foot = row.hazy
        return top + (1 - top) * self._fog, foot + (1 - foot) * self._fog

    def _look(self, random: Random, row: Row, tall: float, *, slim: bool) -> Floats:
        light = self._light
        haze = np.array(light.haze)
        body = np.array(
            [(92, 96, 108), (120, 104, 92), (70, 84, 98), (132, 126, 120)][random.integers(4)]
        )
        lit = np.array(light.ambient) * (0.55 - 0.2 * light.lamps) / 255
        key = np.array(light.key) * (1 - light.lamps) / 255 * (1 - 0.65 * light.backlight)
        body = body * (lit + key * 0.55) + self._sky * 0.16
        edge = float(random.uniform(0.3, 0.72))
        bright, dark = 1.12 + 0.25 * (1 - light.lamps), 0.74
        faces = (bright, dark) if light.sun[0] < 0.5 else (dark, bright)
        cell = np.array(row.cell_px) * self._unit * random.uniform(0.85, 1.25)
        share = (0.05 + 0.42 * light.lamps * float(random.random()) ** 1.3) * (light.lamps > 0.1)
        crown = np.array(CROWNS[int(random.integers(len(CROWNS)))]) * 0.55 * light.lamps
        rows = tall * 0.13 if slim and random.random() < 0.6 else 0.0
        glassy = float(random.random() < 0.5)
        numbers = [
            *cell,
            share,
            random.integers(1, 9000),
            edge,
            *faces,
            *body,
            *haze,
            *self._hazy(row),
        ]
        return np.array([*numbers, light.lamps, *crown, rows, glassy], np.float32)


def outline(random: Random, rows: int, wide: float, *, slim: bool) -> tuple[Floats, Floats]:
    """Left and right edges of a tower from its top down, 0..wide; five ways to build one."""
    rows = max(rows, 4)
    half = np.full(rows, wide / 2, np.float32)
    middle = np.full(rows, wide / 2, np.float32)
    place = np.arange(rows, dtype=np.float32)
    design = int(random.integers(6)) if slim else int(random.integers(3)) + 3
    if design == 0:  # set back in steps
        steps = int(random.integers(2, 5))
        for i in range(steps):
            half[place < rows * 0.34 * (steps - i) / steps * 1.1] *= np.float32(0.78)
    elif design == 1:  # a spire
        cap = rows * 0.16
        half *= np.clip(place / cap, 0.05, 1) ** np.float32(0.8)
    elif design == 2:  # tapered with a curve
        half *= np.float32(0.55) + np.float32(0.45) * np.sqrt(np.clip(place / rows, 0, 1))
    elif design == 3:  # a slanted roof
        slant = wide * float(random.uniform(0.2, 0.6))
        cut = np.clip((slant - place) / slant, 0, 1) * wide * np.float32(0.96)
        left = np.float32(0) + cut if random.random() < 0.5 else np.zeros(rows, np.float32)
        right = np.full(rows, wide, np.float32) - (0 if left.any() else cut)
        return left.astype(np.float32), np.asarray(right, np.float32)
    elif design == 4:  # a house on the roof
        half[place < min(7, rows * 0.1)] *= np.float32(0.5)
    return (middle - half).astype(np.float32), (middle + half).astype(np.float32)
