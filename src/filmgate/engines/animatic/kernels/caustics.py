"""Caustics: the net of light that waves throw on the ground below them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import chance

Floats = NDArray[np.float32]


@kernel
def caustic(side: int, seed: int) -> Floats:
    """(side, side) of light in 0..1 that tiles: bright along the borders between random cells."""
    cells = 9
    out = np.empty((side, side), np.float32)
    for row in range(side):
        for column in range(side):
            x, y = np.float32(column * cells / side), np.float32(row * cells / side)
            x += np.float32(0.22) * math.sin(y * np.float32(6.2832 / 3) + 1)
            y += np.float32(0.22) * math.sin(x * np.float32(6.2832 / 3))
            near, second = np.float32(9), np.float32(9)
            for j in range(-1, 2):
                for i in range(-1, 2):
                    cx, cy = math.floor(x) + i, math.floor(y) + j
                    px = np.float32(cx) + chance(cx % cells, cy % cells, seed)
                    py = np.float32(cy) + chance(cx % cells, cy % cells, seed + 1)
                    far = math.sqrt((px - x) * (px - x) + (py - y) * (py - y))
                    if far < near:
                        near, second = far, near
                    elif far < second:
                        second = far
            edge = second - near
            out[row, column] = min(
                np.float32(0.30) + np.float32(0.9) * math.exp(-edge * np.float32(7)), np.float32(1)
            )
    return out
