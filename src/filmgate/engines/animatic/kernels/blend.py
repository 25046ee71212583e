"""Putting planes together: dithering to bytes, and "over"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def dithered(plane: Floats) -> Bytes:
    """Rounded up or down by an ordered hash of the place, so that bands break up."""
    height, width = plane.shape
    out = np.empty((height, width), np.uint8)
    for row in range(height):
        for column in range(width):
            mixed = np.uint32(row) * np.uint32(374761393) + np.uint32(column) * np.uint32(668265263)
            mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177)
            chance = np.float32((mixed >> np.uint32(8)) & np.uint32(0xFFFF)) * np.float32(1 / 65536)
            value = plane[row, column] + chance
            out[row, column] = np.uint8(min(np.float32(255), max(np.float32(0), value)))
    return out


@kernel
def lay_over(
    ground_y: Bytes, ground_u: Bytes, ground_v: Bytes, texture: Bytes, left: int, top: int
) -> None:
    """A premultiplied (h, w, 4) texture over the planes, its corner at (left, top), all even; it
    must lie inside. Chroma is the mean of its four pixels."""
    rows, columns = texture.shape[0] // 2, texture.shape[1] // 2
    for row in range(rows):
        y0, y1 = top + 2 * row, top + 2 * row + 1
        for column in range(columns):
            a, b = texture[2 * row, 2 * column], texture[2 * row, 2 * column + 1]
            c, d = texture[2 * row + 1, 2 * column], texture[2 * row + 1, 2 * column + 1]
            alpha = np.int32(a[3]) + np.int32(b[3]) + np.int32(c[3]) + np.int32(d[3])
            if alpha == 0:
                continue
            x0 = left + 2 * column
            ground_y[y0, x0] = over(ground_y[y0, x0], a[0], a[3])
            ground_y[y0, x0 + 1] = over(ground_y[y0, x0 + 1], b[0], b[3])
            ground_y[y1, x0] = over(ground_y[y1, x0], c[0], c[3])
            ground_y[y1, x0 + 1] = over(ground_y[y1, x0 + 1], d[0], d[3])
            u, v = top // 2 + row, left // 2 + column
            sum_u = np.int32(a[1]) + np.int32(b[1]) + np.int32(c[1]) + np.int32(d[1])
            sum_v = np.int32(a[2]) + np.int32(b[2]) + np.int32(c[2]) + np.int32(d[2])
            ground_u[u, v] = over_mean(ground_u[u, v], sum_u, alpha)
            ground_v[u, v] = over_mean(ground_v[u, v], sum_v, alpha)


@kernel
def over(below: int, above: int, alpha: int) -> int:
    """One premultiplied byte over another."""
    rest = np.int32(255) - np.int32(alpha)
    value = np.int32(above) + ((np.int32(below) * rest * np.int32(257) + np.int32(32768)) >> 16)
    return np.uint8(min(value, np.int32(255)))


@kernel
def over_mean(below: int, above: int, alpha: int) -> int:
    """The same for sums over four pixels."""
    rest = np.int32(1020) - np.int32(alpha)
    value = (np.int32(above) >> 2) + (np.int32(below) * rest + np.int32(510)) // np.int32(1020)
    return np.uint8(min(value, np.int32(255)))
