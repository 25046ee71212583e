"""Shafts of light through gaps: above leaves, clouds or waves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def shafts(out: Bytes, gaps: Floats, numbers: Floats) -> None:
    """How much light hangs in the air of each pixel, (rows, columns), 0..255.

    The light comes from one place and is let through by ``gaps``, which repeat around it.
    ``numbers``: the light's place in pixels (x, y), gaps a radian, distance at which a shaft has
    lost most of its light, brightness, and the row below which shafts end softly."""
    rows, columns = out.shape
    count = gaps.shape[0]
    for row in range(rows):
        dy = np.float32(row) + np.float32(0.5) - numbers[1]
        low = min(max((numbers[5] - np.float32(row)) / numbers[5] * 3, np.float32(0)), 1)
        for column in range(columns):
            dx = np.float32(column) + np.float32(0.5) - numbers[0]
            far = math.sqrt(dx * dx + dy * dy)
            turn = math.atan2(dx, dy) * numbers[2] + np.float32(2048)
            whole = int(turn)
            part = np.float32(turn) - np.float32(whole)
            here = gaps[whole % count]
            gap = here + (gaps[(whole + 1) % count] - here) * part
            # Close to its source all shafts run into one glow.
            near = np.float32(1) / (np.float32(1) + far / numbers[3] * 6)
            gap += (np.float32(0.7) - gap) * near * near
            light = gap * math.exp(-far / numbers[3]) * numbers[4] * low
            out[row, column] = np.uint8(min(max(light, np.float32(0)), np.float32(255)))


@kernel
def add_light(y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, light: Bytes, tint: Floats) -> None:
    """Add ``light``, (h, w), in the colour of ``tint`` (U and V for full light, about zero); what
    is bright already takes less."""
    rows, columns = u_plane.shape
    for row in range(rows):
        for column in range(columns):
            most = np.float32(0)
            for j in range(2):
                for i in range(2):
                    line, x = 2 * row + j, 2 * column + i
                    below = np.float32(y_plane[line, x])
                    room = (np.float32(240) - below) * np.float32(1 / 224)
                    shed = np.float32(light[line, x]) * room
                    y_plane[line, x] = np.uint8(min(below + shed, np.float32(235)))
                    most = shed
            if most > np.float32(0.5):
                share = most * np.float32(1 / 255)
                u = np.float32(u_plane[row, column]) + tint[0] * share + np.float32(0.5)
                v = np.float32(v_plane[row, column]) + tint[1] * share + np.float32(0.5)
                u_plane[row, column] = np.uint8(min(max(u, np.float32(16)), np.float32(240)))
                v_plane[row, column] = np.uint8(min(max(v, np.float32(16)), np.float32(240)))
