"""Small solid things in the air or in water, drawn anew in every frame: leaves, petals, fish."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def flecks(y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, rows: Floats) -> None:
    """Draw pointed ellipses in order: x, y, half length, half width, cosine and sine of the turn, 6
    Y, U, V, 9 cover, 10 how much a tail fin opens at the far end (0: none)."""
    tall, wide = y_plane.shape
    for n in range(rows.shape[0]):
        fleck = rows[n]
        long, slim = max(fleck[2], np.float32(0.6)), max(fleck[3], np.float32(0.4))
        broad = slim * (np.float32(1) + fleck[10])
        reach_x = abs(fleck[4]) * long + abs(fleck[5]) * broad + np.float32(1)
        reach_y = abs(fleck[5]) * long + abs(fleck[4]) * broad + np.float32(1)
        left, right = max(int(fleck[0] - reach_x), 0), min(int(fleck[0] + reach_x) + 1, wide)
        top, bottom = max(int(fleck[1] - reach_y), 0), min(int(fleck[1] + reach_y) + 1, tall)
        for row in range(top, bottom):
            dy = np.float32(row) + np.float32(0.5) - fleck[1]
            for column in range(left, right):
                dx = np.float32(column) + np.float32(0.5) - fleck[0]
                a = (dx * fleck[4] + dy * fleck[5]) / long
                b = (dy * fleck[4] - dx * fleck[5]) / slim
                if abs(a) >= 1:
                    continue
                edge = _outline(a, fleck[10])
                cover = min((edge - abs(b)) * slim + np.float32(0.5), np.float32(1)) * fleck[9]
                if cover <= 0:
                    continue
                below = np.float32(y_plane[row, column])
                # Light from above: a back is darker than a belly in water, a leaf the other way.
                value = fleck[6] * (np.float32(1) + np.float32(0.14) * b)
                value = below + (value - below) * cover
                y_plane[row, column] = np.uint8(min(max(value, np.float32(16)), np.float32(235)))
                if (row | column) & 1 == 0:
                    i, j = row >> 1, column >> 1
                    u, v = np.float32(u_plane[i, j]), np.float32(v_plane[i, j])
                    u_plane[i, j] = np.uint8(u + (fleck[7] - u) * cover + np.float32(0.5))
                    v_plane[i, j] = np.uint8(v + (fleck[8] - v) * cover + np.float32(0.5))


@kernel
def _outline(a: float, fin: float) -> float:
    """Half the breadth at a place along the body, the head at 1 and the tail at -1."""
    if fin <= 0:
        return np.float32(math.sqrt(max(np.float32(1) - a * a, np.float32(0))))
    if a < np.float32(-0.55):
        return (np.float32(-0.5) - a) * np.float32(2) * fin + np.float32(0.05)
    body = (a + np.float32(0.62)) / np.float32(1.62)
    return np.float32(2.4) * math.sqrt(body) * (np.float32(1) - body) + np.float32(0.06)
