"""Flat ground that runs away from us: a tiling texture, and light that moves over it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.water import video_byte

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@kernel
def lay_floor(
    y_plane: Bytes,
    u_plane: Bytes,
    v_plane: Bytes,
    texture: Bytes,
    lights: Bytes,
    first: int,
    rows: Doubles,
    haze: Floats,
) -> None:
    """Fill rows of the frame from ``first`` on with an opaque (n, n, 4) ``texture``.

    ``rows`` has for each: 0 the texel across at the left edge, its step a pixel, the texel in
    depth; 3 how much of it is air (0..1); then across, step and depth in ``lights`` for one pattern
    and 7 for a second, and 10 how strongly their product lights the ground. ``lights`` is (m, m),
    128 is neutral. ``haze`` is the air's Y, U, V and how U and V lean where light falls."""
    mask, light_mask = texture.shape[0] - 1, lights.shape[0] - 1
    columns = y_plane.shape[1]
    for number in range(rows.shape[0]):
        row = rows[number]
        line = first + number
        depth = np.int64(math.floor(row[2] * 256))
        upper, lower = texture[(depth >> 8) & mask], texture[((depth >> 8) + 1) & mask]
        fy = np.int32(depth & 255)
        at, step = np.int64(math.floor(row[0] * 65536)), np.int64(row[1] * 65536)
        one = lights[np.int64(math.floor(row[6])) & light_mask]
        two = lights[np.int64(math.floor(row[9])) & light_mask]
        at_one, step_one = np.int64(math.floor(row[4] * 65536)), np.int64(row[5] * 65536)
        at_two, step_two = np.int64(math.floor(row[7] * 65536)), np.int64(row[8] * 65536)
        clear = np.float32(1) - np.float32(row[3])
        gain = np.float32(row[10] / 128)
        for column in range(columns):
            fx = np.int32((at >> 8) & 255)
            i, j = (at >> 16) & mask, ((at >> 16) + 1) & mask
            at += step
            wd = (fx * fy) >> 8
            wb, wc = fx - wd, fy - wd
            wa = np.int32(256) - wb - wc - wd
            value = upper[i, 0] * wa + upper[j, 0] * wb + lower[i, 0] * wc + lower[j, 0] * wd
            y = np.float32(value) * np.float32(1 / 256) - np.float32(16)
            light = np.float32(0)
            if gain != 0:
                spot = min(
                    _between(one, at_one, light_mask), _between(two, at_two, light_mask)
                ) - np.float32(128)
                light = spot * gain
                at_one += step_one
                at_two += step_two
            y += y * light
            y_plane[line, column] = video_byte(haze[0] + (y + np.float32(16) - haze[0]) * clear)
            if (line | column) & 1 == 0:
                u = np.float32(upper[i, 1]) + light * haze[3]
                v = np.float32(upper[i, 2]) + light * haze[4]
                u_plane[line >> 1, column >> 1] = np.uint8(haze[1] + (u - haze[1]) * clear)
                v_plane[line >> 1, column >> 1] = np.uint8(haze[2] + (v - haze[2]) * clear)


@kernel
def _between(line: Bytes, at: int, mask: int) -> float:
    """A value between two of a line that repeats; ``at`` has sixteen bits behind the point."""
    here = (at >> 16) & mask
    part = np.float32(at & 65535) * np.float32(1 / 65536)
    low = np.float32(line[here])
    return low + (np.float32(line[(here + 1) & mask]) - low) * part
