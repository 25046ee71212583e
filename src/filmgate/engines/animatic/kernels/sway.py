"""A cut-out that bends: every part of it is moved a little by the wind or by water."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Whole = NDArray[np.uint32]
PAIR, HALF = np.uint32(0x00FF00FF), np.uint32(0x00800080)

TILE = 16
"""Frame pixels between two nodes of the shift, and texture pixels to a block of ``filled``."""


@kernel
def lay_swaying(
    ground_y: Bytes,
    ground_u: Bytes,
    ground_v: Bytes,
    texture: Whole,
    filled: Bytes,
    shift: Floats,
    numbers: Floats,
) -> None:
    """A premultiplied ``texture``, (h, w) of Y, U, V and alpha in four bytes, over the planes.

    ``filled`` tells for blocks of TILE texture pixels whether anything is in or beside them.
    ``shift`` (2, rows, columns) has the bend at the corners of the frame's tiles, right and down in
    texture pixels. ``numbers``: where the texture's corner is in the frame (x, y), texture pixels
    a frame pixel, and whether the texture goes on beyond its edges (1) or ends there (0)."""
    height, width = ground_y.shape
    step = numbers[2]
    endless = numbers[3] > 0
    for tile_y in range((height + TILE - 1) // TILE):
        for tile_x in range((width + TILE - 1) // TILE):
            x = (np.float32(tile_x * TILE + TILE // 2) - numbers[0]) * step
            y = (np.float32(tile_y * TILE + TILE // 2) - numbers[1]) * step
            block_x = int(np.floor(x + shift[0, tile_y, tile_x])) // TILE
            block_y = int(np.floor(y + shift[1, tile_y, tile_x])) // TILE
            if endless:
                block_x = min(max(block_x, 0), filled.shape[1] - 1)
                block_y = min(max(block_y, 0), filled.shape[0] - 1)
            if block_x < 0 or block_y < 0:
                continue
            if block_y >= filled.shape[0] or block_x >= filled.shape[1]:
                continue
            if filled[block_y, block_x] == 0:
                continue
            _tile(ground_y, ground_u, ground_v, texture, shift, numbers, tile_y, tile_x)


@kernel
def _bend(shift: Floats, tile_y: int, tile_x: int, down: float) -> tuple[float, float]:
    """The shift at both ends of a line through a tile."""
    left, right = shift[tile_y, tile_x], shift[tile_y, tile_x + 1]
    return (
        left + (shift[tile_y + 1, tile_x] - left) * down,
        right + (shift[tile_y + 1, tile_x + 1] - right) * down,
    )


@kernel
def _tile(
    ground_y: Bytes,
    ground_u: Bytes,
    ground_v: Bytes,
    texture: Whole,
    shift: Floats,
    numbers: Floats,
    tile_y: int,
    tile_x: int,
) -> None:
    height, width = ground_y.shape
    rows, columns = texture.shape[0] - 1, texture.shape[1] - 1
    step, endless = numbers[2], numbers[3] > 0
    part = np.float32(1 / TILE)
    last_y, last_x = min((tile_y + 1) * TILE, height), min((tile_x + 1) * TILE, width)
    for line in range(tile_y * TILE, last_y):
        down = np.float32(line - tile_y * TILE) * part
        x0, x1 = _bend(shift[0], tile_y, tile_x, down)
        y0, y1 = _bend(shift[1], tile_y, tile_x, down)
        at_x = (np.float32(tile_x * TILE) + np.float32(0.5) - numbers[0]) * step + x0
        at_y = (np.float32(line) + np.float32(0.5) - numbers[1]) * step + y0
        # Whole numbers with eight bits behind the point, from here on.
        fixed_x = np.int32((at_x - np.float32(0.5)) * np.float32(256))
        fixed_y = np.int32((at_y - np.float32(0.5)) * np.float32(256))
        step_x = np.int32((step + (x1 - x0) * part) * np.float32(256))
        step_y = np.int32((y1 - y0) * part * np.float32(256))
        for column in range(tile_x * TILE, last_x):
            ix, iy = fixed_x >> 8, fixed_y >> 8
            fx, fy = np.uint32(fixed_x & 255), np.uint32(fixed_y & 255)
            fixed_x += step_x
            fixed_y += step_y
            if endless:
                ix, iy = min(max(ix, 0), columns - 1), min(max(iy, 0), rows - 1)
            if ix < 0 or iy < 0 or ix >= columns or iy >= rows:
                continue
            a, b = texture[iy, ix], texture[iy, ix + 1]
            c, d = texture[iy + 1, ix], texture[iy + 1, ix + 1]
            if (a | b | c | d) < np.uint32(1 << 24):
                continue
            wd = (fx * fy) >> np.uint32(8)
            wb, wc = fx - wd, fy - wd
            wa = np.uint32(256) - wb - wc - wd
            # Y and V, U and alpha are worked out two at a time in one number.
            even = (a & PAIR) * wa + (b & PAIR) * wb + (c & PAIR) * wc + (d & PAIR) * wd
            eight = np.uint32(8)
            odd = ((a >> eight) & PAIR) * wa + ((b >> eight) & PAIR) * wb
            odd += ((c >> eight) & PAIR) * wc + ((d >> eight) & PAIR) * wd
            rest = np.int32(255) - np.int32((odd + HALF) >> np.uint32(24))
            value = np.int32(((even + HALF) >> eight) & np.uint32(255))
            value += (np.int32(ground_y[line, column]) * rest * np.int32(257) + 32768) >> 16
            ground_y[line, column] = np.uint8(min(value, np.int32(255)))
            if (line | column) & 1 == 0:
                i, j = line >> 1, column >> 1
                u = np.int32(((odd + HALF) >> eight) & np.uint32(255))
                v = np.int32((even + HALF) >> np.uint32(24))
                u += (np.int32(ground_u[i, j]) * rest * np.int32(257) + 32768) >> 16
                v += (np.int32(ground_v[i, j]) * rest * np.int32(257) + 32768) >> 16
                ground_u[i, j] = np.uint8(min(u, np.int32(255)))
                ground_v[i, j] = np.uint8(min(v, np.int32(255)))
