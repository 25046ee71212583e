"""Open ground that runs away from us: grass as heights on a plane, drawn from near to far."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import chance

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

LINE_ANGLE = 1 / 1152
"""The width of a sample of grass, as a share of its distance."""


@kernel
def repeating(x: float, y: float, wide: int, tall: int, seed: int) -> float:
    """Smooth noise, one feature per unit, that repeats after ``wide`` by ``tall`` units."""
    left, top = math.floor(x), math.floor(y)
    fx, fy = np.float32(x - left), np.float32(y - top)
    fx = fx * fx * (np.float32(3) - np.float32(2) * fx)
    fy = fy * fy * (np.float32(3) - np.float32(2) * fy)
    right, bottom = (left + 1) % wide, (top + 1) % tall
    left, top = left % wide, top % tall
    a, b = chance(left, top, seed), chance(right, top, seed)
    c, d = chance(left, bottom, seed), chance(right, bottom, seed)
    upper, lower = a + (b - a) * fx, c + (d - c) * fx
    return np.float32(upper + (lower - upper) * fy)


@kernel
def tufts(rows: int, columns: int, seed: int) -> Floats:
    """(rows, columns + 1) heights of grass, 0..1, along lines that each repeat."""
    out = np.empty((rows, columns + 1), np.float32)
    for row in range(rows):
        for column in range(columns):
            blade = chance(column, row, seed)
            beside = chance((column + 1) % columns, row, seed)
            clump = repeating(column / 14, 0.0, columns // 14, 1, seed + 1 + row)
            mixed = blade * np.float32(0.66) + beside * np.float32(0.18)
            out[row, column] = mixed * (np.float32(0.6) + np.float32(0.6) * clump)
        out[row, columns] = out[row, 0]
    return out


@kernel
def rolling(side: int, seed: int) -> Floats:
    """(2, side, side): gentle heights in -0.6..1.4, and patches of colour in 0..1; both tile."""
    out = np.empty((2, side, side), np.float32)
    for row in range(side):
        for column in range(side):
            x, z = np.float32(column / side), np.float32(row / side)
            height = repeating(x * 7, z * 9, 7, 9, seed)
            height += np.float32(0.4) * repeating(x * 16, z * 20, 16, 20, seed + 1)
            patch = np.float32(0.5) * repeating(x * 20, z * 13, 20, 13, seed + 2)
            patch += np.float32(0.3) * repeating(x * 51, z * 34, 51, 34, seed + 3)
            patch += np.float32(0.2) * repeating(x * 120, z * 70, 120, 70, seed + 4)
            out[0, row, column] = height * np.float32(1.43) - np.float32(0.6)
            out[1, row, column] = patch
    return out


@kernel
def across(tile: Floats, row: float, line: Floats) -> None:
    """One line through a tile, between two of its rows: a screen row sees the ground along it."""
    rows, columns = tile.shape
    whole = math.floor(row)
    part = np.float32(row - whole)
    upper, lower = tile[int(whole) % rows], tile[(int(whole) + 1) % rows]
    for column in range(columns):
        line[column] = upper[column] + (lower[column] - upper[column]) * part
    line[columns] = line[0]


@kernel
def along(line: Floats, place: float) -> float:
    """A value on a line that repeats; its length is a power of two and one."""
    whole = np.int32(place) - np.int32(place < np.float32(0))
    part = place - np.float32(whole)
    at = whole & np.int32(line.shape[0] - 2)
    return line[at] + (line[at + 1] - line[at]) * part


@kernel
def stroke(
    y_plane: Bytes, tops: Floats, part: Floats, column: int, at: float, luma: float, fade: float
) -> tuple[int, int]:
    """Paint a blade up to the row ``at``, in one column that is finished up to ``tops``: what is
    nearer was painted before. Gives the rows of its tip and of its lowest pixel. Its tip covers a
    pixel only in part; ``part`` keeps that light until the next blade fills the pixel."""
    position = tops[column]
    bottom = int(position)
    bottom -= int(np.float32(bottom) == position)
    tip = int(at)
    if np.float32(tip) == at:  # a tip on the very edge would leave its pixel to nobody
        at += np.float32(1 / 256)
    tops[column] = at
    if bottom == tip:
        part[column] += (position - at) * luma
        return tip, bottom
    mixed = part[column] + (position - np.float32(bottom)) * luma
    y_plane[bottom, column] = np.uint8(mixed + np.float32(0.5))
    # Light falls on the tip; further down a blade is in the shade of others.
    for row in range(tip + 1, bottom):
        deep = max(luma - fade * np.float32(row - tip), luma * np.float32(0.55))
        y_plane[row, column] = np.uint8(deep + np.float32(0.5))
    part[column] = (np.float32(tip + 1) - at) * luma
    return tip, bottom


@kernel
def hue(colours: Floats, channel: int, tip: float, dry: float, air: float, dyed: float) -> int:
    """U or V of a blade of grass; light that shines through it deepens its colour."""
    green = colours[0, channel] + (colours[1, channel] - colours[0, channel]) * tip
    straw = colours[2, channel] + (colours[3, channel] - colours[2, channel]) * tip
    value = green + (straw - green) * dry
    value += (colours[4, channel] - value) * air
    value = (value - np.float32(128)) * dyed + np.float32(128.5)
    return np.uint8(min(max(value, np.float32(16)), np.float32(240)))


@kernel
def line_of_grass(
    y_plane: Bytes,
    u_plane: Bytes,
    v_plane: Bytes,
    tops: Floats,
    part: Floats,
    blades: Floats,
    ground: Floats,
    colours: Floats,
    numbers: Floats,
    line: Floats,
) -> None:
    """Paint one line of blades. ``ground`` has the land along it: height, patch, gust; ``line`` its
    place in the world and its shift."""
    focal, eye, tall, hills = numbers[1], numbers[2], numbers[6], numbers[7]
    end, ragged, wind, bloom = numbers[8], numbers[9], numbers[11], numbers[13]
    z, columns = line[0], y_plane.shape[1]
    depth = z - numbers[4]
    pixel = depth / focal
    stalk, foot = tall / pixel, numbers[0] + eye / pixel
    step = np.float32(1 / LINE_ANGLE) / z
    air = np.float32(1) - np.float32(math.exp(-depth / numbers[10]))
    petal = colours[5, 0] + (colours[4, 0] - colours[5, 0]) * air
    petals = int(np.float32(0.11) / pixel) + 1
    # Flat where subjects stand, rolling behind them.
    roll = min(max((z - np.float32(60)) / np.float32(140), np.float32(0)), np.float32(1))
    roll *= hills / pixel
    # The land and the wind change slowly: one look at them for four columns.
    for first in range(0, columns, 4):
        x = (np.float32(first + 2) - numbers[12]) * pixel + numbers[3]
        patch = along(ground[1], x)
        if z > end + ragged * (patch - np.float32(0.5)) * np.float32(2):
            continue
        base = foot - along(ground[0], x) * roll
        gust = along(ground[2], x * np.float32(0.6) - wind * numbers[5] * np.float32(5))
        gust -= np.float32(0.5)
        place = (x + gust * wind * np.float32(0.16)) * step + line[2]
        dry = min(max((patch - np.float32(0.36)) * np.float32(3.2), np.float32(0)), np.float32(1))
        long = stalk * (np.float32(0.55) + patch * np.float32(0.9))
        roots = colours[0, 0] + (colours[2, 0] - colours[0, 0]) * dry
        tips = colours[1, 0] + (colours[3, 0] - colours[1, 0]) * dry
        roots += (colours[4, 0] - roots) * air
        tips += (colours[4, 0] - tips) * air
        off = (np.float32(first + 2) - numbers[14]) * np.float32(5) / np.float32(columns)
        shine = numbers[15] / (np.float32(1) + off * off)
        tips *= np.float32(1) + shine
        for column in range(first, min(first + 4, columns)):
            blade = along(blades, place + np.float32(column - first - 2) * pixel * step)
            at = max(base - blade * long, np.float32(0))
            if at >= tops[column]:
                continue
            light = blade * (np.float32(1.1) + gust * np.float32(1.1)) + gust * np.float32(0.16)
            light = min(max(light, np.float32(0)), np.float32(1))
            luma = min(roots + (tips - roots) * light, np.float32(235))
            top, bottom = stroke(y_plane, tops, part, column, at, luma, (luma - roots) / long)
            if bottom == top:
                continue
            if column & 1 == 0:
                dyed = np.float32(1) + shine * light
                for row in range((top + 2) // 2, bottom // 2 + 1):
                    u_plane[row, column // 2] = hue(colours, 1, light, dry, air, dyed)
                    v_plane[row, column // 2] = hue(colours, 2, light, dry, air, dyed)
            if blade > bloom and bloom < patch + np.float32(0.5):
                for row in range(top + 1, min(bottom, top + 1 + petals)):
                    y_plane[row, column] = np.uint8(petal)
                    u_plane[row // 2, column // 2] = np.uint8(colours[5, 1])
                    v_plane[row // 2, column // 2] = np.uint8(colours[5, 2])


@kernel
def meadow_kernel(
    y_plane: Bytes,
    u_plane: Bytes,
    v_plane: Bytes,
    grass: Floats,
    land: Floats,
    lines: Floats,
    colours: Floats,
    numbers: Floats,
) -> None:
    """Draw the ground over what stands behind it, from the nearest line of grass to the farthest.

    ``lines`` has a row for each line of grass across the view: distance from the first frame's
    camera, its row in ``grass``, and how far that is shifted. ``colours`` has a row of Y, U, V each
    for roots, tips, the dry patches' roots and tips, the haze, and flowers. ``numbers``: 0 horizon
    row, focal length, camera height, x and z in metres, 5 time, height of the grass, height of the
    hills, where the ground ends, how ragged that end is, 10 distance of full haze, wind, column of
    the middle, how tall a blade must be (0..1) to be a flower, the sun's column, 15 how much shines
    through the grass.
    """
    rows, columns = y_plane.shape
    tops = np.full(columns, np.float32(rows), np.float32)
    part = np.zeros(columns, np.float32)
    ground = np.empty((3, land.shape[2] + 1), np.float32)
    for number in range(lines.shape[0]):
        z = lines[number, 0]
        depth = z - numbers[4]
        highest = numbers[0] + (numbers[2] - numbers[6] * np.float32(1.4)) * numbers[1] / depth
        if depth < np.float32(2) or highest > np.float32(rows):
            continue
        across(land[0], z, ground[0])
        across(land[1], z, ground[1])
        across(land[1], z * np.float32(0.5), ground[2])
        line_of_grass(
            y_plane,
            u_plane,
            v_plane,
            tops,
            part,
            grass[int(lines[number, 1])],
            ground,
            colours,
            numbers,
            lines[number],
        )
    for column in range(columns):
        row = int(tops[column])
        if row < rows:  # the last tips cover their pixels in part, over what stands behind
            beyond = np.float32(y_plane[row, column]) * (tops[column] - np.float32(row))
            y_plane[row, column] = np.uint8(part[column] + beyond + np.float32(0.5))
