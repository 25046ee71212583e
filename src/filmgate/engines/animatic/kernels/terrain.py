"""Mountains as heights on a grid: rivers that carve them, the sun's shadows, and the view of them.

A grid of heights is (depth, width): row 0 is nearest to us. Heights and places are in cells.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import chance

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Whole = NDArray[np.int32]

STEPS = np.array([[-1, -1], [-1, 0], [-1, 1], [0, -1], [0, 1], [1, -1], [1, 0], [1, 1]], np.int32)


@kernel
def downhill(heights: Floats, seed: int) -> Whole:
    """The neighbour that each cell drains to, itself in a hollow. A random favour for each
    neighbour keeps rivers from running along the eight directions of the grid."""
    depth, width = heights.shape
    out = np.empty(depth * width, np.int32)
    for row in range(depth):
        for column in range(width):
            here = row * width + column
            out[here] = here
            if row in {0, depth - 1}:
                continue
            steepest = np.float32(0)
            mixed = np.uint32(here) * np.uint32(374761393) + np.uint32(seed) * np.uint32(668265263)
            mixed = np.uint32((mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177))
            for i in range(8):
                side = column + STEPS[i, 1]
                if side < 0 or side >= width:
                    continue
                drop = heights[row, column] - heights[row + STEPS[i, 0], side]
                if drop <= np.float32(0):
                    continue
                if STEPS[i, 0] != 0 and STEPS[i, 1] != 0:
                    drop *= np.float32(0.7071)
                favour = np.float32((mixed >> np.uint32(4 * i)) & np.uint32(15))
                drop *= np.float32(0.6) + np.float32(0.05) * favour
                if drop > steepest:
                    steepest = drop
                    out[here] = (row + STEPS[i, 0]) * width + side
    return out


@kernel
def downstream(to: Whole) -> tuple[Whole, Floats]:
    """The cells ordered so that each comes before the one it drains to, and the land (in cells)
    whose rain comes through each."""
    count = to.shape[0]
    donors = np.zeros(count, np.int32)
    for i in range(count):
        if to[i] != i:
            donors[to[i]] += 1
    order = np.empty(count, np.int32)
    last = 0
    for i in range(count):
        if donors[i] == 0:
            order[last] = i
            last += 1
    area = np.ones(count, np.float32)
    for k in range(count):
        i = order[k]
        down = to[i]
        if down != i:
            area[down] += area[i]
            donors[down] -= 1
            if donors[down] == 0:
                order[last] = down
                last += 1
    return order, area


@kernel
def erode(
    heights: Floats, uplift: Floats, softness: Floats, steepest: Floats, rounds: int, seed: int
) -> None:
    """Let the land rise and rivers carve it, in place: the stream power law, dh/dt = uplift -
    softness * area^0.5 * slope, solved from the mouths upstream (Braun and Willett 2013), so that
    any step is stable. With this exponent the law looks the same at every size of cell."""
    depth, width = heights.shape
    count = depth * width
    flat, rise = heights.reshape(-1), uplift.reshape(-1)
    soft, steep = softness.reshape(-1), steepest.reshape(-1)
    for _ in range(rounds):
        to = downhill(heights, seed)
        order, area = downstream(to)
        for k in range(count - 1, -1, -1):
            i = order[k]
            down = to[i]
            if i < width or i >= count - width:
                continue
            flat[i] += rise[i]
            if down == i:
                continue
            far = np.float32(1)
            if abs(down - i) not in {1, width}:
                far = np.float32(1.4142)
            cut = soft[i] * np.float32(math.sqrt(area[i])) / far
            flat[i] = (flat[i] + cut * flat[down]) / (np.float32(1) + cut)
            # What is steeper than rock can stand falls down: plain faces, sharp edges.
            flat[i] = min(flat[i], flat[down] + far * steep[i])


@kernel
def sunlit(heights: Floats, fall: float, lean: float, from_right: bool) -> Floats:
    """1 where the sun reaches, 0 in cast shadow, soft between. The sun stands to one side:
    shadows fall ``fall`` a cell and drift ``lean`` cells away from us."""
    depth, width = heights.shape
    out = np.ones((depth, width), np.float32)
    shade = np.full(depth, np.float32(-1e6), np.float32)
    moved = np.empty(depth, np.float32)
    for step in range(width):
        column = width - 1 - step if from_right else step
        for row in range(depth):
            back = np.float32(row) - np.float32(lean)
            low = min(max(math.floor(back), 0), depth - 1)
            high = min(max(low + 1, 0), depth - 1)
            part = min(max(back - np.float32(low), np.float32(0)), np.float32(1))
            moved[row] = shade[low] + (shade[high] - shade[low]) * part - np.float32(fall)
        for row in range(depth):
            here = heights[row, column]
            under = moved[row] - here
            out[row, column] = min(
                max(np.float32(1) - under * np.float32(0.8), np.float32(0)), np.float32(1)
            )
            shade[row] = max(moved[row], here)
    return out


@kernel
def seen(heights: Floats, nearness: Floats, rows: int, foot: float) -> tuple[Floats, Floats]:
    """March every column away from us: which row of the grid each pixel sees, and how much of the
    pixel is land. ``heights`` (in pixels) has two columns to a pixel; ``nearness`` is each grid
    row's size on the screen; ``foot`` the screen row of height 0. Both results are (rows, columns).
    The skyline's cover is exact, so that it has no stairs."""
    depth, fine = heights.shape
    columns = fine // 2
    place = np.full((rows, columns), np.float32(-1), np.float32)
    alpha = np.zeros((rows, columns), np.float32)
    for column in range(fine):
        x = column // 2
        top = rows
        crest = np.float32(rows)
        before = np.float32(rows)
        for z in range(depth):
            at = np.float32(foot) - heights[z, column] * nearness[z]
            crest = min(crest, at)
            reached = max(math.floor(at), 0)
            if reached < top:
                rise = max(before - at, np.float32(1e-3))
                for line in range(reached, top):
                    part = (before - np.float32(line) - np.float32(0.5)) / rise
                    part = min(max(part, np.float32(0)), np.float32(1))
                    value = max(np.float32(z) - np.float32(1) + part, np.float32(0))
                    held = place[line, x]
                    if held < np.float32(0):
                        place[line, x] = value
                    elif abs(held - value) < np.float32(8):
                        place[line, x] = (held + value) * np.float32(0.5)
                    else:
                        place[line, x] = min(held, value)
                top = reached
            before = at
        for line in range(max(math.floor(crest), 0), rows):
            cover = min(np.float32(line + 1) - crest, np.float32(1))
            alpha[line, x] += cover * np.float32(0.5)
    return place, alpha


@kernel
def plant(rgb: Floats, alpha: Floats, trees: Floats, sun_side: float) -> None:
    """Draw conifers over a painting, one for each row of ``trees``: x, foot row, height, slimness,
    red, green, blue, light on its sunny side, number. Later ones stand in front."""
    rows, columns = alpha.shape
    for i in range(trees.shape[0]):
        x, foot, tall = trees[i, 0], trees[i, 1], trees[i, 2]
        half = tall * trees[i, 3]
        seed = int(trees[i, 8])
        tiers = np.float32(5) + np.float32(tall) * np.float32(0.09)
        first = max(int(foot - tall), 0)
        for row in range(first, min(int(foot) + 1, rows)):
            part = (np.float32(row) + np.float32(0.5) - (foot - tall)) / tall
            if part <= np.float32(0) or part > np.float32(1):
                continue
            tier = part * tiers
            saw = tier - np.float32(math.floor(tier))
            ragged = np.float32(chance(int(tier), seed, 5)) - np.float32(0.5)
            fuzz = np.float32(chance(row, seed, 9))
            spread = (
                half
                * (
                    part * (np.float32(0.52) + np.float32(0.36) * saw + np.float32(0.25) * ragged)
                    + np.float32(0.02)
                )
                * (np.float32(0.72) + np.float32(0.42) * fuzz)
            )
            if part > np.float32(0.94):
                spread = half * np.float32(0.10)
            spread = max(spread, np.float32(0.35))
            left, right = x - spread, x + spread * (np.float32(1) + ragged * np.float32(0.3))
            for column in range(max(int(left), 0), min(int(right) + 1, columns)):
                cover = min(right, np.float32(column + 1)) - max(left, np.float32(column))
                cover = min(max(cover, np.float32(0)), np.float32(1))
                if cover <= np.float32(0):
                    continue
                side = (np.float32(column) + np.float32(0.5) - x) / max(spread, np.float32(0.5))
                lit = np.float32(0.5) + np.float32(0.5) * side * np.float32(sun_side)
                lit = lit * lit * (np.float32(1.15) - np.float32(0.45) * saw)
                glow = lit * trees[i, 7] + np.float32(0.72) + np.float32(0.36) * fuzz
                glow *= np.float32(1.12) - np.float32(0.4) * part
                rest = np.float32(1) - cover
                for channel in range(3):
                    rgb[row, column, channel] = (
                        rgb[row, column, channel] * rest + trees[i, 4 + channel] * glow * cover
                    )
                alpha[row, column] = alpha[row, column] * rest + cover
