"""One side of a street canyon, painted once: rays through blocks, and what a facade looks like.

The eye stands in the street at the origin; z runs down the street, x outwards to this side, h up.
A block is a row of BLOCK numbers; see ``avenue`` for who plans them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import chance

Floats = NDArray[np.float32]

# Columns of a block.
X0, X1, Z0, Z1, H0, H1, KIND, SEED, RED, GREEN, BLUE, LIT, STOREY, BAY, HUE_A, HUE_B = range(16)
MASONRY, GLASS, BLADE, PANEL, PLAIN = range(5)

# Places in the row of numbers that tells the light.
LAMPS, AMBIENT, KEY, SIDE_KEY, FRONT_KEY, HAZE, HAZE_PER_M, STREET, SKY_HIGH, SKY_LOW, NEON = (
    0, 1, 4, 7, 8, 9, 12, 13, 16, 19, 22,
)  # fmt: skip


@kernel
def hue(turn: float) -> tuple[float, float, float]:
    """A saturated colour (0..1) of the neon circle; ``turn`` in [0, 1)."""
    wheel = (turn - math.floor(turn)) * 6
    up = wheel - math.floor(wheel)
    part = int(wheel)
    if part == 0:
        return 1.0, 0.12 + 0.5 * up, 0.14
    if part == 1:
        return 1.0 - 0.85 * up, 0.62 + 0.33 * up, 0.14 + 0.3 * up
    if part == 2:
        return 0.12, 0.95, 0.44 + 0.5 * up
    if part == 3:
        return 0.1, 0.95 - 0.6 * up, 1.0
    if part == 4:
        return 0.1 + 0.75 * up, 0.35 - 0.18 * up, 1.0
    return 0.9 + 0.1 * up, 0.15, 1.0 - 0.8 * up


@kernel
def room_light(pick: float) -> tuple[float, float, float]:
    """What a lit window shows: mostly warm bulbs, some cool offices, now and then a screen."""
    if pick < 0.58:
        return 255.0, 176.0 + 40 * pick, 84.0 + 70 * pick
    if pick < 0.78:
        return 255.0, 222.0, 172.0
    if pick < 0.93:
        return 196.0, 222.0, 255.0
    if pick < 0.97:
        return 110.0, 170.0, 255.0
    return 255.0, 120.0, 190.0


@kernel
def strokes(gx: float, gy: float, code: int, seed: int) -> float:
    """Distance (in cells) to the tubes of a made-up sign, drawn on a 3 x 3 net of nodes."""
    nearest = 9.0
    for i in range(12):
        if chance(code * 16 + i, 3, seed) > 0.58:
            continue
        if i < 6:  # along
            ax, ay = 0.2 + 0.3 * (i % 2), 0.18 + 0.32 * (i // 2)
            bx, by = ax + 0.3, ay
        else:  # down
            ax, ay = 0.2 + 0.3 * ((i - 6) % 3), 0.18 + 0.32 * ((i - 6) // 3)
            bx, by = ax, ay + 0.32
        px = min(max(gx, ax), bx) - gx
        py = min(max(gy, ay), by) - gy
        nearest = min(nearest, px * px + py * py)
    return math.sqrt(nearest)


@kernel
def blade(a: float, b: float, block: Floats, light: Floats, out: Floats) -> None:
    """A sign of neon tubes; ``a`` across and ``b`` up, both 0..1, into base (0..2), glow (3..5)."""
    height, width = block[H1] - block[H0], max(block[X1] - block[X0], 0.4)
    if block[KIND] == PANEL:
        width = block[Z1] - block[Z0]
    tall = height >= width
    cells = max(1, round(height / width)) if tall else max(1, round(width / height))
    along = (1 - b) * cells if tall else a * cells
    code = int(min(along, cells - 0.001))
    gx = a if tall else along - code
    gy = along - code if tall else 1 - b
    far = strokes(gx, gy, code, int(block[SEED]))
    edge = min(min(a, 1 - a) * width, min(b, 1 - b) * height) / min(width, height)
    seed = int(block[SEED])
    ra, ga, ba = hue(block[HUE_A])
    rb, gb, bb = hue(block[HUE_B])

    power = 255 * light[NEON]
    back = 0.10 if chance(seed, 5, 1) < 0.6 else 0.30
    tube = max(0.0, 1 - far / 0.055)
    soft = max(0.0, 1 - far / 0.2)
    rim = max(0.0, 1 - abs(edge - 0.06) / 0.035)
    for i in range(3):
        own = ra if i == 0 else (ga if i == 1 else ba)
        other = rb if i == 0 else (gb if i == 1 else bb)
        core = own * 0.68 + 0.32
        shine = core * tube + own * 0.4 * soft * soft + other * rim
        out[3 + i] = power * (back * other * (0.6 + 0.4 * b) + shine)
        out[i] = (
            26 + 120 * other * back + 150 * (1 - light[LAMPS]) * (tube * own + other * rim * 0.6)
        )


@kernel
def shop(s: float, h: float, block: Floats, light: Floats, out: Floats) -> None:
    """The ground floor: lit glass, a sign above it, a plinth below."""
    wide = 5.0 + 3.0 * chance(int(block[SEED]), 8, 3)
    number = math.floor(s / wide)
    fx = s / wide - number
    seed = int(block[SEED]) + number * 17
    open_now = chance(seed, 1, 5) < 0.45 + 0.5 * light[LAMPS]
    power = 0.25 + 0.75 * light[LAMPS]
    r, g, b = hue(chance(seed, 2, 5))
    if h > 3.25 and 0.05 < fx < 0.95:  # the sign
        seen = chance(seed, 4, 5)
        letters = 1.0 if seen < 0.75 else 0.0
        cell = fx * wide / 0.62
        far = strokes(cell - math.floor(cell), (4.15 - h) / 0.9, int(cell), seed)
        tube = letters * max(0.0, 1 - far / 0.09)
        plate = 0.16 if seen < 0.5 else 0.55
        out[0], out[1], out[2] = 40 * r + 18, 40 * g + 18, 40 * b + 20
        if open_now and h < 4.15:
            out[3] = 255 * power * (r * plate + tube * (0.5 + 0.5 * r))
            out[4] = 255 * power * (g * plate + tube * (0.5 + 0.5 * g))
            out[5] = 255 * power * (b * plate + tube * (0.5 + 0.5 * b))
        return
    if h < 0.45 or fx < 0.05 or fx > 0.95:
        return
    pane = fx * wide / 1.35
    frame = abs(pane - math.floor(pane) - 0.5) > 0.47 or h > 3.1
    out[0], out[1], out[2] = 26.0, 30.0, 36.0
    if frame or not open_now:
        return
    wr, wg, wb = room_light(chance(seed, 6, 5) * 0.9)
    mix = 0.75 if chance(seed, 7, 5) < 0.3 else 0.12
    goods = chance(int(fx * wide * 2.6), int(h * 2.1), seed)
    shade = 0.30 + 0.62 * (h / 3.1) * (h / 3.1)
    if h < 0.6 + 1.5 * chance(int(fx * wide * 1.7), 9, seed):  # what stands in the window
        shade *= 0.25 + 0.6 * goods
    shade *= 0.72 + 0.28 * math.sin(fx * 3.14159)
    power *= 0.6 + 0.6 * chance(seed, 9, 5)
    out[3] = power * shade * (wr * (1 - mix) + 255 * r * mix)
    out[4] = power * shade * (wg * (1 - mix) + 255 * g * mix)
    out[5] = power * shade * (wb * (1 - mix) + 255 * b * mix)


@kernel
def windows(s: float, h: float, block: Floats, light: Floats, out: Floats) -> None:
    """Storeys of windows; a glass block is nearly all window."""
    seed = int(block[SEED])
    up, along = h / block[STOREY], s / block[BAY]
    storey, bay = math.floor(up), math.floor(along)
    fx, fy = along - bay, up - storey
    curtain_wall = block[KIND] == GLASS
    margin_x = 0.045 if curtain_wall else 0.2 + 0.1 * chance(seed, 11, 2)
    low, high = (0.10, 0.95) if curtain_wall else (0.24, 0.82)
    if not (margin_x < fx < 1 - margin_x and low < fy < high):
        if not curtain_wall and (fy < 0.07 or 0.18 < fy < 0.24):  # ledges
            for i in range(3):
                out[i] *= 1.22
        return
    pick = chance(bay, storey, seed)
    sheen = 0.75 + 0.5 * pick if curtain_wall else 0.45 + 0.3 * pick
    rise = min(max(h / 60, 0.0), 1.0)
    for i in range(3):
        mirrored = light[SKY_LOW + i] + (light[SKY_HIGH + i] - light[SKY_LOW + i]) * rise
        keep = 0.42 if curtain_wall else 0.15
        out[i] = out[i] * keep + mirrored * sheen * 0.52
    cross = abs(fx - 0.5) < 0.03 and not curtain_wall
    if cross:
        return
    whole_floor = chance(7, storey, seed + 5) < 0.16 and curtain_wall
    if pick > block[LIT] and not whole_floor:
        return
    power = 0.28 + 0.72 * chance(bay + 91, storey, seed)
    power *= 0.72 + 0.28 * fy
    if chance(bay, storey + 77, seed) < 0.3 and fy > 0.55:
        power *= 0.5  # a blind half down
    r, g, b = room_light(chance(bay, storey, seed + 3))
    if whole_floor:
        r, g, b = 214.0, 232.0, 255.0
        power *= 0.6
    out[3], out[4], out[5] = r * power, g * power, b * power


@kernel
def facade(
    s: float, h: float, thick: float, block: Floats, front: bool, light: Floats, out: Floats
) -> None:
    """Base colour into out[0:3] and own light into out[3:6], seen through the haze."""
    kind = block[KIND]
    for i in range(3, 6):
        out[i] = 0.0
    grain = 0.94 + 0.12 * chance(int(s * 3), int(h * 5), int(block[SEED]))
    for i in range(3):
        out[i] = block[RED + i] * grain
    if kind in (BLADE, PANEL):
        across = s / (block[X1] - block[X0]) if front else (s / (block[Z1] - block[Z0]))
        rise = (h - block[H0]) / (block[H1] - block[H0])
        if (kind == BLADE and front) or (kind == PANEL and not front):
            blade(across, rise, block, light, out)
    elif kind != PLAIN:
        if h < 4.3 and block[H0] < 1 and not front:
            shop(s, h, block, light, out)
        elif block[H1] - h > 0.9:
            windows(s, h - 4.3, block, light, out)
        elif block[H1] - h < 0.25:
            for i in range(3):
                out[i] *= 1.25
    key = light[FRONT_KEY] if front else light[SIDE_KEY]
    lamp = 1 / (1 + h * h * 0.03) + 0.08
    shade = 0.72 + 0.28 * min(1.0, h / 9)
    for i in range(3):
        lit = light[AMBIENT + i] * shade + light[KEY + i] * key + light[STREET + i] * lamp
        solid = out[i] * lit / 255
        out[i] = solid + (light[HAZE + i] - solid) * thick
        out[3 + i] *= 1 - 0.75 * thick


@kernel
def cast_rays(
    blocks: Floats,
    light: Floats,
    size: tuple[int, int],
    corner: tuple[float, float],
    focal: float,
    eye_m: float,
) -> tuple[Floats, Floats, Floats]:
    """Colour, own light and coverage of a side. ``corner`` is the picture's top left in pixels
    from the vanishing point (outwards, down). Two rays a pixel, four where things are small."""
    width, height = size
    colour = np.zeros((height, width, 3), np.float32)
    glow = np.zeros((height, width, 3), np.float32)
    mask = np.zeros((height, width), np.float32)
    faces = np.empty((64, 5), np.float32)  # distance, block, front, place along it, haze
    out = np.empty(6, np.float32)
    for column in range(width):
        for i in range(2):
            x = corner[0] + column + 0.25 + 0.5 * i
            if x < 1:
                continue
            count = _seen(blocks, faces, _faces(blocks, x / focal, faces), eye_m)
            steepest = 0.0
            for k in range(count):
                faces[k, 4] = 1 - math.exp(-faces[k, 0] * light[HAZE_PER_M])
                steepest = max(steepest, (blocks[int(faces[k, 1]), H1] - eye_m) / faces[k, 0])
            first = max(math.floor(-steepest * focal - corner[1]) - 1, 0)
            rays = 2 if x < focal * 0.22 else 1
            share = np.float32(0.5 / rays)
            for row in range(first, height):
                for ray in range(rays):
                    # One ray: in the upper half left, in the lower half right.
                    j = ray if rays == 2 else i
                    y = corner[1] + row + 0.25 + 0.5 * j
                    for k in range(count):
                        far = faces[k, 0]
                        block = blocks[int(faces[k, 1])]
                        h = eye_m - y * far / focal
                        if block[H0] <= h < block[H1]:
                            front = faces[k, 2] > 0.5
                            facade(faces[k, 3], h, faces[k, 4], block, front, light, out)
                            for channel in range(3):
                                colour[row, column, channel] += out[channel] * share
                                glow[row, column, channel] += out[3 + channel] * share
                            mask[row, column] += share
                            break
                    else:
                        if y > 0 and count > 0:  # the floor of an alley
                            for channel in range(3):
                                colour[row, column, channel] += (
                                    0.30 * light[AMBIENT + channel] * share
                                )
                            mask[row, column] += share
    return colour, glow, mask


@kernel
def _seen(blocks: Floats, faces: Floats, count: int, eye_m: float) -> int:
    """Drop the faces that nearer houses hide; most are."""
    kept, highest = 0, -1e9
    for k in range(count):
        block = blocks[int(faces[k, 1])]
        rises = (block[H1] - eye_m) / faces[k, 0]
        if rises <= highest:
            continue
        if block[H0] < 0.5:  # it stands on the ground and hides all that is lower
            highest = rises
        faces[kept] = faces[k]
        kept += 1
    return kept


@kernel
def _faces(blocks: Floats, slope: float, faces: Floats) -> int:
    """The faces that a ray meets in plan, nearest first."""
    count = 0
    for b in range(blocks.shape[0]):
        block = blocks[b]
        far = block[X0] / slope
        across = slope * block[Z0]
        if block[Z0] <= far < block[Z1]:
            front, along = 0.0, far - block[Z0]
        elif block[X0] <= across < block[X1]:
            front, along, far = 1.0, across - block[X0], block[Z0]
        else:
            continue
        at = count
        while at > 0 and faces[at - 1, 0] > far:
            faces[at] = faces[at - 1]
            at -= 1
        faces[at, 0], faces[at, 1], faces[at, 2], faces[at, 3] = far, b, front, along
        count = min(count + 1, faces.shape[0] - 1)
    return count
