"""Animals on four legs: one skeleton, and a row of measures a kind. The withers are 1 high."""

from __future__ import annotations

import math
from dataclasses import dataclass

from filmgate.engines.animatic.puppets.measures import measures
from filmgate.engines.animatic.puppets.parts import (
    Body,
    Paint,
    Point,
    bent,
    darker,
    stride,
    turned,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Measures in heights of the withers; angles in radians, 0 straight ahead, + up."""

    coat: Paint
    belly: Paint
    legs: Paint
    muzzle: Paint
    long: float = 1.05
    """From shoulder to hip."""
    chest: float = 0.21
    waist: float = 0.17
    rump: float = 0.19
    leg: float = 0.055
    """Radius of the lower legs; the upper ones are twice as thick."""
    hoof: Paint = (0.14, 0.12, 0.11)
    paw: float = 0.05
    neck: float = 0.45
    neck_up: float = 0.75
    neck_wide: float = 0.11
    head: float = 0.13
    snout: float = 0.24
    snout_wide: float = 0.065
    head_down: float = 0.45
    ear: float = 0.11
    ear_wide: float = 0.035
    ear_round: bool = False
    ear_hangs: bool = False
    tail: float = 0.5
    tail_wide: float = 0.03
    tail_up: float = -0.9
    """How the tail leaves the rump: 0 straight back, + up."""
    tail_end: float = 0.03
    tail_paint: Paint | None = None
    mane: Paint | None = None
    ruff: bool = False
    """The mane stands all around the head."""
    horns: str = ""
    """"ram", "bull", "antlers", "unicorn"."""
    hump: int = 0
    trunk: bool = False
    wool: bool = False
    pattern: str = ""
    second: Paint = (0.1, 0.1, 0.1)
    scale: float = 0.1
    stride: float = 0.62
    lift: float = 0.10
    rump_up: float = 0.0
    """How much higher the rump is than the withers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When each foot falls (near and far hind, near and far fore), and what the body does."""

    falls: tuple[float, float, float, float]
    duty: float
    reach: float
    lift: float
    bounce: float
    rock: float


PACES = {
    "walk": Pace(
        falls=(0.0, 0.5, 0.25, 0.75), duty=0.64, reach=1.0, lift=1.0, bounce=0.012, rock=0.01
    ),
    "run": Pace(
        falls=(0.0, 0.10, 0.52, 0.64), duty=0.34, reach=1.5, lift=2.4, bounce=0.06, rock=0.085
    ),
    "stand": Pace(falls=(0, 0, 0, 0), duty=1.0, reach=0.0, lift=0.0, bounce=0.006, rock=0.0),
    "graze": Pace(falls=(0, 0, 0, 0), duty=1.0, reach=0.0, lift=0.0, bounce=0.004, rock=0.0),
}


def quadruped(build: Build, action: str, phase: float) -> Body:
    """One instant of an animal that looks to the right."""
    pace = PACES.get(action, PACES["stand"])
    beat = 2 * math.pi * phase
    body = Body()
    heave = pace.bounce * math.sin((2 if action == "walk" else 1) * beat + 0.6)
    rock = pace.rock * math.sin(beat + 0.9)
    top = 1 - build.chest
    shoulder = (build.long / 2, top + heave + rock)
    hip = (-build.long / 2, top + build.rump_up + (build.chest - build.rump) + heave - rock)
    legs = {
        (near, fore): _bones(build, pace, phase, shoulder if fore else hip, near=near, fore=fore)
        for near in (False, True)
        for fore in (False, True)
    }
    for fore in (False, True):
        _upper_leg(body, build, legs[False, fore], near=False, fore=fore)
        _lower_leg(body, build, legs[False, fore], near=False)
        body.over()
    _tail(body, build, hip, beat, pace)
    body.over()
    head_at = _neck_ends(build, shoulder, beat, action)
    if build.horns:
        _horns(body, build, head_at, far=True)
        body.over()
    for fore in (False, True):
        _lower_leg(body, build, legs[True, fore], near=True)
        body.over()
    _trunk_of_body(body, build, hip, shoulder, head_at)
    # The near upper legs melt into the flank.
    for fore in (False, True):
        _upper_leg(body, build, legs[True, fore], near=True, fore=fore)
    _mane(body, build, shoulder, head_at, beat)
    _head(body, build, head_at, beat, action)
    return body


@dataclass(frozen=True, slots=True)
class _Bones:
    root: Point
    stifle: Point
    """Where the upper leg bends; the same as the knee in front."""
    knee: Point
    ankle: Point
    lifted: float


def _bones(
    build: Build, pace: Pace, phase: float, joint: Point, *, near: bool, fore: bool
) -> _Bones:
    which = (2 if fore else 0) + (0 if near else 1)
    length = build.stride * pace.reach
    x, y = (0.0, 0.0)
    if length:
        x, y = stride(phase - pace.falls[which], length, build.lift * pace.lift, pace.duty)
    root = (joint[0] - (0.03 if fore else -0.02), joint[1] - 0.02)
    rest = 0.0 if length else (0.05 if near else -0.05)
    ground = (root[0] + x + rest + (0.01 if fore else -0.04), y + build.leg * 1.1)
    reach = root[1]
    if fore:
        knee, ankle = bent(root, ground, 0.50 * reach + 0.03, 0.54 * reach, forward=False)
        return _Bones(root, knee, knee, ankle, y)
    # The hock points back, the knee above it forward: three bones on two joints.
    stifle = (root[0] + 0.10 * reach + x * 0.18, root[1] - 0.34 * reach)
    knee, ankle = bent(stifle, ground, 0.36 * reach, 0.36 * reach, forward=False)
    return _Bones(root, stifle, knee, ankle, y)


def _upper_leg(body: Body, build: Build, bones: _Bones, *, near: bool, fore: bool) -> None:
    shade = 1.0 if near else 0.66
    thick = build.leg
    coat, second = darker(build.coat, shade), darker(build.second, shade)
    flank = build.chest * 0.62 if fore else build.rump * 0.80
    bend = thick * (1.25 if fore else 2.1)
    at = [bones.root, bones.stifle] if fore else [bones.root, bones.stifle, bones.knee]
    radii = [flank, bend] if fore else [flank, bend, thick * 1.2]
    body.chain(
        at, radii, paint=coat, blend=0.09, pattern=build.pattern, second=second, scale=build.scale
    )


def _lower_leg(body: Body, build: Build, bones: _Bones, *, near: bool) -> None:
    shade = 1.0 if near else 0.66
    thick, ankle = build.leg, bones.ankle
    legs = darker(build.legs, shade)
    body.limb(bones.knee, thick * 1.2, ankle, thick * 0.82, paint=legs, blend=0.04)
    toe = (ankle[0] + build.paw, max(ankle[1] - thick * 0.35 - 0.5 * bones.lifted, thick * 0.5))
    body.limb(ankle, thick * 0.9, toe, thick * 0.72, paint=darker(build.hoof, shade), blend=0.02)


def _trunk_of_body(body: Body, build: Build, hip: Point, shoulder: Point, head: Point) -> None:
    middle = ((hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2 - 0.01)
    marked = bool(build.pattern)
    pattern = build.pattern or "belly"
    second = build.second if marked else build.belly
    scale = build.scale if marked else build.chest * 1.3
    neck = (shoulder[0] + 0.03, shoulder[1] + 0.05)
    for points, radii, blend in (
        ([hip, middle, shoulder], [build.rump, build.waist, build.chest], 0.10),
        ([neck, head], [build.neck_wide * 1.45, build.neck_wide * 0.85], 0.14),
    ):
        body.chain(
            points,
            radii,
            paint=build.coat,
            blend=blend,
            pattern=pattern,
            second=second,
            scale=scale,
        )
    for number in range(build.hump):
        x = (0.10 - 0.36 * number + (0.18 if build.hump == 2 else -0.04)) * build.long
        body.limb((x, 1 - 0.02), 0.16, (x, 1.20), 0.07, paint=build.coat, blend=0.14)
    if build.wool:
        for number in range(9):
            x = -build.long / 2 + number / 8 * build.long
            y = middle[1] + build.waist * (0.62 + 0.18 * math.sin(number * 2.1))
            body.limb((x, y), build.waist * 0.52, paint=build.coat, blend=0.05)


def _neck_ends(build: Build, shoulder: Point, beat: float, action: str) -> Point:
    up = build.neck_up + 0.05 * math.sin(beat + 1.2)
    if action == "graze":
        up = -0.85 + 0.04 * math.sin(beat)
    elif action == "run":
        up = up * 0.62 + 0.07 * math.sin(beat)
    root = (shoulder[0] + 0.06, shoulder[1] + 0.06)
    return root[0] + build.neck * math.cos(up), root[1] + build.neck * math.sin(up)


def _head(body: Body, build: Build, at: Point, beat: float, action: str) -> None:
    down = build.head_down + (0.35 if action == "graze" else 0.0) - (0.15 if action == "run" else 0)
    size = build.head
    body.over()
    if build.horns:
        _horns(body, build, at, far=False)
        body.over()
    ear_root = (at[0] - size * 0.30, at[1] + size * 0.72)
    _ear(body, build, (ear_root[0] + size * 0.42, ear_root[1]), beat, shade=0.7)
    body.over()
    tip = (at[0] + build.snout * math.cos(-down), at[1] + build.snout * math.sin(-down))
    body.limb(at, size, paint=build.coat, blend=0.05)
    if build.trunk:
        _trunk(body, build, (at[0] + size * 0.7, at[1] - size * 0.3), beat)
    else:
        body.limb(
            at, size * 0.78, tip, build.snout_wide, paint=build.coat, blend=0.07,
            pattern="tip", second=build.muzzle, scale=0.34,
        )  # fmt: skip
        body.over()
        nose = (tip[0] + build.snout_wide * 0.62, tip[1] + build.snout_wide * 0.42)
        body.limb(nose, build.snout_wide * 0.36, paint=(0.10, 0.08, 0.08))
    body.over()
    _ear(body, build, ear_root, beat, shade=1.0)
    body.over()
    eye = (at[0] + size * 0.50, at[1] + size * 0.24)
    body.limb(eye, size * 0.13, paint=(0.05, 0.04, 0.04))


def _ear(body: Body, build: Build, root: Point, beat: float, *, shade: float) -> None:
    if not build.ear:
        return
    twitch = 0.06 * math.sin(beat * 2)
    if build.ear_round:
        body.limb(root, build.ear * 0.62, paint=darker(build.coat, 0.82 * shade), blend=0.02)
        return
    angle = math.pi - 0.25 + twitch if not build.ear_hangs else -0.35 + twitch
    tip = turned(root, build.ear, angle)
    inner = darker(build.coat, 0.78 * shade)
    body.limb(
        root,
        build.ear_wide,
        tip,
        build.ear_wide * (0.35 if not build.ear_hangs else 1.1),
        paint=inner,
    )


def _mane(body: Body, build: Build, shoulder: Point, head: Point, beat: float) -> None:
    if build.mane is None:
        return
    body.over()
    wave = 0.02 * math.sin(beat)
    if build.ruff:
        size = build.head
        for number in range(9):
            angle = 0.5 + number * 0.62
            x = head[0] - size * 0.35 + math.cos(angle) * size * 1.05
            y = head[1] - size * 0.25 + math.sin(angle) * size * 1.15
            body.limb((head[0] - size * 0.2, head[1]), size, (x, y), size * 0.55 + wave * 0.3,
                      paint=build.mane, blend=0.04)  # fmt: skip
        return
    crest = (shoulder[0] - 0.04, shoulder[1] + build.chest * 0.95)
    poll = (head[0] - build.head * 0.45, head[1] + build.head * 0.85)
    for number in range(6):
        share = number / 5
        root = (crest[0] + (poll[0] - crest[0]) * share, crest[1] + (poll[1] - crest[1]) * share)
        hang = (root[0] - 0.06 - wave, root[1] - 0.11 + wave)
        body.limb(root, 0.040, hang, 0.020, paint=build.mane, blend=0.04)


def _tail(body: Body, build: Build, hip: Point, beat: float, pace: Pace) -> None:
    if not build.tail:
        return
    root = (hip[0] - build.rump * 0.86, hip[1] + build.rump * 0.36)
    sway = 0.18 * math.sin(beat) + (0.5 if pace.rock > 0.05 else 0.0)
    paint = build.tail_paint or build.coat
    points, angle = [root], math.pi - build.tail_up - sway * 0.6
    for number in range(4):
        step = build.tail / 4
        points.append(
            (points[-1][0] + step * math.cos(angle), points[-1][1] - step * -math.sin(angle))
        )
        angle += (0.28 if build.tail_up < 0 else -0.22) * (1 if number else 0.5) + sway * 0.12
    radii = [build.tail_wide + (build.tail_end - build.tail_wide) * n / 4 for n in range(5)]
    body.chain(points, radii, paint=paint, blend=0.02)


def _trunk(body: Body, build: Build, root: Point, beat: float) -> None:
    points, angle = [root], -0.9
    for number in range(6):
        points.append(
            (points[-1][0] + 0.135 * math.cos(angle), points[-1][1] + 0.135 * math.sin(angle))
        )
        angle -= 0.24 - 0.10 * number + 0.06 * math.sin(beat + number)
    body.chain(points, [0.10, 0.085, 0.07, 0.06, 0.05, 0.043, 0.038], paint=build.coat, blend=0.05)
    body.over()
    tusk = (root[0] + 0.02, root[1] - 0.10)
    body.limb(tusk, 0.028, (tusk[0] + 0.20, tusk[1] - 0.06), 0.010, paint=(0.93, 0.90, 0.80))


def _horns(body: Body, build: Build, head: Point, *, far: bool) -> None:
    root = (head[0] - build.head * 0.15 + (0.05 if far else 0.0), head[1] + build.head * 0.82)
    bone: Paint = darker((0.80, 0.72, 0.58), 0.75 if far else 1.0)
    if build.horns == "unicorn":
        if not far:
            root = (head[0] + build.head * 0.45, head[1] + build.head * 0.7)
            body.limb(
                root, 0.026, (root[0] + 0.16, root[1] + 0.26), 0.004, paint=(0.95, 0.82, 0.45)
            )
    elif build.horns == "antlers":
        stem = [root, (root[0] - 0.10, root[1] + 0.16), (root[0] - 0.06, root[1] + 0.34)]
        body.chain(stem, [0.020, 0.016, 0.008], paint=bone, blend=0.01)
        for share, reach in ((0.35, 0.14), (0.75, 0.13)):
            at = (root[0] - 0.10 * min(1, share * 1.5), root[1] + 0.34 * share)
            body.limb(at, 0.013, (at[0] + reach, at[1] + 0.10), 0.006, paint=bone, blend=0.01)
    elif build.horns == "ram":
        points, angle = [root], 2.3
        for _ in range(6):
            points.append(
                (points[-1][0] + 0.075 * math.cos(angle), points[-1][1] + 0.075 * math.sin(angle))
            )
            angle += 0.85
        body.chain(points, [0.045, 0.042, 0.038, 0.034, 0.028, 0.02, 0.01], paint=bone, blend=0.02)
    else:
        tip = (root[0] + 0.07, root[1] + 0.15)
        body.chain(
            [root, (root[0] + 0.07, root[1] + 0.05), tip],
            [0.028, 0.022, 0.008],
            paint=bone,
            blend=0.02,
        )


BUILDS = measures("quadrupeds", dict[str, Build])
