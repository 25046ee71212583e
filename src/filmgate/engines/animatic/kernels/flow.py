"""Moving colour: a warped field, veils of silk, and how both are poured into the frame."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def colour_field(out: Floats, palette: Floats, numbers: Floats) -> None:
    """Fill ``out`` (h, w, 3) with Y, U, V from ``palette`` (n, 3). ``numbers``: frame pixels per
    texel, place of the rest's middle in the frame (x, y), one over the rest pixels of a unit,
    time, phases a, b, c, the lamp's place (x, y) in units, its strength, contrast, level."""
    step, x0, y0, per_px, time_s = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    a, b, c = numbers[5], numbers[6], numbers[7]
    height, width = out.shape[:2]
    last = np.float32(palette.shape[0] - 1)
    for row in range(height):
        y = ((np.float32(row) + np.float32(0.5)) * step - y0) * per_px
        for column in range(width):
            x = ((np.float32(column) + np.float32(0.5)) * step - x0) * per_px
            # Each bend is bent by the one before: what looks like liquid is three sines.
            px = x + np.float32(0.55) * math.sin(
                y * np.float32(1.7) + time_s * np.float32(0.50) + a
            )
            py = y + np.float32(0.50) * math.sin(
                x * np.float32(1.3) - time_s * np.float32(0.42) + b
            )
            qx = px + np.float32(0.35) * math.sin(
                py * np.float32(2.6) - time_s * np.float32(0.33) + c
            )
            qy = py + np.float32(0.30) * math.sin(
                px * np.float32(2.2) + time_s * np.float32(0.61) + a
            )
            wave = math.sin(qx * np.float32(1.25) + qy * np.float32(1.9) + b)
            wave += np.float32(0.5) * math.sin(qy * np.float32(3.1) - qx * np.float32(1.4) + c)
            value = numbers[12] + np.float32(0.21) * wave * numbers[11]
            dx, dy = x - numbers[8], y - numbers[9]
            far = dx * dx + dy * dy
            value += numbers[10] / (np.float32(1) + far * np.float32(2.2))
            value -= np.float32(0.07) * (x * x + y * y)
            place = min(max(value, np.float32(0)), np.float32(0.999)) * last
            i = int(place)
            part = place - np.float32(i)
            for k in range(3):
                low = palette[i, k]
                out[row, column, k] = low + (palette[i + 1, k] - low) * part


@kernel
def veil(out: Floats, numbers: Floats, waves: Floats, colours: Floats) -> None:
    """Add one sheet of silk to ``out`` (h, w, 4: premultiplied Y, U, V about zero, and alpha).

    The sheet is a bundle of strands; between neighbours its light is spread over the pixels they
    leave, so that folds glow. ``numbers``: frame pixels per texel, the rest's middle (x, y),
    scale, unit (rest pixels), middle height, tilt, time, light, alpha, strands. ``waves`` are rows
    of amplitude, waves per unit, turn per second, phase, twist across the sheet; ``colours`` are
    rows of Y, U, V across the sheet."""
    step, x0, y0, scale, unit = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    level, tilt, time_s = numbers[5], numbers[6], numbers[7]
    shine, cover = numbers[8], numbers[9]
    strands, count = int(numbers[10]), waves.shape[0]
    _height, width = out.shape[:2]
    sines, cosines = np.empty(8, np.float32), np.empty(8, np.float32)
    turn_s, turn_c = np.empty(8, np.float32), np.empty(8, np.float32)
    for j in range(count):
        turn_s[j] = math.sin(waves[j, 4] * np.float32(2) / np.float32(strands))
        turn_c[j] = math.cos(waves[j, 4] * np.float32(2) / np.float32(strands))
    full = scale * unit / step
    for column in range(width):
        x = ((np.float32(column) + np.float32(0.5)) * step - x0) / (scale * unit)
        for j in range(count):
            angle = waves[j, 1] * x + waves[j, 2] * time_s + waves[j, 3] - waves[j, 4]
            sines[j], cosines[j] = math.sin(angle), math.cos(angle)
        base = y0 / step + (level + tilt * x) * full
        before = np.float32(0)
        for k in range(strands + 1):
            y = np.float32(0)
            for j in range(count):
                y += waves[j, 0] * sines[j]
                s = sines[j] * turn_c[j] + cosines[j] * turn_s[j]
                cosines[j] = cosines[j] * turn_c[j] - sines[j] * turn_s[j]
                sines[j] = s
            y = base + y * full
            if k > 0:
                across = (np.float32(k) - np.float32(0.5)) / np.float32(strands)
                _span(out, column, before, y, across, shine, cover, full, strands, colours)
            before = y


@kernel
def _span(
    out: Floats,
    column: int,
    y0: float,
    y1: float,
    across: float,
    shine: float,
    cover: float,
    full: float,
    strands: int,
    colours: Floats,
) -> None:
    """The light between two strands, into one column."""
    low, high = min(y0, y1), max(y0, y1)
    if high < 0 or low > np.float32(out.shape[0]):
        return
    tall = high - low
    # One strand's share of a sheet that lies flat would be this many texels tall.
    flat = full * np.float32(0.62) / np.float32(strands)
    dense = flat / (tall + flat * np.float32(0.30))
    rim = np.float32(4) * across * (np.float32(1) - across)
    soft = min(np.float32(1), rim * np.float32(1.6))
    thread = np.float32(0.86) + np.float32(0.14) * math.sin(across * np.float32(95))
    back = np.float32(1) if y1 > y0 else np.float32(0.80)
    alpha = min(np.float32(1), cover * (np.float32(0.42) + np.float32(0.4) * dense)) * soft
    # Light of its own, and what it hides it shows in its own colour.
    light = (shine * dense * soft + alpha * np.float32(0.92)) * thread * back
    place = across * np.float32(colours.shape[0] - 1)
    i = min(int(place), colours.shape[0] - 2)
    part = place - np.float32(i)
    y = (colours[i, 0] + (colours[i + 1, 0] - colours[i, 0]) * part) * light
    u = (colours[i, 1] + (colours[i + 1, 1] - colours[i, 1]) * part) * light
    v = (colours[i, 2] + (colours[i + 1, 2] - colours[i, 2]) * part) * light
    # Spread over one texel at least, so that a thin fold is as bright as it is dense.
    middle = (low + high) * np.float32(0.5)
    half = max(tall, np.float32(1)) * np.float32(0.5)
    gain = min(np.float32(1), max(tall, flat * np.float32(0.4)) / max(tall, np.float32(1)))
    first = max(math.floor(middle - half), 0)
    last = min(math.floor(middle + half), out.shape[0] - 1)
    for row in range(first, last + 1):
        part = min(np.float32(row + 1), middle + half) - max(np.float32(row), middle - half)
        if part <= 0:
            continue
        part *= gain
        rest = np.float32(1) - alpha * part
        out[row, column, 0] = out[row, column, 0] * rest + y * part
        out[row, column, 1] = out[row, column, 1] * rest + u * part
        out[row, column, 2] = out[row, column, 2] * rest + v * part
        out[row, column, 3] = out[row, column, 3] * rest + alpha * part


@kernel
def pour(light: Floats, u_plane: Bytes, v_plane: Bytes, field: Floats, silk: Floats) -> None:
    """Field under silk, both half the frame's size: Y as numbers into ``light``, chroma into the
    frame. What is brighter than 165 rises ever more slowly, as on film."""
    rows, columns = u_plane.shape
    for row in range(rows):
        for column in range(columns):
            rest = np.float32(1) - silk[row, column, 3]
            y = (field[row, column, 0] - np.float32(16)) * rest + silk[row, column, 0]
            over = max(y - np.float32(165), np.float32(0))
            film = min(y, np.float32(165)) + over * np.float32(54) / (over + np.float32(54))
            light[row, column] = max(film, np.float32(0)) + np.float32(16)
            half = np.float32(128)
            # Colour pales as light does, or bright folds would clip to one flat hue.
            pale = (
                min(np.float32(1), (film + np.float32(1)) / (y + np.float32(1)))
                if over > 0
                else np.float32(1)
            )
            u = half + ((field[row, column, 1] - half) * rest + silk[row, column, 1]) * pale * pale
            v = half + ((field[row, column, 2] - half) * rest + silk[row, column, 2]) * pale * pale
            grain = _grain(row, column)
            u_plane[row, column] = np.uint8(min(np.float32(240), max(np.float32(16), u + grain)))
            v_plane[row, column] = np.uint8(min(np.float32(240), max(np.float32(16), v + grain)))


@kernel
def dither_into(plane: Bytes, light: Floats) -> None:
    """Numbers to bytes. The dither stays where it is: moving grain would cost the encoder dear."""
    rows, columns = plane.shape
    for row in range(rows):
        for column in range(columns):
            plane[row, column] = np.uint8(light[row, column] + _grain(row, column))


@kernel
def _grain(row: int, column: int) -> float:
    mixed = np.uint32(row) * np.uint32(374761393) + np.uint32(column) * np.uint32(668265263)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177)
    return np.float32((mixed >> np.uint32(8)) & np.uint32(0xFFFF)) * np.float32(1 / 65536)
