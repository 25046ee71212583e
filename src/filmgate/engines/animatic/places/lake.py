"""A lake: still water, wooded shores and mountains upside down in it, reeds in front of us."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.adrift import gust_of
from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.daylight import gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.foliage import Canvas, shine_of
from filmgate.engines.animatic.kernels.noise import chance, fractal
from filmgate.engines.animatic.scene import Brief, Ground, Layer, World
from filmgate.engines.animatic.seasons import GRASS, broadleaf, needled, season_of, snow_of
from filmgate.engines.animatic.sky import SHOWS, Sky, cloudiness
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.terrain import Flat, Range, ridges
from filmgate.engines.animatic.trees import fir, treeline
from filmgate.engines.animatic.undergrowth import grass, reeds
from filmgate.engines.animatic.water import Surface, Water
from filmgate.engines.animatic.woods import Slope, mist, wooded

AMBIENT = (Mention("swan", 2),)
EYE_HEIGHT_M = 2.0
REACH_M = 16.0
SEEDS = 1 << 31
STEPS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    clouds: float
    gloom: float = 0.0
    dark: float = 0.0
    haze: float = 0.0
    rough: float = 0.30
    mist: float = 0.0


CLEAR = Weather(clouds=0.28)
WEATHERS = {
    "cloudy": Weather(clouds=0.62, gloom=0.2),
    "fog": Weather(clouds=0.0, gloom=0.85, haze=0.55, rough=0.16, mist=1.0),
    "rain": Weather(clouds=0.85, gloom=0.7, dark=0.14, haze=0.28, rough=0.62, mist=0.4),
    "snow": Weather(clouds=0.75, gloom=0.5, haze=0.24, rough=0.3, mist=0.3),
    "storm": Weather(clouds=0.9, gloom=0.85, dark=0.4, haze=0.22, rough=1.3),
    "wind": Weather(clouds=0.4, rough=0.85),
}


def build(brief: Brief) -> World:
    board = brief.storyboard
    weather = WEATHERS.get(board.weather, CLEAR)
    brief = replace(
        brief, light=gloomy(brief.light, weather.gloom, weather.dark), seed=brief.seed % SEEDS
    )
    lens, light = brief.lens, brief.light
    clouds, wind = cloudiness(weather.clouds, board.features)
    sky = Sky(lens, light, brief.seed, clouds=clouds, wind=wind)
    layers = [Layer(1e6, lambda now: sky.draw(now.picture, now.view, now.time_s, down_to=0.02))]
    layers += [Layer(flat.depth_m, flat.draw) for flat in far_land(brief, weather)]
    layers += _shores(brief, weather)
    layers.append(_water(brief, weather, sky))
    layers += mists(brief, weather)
    layers.append(_bank(brief))
    if board.weather in FALLING:
        layers.append(Layer(0.5, Downpour(lens, light, brief.seed + 5, board.weather).draw))
    nearest = lens.focal * EYE_HEIGHT_M / (0.62 * (lens.height - lens.horizon))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={
            "water": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(nearest, 60.0), reflects=0.6),
            "ground": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(7.6, 7.9)),
            "air": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(15.0, 90.0), rise=(0.12, 0.40)),
        },
        ambient=AMBIENT,
        shows=SHOWS | {"reflection", "autumn", "spring", "summer", "winter", "calm"},
    )


def _rough(seed: int, number: int, pace: float) -> Floats:
    line = fractal(1, STEPS, pace / STEPS, 1, 5, seed * 7 + number, ridged=False)[0]
    return np.asarray(line - np.float32(0.47), np.float32)


def far_land(brief: Brief, weather: Weather) -> list[Flat]:
    """Mountains beyond the lake and wooded hills before them, lower where a low sun stands."""
    lens, light, seed = brief.lens, brief.light, brief.seed
    unit = 0.30 * lens.height + 0.06 * lens.width
    across = np.linspace(-0.85, 0.85, STEPS, dtype=np.float32)
    gap = np.exp(-(((across - np.float32(light.sun[0] - 0.5)) / np.float32(0.2)) ** 2))
    low = 0.5 if light.sun[1] < 0.2 else 0.15
    summit = np.float32((chance(seed, 41, 5) - 0.5) * 0.8)
    line = 0.52 + _rough(seed, 1, 13) * 0.9 + 0.4 * np.exp(-np.abs(across - summit) / 0.16)
    line = np.maximum(line * (1 - low * gap), 0.06)
    white = snow_of(brief.storyboard)
    mountains = Range(
        depth_m=5200,
        tall=(0.62 + 0.35 * chance(seed, 42, 5)) * unit,
        sink=3,
        crest=np.asarray(line / line.max(), np.float32),
        haze=min(0.36 + weather.haze, 0.94),
        snow=0.62 * (1 - 0.8 * white),
        green=0.5,
        wood=0.3,
        cells=64,
    )
    hills = Slope(
        depth_m=1300,
        skyline=np.asarray(
            np.maximum(0.16 + _rough(seed, 2, 6) * 0.5, 0.015) * (1 - 0.6 * low * gap) * unit,
            np.float32,
        ),
        sink=2,
        tree=(0.045 * unit, 0.06 * unit),
        haze=min(0.20 + weather.haze * 0.9, 0.92),
        veil=0.4,
        snow=0.6 * white,
    )
    return [ridges(lens, light, seed * 11, mountains), wooded(lens, light, seed + 21, hills)]


def _shores(brief: Brief, weather: Weather) -> list[Layer]:
    """Trees at the water's edge: a headland on one side, a far shore, each with its mirror image
    made by the water."""
    lens, board = brief.lens, brief.storyboard
    random = np.random.Generator(np.random.PCG64([brief.seed, 71]))
    shine = shine_of(brief.light, shade=0.52, key=0.62)
    season, white = season_of(board), snow_of(board)
    leafy, dark = broadleaf(season, 0.5 * white), needled(0.7 * white)
    side = -1.0 if brief.light.sun[0] > 0.5 else 1.0
    layers: list[Layer] = []
    sun_x = (brief.light.sun[0] - 0.5) * lens.width
    for depth_m, edge, tall_m, haze in ((420.0, -0.62, 17.0, 0.26), (150.0, 0.16, 15.0, 0.08)):
        canvas = Canvas(lens, 0.5 * lens.height, 6)
        unit = lens.focal / depth_m
        foot = 2.0 if depth_m > 200 else 5.0
        span = canvas.width
        tall_px = tall_m * unit
        count = int(
            span * (0.8 if depth_m > 200 else 0.34) / (tall_px * (0.15 if depth_m > 200 else 0.2))
        )
        along = np.sort(random.random(count))
        far_x = (edge + along * 1.1) * lens.width * side
        grow = np.clip(along * 7, 0.25, 1) * (0.65 + 0.6 * random.random(count))
        order = random.permutation(count)
        tufts = np.stack([far_x + random.normal(0, tall_px * 0.3, count), np.full(count, foot)], 1)
        low = tall_px * 0.10 * (0.6 + random.random(count)) + 2
        canvas.strew(grass(random, tufts, low, GRASS[season], shine, each=12, spread=1.1))
        spots = np.stack([far_x, np.full(count, foot)], 1)[order]
        firs = random.random(count) < 0.5
        treeline(
            random, canvas, spots[~firs], (tall_px * grow[order])[~firs], leafy, shine, sun_x=sun_x
        )
        for (x, y), high in zip(spots[firs], (tall_px * grow[order])[firs], strict=True):
            fir(random, float(x), float(y), float(high) * 1.25, dark, shine, canvas)
        canvas.veil(brief.light, min(haze + weather.haze * (1.3 if depth_m > 200 else 0.8), 0.95))
        reach = 0.8 * lens.height / 720
        sheet = canvas.sheet(depth_m, wind=gust_of(board.weather), reach_px=reach)
        layers.append(Layer(depth_m, sheet.draw))
    return layers


def _water(brief: Brief, weather: Weather, sky: Sky) -> Layer:
    light = brief.light
    surface = Surface(
        eye_height_m=EYE_HEIGHT_M,
        roughness=weather.rough * (0.55 if "calm" in brief.storyboard.style else 1.0),
        glitter=(0.45 + light.backlight * 0.5) * (1 - weather.gloom),
        pace=0.6,
    )
    water = Water(surface, brief.seed + 2, body=light.water, shine=light.glitter)
    return Layer(100.0, lambda now: water.draw(now.picture, now.view, now.time_s, sky.sun))


def mists(brief: Brief, weather: Weather) -> list[Layer]:
    """Mist on the water in the morning, and wherever the air is wet."""
    light, lens = brief.light, brief.lens
    dense = weather.mist + (0.55 if brief.storyboard.time == "dawn" else 0.0)
    if dense <= 0:
        return []
    found = []
    for number, depth_m in enumerate((300.0, 90.0)):
        flat = mist(
            lens, light, brief.seed + 31 + number, depth_m=depth_m, tall=0.16 * lens.height,
            rise=(0.02 - 0.03 * number) * lens.height, thick=min(0.8 * dense, 0.92),
        )  # fmt: skip
        found.append(Layer(depth_m - 55, flat.draw))
    return found


def _bank(brief: Brief) -> Layer:
    """Our own shore: reeds and grass in the lower corners, thin in the middle."""
    lens, board = brief.lens, brief.storyboard
    random = np.random.Generator(np.random.PCG64([brief.seed, 72]))
    season, white = season_of(board), snow_of(board)
    shine = shine_of(brief.light, shade=0.42, key=0.42)
    depth_m = 6.4
    unit = lens.focal / depth_m
    low = (lens.height - lens.horizon) * 1.16
    canvas = Canvas(lens, 0.3 * lens.height, low + 0.06 * lens.height)
    side = 1.0 if chance(brief.seed, 43, 5) < 0.5 else -1.0
    count = 460
    away = random.random(count) ** 1.5
    x = side * (0.56 - 0.95 * away) * lens.width
    x[: count // 4] = -side * (0.72 - 0.3 * away[: count // 4]) * lens.width
    y = low - random.random(count) * 0.05 * lens.height
    tall = unit * (0.28 + 0.55 * random.random(count)) * (1 - 0.65 * away)
    order = np.argsort(y)
    spots = np.stack([x, y], 1)[order]
    canvas.strew(grass(random, spots, tall[order], GRASS[season], shine, each=5, spread=0.4))
    stalks = spots[np.abs(spots[:, 0]) > 0.26 * lens.width][:44]
    high = unit * (0.7 + 0.5 * random.random(len(stalks)))
    canvas.strew(reeds(random, stalks, high, GRASS[season], shine))
    if white:
        canvas.veil(brief.light, 0.12 * white)
    # Behind whoever stands on the shore.
    sheet = canvas.sheet(8.2, wind=gust_of(board.weather), reach_px=6.0 * lens.height / 720)
    return Layer(8.2, sheet.draw)
