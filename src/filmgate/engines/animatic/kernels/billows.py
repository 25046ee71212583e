"""The upper side of a sea of clouds: domes on domes, bright where they look at the sun."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import smooth_noise

Floats = NDArray[np.float32]


@kernel
def billow(x: float, z: float, seed: int) -> float:
    """Height of the cloud, about 0..1: round tops, sharp valleys."""
    wx = x + (smooth_noise(x * 0.8, z * 0.8, seed + 8) - np.float32(0.5)) * np.float32(0.9)
    wz = z + (smooth_noise(x * 0.8 + 5, z * 0.8, seed + 9) - np.float32(0.5)) * np.float32(0.9)
    swell = smooth_noise(wx * 0.42, wz * 0.42, seed)
    total, weight = np.float32(0), np.float32(0.5)
    scale = np.float32(1)
    for octave in range(5):
        value = abs(
            smooth_noise(wx * scale, wz * scale, seed + 11 * octave + 1) * 2 - np.float32(1)
        )
        # A dome and not a tent.
        total += weight * (np.float32(1) - (np.float32(1) - value) * (np.float32(1) - value))
        weight *= np.float32(0.46)
        scale *= np.float32(2.13)
    return swell * np.float32(0.55) + total * (np.float32(0.20) + np.float32(0.5) * swell)


@kernel
def clouded(heights: Floats, shadow: Floats, numbers: Floats) -> None:
    """Fill a grid of rays with heights in metres and with what of the sun reaches each place.

    Grid and ``numbers`` are those of ``dunes.sand``."""
    depth, width = heights.shape
    long, tall, seed = numbers[4], numbers[5], int(numbers[9])
    for row in range(depth):
        z = numbers[0] * math.exp(np.float32(row) * numbers[1])
        rise = min(np.float32(row) / np.float32(0.3 * depth), np.float32(1))
        for column in range(width):
            x = (np.float32(column) - numbers[3]) / numbers[2] * z
            heights[row, column] = (
                billow(x / long, z / long, seed)
                * tall
                * (rise if numbers[12] > 0 else np.float32(1))
            )
    reach = np.float32(0.16) * long
    for row in range(depth):
        z = numbers[0] * math.exp(np.float32(row) * numbers[1])
        for column in range(width):
            x = (np.float32(column) - numbers[3]) / numbers[2] * z
            here = heights[row, column]
            there = (
                billow((x + reach * numbers[6]) / long, (z - reach * numbers[8]) / long, seed)
                * tall
            )
            up = here + reach * numbers[7] * np.float32(0.7) - there
            shadow[row, column] = min(max(up / (tall * np.float32(0.30)) + np.float32(0.7), 0), 1)


@kernel
def shaded_cloud(
    place: Floats, alpha: Floats, heights: Floats, shadow: Floats, numbers: Floats, colours: Floats
) -> Floats:
    """(rows, columns, 3) light of clouds; arguments as those of ``dunes.shaded_sand``, but
    ``colours`` are a cloud's lit edge, body, shade and depth."""
    rows, columns = alpha.shape
    out = np.zeros((rows, columns, 3), np.float32)
    depth, width = heights.shape
    tall = numbers[5]
    for row in range(rows):
        for column in range(columns):
            if alpha[row, column] <= 0:
                continue
            at = min(max(place[row, column], np.float32(1)), np.float32(depth - 3))
            k = int(at)
            part = at - np.float32(k)
            across = np.float32(column) * np.float32(width) / np.float32(columns)
            c = min(max(int(across), 1), width - 3)
            side = across - np.float32(c)
            z = numbers[0] * math.exp(at * numbers[1])
            aim = (np.float32(c) - numbers[3]) / numbers[2]
            low = heights[k, c + 1] - heights[k, c - 1]
            high = heights[k, c + 2] - heights[k, c]
            along = (low + (high - low) * side) * numbers[2] / (2 * z)
            low = heights[k + 1, c] - heights[k - 1, c]
            high = heights[k + 2, c] - heights[k, c]
            toward = (low + (high - low) * part) / (2 * z * numbers[1]) - along * aim
            up = np.float32(1) / math.sqrt(np.float32(1) + along * along + toward * toward)
            facing = (-along * numbers[6] + numbers[7] + toward * numbers[8]) * up
            here = heights[k, c] + (heights[k, c + 1] - heights[k, c]) * side
            open_ = shadow[k, c] + (shadow[k, c + 1] - shadow[k, c]) * side
            # Light wraps round what is soft, and tops are brighter than valleys.
            light = np.float32(0.14) + np.float32(0.40) * facing + np.float32(0.44) * here / tall
            light = light * (np.float32(0.45) + np.float32(0.55) * open_)
            light = min(max(light, np.float32(0)), np.float32(0.999)) * np.float32(3)
            step = int(light)
            share = light - np.float32(step)
            for channel in range(3):
                dark, bright = colours[3 - step, channel], colours[2 - step, channel]
                out[row, column, channel] = dark + (bright - dark) * share
    return out
