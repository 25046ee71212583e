"""Furniture: each piece as the shapes that it is built of, in metres."""

from __future__ import annotations

import math

import numpy as np

from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.interior import Row, ball, box, cone
from filmgate.engines.animatic.kernels.matter import BOOKS, CLOTH, LEAF, WOOD

OAK: Colour = (168, 118, 74)
WALNUT: Colour = (104, 68, 44)
BLACK: Colour = (30, 30, 33)
STEEL: Colour = (150, 152, 156)
Random = np.random.Generator


def sofa(x: float, z: float, colour: Colour, *, wide: float = 2.3, seats: int = 3) -> list[Row]:
    """Seen from the front, its back away from us."""
    half = wide / 2
    inner = half - 0.2
    shapes = [
        box((x, 0.24, z), (half - 0.02, 0.14, 0.44), colour, material=CLOTH, soft=0.05),
        box((x, 0.55, z + 0.36), (half - 0.06, 0.34, 0.13), colour, material=CLOTH, soft=0.09),
        box((x - half + 0.1, 0.40, z), (0.12, 0.24, 0.46), colour, material=CLOTH, soft=0.09),
        box((x + half - 0.1, 0.40, z), (0.12, 0.24, 0.46), colour, material=CLOTH, soft=0.09),
    ]
    for i in range(seats):
        at = x - inner + (i + 0.5) * 2 * inner / seats
        part = inner / seats - 0.006
        shapes.append(
            box(
                (at, 0.44, z - 0.06),
                (part, 0.09, 0.40),
                colour,
                material=CLOTH,
                soft=0.07,
                seed=i + 2,
            )
        )
        shapes.append(
            box(
                (at, 0.68, z + 0.22),
                (part, 0.22, 0.12),
                colour,
                material=CLOTH,
                soft=0.10,
                casts=False,
                seed=i + 5,
            )
        )
    feet = (x - half + 0.16, x + half - 0.16)
    return shapes + [
        box((at, 0.06, z - 0.34), (0.03, 0.06, 0.03), WALNUT, casts=False) for at in feet
    ]


def pillow(x: float, h: float, z: float, colour: Colour, seed: int) -> Row:
    return box(
        (x, h, z), (0.23, 0.20, 0.09), colour, material=CLOTH, soft=0.085, seed=seed, casts=False
    )


def table(
    x: float,
    z: float,
    half: tuple[float, float],
    tall: float,
    colour: Colour,
    *,
    gloss: float = 0.12,
) -> list[Row]:
    wide, long = half
    shapes = [
        box(
            (x, tall - 0.02, z), (wide, 0.022, long), colour, material=WOOD, soft=0.012, gloss=gloss
        )
    ]
    for i, j in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        foot = (x + i * (wide - 0.07), tall / 2 - 0.02, z + j * (long - 0.07))
        shapes.append(box(foot, (0.025, tall / 2 - 0.02, 0.025), colour, material=WOOD, seed=3))
    return shapes


def armchair(x: float, z: float, colour: Colour, *, side: int) -> list[Row]:
    """Turned half to the middle: ``side`` is where it stands."""
    return [
        box((x, 0.26, z), (0.40, 0.14, 0.40), colour, material=CLOTH, soft=0.08),
        box((x, 0.45, z - 0.02), (0.32, 0.09, 0.36), colour, material=CLOTH, soft=0.08, seed=4),
        box((x + side * 0.3, 0.58, z + 0.04), (0.12, 0.4, 0.4), colour, material=CLOTH, soft=0.1),
        box((x, 0.45, z + 0.36), (0.4, 0.2, 0.1), colour, material=CLOTH, soft=0.09, casts=False),
        box((x, 0.45, z - 0.36), (0.4, 0.16, 0.09), colour, material=CLOTH, soft=0.08, casts=False),
        cone((x, 0.0, z), 0.14, 0.05, WALNUT, casts=False),
    ]  # fmt: skip


def floor_lamp(x: float, z: float, glow: float) -> list[Row]:
    warm = (255.0 * glow, 196.0 * glow, 120.0 * glow)
    return [
        cone((x, 0.0, z), 0.03, 0.16, BLACK),
        cone((x, 0.0, z), 1.45, 0.014, BLACK),
        cone((x, 1.38, z), 0.34, 0.24, (255, 232, 200), top=0.66, glow=warm, casts=False),
    ]


def pendant(x: float, h: float, z: float, tall: float, colour: Colour, glow: float) -> list[Row]:
    """A lamp that hangs from the ceiling at ``tall``."""
    warm = (255.0 * glow, 204.0 * glow, 140.0 * glow)
    return [
        cone((x, h + 0.2, z), tall - h - 0.2, 0.008, BLACK, casts=False),
        cone((x, h, z), 0.2, 0.24, colour, top=0.35, gloss=0.1, casts=False),
        ball((x, h + 0.01, z), (0.11, 0.05, 0.11), (255, 240, 214), glow=warm, casts=False),
    ]


def plant(
    random: Random, x: float, z: float, tall: float, *, pot: Colour = (196, 188, 178)
) -> list[Row]:
    """A pot of many leaves; the crown casts its shadow as one."""
    base = min(0.36, tall * 0.28)
    shapes = [
        cone((x, 0.0, z), base, 0.19, pot, top=1.25, gloss=0.05),
        cone((x, base - 0.05, z), tall * 0.5, 0.018, (92, 70, 48), casts=False),
    ]
    for i in range(54):
        turn, up = i * 2.399, math.sqrt((i + 0.5) / 54)
        away = (0.08 + 0.34 * up * float(random.uniform(0.6, 1.0))) * tall * 0.62
        h = base + tall * (0.26 + 0.52 * float(random.uniform(0.0, 1.0)))
        lean = 0.4 + 0.6 * float(random.random())
        leaf = (0.075 * lean * tall, 0.032 * tall * (1.6 - lean), 0.075 * lean * tall)
        green = float(random.uniform(0.7, 1.15))
        colour = (62 * green, 104 * green, 52 * green)
        shapes.append(
            ball((x + away * math.cos(turn), h, z + away * 0.8 * math.sin(turn)), leaf, colour,
                 material=LEAF, gloss=0.03, seed=i, casts=i % 9 == 0)
        )  # fmt: skip
    return shapes


def bookcase(
    random: Random,
    x: float,
    z: float,
    half: float,
    tall: float,
    colour: Colour,
    *,
    deep: float = 0.17,
) -> list[Row]:
    """Against the back wall; ``z`` is its front."""
    shapes = [
        box((x, tall / 2, z + deep + 0.02), (half, tall / 2, 0.02), colour, material=WOOD, seed=5),
        box(
            (x - half, tall / 2, z + deep / 2),
            (0.02, tall / 2, deep / 2 + 0.02),
            colour,
            material=WOOD,
        ),
        box(
            (x + half, tall / 2, z + deep / 2),
            (0.02, tall / 2, deep / 2 + 0.02),
            colour,
            material=WOOD,
        ),
    ]
    count = max(int(tall / 0.36), 2)
    step = (tall - 0.06) / count
    for i in range(count + 1):
        h = 0.04 + i * step
        shapes.append(
            box(
                (x, h, z + deep / 2),
                (half, 0.018, deep / 2 + 0.02),
                colour,
                material=WOOD,
                casts=False,
            )
        )
        if i == count:
            break
        end = -half + 0.04
        while end < half - 0.12:
            wide = min(float(random.uniform(0.3, 0.8)), half - 0.04 - end)
            if random.random() < 0.8:
                shapes.append(
                    box((x + end + wide / 2, h + 0.02 + step * 0.42, z + 0.09),
                        (wide / 2, step * 0.40, 0.08), (190, 170, 140), material=BOOKS,
                        seed=int(random.integers(1, 999)), casts=False)
                )  # fmt: skip
            elif random.random() < 0.6:
                shapes.append(cone((x + end + wide / 2, h + 0.018, z + 0.07), step * 0.5, 0.05,
                                   (176, 96, 70), top=0.7, casts=False))  # fmt: skip
            end += wide + 0.02
    return shapes


def chair(x: float, z: float, colour: Colour, *, facing: int) -> list[Row]:
    """An office chair; its back is away from us where it faces us (-1)."""
    back = z + 0.22 * -facing
    return [
        box((x, 0.47, z), (0.23, 0.04, 0.23), colour, material=CLOTH, soft=0.035),
        box((x, 0.80, back), (0.22, 0.27, 0.035), colour, material=CLOTH, soft=0.034),
        cone((x, 0.08, z), 0.38, 0.025, STEEL, gloss=0.2, casts=False),
        box((x, 0.06, z), (0.26, 0.02, 0.03), STEEL, gloss=0.2, casts=False),
        box((x, 0.06, z), (0.03, 0.02, 0.26), STEEL, gloss=0.2, casts=False),
    ]
