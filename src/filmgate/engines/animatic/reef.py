"""What grows on a reef: branching and round corals, kelp, anemones; and bubbles that rise."""

from __future__ import annotations

import math

import numpy as np

from filmgate.engines.animatic.adrift import Motes, Swarm
from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.foliage import Canvas, Random, Shine
from filmgate.engines.animatic.scene import Layer
from filmgate.engines.animatic.stage import Lens
from filmgate.engines.animatic.undergrowth import grass

Rows = list[list[float]]


def coral(
    canvas: Canvas, random: Random, x: float, foot: float, size: float, tint: Colour, shine: Shine
) -> None:
    """A coral that forks, flat like a fan, with pale tips."""
    rows: Rows = []

    def fork(x0: float, y0: float, turn: float, long: float, r: float, level: int) -> None:
        x1, y1 = x0 + long * math.cos(turn), y0 + long * math.sin(turn)
        tone = [min(v * (0.72 + 0.12 * level), 255) for v in tint]
        rows.append(
            [x0, y0, r, x1, y1, r * 0.78, *tone, 0.25, x0 % 29, 0.0, 0.05 * level, size * 0.1]
        )
        if level < 4:
            for side in (-1, 1):
                fork(x1, y1, turn + side * float(random.uniform(0.22, 0.6)),
                     long * float(random.uniform(0.66, 0.86)), r * 0.76, level + 1)  # fmt: skip

    for number in range(3):
        fork(x, foot, -math.pi / 2 + (number - 1) * 0.5, size * 0.30, size * 0.055, 0)
    canvas.grow(rows, shine)


def dome(
    canvas: Canvas, random: Random, x: float, foot: float, size: float, tint: Colour, shine: Shine
) -> None:
    """A rounded rock or brain coral, lumpy, half in the sand."""
    rows: Rows = []
    for _ in range(7):
        r = size * float(random.uniform(0.28, 0.62))
        at = x + float(random.normal(0, 0.42)) * size
        tone = [v * float(random.uniform(0.78, 1.1)) for v in tint]
        rows.append(
            [at, foot - r * 0.25, r, at + r * 0.3, foot - r * 0.35, r * 0.85, *tone, 0.3, at % 37,
             0.0, 0.0, size * 0.35]
        )  # fmt: skip
    canvas.grow(sorted(rows, key=lambda row: -row[2]), shine)


def kelp(
    canvas: Canvas, random: Random, x: float, foot: float, tall: float, tones: tuple[Colour, ...],
    shine: Shine,
) -> None:  # fmt: skip
    """A strip of weed that winds upwards, with blades on both sides; softest at its top."""
    steps = 26
    part = np.linspace(0, 1, steps)
    phase, swing = float(random.random()) * 6.28, tall * 0.05
    px = x + swing * np.sin(part * 5 + phase) * (0.3 + part)
    py = foot - tall * part
    tone = np.array(tones[int(random.integers(len(tones)))], np.float32)
    rows = np.empty((3 * steps, 12), np.float32)
    for number, way in enumerate((0.0, -1.0, 1.0)):
        block = rows[number * steps : (number + 1) * steps]
        turn = -math.pi / 2 + 0.5 * np.cos(part * 5 + phase) * swing / tall * 5 + way * 0.9
        long = tall / steps * 0.8 if way == 0 else tall * 0.075 * (1.15 - part)
        block[:, 0] = px + np.cos(turn) * (0.6 * long if way else 0)
        block[:, 1] = py + np.sin(turn) * (0.6 * long if way else 0)
        block[:, 2] = long
        block[:, 3] = tall * (0.010 if way == 0 else 0.016)
        block[:, 4], block[:, 5] = np.cos(turn), np.sin(turn)
        sun = 0.25 + 0.75 * part + (0.15 * way)
        block[:, 6:9] = shine.on(np.repeat(tone[None], steps, 0), sun)
        block[:, 9], block[:, 10], block[:, 11] = 1.0, 0.75 if way else 0.1, part
    canvas.strew(rows)


def tuft(
    canvas: Canvas, random: Random, x: float, foot: float, size: float, tint: Colour, shine: Shine
) -> None:
    """An anemone: many thin arms that sway."""
    pale = (min(tint[0] * 1.25, 255.0), min(tint[1] * 1.25, 255.0), min(tint[2] * 1.25, 255.0))
    spots = np.array([[x, foot]])
    canvas.strew(
        grass(random, spots, np.array([size * 0.8]), (tint, pale), shine, each=46, spread=1.0)
    )


def bubbles_of(lens: Lens, seed: int) -> list[Layer]:
    """Bubbles that rise in strings."""
    rising = Swarm(
        count=42, depth_m=(5, 14), size_m=0.032, colours=((214, 246, 255),), fall=-0.16, sway=0.012,
        strength=0.5, blink=0.35, low=-0.6, high=0.45,
    )  # fmt: skip
    return [Layer(6.0, Motes(lens, rising, seed + 2).draw)]
