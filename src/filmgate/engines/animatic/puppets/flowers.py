"""Flowers on their stems, from bud to bloom, swaying. A flower is about 1 high."""

from __future__ import annotations

import math
from dataclasses import dataclass

from filmgate.engines.animatic.puppets.measures import measures
from filmgate.engines.animatic.puppets.parts import Body, Paint, Point, darker

GREEN: Paint = (0.22, 0.42, 0.16)
BUD: Paint = (0.30, 0.48, 0.20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blossom:
    petal: Paint
    heart: Paint
    petals: int = 9
    long: float = 0.17
    """Length of a petal."""
    wide: float = 0.05
    heart_wide: float = 0.06
    rings: int = 1
    """Rows of petals, each inside the last."""
    cup: float = 0.0
    """How far the petals stand up, as a tulip's do: 0 flat towards us, 1 upright."""
    stem: float = 0.62
    leaf: float = 0.24
    floating: bool = False
    """On the water: no stem to be seen."""
    spike: bool = False
    """Many small blossoms up the stem."""


def flower(shape: Blossom, open_to: float, phase: float) -> Body:
    """``open_to`` 0 is a bud, 1 in full bloom; ``phase`` sways it."""
    body = Body()
    sway = 0.035 * math.sin(2 * math.pi * phase)
    grown = 0.55 + 0.45 * min(1.0, open_to * 1.6)
    top: Point = (sway, shape.stem * grown)
    if shape.floating:
        top = (0.0, 0.05 + 0.01 * math.sin(2 * math.pi * phase))
    else:
        bend = (sway * 0.35 + 0.012, shape.stem * grown * 0.55)
        _leaves(body, shape, bend, sway, grown)
        body.over()
        body.chain([(0.0, 0.0), bend, top], [0.016, 0.014, 0.013], paint=GREEN, blend=0.02)
        body.over()
    if shape.spike:
        _spike(body, shape, top, open_to)
        return body
    if open_to < 0.98:
        calyx = (top[0], top[1] + 0.05)
        body.limb(top, 0.035, calyx, 0.040 * (1 - 0.4 * open_to), paint=BUD, blend=0.02)
        body.over()
    for ring in range(shape.rings):
        _ring(body, shape, top, open_to, ring)
        body.over()
    if open_to > 0.35 and shape.cup < 0.8:
        size = shape.heart_wide * min(1.0, (open_to - 0.2) * 1.3)
        rise = shape.cup * shape.long * 0.3
        heart = (top[0], top[1] + rise)
        dark = darker(shape.heart)
        body.limb(heart, size, paint=shape.heart, pattern="spots", second=dark, scale=0.02)
    return body


def _ring(body: Body, shape: Blossom, top: Point, open_to: float, ring: int) -> None:
    """Petals around the heart, those behind first. A bud points up; a cup never opens flat."""
    share = 1 - 0.28 * ring
    spread = open_to * (1 - shape.cup)
    count = max(3, shape.petals - ring)
    paint = darker(shape.petal, 1 - 0.10 * (ring % 2))
    angles = [2 * math.pi * (number + 0.5 * ring) / count for number in range(count)]
    for angle in sorted(angles, key=lambda a: -math.sin(a)):
        flat = (math.cos(angle), math.sin(angle) * 0.86)
        shut = (math.cos(angle) * (0.22 + 0.35 * open_to * shape.cup), 1.0 - 0.12 * math.sin(angle))
        way = [shut[i] + (flat[i] - shut[i]) * spread for i in (0, 1)]
        long = shape.long * share * (0.45 + 0.55 * open_to)
        tip = (top[0] + way[0] * long, top[1] + way[1] * long)
        light = 0.86 + 0.14 * (0.5 + 0.5 * math.sin(angle))
        body.over()
        body.limb(
            top, shape.wide * 0.45, tip, shape.wide * share, paint=darker(paint, light), blend=0.01
        )


def _leaves(body: Body, shape: Blossom, at: Point, sway: float, grown: float) -> None:
    for side in (-1, 1):
        root = (at[0] * 0.5, at[1] * (0.42 if side < 0 else 0.62))
        middle = (root[0] + side * shape.leaf * 0.5, root[1] + shape.leaf * 0.42 * grown)
        tip = (root[0] + side * shape.leaf + sway, root[1] + shape.leaf * 0.50 * grown)
        paint = darker(GREEN, 0.86 if side < 0 else 1.06)
        body.chain([root, middle, tip], [0.012, 0.042, 0.008], paint=paint, blend=0.02)
        body.over()


def _spike(body: Body, shape: Blossom, top: Point, open_to: float) -> None:
    for number in range(16):
        share = number / 15
        angle = number * 2.4
        reach = (0.09 - 0.05 * share) * open_to
        at = (top[0] + math.cos(angle) * reach, top[1] + share * 0.30)
        body.limb(
            at, 0.030 * (1 - 0.4 * share), paint=darker(shape.petal, 0.82 + 0.18 * (number % 3) / 2)
        )
        body.over()


BLOSSOMS = measures("flowers", dict[str, Blossom])
