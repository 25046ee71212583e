"""What a place sounds like: rows of shaped noise that come and go, by place and by weather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.sound.synth import Curve, Random, Wave, noise, swells, tide


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One noise of a bed."""

    curve: Curve
    gain: float = 1.0
    period_s: float = 3.0
    """How slowly it comes and goes."""
    depth: float = 0.4
    """How far it goes away, 0..1."""
    breaks: bool = False
    """Comes in breaking waves instead."""


WIND: Curve = ((60, -24), (150, -8), (320, 0), (600, -5), (1500, -20), (6000, -40))
HOWL: Curve = ((250, -30), (420, -2), (520, 0), (640, -6), (1200, -34), (5000, -50))
LEAVES: Curve = ((800, -34), (2200, -10), (4500, 0), (8000, -6), (14000, -24))
SURF: Curve = ((50, -12), (120, -2), (400, 0), (1200, -6), (4000, -14), (12000, -28))
FOAM: Curve = ((700, -36), (2500, -10), (5000, -2), (9000, -4), (15000, -20))
STREAM: Curve = ((180, -30), (500, -8), (900, 0), (2200, -3), (5000, -10), (12000, -26))
HUM: Curve = ((35, -14), (60, 0), (130, -3), (350, -14), (1200, -30), (5000, -48))
TYRES: Curve = ((200, -24), (500, -8), (1000, 0), (2200, -8), (6000, -26))
ROOM: Curve = ((40, -10), (90, 0), (220, -10), (900, -30), (4000, -46))
MURMUR: Curve = ((120, -16), (300, -2), (550, 0), (1300, -10), (3000, -26), (7000, -44))
DEEP: Curve = ((22, -12), (45, 0), (110, -6), (300, -24), (1200, -46))
WATER: Curve = ((28, -6), (70, 0), (200, -8), (500, -24), (1600, -44))
AIR: Curve = ((90, -14), (220, 0), (700, -4), (2500, -16), (9000, -34))
DROPS: Curve = ((300, -26), (1200, -8), (4000, 0), (9000, -3), (16000, -16))
HISS: Curve = ((1500, -30), (4000, -4), (8000, 0), (14000, -10))

BEDS: dict[str, tuple[Row, ...]] = {
    "sea": (
        Row(curve=SURF, gain=0.35, period_s=6, depth=0.5),
        Row(curve=SURF, gain=1.0, period_s=6.5, breaks=True),
        Row(curve=FOAM, gain=0.35, period_s=6.5, breaks=True),
    ),
    "mountains": (Row(curve=WIND, gain=0.9, period_s=4, depth=0.75),),
    "forest": (
        Row(curve=LEAVES, gain=0.35, period_s=3.2, depth=0.7),
        Row(curve=WIND, gain=0.35, period_s=4, depth=0.7),
    ),
    "meadow": (
        Row(curve=LEAVES, gain=0.3, period_s=2.6, depth=0.7),
        Row(curve=WIND, gain=0.4, period_s=3.6, depth=0.7),
    ),
    "savanna": (
        Row(curve=LEAVES, gain=0.3, period_s=2.6, depth=0.7),
        Row(curve=WIND, gain=0.4, period_s=3.6, depth=0.7),
    ),
    "river": (Row(curve=STREAM, gain=0.9, period_s=1.2, depth=0.3),),
    "garden": (Row(curve=LEAVES, gain=0.4, period_s=3, depth=0.6),),
    "desert": (
        Row(curve=WIND, gain=0.8, period_s=5, depth=0.8),
        Row(curve=HISS, gain=0.12, period_s=3, depth=0.9),
    ),
    "snowland": (
        Row(curve=HOWL, gain=0.7, period_s=3.5, depth=0.85),
        Row(curve=AIR, gain=0.4, period_s=4, depth=0.6),
    ),
    "lake": (
        Row(curve=STREAM, gain=0.25, period_s=1.6, depth=0.8),
        Row(curve=WIND, gain=0.3, period_s=4, depth=0.6),
    ),
    "city": (
        Row(curve=HUM, gain=1.0, period_s=5, depth=0.25),
        Row(curve=TYRES, gain=0.35, period_s=2.4, depth=0.8),
    ),
    "room": (Row(curve=ROOM, gain=1.0, period_s=8, depth=0.1),),
    "office": (
        Row(curve=ROOM, gain=0.8, period_s=8, depth=0.1),
        Row(curve=MURMUR, gain=0.45, period_s=0.45, depth=0.8),
    ),
    "stage": (
        Row(curve=MURMUR, gain=0.8, period_s=0.5, depth=0.6),
        Row(curve=ROOM, gain=0.5, period_s=6, depth=0.2),
    ),
    "space": (
        Row(curve=DEEP, gain=1.0, period_s=7, depth=0.4),
        Row(curve=HISS, gain=0.02, period_s=5, depth=0.8),
    ),
    "underwater": (Row(curve=WATER, gain=1.0, period_s=3, depth=0.5),),
    "sky": (Row(curve=AIR, gain=0.9, period_s=4, depth=0.5),),
    "abstract": (Row(curve=DEEP, gain=0.3, period_s=6, depth=0.5),),
}
OTHER: tuple[Row, ...] = (Row(curve=AIR, gain=0.6, period_s=4, depth=0.5),)

WEATHER: dict[str, tuple[Row, ...]] = {
    "rain": (
        Row(curve=DROPS, gain=0.6, period_s=5, depth=0.15),
        Row(curve=TYRES, gain=0.3, period_s=4, depth=0.3),
    ),
    "storm": (
        Row(curve=DROPS, gain=0.6, period_s=2.5, depth=0.35),
        Row(curve=WIND, gain=1.3, period_s=2.2, depth=0.8),
    ),
    "wind": (
        Row(curve=WIND, gain=1.4, period_s=2.2, depth=0.85),
        Row(curve=HOWL, gain=0.35, period_s=2.6, depth=0.9),
    ),
    "snow": (Row(curve=AIR, gain=0.35, period_s=4, depth=0.5),),
}
FEATURES: dict[str, tuple[Row, ...]] = {
    "river": (Row(curve=STREAM, gain=0.9, period_s=1.2, depth=0.3),),
    "waterfall": (Row(curve=SURF, gain=1.2, period_s=2, depth=0.1), Row(curve=FOAM, gain=0.6)),
    "lake": BEDS["lake"][:1],
    "beach": (Row(curve=FOAM, gain=0.3, period_s=5.5, breaks=True),),
    "traffic": (Row(curve=TYRES, gain=0.7, period_s=2, depth=0.8),),
    "wind": (Row(curve=WIND, gain=0.7, period_s=2.6, depth=0.8),),
    "leaves": (Row(curve=LEAVES, gain=0.4, period_s=2.4, depth=0.7),),
}


def bed(rows: tuple[Row, ...], random: Random, count: int) -> list[Wave]:
    """Both channels: the same tides, but another noise on either side."""
    sides = [np.zeros(count, np.float32) for _ in range(2)]
    for row in rows:
        if row.breaks:
            flow = swells(random, count, row.period_s)
        else:
            flow = tide(random, count, row.period_s, row.depth)
        for side in sides:
            np.add(side, noise(random, count, row.curve) * flow * row.gain, out=side)
    return sides
