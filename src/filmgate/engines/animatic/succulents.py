"""Dry country: saguaros with their ribs, barrel cacti, stones in the sand."""

from __future__ import annotations

import math

import numpy as np

from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.foliage import Canvas, Random, Shine

CACTUS: Colour = (106, 130, 82)
STONE: Colour = (150, 112, 84)


def saguaro(
    canvas: Canvas, random: Random, x: float, foot: float, tall: float, shine: Shine, snow: float
) -> None:
    """A column with arms that bend upwards, ribbed, and pale spines along every rib."""
    radius = tall * 0.062
    parts: list[tuple[float, float, float, float, float]] = [
        (x, foot, x + float(random.normal(0, 0.01)) * tall, foot - tall * 0.97, radius)
    ]
    side = 1.0 if random.random() < 0.5 else -1.0
    for number in range(int(random.integers(2, 5))):
        up = foot - tall * (0.34 + 0.11 * number + 0.06 * float(random.random()))
        reach = tall * (0.13 + 0.06 * float(random.random()))
        rise = tall * (0.18 + 0.2 * float(random.random()))
        slim = radius * (0.62 + 0.15 * float(random.random()))
        elbow = x + side * reach
        before = (x, up)
        for step in range(1, 6):  # the elbow's bend
            turn = step / 5 * math.pi / 2
            at = (x + side * reach * math.sin(turn), up - reach * 0.5 * (1 - math.cos(turn)))
            parts.append((*before, *at, slim))
            before = at
        parts.append((*before, elbow, before[1] - rise, slim))
        side = -side
    for x0, y0, x1, y1, r in parts:
        canvas.grow(
            [[x0, y0, r, x1, y1, r * 0.93, *CACTUS, 0.12, x % 31, snow, 0.0, tall * 0.2]], shine
        )
        _ribs(canvas, x0, y0, x1, y1, r, shine)


def _ribs(
    canvas: Canvas, x0: float, y0: float, x1: float, y1: float, r: float, shine: Shine
) -> None:
    """Dark grooves and lit ridges along a limb."""
    long = math.hypot(x1 - x0, y1 - y0) + 1e-3
    nx, ny = -(y1 - y0) / long, (x1 - x0) / long
    rows: list[list[float]] = []
    for number in range(7):
        off = math.sin((number - 3) / 3.5 * 1.35) * r * 0.96
        dark = 0.55 if number % 2 else 1.22
        tint = [v * dark for v in CACTUS]
        rows.append(
            [x0 + nx * off, y0 + ny * off, r * 0.07, x1 + nx * off * 0.93, y1 + ny * off * 0.93,
             r * 0.06, *tint, 0.0, 1.0, 0.0, 0.0, 9.0]
        )  # fmt: skip
    canvas.grow(rows, shine)


def stones(
    canvas: Canvas, random: Random, x: float, foot: float, size: float, shine: Shine, snow: float
) -> None:
    """A few stones that lie together, half in the sand."""
    rows: list[list[float]] = []
    for _ in range(int(random.integers(3, 7))):
        r = size * (0.2 + 0.55 * float(random.random()) ** 2)
        at = x + float(random.normal(0, 0.9)) * size
        wide = r * (0.2 + 0.6 * float(random.random()))
        tint = np.array(STONE) * (0.8 + 0.35 * float(random.random()))
        seed = float(random.random() * 50)
        y = foot - r * 0.35
        rows.append(
            [
                at - wide,
                y,
                r,
                at + wide,
                y + r * 0.12,
                r * 0.72,
                *tint,
                0.34,
                seed,
                snow,
                0.0,
                r * 2,
            ]
        )
    canvas.grow(sorted(rows, key=lambda row: row[1] + row[2]), shine)
