"""What things in a room are made of: the colour of a place on a surface."""

from __future__ import annotations

import math

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import chance, fractal_at, smooth_noise

PLAIN, WOOD, CLOTH, BOOKS, RUG, ART, TILES, BRICK, CURTAIN, LEAF, BOARDS, PANEL, CHART, CARPET = (
    range(14)
)
"""Wood has its grain along x or h, boards of a floor run along z."""

Rgb = tuple[float, float, float]
SPINES = (
    (0.48, 0.16, 0.12), (0.62, 0.54, 0.42), (0.14, 0.22, 0.34), (0.16, 0.30, 0.22),
    (0.72, 0.68, 0.60), (0.20, 0.18, 0.18), (0.52, 0.36, 0.20),
)  # fmt: skip


@kernel
def matter(
    material: int,
    seed: int,
    own: tuple[float, float, float],
    place: tuple[float, float, float],
    look: tuple[float, float, float],
    part: tuple[float, float],
    fine: float,
) -> tuple[float, float, float]:
    """Colour (0..1) at a place; ``part`` is where on the thing it is (0..1 across and up), ``fine``
    the size of a pixel there, in metres: what is smaller is not drawn."""
    if material == BOARDS:
        return _boards(own, place[0], place[2], fine, seed)
    if material == BRICK:
        return _bricks(own, place[0] + place[2], place[1], fine, seed)
    if material in (BOOKS, RUG, ART, CHART):
        return _pictured(material, seed, own, place, look, part)
    shade = 1.0
    if material in (TILES, CARPET, PANEL):
        shade = _laid(material, seed, place, look, fine)
    else:
        shade = _grown(material, seed, place, look, fine)
    return own[0] * shade, own[1] * shade, own[2] * shade


@kernel
def _pictured(
    material: int, seed: int, own: Rgb, place: Rgb, look: Rgb, part: tuple[float, float]
) -> Rgb:
    """What has a drawing on it."""
    if material == BOOKS:
        return _books(own, part, look, seed)
    if material == RUG:
        return _rug(own, part, seed, place[0], place[2])
    if material == ART:
        return _art(own, part, seed)
    return _chart(own, part, seed)


@kernel
def _grown(material: int, seed: int, place: Rgb, look: Rgb, fine: float) -> float:
    """Shade of what is uneven by itself."""
    x, h, z = place
    if material == WOOD:
        upright = abs(look[1]) < 0.5 and seed % 2 == 1
        across = z if abs(look[1]) > 0.5 else (x + z if upright else h)
        grain = fractal_at((h if upright else x) * 2.2, across * 26, 4, seed, False)
        return 0.72 + 0.55 * grain
    if material == CLOTH:
        weave = chance(int(x * 400), int((h + z) * 400), seed) - 0.5
        folds = fractal_at((x + z) * 7, (h - z) * 7, 3, seed, False)
        return 0.94 + 0.10 * folds + 0.08 * weave * min(1.0, 0.003 / fine)
    if material == CURTAIN:
        wave = 0.25 * smooth_noise(h * 1.3, 0.5, seed)
        return 0.55 + 0.6 * smooth_noise((x + z) * 9 + wave, 0.5, seed)
    if material == LEAF:
        return 0.62 + 0.6 * fractal_at(x * 22, h * 22 + z * 9, 3, seed, False)
    return 0.985 + 0.03 * fractal_at(x * 3 + z, h * 3 + z, 3, seed, False)


@kernel
def _laid(material: int, seed: int, place: Rgb, look: Rgb, fine: float) -> float:
    """Shade of what is laid in pieces: tiles, squares of carpet, panels on a wall."""
    x, h, z = place
    if material == CARPET:
        pile = fractal_at(x * 60, z * 60, 2, seed, False) - 0.5
        tone = chance(math.floor(x / 0.5), math.floor(z / 0.5), seed)
        return 0.93 + 0.09 * tone + 0.22 * pile * min(1.0, 0.006 / fine)
    if material == TILES:
        a, b = x / 0.6, z / 0.6
        edge = max(abs(a - math.floor(a) - 0.5), abs(b - math.floor(b) - 0.5))
        joint = min(max((edge - 0.488 + fine) / (fine + 0.006), 0.0), 1.0)
        tone = 0.93 + 0.1 * chance(math.floor(a), math.floor(b), seed)
        return tone * (1 - 0.22 * joint) * (0.96 + 0.08 * fractal_at(x * 2, z * 2, 4, seed, False))
    a = x / 0.9 if abs(look[2]) > 0.5 else z / 0.9
    gap = abs(a - math.floor(a) - 0.5) * 0.9
    seam = min(max((gap - 0.446 + fine * 0.7) / (fine + 0.002), 0.0), 1.0)
    return (0.95 + 0.08 * fractal_at(x * 3 + z, h * 3, 3, seed, False)) * (1 - 0.35 * seam)


@kernel
def _boards(own: Rgb, x: float, z: float, fine: float, seed: int) -> Rgb:
    """A floor of boards: each of another tone, with dark joints."""
    wide, long = 0.16, 1.9
    row = math.floor(x / wide)
    start = chance(row, 3, seed) * long
    board = math.floor((z + start) / long)
    tone = chance(row, board, seed + 1)
    grain = fractal_at(x * 30 + 7 * tone, z * 1.8 + 31 * tone, 4, seed, False)
    side = abs(x / wide - row - 0.5) * wide
    end = abs((z + start) / long - board - 0.5) * long
    joint = min(max((side - wide / 2 + 0.003 + fine * 0.6) / (fine + 0.002), 0.0), 1.0)
    joint = max(joint, min(max((end - long / 2 + 0.004) / (3 * fine + 0.002), 0.0), 1.0))
    shade = (0.80 + 0.24 * tone) * (0.78 + 0.42 * grain)
    shade *= 1 - 0.45 * joint * min(1.0, 0.008 / fine)
    warm = 0.97 + 0.06 * tone
    return own[0] * shade * warm, own[1] * shade, own[2] * shade * (2 - warm)


@kernel
def _bricks(own: Rgb, along: float, h: float, fine: float, seed: int) -> Rgb:
    row = math.floor(h / 0.075)
    shift = 0.5 * (row & 1)
    at = along / 0.24 + shift
    brick = math.floor(at)
    tone = chance(brick, row, seed)
    side = abs(at - brick - 0.5) * 0.24
    level = abs(h / 0.075 - row - 0.5) * 0.075
    joint = min(max((side - 0.12 + 0.006 + fine * 0.5) / (fine + 0.003), 0.0), 1.0)
    joint = max(joint, min(max((level - 0.0375 + 0.006 + fine * 0.5) / (fine + 0.003), 0.0), 1.0))
    joint *= min(1.0, 0.012 / fine)
    shade = (0.72 + 0.45 * tone) * (0.86 + 0.28 * fractal_at(along * 14, h * 14, 3, seed, False))
    r, g, b = own[0] * shade, own[1] * shade, own[2] * shade
    grey = 0.55 * (own[0] + own[1] + own[2]) / 1.6
    return r + (grey - r) * joint, g + (grey - g) * joint, b + (grey - b) * joint


@kernel
def _books(own: Rgb, part: tuple[float, float], look: Rgb, seed: int) -> Rgb:
    """A row of spines; each of its own colour, height and title."""
    if abs(look[2]) < 0.5:
        return own
    at, count = 0.0, 0
    while at < part[0] and count < 90:
        at += 0.012 + 0.022 * chance(count, 5, seed)
        count += 1
    pick, rise = chance(count, 1, seed), 0.66 + 0.3 * chance(count, 2, seed)
    if part[1] > rise:
        return 0.05, 0.04, 0.035
    tone = 0.35 + 0.5 * chance(count, 3, seed)
    r, g, b = SPINES[int(pick * len(SPINES))]
    label = abs(part[1] / rise - 0.72) < 0.06 and chance(count, 4, seed) < 0.5
    if label:
        return 0.72, 0.60, 0.34
    shade = tone + 0.35
    return r * shade, g * shade, b * shade


@kernel
def _rug(own: Rgb, part: tuple[float, float], seed: int, x: float, z: float) -> Rgb:
    """A woven rug: a border, and lozenges within."""
    a, b = abs(part[0] * 2 - 1), abs(part[1] * 2 - 1)
    pile = 0.86 + 0.28 * fractal_at(x * 40, z * 40, 2, seed, False)
    edge = max(a, b)
    r, g, c = own
    if 0.86 < edge < 0.92:
        r, g, c = 0.86, 0.80, 0.70
    elif edge <= 0.86:
        lozenge = abs((a * 3.0) % 1 - 0.5) + abs((b * 2.0) % 1 - 0.5)
        mix = 0.55 if lozenge < 0.34 else (0.25 if lozenge < 0.5 else 0.0)
        r, g, c = r + (0.84 - r) * mix, g + (0.76 - g) * mix, c + (0.64 - c) * mix
    return r * pile, g * pile, c * pile


@kernel
def _art(own: Rgb, part: tuple[float, float], seed: int) -> Rgb:
    """A painting: fields of colour in a white mount and a dark frame."""
    a, b = part
    rim = min(a, 1 - a, b, 1 - b)
    if rim < 0.03:
        return 0.10, 0.085, 0.07
    if rim < 0.12:
        return 0.90, 0.885, 0.86
    flow = fractal_at(a * 2.2 + 3, b * 2.6, 4, seed, False)
    sky = b + 0.5 * (flow - 0.5)
    r, g, c = own
    if sky > 0.62:
        mix = min((sky - 0.62) * 3, 1.0)
        return r + (0.93 - r) * mix, g + (0.86 - g) * mix, c + (0.74 - c) * mix
    if sky > 0.44:
        return r * 0.8 + 0.16, g * 0.72 + 0.10, c * 0.7 + 0.05
    shade = 0.35 + 0.9 * flow
    return c * shade, g * shade * 0.9, r * shade


@kernel
def _chart(own: Rgb, part: tuple[float, float], seed: int) -> Rgb:
    """A slide on a screen: a headline, bars that grow, and a ring cut in three."""
    a, b = part
    if min(a, 1 - a, b, 1 - b) < 0.012:
        return 0.03, 0.03, 0.035
    if 0.84 < b < 0.90 and 0.07 < a < 0.37 + 0.2 * chance(1, 2, seed):
        return 0.16, 0.20, 0.28
    written = 0.775 < b < 0.80 and 0.07 < a < 0.62
    if written or (0.70 < a < 0.92 and 0.12 < b < 0.22 and (b * 30) % 1 < 0.4):
        return 0.62, 0.66, 0.72
    if 0.09 < a < 0.62 and 0.11 < b < 0.72:
        return _bars(own, (a - 0.09) / 0.53 * 8, b, seed)
    return _ring(own, a, b)


@kernel
def _ring(own: Rgb, a: float, b: float) -> Rgb:
    x, y = (a - 0.80) * 1.78, b - 0.46
    far = math.sqrt(x * x + y * y)
    if 0.10 < far < 0.19:
        turn = math.atan2(y, x) / 6.2832 + 0.5
        if turn < 0.42:
            return own
        return (0.95, 0.66, 0.26) if turn < 0.75 else (0.55, 0.62, 0.72)
    return 0.93, 0.95, 0.98


@kernel
def _bars(own: Rgb, at: float, b: float, seed: int) -> Rgb:
    bar = math.floor(at)
    rise = 0.6 * (0.12 + 0.07 * bar + 0.16 * chance(bar, 7, seed))
    if b < 0.122:
        return 0.4, 0.44, 0.5
    if 0.2 < at - bar < 0.8 and b - 0.12 < rise:
        tone = 0.75 + 0.25 * (b - 0.12) / max(rise, 0.01)
        return own[0] * tone, own[1] * tone, own[2] * tone
    return (0.82, 0.85, 0.89) if (b * 10) % 1 < 0.03 else (0.93, 0.95, 0.98)
