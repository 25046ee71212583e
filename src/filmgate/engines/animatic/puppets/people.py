"""People: one body with many clothes. Grown people are 1 high."""

from __future__ import annotations

import math
from dataclasses import dataclass

from filmgate.engines.animatic.puppets.measures import measures
from filmgate.engines.animatic.puppets.parts import Body, Paint, Point, bent, darker, stride, turned

SKIN: Paint = (0.80, 0.58, 0.46)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """What somebody wears, and how they are built."""

    top: Paint
    legs: Paint
    shoes: Paint = (0.13, 0.12, 0.13)
    skin: Paint = SKIN
    hair: Paint = (0.16, 0.11, 0.08)
    long_hair: bool = False
    skirt: float = 0.0
    """Length below the hip, 0 for trousers."""
    coat: float = 0.0
    """The same for an open coat over the trousers."""
    sleeves: bool = True
    bare_legs: bool = False
    hat: Paint | None = None
    crown: Paint | None = None
    pack: Paint | None = None
    stout: float = 1.0
    """Width of everything but the head."""
    head: float = 1.0
    """Size of the head; children's are larger."""
    suit: bool = False
    """A space suit: a helmet with a visor and a pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How legs and arms go."""

    stride: float = 0.0
    lift: float = 0.0
    duty: float = 0.6
    lean: float = 0.0
    """Of the trunk forward, in radians."""
    arms: float = 0.0
    """Swing of the upper arms, in radians."""
    elbow: float = 0.15
    bounce: float = 0.0
    crouch: float = 0.0


MOTIONS = {
    "walk": Motion(
        stride=0.40, lift=0.055, duty=0.60, lean=0.05, arms=0.42, elbow=0.22, bounce=0.012
    ),
    "run": Motion(
        stride=0.46,
        lift=0.20,
        duty=0.36,
        lean=0.20,
        arms=0.85,
        elbow=1.45,
        bounce=0.035,
        crouch=0.02,
    ),
    "stand": Motion(arms=0.03, elbow=0.12, bounce=0.003),
}
HIP, SHOULDER = 0.525, 0.815
THIGH, SHIN, FOOT = 0.245, 0.245, 0.085
UPPER, FORE = 0.165, 0.150


def person(wears: Dress, action: str, phase: float) -> Body:
    """One instant of a figure that looks to the right; ``phase`` 0..1 is one whole cycle."""
    if action == "dance":
        return _dancing(wears, phase)
    if action == "sit":
        return _sitting(wears, phase)
    motion = MOTIONS.get(action, MOTIONS["stand"])
    body = Body()
    beat = 2 * math.pi * phase
    sink = motion.crouch + motion.bounce * (0.5 - 0.5 * math.cos(2 * beat))
    hip = (0.0, HIP - sink - (0.012 if motion.stride else 0.0))
    shoulder = turned(hip, SHOULDER - HIP, math.pi - motion.lean)
    swings = (math.sin(beat), -math.sin(beat))
    if not motion.stride:
        swings = (math.sin(beat) * 0.6 + 1, math.sin(beat) * 0.6 - 1)
    _arm(body, wears, shoulder, motion.arms * swings[1] * 1.0, motion.elbow, far=True)
    body.over()
    _leg(body, wears, hip, motion, phase + 0.5, far=True)
    body.over()
    _leg(body, wears, hip, motion, phase, far=False)
    body.over()
    _trunk(body, wears, hip, shoulder, sway=math.sin(beat), spread=motion.stride)
    body.over()
    _head(body, wears, shoulder, motion.lean * 0.4, sway=math.sin(2 * beat))
    body.over()
    _arm(body, wears, shoulder, motion.arms * swings[0], motion.elbow, far=False)
    return body


def _leg(body: Body, wears: Dress, hip: Point, motion: Motion, phase: float, *, far: bool) -> None:
    wide, shade = wears.stout, 0.68 if far else 1.0
    if motion.stride:
        x, y = stride(phase, motion.stride, motion.lift, motion.duty)
    else:
        x, y = (0.045 if far else -0.035), 0.0
    root = (hip[0] + (0.012 if far else -0.008), hip[1])
    ankle = (root[0] + x - 0.01, y + 0.045)
    knee, ankle = bent(root, ankle, THIGH, SHIN, forward=True)
    cloth = darker(wears.legs, shade)
    flesh = darker(wears.skin, shade)
    lower = flesh if wears.bare_legs or wears.skirt else cloth
    upper = flesh if wears.skirt else cloth
    body.limb(root, 0.064 * wide, knee, 0.044 * wide, paint=upper, blend=0.02)
    calf = (knee[0] * 0.7 + ankle[0] * 0.3 - 0.008, knee[1] * 0.7 + ankle[1] * 0.3)
    body.limb(knee, 0.043 * wide, calf, 0.041 * wide, paint=lower, blend=0.02)
    body.limb(calf, 0.041 * wide, ankle, 0.026 * wide, paint=lower, blend=0.02)
    tip_down = -0.9 * y if motion.stride else 0.0
    toe = (ankle[0] + FOOT, max(ankle[1] - 0.022 + tip_down, 0.018))
    heel = (ankle[0] - 0.012, ankle[1] - 0.016)
    body.limb(heel, 0.029 * wide, toe, 0.019 * wide, paint=darker(wears.shoes, shade), blend=0.012)


def _trunk(
    body: Body, wears: Dress, hip: Point, shoulder: Point, *, sway: float, spread: float
) -> None:
    wide = wears.stout
    if wears.pack is not None:
        back = (shoulder[0] - 0.095 * wide, shoulder[1] - 0.055)
        low = (hip[0] - 0.088 * wide, hip[1] + 0.085)
        body.limb(back, 0.048, low, 0.056, paint=wears.pack, blend=0.02)
        body.over()
    waist = (hip[0] * 0.62 + shoulder[0] * 0.38, hip[1] * 0.62 + shoulder[1] * 0.38)
    chest = (hip[0] * 0.2 + shoulder[0] * 0.8 + 0.008, hip[1] * 0.2 + shoulder[1] * 0.8)
    lower = wears.top if wears.skirt or wears.coat else wears.legs
    body.limb(hip, 0.070 * wide, waist, 0.062 * wide, paint=lower, blend=0.03)
    body.limb(waist, 0.064 * wide, chest, 0.078 * wide, paint=wears.top, blend=0.03)
    body.limb(
        chest,
        0.076 * wide,
        (shoulder[0], shoulder[1] - 0.012),
        0.052 * wide,
        paint=wears.top,
        blend=0.03,
    )
    length = wears.skirt or wears.coat
    if length:
        flare = 0.5 * spread + 0.02
        for share in (-1.0, -0.35, 0.35, 1.0):
            hem = (hip[0] + share * flare * length / 0.3 * 0.42 - 0.02 * sway, hip[1] - length)
            body.limb(hip, 0.066 * wide, hem, 0.052 * wide, paint=wears.top, blend=0.05)


def _head(body: Body, wears: Dress, shoulder: Point, lean: float, *, sway: float) -> None:
    size = wears.head
    neck = turned(shoulder, 0.058, math.pi - lean)
    body.limb(shoulder, 0.032, neck, 0.028, paint=wears.skin, blend=0.02)
    middle = (neck[0] + 0.012, neck[1] + 0.052 * size)
    if wears.suit:
        body.limb((middle[0], middle[1]), 0.105, paint=wears.top)
        body.over()
        visor = (middle[0] + 0.035, middle[1] + 0.005)
        chin = (middle[0] + 0.045, middle[1] - 0.008)
        body.limb(visor, 0.072, chin, 0.066, paint=(0.16, 0.20, 0.30))
        return
    if wears.long_hair:
        tip = (middle[0] - 0.075 - 0.012 * sway, shoulder[1] - 0.055)
        body.limb(
            (middle[0] - 0.028, middle[1] + 0.02),
            0.056 * size,
            tip,
            0.030,
            paint=wears.hair,
            blend=0.03,
        )
        body.over()
    face = (middle[0] + 0.006, middle[1] - 0.014 * size)
    jaw = (middle[0] + 0.022 * size, middle[1] - 0.036 * size)
    body.limb(middle, 0.058 * size, face, 0.054 * size, paint=wears.skin, blend=0.02)
    body.limb(face, 0.046 * size, jaw, 0.034 * size, paint=wears.skin, blend=0.03)
    nose = (middle[0] + 0.060 * size, middle[1] - 0.012 * size)
    body.limb(face, 0.030 * size, nose, 0.010 * size, paint=wears.skin, blend=0.02)
    body.over()
    crown = (middle[0] - 0.016 * size, middle[1] + 0.018 * size)
    fringe = (middle[0] + 0.034 * size, middle[1] + 0.040 * size)
    nape = (middle[0] - 0.040 * size, middle[1] - 0.022 * size)
    body.limb(crown, 0.056 * size, nape, 0.030 * size, paint=wears.hair, blend=0.02)
    body.limb(crown, 0.054 * size, fringe, 0.022 * size, paint=wears.hair, blend=0.03)
    if wears.crown is not None:
        body.over()
        for share in (-1.0, -0.35, 0.35, 1.0):
            root = (crown[0] + 0.004 + share * 0.042, crown[1] + 0.036)
            tip = (root[0] + share * 0.012, root[1] + 0.048)
            body.limb(root, 0.017, tip, 0.006, paint=wears.crown, blend=0.01)
    if wears.hat is not None:
        body.over()
        brim = (middle[0] + 0.085, middle[1] + 0.040)
        top = (crown[0], crown[1] + 0.030)
        body.limb(
            (middle[0] - 0.07, middle[1] + 0.036), 0.012, brim, 0.010, paint=wears.hat, blend=0.02
        )
        body.limb(top, 0.050, (top[0] + 0.02, top[1] - 0.016), 0.052, paint=wears.hat, blend=0.02)


def _arm(
    body: Body, wears: Dress, shoulder: Point, swing: float, elbow: float, *, far: bool
) -> None:
    wide, shade = wears.stout, 0.66 if far else 1.0
    root = (shoulder[0] + (0.010 if far else -0.012), shoulder[1] - 0.022)
    joint = turned(root, UPPER, swing)
    hand = turned(joint, FORE, swing + elbow)
    cloth = darker(wears.top, shade * (1.0 if far else 1.08))
    flesh = darker(wears.skin, shade)
    body.limb(root, 0.040 * wide, joint, 0.031 * wide, paint=cloth, blend=0.02)
    lower = cloth if wears.sleeves else flesh
    body.limb(joint, 0.030 * wide, hand, 0.022 * wide, paint=lower, blend=0.02)
    tip = turned(hand, 0.032, swing + elbow * 1.15)
    body.limb(hand, 0.021, tip, 0.017, paint=wears.top if wears.suit else flesh, blend=0.012)


def _dancing(wears: Dress, phase: float) -> Body:
    """Arms that rise and sink, a skirt that swings, weight from foot to foot."""
    body = Body()
    beat = 2 * math.pi * phase
    side = 0.05 * math.sin(beat)
    hip = (side, HIP - 0.02 - 0.015 * math.cos(2 * beat))
    shoulder = (side * 0.3 - 0.02 * math.sin(beat), SHOULDER - 0.02)
    _arm(body, wears, shoulder, 2.3 + 0.5 * math.sin(beat + 0.6), 0.7, far=True)
    body.over()
    for far in (True, False):
        lifted = max(0.0, math.sin(beat + (math.pi if far else 0))) * 0.10
        foot = ((0.09 if far else -0.08) + lifted * 0.6, lifted)
        ankle = (foot[0], foot[1] + 0.045)
        knee, ankle = bent(hip, ankle, THIGH, SHIN, forward=True)
        flesh = darker(wears.skin, 0.68 if far else 1.0)
        cloth = flesh if wears.skirt else darker(wears.legs, 0.68 if far else 1.0)
        body.chain([hip, knee, ankle], [0.062, 0.043, 0.026], paint=cloth, blend=0.02)
        toe = (ankle[0] + 0.06, max(ankle[1] - 0.04, 0.016))
        body.limb(ankle, 0.026, toe, 0.015, paint=wears.shoes, blend=0.012)
        body.over()
    _trunk(body, wears, hip, shoulder, sway=2.2 * math.sin(beat - 0.7), spread=0.55)
    body.over()
    _head(body, wears, shoulder, 0.12 * math.sin(beat), sway=2 * math.sin(beat - 0.9))
    body.over()
    _arm(body, wears, shoulder, -1.9 + 0.6 * math.sin(beat), -0.6, far=False)
    return body


def _sitting(wears: Dress, phase: float) -> Body:
    """Cross-legged on the ground, hands on the knees, breathing."""
    body = Body()
    breath = 0.012 * math.sin(2 * math.pi * phase)
    hip, shoulder = (0.0, 0.075), (0.0, 0.375 + breath)
    cloth = wears.legs
    for side in (-1, 1):
        knee = (side * 0.19, 0.055)
        body.limb(hip, 0.068, knee, 0.048, paint=darker(cloth, 0.85), blend=0.03)
        body.limb(knee, 0.046, (-side * 0.07, 0.040), 0.034, paint=cloth, blend=0.03)
    body.over()
    _trunk(body, wears, hip, shoulder, sway=0.0, spread=0.0)
    body.over()
    _head(body, wears, shoulder, 0.0, sway=0.0)
    body.over()
    for side in (-1, 1):
        root = (side * 0.075, shoulder[1] - 0.03)
        joint, hand = bent(root, (side * 0.17, 0.10), UPPER, FORE, forward=side > 0)
        body.limb(root, 0.037, joint, 0.030, paint=wears.top, blend=0.02)
        body.limb(
            joint, 0.029, hand, 0.022, paint=wears.top if wears.sleeves else wears.skin, blend=0.02
        )
        body.limb(hand, 0.024, paint=wears.skin, blend=0.01)
    return body


CLOTHES = measures("people", dict[str, Dress])
