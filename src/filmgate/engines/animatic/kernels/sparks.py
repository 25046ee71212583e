"""Small live lights, added to the frame: windows, lamps, head-lights, bokeh, rain."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def sparks(y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, lights: Floats) -> None:
    """Add lights: rows of x, y, radius across, radius down (frame pixels), Y, U, V gains (Y above
    black, U and V around zero), hardness, square, lean. Light adds in Y'CbCr as it does in RGB.

    Hardness 1 is a soft bump, 8 a disc with an edge; square makes it a pane; lean shears it."""
    height, width = y_plane.shape
    for n in range(lights.shape[0]):
        light = lights[n]
        x, y, rx, ry = light[0], light[1], light[2], light[3]
        wide = rx + abs(light[9]) * rx
        left, right = max(math.floor(x - wide), 0), min(int(x + wide) + 1, width - 1)
        top, bottom = max(math.floor(y - ry), 0), min(int(y + ry) + 1, height - 1)
        if right < left or bottom < top or light[4] == 0:
            continue
        for row in range(top, bottom + 1):
            dy = (np.float32(row) + np.float32(0.5) - y) / ry
            first, last = _reach(light, dy, left, right)
            if last >= first:
                _brighten(y_plane[row, first : last + 1], light, first, dy)
        _tint(u_plane, v_plane, light, left >> 1, right >> 1, top >> 1, bottom >> 1)


@kernel
def _reach(light: Floats, dy: float, left: int, right: int) -> tuple[int, int]:
    """The columns of one row that a light can touch."""
    middle = light[0] + light[9] * dy * light[2]
    half = light[2]
    if light[8] < np.float32(0.5):
        half *= np.float32(math.sqrt(max(np.float32(0), np.float32(1) - dy * dy)))
    return max(int(middle - half), left), min(int(middle + half) + 1, right)


@kernel
def _brighten(line: Bytes, light: Floats, first: int, dy: float) -> None:
    """One row, without a branch, so that it is done in vectors."""
    none, one = np.float32(0), np.float32(1)
    across, hard, gain = one / light[2], light[7], light[4]
    begin = np.float32(first) + np.float32(0.5) - light[0] - light[9] * dy * light[2]
    square, down = light[8] > np.float32(0.5), dy * dy
    for i in range(line.shape[0]):
        dx = (begin + np.float32(np.int32(i))) * across
        far = max(dx * dx, down) if square else dx * dx + down
        part = max(none, min(one, hard * (one - far)))
        weight = part * part * (np.float32(3) - np.float32(2) * part)
        below = np.float32(line[i])
        room = min(one, (np.float32(240) - below) * np.float32(1 / 90))
        value = min(np.float32(235), below + gain * weight * room + np.float32(0.5))
        line[i] = np.uint8(np.int32(value))


@kernel
def _tint(
    u_plane: Bytes, v_plane: Bytes, light: Floats, left: int, right: int, top: int, bottom: int
) -> None:
    for row in range(top, min(bottom + 1, u_plane.shape[0])):
        dy = (np.float32(2 * row + 1) - light[1]) / light[3]
        first, last = _reach(light, dy, 2 * left, 2 * right)
        first, last = first >> 1, min((last >> 1) + 1, u_plane.shape[1])
        if last > first:
            _stain(u_plane[row, first:last], light, light[5], first, dy)
            _stain(v_plane[row, first:last], light, light[6], first, dy)


@kernel
def _stain(line: Bytes, light: Floats, gain: float, first: int, dy: float) -> None:
    """The same for one row of chroma."""
    none, one = np.float32(0), np.float32(1)
    across, hard = one / light[2], light[7]
    begin = np.float32(2 * first + 1) - light[0] - light[9] * dy * light[2]
    square, down = light[8] > np.float32(0.5), dy * dy
    for i in range(line.shape[0]):
        dx = (begin + np.float32(np.int32(2 * i))) * across
        far = max(dx * dx, down) if square else dx * dx + down
        part = max(none, min(one, hard * (one - far)))
        weight = part * part * (np.float32(3) - np.float32(2) * part)
        value = np.float32(line[i]) + gain * weight + np.float32(0.5)
        line[i] = np.uint8(np.int32(min(np.float32(240), max(np.float32(16), value))))
