"""How subjects move: one row of numbers a gait, one formula for all."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gait:
    """All lengths in heights of the subject, all turns in degrees, all paces a second."""

    speed: float = 0.0
    """How far it travels across the frame."""
    rise: float = 0.0
    """How high it bounces or heaves."""
    pace: float = 0.5
    """How often."""
    hop: bool = False
    """Leaves the ground in arcs, instead of heaving both ways."""
    turn: float = 0.0
    """How far it rocks to each side."""
    turn_pace: float = 0.5
    squash: float = 0.0
    """How much taller and flatter it gets with each beat."""
    squash_pace: float = 1.0
    climb: float = 0.0
    """How far it rises for good, a second."""
    drift: float = 0.0
    """How often it heaves where that is not with every beat of its limbs."""
    leap: float = 0.0
    """How high it leaps out of the water and dives in again, head first."""
    leap_every_s: float = 2.0
    once: bool = False
    """Goes through its poses once, from the first frame to the last."""
    steps: bool = False
    """Its limbs tread by themselves, twice in a beat."""


GAITS = {
    "stand": Gait(squash=0.006, squash_pace=0.3),
    "bob": Gait(speed=0.22, rise=0.018, pace=1.7, hop=True, turn=1.6, turn_pace=0.85),
    "gallop": Gait(speed=0.55, rise=0.035, pace=2.1, hop=True, turn=3.5, turn_pace=2.1),
    "hop": Gait(speed=0.22, rise=0.16, pace=1.1, hop=True, squash=0.05, squash_pace=1.1),
    "flap": Gait(speed=0.45, rise=0.10, pace=0.8, squash=0.16, squash_pace=2.4, turn=3.0),
    "float": Gait(speed=0.05, rise=0.014, pace=0.27, turn=2.0, turn_pace=0.21),
    "drive": Gait(speed=0.55, rise=0.008, pace=3.1, turn=0.4, turn_pace=1.7),
    "fly": Gait(speed=0.50, rise=0.05, pace=0.30, turn=1.2, turn_pace=0.23),
    "drift": Gait(speed=0.06, rise=0.05, pace=0.14, turn=2.0, turn_pace=0.17, climb=0.015),
    "sway": Gait(turn=1.8, turn_pace=0.33, squash=0.008, squash_pace=0.27),
    "swim": Gait(speed=0.22, rise=0.06, pace=0.45, turn=4.0, turn_pace=0.45),
}


@dataclass(frozen=True, slots=True)
class Posture:
    """Where a subject is in its movement: shifts in its heights (right and up), its turn in
    radians, and how much wider and taller it is."""

    right: float
    up: float
    turn: float
    wide: float
    tall: float


def posture(gait: Gait, time_s: float, phase: float) -> Posture:
    """The movement at an instant; ``phase`` (0..1) keeps a herd out of step."""

    def beat(pace: float, offset: float = 0.0) -> float:
        return math.sin(2 * math.pi * (pace * time_s + phase + offset))

    if gait.leap:
        return _leaping(gait, time_s, phase)
    bounce = beat(gait.drift or gait.pace)
    squash = gait.squash * beat(gait.squash_pace, 0.1)
    return Posture(
        right=gait.speed * time_s,
        up=gait.rise * (abs(bounce) if gait.hop else bounce) + gait.climb * time_s,
        turn=math.radians(gait.turn) * beat(gait.turn_pace, 0.25),
        wide=1 - 0.5 * squash,
        tall=1 + squash,
    )


def _leaping(gait: Gait, time_s: float, phase: float) -> Posture:
    """Up in an arc, down, and a while under water."""
    part = (time_s / gait.leap_every_s + phase) % 1.0
    angle = math.pi * (part / (2 * LEAP_TOP) - 0.5)
    up = gait.leap * (math.cos(angle) * 1.6 - 0.6)
    slope = -math.sin(angle) if abs(angle) < math.pi / 2 else -math.copysign(1.0, angle)
    return Posture(gait.speed * time_s, up, -LEAP_STEEP * slope, 1.0, 1.0)


LEAP_TOP = 0.31
"""Where in a leap's time its top is; it is under water for the last third."""
LEAP_STEEP = 0.9


def beats_s(gait: Gait, phase: float, until_s: float) -> tuple[float, ...]:
    """When the feet of something that hops or walks touch the ground."""
    if not gait.hop and not gait.steps:
        return ()
    first = math.ceil(2 * phase)
    times = ((number / 2 - phase) / gait.pace for number in range(first, first + 10_000))
    found: list[float] = []
    for time_s in times:
        if time_s >= until_s:
            break
        found.append(time_s)
    return tuple(found)
