"""An opaque plane, moved and scaled into the frame: no turning, so rows stay rows.

Several rows' work is shared, and only what is seen of every row is drawn. Whole numbers throughout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]


@kernel
def stretch(
    source: Bytes,
    target: Bytes,
    across: tuple[float, float],
    down: tuple[float, float],
    spans: Ints,
    part: int,
) -> None:
    """Pixel (x, y) of ``target`` is read at (across[0] * x + across[1], down[0] * y + down[1]),
    pixel centres on both sides; beyond the source its edge goes on. ``spans`` has for every two
    luma rows the first seen column and the one after the last; ``part`` is 1 for luma, 2 for
    chroma."""
    rows, columns = source.shape
    width = target.shape[1]
    places, weights = np.empty(width, np.int32), np.empty(width, np.int32)
    for column in range(width):
        at = min(max(across[0] * column + across[1], 0.0), columns - 1.001)
        places[column] = np.int32(at)
        weights[column] = np.int32((at - places[column]) * 256)
    mixed = np.empty(columns, np.int32)
    for row in range(min(target.shape[0], 2 * spans.shape[0] // part)):
        span = row * part // 2
        first, last = spans[span, 0] // part, spans[span, 1] // part
        if last <= first:
            continue
        at = min(max(down[0] * row + down[1], 0.0), rows - 1.001)
        line = int(at)
        lower = np.int32((at - line) * 256)
        upper = np.int32(256) - lower
        begin, end = places[first], places[last - 1] + 2
        above, below, both = source[line, begin:end], source[line + 1, begin:end], mixed[begin:end]
        for i in range(both.shape[0]):
            both[i] = np.int32(above[i]) * upper + np.int32(below[i]) * lower
        for column in range(first, last):
            place, right = places[column], weights[column]
            value = mixed[place] * (np.int32(256) - right) + mixed[place + 1] * right
            target[row, column] = np.uint8((value + np.int32(32768)) >> 16)
