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
def lay_luma(ground: Bytes, ya: Bytes, left: int, top: int) -> None:
    """``ya`` over the Y plane, its corner at (left, top); it must lie inside."""
    height, width = ya.shape[:2]
    for row in range(height):
        for column in range(width):
            rest = np.int32(255) - np.int32(ya[row, column, 1])
            if rest == 255:
                continue
            below = np.int32(ground[top + row, left + column])
            value = np.int32(ya[row, column, 0]) + ((below * rest * 257 + 32768) >> 16)
            ground[top + row, left + column] = np.uint8(min(value, 255))


@kernel
def lay_chroma(ground_u: Bytes, ground_v: Bytes, uva: Bytes, left: int, top: int) -> None:
    """``uva`` over the U and V planes, in their own (half) pixels."""
    height, width = uva.shape[:2]
    for row in range(height):
        for column in range(width):
            rest = np.int32(255) - np.int32(uva[row, column, 2])
            if rest == 255:
                continue
            u = np.int32(ground_u[top + row, left + column])
            v = np.int32(ground_v[top + row, left + column])
            u = np.int32(uva[row, column, 0]) + ((u * rest * 257 + 32768) >> 16)
            v = np.int32(uva[row, column, 1]) + ((v * rest * 257 + 32768) >> 16)
            ground_u[top + row, left + column] = np.uint8(min(u, 255))
            ground_v[top + row, left + column] = np.uint8(min(v, 255))


@kernel
def fade_rows(texture: Bytes, weights: Floats) -> None:
    """Make each row of a premultiplied texture as opaque as its weight (0..1) says."""
    height, width, channels = texture.shape
    for row in range(height):
        weight = np.int32(weights[row] * np.float32(256))
        if weight >= 256:
            continue
        for column in range(width):
            for channel in range(channels):
                texture[row, column, channel] = (
                    np.int32(texture[row, column, channel]) * weight
                ) >> 8
