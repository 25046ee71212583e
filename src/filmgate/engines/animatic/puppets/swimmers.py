"""What swims, seen from the side. A body is 1 long."""

from __future__ import annotations

import math
from dataclasses import dataclass

from filmgate.engines.animatic.puppets.measures import measures
from filmgate.engines.animatic.puppets.parts import Body, Paint, Point, darker


@dataclass(frozen=True, slots=True, kw_only=True)
class Hull:
    back: Paint
    belly: Paint
    fin: Paint
    deep: float = 0.14
    """Greatest radius of the body."""
    front: float = 0.36
    """Where along the body it is deepest, from the nose."""
    snout: float = 0.04
    wave: float = 0.05
    """How far the tail beats up and down; fish beat sideways and keep level."""
    dorsal: float = 0.12
    flukes: bool = False
    """A level tail, as whales have; it narrows as it turns."""
    tail: float = 0.16
    pattern: str = "belly"
    second: Paint | None = None
    scale: float = 0.1
    patch: Paint | None = None
    """A spot behind the eye."""


JOINTS = 15


def swimmer(shape: Hull, phase: float) -> Body:
    """One instant of a swim to the right."""
    beat = 2 * math.pi * phase
    body = Body()
    spine: list[Point] = []
    radii: list[float] = []
    for number in range(JOINTS):
        share = number / (JOINTS - 1)
        swing = shape.wave * share**1.8 * math.sin(beat - 2.6 * share)
        spine.append((0.5 - share, swing))
        radii.append(_girth(shape, share))
    tail = spine[-1]
    _tail(body, shape, spine[-2], tail, beat)
    body.over()
    back = spine[JOINTS // 2]
    root = (back[0] + 0.10, back[1] + radii[JOINTS // 2] * 0.7)
    body.limb(
        root,
        0.05,
        (back[0] - 0.05, back[1] + radii[JOINTS // 2] + shape.dorsal),
        0.008,
        paint=shape.fin,
        blend=0.03,
    )
    body.over()
    second = shape.second or shape.belly
    # The chain runs from the nose back, so that its right-hand side is the belly's other side.
    body.chain(
        spine[::-1],
        radii[::-1],
        paint=shape.back,
        blend=0.10,
        pattern=shape.pattern,
        second=second,
        scale=shape.scale,
    )
    body.over()
    chest = spine[JOINTS // 4]
    stroke = 0.05 * math.sin(beat + 0.8)
    fin = (chest[0] - 0.02, chest[1] - radii[JOINTS // 4] * 0.5)
    body.limb(
        fin,
        0.035,
        (fin[0] - 0.13, fin[1] - 0.10 + stroke),
        0.010,
        paint=darker(shape.fin, 0.85),
        blend=0.02,
    )
    body.over()
    eye = (spine[2][0] - 0.005, spine[2][1] + radii[2] * 0.25)
    if shape.patch is not None:
        body.limb(
            (eye[0] - 0.05, eye[1] + 0.035),
            0.026,
            (eye[0] - 0.085, eye[1] + 0.04),
            0.018,
            paint=shape.patch,
        )
        body.over()
    body.limb(eye, 0.013, paint=(0.05, 0.05, 0.06))
    return body


def _girth(shape: Hull, share: float) -> float:
    if share < shape.front:
        part = share / shape.front
        return shape.snout + (shape.deep - shape.snout) * math.pow(
            math.sin(part * math.pi / 2), 0.8
        )
    part = (share - shape.front) / (1 - shape.front)
    return 0.018 + (shape.deep - 0.018) * math.pow(math.cos(part * math.pi / 2), 1.25)


def _tail(body: Body, shape: Hull, before: Point, end: Point, beat: float) -> None:
    slant = math.atan2(end[1] - before[1], end[0] - before[0])
    if shape.flukes:
        rise = 0.35 * math.sin(beat - 3.1)
        for spread in (-0.10, 0.12):
            tip = (end[0] - shape.tail * 0.85, end[1] + shape.tail * (spread + rise))
            body.limb(end, 0.022, tip, 0.012, paint=shape.fin, blend=0.03)
        return
    # Beating sideways, the fin is now broad, now thin to our eye.
    width = shape.tail * (0.62 + 0.38 * abs(math.cos(beat)))
    for side in (-1, 1):
        tip = (end[0] - width * 0.9, end[1] + side * shape.tail * 0.72)
        body.limb(end, 0.026, tip, 0.010, paint=shape.fin, blend=0.05)
    body.limb(
        end,
        0.024,
        (end[0] - width * 0.45 * math.cos(slant), end[1]),
        0.012,
        paint=shape.fin,
        blend=0.05,
    )


HULLS = measures("swimmers", dict[str, Hull])
