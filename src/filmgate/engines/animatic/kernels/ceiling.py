"""Clouds overhead: a tiling texture on a plane parallel to the ground.

Along one row of the frame such a plane is read at one depth and in equal steps, so no pixel needs
a division, and the texture's size (a power of two) wraps by masking. Whole numbers throughout.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.blend import over, over_mean
from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]


@kernel
def lay_ceiling(
    ground_y: Bytes,
    ground_u: Bytes,
    ground_v: Bytes,
    texture: Bytes,
    first: int,
    rows: Doubles,
    spans: Ints,
) -> None:
    """Premultiplied (n, n, 4) ``texture`` over the frame's rows from ``first`` on.

    ``rows`` has for each: the texel across at the left edge, its step a pixel, the texel in depth,
    and the opacity (0..1). Chroma is read once for two by two pixels. ``spans`` has the first
    column and the one after the last that are seen of every two rows of the frame.
    """
    mask = texture.shape[0] - 1
    for row in range(min(rows.shape[0], 2 * spans.shape[0] - first)):
        opacity = np.int64(rows[row, 3] * 256)
        if opacity <= 0:
            continue
        line = first + row
        depth = np.int64(math.floor(rows[row, 2] * 256))
        lower_share = ((depth & 255) * opacity) >> 8
        upper_share = opacity - lower_share
        upper, lower = texture[(depth >> 8) & mask], texture[((depth >> 8) + 1) & mask]
        across = np.int64(math.floor(rows[row, 0] * 65536))
        step = np.int64(rows[row, 1] * 65536)
        half = line // 2
        for column in range(spans[half, 0], spans[half, 1]):
            at = across + step * column
            a, b = (at >> 16) & mask, ((at >> 16) + 1) & mask
            if upper[a, 3] | upper[b, 3] | lower[a, 3] | lower[b, 3] == 0:
                continue
            right = (at >> 8) & 255
            wb, wd = right * upper_share, right * lower_share
            wa, wc = (upper_share << 8) - wb, (lower_share << 8) - wd
            y = upper[a, 0] * wa + upper[b, 0] * wb + lower[a, 0] * wc + lower[b, 0] * wd
            alpha = upper[a, 3] * wa + upper[b, 3] * wb + lower[a, 3] * wc + lower[b, 3] * wd
            opaque = (alpha + 32768) >> 16
            ground_y[line, column] = over(ground_y[line, column], (y + 32768) >> 16, opaque)
            if (line | column) & 1 == 0:
                u = upper[a, 1] * wa + upper[b, 1] * wb + lower[a, 1] * wc + lower[b, 1] * wd
                v = upper[a, 2] * wa + upper[b, 2] * wb + lower[a, 2] * wc + lower[b, 2] * wd
                x = column // 2
                ground_u[half, x] = over_mean(ground_u[half, x], u >> 14, 4 * opaque)
                ground_v[half, x] = over_mean(ground_v[half, x], v >> 14, 4 * opaque)
