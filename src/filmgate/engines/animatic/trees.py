"""Trees grown limb by limb: tall ones of a forest, round ones that stand alone, firs, bushes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats, Numbers
from filmgate.engines.animatic.foliage import Canvas, Random, Shine

Rows = list[list[float]]
Tips = list[tuple[float, float, float]]
"""Where leaves hang: x, y and how far they spread, in rest pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What grows here in this season."""

    bark: Colour = (86, 70, 56)
    leaves: tuple[Colour, ...] = ((58, 92, 34), (78, 116, 40), (104, 140, 52))
    leaf_m: float = 0.16
    """Half a leaf's length; a spray of leaves is painted as one."""
    dense: float = 1.0
    """0: bare."""
    snow: float = 0.0
    flat: bool = False
    """A crown like an umbrella."""
    through: float = 0.5
    """How much of the sun behind them shines through the leaves."""


@dataclass(slots=True)
class Grown:
    """Limbs, the farthest first, and the tips that leaves hang on."""

    limbs: Rows = field(default_factory=list)
    tips: Tips = field(default_factory=list)

    def limb(
        self, x: float, y: float, r: float, x1: float, y1: float, r1: float, kind: Kind,
        seed: float, *, soft: float = 0.0, furrow: float = 0.0,
    ) -> None:  # fmt: skip
        long = furrow or max(r * 1.4, 4.0)
        self.limbs.append([x, y, r, x1, y1, r1, *kind.bark, 0.5, seed, kind.snow, soft, long])


def forest_tree(
    random: Random, x: float, foot: float, unit: float, top: float, kind: Kind, *, wide: float = 1.0
) -> Grown:
    """A tall tree among others: a clean bole, branches from four metres up. ``unit`` is pixels a
    metre, ``top`` the row that it may leave the canvas by."""
    grown = Grown()
    radius = (0.15 + 0.14 * float(random.random())) * unit * wide
    lean = float(random.normal(0, 0.025))
    seed = float(random.random() * 60)
    points: list[tuple[float, float, float]] = []
    here, tall = x, 26 * unit
    points.append((here, foot - radius * 1.0, radius * 1.22))
    points.append((here, foot - radius * 2.6, radius * 1.04))
    y = foot - radius * 2.6
    while y > max(top, foot - tall) - 2 * unit:
        y -= 1.5 * unit
        lean += float(random.normal(0, 0.012))
        here += lean * 1.5 * unit
        points.append((here, y, radius * max(0.25, 1 - (foot - y) / tall * 0.85)))
    _chain(grown, points, kind, seed)
    for side in (-1.0, 0.35, -0.4, 1.0):  # roots that grip the ground
        long = radius * (1.3 + 0.8 * float(random.random()))
        grown.limb(
            x + side * radius * 0.5, foot - radius * 1.5, radius * 0.55, x + side * long,
            foot + radius * (0.45 - 0.3 * abs(side)), radius * 0.14, kind, seed + side,
        )  # fmt: skip
    climb = 3.5 + 2 * float(random.random())
    side = 1.0 if random.random() < 0.5 else -1.0
    while climb * unit < foot - top + unit:
        at = np.interp(climb, [(foot - p[1]) / unit for p in points], [p[0] for p in points])
        reach = (1.4 + 2.6 * float(random.random())) * min(1.0, 0.35 + climb / 14)
        if climb < 6 and random.random() < 0.4:  # a dead stub
            reach *= 0.25
        _branch(
            random, grown, float(at), foot - climb * unit, side, reach, unit, radius * 0.34, kind
        )
        climb += 0.5 + 0.9 * float(random.random())
        side = -side if random.random() < 0.75 else side
    return grown


def _chain(
    grown: Grown,
    points: list[tuple[float, float, float]],
    kind: Kind,
    seed: float,
    soft: float = 0.0,
) -> None:
    long = max(points[0][2] * 1.4, 4.0)
    for (x, y, r), (x1, y1, r1) in pairwise(points):
        grown.limb(x, y, r, x1, y1, r1, kind, seed, soft=soft, furrow=long)


def _branch(
    random: Random, grown: Grown, x: float, y: float, side: float, reach_m: float, unit: float,
    radius: float, kind: Kind,
) -> None:  # fmt: skip
    """A bough that rises, bends down under its weight and carries twigs."""
    long = reach_m * unit
    slope = 0.2 + 0.8 * float(random.random())
    radius = min(max(radius * math.sqrt(reach_m / 3), 0.5), 0.09 * unit)
    seed = float(random.random() * 60)
    points = [(x, y, radius)]
    for part in (0.35, 0.7, 1.0):
        up = slope * part - 0.45 * part * part
        bend = float(random.normal(0, 0.06))
        points.append((x + side * long * part, y - long * (up + bend), radius * (1.1 - part)))
    _chain(grown, points, kind, seed, soft=0.12)
    if reach_m < 0.8:
        return
    for bx, by, _ in points[1:]:
        for _twig in range(2):
            turn = float(random.normal(-0.5, 0.8))
            far = long * (0.16 + 0.16 * float(random.random()))
            tx, ty = bx + side * far * math.cos(turn), by + far * math.sin(turn)
            grown.limb(bx, by, radius * 0.3, tx, ty, radius * 0.1, kind, seed, soft=0.3)
            grown.tips.append((tx, ty, 0.42 * unit))


def round_tree(random: Random, x: float, foot: float, tall: float, kind: Kind) -> Grown:
    """A broad tree that stands alone, ``tall`` pixels high: forks again and again into a crown,
    round or flat like an umbrella."""
    grown = Grown()
    radius = tall * 0.024
    fork = foot - tall * (0.20 + 0.08 * float(random.random()))
    lean = float(random.normal(0, 0.02)) * tall
    _chain(
        grown,
        [
            (x, foot + radius * 0.3, radius * 1.8),
            (x + lean * 0.3, foot - radius * 1.5, radius * 1.15),
            (x + lean, fork, radius),
        ],
        kind,
        float(random.random() * 60),
    )
    _fork(random, grown, x + lean, fork, -math.pi / 2, tall * 0.18, radius * 0.85, 0, tall, kind)
    return grown


def _fork(
    random: Random, grown: Grown, x: float, y: float, turn: float, long: float, radius: float,
    level: int, tall: float, kind: Kind,
) -> None:  # fmt: skip
    """Two or three limbs where one ended."""
    count = 3 if level < 2 else 2
    for number in range(count):
        spread = (number - (count - 1) / 2) * (0.95 if level == 0 else 0.75)
        away = turn + spread * (1.0 if kind.flat else 1.15) + float(random.normal(0, 0.16))
        reach = long * (0.75 + 0.5 * float(random.random()))
        x1, y1 = x + reach * math.cos(away), y + reach * math.sin(away)
        grown.limb(
            x, y, radius, x1, y1, radius * 0.66, kind, float(level * 7 + number), soft=0.1 * level
        )
        if level >= (3 if kind.flat else 2):
            grown.tips.append((x1, y1, tall * (0.046 if kind.flat else 0.054)))
            grown.tips.append(((x + x1) / 2, (y + y1) / 2, tall * 0.042))
        if level < 4:
            onward = away * 0.86 - math.pi / 2 * 0.14 if kind.flat else away
            _fork(
                random, grown, x1, y1, onward, long * 0.76,
                radius * 0.6, level + 1, tall, kind,
            )  # fmt: skip


def leaves(
    random: Random, tips: Tips, kind: Kind, shine: Shine, *, leaf_px: float, each: int,
    sun_x: float, span: float,
) -> Floats:  # fmt: skip
    """Rows of leaves around the tips. ``sun_x`` is the sun's place across and ``span`` how far its
    light reaches through the leaves, in rest pixels."""
    count = int(each * kind.dense)
    if not tips or count == 0:
        return np.empty((0, 12), np.float32)
    spots = np.repeat(np.array(tips, np.float32), count, axis=0)
    total = len(spots)
    off = random.standard_normal((total, 2)).astype(np.float32)
    off[:, 1] *= 0.72
    rows = np.empty((total, 12), np.float32)
    rows[:, 0:2] = spots[:, :2] + off * spots[:, 2:3]
    size = leaf_px * (0.7 + 0.6 * random.random(total))
    rows[:, 2], rows[:, 3] = size, size * 0.48
    turn = random.random(total) * math.pi
    rows[:, 4], rows[:, 5] = np.cos(turn), np.sin(turn)
    side, up, _ = shine.towards
    facing = 0.42 + 0.34 * (off[:, 0] * side - off[:, 1] * up) + 0.2 * off[:, 1] * (up < 0.1)
    facing = np.clip(facing + 0.16 * random.standard_normal(total), 0, 1.2)
    near_sun = 1 / (1 + ((rows[:, 0] - sun_x) / span) ** 2)
    facing += kind.through * near_sun * random.random(total)
    palette = np.array(kind.leaves, np.float32)
    # Neighbours share a tone, single leaves stray from it.
    tone = np.repeat(random.integers(0, len(palette), len(tips)), count)
    stray = random.random(total) < 0.35
    tone[stray] = random.integers(0, len(palette), int(stray.sum()))
    colours = palette[tone]
    if kind.snow:
        white = (kind.snow * np.clip(0.4 - off[:, 1], 0, 1))[:, None].astype(np.float32)
        colours = colours + (np.array([236, 240, 248], np.float32) - colours) * white
    rows[:, 6:9] = shine.on(colours, facing)
    rows[:, 9], rows[:, 10], rows[:, 11] = 1.0, 0.6, 1.0
    return rows[np.argsort(facing, kind="stable")]


def fir(
    random: Random, x: float, foot: float, tall: float, kind: Kind, shine: Shine, canvas: Canvas
) -> None:
    """A fir, tier by tier from the ground up, every bough with its needles and its snow."""
    slim = 0.20 + 0.05 * float(random.random())
    trunk = Grown()
    trunk.limb(x, foot, tall * 0.022, x, foot - tall, 0.4, kind, 3.0)
    canvas.grow(trunk.limbs, shine)
    tiers = int(15 + min(tall / 26, 16))
    found: list[Floats] = []
    for tier in range(tiers):
        part = (tier + 0.4 * float(random.random())) / tiers
        y = foot - tall * (0.07 + 0.93 * part)
        reach = (
            tall * slim * (1 - part) ** 0.85 * (0.8 + 0.4 * float(random.random())) + tall * 0.012
        )
        found.append(_tier(random, x, y, reach, tall / tiers, kind, shine))
    canvas.strew(np.concatenate(found))


def _tier(
    random: Random, x: float, y: float, reach: float, deep: float, kind: Kind, shine: Shine
) -> Floats:
    """Drooping boughs all round the stem: those behind first and dark, those in front bright."""
    boughs = 9
    around = np.sort(random.random(boughs)) * math.pi  # the back half is hidden by the front
    cos = np.cos(around) * (0.92 + 0.16 * random.random(boughs))
    each = int(min(max(reach / 2.2, 5), 34))
    part = np.repeat(np.linspace(0.06, 1, each)[None], boughs, 0)
    px = x + reach * cos[:, None] * part
    droop = deep * (0.25 + 0.95 * part**1.6) + deep * 0.65 * np.sin(around)[:, None] * part
    py = y + droop + random.standard_normal(part.shape) * deep * 0.10
    size = (0.17 + 0.11 * random.random(part.shape)) * reach * (1.12 - 0.6 * part)
    rows = np.empty((boughs * each, 12), np.float32)
    rows[:, 0], rows[:, 1] = px.ravel(), py.ravel()
    rows[:, 2] = np.clip(size.ravel(), 1.0, None)
    rows[:, 3] = np.clip(rows[:, 2] * 0.30, 0.6, None)
    turn = np.where(cos[:, None] > 0, 0.55, math.pi - 0.55) + random.normal(0, 0.35, part.shape)
    rows[:, 4], rows[:, 5] = np.cos(turn).ravel(), np.sin(turn).ravel()
    side = shine.towards[0]
    facing = np.clip(0.30 + 0.55 * cos[:, None] * side * part + 0.22 * part, 0, 1)
    facing = (facing * (0.6 + 0.6 * random.random(part.shape))).ravel()
    palette = np.array(kind.leaves, np.float32)
    colours = palette[random.integers(0, len(palette), boughs * each)]
    if kind.snow:
        load = kind.snow * (random.random(boughs * each) < 0.25 + 0.5 * part.ravel())
        white = np.array([232, 238, 248], np.float32)
        colours = colours + (white - colours) * load[:, None].astype(np.float32)
        rows[:, 1] -= deep * 0.10 * load.astype(np.float32)
    rows[:, 6:9] = shine.on(colours, facing)
    rows[:, 9], rows[:, 10], rows[:, 11] = 0.96, 0.7, 0.35 * part.ravel()
    return rows[np.argsort(py.ravel(), kind="stable")]


def treeline(
    random: Random, canvas: Canvas, spots: Numbers, tall: Numbers, kind: Kind, shine: Shine, *,
    sun_x: float,
) -> None:  # fmt: skip
    """Round trees side by side, seen from so far that a crown is a few hundred leaves. ``spots``
    (n, 2) are their feet, the farthest first, ``tall`` their heights in pixels."""
    limbs_of: Rows = []
    tips: Tips = []
    for (x, foot), high in zip(spots, tall, strict=True):
        size = float(high)
        crown = foot - size * 0.58
        limbs_of.append(
            [x, foot, size * 0.024, x, crown, size * 0.014, *kind.bark, 0.3, x, kind.snow, 0.0, 8.0]
        )
        for _ in range(16):
            turn, far = float(random.random()) * 2 * math.pi, math.sqrt(float(random.random()))
            tx = float(x) + math.cos(turn) * far * size * 0.30
            ty = float(crown) + math.sin(turn) * far * size * 0.36
            limbs_of.append(
                [x, crown + size * 0.2, size * 0.009, tx, ty, 0.3, *kind.bark, 0.0, x, kind.snow,
                 0.0, 8.0]
            )  # fmt: skip
            tips.append((tx, ty, size * 0.085))
    canvas.grow(limbs_of, shine)
    leaf = max(float(np.mean(tall)) * 0.020, 0.9)
    soft = replace(kind, through=0.25)
    rows = leaves(random, tips, soft, shine, leaf_px=leaf, each=40, sun_x=sun_x, span=300.0)
    canvas.strew(rows)
