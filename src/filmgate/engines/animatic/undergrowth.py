"""What grows at the foot of things: ferns, grass, flowers, reeds."""

from __future__ import annotations

import math

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats, Numbers
from filmgate.engines.animatic.foliage import Random, Shine

LEAFLETS = 15


def fern(
    random: Random, x: float, y: float, size: float, colours: tuple[Colour, ...], shine: Shine
) -> Floats:
    """A fern with its foot at (x, y) and fronds ``size`` pixels long, as rows to strew."""
    fronds = int(random.integers(6, 10))
    found: list[Floats] = []
    for number in range(fronds):
        side = ((number + 0.5) / fronds * 2 - 1) * 1.15 + float(random.normal(0, 0.16))
        long = size * (0.5 + 0.65 * float(random.random())) * (1 - 0.1 * abs(side))
        part = np.linspace(0.06, 1, LEAFLETS)
        # A frond rises, leans out and hangs over at its tip.
        turn = -math.pi / 2 + side * (0.40 + (0.9 + 0.5 * float(random.random())) * part**1.3)
        steps = np.stack([np.cos(turn), np.sin(turn)], 1) * long / LEAFLETS
        spine = np.array([x, y]) + np.cumsum(steps, 0)
        leaf = long * 0.17 * np.sin(np.pi * np.clip(part * 0.92 + 0.1, 0, 1)) ** 0.8 + 0.6
        lit = np.clip(0.25 + 0.55 * part - 0.25 * abs(side), 0, 1) * (
            0.7 + 0.5 * float(random.random())
        )
        colour = np.array(colours[int(random.integers(len(colours)))], np.float32)
        for way in (-1.0, 1.0):
            rows = np.empty((LEAFLETS, 12), np.float32)
            aim = turn + way * 1.05
            rows[:, 0] = spine[:, 0] + np.cos(aim) * leaf * 0.5
            rows[:, 1] = spine[:, 1] + np.sin(aim) * leaf * 0.5
            rows[:, 2], rows[:, 3] = leaf * 0.55, np.maximum(leaf * 0.13, 0.6)
            rows[:, 4], rows[:, 5] = np.cos(aim), np.sin(aim)
            # The half that looks up has the light.
            up = 1.15 if way * side < 0 else 0.78
            rows[:, 6:9] = shine.on(np.repeat(colour[None], LEAFLETS, 0), lit * up)
            rows[:, 9], rows[:, 10], rows[:, 11] = 1.0, 0.8, 0.15 + 0.85 * part
            found.append(rows)
    return np.concatenate(found)


def grass(
    random: Random, spots: Numbers, tall: Numbers, colours: tuple[Colour, ...], shine: Shine, *,
    each: int = 9, spread: float = 0.5, lean: float = 0.0,
) -> Floats:  # fmt: skip
    """Tufts: for every spot (x, y) some bent blades ``tall`` pixels long, as rows to strew."""
    feet = np.asarray(np.repeat(spots, each, 0), np.float64)
    total = len(feet)
    high = np.repeat(np.asarray(tall, np.float64), each)
    long = high * (0.55 + 0.55 * random.random(total))
    x = feet[:, 0] + random.standard_normal(total) * high * 0.16
    y = feet[:, 1] + random.random(total) * 2
    turn = -math.pi / 2 + random.standard_normal(total) * spread * 0.5 + lean
    bend = random.standard_normal(total) * spread * 0.55 + lean
    palette = np.array(colours, np.float32)
    tone = palette[random.integers(0, len(palette), total)]
    sun = np.clip(0.3 + 0.5 * random.random(total), 0, 1)
    halves: list[Floats] = []
    for number, (share, light) in enumerate(((0.58, 0.55), (0.52, 1.15))):
        rows = np.empty((total, 12), np.float32)
        reach = long * share
        rows[:, 0], rows[:, 1] = x + np.cos(turn) * reach / 2, y + np.sin(turn) * reach / 2
        rows[:, 2] = reach * 0.58
        rows[:, 3] = np.clip(long * 0.028, 0.55, 5) * (1 - 0.25 * number)
        rows[:, 4], rows[:, 5] = np.cos(turn), np.sin(turn)
        rows[:, 6:9] = shine.on(tone, sun * light)
        rows[:, 9], rows[:, 10], rows[:, 11] = 1.0, 0.55 + 0.35 * number, 0.25 + 0.6 * number
        halves.append(rows)
        x, y = x + np.cos(turn) * reach * 0.94, y + np.sin(turn) * reach * 0.94
        turn = turn + bend
    order = np.argsort(y, kind="stable")
    return np.concatenate([half[order] for half in halves])


def flowers(
    random: Random,
    spots: Numbers,
    tall: Numbers,
    petals: tuple[Colour, ...],
    stem: Colour,
    shine: Shine,
) -> Floats:
    """Flowers on bent stems: five to eight petals around an eye, as rows to strew."""
    found: list[Floats] = []
    for (x, y), high in zip(spots, tall, strict=True):
        lean = float(random.normal(0, 0.16))
        top_x, top_y = x + lean * high, y - high
        head = high * (0.11 + 0.07 * float(random.random()))
        tint = np.array(petals[int(random.integers(len(petals)))], np.float32)[None]
        green = np.array(stem, np.float32)[None]
        rows: list[list[float]] = []

        def put(
            px: float, py: float, long: float, slim: float, turn: float, colour: Floats, sun: float,
            soft: float, point: float, rows: list[list[float]] = rows,
        ) -> None:  # fmt: skip
            lit = shine.on(colour, sun)[0]
            rows.append(
                [
                    px,
                    py,
                    long,
                    slim,
                    math.cos(turn),
                    math.sin(turn),
                    *map(float, lit),
                    1.0,
                    point,
                    soft,
                ]
            )

        slope = math.atan2(top_y - y, top_x - x)
        put(
            (x + top_x) / 2,
            (y + top_y) / 2,
            high * 0.52,
            max(high * 0.014, 0.6),
            slope,
            green,
            0.4,
            0.6,
            0.2,
        )
        for side in (-1, 1):
            beside = x + side * high * 0.1 + lean * high * 0.3
            put(beside, y - high * 0.32, high * 0.16, high * 0.035,
                -0.9 * side if side > 0 else math.pi + 0.9, green, 0.55, 0.5, 0.9)  # fmt: skip
        count = int(random.integers(5, 9))
        tilt = 0.55 + 0.4 * float(random.random())  # a disc seen from the side
        for number in range(count):
            around = number / count * 2 * math.pi + lean * 5
            cos, sin = math.cos(around), math.sin(around) * tilt
            put(top_x + cos * head * 0.55, top_y + sin * head * 0.55, head * 0.6, head * 0.26,
                math.atan2(sin, cos), tint, 0.55 - 0.35 * sin, 1.0, 0.35)  # fmt: skip
        eye = np.array([[232, 186, 60]], np.float32) if tint.sum() > 420 else tint * 0.35
        put(top_x, top_y, head * 0.26, head * 0.26 * tilt, 0.0, eye, 0.7, 1.0, 0.0)
        found.append(np.array(rows, np.float32))
    return np.concatenate(found) if found else np.empty((0, 12), np.float32)


def reeds(
    random: Random, spots: Numbers, tall: Numbers, colours: tuple[Colour, ...], shine: Shine
) -> Floats:
    """Cattails: a straight stalk with its brown head, and long leaves beside it."""
    leaves = grass(
        random, spots, np.asarray(tall, np.float64) * 0.9, colours, shine, each=3, spread=0.22
    )
    count = len(spots)
    lean = random.normal(0, 0.06, count)
    rows = np.empty((2 * count, 12), np.float32)
    green = np.array(colours, np.float32)[random.integers(0, len(colours), count)]
    brown = np.repeat(np.array([[104, 66, 38]], np.float32), count, 0)
    parts = ((0.5, 0.5, 0.011, green, 0.5, 0.2), (0.93, 0.075, 0.024, brown, 0.6, 0.15))
    for number, (at, half, slim, colour, sun, point) in enumerate(parts):
        part = rows[number * count : (number + 1) * count]
        part[:, 0] = spots[:, 0] + np.sin(lean) * tall * at
        part[:, 1] = spots[:, 1] - np.cos(lean) * tall * at
        part[:, 2] = tall * half
        part[:, 3] = np.maximum(tall * slim, 0.7)
        part[:, 4], part[:, 5] = np.sin(lean), -np.cos(lean)
        part[:, 6:9] = shine.on(colour, sun)
        part[:, 9], part[:, 10], part[:, 11] = 1.0, point, 0.4 + 0.5 * number
    return np.concatenate([leaves, rows])
