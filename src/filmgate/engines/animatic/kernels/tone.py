"""Grading a finished picture: one pass over its planes; and the flat strokes of a brush."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Shorts = NDArray[np.int16]


@kernel
def graded(
    y: Bytes,
    u: Bytes,
    v: Bytes,
    curve: Bytes,
    tint: Shorts,
    colour: int,
    darker: tuple[Shorts, Shorts],
    grain: Shorts,
    start: tuple[int, int],
) -> None:
    """In place. ``curve`` is luma by luma, ``tint`` (256, 2) what each luma adds to U and V, and
    ``colour`` the saturation in 1/256. ``darker`` are the vignette's column and row shares (their
    sum, in 1/256, is taken off the light). ``grain`` is a tile, a power of two wide and high, laid
    from ``start`` on."""
    down, right = darker
    rows, columns = u.shape
    mask_y, mask_x = grain.shape[0] - 1, grain.shape[1] - 1
    first, left = start
    for row in range(rows):
        for column in range(columns):
            light = np.int32(0)
            for part in range(4):
                r, c = 2 * row + part // 2, 2 * column + part % 2
                value = np.int32(curve[y[r, c]])
                light += value
                share = np.int32(256) - np.int32(down[r]) - np.int32(right[c])
                value = 16 + (((value - 16) * share) >> 8)
                # Grain is strongest in the middle tones and gone in black and white.
                room = min(value - 16, 235 - value)
                noise = np.int32(grain[(r + first) & mask_y, (c + left) & mask_x])
                value += (noise * min(room, np.int32(64))) >> 10
                y[r, c] = np.uint8(min(np.int32(235), max(np.int32(16), value)))
            tone = light >> 2
            for plane, channel in ((u, 0), (v, 1)):
                value = 128 + (((np.int32(plane[row, column]) - 128) * colour) >> 8)
                value += np.int32(tint[tone, channel])
                plane[row, column] = np.uint8(min(np.int32(240), max(np.int32(16), value)))


@kernel
def strokes(y: Bytes, u: Bytes, v: Bytes, reach: int, out: tuple[Bytes, Bytes, Bytes]) -> None:
    """Kuwahara's filter on planes of one size: every pixel takes the mean of that quarter of its
    surroundings that is the flattest, so that edges stay and what lies between them becomes
    strokes. (Kuwahara et al., "Processing of RI-angiocardiographic images", 1976.)"""
    height, width = y.shape
    sums = np.zeros((4, height + 1, width + 1), np.int32)
    for row in range(height):
        total = np.zeros(4, np.int32)
        for column in range(width):
            light = np.int32(y[row, column])
            total[0] += light
            total[1] += light * light
            total[2] += np.int32(u[row, column])
            total[3] += np.int32(v[row, column])
            for k in range(4):
                sums[k, row + 1, column + 1] = sums[k, row, column + 1] + total[k]
    for row in range(height):
        for column in range(width):
            best = np.float32(1e9)
            kept_y, kept_u, kept_v = y[row, column], u[row, column], v[row, column]
            for quarter in range(4):
                top = max(row - reach, 0) if quarter < 2 else row
                bottom = row + 1 if quarter < 2 else min(row + reach + 1, height)
                left = max(column - reach, 0) if quarter % 2 == 0 else column
                right = column + 1 if quarter % 2 == 0 else min(column + reach + 1, width)
                count = np.float32((bottom - top) * (right - left))
                mean = np.float32(_box(sums[0], top, left, bottom, right)) / count
                spread = np.float32(_box(sums[1], top, left, bottom, right)) / count - mean * mean
                if spread < best:
                    best = spread
                    kept_y = np.uint8(mean + np.float32(0.5))
                    kept_u = np.uint8(
                        np.float32(_box(sums[2], top, left, bottom, right)) / count
                        + np.float32(0.5)
                    )
                    kept_v = np.uint8(
                        np.float32(_box(sums[3], top, left, bottom, right)) / count
                        + np.float32(0.5)
                    )
            out[0][row, column], out[1][row, column], out[2][row, column] = kept_y, kept_u, kept_v


@kernel
def _box(sums: NDArray[np.int32], top: int, left: int, bottom: int, right: int) -> int:
    return sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
