"""Far towers seen from the front: an outline, two faces, storeys of lit windows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.canyon import room_light
from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import chance

Floats = NDArray[np.float32]


@kernel
def paint_tower(
    colour: Floats,
    glow: Floats,
    mask: Floats,
    left: Floats,
    right: Floats,
    top: int,
    look: Floats,
) -> None:
    """Over what is there already. ``left`` and ``right`` are the outline, a value a row from
    ``top`` down. ``look``: window cell across and down (pixels), share that is lit, seed, edge
    between the faces (0..1), light on the left and on the right face, body's R, G, B, the haze's
    R, G, B, how hazy it is at the top and at the foot, lamps, crown light R, G, B and its rows,
    glassiness."""
    height, width = mask.shape
    cell_x, cell_y, lit_share, seed = look[0], look[1], look[2], int(look[3])
    rows = min(left.shape[0], height - top)
    for i in range(max(-top, 0), rows):
        row = top + i
        down = i / max(left.shape[0], 1)
        hazy = look[13] + (look[14] - look[13]) * down * down
        storey = i / cell_y
        level = math.floor(storey)
        in_storey = storey - level
        split = left[i] + (right[i] - left[i]) * look[4]
        crown = max(0.0, 1 - i / max(look[19], 1.0)) if look[19] > 0 else 0.0
        first, last = max(math.floor(left[i]), 0), min(int(right[i]) + 1, width)
        for column in range(first, last):
            share = min(right[i], column + 1.0) - max(left[i], column * 1.0)
            if share <= 0:
                continue
            share = min(share, 1.0)
            on_left = column + 0.5 < split
            face = look[5] if on_left else look[6]
            across = (column - split) / cell_x
            bay = math.floor(across)
            inside = across - bay
            pane = in_storey > 0.3 and inside > 0.22
            pick = chance(bay, level, seed)
            tone = face * (1 + look[20] * (0.35 * pick - 0.1)) if pane else face * 1.06
            open_window = pane and level >= 1 and pick < lit_share * (0.75 + 0.5 * down)
            power = 0.0
            r, g, b = 0.0, 0.0, 0.0
            if open_window and right[i] - left[i] > cell_x * 2.2:
                r, g, b = room_light(chance(bay, level, seed + 3))
                power = (0.18 + 0.62 * chance(bay + 7, level, seed)) * (1 - 0.7 * hazy)
                power *= 1.0 if on_left else 0.8
            for c in range(3):
                light = r if c == 0 else (g if c == 1 else b)
                solid = look[7 + c] * tone
                value = solid + (look[10 + c] - solid) * hazy
                colour[row, column, c] += (value - colour[row, column, c]) * share
                own = light * power + look[16 + c] * crown * crown * (1 - 0.5 * hazy)
                glow[row, column, c] += (own - glow[row, column, c]) * share
            mask[row, column] += (1 - mask[row, column]) * share
