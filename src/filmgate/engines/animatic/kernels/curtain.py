"""Curtains of light in the upper air."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import smooth_noise

Floats = NDArray[np.float32]


@kernel
def curtains(out: Floats, bands: Floats, numbers: Floats) -> None:
    """Add curtains to ``out`` (rows, columns, 2): light, and the part of it that is high up.

    ``bands``: height of the foot, three phases, waves across the frame, length, brightness, all in
    frame sizes. ``numbers``: the horizon's middle (x, y), frame width and height, time."""
    rows, columns = out.shape[:2]
    time_s = numbers[4]
    for column in range(columns):
        x = (np.float32(column) - numbers[0]) / numbers[2]
        for i in range(bands.shape[0]):
            band = bands[i]
            turn = x * band[4]
            foot = band[0] + np.float32(0.05) * math.sin(turn * 2 + band[1] + time_s * 0.23)
            foot += np.float32(0.025) * math.sin(turn * 5 + band[2] - time_s * 0.41)
            # Folds: where the curtain turns edge-on it is brighter and longer.
            fold = smooth_noise(x * 9 + band[3] + time_s * 0.12, time_s * 0.25 + band[1], 5)
            ray = smooth_noise(x * 46 + 0.9 * math.sin(turn * 3 + time_s * 0.3), time_s * 0.5, 9)
            shine = band[6] * (np.float32(0.25) + fold * fold * np.float32(1.2))
            shine *= np.float32(0.55) + np.float32(0.75) * ray
            long = band[5] * (np.float32(0.55) + np.float32(0.8) * fold)
            bottom = numbers[1] - foot * numbers[3]
            for row in range(min(int(bottom) + 4, rows)):
                up = (bottom - np.float32(row)) / numbers[3]
                if up < np.float32(-0.02) or up > long * 3:
                    continue
                edge = min(max((up + np.float32(0.02)) * np.float32(40), np.float32(0)), 1)
                light = shine * edge * math.exp(-up / long * np.float32(1.7))
                out[row, column, 0] += light
                out[row, column, 1] += light * min(up / long, np.float32(1))
