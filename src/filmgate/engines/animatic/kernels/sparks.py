"""Small live lights, added to the frame: windows, lamps, head-lights, bokeh, rain."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def weight_at(dx: float, dy: float, hard: float, square: float, lean: float) -> float:
    """How strong a light is at a place given in its own radii; ``hard`` 1 is a soft bump, 8 a disc
    with an edge; ``square`` 1 makes it a pane; ``lean`` shears it."""
    dx -= lean * dy
    far = max(dx * dx, dy * dy) if square > np.float32(0.5) else dx * dx + dy * dy
    if far >= np.float32(1):
        return np.float32(0)
    part = min(np.float32(1), hard * (np.float32(1) - far))
    return part * part * (np.float32(3) - np.float32(2) * part)


@kernel
def sparks(y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, lights: Floats) -> None:
    """Add lights: rows of x, y, radius across, radius down (frame pixels), Y, U, V gains (Y above
    black, U and V around zero), hardness, square, lean. Light adds in Y'CbCr as it does in RGB."""
    height, width = y_plane.shape
    for n in range(lights.shape[0]):
        light = lights[n]
        x, y, rx, ry = light[0], light[1], light[2], light[3]
        wide = rx + abs(light[9]) * rx
        across = np.float32(1) / rx
        left, right = max(math.floor(x - wide), 0), min(int(x + wide) + 1, width - 1)
        top, bottom = max(math.floor(y - ry), 0), min(int(y + ry) + 1, height - 1)
        if right < left or bottom < top or light[4] == 0:
            continue
        for row in range(top, bottom + 1):
            dy = (np.float32(row) + np.float32(0.5) - y) / ry
            first, last = left, right
            if light[8] < np.float32(0.5) and light[9] == 0:
                half = rx * np.float32(math.sqrt(max(np.float32(0), np.float32(1) - dy * dy)))
                first, last = max(int(x - half), 0), min(int(x + half) + 1, width - 1)
            for column in range(first, last + 1):
                dx = (np.float32(column) + np.float32(0.5) - x) * across
                weight = weight_at(dx, dy, light[7], light[8], light[9])
                if weight > 0:
                    below = np.float32(y_plane[row, column])
                    room = min(np.float32(1), (np.float32(240) - below) * np.float32(1 / 90))
                    y_plane[row, column] = np.uint8(
                        min(np.float32(235), below + light[4] * weight * room + np.float32(0.5))
                    )
        _tint(u_plane, v_plane, light, left >> 1, right >> 1, top >> 1, bottom >> 1)


@kernel
def _tint(
    u_plane: Bytes, v_plane: Bytes, light: Floats, left: int, right: int, top: int, bottom: int
) -> None:
    for row in range(top, min(bottom + 1, u_plane.shape[0])):
        dy = (np.float32(2 * row + 1) - light[1]) / light[3]
        for column in range(left, min(right + 1, u_plane.shape[1])):
            dx = (np.float32(2 * column + 1) - light[0]) / light[2]
            weight = weight_at(dx, dy, light[7], light[8], light[9])
            if weight > 0:
                u = np.float32(u_plane[row, column]) + light[5] * weight + np.float32(0.5)
                v = np.float32(v_plane[row, column]) + light[6] * weight + np.float32(0.5)
                u_plane[row, column] = np.uint8(min(np.float32(240), max(np.float32(16), u)))
                v_plane[row, column] = np.uint8(min(np.float32(240), max(np.float32(16), v)))
