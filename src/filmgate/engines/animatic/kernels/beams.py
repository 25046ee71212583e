"""Beams of light in hazy air, and the pools they make on a floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
# Columns of a beam: where it begins and ends, half widths there, gains of Y, U and V, and how much
# of it is left at its end.
X0, Y0, X1, Y1, W0, W1, LUMA, BLUE, RED, LEFT_OVER = range(10)


@kernel
def beams(y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, rows: Floats) -> None:
    """Add beams that fall from above: soft across, weaker along."""
    for n in range(rows.shape[0]):
        _beam(y_plane, rows[n], rows[n, LUMA], np.float32(1), np.float32(16), np.float32(235))
        _beam(u_plane, rows[n], rows[n, BLUE], np.float32(2), np.float32(16), np.float32(240))
        _beam(v_plane, rows[n], rows[n, RED], np.float32(2), np.float32(16), np.float32(240))


@kernel
def _beam(plane: Bytes, beam: Floats, gain: float, part: float, low: float, high: float) -> None:
    height, width = plane.shape
    one = np.float32(1)
    top, bottom = max(int(beam[Y0] / part), 0), min(int(beam[Y1] / part) + 1, height)
    for row in range(top, bottom):
        along = ((np.float32(row) + np.float32(0.5)) * part - beam[Y0]) / (beam[Y1] - beam[Y0])
        along = min(one, max(np.float32(0), along))
        middle = beam[X0] + (beam[X1] - beam[X0]) * along
        half = beam[W0] + (beam[W1] - beam[W0]) * along
        fade = (one - along) + beam[LEFT_OVER] * along
        # The last bit melts into the pool on the floor.
        power = gain * fade * min(one, (one - along) * np.float32(9))
        first = max(int((middle - half) / part), 0)
        last = min(int((middle + half) / part) + 1, width)
        if last > first:
            start = (np.float32(first) + np.float32(0.5)) * part - middle
            _add(plane[row, first:last], start / half, part / half, power, low, high)


@kernel
def _add(line: Bytes, start: float, step: float, power: float, low: float, high: float) -> None:
    """One row, without a branch, so that it is done in vectors."""
    one, none = np.float32(1), np.float32(0)
    for i in range(line.shape[0]):
        off = start + step * np.float32(np.int32(i))
        weight = max(none, one - off * off)
        value = np.float32(line[i]) + power * weight * weight + np.float32(0.5)
        line[i] = np.uint8(np.int32(min(high, max(low, value))))
