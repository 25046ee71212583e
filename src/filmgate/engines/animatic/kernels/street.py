"""A street seen by who stands in it: asphalt, kerbs and paint, wet enough to mirror the town.

The mirror turns about the line in which the houses meet the ground, as it does in life; between
puddles the picture is drawn out downwards, which is how wet asphalt shows a light. Worked out at
nodes of two rows by four columns, the smooth ground at every other node; chroma and Y are read
between nodes, the sharp mirror once a pixel.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

# Places in the row of numbers.
HORIZON, FOCAL, EYE, CAMERA_X, CAMERA_Z, LEAN, TIME, WET, CURB, VANISH, LEFT, RIGHT = range(12)
# What is known at a node.
BASE, U, V, CRISP, SOURCE, ASIDE = range(6)
GROUND_Y, GROUND_U, GROUND_V, MIRROR, STILL = range(5)
NODE = 4
SMEAR_X, SMEAR_Y = 8, 16


@kernel
def puddle_at(tile: Floats, u: float, v: float) -> float:
    mask = tile.shape[0] - 1
    column, row = np.int32(math.floor(u)), np.int32(math.floor(v))
    fu, fv = np.float32(u - np.float32(column)), np.float32(v - np.float32(row))
    x0, x1, y0, y1 = column & mask, (column + 1) & mask, row & mask, (row + 1) & mask
    top = tile[y0, x0, 0] + (tile[y0, x1, 0] - tile[y0, x0, 0]) * fu
    low = tile[y1, x0, 0] + (tile[y1, x1, 0] - tile[y1, x0, 0]) * fu
    return top + (low - top) * fv


@kernel
def film_at(tile: Floats, u: float, v: float) -> tuple[float, float, float]:
    """Grain and the two slopes of the film of water."""
    mask = tile.shape[0] - 1
    column, row = np.int32(math.floor(u)), np.int32(math.floor(v))
    fu, fv = np.float32(u - np.float32(column)), np.float32(v - np.float32(row))
    x0, x1, y0, y1 = column & mask, (column + 1) & mask, row & mask, (row + 1) & mask
    wa, wb = (np.float32(1) - fu) * (np.float32(1) - fv), fu * (np.float32(1) - fv)
    wc, wd = (np.float32(1) - fu) * fv, fu * fv
    # Single numbers, never rows: a view costs more than what is done with it.
    return (
        tile[y0, x0, 1] * wa + tile[y0, x1, 1] * wb + tile[y1, x0, 1] * wc + tile[y1, x1, 1] * wd,
        tile[y0, x0, 2] * wa + tile[y0, x1, 2] * wb + tile[y1, x0, 2] * wc + tile[y1, x1, 2] * wd,
        tile[y0, x0, 3] * wa + tile[y0, x1, 3] * wb + tile[y1, x0, 3] * wc + tile[y1, x1, 3] * wd,
    )


@kernel
def smear_at(smear: Floats, x: float, y: float) -> tuple[float, float, float]:
    """At a place of the frame."""
    x = x * np.float32(1 / SMEAR_X) - np.float32(0.5)
    y = y * np.float32(1 / SMEAR_Y) - np.float32(0.5)
    column = min(max(x, np.float32(0)), np.float32(smear.shape[1]) - np.float32(1.01))
    row = min(max(y, np.float32(0)), np.float32(smear.shape[0]) - np.float32(1.01))
    i, j = np.int32(row), np.int32(column)
    fi, fj = row - np.float32(i), column - np.float32(j)
    k, m = i + 1, j + 1
    wa, wb = (np.float32(1) - fi) * (np.float32(1) - fj), (np.float32(1) - fi) * fj
    wc, wd = fi * (np.float32(1) - fj), fi * fj
    return (
        smear[i, j, 0] * wa + smear[i, m, 0] * wb + smear[k, j, 0] * wc + smear[k, m, 0] * wd,
        smear[i, j, 1] * wa + smear[i, m, 1] * wb + smear[k, j, 1] * wc + smear[k, m, 1] * wd,
        smear[i, j, 2] * wa + smear[i, m, 2] * wb + smear[k, j, 2] * wc + smear[k, m, 2] * wd,
    )


@kernel
def ground_at(
    tile: Floats, colours: Floats, x: float, z: float, curb: float, wet: float, near: float
) -> tuple[float, float, float, float, float]:
    """The ground's own Y, U, V, how much of a mirror it is, and how much of that is a puddle."""
    one, none = np.float32(1), np.float32(0)
    edge = abs(x) - curb
    puddle = puddle_at(tile, x * np.float32(7), z * np.float32(4))
    road = min(one, max(none, np.float32(0.5) - edge * np.float32(9) * near))
    kerb = max(none, one - abs(edge - np.float32(0.14)) * np.float32(7))
    still = min(one, max(none, (puddle - np.float32(0.62)) * np.float32(5) + wet - one))
    still *= wet * (np.float32(0.3) + np.float32(0.7) * road)
    mirror = wet * (np.float32(0.72) + np.float32(0.25) * still)
    mirror *= np.float32(0.6) + np.float32(0.4) * road
    dark = one - still * np.float32(0.4)
    # The houses of the sun's side throw their shadow over the street, each as far as it is tall.
    house = z * np.float32(1 / 13)
    number = np.float32(math.floor(house))
    part = min(one, max(none, (house - number - np.float32(0.94)) * np.float32(16)))
    jag = number * np.float32(0.618)
    after = jag + np.float32(0.618)
    jag = (jag - np.float32(math.floor(jag))) * (one - part)
    jag += (after - np.float32(math.floor(after))) * part
    reach = colours[5, 1] + jag * np.float32(3.4)
    sun = min(one, max(none, (reach - x * colours[5, 0]) * np.float32(3) * near + np.float32(0.5)))
    sun *= (road + np.float32(1.5) * (one - road)) * (one + kerb * np.float32(0.3))
    lamp = near / (one + edge * edge * np.float32(0.10))
    lamp *= one + kerb * np.float32(1.6) + (one - road) * np.float32(0.5)
    y = colours[0, 0] * road + colours[1, 0] * (one - road)
    u = colours[0, 1] * road + colours[1, 1] * (one - road)
    v = colours[0, 2] * road + colours[1, 2] * (one - road)
    y = (y + kerb * near * colours[1, 0] * np.float32(0.5)) * dark + lamp * colours[3, 0]
    y += sun * dark * colours[4, 0]
    u = u * dark + lamp * colours[3, 1] + sun * colours[4, 1]
    v = v * dark + lamp * colours[3, 2] + sun * colours[4, 2]
    return y, u, v, mirror, still


@kernel
def lay_ground(
    ground: Floats, tile: Floats, colours: Floats, numbers: Floats, first: int, last: int, row: int
) -> None:
    """``ground_at`` for nodes ``first`` to ``last``: at the even ones, and their mean between."""
    down = max(np.float32(2 * row + 1) - numbers[HORIZON], np.float32(0.7))
    depth = numbers[FOCAL] * numbers[EYE] / down
    z = depth + numbers[CAMERA_Z]
    near = np.float32(1) / (np.float32(1) + depth * np.float32(0.05))
    step, shift = depth / numbers[FOCAL], numbers[CAMERA_X] - numbers[LEAN] * z
    middle = np.float32(ground.shape[1] - 3) * np.float32(NODE / 2)
    begin, end = first & ~1, min(last + 2, ground.shape[1] - 1)
    for node in range(begin, end + 1, 2):
        x = (np.float32(NODE * node) - middle) * step + shift
        (
            ground[GROUND_Y, node],
            ground[GROUND_U, node],
            ground[GROUND_V, node],
            ground[MIRROR, node],
            ground[STILL, node],
        ) = ground_at(tile, colours, x, z, numbers[CURB], numbers[WET], near)
    for part in range(5):
        for node in range(begin + 1, end, 2):
            ground[part, node] = (ground[part, node - 1] + ground[part, node + 1]) * np.float32(0.5)


@kernel
def lay_nodes(
    nodes: Floats,
    ground: Floats,
    smear: Floats,
    tile: Floats,
    numbers: Floats,
    first: int,
    last: int,
    row: int,
) -> None:
    """What the eye gets at the nodes of a row: the ground, and what its film of water mirrors."""
    one, half = np.float32(1), np.float32(128)
    beat_c = np.float32(math.cos(numbers[TIME] * np.float32(2.2)))
    beat_s = np.float32(math.sin(numbers[TIME] * np.float32(2.2)))
    horizon = numbers[HORIZON]
    down = max(np.float32(2 * row + 1) - horizon, np.float32(0.7))
    depth = numbers[FOCAL] * numbers[EYE] / down
    z = depth + numbers[CAMERA_Z]
    fine = min(one, down * np.float32(0.008))
    fresnel = np.float32(0.40) + np.float32(0.5) * depth / (depth + np.float32(12))
    step, shift = depth / numbers[FOCAL], numbers[CAMERA_X] - numbers[LEAN] * z
    middle = np.float32(nodes.shape[1] - 3) * np.float32(NODE / 2)
    for node in range(first, last + 1):
        column = np.float32(NODE * node)
        off = column - numbers[VANISH]
        contact = horizon + off * (numbers[RIGHT] if off > 0 else numbers[LEFT])
        gap = max(np.float32(2 * row + 1) - contact, np.float32(-1))
        x = (column - middle) * step + shift
        # The film of water trembles where it is: its two slopes turn into each other.
        grain, slope_a, slope_b = film_at(tile, x * np.float32(44), z * np.float32(17))
        slope_x = slope_a * beat_c + slope_b * beat_s
        slope_z = slope_b * beat_c - slope_a * beat_s
        grain *= fine
        still, mirror = ground[STILL, node], ground[MIRROR, node] * fresnel
        swing = np.float32(0.063) - np.float32(0.035) * still
        swing *= min(gap, np.float32(150))
        source = contact - max(gap + slope_z * swing * np.float32(3.2), np.float32(0))
        aside = column + slope_x * swing
        soft_y, soft_u, soft_v = smear_at(smear, aside, source)
        crisp = still * np.float32(0.6) * mirror
        keep = one - mirror * np.float32(0.7)
        tint = mirror * np.float32(1.15)
        sparkle = one + slope_z * np.float32(0.10) + grain * np.float32(0.16)
        base = ground[GROUND_Y, node] * keep * (one + grain * np.float32(0.10))
        base += (soft_y - np.float32(16)) * (mirror - crisp) * sparkle
        nodes[BASE, node] = np.float32(16.5) + base - np.float32(16) * crisp
        nodes[U, node] = half + np.float32(0.5) + ground[GROUND_U, node] * keep
        nodes[U, node] += (soft_u - half) * tint
        nodes[V, node] = half + np.float32(0.5) + ground[GROUND_V, node] * keep
        nodes[V, node] += (soft_v - half) * tint
        nodes[CRISP, node], nodes[SOURCE, node] = crisp, source
        nodes[ASIDE, node] = aside - column


@kernel
def put_chroma(plane: Bytes, values: Floats, row: int, left: int, right: int) -> None:
    """Two samples between each two nodes."""
    for column in range(left, right + 1):
        node = column // 2
        share = np.float32(0.25) + np.float32(0.5) * np.float32(column & 1)
        value = values[node] + (values[node + 1] - values[node]) * share
        plane[row, column] = np.uint8(min(np.float32(240), max(np.float32(16), value)))


@kernel
def put_luma(
    plane: Bytes, sharp: Bytes, nodes: Floats, numbers: Floats, line: int, left: int, right: int
) -> None:
    """One row of Y; pixels above the houses' feet are left alone."""
    last_row, last_column = sharp.shape[0] - 1, sharp.shape[1] - 1
    up = line & 1
    low, high = np.float32(16), np.float32(235)
    for column in range(left, right + 1):
        node = column // NODE
        share = (np.float32(column - NODE * node) + np.float32(0.5)) * np.float32(1 / NODE)
        value = nodes[BASE, node] + (nodes[BASE, node + 1] - nodes[BASE, node]) * share
        crisp = nodes[CRISP, node]
        if crisp >= np.float32(0.004):
            crisp += (nodes[CRISP, node + 1] - crisp) * share
            source = nodes[SOURCE, node] + (nodes[SOURCE, node + 1] - nodes[SOURCE, node]) * share
            aside = nodes[ASIDE, node] + (nodes[ASIDE, node + 1] - nodes[ASIDE, node]) * share
            at_row = min(max(int(source) - up, 0), last_row)
            at_column = min(max(column + int(aside), 0), last_column)
            value += np.float32(sharp[at_row, at_column]) * crisp
        else:
            value += np.float32(16) * crisp
        value = min(high, max(low, value))
        off = np.float32(column) + np.float32(0.5) - numbers[VANISH]
        falls = numbers[RIGHT] if off > 0 else numbers[LEFT]
        cover = np.float32(line + 1) - numbers[HORIZON] - off * falls
        if cover < np.float32(1):
            below = np.float32(plane[line, column])
            value = below + (value - below) * max(cover, np.float32(0))
        plane[line, column] = np.uint8(value)


@kernel
def mark(plane: Bytes, ground: Floats, numbers: Floats, paint: float, line: int) -> None:
    """One row of what is painted on the road: dashes between the lanes, two lines in the middle."""
    down = np.float32(line) + np.float32(0.5) - numbers[HORIZON]
    if down < np.float32(1.5):
        return
    depth = numbers[FOCAL] * numbers[EYE] / down
    z = depth + numbers[CAMERA_Z]
    scale = numbers[FOCAL] / depth
    near = np.float32(1) / (np.float32(1) + depth * np.float32(0.05))
    shift = numbers[CAMERA_X] - numbers[LEAN] * z
    middle = np.float32(plane.shape[1]) * np.float32(0.5)
    beat = z * np.float32(1 / 7)
    beat -= np.float32(math.floor(beat))
    # A dash's ends are as soft as a row of the frame is deep there.
    edge = min(beat, np.float32(0.45) - beat) * np.float32(7) * down / max(depth, np.float32(0.1))
    dash = min(np.float32(1), max(np.float32(0), edge + np.float32(0.5)))
    for number in range(4):
        side = np.float32(1 if number & 1 else -1)
        inner = number < 2
        at = np.float32(0.15) if inner else numbers[CURB] * np.float32(0.5)
        half = (np.float32(0.055) if inner else np.float32(0.07)) * scale
        strength = paint * min(np.float32(1), near * np.float32(1.6)) * (1 if inner else dash)
        strength *= min(np.float32(1), half * np.float32(2))
        if strength < np.float32(0.5):
            continue
        x = middle + (side * at - shift) * scale
        reach = max(half, np.float32(0.5)) + np.float32(0.5)
        first = max(int(x - reach), 0)
        for column in range(first, min(int(x + reach) + 1, plane.shape[1])):
            far = abs(np.float32(column) + np.float32(0.5) - x)
            share = min(np.float32(1), reach - far)
            if share <= 0:
                continue
            node = column // NODE
            keep = np.float32(1) - ground[MIRROR, node] * np.float32(0.5)
            keep *= np.float32(1) - ground[STILL, node] * np.float32(0.6)
            value = np.float32(plane[line, column]) + strength * share * keep
            plane[line, column] = np.uint8(min(np.float32(235), value))


@kernel
def street_kernel(
    y_plane: Bytes,
    u_plane: Bytes,
    v_plane: Bytes,
    sharp_y: Bytes,
    smear: Floats,
    tile: Floats,
    colours: Floats,
    numbers: Floats,
) -> None:
    """Fill the ground. ``sharp_y`` is a copy of the frame's Y as it stands; ``smear`` its Y, U, V
    at an eighth of the width and a sixteenth of the height; ``tile`` holds puddles, grain and two
    slopes; ``colours`` are rows of Y (above black) and U, V (around zero, to be added): asphalt,
    pavement, paint, lamp light, sunlight; and a last row that says on which side (-1, 1) the sun
    stands, and how far across the street the shadow reaches at least."""
    rows, columns = u_plane.shape
    count = columns // 2 + 3
    ground, nodes = np.zeros((5, count), np.float32), np.zeros((6, count), np.float32)
    for row in range(max(0, int(numbers[HORIZON]) // 2), rows):
        # As far to both sides as the houses' feet leave the ground to be seen.
        reach = max(np.float32(2 * row + 2) - numbers[HORIZON], np.float32(0))
        left = max(int(numbers[VANISH] + reach / numbers[LEFT]), 0)
        right = min(int(numbers[VANISH] + reach / numbers[RIGHT]) + 1, 2 * columns - 1)
        if right < left:
            continue
        first, last = left // NODE, right // NODE + 1
        lay_ground(ground, tile, colours, numbers, first, last, row)
        lay_nodes(nodes, ground, smear, tile, numbers, first, last, row)
        inner = max(reach - np.float32(1.5), np.float32(0))
        from_u = max(int(numbers[VANISH] + inner / numbers[LEFT]) // 2, left // 2)
        to_u = min(int(numbers[VANISH] + inner / numbers[RIGHT]) // 2, right // 2)
        put_chroma(u_plane, nodes[U], row, from_u, to_u)
        put_chroma(v_plane, nodes[V], row, from_u, to_u)
        for line in range(2 * row, 2 * row + 2):
            put_luma(y_plane, sharp_y, nodes, numbers, line, left, right)
            mark(y_plane, ground, numbers, colours[2, 0], line)
