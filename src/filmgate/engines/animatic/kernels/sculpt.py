"""Figures out of round limbs: outline, colour and relief in one pass, then light on them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import smooth_noise

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

# Columns of a part: group, both ends with their radii, colour, blend, and a pattern in another
# colour with its scale (see PATTERNS in puppets/parts.py).
GROUP, X1, Y1, R1, X2, Y2, R2, RED, BLEND, PATTERN, RED2, SCALE = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    10,
    11,
    12,
    15,
)
COLUMNS = 16


@kernel
def sculpted(
    parts: Floats, height: int, width: int, unit_px: float, foot_x: float, foot_y: float
) -> tuple[Floats, Floats, Floats]:
    """Colour (h, w, 3) in 0..1, cover and relief (h, w) of limbs given in figure's units, y up,
    from the foot; ``foot_x`` and ``foot_y`` are its pixels. Groups lie one over the other in their
    order; inside a group limbs melt into each other."""
    colour = np.zeros((height, width, 3), np.float32)
    cover = np.zeros((height, width), np.float32)
    relief = np.zeros((height, width), np.float32)
    field = np.empty((height, width), np.float32)
    depth = np.empty((height, width), np.float32)
    paint = np.empty((height, width, 3), np.float32)
    first = 0
    while first < parts.shape[0]:
        last = first
        while last < parts.shape[0] and parts[last, GROUP] == parts[first, GROUP]:
            last += 1
        box = _melted(parts[first:last], unit_px, foot_x, foot_y, field, depth, paint)
        _laid(box, field, depth, paint, colour, cover, relief)
        first = last
    return colour, cover, relief


@kernel
def _melted(
    parts: Floats,
    unit_px: float,
    foot_x: float,
    foot_y: float,
    field: Floats,
    depth: Floats,
    paint: Floats,
) -> tuple[int, int, int, int]:
    """One group's distance field in pixels, its relief and its colours; returns the box touched."""
    height, width = field.shape
    left, top, right, bottom = _touched(parts, unit_px, foot_x, foot_y, height, width)
    # A limb matters within its blend, and for the shade just outside its edge.
    count = parts.shape[0]
    near = np.empty(count, np.int32)
    margin = np.float32(6) / np.float32(unit_px)
    for row in range(top, bottom):
        y = (foot_y - (np.float32(row) + np.float32(0.5))) / unit_px
        active = 0
        for i in range(count):
            reach = max(parts[i, R1], parts[i, R2]) + parts[i, BLEND] + margin
            if (
                min(parts[i, Y1], parts[i, Y2]) - reach
                <= y
                <= max(parts[i, Y1], parts[i, Y2]) + reach
            ):
                near[active] = i
                active += 1
        for column in range(left, right):
            x = (np.float32(column) + np.float32(0.5) - foot_x) / unit_px
            nearest, round_at = np.float32(1e3), np.float32(0)
            red, green, blue = np.float32(0), np.float32(0), np.float32(0)
            for k in range(active):
                i = near[k]
                reach = max(parts[i, R1], parts[i, R2]) + parts[i, BLEND] + margin
                if x < min(parts[i, X1], parts[i, X2]) - reach:
                    continue
                if x > max(parts[i, X1], parts[i, X2]) + reach:
                    continue
                distance, along = _to_limb(x, y, parts[i])
                blend = max(parts[i, BLEND], np.float32(1e-4))
                if distance > nearest + blend:
                    continue
                share = np.float32(1)
                if nearest < np.float32(999):
                    share = np.float32(0.5) + np.float32(0.5) * (nearest - distance) / blend
                    share = min(np.float32(1), max(np.float32(0), share))
                if share == 0:
                    continue
                radius = parts[i, R1] + (parts[i, R2] - parts[i, R1]) * along
                axis = max(radius + distance, np.float32(0))
                swell = math.sqrt(max(radius * radius - axis * axis, np.float32(0)))
                mark = _mark(x, y, along, parts[i])
                red += (_mixed(parts[i], 0, mark) - red) * share
                green += (_mixed(parts[i], 1, mark) - green) * share
                blue += (_mixed(parts[i], 2, mark) - blue) * share
                round_at += (swell - round_at) * share
                pull = max(blend - abs(distance - nearest), np.float32(0)) / blend
                nearest = min(distance, nearest) - pull * pull * blend * np.float32(0.25)
            field[row, column] = nearest * unit_px
            depth[row, column] = round_at * unit_px
            paint[row, column, 0], paint[row, column, 1], paint[row, column, 2] = red, green, blue
    return left, top, right, bottom


@kernel
def _touched(
    parts: Floats, unit_px: float, foot_x: float, foot_y: float, height: int, width: int
) -> tuple[int, int, int, int]:
    """The box of pixels in which a group can be seen or felt."""
    left, top, right, bottom = width, height, 0, 0
    for i in range(parts.shape[0]):
        reach = (max(parts[i, R1], parts[i, R2]) + parts[i, BLEND]) * unit_px + 6
        left = min(left, int(foot_x + min(parts[i, X1], parts[i, X2]) * unit_px - reach))
        right = max(right, int(foot_x + max(parts[i, X1], parts[i, X2]) * unit_px + reach) + 1)
        top = min(top, int(foot_y - max(parts[i, Y1], parts[i, Y2]) * unit_px - reach))
        bottom = max(bottom, int(foot_y - min(parts[i, Y1], parts[i, Y2]) * unit_px + reach) + 1)
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, width), min(bottom, height)
    return left, top, right, bottom


@kernel
def _to_limb(x: float, y: float, part: Floats) -> tuple[float, float]:
    """Signed distance to a round cone, and how far along its axis (0..1) the nearest point lies.
    (The exact distance of Inigo Quilez, "Distance functions", round cone, in two dimensions.)"""
    bx, by = part[X2] - part[X1], part[Y2] - part[Y1]
    px, py = x - part[X1], y - part[Y1]
    r1, r2 = part[R1], part[R2]
    length2 = bx * bx + by * by
    if length2 < np.float32(1e-7) or length2 <= (r1 - r2) * (r1 - r2):
        if r1 >= r2:
            return np.float32(math.sqrt(px * px + py * py)) - r1, np.float32(0)
        qx, qy = x - part[X2], y - part[Y2]
        return np.float32(math.sqrt(qx * qx + qy * qy)) - r2, np.float32(1)
    rr = r1 - r2
    a2 = length2 - rr * rr
    along = px * bx + py * by
    beyond = along - length2
    sx, sy = px * length2 - bx * along, py * length2 - by * along
    x2 = sx * sx + sy * sy
    y2, z2 = along * along * length2, beyond * beyond * length2
    k = (np.float32(1) if rr > 0 else np.float32(-1)) * rr * rr * x2
    part_along = min(np.float32(1), max(np.float32(0), along / length2))
    if (np.float32(1) if beyond > 0 else np.float32(-1)) * a2 * z2 > k:
        return np.float32(math.sqrt(x2 + z2)) / length2 - r2, part_along
    if (np.float32(1) if along > 0 else np.float32(-1)) * a2 * y2 < k:
        return np.float32(math.sqrt(x2 + y2)) / length2 - r1, part_along
    slanted = np.float32(math.sqrt(x2 * a2 / length2)) + along * rr
    return slanted / length2 - r1, part_along


@kernel
def _mixed(part: Floats, channel: int, mark: float) -> float:
    return part[RED + channel] + (part[RED2 + channel] - part[RED + channel]) * mark


@kernel
def _mark(x: float, y: float, along: float, part: Floats) -> float:
    """How much of the second colour is here, by the part's pattern; it moves with the limb."""
    kind, scale = part[PATTERN], part[SCALE]
    if kind == 0:
        return np.float32(0)
    bx, by = part[X2] - part[X1], part[Y2] - part[Y1]
    length = max(np.float32(math.sqrt(bx * bx + by * by)), np.float32(1e-4))
    across = ((x - part[X1]) * by - (y - part[Y1]) * bx) / length
    place = along * length
    if kind == 1:  # stripes around the limb
        bent = np.float32(smooth_noise(place / scale * np.float32(0.7), across / scale, 5))
        wave = math.sin((place / scale + bent * np.float32(0.9)) * np.float32(6.2832))
        return min(np.float32(1), max(np.float32(0), np.float32(wave) * np.float32(4)))
    if kind == 2:  # spots
        spot = np.float32(smooth_noise(place / scale + 9, across / scale + 5, 7))
        return min(np.float32(1), max(np.float32(0), (spot - np.float32(0.62)) * np.float32(12)))
    if kind == 3:  # large patches
        patch = np.float32(smooth_noise(place / scale + 3, across / scale + 2, 11))
        return min(np.float32(1), max(np.float32(0), (patch - np.float32(0.52)) * np.float32(16)))
    if kind == 4:  # the underside, along the limb's right-hand side
        return min(np.float32(1), max(np.float32(0), across / scale + np.float32(0.5)))
    # 5: the far end of the limb
    return min(np.float32(1), max(np.float32(0), (along - np.float32(1) + scale) * np.float32(9)))


@kernel
def _laid(
    box: tuple[int, int, int, int],
    field: Floats,
    depth: Floats,
    paint: Floats,
    colour: Floats,
    cover: Floats,
    relief: Floats,
) -> None:
    """A group over what is there; just outside its edge it darkens what it covers."""
    left, top, right, bottom = box
    for row in range(top, bottom):
        for column in range(left, right):
            distance = field[row, column]
            if distance > np.float32(5):
                continue
            solid = min(np.float32(1), max(np.float32(0), np.float32(0.5) - distance))
            if cover[row, column] > 0 and solid < 1:
                away = max(distance, np.float32(0)) * np.float32(0.2)
                shade = np.float32(0.72) + np.float32(0.28) * min(away, np.float32(1))
                for channel in range(3):
                    colour[row, column, channel] *= shade
            if solid == 0:
                continue
            # Straight colours: what is half covered keeps the colour of what covers it.
            rest = cover[row, column] * (np.float32(1) - solid)
            total = solid + rest
            for channel in range(3):
                mixed = paint[row, column, channel] * solid + colour[row, column, channel] * rest
                colour[row, column, channel] = mixed / total
            relief[row, column] += (depth[row, column] - relief[row, column]) * solid
            cover[row, column] = total


@kernel
def _gentler(one: float, other: float) -> float:
    return one if abs(one) < abs(other) else other


@kernel
def lit(
    colour: Floats,
    cover: Floats,
    relief: Floats,
    ambient: Floats,
    key: Floats,
    towards: Floats,
    backlight: float,
    interior: float,
) -> Bytes:
    """RGBA, straight alpha. ``towards`` is the unit vector to the light, right, up and to us."""
    height, width = cover.shape
    out = np.zeros((height, width, 4), np.uint8)
    hidden = np.float32(1.75) * backlight * backlight * (np.float32(1) - interior)
    hidden = min(np.float32(0.96), np.float32(hidden))
    for row in range(height):
        above, below = max(row - 1, 0), min(row + 1, height - 1)
        for column in range(width):
            if cover[row, column] == 0:
                continue
            left, right = max(column - 1, 0), min(column + 1, width - 1)
            here = relief[row, column]
            # The gentler side: where one limb lies before another there is a step, not a slope.
            nx = _gentler(relief[row, left] - here, here - relief[row, right])
            ny = _gentler(relief[below, column] - here, here - relief[above, column])
            long = np.float32(1) / np.float32(math.sqrt(nx * nx + ny * ny + np.float32(1)))
            nx, ny, nz = nx * long, ny * long, long
            facing = nx * towards[0] + ny * towards[1] + nz * towards[2]
            direct = max(np.float32(0), facing * np.float32(0.86) + np.float32(0.14))
            sky = np.float32(0.80) + np.float32(0.34) * ny
            side = max(np.float32(0), nx * towards[0] + ny * towards[1])
            edge = (np.float32(1) - nz) * (np.float32(1) - nz)
            rim = edge * side * (np.float32(0.35) + np.float32(1.5) * backlight)
            luma = (
                colour[row, column, 0] * np.float32(0.3)
                + colour[row, column, 1] * np.float32(0.59)
                + colour[row, column, 2] * np.float32(0.11)
            )
            for channel in range(3):
                flat = colour[row, column, channel]
                light = ambient[channel] * sky + key[channel] * direct
                value = flat * light
                dark = ambient[channel] * (np.float32(0.10) + np.float32(0.10) * luma)
                value += (dark - value) * hidden
                value += key[channel] * rim * (np.float32(0.25) + np.float32(0.75) * flat)
                value = min(np.float32(1), max(np.float32(0), value))
                out[row, column, channel] = np.uint8(value * np.float32(255) + np.float32(0.5))
            alpha = min(np.float32(1), cover[row, column])
            out[row, column, 3] = np.uint8(alpha * np.float32(255) + np.float32(0.5))
    return out
