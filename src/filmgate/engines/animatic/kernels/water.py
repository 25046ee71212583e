"""Water seen from above its surface: a rippled mirror, deeper colour near by, and glitter.

Worked out in cells of 2 x 2 pixels (one chroma sample): the slope of the waves once a cell, the
mirror's look-up once a pixel, so that it stays sharp.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def slope(waves: Floats, u: float, v: float) -> tuple[float, float]:
    """Bilinear look-up in a tiling (N, N, 2) field of slopes, N a power of two."""
    mask = waves.shape[0] - 1
    column, row = np.int32(math.floor(u)), np.int32(math.floor(v))
    fu, fv = np.float32(u - np.float32(column)), np.float32(v - np.float32(row))
    a, b = waves[row & mask, column & mask], waves[row & mask, (column + 1) & mask]
    c, d = waves[(row + 1) & mask, column & mask], waves[(row + 1) & mask, (column + 1) & mask]
    wa, wb = (np.float32(1) - fu) * (np.float32(1) - fv), fu * (np.float32(1) - fv)
    wc, wd = (np.float32(1) - fu) * fv, fu * fv
    return (
        a[0] * wa + b[0] * wb + c[0] * wc + d[0] * wd,
        a[1] * wa + b[1] * wb + c[1] * wc + d[1] * wd,
    )


@kernel
def ripples(
    waves: Floats, octaves: Floats, x: float, z: float, time_s: float, near: float
) -> tuple[float, float]:
    """Slopes of the surface at a place, summed over rows of ``octaves``: scale across, scale in
    depth, drift across, drift in depth, strength. ``near`` (0..1) thins out what is too far to be
    told apart: each finer octave fades sooner."""
    along, toward = np.float32(0), np.float32(0)
    weight = np.float32(1)
    for i in range(octaves.shape[0]):
        weight *= near
        if weight < np.float32(0.02):
            break
        wave = octaves[i]
        sx, sz = slope(waves, x * wave[0] + time_s * wave[2], z * wave[1] + time_s * wave[3])
        along += wave[4] * weight * sx
        toward += wave[4] * weight * sz
    return along, toward


@kernel
def sparkle(toward: float, near: float, off: float) -> float:
    """Glitter of the sun on a slope, ``off`` widths beside the lane; far water glitters more."""
    spark = toward * np.float32(1.25) + np.float32(0.62) * (np.float32(1) - near)
    spark = max(np.float32(0), spark + np.float32(0.12))
    spark = np.float32(0.10) + spark * spark * spark * np.float32(3)
    lane = np.float32(1) / (np.float32(1) + off * off * np.float32(2.2))
    return min(np.float32(1.6), lane * lane * spark)


@kernel
def video_byte(value: float) -> int:
    """Within the limits of video levels."""
    return np.uint8(min(np.float32(235), max(np.float32(16), value)))


@kernel
def water_kernel(
    y_plane: Bytes,
    u_plane: Bytes,
    v_plane: Bytes,
    sky_y: Bytes,
    sky_u: Bytes,
    sky_v: Bytes,
    waves: Floats,
    octaves: Floats,
    body: Floats,
    shine: Floats,
    numbers: Floats,
) -> None:
    """Fill everything below the horizon.

    ``sky_*`` are copies of what stands above it (rows 0 .. horizon). ``body`` is the water's own
    Y, U, V; ``shine`` the glitter's Y, U, V gain; ``numbers``: horizon row, focal length, camera
    height, camera x, camera z, time, sun column, sun strength, roughness, glitter width.
    """
    horizon, focal, height = numbers[0], numbers[1], numbers[2]
    camera_x, camera_z, time_s = numbers[3], numbers[4], numbers[5]
    sun_x, sun_gain, rough, spread = numbers[6], numbers[7], numbers[8], numbers[9]
    rows, columns = u_plane.shape
    above = sky_y.shape[0]
    middle = np.float32(columns)
    first = max(0, int(horizon) // 2)
    full_height = np.float32(rows * 2)
    lift = full_height * np.float32(0.085) * rough
    for row in range(first, rows):
        down = max(np.float32(2 * row + 1) - horizon, np.float32(0.5))
        depth = focal * height / down
        near = np.float32(1) / (np.float32(1) + depth * np.float32(0.05))
        fresnel = np.float32(0.30) + np.float32(0.64) * depth / (depth + np.float32(3.5) * height)
        part = down / (full_height - horizon)
        width = spread * (np.float32(0.5) + part * np.float32(2.4))
        lift_here = lift * (np.float32(0.18) + np.float32(0.82) * near)
        dim = np.float32(1) - np.float32(0.26) * part * part
        mirror = fresnel * (np.float32(1) - np.float32(0.22) * part)
        for column in range(columns):
            x = camera_x + (np.float32(2 * column + 1) - middle) * depth / focal
            along, toward = ripples(waves, octaves, x, camera_z + depth, time_s, near)
            tilt = max(np.float32(-0.6), min(np.float32(0.6), toward * np.float32(0.5)))
            own = (np.float32(1) - tilt) * (np.float32(1) - fresnel)
            reach = down * np.float32(0.9) + abs(toward) * lift_here * np.float32(1.6)
            aside = along * lift_here * np.float32(0.7)
            off = (np.float32(2 * column + 1) - sun_x + along * width * np.float32(1.3)) / width
            glitter = sun_gain * sparkle(toward, near, off)
            half_y = min(max(int((horizon - reach) * np.float32(0.5)), 0), above // 2 - 1)
            half_x = min(max(int(np.float32(column) + aside * np.float32(0.5)), 0), columns - 1)
            # Colour is mixed by light: a bright spark takes the sun's colour, a dark wave its own.
            weight_mirror = mirror * np.float32(sky_y[2 * half_y, 2 * half_x])
            weight_own = own * body[0] * np.float32(0.6)
            weight_shine = glitter * shine[0]
            total = weight_mirror + weight_own + weight_shine + np.float32(1e-3)
            seen_u, seen_v = sky_u[half_y, half_x], sky_v[half_y, half_x]
            u = weight_mirror * seen_u + weight_own * body[1] + weight_shine * shine[1]
            v = weight_mirror * seen_v + weight_own * body[2] + weight_shine * shine[2]
            u_plane[row, column] = video_byte(u / total)
            v_plane[row, column] = video_byte(v / total)
            base = own * body[0] + glitter * shine[0]
            for j in range(2):
                line = 2 * row + j
                if np.float32(line) + np.float32(0.5) < horizon:
                    continue
                source = min(max(int(horizon - reach - np.float32(j)), 0), above - 1)
                for i in range(2):
                    at = min(max(int(np.float32(2 * column + i) + aside), 0), 2 * columns - 1)
                    light = (np.float32(sky_y[source, at]) - np.float32(16)) * mirror
                    value = np.float32(16) + (light + base) * dim
                    y_plane[line, 2 * column + i] = video_byte(value)
