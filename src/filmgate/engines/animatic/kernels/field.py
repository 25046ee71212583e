"""The quarter-resolution motion field of a camera that looks at a leaning plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Floats = NDArray[np.float32]


@kernel
def plane_field(
    back: Floats, shift_x: float, shift_y: float, step: float, out_x: Floats, out_y: Floats
) -> None:
    """Where in the source each grid node of the frame comes from.

    ``back`` is the 3x3 matrix frame -> source in pixel corners; nodes are the middles of
    ``step`` x ``step`` pixels, with one row and column of nodes outside the frame on every side, so
    that enlarging the field never has to guess at its edge. ``shift`` moves into the canvas.
    """
    rows, columns = out_x.shape
    for row in range(rows):
        y = (np.float32(row) - np.float32(0.5)) * step
        for column in range(columns):
            x = (np.float32(column) - np.float32(0.5)) * step
            depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
            out_x[row, column] = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth + shift_x
            out_y[row, column] = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth + shift_y
