"""A street seen by who stands in it: asphalt, kerbs and paint, wet enough to mirror the town.

The mirror turns about the line in which the houses meet the ground, as it does in life; between
puddles the picture is drawn out downwards, which is how wet asphalt shows a light. Worked out in
cells of 2 x 2 pixels (one chroma sample); the sharp mirror once a pixel.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

# Places in the row of numbers.
HORIZON, FOCAL, EYE, CAMERA_X, CAMERA_Z, LEAN, TIME, WET, CURB, VANISH, LEFT, RIGHT = range(12)
SMEAR_X, SMEAR_Y = 8, 16


@kernel
def puddle_at(tile: Floats, u: float, v: float) -> float:
    mask = tile.shape[0] - 1
    column, row = np.int32(math.floor(u)), np.int32(math.floor(v))
    fu, fv = np.float32(u - np.float32(column)), np.float32(v - np.float32(row))
    x0, x1, y0, y1 = column & mask, (column + 1) & mask, row & mask, (row + 1) & mask
    top = tile[y0, x0, 0] + (tile[y0, x1, 0] - tile[y0, x0, 0]) * fu
    low = tile[y1, x0, 0] + (tile[y1, x1, 0] - tile[y1, x0, 0]) * fu
    return top + (low - top) * fv


@kernel
def film_at(tile: Floats, u: float, v: float) -> tuple[float, float, float]:
    """Grain and the two slopes of the film of water."""
    mask = tile.shape[0] - 1
    column, row = np.int32(math.floor(u)), np.int32(math.floor(v))
    fu, fv = np.float32(u - np.float32(column)), np.float32(v - np.float32(row))
    a, b = tile[row & mask, column & mask], tile[row & mask, (column + 1) & mask]
    c, d = tile[(row + 1) & mask, column & mask], tile[(row + 1) & mask, (column + 1) & mask]
    wa, wb = (np.float32(1) - fu) * (np.float32(1) - fv), fu * (np.float32(1) - fv)
    wc, wd = (np.float32(1) - fu) * fv, fu * fv
    return (
        a[1] * wa + b[1] * wb + c[1] * wc + d[1] * wd,
        a[2] * wa + b[2] * wb + c[2] * wc + d[2] * wd,
        a[3] * wa + b[3] * wb + c[3] * wc + d[3] * wd,
    )


@kernel
def smear_at(smear: Floats, x: float, y: float) -> tuple[float, float, float]:
    column = min(max(x, np.float32(0)), np.float32(smear.shape[1]) - np.float32(1.01))
    row = min(max(y, np.float32(0)), np.float32(smear.shape[0]) - np.float32(1.01))
    i, j = np.int32(row), np.int32(column)
    fi, fj = row - np.float32(i), column - np.float32(j)
    a, b, c, d = smear[i, j], smear[i, j + 1], smear[i + 1, j], smear[i + 1, j + 1]
    wa, wb = (np.float32(1) - fi) * (np.float32(1) - fj), (np.float32(1) - fi) * fj
    wc, wd = fi * (np.float32(1) - fj), fi * fj
    return (
        a[0] * wa + b[0] * wb + c[0] * wc + d[0] * wd,
        a[1] * wa + b[1] * wb + c[1] * wc + d[1] * wd,
        a[2] * wa + b[2] * wb + c[2] * wc + d[2] * wd,
    )


@kernel
def painted(x: float, z: float, curb: float, near: float) -> float:
    """Lane lines, 0..1: dashes between the lanes, a double line in the middle."""
    soft = np.float32(0.03) + np.float32(0.012) / near
    centre = abs(abs(x) - np.float32(0.15)) - np.float32(0.05)
    line = np.float32(1) - max(np.float32(0), centre) / soft
    beat = z * np.float32(1 / 7)
    if beat - np.float32(math.floor(beat)) < np.float32(0.45):
        lane = abs(abs(x) - curb * np.float32(0.5)) - np.float32(0.06)
        line = max(line, np.float32(1) - max(np.float32(0), lane) / soft)
    return max(np.float32(0), line) * min(np.float32(1), near * np.float32(1.6))


@kernel
def ground_at(
    tile: Floats, colours: Floats, x: float, z: float, curb: float, wet: float, near: float
) -> tuple[float, float, float, float, float]:
    """The ground's own Y, U, V, how much of a mirror it is, and how much of that is a puddle."""
    one, none = np.float32(1), np.float32(0)
    edge = abs(x) - curb
    puddle = puddle_at(tile, x * np.float32(7), z * np.float32(4))
    road = min(one, max(none, np.float32(0.5) - edge * np.float32(9) * near))
    kerb = max(none, one - abs(edge - np.float32(0.14)) * np.float32(7))
    still = min(one, max(none, (puddle - np.float32(0.62)) * np.float32(5) + wet - one))
    still *= wet * (np.float32(0.3) + np.float32(0.7) * road)
    mirror = wet * (np.float32(0.72) + np.float32(0.25) * still)
    mirror *= np.float32(0.6) + np.float32(0.4) * road
    dark = one - still * np.float32(0.4)
    paint = painted(x, z, curb, near) * (one - still * np.float32(0.6))
    lamp = near / (one + edge * edge * np.float32(0.10))
    lamp *= one + kerb * np.float32(1.6) + (one - road) * np.float32(0.5)
    y = colours[0, 0] * road + colours[1, 0] * (one - road)
    u = colours[0, 1] * road + colours[1, 1] * (one - road)
    v = colours[0, 2] * road + colours[1, 2] * (one - road)
    y = (y + kerb * near * colours[1, 0] * np.float32(0.5)) * dark
    y += paint * colours[2, 0] + lamp * colours[3, 0]
    u = u * dark + paint * colours[2, 1] + lamp * colours[3, 1]
    v = v * dark + paint * colours[2, 2] + lamp * colours[3, 2]
    return y, u, v, mirror, still


@kernel
def put_cell(
    y_plane: Bytes,
    sharp_y: Bytes,
    row: int,
    column: int,
    source: tuple[int, int],
    base: float,
    crisp: float,
    edge: tuple[float, float],
) -> None:
    """Four pixels of Y: ``base``, and ``crisp`` of what stands at ``source`` (row, column).
    ``edge`` is the houses' foot in the cell's middle and how it falls to the right; pixels above
    it are left alone."""
    if np.float32(2 * row) - edge[0] > np.float32(2):  # all of it is ground
        top, left = 2 * row, 2 * column
        if crisp < np.float32(0.004):
            flat = np.uint8(min(np.float32(235), max(np.float32(16), base)))
            y_plane[top, left] = y_plane[top, left + 1] = flat
            y_plane[top + 1, left] = y_plane[top + 1, left + 1] = flat
            return
        base -= np.float32(16) * crisp
        for j in range(2):
            for i in range(2):
                value = base + np.float32(sharp_y[source[0] - j, source[1] + i]) * crisp
                value = min(np.float32(235), max(np.float32(16), value))
                y_plane[top + j, left + i] = np.uint8(value)
        return
    for j in range(2):
        for i in range(2):
            mirrored = np.float32(sharp_y[source[0] - j, source[1] + i]) - np.float32(16)
            value = min(np.float32(235), max(np.float32(16), base + mirrored * crisp))
            foot = edge[0] + (np.float32(i) - np.float32(0.5)) * edge[1]
            cover = np.float32(2 * row + j + 1) - foot
            if cover <= 0:
                continue
            if cover < 1:
                below = np.float32(y_plane[2 * row + j, 2 * column + i])
                value = below + (value - below) * cover
            y_plane[2 * row + j, 2 * column + i] = np.uint8(value)


@kernel
def street_kernel(
    y_plane: Bytes,
    u_plane: Bytes,
    v_plane: Bytes,
    sharp_y: Bytes,
    smear: Floats,
    tile: Floats,
    colours: Floats,
    numbers: Floats,
) -> None:
    """Fill the ground. ``sharp_y`` is a copy of the frame's Y as it stands; ``smear`` its Y, U, V
    at an eighth of the width and a sixteenth of the height; ``tile`` holds puddles, grain and two
    slopes; ``colours`` are rows of Y (above black) and U, V (around zero, to be added): asphalt,
    pavement, paint, lamp light."""
    horizon, focal, wet = numbers[HORIZON], numbers[FOCAL], numbers[WET]
    # The film of water trembles where it is: its two slopes turn into each other.
    beat_c = np.float32(math.cos(numbers[TIME] * np.float32(2.2)))
    beat_s = np.float32(math.sin(numbers[TIME] * np.float32(2.2)))
    rows, columns = u_plane.shape
    one, half = np.float32(1), np.float32(128)
    last_row, last_column = sharp_y.shape[0] - 1, 2 * columns - 2
    for row in range(max(0, int(horizon) // 2), rows):
        down = max(np.float32(2 * row + 1) - horizon, np.float32(0.7))
        depth = focal * numbers[EYE] / down
        z = depth + numbers[CAMERA_Z]
        near = one / (one + depth * np.float32(0.05))
        fine = min(one, down * np.float32(0.008))
        fresnel = np.float32(0.40) + np.float32(0.5) * depth / (depth + np.float32(12))
        shift = numbers[CAMERA_X] - numbers[LEAN] * z
        for column in range(columns):
            off = np.float32(2 * column + 1) - numbers[VANISH]
            falls = numbers[RIGHT] if off > 0 else numbers[LEFT]
            contact = horizon + off * falls
            gap = np.float32(2 * row + 1) - contact
            if gap < np.float32(-1):
                continue
            x = np.float32(2 * column + 1 - columns) * (depth / focal) + shift
            y, u, v, mirror, still = ground_at(tile, colours, x, z, numbers[CURB], wet, near)
            mirror *= fresnel
            grain, slope_a, slope_b = film_at(tile, x * np.float32(44), z * np.float32(17))
            slope_x, slope_z = (
                slope_a * beat_c + slope_b * beat_s,
                slope_b * beat_c - slope_a * beat_s,
            )
            grain *= fine
            swing = np.float32(0.063) - np.float32(0.035) * still
            swing *= min(gap, np.float32(150))
            source = contact - gap - slope_z * swing * np.float32(3.2)
            aside = np.float32(2 * column) + slope_x * swing
            soft_y, soft_u, soft_v = smear_at(
                smear,
                aside * np.float32(1 / SMEAR_X) - np.float32(0.5),
                source * np.float32(1 / SMEAR_Y) - np.float32(0.5),
            )
            crisp = still * np.float32(0.6) * mirror
            keep = one - mirror * np.float32(0.7)
            tint = mirror * np.float32(1.15)
            sparkle = one + slope_z * np.float32(0.10) + grain * np.float32(0.16)
            base = np.float32(16.5) + y * keep * (one + grain * np.float32(0.10))
            base += (soft_y - np.float32(16)) * (mirror - crisp) * sparkle
            if gap > 0:
                u = half + np.float32(0.5) + u * keep + (soft_u - half) * tint
                v = half + np.float32(0.5) + v * keep + (soft_v - half) * tint
                u_plane[row, column] = np.uint8(min(np.float32(240), max(np.float32(16), u)))
                v_plane[row, column] = np.uint8(min(np.float32(240), max(np.float32(16), v)))
            at = (min(max(int(source), 1), last_row), min(max(int(aside), 0), last_column))
            put_cell(y_plane, sharp_y, row, column, at, base, crisp, (contact, falls))
