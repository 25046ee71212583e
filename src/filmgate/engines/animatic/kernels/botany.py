"""Painting plants: tapered limbs with bark, and leaves by the thousand.

A canvas is (rows, columns, 5): red, green and blue multiplied by the cover, the cover, and how much
of it is soft enough to move in the wind.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.jit import kernel
from filmgate.engines.animatic.kernels.noise import fractal_at

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@kernel
def dab(
    canvas: Floats, row: int, column: int, red: float, green: float, blue: float,
    cover: float, soft: float,
) -> None:  # fmt: skip
    """Colour over one pixel of the canvas."""
    pixel = canvas[row, column]
    rest = np.float32(1) - cover
    pixel[0] = pixel[0] * rest + red * cover
    pixel[1] = pixel[1] * rest + green * cover
    pixel[2] = pixel[2] * rest + blue * cover
    pixel[3] = pixel[3] * rest + cover
    pixel[4] = pixel[4] * rest + soft * cover


@kernel
def limbs(canvas: Floats, rows: Floats, light: Floats) -> None:
    """Draw round limbs in order. ``rows``: x, y, radius at one end and at the other, 6 red, green,
    blue, 9 roughness of the bark, 10 seed, 11 snow on what looks up (0..1), 12 softness,
    13 pixels to a furrow.
    ``light``: shade (three), key (three), where the sun is to the right, up and towards us."""
    tall, wide = canvas.shape[:2]
    for i in range(rows.shape[0]):
        limb = rows[i]
        ax, ay = limb[3] - limb[0], limb[4] - limb[1]
        long = math.sqrt(ax * ax + ay * ay) + np.float32(1e-3)
        ux, uy = ax / long, ay / long
        reach = max(limb[2], limb[5]) + np.float32(1)
        left = max(int(min(limb[0], limb[3]) - reach), 0)
        right = min(int(max(limb[0], limb[3]) + reach) + 1, wide)
        top = max(int(min(limb[1], limb[4]) - reach), 0)
        bottom = min(int(max(limb[1], limb[4]) + reach) + 1, tall)
        for row in range(top, bottom):
            dy = np.float32(row) + np.float32(0.5) - limb[1]
            for column in range(left, right):
                dx = np.float32(column) + np.float32(0.5) - limb[0]
                along = min(max(dx * ux + dy * uy, np.float32(0)), long)
                ox, oy = dx - ux * along, dy - uy * along
                off = math.sqrt(ox * ox + oy * oy)
                radius = limb[2] + (limb[5] - limb[2]) * along / long
                # What is thinner than a pixel covers less of it.
                cover = min(radius - off + np.float32(0.5), radius * 2, np.float32(1))
                if cover <= 0:
                    continue
                _bark(canvas, row, column, limb, ux, uy, along, ox, oy, radius, cover, light)


@kernel
def _bark(
    canvas: Floats, row: int, column: int, limb: Floats, ux: float, uy: float, along: float,
    ox: float, oy: float, radius: float, cover: float, light: Floats,
) -> None:  # fmt: skip
    """One pixel of a limb: a cylinder's shading, furrows, snow."""
    side = (ux * oy - uy * ox) / max(radius, np.float32(0.5))
    side = min(max(side, np.float32(-1)), np.float32(1))
    front = math.sqrt(np.float32(1) - side * side)
    # The surface looks this much to the right and up.
    nx, ny = -uy * side, -ux * side
    lit = max(nx * light[6] + ny * light[7] + front * light[8], np.float32(0))
    tone = np.float32(1)
    if limb[9] > 0 and radius > np.float32(1.2):
        scale = np.float32(3.2)
        u = (side * np.float32(1.3) + limb[10]) * scale
        v = (limb[1] + uy * along) / limb[13] + limb[10] * np.float32(7)
        furrow = fractal_at(u, v, 4, 71, ridged=False) - np.float32(0.47)
        tone += furrow * limb[9] * np.float32(2.2)
        lit *= max(np.float32(0), np.float32(1) + furrow * limb[9] * np.float32(3))
    round_ = np.float32(0.62) + np.float32(0.38) * front
    red, green, blue = limb[6] * tone, limb[7] * tone, limb[8] * tone
    white = limb[11] * min(max((ny - np.float32(0.15)) * 3 + tone - 1, np.float32(0)), 1)
    if white > 0:
        red += (np.float32(238) - red) * white
        green += (np.float32(242) - green) * white
        blue += (np.float32(250) - blue) * white
    dab(
        canvas, row, column,
        red * (light[0] * round_ + light[3] * lit),
        green * (light[1] * round_ + light[4] * lit),
        blue * (light[2] * round_ + light[5] * lit),
        cover, limb[12],
    )  # fmt: skip


@kernel
def strew(canvas: Floats, rows: Floats) -> None:
    """Draw leaves, needles, petals or blades in order. ``rows``: x, y of the middle, half length,
    half width, cosine and sine of the turn (down is positive), 6 red, green, blue as lit, 9 cover,
    10 point (0: an ellipse, 1: pointed at both ends), 11 softness. One half of a leaf is a little
    brighter than the other, as if it were folded."""
    tall, wide = canvas.shape[:2]
    for i in range(rows.shape[0]):
        leaf = rows[i]
        long, slim = max(leaf[2], np.float32(0.5)), max(leaf[3], np.float32(0.35))
        # What is thinner than a pixel is drawn a pixel wide and as much fainter.
        faint = min(leaf[3] / slim, np.float32(1)) * min(leaf[2] / long, np.float32(1))
        reach_x = abs(leaf[4]) * long + abs(leaf[5]) * slim + np.float32(0.8)
        reach_y = abs(leaf[5]) * long + abs(leaf[4]) * slim + np.float32(0.8)
        left, right = max(int(leaf[0] - reach_x), 0), min(int(leaf[0] + reach_x) + 1, wide)
        top, bottom = max(int(leaf[1] - reach_y), 0), min(int(leaf[1] + reach_y) + 1, tall)
        for row in range(top, bottom):
            dy = np.float32(row) + np.float32(0.5) - leaf[1]
            for column in range(left, right):
                dx = np.float32(column) + np.float32(0.5) - leaf[0]
                a = (dx * leaf[4] + dy * leaf[5]) / long
                b = (dy * leaf[4] - dx * leaf[5]) / slim
                room = np.float32(1) - a * a
                if room <= 0:
                    continue
                edge = math.sqrt(room) * (np.float32(1) - leaf[10]) + room * leaf[10]
                cover = min((edge - abs(b)) * slim + np.float32(0.5), np.float32(1))
                if cover <= 0:
                    continue
                fold = np.float32(1.08) if b < 0 else np.float32(0.92)
                dab(
                    canvas, row, column, leaf[6] * fold, leaf[7] * fold, leaf[8] * fold,
                    cover * leaf[9] * faint, leaf[11],
                )  # fmt: skip


@kernel
def veiled(canvas: Floats, air: Floats, share: Floats) -> None:
    """Put air in front of the canvas: ``air`` (columns, 3) is its colour and ``share`` (rows) how
    much of it there is, 0..1."""
    for row in range(canvas.shape[0]):
        mix = share[row]
        for column in range(canvas.shape[1]):
            pixel = canvas[row, column]
            if pixel[3] > 0:
                for channel in range(3):
                    far = air[column, channel] * pixel[3]
                    pixel[channel] += (far - pixel[channel]) * mix


@kernel
def pressed(canvas: Floats) -> Bytes:
    """The canvas as premultiplied Y, U, V and alpha: ITU-R BT.709-6, limited range, dithered, as
    planes.py does it."""
    rows, columns = canvas.shape[:2]
    out = np.zeros((rows, columns, 4), np.uint8)
    for row in range(rows):
        for column in range(columns):
            pixel = canvas[row, column]
            alpha = min(pixel[3], np.float32(1))
            if alpha < np.float32(1 / 512):
                continue
            red, green, blue = pixel[0], pixel[1], pixel[2]
            light = red * np.float32(0.2126) + green * np.float32(0.7152)
            light += blue * np.float32(0.0722)
            y = np.float32(16) * alpha + light * np.float32(219 / 255)
            u = np.float32(128) * alpha + (blue - light) * np.float32(224 / 255 / 1.8556)
            v = np.float32(128) * alpha + (red - light) * np.float32(224 / 255 / 1.5748)
            mixed = np.uint32(row) * np.uint32(374761393) + np.uint32(column) * np.uint32(668265263)
            mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177)
            grain = np.float32((mixed >> np.uint32(8)) & np.uint32(0xFFFF)) * np.float32(1 / 65536)
            most = alpha * np.float32(255)
            out[row, column, 0] = np.uint8(min(max(y + grain, np.float32(0)), most))
            out[row, column, 1] = np.uint8(min(max(u + np.float32(0.5), np.float32(0)), most))
            out[row, column, 2] = np.uint8(min(max(v + np.float32(0.5), np.float32(0)), most))
            out[row, column, 3] = np.uint8(most + np.float32(0.5))
    return out
