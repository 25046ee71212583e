"""A furnished room, painted once: its walls seen without its things, and the things in groups."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels import trace
from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.matter import matter

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
LEFT, RIGHT, FLOOR, CEILING, BACK = range(5)
# Columns of a surface of the room.
RED, MATERIAL, GLOSS, SEED = 0, 3, 4, 5


@kernel
def _wall(
    room: Floats, dx: float, dh: float
) -> tuple[int, tuple[float, float, float], tuple[float, float, float]]:
    """The surface of the bare room that a ray meets, where, and how it looks."""
    t, kind = room[trace.DEEP], BACK
    if abs(dx) * t > room[trace.WIDE]:
        t, kind = room[trace.WIDE] / abs(dx), RIGHT if dx > 0 else LEFT
    rise = room[trace.EYE] + dh * t
    if rise < 0:
        t, kind = -room[trace.EYE] / dh, FLOOR
    elif rise > room[trace.TALL]:
        t, kind = (room[trace.TALL] - room[trace.EYE]) / dh, CEILING
    nx = 1.0 if kind == LEFT else (-1.0 if kind == RIGHT else 0.0)
    nh = 1.0 if kind == FLOOR else (-1.0 if kind == CEILING else 0.0)
    nz = -1.0 if kind == BACK else 0.0
    return kind, (dx * t, room[trace.EYE] + dh * t, t), (nx, nh, nz)


@kernel
def paint_walls(
    room: Floats, surfaces: Floats, size: tuple[int, int], corner: tuple[float, float], focal: float
) -> Floats:
    """Own colour (h, w, 3) of the bare room. ``corner`` is the picture's top left in pixels from
    the vanishing point."""
    width, height = size
    colour = np.empty((height, width, 3), np.float32)
    for row in range(height):
        for column in range(width):
            dx, dh = (corner[0] + column + 0.5) / focal, -(corner[1] + row + 0.5) / focal
            kind, place, look = _wall(room, dx, dh)
            s = surfaces[kind]
            part = (place[0] * 0.2 + 0.5, place[1] / room[trace.TALL])
            own = (s[RED], s[RED + 1], s[RED + 2])
            r, g, b = matter(
                int(s[MATERIAL]), int(s[SEED]), own, place, look, part, place[2] / focal
            )
            colour[row, column, 0], colour[row, column, 1], colour[row, column, 2] = r, g, b
    return colour


@kernel
def light_walls(
    shapes: Floats,
    panes: Floats,
    lamps: Floats,
    room: Floats,
    surfaces: Floats,
    size: tuple[int, int],
    corner: tuple[float, float],
    focal: float,
) -> tuple[Floats, Ints]:
    """The light on it, and which surface is where, at half the size."""
    width, height = size[0] // 2, size[1] // 2
    light = np.empty((height, width, 3), np.float32)
    kinds = np.empty((height, width), np.int32)
    out = np.empty(3, np.float32)
    for row in range(height):
        for column in range(width):
            dx, dh = (corner[0] + 2 * column + 1) / focal, -(corner[1] + 2 * row + 1) / focal
            kind, place, look = _wall(room, dx, dh)
            pick = (row & 3) * 4 + (column & 3)
            trace.lit(shapes, panes, lamps, room, place, look, pick, out)
            gloss = surfaces[kind, GLOSS]
            if gloss > 0:
                _shine(shapes, panes, room, place, (dx, dh, 1.0), look, gloss, pick, out)
            light[row, column, 0], light[row, column, 1] = out[0], out[1]
            light[row, column, 2] = out[2]
            kinds[row, column] = kind
    return light, kinds


@kernel
def _shine(
    shapes: Floats, panes: Floats, room: Floats, place: tuple[float, float, float],
    along: tuple[float, float, float], look: tuple[float, float, float], gloss: float, pick: int,
    out: Floats,
) -> None:  # fmt: skip
    """A window's mirror image in something smooth, a little blurred; more at a flat angle."""
    x, h, z = place
    size = math.sqrt(along[0] * along[0] + along[1] * along[1] + along[2] * along[2])
    dx, dh, dz = along[0] / size, along[1] / size, along[2] / size
    facing = -(dx * look[0] + dh * look[1] + dz * look[2])
    rough = 0.05
    dx += 2 * facing * look[0] + rough * (trace.chance(pick, 1, 9) - 0.5)
    dh += 2 * facing * look[1] + rough * (trace.chance(pick, 2, 9) - 0.5)
    dz += 2 * facing * look[2] + rough * (trace.chance(pick, 3, 9) - 0.5)
    fresnel = gloss * (0.10 + 0.9 * (1 - max(facing, 0.0)) ** 4)
    for i in range(panes.shape[0]):
        p = panes[i]
        axis = int(p[trace.AXIS])
        toward = dx if axis == 0 else (dh if axis == 1 else dz)
        if abs(toward) < 1e-6:
            continue
        from_ = x if axis == 0 else (h if axis == 1 else z)
        at = p[trace.WX] if axis == 0 else (p[trace.WH] if axis == 1 else p[trace.WZ])
        t = (at - from_) / toward
        if t <= 0.01:
            continue
        mx, mh, mz = x + dx * t - p[trace.WX], h + dh * t - p[trace.WH], z + dz * t - p[trace.WZ]
        inside = abs(mx) <= p[trace.SX] + 0.01 and abs(mh) <= p[trace.SH] + 0.01
        if not inside or abs(mz) > p[trace.SZ] + 0.01:
            continue
        if trace.blocked(shapes, x, h + 0.01, z, dx, dh, dz, t):
            continue
        for k in range(3):
            out[k] += p[trace.LIGHT + k] * fresnel * 1.6
        return


@kernel
def paint_things(
    things: Floats,
    bounds: Ints,
    shapes: Floats,
    panes: Floats,
    lamps: Floats,
    room: Floats,
    size: tuple[int, int],
    corner: tuple[float, float],
    focal: float,
) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """The same for a group of ``things`` alone, among all ``shapes``: own colour, light, what they
    shine themselves, how much of each pixel they take, and what is where. ``bounds`` are the left,
    top, right and bottom of each in pixels from the vanishing point."""
    width, height = size
    colour = np.zeros((height, width, 3), np.float32)
    light, glow = np.zeros_like(colour), np.zeros_like(colour)
    cover = np.zeros((height, width), np.float32)
    kinds = np.full((height, width), -1, np.int32)
    out = np.empty(3, np.float32)
    near = np.empty(things.shape[0], np.int32)
    for row in range(height):
        y = corner[1] + row
        for column in range(width):
            x_, count = corner[0] + column, 0
            for i in range(things.shape[0]):
                if bounds[i, 0] <= x_ <= bounds[i, 2] and bounds[i, 1] <= y <= bounds[i, 3]:
                    near[count] = i
                    count += 1
            if count == 0:
                continue
            last, rays = -1, 0
            for ray in range(4):
                # Four rays, turned against the grid, so that slanted edges are smooth.
                dx = corner[0] + column + 0.125 + 0.25 * ((ray * 2 + ray // 2) % 4)
                dh = -(corner[1] + row + 0.125 + 0.25 * ray)
                dx, dh = dx / focal, dh / focal
                t, which = trace.FAR, -1
                for k in range(count):
                    i = near[k]
                    found = trace.hit(things[i], 0.0, room[trace.EYE], 0.0, dx, dh, 1.0)
                    if found < t:
                        t, which = found, i
                if which < 0:
                    continue
                s = things[which]
                x, h, z = dx * t, room[trace.EYE] + dh * t, t
                nx, nh, nz = trace.normal(s, x, h, z)
                part = (
                    (x - s[trace.CX]) / s[trace.RX] / 2 + 0.5,
                    (h - s[trace.CH]) / s[trace.RH] / 2 + 0.5,
                )
                if abs(nh) > 0.7:
                    part = (part[0], (z - s[trace.CZ]) / s[trace.RZ] / 2 + 0.5)
                elif abs(nx) > 0.7:
                    part = ((z - s[trace.CZ]) / s[trace.RZ] / 2 + 0.5, part[1])
                own = (s[trace.RED], s[trace.RED + 1], s[trace.RED + 2])
                r, g, b = matter(
                    int(s[trace.MATERIAL]), int(s[trace.SEED]), own, (x, h, z), (nx, nh, nz), part,
                    t / focal,
                )
                kind = which * 8 + int(nx * 1.5 + 1.5) + 3 * int(abs(nh) + 0.4)
                if kind != last:
                    pick = (row & 3) * 4 + (column & 3)
                    trace.lit(shapes, panes, lamps, room, (x, h, z), (nx, nh, nz), pick, out)
                    if s[trace.GLOSS] > 0:
                        _shine(
                            shapes, panes, room, (x, h, z), (dx, dh, 1.0), (nx, nh, nz),
                            s[trace.GLOSS], pick, out,
                        )
                    kinds[row, column] = kind if last < 0 else -2
                    last = kind
                rays += 1
                for k in range(3):
                    own_k = r if k == 0 else (g if k == 1 else b)
                    colour[row, column, k] += own_k
                    light[row, column, k] += out[k]
                    glow[row, column, k] += s[trace.EMIT + k] * own_k
            if rays:
                for k in range(3):
                    colour[row, column, k] /= rays
                    light[row, column, k] /= rays
                    glow[row, column, k] /= 4
                cover[row, column] = rays / 4
    return colour, light, glow, cover, kinds


@kernel
def smoothed(light: Floats, kinds: Ints) -> Floats:
    """The mean over 4 x 4 neighbours of the same kind, where every pick is met once; and once more,
    the other way, so that nothing moves and no step is left."""
    return _mean(_mean(light, kinds, -2), kinds, -1)


@kernel
def _mean(light: Floats, kinds: Ints, first: int) -> Floats:
    height, width = kinds.shape
    out = np.empty_like(light)
    for row in range(height):
        top, bottom = max(row + first, 0), min(row + first + 4, height)
        for column in range(width):
            kind = kinds[row, column]
            a, b, c, n = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
            if kind != -1:
                for j in range(top, bottom):
                    for i in range(max(column + first, 0), min(column + first + 4, width)):
                        # Where two things share a pixel, it takes what is about.
                        if kinds[j, i] == kind or (kind < 0 and kinds[j, i] >= 0):
                            a += light[j, i, 0]
                            b += light[j, i, 1]
                            c += light[j, i, 2]
                            n += np.float32(1)
            if n > 0:
                out[row, column, 0], out[row, column, 1], out[row, column, 2] = a / n, b / n, c / n
            else:
                for k in range(3):
                    out[row, column, k] = light[row, column, k]
    return out
