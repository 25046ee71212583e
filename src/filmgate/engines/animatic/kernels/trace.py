"""Rays through a furnished room: what they hit, and how much light falls there.

The eye stands at (0, eye, 0) and looks along z; x is right, h up, all in metres. A room is a box
with windows in its walls, and its things are shapes: rows of SHAPE numbers.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Floats = NDArray[np.float32]

# Columns of a shape.
KIND, CX, CH, CZ, RX, RH, RZ, ROUND = range(8)
RED, MATERIAL, GLOSS, EMIT, SEED, CASTS = 8, 11, 12, 13, 16, 17
SHAPE = 18
BOX, BALL, CONE = 0, 1, 2
FAR = 1e6
# Columns of a window or of another flat light: the axis it faces along (0 x, 1 h, 2 z), its middle,
# its half sizes (0 along the axis) and its light.
AXIS, WX, WH, WZ, SX, SH, SZ, LIGHT = range(8)
PANE = 11
# Columns of a lamp: where it is, its radius, its light.
LX, LH, LZ, LR, LAMP = range(5)
# Places in the row of numbers of a room.
WIDE, TALL, DEEP, EYE, AMBIENT, SUN, SUN_LIGHT = 0, 1, 2, 3, 4, 7, 10


@kernel
def _slab(c: float, r: float, o: float, d: float, near: float, far: float) -> tuple[float, float]:
    """The part near..far of a ray that is between two planes."""
    if abs(d) < 1e-7:
        return (near, far) if abs(o - c) <= r else (FAR, -FAR)
    a, b = (c - r - o) / d, (c + r - o) / d
    return max(near, min(a, b)), min(far, max(a, b))


@kernel
def _outside(s: Floats, x: float, h: float, z: float) -> float:
    """Distance from a box with rounded edges."""
    r = s[ROUND]
    a = max(abs(x - s[CX]) - s[RX] + r, 0.0)
    b = max(abs(h - s[CH]) - s[RH] + r, 0.0)
    c = max(abs(z - s[CZ]) - s[RZ] + r, 0.0)
    return math.sqrt(a * a + b * b + c * c) - r


@kernel
def _quadratic(a: float, b: float, c: float) -> float:
    """The nearer root of a t t + 2 b t + c that lies ahead."""
    under = b * b - a * c
    if under < 0 or a < 1e-9:
        return FAR
    root = math.sqrt(under)
    near = (-b - root) / a
    return near if near > 1e-3 else ((-b + root) / a if (-b + root) / a > 1e-3 else FAR)


@kernel
def _rounded(
    s: Floats, from_: tuple[float, float, float], along: tuple[float, float, float], near: float,
    far: float,
) -> float:  # fmt: skip
    """Stepping along a ray by as much as is surely free."""
    t = near
    for _ in range(28):
        gap = _outside(s, from_[0] + along[0] * t, from_[1] + along[1] * t, from_[2] + along[2] * t)
        if gap < 0.002:
            return t
        t += gap
        if t > far:
            return FAR
    return FAR


@kernel
def hit(s: Floats, ox: float, oh: float, oz: float, dx: float, dh: float, dz: float) -> float:
    """How far along a ray it meets a shape; FAR where it does not."""
    near, far = _slab(s[CX], s[RX], ox, dx, 1e-3, FAR)
    near, far = _slab(s[CH], s[RH], oh, dh, near, far)
    near, far = _slab(s[CZ], s[RZ], oz, dz, near, far)
    if near >= far:
        return FAR
    kind = s[KIND]
    if kind == BOX:
        return near if s[ROUND] <= 0 else _rounded(s, (ox, oh, oz), (dx, dh, dz), near, far)
    place = (ox - s[CX]) / s[RX], (oh - s[CH]) / s[RH], (oz - s[CZ]) / s[RZ]
    along = dx / s[RX], dh / s[RH], dz / s[RZ]
    return _ball(place, along) if kind == BALL else _cone(place, along, s[ROUND])


@kernel
def _ball(place: tuple[float, float, float], along: tuple[float, float, float]) -> float:
    """A ray and the ball of radius 1 about the origin."""
    px, ph, pz = place
    ex, eh, ez = along
    a, b = ex * ex + eh * eh + ez * ez, px * ex + ph * eh + pz * ez
    return _quadratic(a, b, px * px + ph * ph + pz * pz - 1)


@kernel
def _cone(
    place: tuple[float, float, float], along: tuple[float, float, float], top: float
) -> float:
    """The same for a cone from -1 to 1: of radius 1 at its foot and ``top`` at its top."""
    px, ph, pz = place
    ex, eh, ez = along
    mean, slope = (1 + top) / 2, (top - 1) / 2
    w, dw = mean + slope * ph, slope * eh
    a, b = ex * ex + ez * ez - dw * dw, px * ex + pz * ez - w * dw
    t = _quadratic(a, b, px * px + pz * pz - w * w)
    if t < FAR and abs(ph + eh * t) <= 1:
        return t
    end = 1.0 if ph > 0 else -1.0
    lid = (end - ph) / eh if abs(eh) > 1e-7 else FAR
    x, z = px + ex * lid, pz + ez * lid
    radius = mean + slope * end
    return lid if 1e-3 < lid < FAR and x * x + z * z <= radius * radius else FAR


@kernel
def normal(s: Floats, x: float, h: float, z: float) -> tuple[float, float, float]:
    """Which way the surface of a shape looks at a place on it."""
    a, b, c = (x - s[CX]) / s[RX], (h - s[CH]) / s[RH], (z - s[CZ]) / s[RZ]
    if s[KIND] == BALL:
        a, b, c = a / s[RX], b / s[RH], c / s[RZ]
    elif s[KIND] == CONE:
        if abs(b) > 0.999:
            return 0.0, math.copysign(1.0, b), 0.0
        a, b, c = a / s[RX], (1 - s[ROUND]) / 2 / s[RH], c / s[RZ]
    elif s[ROUND] > 0:
        r = s[ROUND]
        a = math.copysign(max(abs(x - s[CX]) - s[RX] + r, 0.0), a)
        b = math.copysign(max(abs(h - s[CH]) - s[RH] + r, 0.0), b)
        c = math.copysign(max(abs(z - s[CZ]) - s[RZ] + r, 0.0), c)
    else:
        most = max(abs(a), abs(b), abs(c))
        a = math.copysign(1.0, a) if abs(a) == most else 0.0
        b = math.copysign(1.0, b) if abs(b) == most and a == 0 else 0.0
        c = math.copysign(1.0, c) if a == 0 and b == 0 else 0.0
    size = math.sqrt(a * a + b * b + c * c) + 1e-12
    return a / size, b / size, c / size


@kernel
def blocked(
    shapes: Floats, x: float, h: float, z: float, dx: float, dh: float, dz: float, reach: float
) -> bool:
    """Whether any of the shapes stands within ``reach`` of a place."""
    ix, ih, iz = 1 / (dx + 1e-9), 1 / (dh + 1e-9), 1 / (dz + 1e-9)
    for i in range(shapes.shape[0]):
        a, r = (shapes[i, CX] - x) * ix, abs(shapes[i, RX] * ix)
        near, far = a - r, a + r
        if far < 1e-3 or near > reach:
            continue
        a, r = (shapes[i, CH] - h) * ih, abs(shapes[i, RH] * ih)
        near, far = max(near, a - r), min(far, a + r)
        a, r = (shapes[i, CZ] - z) * iz, abs(shapes[i, RZ] * iz)
        near, far = max(near, a - r), min(far, a + r)
        if near >= far or far < 1e-3 or near > reach:
            continue
        if shapes[i, KIND] == BOX:
            # A ray that begins on a rounded edge begins inside the box around it.
            if near > 1e-3 or shapes[i, ROUND] <= 0:
                return True
        elif hit(shapes[i], x, h, z, dx, dh, dz) < reach:
            return True
    return False


@kernel
def lit(
    shapes: Floats,
    panes: Floats,
    lamps: Floats,
    room: Floats,
    place: tuple[float, float, float],
    look: tuple[float, float, float],
    pick: int,
    out: Floats,
) -> None:
    """Light that falls on a place that looks a certain way, into out[0:3] (1 shows a surface in its
    own colour). ``pick`` (0..15) chooses which points of the lights are asked: the mean over all
    of them is the answer."""
    x, h, z = place
    nx, nh, nz = look
    x, h, z = x + nx * 0.006, h + nh * 0.006, z + nz * 0.006
    out[0] = out[1] = out[2] = 0.0
    a = (pick % 4 + 0.125 + 0.25 * (pick // 4 * 3 % 4) * 0.999) / 4
    b = (pick // 4 + 0.125 + 0.25 * (pick % 4)) / 4
    _ambient(shapes, room, (x, h, z), look, a, b, out)
    for i in range(panes.shape[0]):
        p = panes[i]
        px = p[WX] + p[SX] * (2 * a - 1)
        ph = p[WH] + p[SH] * (2 * (b if p[AXIS] != 1 else a) - 1)
        pz = p[WZ] + p[SZ] * (2 * (a if p[AXIS] == 0 else b) - 1)
        dx, dh, dz = px - x, ph - h, pz - z
        far = math.sqrt(dx * dx + dh * dh + dz * dz)
        dx, dh, dz = dx / far, dh / far, dz / far
        facing = nx * dx + nh * dh + nz * dz
        axis = int(p[AXIS])
        leaving = abs(dx if axis == 0 else (dh if axis == 1 else dz))
        if facing <= 0 or (axis == 1 and dh <= 0):  # lights in a ceiling shine downwards
            continue
        area = 4 * max(p[SX], 1e-3) * max(p[SH], 1e-3) * max(p[SZ], 1e-3) * 1e3
        share = facing * leaving * area / (3.1416 * far * far + area * 0.35)
        if share < 0.002 or blocked(shapes, x, h, z, dx, dh, dz, far):
            continue
        for k in range(3):
            out[k] += p[LIGHT + k] * share
    for i in range(lamps.shape[0]):
        lamp = lamps[i]
        turn = 6.2832 * a
        dx = lamp[LX] + lamp[LR] * math.cos(turn) * b - x
        dh = lamp[LH] + lamp[LR] * (2 * b - 1) * 0.5 - h
        dz = lamp[LZ] + lamp[LR] * math.sin(turn) * b - z
        far = math.sqrt(dx * dx + dh * dh + dz * dz) + 1e-6
        dx, dh, dz = dx / far, dh / far, dz / far
        share = max(nx * dx + nh * dh + nz * dz, 0.0) / (far * far + 0.12)
        if share < 0.002 or blocked(shapes, x, h, z, dx, dh, dz, far - lamp[LR]):
            continue
        for k in range(3):
            out[k] += lamp[LAMP + k] * share
    _sunlit(shapes, panes, room, (x, h, z), look, a, b, out)


@kernel
def _ambient(
    shapes: Floats, room: Floats, place: tuple[float, float, float],
    look: tuple[float, float, float], a: float, b: float, out: Floats,
) -> None:  # fmt: skip
    """What comes from everywhere, less in corners and under things."""
    x, h, z = place
    nx, nh, nz = look
    # A direction about the normal, more often along it.
    turn, up = 6.2832 * b, math.sqrt(a)
    dx = nx + math.cos(turn) * up * (0.9 if abs(nx) < 0.7 else 0.3)
    dh = nh + math.sin(turn) * up * (0.9 if abs(nh) < 0.7 else 0.3)
    dz = nz + math.cos(turn + 2.1) * up * (0.9 if abs(nz) < 0.7 else 0.3)
    size = math.sqrt(dx * dx + dh * dh + dz * dz) + 1e-6
    dx, dh, dz = dx / size, dh / size, dz / size
    open_ = 0.35 if blocked(shapes, x, h, z, dx, dh, dz, 1.6) else 1.0
    # Corners of the room itself.
    corner = 1.0
    for gap in (room[WIDE] - abs(x), h, room[TALL] - h, room[DEEP] - z):
        corner *= 1 - 0.28 * math.exp(-max(gap, 0.0) * 3.2) * (1.0 if gap > 0.02 else 0.0)
    bounce = 0.86 + 0.14 * nh
    for k in range(3):
        out[k] += room[AMBIENT + k] * open_ * corner * bounce


@kernel
def _sunlit(
    shapes: Floats, panes: Floats, room: Floats, place: tuple[float, float, float],
    look: tuple[float, float, float], a: float, b: float, out: Floats,
) -> None:  # fmt: skip
    """The sun's own patch, where a window lets it in."""
    if room[SUN_LIGHT] <= 0:
        return
    x, h, z = place
    # The sun is a disc: its patches have soft edges.
    dx, dh, dz = room[SUN] + 0.012 * (a - 0.5), room[SUN + 1] + 0.012 * (b - 0.5), room[SUN + 2]
    facing = look[0] * dx + look[1] * dh + look[2] * dz
    if facing <= 0:
        return
    for i in range(panes.shape[0]):
        p = panes[i]
        if p[PANE] < 0.5:
            continue
        axis = int(p[AXIS])
        along = dx if axis == 0 else dz
        if abs(along) < 1e-6:
            continue
        t = ((p[WX] - x) / dx) if axis == 0 else ((p[WZ] - z) / dz)
        if t <= 0:
            continue
        sx, sh, sz = abs(x + dx * t - p[WX]), abs(h + dh * t - p[WH]), abs(z + dz * t - p[WZ])
        inside = sh < p[SH] and (sz < p[SZ] if axis == 0 else sx < p[SX])
        if not inside or blocked(shapes, x, h, z, dx, dh, dz, t):
            continue
        for k in range(3):
            out[k] += room[SUN_LIGHT + k] * facing
        return
