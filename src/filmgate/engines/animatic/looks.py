"""Looks: what each word of style does to a finished picture, one row of numbers a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from filmgate.engines.animatic.colours import Colour

Brush = Literal["", "watercolour", "oil", "ink", "pencil", "pixels"]
NEUTRAL: Colour = (128.0, 128.0, 128.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How light becomes picture. The row of zeros and ones is a picture as it was painted."""

    contrast: float = 0.0
    """Of an S-curve around the middle; below 0 flatter."""
    gamma: float = 1.0
    """Above 1 darkens the middle tones, below 1 lightens them."""
    lift: float = 0.0
    """Where black ends up, 0..1."""
    top: float = 1.0
    """Where white ends up, 0..1."""
    colour: float = 1.0
    """Saturation; 0 is black and white."""
    shadows: Colour = NEUTRAL
    lights: Colour = NEUTRAL
    """Colours (0..255) that dark and bright parts lean to; grey leans nowhere."""
    vignette: float = 0.0
    """How much darker the corners are, 0..1."""
    grain: float = 0.0
    """Standard deviation of the film's grain in the middle tones, in levels."""
    glow: float = 0.0
    """How much soft light the bright parts spread, 0..1."""
    brush: Brush = ""
    """A way of painting instead of filming."""


PLAIN = Look()

LOOKS: dict[str, Look] = {
    "cinematic": Look(
        contrast=0.30,
        colour=1.04,
        shadows=(112, 130, 146),
        lights=(148, 128, 106),
        vignette=0.28,
        grain=0.9,
        glow=0.12,
    ),
    "noir": Look(contrast=0.75, gamma=1.25, colour=0.0, vignette=0.55, grain=4.0, glow=0.10),
    "monochrome": Look(contrast=0.30, colour=0.0, vignette=0.12, grain=1.5),
    "sepia": Look(
        contrast=0.10, lift=0.04, top=0.96, colour=0.0, shadows=(150, 128, 100),
        lights=(162, 130, 88), vignette=0.30, grain=2.5,
    ),
    "vintage": Look(
        contrast=-0.10, lift=0.09, top=0.93, colour=0.62, shadows=(136, 124, 122),
        lights=(154, 132, 92), vignette=0.42, grain=4.0, glow=0.10,
    ),
    "watercolour": Look(gamma=0.74, top=0.99, colour=1.05, brush="watercolour"),
    "painting": Look(contrast=0.18, colour=1.22, brush="oil"),
    "anime": Look(contrast=0.15, gamma=0.9, colour=1.42, glow=0.12, brush="ink"),
    "sketch": Look(contrast=0.2, colour=0.0, brush="pencil"),
    "pixel-art": Look(contrast=0.15, colour=1.2, brush="pixels"),
    "minimal": Look(contrast=-0.30, gamma=0.82, lift=0.08, colour=0.42),
    "neon": Look(
        contrast=0.28, colour=1.35, shadows=(112, 116, 160), lights=(150, 112, 146), glow=0.22,
        vignette=0.18,
    ),
    "dreamy": Look(
        contrast=-0.15, gamma=0.90, lift=0.05, colour=1.02, shadows=(132, 122, 144),
        lights=(146, 124, 136), glow=0.55,
    ),
    "vibrant": Look(contrast=0.15, colour=1.45),
    "muted": Look(contrast=-0.18, lift=0.06, top=0.96, colour=0.45),
    "dark": Look(
        contrast=0.15, gamma=1.75, top=0.86, colour=0.72, shadows=(120, 128, 140), vignette=0.5
    ),
    "low-key": Look(contrast=0.35, gamma=1.7, vignette=0.55, colour=0.9),
    "high-key": Look(contrast=-0.1, gamma=0.66, lift=0.06, colour=0.9, glow=0.2),
    "calm": Look(contrast=-0.10, colour=0.94, glow=0.10),
    "epic": Look(
        contrast=0.32, colour=1.14, shadows=(120, 126, 140), lights=(142, 128, 112), vignette=0.25,
        glow=0.16,
    ),
    "warm": Look(shadows=(140, 126, 114), lights=(158, 130, 92), colour=1.05),
    "cold": Look(shadows=(106, 128, 154), lights=(112, 130, 150), colour=0.86),
    "romantic": Look(
        gamma=0.92, lift=0.03, shadows=(144, 120, 136), lights=(156, 122, 122), glow=0.38
    ),
    "film-grain": Look(grain=5.0),
    "hdr": Look(contrast=0.30, lift=0.02, colour=1.25),
    "soft-light": Look(contrast=-0.22, lift=0.03, glow=0.30),
    "spring": Look(gamma=0.94, colour=1.12, lights=(136, 134, 118)),
    "summer": Look(colour=1.16, lights=(144, 130, 108)),
    "autumn": Look(shadows=(138, 124, 116), lights=(152, 128, 100), colour=1.05),
    "winter": Look(shadows=(116, 128, 146), lights=(120, 130, 142), colour=0.80),
}  # fmt: skip

TINT = 1.7
"""How much farther from grey a colour of the palette pulls than it is itself."""


def look_of(styles: Iterable[str], palette: Iterable[Colour] = ()) -> Look:
    """All the words at once: what they add adds up, what they multiply multiplies, and the first
    brush is taken. ``palette`` are RGB colours in 0..255: the first for the shadows, the last for
    the lights."""
    look = PLAIN
    for style in styles:
        if style in LOOKS:
            look = _both(look, LOOKS[style])
    tones = tuple(palette)
    if not tones:
        return look
    return _both(look, Look(colour=0.35, shadows=_toned(tones[0]), lights=_toned(tones[-1])))


def _toned(colour: Colour) -> Colour:
    mean = sum(colour) / 3
    red, green, blue = (128 + (part - mean) * TINT * 0.5 for part in colour)
    return red, green, blue


def _both(one: Look, other: Look) -> Look:
    def leaning(a: Colour, b: Colour) -> Colour:
        red, green, blue = (x + y - 128 for x, y in zip(a, b, strict=True))
        return red, green, blue

    return Look(
        contrast=one.contrast + other.contrast,
        gamma=one.gamma * other.gamma,
        lift=max(one.lift, other.lift),
        top=min(one.top, other.top),
        colour=one.colour * other.colour,
        shadows=leaning(one.shadows, other.shadows),
        lights=leaning(one.lights, other.lights),
        vignette=max(one.vignette, other.vignette),
        grain=max(one.grain, other.grain),
        glow=max(one.glow, other.glow),
        brush=one.brush or other.brush,
    )
