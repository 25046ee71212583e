"""What flies with wings, seen from the side. A body is about 1 long."""

from __future__ import annotations

import math
from dataclasses import dataclass

from filmgate.engines.animatic.puppets.measures import measures
from filmgate.engines.animatic.puppets.parts import Body, Paint, Point, darker

FEATHERS = 17
HAND = 0.40
"""Where along the wing its hand begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plumage:
    back: Paint
    belly: Paint
    wing: Paint
    tip: Paint
    head: Paint
    beak: Paint = (0.85, 0.62, 0.20)
    span: float = 0.95
    """Length of one wing."""
    broad: float = 0.24
    """Depth of a wing from front to back."""
    stout: float = 0.13
    neck: float = 0.16
    head_size: float = 0.085
    beak_long: float = 0.12
    tail: float = 0.30
    tail_wide: float = 0.07
    stretch: float = 0.55
    """How far the wings go up and down, 0..1."""
    skin: bool = False
    """Wings of skin between fingers instead of feathers."""
    horned: bool = False


def bird(wears: Plumage, action: str, phase: float) -> Body:
    """One instant of a flight to the right; ``glide`` holds the wings out."""
    beat = 2 * math.pi * phase
    body = Body()
    flap = 0.12 if action == "glide" else wears.stretch
    bob = -0.05 * math.sin(beat) * flap
    shoulder = (0.06, 0.07 + bob)
    lift = 0.22 + flap * 1.5 * math.sin(beat)
    hand = 0.10 + flap * 1.5 * math.sin(beat - 0.9)
    _wing(body, wears, (shoulder[0] + 0.05, shoulder[1]), lift * 0.86, hand * 0.86, shade=0.62)
    body.over()
    _trunk(body, wears, bob, beat)
    body.over()
    _wing(body, wears, shoulder, lift, hand, shade=1.0)
    return body


def _trunk(body: Body, wears: Plumage, bob: float, beat: float) -> None:
    tail_tip = (-0.30 - wears.tail, -0.03 + bob + 0.02 * math.sin(beat))
    body.limb(
        (-0.26, bob),
        wears.stout * 0.5,
        tail_tip,
        wears.tail_wide,
        paint=darker(wears.wing, 0.9),
        blend=0.03,
    )
    body.over()
    chest = (0.20, 0.0 + bob)
    head = (0.28 + wears.neck, 0.07 + bob + wears.neck * 0.25)
    for start, first, end, last, paint in (
        ((-0.30, 0.01 + bob), wears.stout * 0.42, (0.0, bob), wears.stout, wears.back),
        ((0.0, bob), wears.stout, chest, wears.stout * 0.86, wears.back),
        (chest, wears.stout * 0.72, head, wears.head_size * 0.86, wears.back),
    ):
        body.limb(
            start, first, end, last, paint=paint, blend=0.08,
            pattern="belly", second=wears.belly, scale=wears.stout * 0.9,
        )  # fmt: skip
    body.limb(head, wears.head_size, paint=wears.head, blend=0.04)
    body.over()
    beak = (head[0] + wears.head_size * 0.7, head[1] - 0.012)
    tip = (beak[0] + wears.beak_long, beak[1] - 0.03)
    body.limb(beak, 0.034, tip, 0.008, paint=wears.beak)
    if wears.horned:
        for back in (0.0, 0.05):
            root = (head[0] - 0.03 - back, head[1] + wears.head_size * 0.7)
            body.limb(root, 0.022, (root[0] - 0.14, root[1] + 0.10), 0.004, paint=wears.tip)
    body.limb((head[0] + 0.030, head[1] + 0.022), wears.head_size * 0.17, paint=(0.05, 0.04, 0.04))


def _wing(
    body: Body, wears: Plumage, shoulder: Point, lift: float, hand: float, *, shade: float
) -> None:
    """Arm, hand and what hangs from them: seen from the side a wing is as high as it is raised."""
    arm, out = wears.span * 0.42, wears.span * 0.58
    wrist = (shoulder[0] + 0.02, shoulder[1] + arm * math.sin(lift))
    tip = (wrist[0] - 0.22 - 0.14 * abs(math.sin(hand)), wrist[1] + out * math.sin(hand))
    wing, far = darker(wears.wing, shade), darker(wears.tip, shade)
    body.limb(shoulder, 0.052, wrist, 0.040, paint=wing, blend=0.04)
    body.limb(
        wrist, 0.040, tip, 0.012, paint=wing, blend=0.04, pattern="tip", second=far, scale=0.4
    )
    for number in range(FEATHERS):
        share = number / (FEATHERS - 1)
        if share < HAND:
            at = _between(shoulder, wrist, share / HAND)
        else:
            at = _between(wrist, tip, (share - HAND) / (1 - HAND))
        outer = max(0.0, (share - HAND) / (1 - HAND))
        long = wears.broad * (1.0 - 0.35 * outer)
        # Towards the tip they spread outward, along the hand.
        rise = math.sin(hand) * (0.15 + 0.75 * outer)
        end = (at[0] - long * (1 - 0.25 * outer), at[1] + long * rise - 0.02)
        feather = wing if share < 0.72 else far
        if wears.skin:
            feather = darker(far, 0.85 + 0.15 * (number % 3 == 0))
        body.limb(at, 0.036, end, 0.020 if wears.skin else 0.030, paint=feather, blend=0.03)


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


PLUMAGES = measures("birds", dict[str, Plumage])
