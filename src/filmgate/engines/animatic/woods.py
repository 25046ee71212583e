"""Wooded hills, the edge of a forest, and the mist that drifts before them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.kernels.terrain import plant
from filmgate.engines.animatic.planes import cutout
from filmgate.engines.animatic.stage import Lens
from filmgate.engines.animatic.terrain import Flat, air, breadth, faded

NEEDLES: Colour = (46, 66, 48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A hillside under trees. Sizes in rest pixels."""

    depth_m: float
    skyline: Floats
    """Height of the ground above the horizon, at even steps across the texture."""
    sink: float
    """How far below the horizon it reaches."""
    tree: tuple[float, float]
    """Height of a tree on the skyline and at the foot."""
    spacing: float = 0.42
    """Between two trees, in tree heights."""
    haze: float
    veil: float = 0.8
    """How much of the foot the ground mist hides, 0..1."""
    bare: float = 0.0
    """How much of the slope has no trees; they stand in groups."""
    snow: float = 0.0
    """How white the trees are."""
    ground: Colour = NEEDLES
    """What is seen between the trees, in white light."""


def wooded(lens: Lens, light: Daylight, seed: int, slope: Slope) -> Flat:
    """Plant a hillside from its skyline down, so that nearer trees stand before farther ones."""
    width = breadth(lens)
    line = np.interp(
        np.linspace(0, 1, width), np.linspace(0, 1, len(slope.skyline)), slope.skyline
    ).astype(np.float32)
    rows = int(line.max() + slope.tree[0] * 1.4 + slope.sink) + 2
    foot = rows - slope.sink
    down = np.arange(rows, dtype=np.float32)[:, None] + np.float32(0.5)
    alpha = np.clip(down - (foot - line)[None] + 0.5, 0, 1).astype(np.float32)
    key, shade = _light(light)
    ground = np.array(slope.ground, np.float32) * (shade * 0.5 + key * 0.16)
    rgb = np.ascontiguousarray(np.broadcast_to(ground, (rows, width, 3)), np.float32)
    trees = _sown(line, foot, seed, slope)
    trees[:, 4:7] *= _needles(slope.snow) * (shade * 0.62 + key * 0.10)
    trees[:, 7] = 1.1 * float(key.max())
    plant(rgb, alpha, trees, 1.0 if light.sun[0] > 0.5 else -1.0)
    span = np.float32(max(float(line.max()) + slope.sink, 1.0))
    low = slope.veil * (1 - (rows - down) / span + slope.sink / span)
    painted = faded(rgb, lens, light, haze=slope.haze, low=np.broadcast_to(low, alpha.shape))
    return Flat(cutout(painted, alpha), (width / 2, foot), slope.depth_m)


def _light(light: Daylight) -> tuple[Floats, Floats]:
    """Sun and sky as factors; trees turn their dark side to us when the sun stands behind them."""
    dim = 0.5 if light.lamps >= 1 else 1.0 - 0.3 * light.backlight
    key = np.array(light.key, np.float32) * np.float32(dim / 255)
    return key, np.array(light.ambient, np.float32) / np.float32(255)


def _needles(snow: float) -> Floats:
    return np.array(NEEDLES, np.float32) * np.float32(1 - snow) + np.float32(150 * snow)


def _sown(line: Floats, foot: float, seed: int, slope: Slope) -> Floats:
    """A row for each tree, as the kernel wants them, the farthest first."""
    random = np.random.Generator(np.random.PCG64(seed))
    width = len(line)
    found: list[Floats] = []
    pace = 1.4 / (slope.tree[0] * 8)
    groups = fractal(1, width, pace, 1, 4, seed + 3, ridged=False)[0]
    groups = groups - np.quantile(groups, slope.bare)
    tallness = np.clip(0.9 + groups * 1.6, 0.5, 1.3)
    near = 0.0
    while near < 1 - 0.5 * slope.veil:  # what mist hides needs no trees
        tall = slope.tree[0] + (slope.tree[1] - slope.tree[0]) * near
        count = int(width / (tall * slope.spacing))
        x = (np.arange(count) + random.random(count)) * (width / count)
        ground = line[np.minimum(x.astype(np.int64), width - 1)]
        sunk = -slope.sink * 0.8
        feet = foot - (ground + (sunk - ground) * near) + tall * (0.04 + 0.1 * random.random(count))
        size = tall * (0.55 + 0.6 * random.random(count) ** 1.4)
        size *= tallness[np.minimum(x.astype(np.int64), width - 1)]
        tone = 0.72 + 0.5 * random.random(count)
        slim = 0.17 + 0.07 * random.random(count)
        clearing = groups[np.minimum(x.astype(np.int64), width - 1)] <= 0
        size[clearing] *= 0.16 + 0.2 * random.random(int(clearing.sum()))  # only bushes grow there
        slim = np.where(clearing, slim * 2.2, slim)
        warm = tone * (0.95 + 0.16 * random.random(count))
        batch = np.stack([x, feet, size, slim, warm, tone, tone, x * 0, x], axis=1)
        found.append(batch.astype(np.float32))
        # A row of trees is hidden but for its upper part by the next.
        span = float(line.mean()) + slope.sink
        near += max(tall * 0.36 / max(span, 1.0), 0.04)
    return np.ascontiguousarray(np.concatenate(found))


def grove(
    lens: Lens,
    light: Daylight,
    seed: int,
    *,
    depth_m: float,
    across: float,
    down: float,
    tall: float,
    haze: float,
    snow: float,
) -> Flat:
    """A few great trees that frame the picture, their feet around one place of the ground."""
    random = np.random.Generator(np.random.PCG64(seed))
    width, rows = int(tall * 1.7) & ~1, int(tall * 1.16) + 8
    count = int(random.integers(3, 6))
    x = width * (0.16 + 0.68 * (np.arange(count) + 0.7 * random.random(count)) / count)
    size = tall * (0.50 + 0.5 * random.random(count))
    size[int(random.integers(count))] = tall
    feet = rows - 4 - tall * 0.06 * random.random(count)
    order = np.argsort(feet)
    trees = np.zeros((count, 9), np.float32)
    key, shade = _light(light)
    needles = _needles(snow)
    trees[:, 0], trees[:, 1], trees[:, 2] = x[order], feet[order], size[order]
    trees[:, 3] = 0.19 + 0.05 * random.random(count)
    trees[:, 4:7] = needles * (shade * 0.5 + key * 0.06)
    trees[:, 7] = 1.3 * float(key.max())
    trees[:, 8] = np.arange(count) + seed % 97
    alpha = np.zeros((rows, width), np.float32)
    rgb = np.zeros((rows, width, 3), np.float32)
    plant(rgb, alpha, trees, 1.0 if light.sun[0] > 0.5 else -1.0)
    # The kernel paints over black: take the black out of soft edges, then lay a shadow below.
    rgb /= np.maximum(alpha, np.float32(1 / 255))[..., None]
    y = (np.arange(rows, dtype=np.float32)[:, None] - np.float32(feet.mean())) / np.float32(
        tall * 0.03
    )
    off = np.abs(np.arange(width, dtype=np.float32)[None] / width * 2 - 1)
    shadow = np.exp(-y * y) * np.clip(1 - off, 0, 1) ** 0.5 * np.float32(0.6)
    whole = alpha + (1 - alpha) * shadow
    rgb *= (alpha / np.maximum(whole, np.float32(1e-3)))[..., None]
    painted = faded(rgb, lens, light, haze=haze, low=np.zeros_like(alpha))
    anchor = (width / 2 - across, float(feet.mean()) - down)
    return Flat(cutout(painted, whole.astype(np.float32)), anchor, depth_m)


def mist(
    lens: Lens,
    light: Daylight,
    seed: int,
    *,
    depth_m: float,
    tall: float,
    rise: float,
    thick: float,
) -> Flat:
    """A bank of mist ``tall`` pixels high around a height ``rise`` above the horizon."""
    width = int(breadth(lens) * 1.12) // 4
    rows = int(tall) // 4 + 2
    shape = fractal(rows, width, 9 / width * 2.2, 2.2 / rows, 5, seed, ridged=False)
    up = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    body = np.clip(1 - up * up, 0, 1) ** np.float32(1.5)
    alpha = np.clip((shape - np.float32(0.30)) * np.float32(2.6), 0, 1) * body * np.float32(thick)
    size = (width * 2, rows * 2)
    soft = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_CUBIC), np.float32)
    colour = np.broadcast_to(air(lens, light, width * 2)[None], (rows * 2, width * 2, 3))
    texture = cutout(np.minimum(colour * np.float32(1.04), 255), np.clip(soft, 0, 1))
    drift = lens.width * 0.005
    anchor = (width * 1.05, rows + rise / 2)
    return Flat(texture, anchor, depth_m, size=2.0, drift=drift)
