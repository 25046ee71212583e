"""Dunes: sand that a steady wind has piled up, with ripples, seen from low above the ground."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import fractal_at, smooth_noise

Floats = NDArray[np.float32]


@kernel
def dune(x: float, z: float, seed: int) -> float:
    """Height of the sand, about 0..1: long crests across the wind, gentle on one side, steep on the
    other. Places are in dune lengths."""
    bend = (smooth_noise(x * 0.31, z * 0.27, seed) - np.float32(0.5)) * np.float32(2.4)
    bend += (smooth_noise(x * 0.9, z * 0.7, seed + 1) - np.float32(0.5)) * np.float32(0.5)
    along = x * np.float32(0.72) + z * np.float32(0.50) + bend
    part = np.float32(along - math.floor(along))
    # Up gently for two thirds of its length, then down the slip face.
    ridge = part / np.float32(0.68) if part < 0.68 else (1 - part) / np.float32(0.32)
    ridge = ridge * ridge * (np.float32(3) - 2 * ridge) * np.float32(0.5) + ridge * np.float32(0.5)
    size = np.float32(0.25) + np.float32(0.95) * smooth_noise(x * 0.42 + 9, z * 0.36, seed + 2)
    swell = smooth_noise(x * 0.16, z * 0.14, seed + 3)
    return ridge * size * np.float32(0.85) + swell * np.float32(0.45)


@kernel
def sand(heights: Floats, shadow: Floats, numbers: Floats) -> None:
    """Fill a grid of (depth, width) rays with heights in metres and with what of the sun reaches
    each place (0..1). A row of the grid is one distance, each farther by the same factor; a column
    is one direction of looking.

    ``numbers``: 0 the nearest distance, the logarithm of the factor, cells a unit of slope across,
    the middle column, dune length, 5 dune height, the sun right, up and towards us, seed; 12 is 1
    for a belt that has ground before it."""
    depth, width = heights.shape
    long, tall, seed = numbers[4], numbers[5], int(numbers[9])
    # Slip faces turn away from the sun, so that every crest parts light from shade.
    way = np.float32(-1) if numbers[6] > 0 else np.float32(1)
    for row in range(depth):
        z = numbers[0] * math.exp(np.float32(row) * numbers[1])
        # The belt rises out of the ground that lies before it.
        rise = min(np.float32(row) / np.float32(0.45 * depth), np.float32(1))
        rise = rise * rise * (np.float32(3) - 2 * rise)
        for column in range(width):
            x = (np.float32(column) - numbers[3]) / numbers[2] * z
            here = dune(way * x / long, z / long, seed) * tall
            heights[row, column] = here * (rise if numbers[12] > 0 else np.float32(1))
            clear = np.float32(1)
            reach = tall * np.float32(0.10)
            for _ in range(4):
                up = here + reach * numbers[7] + tall * np.float32(0.02)
                there = dune(
                    way * (x + reach * numbers[6]) / long, (z - reach * numbers[8]) / long, seed
                )
                clear = min(clear, (up - there * tall) / (tall * np.float32(0.05)) + np.float32(1))
                reach *= np.float32(2.3)
            shadow[row, column] = min(max(clear, np.float32(0)), np.float32(1))


@kernel
def shaded_sand(
    place: Floats, alpha: Floats, heights: Floats, shadow: Floats, numbers: Floats, colours: Floats
) -> Floats:
    """(rows, columns, 3) light of sand where each pixel sees the grid's row ``place``.

    ``numbers`` as ``sand`` has them, then 10 ripples a metre and pixels a unit of slope.
    ``colours`` has a row each for the sand, the sky's light, the sun's, and the air."""
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
            bump, ripple = _rippled(x, z, numbers[10], numbers[11], seed)
            toward += bump
            along += bump * np.float32(0.34)
            up = np.float32(1) / math.sqrt(np.float32(1) + along * along + toward * toward)
            facing = (-along * numbers[6] + numbers[7] + toward * numbers[8]) * up
            open_ = shadow[k, c] * (1 - part) + shadow[k + 1, c] * part
            lit = max(facing, np.float32(0)) * open_
            grain = fractal_at(x * 5, z * 5 * np.float32(8) / (z + 8), 2, seed + 5, ridged=False)
            tone = np.float32(0.90) + np.float32(0.22) * grain + ripple * np.float32(0.04)
            for channel in range(3):
                light = colours[1, channel] * (np.float32(0.66) + np.float32(0.34) * up)
                light += colours[2, channel] * lit
                out[row, column, channel] = colours[0, channel] * light * tone
    return out


@kernel
def _rippled(x: float, z: float, often: float, focal: float, seed: int) -> tuple[float, float]:
    """The slope that wind ripples add, and their height; too fine for the eye, they fade away."""
    fade = min(
        max((focal / (z * often) * np.float32(3.2) / z - np.float32(1.4)) * np.float32(0.3), 0), 1
    )
    if fade <= 0:
        return np.float32(0), np.float32(0)
    wander = smooth_noise(x * 0.45, z * 0.45, seed + 7) * np.float32(2.1)
    wander += np.float32(0.5) * smooth_noise(x * 1.7, z * 1.7, seed + 8)
    turn = ((z * np.float32(0.94) + x * np.float32(0.3)) * often + wander) * np.float32(6.2832)
    ease = np.float32(0.3) + smooth_noise(x * 0.21, z * 0.21, seed + 9)
    return math.cos(turn) * np.float32(0.26) * fade * ease, math.sin(turn) * fade * ease
