"""From light to a cut-out: shoulder, spill over the edges, colour planes, dither."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def developed(colour: Floats, glow: Floats, halo: Floats, mask: Floats) -> Bytes:
    """Premultiplied Y, U, V, alpha of painted light. ``colour`` and ``glow`` are premultiplied by
    ``mask``; ``halo`` is the glow's bloom, which also shines beyond the edges."""
    height, width = mask.shape
    out = np.zeros((height, width, 4), np.uint8)
    for row in range(height):
        for column in range(width):
            top = max(halo[row, column, 0], halo[row, column, 1], halo[row, column, 2])
            solid = min(mask[row, column], np.float32(1))
            if solid == 0 and top < np.float32(0.7):
                continue
            spill = min(top * np.float32(1 / 255), np.float32(0.8))
            alpha = max(solid + spill * (np.float32(1) - solid), np.float32(1 / 255))
            red = _shouldered(colour, glow, halo, row, column, 0, alpha)
            green = _shouldered(colour, glow, halo, row, column, 1, alpha)
            blue = _shouldered(colour, glow, halo, row, column, 2, alpha)
            # ITU-R BT.709-6, limited range, as planes.py does it.
            light = (
                red * np.float32(0.2126) + green * np.float32(0.7152) + blue * np.float32(0.0722)
            )
            y = np.float32(16) + light * np.float32(219 / 255)
            u = np.float32(128) + (blue - light) * np.float32(224 / 255 / 1.8556)
            v = np.float32(128) + (red - light) * np.float32(224 / 255 / 1.5748)
            mixed = np.uint32(row) * np.uint32(374761393) + np.uint32(column) * np.uint32(668265263)
            mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177)
            chance = np.float32((mixed >> np.uint32(8)) & np.uint32(0xFFFF)) * np.float32(1 / 65536)
            out[row, column, 0] = np.uint8(y * alpha + chance)
            out[row, column, 1] = np.uint8(u * alpha + np.float32(0.5))
            out[row, column, 2] = np.uint8(v * alpha + np.float32(0.5))
            out[row, column, 3] = np.uint8(alpha * np.float32(255) + np.float32(0.5))
    return out


@kernel
def _shouldered(
    colour: Floats, glow: Floats, halo: Floats, row: int, column: int, channel: int, alpha: float
) -> float:
    """What is brighter than 165 rises ever more slowly, as on film."""
    light = colour[row, column, channel] + glow[row, column, channel] + halo[row, column, channel]
    light /= alpha
    over = max(light - np.float32(165), np.float32(0))
    return min(light, np.float32(165)) + over * np.float32(90) / (over + np.float32(90))
