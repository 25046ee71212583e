"""Value noise from an integer hash: no libm, no FFT, the same bits on every CPU of a family."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Floats = NDArray[np.float32]


@kernel
def chance(x: int, y: int, seed: int) -> float:
    """A number in [0, 1) that belongs to an integer point."""
    mixed = np.uint32(x) * np.uint32(374761393) + np.uint32(y) * np.uint32(668265263)
    mixed = np.uint32(mixed + np.uint32(seed) * np.uint32(2246822519))
    mixed = np.uint32((mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177))
    mixed = np.uint32(mixed ^ (mixed >> np.uint32(16)))
    return np.float32(mixed & np.uint32(0xFFFFFF)) * np.float32(1 / 16777216)


@kernel
def smooth_noise(x: float, y: float, seed: int) -> float:
    """Quintic value noise in [0, 1), one feature per unit."""
    column, row = math.floor(x), math.floor(y)
    fx, fy = np.float32(x - column), np.float32(y - row)
    u = fx * fx * fx * (fx * (fx * np.float32(6) - np.float32(15)) + np.float32(10))
    v = fy * fy * fy * (fy * (fy * np.float32(6) - np.float32(15)) + np.float32(10))
    a, b = chance(column, row, seed), chance(column + 1, row, seed)
    c, d = chance(column, row + 1, seed), chance(column + 1, row + 1, seed)
    top, bottom = a + (b - a) * u, c + (d - c) * u
    return top + (bottom - top) * v


@kernel
def fractal(
    height: int, width: int, step_x: float, step_y: float, octaves: int, seed: int, ridged: bool
) -> Floats:
    """(height, width) sums of rotated octaves, about 0..1; ``ridged`` folds them into crests."""
    out = np.empty((height, width), np.float32)
    for row in range(height):
        for column in range(width):
            out[row, column] = fractal_at(
                np.float32(column * step_x), np.float32(row * step_y), octaves, seed, ridged
            )
    return out


@kernel
def fractal_at(x: float, y: float, octaves: int, seed: int, ridged: bool) -> float:
    """One value of ``fractal`` at any place."""
    px, py = np.float32(x), np.float32(y)
    weight, total, last = np.float32(0.5), np.float32(0), np.float32(1)
    for octave in range(octaves):
        value = np.float32(smooth_noise(px, py, seed + octave * 101))
        if ridged:
            value = np.float32(1) - abs(value * np.float32(2) - np.float32(1))
            value = value * value * last
            last = value
        total += weight * value
        weight *= np.float32(0.5)
        px, py = (
            px * np.float32(1.6) - py * np.float32(1.2) + np.float32(7.3),
            px * np.float32(1.2) + py * np.float32(1.6) + np.float32(3.1),
        )
    return total
