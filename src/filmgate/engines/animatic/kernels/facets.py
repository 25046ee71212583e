"""Flat faces of solids, anti-aliased, with a glint along their edges."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def paint_facets(
    y_plane: Bytes, u_plane: Bytes, v_plane: Bytes, corners: Floats, looks: Floats
) -> None:
    """Draw faces in order. ``corners`` (n, 4, 2) are frame pixels, clockwise as seen; ``looks``
    (n, 7): Y, U, V, alpha, light added along the edges, how Y rises per pixel across and down."""
    height, width = y_plane.shape
    edges = np.empty((4, 3), np.float32)
    for n in range(corners.shape[0]):
        quad, look = corners[n], looks[n]
        if look[3] <= 0 or not _edges(quad, edges):
            continue
        left = max(int(quad[:, 0].min()) - 1, 0)
        right = min(int(quad[:, 0].max()) + 2, width)
        top = max(int(quad[:, 1].min()) - 1, 0)
        bottom = min(int(quad[:, 1].max()) + 2, height)
        middle_x = (quad[0, 0] + quad[1, 0] + quad[2, 0] + quad[3, 0]) * np.float32(0.25)
        middle_y = (quad[0, 1] + quad[1, 1] + quad[2, 1] + quad[3, 1]) * np.float32(0.25)
        for row in range(top, bottom):
            y = np.float32(row) + np.float32(0.5)
            for column in range(left, right):
                x = np.float32(column) + np.float32(0.5)
                inside = _inside(edges, x, y)
                if inside <= np.float32(-0.5):
                    continue
                # Half a pixel wider than exact, so that no background shows between neighbours.
                share = min(np.float32(1), inside + np.float32(1)) * look[3]
                value = look[0] + (x - middle_x) * look[5] + (y - middle_y) * look[6]
                if inside < np.float32(2):
                    glint = np.float32(1) - abs(inside - np.float32(0.4)) * np.float32(0.6)
                    value += max(np.float32(0), glint) * look[4]
                below = np.float32(y_plane[row, column])
                value = below + (min(np.float32(235), value) - below) * share
                y_plane[row, column] = np.uint8(max(np.float32(16), value) + np.float32(0.5))
                if (row & 1) == 0 and (column & 1) == 0:
                    i, j = row >> 1, column >> 1
                    u, v = np.float32(u_plane[i, j]), np.float32(v_plane[i, j])
                    u_plane[i, j] = np.uint8(u + (look[1] - u) * share + np.float32(0.5))
                    v_plane[i, j] = np.uint8(v + (look[2] - v) * share + np.float32(0.5))


@kernel
def _edges(quad: Floats, edges: Floats) -> bool:
    """Lines through the sides, positive inside; False for a face that is too thin to be seen."""
    area = np.float32(0)
    for k in range(4):
        x0, y0 = quad[k, 0], quad[k, 1]
        x1, y1 = quad[(k + 1) & 3, 0], quad[(k + 1) & 3, 1]
        area += x0 * y1 - x1 * y0
        dx, dy = x1 - x0, y1 - y0
        long = math.sqrt(dx * dx + dy * dy)
        if long < np.float32(1e-3):  # a triangle has one side of no length
            edges[k, 0], edges[k, 1], edges[k, 2] = 0, 0, 1e6
            continue
        edges[k, 0], edges[k, 1] = -dy / long, dx / long
        edges[k, 2] = -(edges[k, 0] * x0 + edges[k, 1] * y0)
    return area > np.float32(0.6)


@kernel
def _inside(edges: Floats, x: float, y: float) -> float:
    nearest = np.float32(1e6)
    for k in range(4):
        nearest = min(nearest, edges[k, 0] * x + edges[k, 1] * y + edges[k, 2])
    return nearest
