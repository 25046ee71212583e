"""Trees that were asked for: grown as those of the places are, in the season's leaves."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np

from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.foliage import Canvas, shine_of
from filmgate.engines.animatic.scene import Brief, Layer
from filmgate.engines.animatic.seasons import broadleaf, needled, season_of, snow_of
from filmgate.engines.animatic.trees import Kind, fir, leaves, round_tree

GROWN = frozenset({"tree", "pine", "bare_tree"})
"""Subjects that grow instead of being drawn."""
WIND = {"wind": 2.2, "storm": 2.8, "rain": 1.3}
Spot = tuple[float, float, float, float]
"""Across and down in rest pixels, depth in metres, height in pixels."""


def grown(brief: Brief, name: str, spots: list[Spot], colour: Colour | None) -> list[Layer]:
    """Every tree on a sheet of its own, so that near ones pass before far ones."""
    return [_tree(brief, name, spot, number, colour) for number, spot in enumerate(spots)]


def _tree(brief: Brief, name: str, spot: Spot, number: int, colour: Colour | None) -> Layer:
    lens, light = brief.lens, brief.light
    x, foot, depth_m, tall = spot
    shine = shine_of(light)
    random = np.random.Generator(np.random.PCG64([brief.seed, zlib.crc32(name.encode()), number]))
    canvas = Canvas(lens, max(tall - foot, 0.0) + 0.12 * tall + 8, max(foot, 0.0) + 0.05 * tall + 4)
    kind = _kind(brief, name, colour)
    if name == "pine":
        fir(random, x, foot, tall, kind, shine, canvas)
    else:
        tree = round_tree(random, x, foot, tall, kind)
        canvas.grow(tree.limbs, shine)
        canvas.strew(
            leaves(
                random,
                tree.tips,
                kind,
                shine,
                leaf_px=max(tall * 0.0085, 1.1),
                each=46,
                sun_x=(light.sun[0] - 0.5) * lens.width,
                span=0.3 * lens.width,
            )
        )
    canvas.veil(light, min(0.35, depth_m / 900))
    wind = WIND.get(brief.storyboard.weather, 1.0)
    return Layer(depth_m, canvas.sheet(depth_m, wind=wind, reach_px=tall * 0.008).draw)


def _kind(brief: Brief, name: str, colour: Colour | None) -> Kind:
    season, snow = season_of(brief.storyboard), snow_of(brief.storyboard)
    kind = needled(0.8 * snow) if name == "pine" else broadleaf(season, 0.6 * snow)
    if name == "bare_tree":
        return replace(kind, dense=0.0)
    if colour is None:
        return kind
    red, green, blue = colour
    shades = tuple((red * share, green * share, blue * share) for share in (0.75, 0.9, 1.05))
    return replace(kind, leaves=shades, dense=max(kind.dense, 0.8))
