"""People who walk away from us: the same clothes, seen from behind."""

from __future__ import annotations

import math

from filmgate.engines.animatic.puppets.parts import Body, Point, darker
from filmgate.engines.animatic.puppets.people import FORE, HIP, SHIN, SHOULDER, THIGH, UPPER, Dress


def walker(wears: Dress, phase: float, *, running: bool) -> Body:
    """One instant of two steps; a leg that comes forward is lifted, and looks shorter for it."""
    body = Body()
    beat = 2 * math.pi * phase
    sway = 0.012 * math.sin(beat)
    bob = (0.03 if running else 0.012) * abs(math.sin(beat))
    hip = (sway, HIP + bob - 0.01)
    shoulder = (sway * 0.5, SHOULDER + bob - 0.005)
    forward = math.sin(beat)
    sides = ((-1, forward), (1, -forward))
    # What swings to the far side is drawn before the trunk.
    for side, swing in sides:
        if swing > 0:
            _arm(body, wears, shoulder, side, swing, running=running)
            body.over()
    for side, swing in sorted(sides, key=lambda pair: -pair[1]):
        _leg(body, wears, hip, side, math.cos(beat) * side, swing, running=running)
        body.over()
    _trunk(body, wears, hip, shoulder)
    body.over()
    _head(body, wears, shoulder, sway)
    body.over()
    for side, swing in sides:
        if swing <= 0:
            _arm(body, wears, shoulder, side, swing, running=running)
            body.over()
    return body


def _leg(
    body: Body, wears: Dress, hip: Point, side: int, rising: float, swing: float, *, running: bool
) -> None:
    wide, lift = wears.stout, max(0.0, rising) * (0.16 if running else 0.055)
    shade = 0.80 + 0.20 * max(0.0, swing)
    root = (hip[0] + side * 0.042 * wide, hip[1])
    ankle = (hip[0] * 0.3 + side * 0.040, 0.05 + lift)
    whole = THIGH + SHIN
    knee = (
        (root[0] + ankle[0]) / 2 + side * 0.012 * (1 - (root[1] - ankle[1]) / whole),
        ankle[1] + (root[1] - ankle[1]) * 0.49,
    )
    flesh, cloth = darker(wears.skin, shade), darker(wears.legs, shade)
    upper = flesh if wears.skirt else cloth
    lower = flesh if wears.skirt or wears.bare_legs else cloth
    body.limb(root, 0.060 * wide, knee, 0.043 * wide, paint=upper, blend=0.02)
    body.limb(knee, 0.042 * wide, ankle, 0.027 * wide, paint=lower, blend=0.02)
    toe = (ankle[0] + side * 0.012, max(ankle[1] - 0.030, 0.022))
    body.limb(toe, 0.034 * wide, ankle, 0.024 * wide, paint=darker(wears.shoes, shade), blend=0.01)


def _trunk(body: Body, wears: Dress, hip: Point, shoulder: Point) -> None:
    wide = wears.stout
    lower = wears.top if wears.skirt or wears.coat else wears.legs
    waist = ((hip[0] + shoulder[0]) / 2, hip[1] + 0.10)
    for side in (-1, 1):
        pelvis = (hip[0] + side * 0.030 * wide, hip[1] + 0.01)
        chest = (shoulder[0] + side * 0.050 * wide, shoulder[1] - 0.055)
        body.limb(pelvis, 0.058 * wide, waist, 0.062 * wide, paint=lower, blend=0.04)
        body.limb(waist, 0.066 * wide, chest, 0.056 * wide, paint=wears.top, blend=0.05)
    length = wears.skirt or wears.coat
    if length:
        for share in (-1.0, 0.0, 1.0):
            hem = (hip[0] + share * (0.055 + 0.12 * length), hip[1] - length)
            body.limb(hip, 0.070 * wide, hem, 0.050 * wide, paint=wears.top, blend=0.05)
    if wears.pack is not None:
        body.over()
        low, high = (hip[0], hip[1] + 0.10), (shoulder[0], shoulder[1] - 0.05)
        body.limb(low, 0.078, high, 0.070, paint=wears.pack, blend=0.02)


def _head(body: Body, wears: Dress, shoulder: Point, sway: float) -> None:
    size = wears.head
    neck = (shoulder[0], shoulder[1] + 0.055)
    body.limb(shoulder, 0.034, neck, 0.028, paint=wears.skin, blend=0.02)
    middle = (neck[0], neck[1] + 0.052 * size)
    if wears.suit:
        body.limb(middle, 0.105, paint=wears.top)
        return
    if wears.long_hair:
        tip = (middle[0] - sway, shoulder[1] - 0.07)
        body.limb(middle, 0.066 * size, tip, 0.045, paint=wears.hair, blend=0.03)
        body.over()
    nape = (middle[0], middle[1] - 0.026 * size)
    body.limb(middle, 0.057 * size, nape, 0.044 * size, paint=wears.hair, blend=0.02)


def _arm(
    body: Body, wears: Dress, shoulder: Point, side: int, swing: float, *, running: bool
) -> None:
    """The arm goes with the other leg; swung to or from us it looks shorter."""
    wide = wears.stout
    root = (shoulder[0] + side * 0.098 * wide, shoulder[1] - 0.035)
    drop = UPPER * (1 - 0.10 * abs(swing))
    elbow = (root[0] + side * 0.030, root[1] - drop)
    fore = FORE * ((0.35 if running else 0.92) - 0.12 * swing)
    hand = (
        elbow[0] - side * (0.03 if running else 0.005),
        elbow[1] - fore * (-1 if running else 1),
    )
    cloth = darker(wears.top, 0.92)
    body.limb(root, 0.038 * wide, elbow, 0.031 * wide, paint=cloth, blend=0.02)
    lower = cloth if wears.sleeves else wears.skin
    body.limb(elbow, 0.030 * wide, hand, 0.023 * wide, paint=lower, blend=0.02)
    tip = (hand[0], hand[1] - (0.03 if not running else -0.03))
    body.limb(hand, 0.021, tip, 0.017, paint=wears.top if wears.suit else wears.skin, blend=0.01)
