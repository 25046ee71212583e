"""A furnished room, painted once: its walls seen without its things, and the things in groups."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels import trace
from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.matter import matter
from filmgate.engines.animatic.kernels.noise import chance

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
                _shine(shapes, panes, place, (dx, dh, 1.0), look, gloss, pick, out)
            light[row, column, 0], light[row, column, 1] = out[0], out[1]
            light[row, column, 2] = out[2]
            kinds[row, column] = kind
    return light, kinds


@kernel
def _shine(
    shapes: Floats, panes: Floats, place: tuple[float, float, float],
    along: tuple[float, float, float], look: tuple[float, float, float], gloss: float, pick: int,
    out: Floats,
) -> None:  # fmt: skip
    """A window's mirror image in something smooth, a little blurred; more at a flat angle."""
    x, h, z = place
    size = math.sqrt(along[0] * along[0] + along[1] * along[1] + along[2] * along[2])
    dx, dh, dz = along[0] / size, along[1] / size, along[2] / size
    facing = -(dx * look[0] + dh * look[1] + dz * look[2])
    rough = 0.05
    dx += 2 * facing * look[0] + rough * (chance(pick, 1, 9) - 0.5)
    dh += 2 * facing * look[1] + rough * (chance(pick, 2, 9) - 0.5)
    dz += 2 * facing * look[2] + rough * (chance(pick, 3, 9) - 0.5)
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
    near = np.empty(things.shape[0], np.int32)
    rays = np.empty((4, 10), np.float32)  # own colour, light, glow, what was hit
    for row in range(height):
        for column in range(width):
            count = _within(bounds, corner[0] + column, corner[1] + row, near)
            if count == 0:
                continue
            last, hits, cast = -1, 0, 0
            # Where one thing stands alone, its light is asked for in every other pixel.
            spare = count > 1 or (row + column) & 1 == 0
            for number in range(4):
                # Four rays, turned against the grid, so that slanted edges are smooth; within a
                # surface two will do.
                if number == 2 and hits == 2 and kinds[row, column] >= 0:
                    break
                ray = (0, 3, 1, 2)[number]
                cast += 1
                dx = corner[0] + column + 0.125 + 0.25 * ((ray * 2 + ray // 2) % 4)
                dh = -(corner[1] + row + 0.125 + 0.25 * ray)
                pick = (row & 3) * 4 + (column & 3)
                kind = _seen(
                    things, near[:count], shapes, panes, lamps, room, (dx / focal, dh / focal),
                    focal, pick if spare else -1, last, rays[hits],
                )  # fmt: skip
                if kind < 0:
                    continue
                if kind != last:
                    kinds[row, column] = kind if last < 0 else -2
                else:
                    rays[hits, 3:6] = rays[hits - 1, 3:6]
                last = kind
                hits += 1
            if hits:
                cover[row, column] = hits / cast
                for k in range(3):
                    for ray in range(hits):
                        colour[row, column, k] += rays[ray, k] / hits
                        light[row, column, k] += rays[ray, 3 + k] / hits
                        glow[row, column, k] += rays[ray, 6 + k] / cast
    return colour, light, glow, cover, kinds


@kernel
def _within(bounds: Ints, x: float, y: float, near: Ints) -> int:
    """The things whose boxes a pixel is in."""
    count = 0
    for i in range(bounds.shape[0]):
        if bounds[i, 0] <= x <= bounds[i, 2] and bounds[i, 1] <= y <= bounds[i, 3]:
            near[count] = i
            count += 1
    return count


@kernel
def _seen(
    things: Floats, near: Ints, shapes: Floats, panes: Floats, lamps: Floats, room: Floats,
    along: tuple[float, float], focal: float, pick: int, last: int, out: Floats,
) -> int:  # fmt: skip
    """What one ray sees, into ``out``; its light only if it is of another kind than the ``last``
    ray saw and if there is a ``pick`` (else -1). Returns the kind, -1 for nothing."""
    dx, dh = along
    t, which = trace.FAR, -1
    for i in near:
        found = trace.hit(things[i], 0.0, room[trace.EYE], 0.0, dx, dh, 1.0)
        if found < t:
            t, which = found, i
    if which < 0:
        return -1
    s = things[which]
    place = (dx * t, room[trace.EYE] + dh * t, t)
    look = trace.normal(s, place[0], place[1], place[2])
    own = (s[trace.RED], s[trace.RED + 1], s[trace.RED + 2])
    out[0], out[1], out[2] = matter(
        int(s[trace.MATERIAL]), int(s[trace.SEED]), own, place, look, _part(s, place, look),
        t / focal,
    )  # fmt: skip
    for k in range(3):
        out[6 + k] = s[trace.EMIT + k] * out[k]
    kind = which * 8 + int(look[0] * 1.5 + 1.5) + 3 * int(abs(look[1]) + 0.4)
    if pick < 0:
        out[3] = out[4] = out[5] = -1.0
    elif kind != last:
        trace.lit(shapes, panes, lamps, room, place, look, pick, out[3:6])
        if s[trace.GLOSS] > 0:
            _shine(shapes, panes, place, (dx, dh, 1.0), look, s[trace.GLOSS], pick, out[3:6])
    return kind


@kernel
def _part(
    s: Floats, place: tuple[float, float, float], look: tuple[float, float, float]
) -> tuple[float, float]:
    """Where on a thing's face a place is, 0..1 across and up."""
    x = (place[0] - s[trace.CX]) / s[trace.RX] / 2 + 0.5
    h = (place[1] - s[trace.CH]) / s[trace.RH] / 2 + 0.5
    z = (place[2] - s[trace.CZ]) / s[trace.RZ] / 2 + 0.5
    if abs(look[1]) > 0.7:
        return x, z
    return (z, h) if abs(look[0]) > 0.7 else (x, h)


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
                        mine = kinds[j, i] == kind or (kind < 0 and kinds[j, i] >= 0)
                        if mine and light[j, i, 0] >= 0:
                            a += light[j, i, 0]
                            b += light[j, i, 1]
                            c += light[j, i, 2]
                            n += np.float32(1)
            if n > 0:
                out[row, column, 0], out[row, column, 1], out[row, column, 2] = a / n, b / n, c / n
            else:
                for k in range(3):
                    out[row, column, k] = max(light[row, column, k], np.float32(0))
    return out
