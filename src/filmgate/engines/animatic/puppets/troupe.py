"""The troupe: every subject that is a figure with joints instead of a drawing, and how it moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from filmgate.engines.animatic.cast_list import Subject
from filmgate.engines.animatic.gaits import Gait
from filmgate.engines.animatic.kernels.sculpt import Floats, sculpted
from filmgate.engines.animatic.puppets.ahead import walker
from filmgate.engines.animatic.puppets.birds import PLUMAGES, bird
from filmgate.engines.animatic.puppets.flowers import BLOSSOMS, flower
from filmgate.engines.animatic.puppets.parts import Body, Paint, extent
from filmgate.engines.animatic.puppets.people import CLOTHES, MOTIONS, person
from filmgate.engines.animatic.puppets.quadrupeds import BUILDS, PACES, quadruped
from filmgate.engines.animatic.puppets.swimmers import HULLS, swimmer

T = TypeVar("T")
U = TypeVar("U")
Pose = Callable[[str, float], Body]
"""From an action and a phase in 0..1."""
PLAYERS = frozenset({*CLOTHES, *BUILDS, *PLUMAGES, *HULLS, *BLOSSOMS})
"""Every subject that is a figure."""
ACTIONS = {
    "bob": "walk",
    "gallop": "run",
    "hop": "run",
    "stand": "stand",
    "flap": "fly",
    "swim": "swim",
    "float": "swim",
}
"""What a gait of the cast list looks like with joints."""
OWN_ACTIONS = {
    "runner": "run",
    "running_man": "run",
    "dancer": "dance",
    "ballerina": "dance",
    "meditating_person": "sit",
    "astronaut": "walk",
}
"""Who is named for what they do."""
POSES_A_SECOND = 20
POSES_MOST = 20
POSES_ONCE = 48
"""Of something that happens once in the film."""
PAD = 0.03
WINGS = 0.75
"""The share of its wings' whole reach that counts as the height of something that flies."""


@dataclass(frozen=True, slots=True)
class Sculpture:
    """One pose before light falls on it."""

    colour: Floats
    cover: Floats
    relief: Floats

    def mirrored(self) -> Sculpture:
        """Looking to the left."""
        turned = (np.ascontiguousarray(a[:, ::-1]) for a in (self.colour, self.cover, self.relief))
        return Sculpture(*turned)


@dataclass(frozen=True, slots=True)
class Puppet:
    """A figure in all poses of one action; ``foot`` is where it stands, in pixels of each."""

    poses: tuple[Sculpture, ...]
    foot: tuple[float, float]
    gait: Gait


LEAPERS = frozenset({"dolphin", "orca", "whale"})
"""Who leaps by nature."""
SWIMMER_HEIGHT = 0.62
"""Of a swimmer's length: its drawing of old was curled up."""


def puppet(
    who: Subject,
    action: str | None,
    height_px: float,
    colour: Paint | None,
    *,
    afloat: bool = False,
) -> Puppet | None:
    """The subject as a figure ``height_px`` high, looking to the right; None if it is a drawing.
    ``afloat`` is at the water's surface, where swimmers leap."""
    pose = _pose(who.name, colour)
    if pose is None:
        return None
    doing = _action(who, action)
    if afloat and (who.name in LEAPERS or (action == "jump" and who.name in HULLS)):
        doing = "leap"
    gait = _gait(who, pose, doing)
    count = min(POSES_MOST, max(8, round(POSES_A_SECOND / max(gait.pace, 0.2))))
    if gait.once:
        count = POSES_ONCE
    last = count - 1 if gait.once else count
    bodies = [pose(doing, number / last) for number in range(count)]
    made = _sculpted(bodies, height_px / _height(who, pose), gait)
    if who.home in ("ground", "shore"):
        return made
    height, width = made.poses[0].cover.shape
    return replace(made, foot=(width / 2, float(height)))


def _sculpted(bodies: Sequence[Body], unit: float, gait: Gait) -> Puppet:
    """All poses on plates of one size."""
    left, bottom, right, top = extent(bodies)
    width = round((right - left + 2 * PAD) * unit)
    height = round((top - min(bottom, 0.0) + 2 * PAD) * unit)
    foot = ((PAD - left) * unit, height - (PAD - min(bottom, 0.0)) * unit)

    def sculpt(body: Body) -> Sculpture:
        return Sculpture(*sculpted(body.array(), height, width, unit, *foot))

    return Puppet(tuple(in_pairs(sculpt, bodies)), foot, gait)


def from_behind(who: Subject, height_px: float, colour: Paint | None, *, running: bool) -> Puppet:
    """Somebody who goes away from us."""
    wears = CLOTHES[who.name]
    if colour is not None:
        wears = replace(wears, top=colour)
    gait = Gait(pace=1.45 if running else 1.0, steps=True)
    count = round(POSES_A_SECOND / gait.pace)
    bodies = [walker(wears, number / count, running=running) for number in range(count)]
    return _sculpted(bodies, height_px / extent([walker(wears, 0.0, running=False)])[3], gait)


def in_pairs(make: Callable[[T], U], parts: Sequence[T]) -> list[U]:
    """Made two at a time: kernels and OpenCV let go of the interpreter. The order stays."""
    if len(parts) == 1:
        return [make(part) for part in parts]
    with ThreadPoolExecutor(2, "pose") as pool:
        return list(pool.map(make, parts))


def _pose(name: str, colour: Paint | None) -> Pose | None:
    """The figure's own maker, with its clothes or coat in another colour where one is asked for."""
    if name in CLOTHES:
        wears = CLOTHES[name]
        if colour is not None:
            wears = replace(wears, top=colour)
        return lambda action, phase: person(wears, action, phase)
    if name in BUILDS:
        build = BUILDS[name]
        if colour is not None:
            pale = _towards(colour, (0.95, 0.95, 0.95), 0.25)
            dark = _towards(colour, (0.0, 0.0, 0.0), 0.25)
            build = replace(build, coat=colour, belly=pale, legs=dark, tail_paint=None)
        return lambda action, phase: quadruped(build, action, phase)
    if name in PLUMAGES:
        plumage = PLUMAGES[name]
        if colour is not None:
            dark = _towards(colour, (0.0, 0.0, 0.0), 0.35)
            plumage = replace(
                plumage, back=colour, belly=colour, wing=colour, head=colour, tip=dark
            )
        return lambda action, phase: bird(plumage, action, phase)
    if name in BLOSSOMS:
        shape = BLOSSOMS[name]
        if colour is not None:
            shape = replace(shape, petal=colour)
        return lambda action, phase: (
            flower(shape, phase, 2.5 * phase) if action == "bloom" else flower(shape, 1.0, phase)
        )
    if name in HULLS:
        hull = HULLS[name]
        if colour is not None:
            hull = replace(hull, back=colour, fin=_towards(colour, (0, 0, 0), 0.2))
        return lambda _, phase: swimmer(hull, phase)
    return None


def _towards(colour: Paint, other: Paint, share: float) -> Paint:
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _action(who: Subject, asked: str | None) -> str:
    own = OWN_ACTIONS.get(who.name, ACTIONS.get(who.gait, "stand"))
    if who.name in PLUMAGES:
        return "glide" if asked == "glide" else "fly"
    if who.name in HULLS:
        return "swim"
    if who.name in BLOSSOMS:
        return "bloom" if asked == "bloom" else "sway"
    known = MOTIONS.keys() | {"dance", "sit"} if who.name in CLOTHES else PACES.keys()
    wanted = {"rest": "sit", "jump": "run"}.get(asked or "", asked)
    if wanted in known:
        return str(wanted)
    if asked in ("rest", "stand"):
        return "stand"
    return own if own in known else "walk"


STILL = Gait(pace=0.3)
GAITS_IN_PLACE = {
    "bloom": Gait(once=True),
    "sway": Gait(pace=0.36),
    "dance": Gait(pace=0.62),
    "stand": STILL,
    "graze": STILL,
    "sit": STILL,
}
"""What stays where it is."""


def _gait(who: Subject, pose: Pose, action: str) -> Gait:
    """How fast it travels, so that a foot on the ground stays where it is."""
    if action in GAITS_IN_PLACE:
        return GAITS_IN_PLACE[action]
    # Small animals step faster than large ones.
    quick = min(1.7, max(0.55, (1.5 / who.height_m) ** 0.32))
    if action in ("fly", "glide"):
        pace = min(3.2, max(0.9, 2.0 * (0.5 / who.height_m) ** 0.35))
        return Gait(speed=0.55, rise=0.09, pace=pace, drift=0.30)
    if action == "leap":
        slow = min(1.6, max(1.0, who.height_m**0.25))
        return Gait(speed=0.35, pace=1.1 / slow, leap=1.05 / slow**1.8, leap_every_s=2.0 * slow)
    if action == "swim":
        return Gait(speed=0.30, rise=0.05, pace=0.7 * quick, drift=0.35, turn=1.5, turn_pace=0.3)
    return _tread(who, _height(who, pose), action, quick)


def _tread(who: Subject, tall: float, action: str, quick: float) -> Gait:
    if who.name in CLOTHES:
        motion, pace = MOTIONS[action], (1.0 if action == "walk" else 1.45) * quick**0.5
        return Gait(speed=motion.stride / motion.duty / tall * pace, pace=pace, steps=True)
    build, step = BUILDS[who.name], PACES[action]
    pace = (0.85 if action == "walk" else 1.75) * quick
    reach = build.stride * step.reach / step.duty
    return Gait(speed=reach / tall * pace, pace=pace, steps=True)


def _height(who: Subject, pose: Pose) -> float:
    """In figure's units, at rest."""
    if who.name in PLUMAGES:
        _, low, _, high = extent([pose("fly", number / 8) for number in range(8)])
        return (high - low) * WINGS
    if who.name in HULLS:
        return SWIMMER_HEIGHT
    _, bottom, _, top = extent(
        [pose("sit" if OWN_ACTIONS.get(who.name) == "sit" else "stand", 0.0)]
    )
    return top - min(bottom, 0.0)
