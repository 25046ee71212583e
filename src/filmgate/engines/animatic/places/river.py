"""A river that winds towards us between grassy banks, stones and trees."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.adrift import Falling, Swarm, gust_of
from filmgate.engines.animatic.colours import Colour, Floats, Numbers
from filmgate.engines.animatic.daylight import gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.foliage import Canvas, Random, Shine, shine_of
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.places.lake import CLEAR, WEATHERS, Weather, far_land, mists
from filmgate.engines.animatic.scene import Brief, Ground, Layer, World
from filmgate.engines.animatic.seasons import (
    EARTH,
    GRASS,
    LEAVES,
    broadleaf,
    needled,
    season_of,
    snow_of,
    whitened,
)
from filmgate.engines.animatic.sky import SHOWS, Sky, cloudiness
from filmgate.engines.animatic.trees import fir, leaves, round_tree, treeline
from filmgate.engines.animatic.undergrowth import flowers, grass
from filmgate.engines.animatic.water import Surface, Water

EYE_HEIGHT_M = 3.2
REACH_M = 16.0
SEEDS = 1 << 31
REACHES_M = ((34.0, 130.0), (17.0, 34.0), (6.0, 17.0))
"""From where to where each sheet of the banks goes."""
STONE: Colour = (124, 120, 114)
PETALS: tuple[Colour, ...] = ((246, 244, 236), (240, 206, 84), (196, 120, 200))


@dataclass(frozen=True, slots=True, kw_only=True)
class Valley:
    """What the painters of one river share."""

    brief: Brief
    weather: Weather
    shine: Shine
    season: str
    white: float
    random: Random
    swing: float
    """+1 or -1: the side that the river comes from, away from where a subject stands first."""

    def middle(self, z: Numbers) -> Numbers:
        """Metres from the middle of the frame to that of the river, at a distance."""
        bend = 5.2 * np.sin(z / 19.0 - 0.9) + 0.17 * (z - 8)
        return np.asarray(self.swing * bend * np.clip(z / 22, 0.15, 1.6))

    def half(self, z: Numbers) -> Numbers:
        return np.asarray(3.5 + 0.03 * z + 0.5 * np.sin(z * 0.6))


def build(brief: Brief) -> World:
    board = brief.storyboard
    weather = WEATHERS.get(board.weather, CLEAR)
    brief = replace(
        brief, light=gloomy(brief.light, weather.gloom, weather.dark), seed=brief.seed % SEEDS
    )
    lens, light = brief.lens, brief.light
    valley = Valley(
        brief=brief,
        weather=weather,
        shine=shine_of(light, shade=0.52, key=0.66),
        season=season_of(board),
        white=snow_of(board),
        random=np.random.Generator(np.random.PCG64([brief.seed, 81])),
        swing=-1.0 if brief.seed % 2 else 1.0,
    )
    clouds, wind = cloudiness(weather.clouds, board.features)
    sky = Sky(lens, light, brief.seed, clouds=clouds, wind=wind)
    layers = [Layer(1e6, lambda now: sky.draw(now.picture, now.view, now.time_s, down_to=0.02))]
    layers += [Layer(flat.depth_m, flat.draw) for flat in far_land(brief, weather)]
    layers += [_wood(valley), _water(valley, sky)]
    layers += [_banks(valley, number) for number in range(len(REACHES_M))]
    layers += mists(brief, weather)
    layers += _falling(valley)
    if board.weather in FALLING:
        layers.append(Layer(0.5, Downpour(lens, light, brief.seed + 5, board.weather).draw))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={
            "water": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(12.5, 15.5), reflects=0.45),
            "ground": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(24.0, 40.0)),
            "air": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(12.0, 90.0), rise=(0.12, 0.38)),
        },
        holds=frozenset({"tree"}),
        shows=SHOWS | {"river", "grass", "leaves", "autumn", "spring", "summer", "winter"},
    )


def _wood(valley: Valley) -> Layer:
    """The trees that close the valley, mirrored in the far water."""
    lens, random = valley.brief.lens, valley.random
    depth_m = 145.0
    unit = lens.focal / depth_m
    canvas = Canvas(lens, 0.42 * lens.height, 10)
    foot = 6.0
    count = int(canvas.width / (unit * 2.3))
    x = (random.random(count) - 0.5) * canvas.width
    gate = float(valley.middle(np.array([depth_m]))[0]) * unit
    near = np.clip(np.abs(x - gate) / (16 * unit), 0.25, 1)
    tall = unit * (8 + 8 * random.random(count)) * near
    spots = np.stack([x, np.full(count, foot)], 1)
    firs = random.random(count) < 0.4
    kind = broadleaf(valley.season, 0.5 * valley.white)
    treeline(random, canvas, spots[~firs], tall[~firs], kind, valley.shine, sun_x=0.0)
    dark = needled(0.7 * valley.white)
    for at, high in zip(x[firs], tall[firs], strict=True):
        fir(random, float(at), foot, float(high) * 1.2, dark, valley.shine, canvas)
    canvas.veil(valley.brief.light, min(0.16 + valley.weather.haze * 0.9, 0.94))
    wind = gust_of(valley.brief.storyboard.weather)
    sheet = canvas.sheet(depth_m, wind=wind, reach_px=0.9 * lens.height / 720)
    return Layer(depth_m, sheet.draw)


def _water(valley: Valley, sky: Sky) -> Layer:
    light = valley.brief.light
    surface = Surface(
        eye_height_m=EYE_HEIGHT_M,
        roughness=0.42 + 0.6 * valley.weather.rough,
        glitter=(0.3 + light.backlight * 0.5) * (1 - valley.weather.gloom),
        pace=0.5,
        flow=(0.0, 0.55),
    )
    water = Water(surface, valley.brief.seed + 2, body=light.water, shine=light.glitter)
    return Layer(140.0, lambda now: water.draw(now.picture, now.view, now.time_s, sky.sun))


def _banks(valley: Valley, number: int) -> Layer:
    """Both banks from one distance to another, with all that grows there."""
    lens = valley.brief.lens
    near_m, far_m = REACHES_M[number]
    # The ground of each sheet goes on under the next, or a moving camera would part them.
    top = lens.focal * EYE_HEIGHT_M / (far_m * 1.3)
    low = lens.focal * EYE_HEIGHT_M / (near_m * (0.62 if number < 2 else 1.0))
    canvas = Canvas(lens, 0.52 * lens.height if number < 2 else 0.8 * lens.height, low + 4)
    _ground(valley, canvas, top, low)
    _stones(valley, canvas, near_m, far_m)
    _green(valley, canvas, near_m, far_m * 1.3)
    if number < 2:
        _trees(valley, canvas, near_m, far_m)
    # Row by row as far as the ground is, so that no sheet shows where it ends.
    down = np.maximum(np.arange(len(canvas.pixels)) - canvas.foot, 1.0)
    away = np.clip(lens.focal * EYE_HEIGHT_M / down, near_m, far_m)
    thick = 1 - np.exp(
        -away / (520 if valley.weather.haze < 0.1 else 520 - 780 * valley.weather.haze)
    )
    canvas.veil(valley.brief.light, np.clip(thick, 0, 0.95).astype(np.float32))
    wind = gust_of(valley.brief.storyboard.weather)
    reach = (0.9, 1.8, 3.4)[number] * lens.height / 720
    depth_m = math.sqrt(near_m * far_m)
    return Layer(depth_m, canvas.sheet(depth_m, wind=wind, reach_px=reach).draw)


def _ground(valley: Valley, canvas: Canvas, top: float, low: float) -> None:
    """Earth and grass on both sides of the water, row by row, dark and steep at the edge."""
    lens = valley.brief.lens
    first, last = canvas.foot + int(top), min(canvas.foot + int(low) + 3, len(canvas.pixels))
    rows = np.arange(first, last, dtype=np.float64) - canvas.foot + 0.5
    z = lens.focal * EYE_HEIGHT_M / rows
    unit = lens.focal / z
    x = np.arange(canvas.width, dtype=np.float64)[None] + 0.5 - canvas.width / 2
    shape = (len(rows), canvas.width)
    rough = fractal(*shape, 0.022, 0.055, 5, valley.brief.seed + 3, ridged=False) - np.float32(0.47)
    away = np.abs(x / unit[:, None] - valley.middle(z)[:, None]) - valley.half(z)[:, None]
    away += rough * 1.5  # metres of land beyond the water's edge
    light = valley.shine.shade + valley.shine.key * np.float32(0.55)
    tone = (1 + rough * 0.9)[..., None]
    turf = np.array(whitened(EARTH[valley.season], valley.white), np.float32) * light * tone
    lip = np.array((74, 62, 48), np.float32) * light * tone
    share = np.clip(away / 0.5 - 0.3, 0, 1)[..., None]
    colour = lip + (turf - lip) * share
    cover = np.clip(away * unit[:, None] * 0.5 + 0.5, 0, 1)[..., None]
    canvas.pixels[first:last, :, :3] = colour * cover
    canvas.pixels[first:last, :, 3:4] = cover


def _edge(valley: Valley, z: Numbers, side: Numbers, inland: Numbers) -> Numbers:
    """Rest pixels across of spots so many metres from the water."""
    unit = valley.brief.lens.focal / z
    return np.asarray((valley.middle(z) + side * (valley.half(z) + inland)) * unit)


def _stones(valley: Valley, canvas: Canvas, near_m: float, far_m: float) -> None:
    """Boulders along the edge and in the stream, wet and dark at their foot."""
    random, lens = valley.random, valley.brief.lens
    count = 46
    z = np.sort(near_m + (far_m - near_m) * random.random(count))[::-1]
    side = np.where(random.random(count) < 0.5, -1.0, 1.0)
    x = _edge(valley, z, side, random.normal(0.0, 0.55, count) - 0.1)
    rows: list[list[float]] = []
    for at, far, seed in zip(x, z, random.random(count) * 50, strict=True):
        unit = lens.focal / float(far)
        y = unit * EYE_HEIGHT_M
        size = (0.10 + 0.34 * float(random.random()) ** 3) * unit
        tint = np.array(STONE) * (0.75 + 0.4 * float(random.random()))
        wide = size * (0.15 + 0.4 * float(random.random()))
        rows.append([at - wide, y, size * 0.62, at + wide, y, size * 0.5, *(tint * 0.5), 0.2, seed,
                     0.0, 0.0, size * 3])  # fmt: skip
        rows.append([at - wide * 0.8, y - size * 0.28, size * 0.55, at + wide * 0.7, y - size * 0.2,
                     size * 0.46, *tint, 0.24, seed, valley.white, 0.0, size * 3])  # fmt: skip
    canvas.grow(rows, valley.shine)


def _green(valley: Valley, canvas: Canvas, near_m: float, far_m: float) -> None:
    """Grass all over the banks, thickest along the water; flowers in spring and summer."""
    random, lens, season = valley.random, valley.brief.lens, valley.season
    count = 1500

    def sown(number: int, most_m: float) -> tuple[Numbers, Numbers]:
        # As many to a row of pixels far away as near by.
        z = 1 / (1 / far_m + (1 / near_m - 1 / far_m) * np.sort(random.random(number)))
        side = np.where(random.random(number) < 0.5, -1.0, 1.0)
        x = _edge(valley, z, side, 0.25 + most_m * random.random(number) ** 1.7)
        unit = lens.focal / z
        return np.asarray(np.stack([x, unit * EYE_HEIGHT_M], 1), np.float64), unit

    spots, unit = sown(count, 13.0)
    tall = unit * (0.16 + 0.30 * random.random(count)) * (1 - 0.6 * valley.white)
    colours = tuple(whitened(colour, 0.4 * valley.white) for colour in GRASS[season])
    canvas.strew(grass(random, spots, tall, colours, valley.shine, each=6, spread=0.7))
    if far_m > 60:  # bushes where the meadow ends
        spots, unit = sown(90, 30.0)
        tips = [(float(x), float(y) - 0.5 * float(u), 0.55 * float(u))
                for (x, y), u in zip(spots, unit, strict=True) if u < lens.focal / 55]  # fmt: skip
        kind = broadleaf(season, 0.5 * valley.white)
        canvas.strew(
            leaves(random, tips, kind, valley.shine, leaf_px=1.6, each=46, sun_x=0.0, span=300.0)
        )
    if season in {"spring", "summer"}:
        spots, unit = sown(190 if season == "spring" else 80, 8.0)
        canvas.strew(
            flowers(random, spots, unit * (0.24 + 0.2 * random.random(len(unit))), PETALS,
                    (96, 132, 60), valley.shine)
        )  # fmt: skip


def _trees(valley: Valley, canvas: Canvas, near_m: float, far_m: float) -> None:
    """Single trees on the banks; the farther side of a bend has more."""
    random, lens = valley.random, valley.brief.lens
    kind, dark = broadleaf(valley.season, 0.5 * valley.white), needled(0.7 * valley.white)
    for z in np.linspace(far_m * 0.95, near_m * 1.25, 7 if far_m > 40 else 3):
        side = 1.0 if random.random() < 0.5 else -1.0
        inland = np.array([1.8 + 6 * float(random.random())])
        x = float(_edge(valley, np.array([z]), np.array([side]), inland)[0])
        unit = lens.focal / float(z)
        foot, tall = unit * EYE_HEIGHT_M, unit * (6.0 + 4 * float(random.random()))
        tall = min(tall, 0.5 * lens.height + foot)
        if random.random() < 0.4:
            fir(random, x, foot, tall, dark, valley.shine, canvas)
            continue
        tree = round_tree(random, x, foot, tall, kind)
        canvas.grow(tree.limbs, valley.shine)
        canvas.strew(
            leaves(random, tree.tips, kind, valley.shine, leaf_px=max(tall * 0.0075, 1.1), each=34,
                   sun_x=(valley.brief.light.sun[0] - 0.5) * lens.width, span=0.3 * lens.width)
        )  # fmt: skip


def _falling(valley: Valley) -> list[Layer]:
    if valley.season != "autumn":
        return []
    lit = valley.shine.on(np.array(LEAVES["autumn"], np.float32), 0.8)
    tones: Floats = lit
    swarm = Swarm(
        count=34, depth_m=(5, 20), size_m=0.06,
        colours=tuple((float(r), float(g), float(b)) for r, g, b in tones),
        fall=0.14, wind=0.05 * gust_of(valley.brief.storyboard.weather), strength=1.0,
    )  # fmt: skip
    return [Layer(7.0, Falling(valley.brief.lens, swarm, valley.brief.seed).draw)]
