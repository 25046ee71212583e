"""Snow on a plain: soft drifts, blue in their hollows, crystals that glint."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import chance, smooth_noise

Floats = NDArray[np.float32]


@kernel
def drift(x: float, z: float, seed: int) -> float:
    """Height of the snow, about 0..1: wide swells, drawn out by the wind, with fine wind lines."""
    swell = smooth_noise(x * 0.55, z * 0.75, seed)
    swell += np.float32(0.42) * smooth_noise(x * 1.3 + z * 0.4, z * 1.9, seed + 1)
    fine = smooth_noise(x * 3.1 + z * 1.2, z * 5.2, seed + 2)
    return swell * np.float32(0.62) + fine * fine * np.float32(0.07)


@kernel
def drifted(heights: Floats, shadow: Floats, numbers: Floats) -> None:
    """Fill a grid of rays with heights in metres and with what of the sun reaches each place.

    Grid and ``numbers`` are those of ``dunes.sand``."""
    depth, width = heights.shape
    long, tall, seed = numbers[4], numbers[5], int(numbers[9])
    for row in range(depth):
        z = numbers[0] * math.exp(np.float32(row) * numbers[1])
        for column in range(width):
            x = (np.float32(column) - numbers[3]) / numbers[2] * z
            here = drift(x / long, z / long, seed) * tall
            heights[row, column] = here
            clear = np.float32(1)
            reach = tall * np.float32(0.25)
            for _ in range(3):
                up = here + reach * numbers[7] * np.float32(0.5) + np.float32(0.02)
                there = drift(
                    (x + reach * numbers[6]) / long, (z - reach * numbers[8]) / long, seed
                )
                clear = min(clear, (up - there * tall) / np.float32(0.10) + np.float32(1))
                reach *= np.float32(2.4)
            shadow[row, column] = min(max(clear, np.float32(0)), np.float32(1))


@kernel
def shaded_snow(
    place: Floats, alpha: Floats, heights: Floats, shadow: Floats, numbers: Floats, colours: Floats
) -> Floats:
    """(rows, columns, 3) light of snow; arguments as those of ``dunes.shaded_sand``, but the last
    row of ``colours`` is the glint of crystals."""
    rows, columns = alpha.shape
    out = np.zeros((rows, columns, 3), np.float32)
    depth, width = heights.shape
    seed = int(numbers[9])
    for row in range(rows):
        for column in range(columns):
            if alpha[row, column] <= 0:
                continue
            at = min(max(place[row, column], np.float32(1)), np.float32(depth - 3))
            k = int(at)
            part = at - np.float32(k)
            c = min(max(column * width // columns, 1), width - 2)
            z = numbers[0] * math.exp(at * numbers[1])
            aim = (np.float32(c) - numbers[3]) / numbers[2]
            x = aim * z
            low = heights[k, c + 1] - heights[k, c - 1]
            high = heights[k + 1, c + 1] - heights[k + 1, c - 1]
            along = (low + (high - low) * part) * numbers[2] / (2 * z)
            low = heights[k + 1, c] - heights[k - 1, c]
            high = heights[k + 2, c] - heights[k, c]
            toward = (low + (high - low) * part) / (2 * z * numbers[1]) - along * aim
            # The crust is rough near by.
            rough = np.float32(0.10) / (np.float32(1) + z * np.float32(0.08))
            along += (smooth_noise(x * 6, z * 9, seed + 5) - np.float32(0.5)) * rough
            toward += (smooth_noise(x * 9, z * 6, seed + 6) - np.float32(0.5)) * rough
            up = np.float32(1) / math.sqrt(np.float32(1) + along * along + toward * toward)
            facing = (-along * numbers[6] + numbers[7] + toward * numbers[8]) * up
            open_ = shadow[k, c] * (1 - part) + shadow[k + 1, c] * part
            # Light goes into snow and comes out again: no shadow on it is hard or black.
            lit = (max(facing, np.float32(0)) * np.float32(0.8) + np.float32(0.2)) * (
                np.float32(0.15) + np.float32(0.85) * open_
            )
            spark = chance(column, row, seed)
            glint = np.float32(0)
            if spark > np.float32(0.9985) and open_ > np.float32(0.5):
                glint = (spark - np.float32(0.9985)) * np.float32(420)
            for channel in range(3):
                light = colours[1, channel] * (np.float32(0.70) + np.float32(0.30) * up)
                light += colours[2, channel] * lit
                out[row, column, channel] = (
                    colours[0, channel] * light + colours[3, channel] * glint
                )
    return out
