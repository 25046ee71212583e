"""A planet that turns: its map on a sphere, day and night, air at its rim, rings around it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def globe(
    y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, chart: Floats, rings: Floats, numbers: Floats
) -> None:
    """Draw a planet over the frame.

    ``chart`` (rows, columns, 4), a power of two wide, is its map: Y above black, U and V about
    zero, and light of its own at night. ``rings`` (n, 2) has brightness and cover from the inner
    edge outwards, or is empty. ``numbers``: 0 middle (x, y), radius in pixels, turn of the map in
    radians, the tilt of its axis; 5 the light right, up and towards us; 8 air's Y, U, V; 11 how
    thick the air is; 12 inner and outer edge of the rings in radii, how open they look (sine),
    and the brightest light of the night side.
    """
    height, width = y_plane.shape
    radius = numbers[2]
    reach = radius * max(np.float32(1.14), numbers[13] if rings.shape[0] > 0 else np.float32(1))
    left, right = max(int(numbers[0] - reach) & ~1, 0), min(int(numbers[0] + reach) + 2, width)
    top, bottom = max(int(numbers[1] - reach) & ~1, 0), min(int(numbers[1] + reach) + 2, height)
    cos, sin = np.float32(math.cos(numbers[4])), np.float32(math.sin(numbers[4]))
    for row in range(top, bottom):
        dy = -(np.float32(row) + np.float32(0.5) - numbers[1]) / radius
        for column in range(left, right):
            dx = (np.float32(column) + np.float32(0.5) - numbers[0]) / radius
            far = math.sqrt(dx * dx + dy * dy)
            ring, cover, before = np.float32(0), np.float32(0), False
            if rings.shape[0] > 0:
                ring, cover, before = _ring(
                    rings, numbers, dx * cos + dy * sin, dy * cos - dx * sin
                )
            inside = min(max((np.float32(1) - far) * radius + np.float32(0.5), np.float32(0)), 1)
            chroma = (row | column) & 1 == 0
            if cover > 0 and not before:
                _mix(
                    y_plane, u_plane, v_plane, row, column, ring, 0, 0, cover * (1 - inside), chroma
                )
            if inside > 0:
                _ball(
                    y_plane, u_plane, v_plane, chart, numbers, row, column, dx, dy, cos, sin, inside
                )
            if np.float32(0.985) < far < np.float32(1.25) and numbers[11] > 0:
                _rim(y_plane, u_plane, v_plane, numbers, row, column, dx, dy, far)
            if cover > 0 and before:
                _mix(y_plane, u_plane, v_plane, row, column, ring, -4, 6, cover, chroma)


@kernel
def _turn(y: float, x: float) -> float:
    """The angle of a place to the right of the origin, to a hundredth of a radian: a map on a far
    planet needs no better, and it is asked for in every pixel."""
    off = abs(y)
    part = (x - off) / (x + off + np.float32(1e-9))
    angle = np.float32(0.78539816) + (np.float32(0.1963) * part * part - np.float32(0.9817)) * part
    return angle if y >= 0 else -angle


@kernel
def _mix(
    y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, row: int, column: int, y: float, u: float,
    v: float, cover: float, chroma: bool,
) -> None:  # fmt: skip
    below = np.float32(y_plane[row, column])
    value = below + (min(y + np.float32(16), np.float32(235)) - below) * cover
    y_plane[row, column] = np.uint8(max(value, np.float32(16)))
    if chroma:
        i, j = row >> 1, column >> 1
        old_u, old_v = np.float32(u_plane[i, j]), np.float32(v_plane[i, j])
        u_plane[i, j] = np.uint8(old_u + (np.float32(128) + u - old_u) * cover)
        v_plane[i, j] = np.uint8(old_v + (np.float32(128) + v - old_v) * cover)


@kernel
def _ball(
    y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, chart: Floats, numbers: Floats, row: int,
    column: int, dx: float, dy: float, cos: float, sin: float, inside: float,
) -> None:  # fmt: skip
    """One pixel of the sphere."""
    dz = math.sqrt(max(np.float32(1) - dx * dx - dy * dy, np.float32(0)))
    x, y = dx * cos + dy * sin, dy * cos - dx * sin
    lit = dx * numbers[5] + dy * numbers[6] + dz * numbers[7]
    if lit < np.float32(-0.25) and numbers[15] == 0:  # deep night, and nobody has lit a lamp
        _mix(y_plane, u_plane, v_plane, row, column, 0, 0, 0, inside, (row | column) & 1 == 0)
        return
    rows, columns = chart.shape[:2]
    at_x = (_turn(x, dz) + numbers[3]) / np.float32(6.2831853) * np.float32(columns)
    at_y = (
        np.float32(0.5) - _turn(y, math.sqrt(max(np.float32(1) - y * y, 0))) / np.float32(3.1415927)
    ) * np.float32(rows - 1)
    i, j = min(int(at_y), rows - 2), math.floor(at_x)
    fy, fx = np.float32(at_y) - np.float32(i), np.float32(at_x) - np.float32(j)
    a, b = j & (columns - 1), (j + 1) & (columns - 1)
    # The terminator is soft where there is air, and the day side darkens towards the rim.
    day = min(
        max((lit + np.float32(0.06)) / (np.float32(0.30) + numbers[11] * np.float32(0.3)), 0), 1
    )
    day = day * (np.float32(0.35) + np.float32(0.65) * max(lit, np.float32(0)))
    limb = numbers[11] * (np.float32(1) - dz) ** 3 * np.float32(0.9)
    limb *= min(max(lit + np.float32(0.25), np.float32(0)), np.float32(1))
    upper = chart[i, a, 0] + (chart[i, b, 0] - chart[i, a, 0]) * fx
    lower = chart[i + 1, a, 0] + (chart[i + 1, b, 0] - chart[i + 1, a, 0]) * fx
    luma = upper + (lower - upper) * fy
    own = chart[i, a, 3] * max(np.float32(0), np.float32(1) - day * 8)
    values = (luma, chart[i, a, 1], chart[i, a, 2], own)
    light = values[0] * day * np.float32(1.15) + values[3]
    light += (numbers[8] - light) * min(limb, np.float32(0.85))
    share = min(day * np.float32(1.4), np.float32(1))
    u = values[1] * share + numbers[9] * min(limb * 2, np.float32(1))
    v = values[2] * share + numbers[10] * min(limb * 2, np.float32(1))
    if values[3] > 2 and day < np.float32(0.1):
        u, v = np.float32(-14), np.float32(12)
    _mix(y_plane, u_plane, v_plane, row, column, light, u, v, inside, (row | column) & 1 == 0)


@kernel
def _rim(
    y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, numbers: Floats, row: int, column: int,
    dx: float, dy: float, far: float,
) -> None:  # fmt: skip
    """Air that shines beyond the edge, on the lit side."""
    lit = (dx * numbers[5] + dy * numbers[6]) / far + np.float32(0.35)
    glow = math.exp(-abs(far - np.float32(1)) * np.float32(34)) * min(max(lit, np.float32(0)), 1)
    glow += np.float32(0.25) * math.exp(-abs(far - np.float32(1)) * np.float32(11)) * max(lit, 0)
    glow *= numbers[11]
    below = np.float32(y_plane[row, column])
    room = (np.float32(240) - below) * np.float32(1 / 224)
    y_plane[row, column] = np.uint8(min(below + numbers[8] * glow * room, np.float32(235)))
    if (row | column) & 1 == 0:
        i, j = row >> 1, column >> 1
        u = np.float32(u_plane[i, j]) + numbers[9] * glow
        v = np.float32(v_plane[i, j]) + numbers[10] * glow
        u_plane[i, j] = np.uint8(min(max(u, np.float32(16)), np.float32(240)))
        v_plane[i, j] = np.uint8(min(max(v, np.float32(16)), np.float32(240)))


@kernel
def _ring(rings: Floats, numbers: Floats, x: float, y: float) -> tuple[float, float, bool]:
    """Brightness and cover of the rings at a place in radii, and whether they are before the
    planet there; its shadow falls on them."""
    away = y / numbers[14]
    far = math.sqrt(x * x + away * away)
    part = (far - numbers[12]) / (numbers[13] - numbers[12])
    if part <= 0 or part >= 1:
        return np.float32(0), np.float32(0), False
    at = part * np.float32(rings.shape[0] - 1)
    i = int(at)
    share = at - np.float32(i)
    bright = rings[i, 0] + (rings[i + 1, 0] - rings[i, 0]) * share
    cover = rings[i, 1] + (rings[i + 1, 1] - rings[i, 1]) * share
    # In the planet's shadow: behind it, as seen from the light.
    along = x * numbers[5] - away * numbers[7]
    aside = x * numbers[7] + away * numbers[5]
    if along < 0 and abs(aside) < np.float32(1):
        bright *= np.float32(0.12)
    return bright, cover, away < 0
