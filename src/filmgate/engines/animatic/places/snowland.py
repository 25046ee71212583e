"""A snowy plain: drifts with blue shadows, firs under their load, far white hills."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from filmgate.engines.animatic.adrift import Motes, Swarm, gust_of
from filmgate.engines.animatic.aurora import Aurora
from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.daylight import gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.drifts import Drift, Streamers
from filmgate.engines.animatic.foliage import Canvas, Shine, shine_of
from filmgate.engines.animatic.kernels.drifted import drifted, shaded_snow
from filmgate.engines.animatic.kernels.noise import chance, fractal
from filmgate.engines.animatic.kernels.terrain import seen
from filmgate.engines.animatic.scene import Brief, Ground, Layer, World
from filmgate.engines.animatic.seasons import needled
from filmgate.engines.animatic.sky import SHOWS, Sky, cloudiness
from filmgate.engines.animatic.terrain import Range, air, ridges
from filmgate.engines.animatic.trees import fir
from filmgate.engines.animatic.undergrowth import grass
from filmgate.engines.animatic.woods import Slope, wooded

EYE_HEIGHT_M = 2.4
REACH_M = 16.0
SEEDS = 1 << 31
STEPS = 512
NEAR_M, FAR_M = 5.0, 260.0
SNOW: Colour = (240, 244, 252)
DRY: tuple[Colour, ...] = ((150, 128, 96), (128, 110, 84))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    clouds: float = 0.25
    gloom: float = 0.0
    dark: float = 0.0
    haze_m: float = 1400.0
    blown: float = 1.0


CLEAR = Weather()
WEATHERS = {
    "cloudy": Weather(clouds=0.66, gloom=0.3),
    "fog": Weather(clouds=0.0, gloom=0.85, haze_m=60, blown=0.1),
    "rain": Weather(clouds=0.86, gloom=0.8, dark=0.14, haze_m=260, blown=0.0),
    "snow": Weather(clouds=0.75, gloom=0.6, haze_m=190, blown=0.8),
    "storm": Weather(clouds=0.9, gloom=0.8, dark=0.36, haze_m=80, blown=2.4),
    "wind": Weather(clouds=0.35, haze_m=420, blown=1.6),
}


def build(brief: Brief) -> World:
    board = brief.storyboard
    weather = WEATHERS.get(board.weather, CLEAR)
    brief = replace(
        brief, light=gloomy(brief.light, weather.gloom, weather.dark), seed=brief.seed % SEEDS
    )
    lens, light = brief.lens, brief.light
    clouds, wind = cloudiness(weather.clouds, board.features)
    asked = "aurora" in board.features or board.time == "night"
    lit_sky = light.stars >= 1 and weather.gloom < 0.3 and asked and board.allows("aurora")
    sky = Sky(lens, light, brief.seed, clouds=0.0 if lit_sky else clouds, wind=wind)
    layers = [Layer(1e6, lambda now: sky.draw(now.picture, now.view, now.time_s, down_to=0.06))]
    if lit_sky:
        layers.append(Layer(9e5, Aurora(lens, brief.seed).draw))
    layers += _far(brief, weather)
    layers.append(_plain(brief, weather))
    layers += [_firs(brief, weather, number) for number in range(len(WOODS))]
    layers += _blown(brief, weather)
    if board.weather in FALLING:
        kind = "rain" if board.weather == "rain" else "snow"
        layers.append(Layer(0.5, Downpour(lens, light, brief.seed + 5, kind).draw))
    ground = Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(9.0, 40.0))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={
            "ground": ground,
            "shore": ground,
            "air": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(15.0, 90.0), rise=(0.12, 0.4)),
        },
        holds=frozenset({"pine"}),
        shows=SHOWS | {"winter", "snow", "aurora", "cold"},
    )


def _far(brief: Brief, weather: Weather) -> list[Layer]:
    """White mountains and wooded hills under snow."""
    lens, light, seed = brief.lens, brief.light, brief.seed
    unit = 0.30 * lens.height + 0.06 * lens.width
    line = 0.45 + (fractal(1, STEPS, 12 / STEPS, 1, 5, seed * 7 + 1, ridged=False)[0] - 0.47) * 0.9
    line = np.maximum(line, 0.1)
    mountains = Range(
        depth_m=6500,
        tall=(0.45 + 0.3 * chance(seed, 42, 5)) * unit,
        sink=20,
        crest=np.asarray(line / line.max(), np.float32),
        haze=min(0.40 + 0.6 * math.exp(-weather.haze_m / 260), 0.96),
        snow=0.06,
        cells=64,
    )
    rough = fractal(1, STEPS, 5 / STEPS, 1, 4, seed * 7 + 2, ridged=False)[0]
    hills = Slope(
        depth_m=1300,
        skyline=np.asarray(np.maximum(rough - 0.30, 0.01) * 0.5 * unit, np.float32),
        sink=0.15 * lens.height,
        tree=(0.05 * unit, 0.07 * unit),
        haze=min(0.26 + math.exp(-weather.haze_m / 300), 0.95),
        veil=0.4,
        bare=0.35,
        snow=0.75,
        ground=(214, 222, 234),
    )
    flats = [ridges(lens, light, seed * 11, mountains), wooded(lens, light, seed + 21, hills)]
    return [Layer(flat.depth_m, flat.draw) for flat in flats]


def _plain(brief: Brief, weather: Weather) -> Layer:
    """The drifts, from the lower edge of the frame to where the hills begin."""
    lens, light = brief.lens, brief.light
    canvas = Canvas(lens, 0.06 * lens.height, (lens.height - lens.horizon) * 1.85)
    rows, columns = canvas.pixels.shape[:2]
    depth, width = 230, columns // 3
    shine = shine_of(light, shade=0.60, key=0.86)
    if light.lamps >= 1:
        shine = shine_of(light, shade=0.68, key=1.2)
    side, up, front = shine.towards
    numbers = np.array(
        [
            NEAR_M, math.log(FAR_M / NEAR_M) / (depth - 1), lens.focal / 3, width / 2, 13.0, 1.9,
            side, min(max(up, 0.16), 0.30), front, brief.seed % 9973, 0.0, lens.focal,
        ],
        np.float32,
    )  # fmt: skip
    heights, shadow = np.empty((depth, width), np.float32), np.empty((depth, width), np.float32)
    drifted(heights, shadow, numbers)
    z = NEAR_M * np.exp(np.arange(depth, dtype=np.float32) * numbers[1])
    level = np.float32(EYE_HEIGHT_M + 0.6)
    fine = cv2.resize(heights - level, (columns * 2, depth), interpolation=cv2.INTER_CUBIC)
    place, alpha = seen(
        np.ascontiguousarray(fine, np.float32), (lens.focal / z).astype(np.float32), rows,
        float(canvas.foot),
    )  # fmt: skip
    glint = np.array(light.glitter, np.float32)
    colours = np.stack([np.array(SNOW, np.float32), shine.shade, shine.key, glint])
    rgb = shaded_snow(place, alpha, heights, shadow, numbers, colours.astype(np.float32))
    away = NEAR_M * np.exp(np.clip(place, 0, depth) * numbers[1])
    mix = (1 - np.exp(-away / weather.haze_m))[..., None].astype(np.float32)
    rgb += (air(lens, light, columns)[None] - rgb) * mix
    canvas.pixels[..., :3] = np.minimum(rgb, 250) * alpha[..., None]
    canvas.pixels[..., 3] = alpha
    _tufts(brief, canvas, shine)
    return Layer(
        FAR_M, canvas.sheet(26.0, wind=gust_of(brief.storyboard.weather), reach_px=3.0).draw
    )


def _tufts(brief: Brief, canvas: Canvas, shine: Shine) -> None:
    """Dry stalks that stand out of the snow."""
    random = np.random.Generator(np.random.PCG64([brief.seed, 111]))
    lens = brief.lens
    count = 40
    z = np.sort(9 + 40 * random.random(count) ** 1.4)[::-1]
    unit = lens.focal / z
    groups = np.round(random.random(count) * 7) / 7 - 0.5 + random.normal(0, 0.03, count)
    spots = np.stack([groups * 1.3 * lens.width, unit * (EYE_HEIGHT_M + 0.1)], 1)
    tall = unit * (0.15 + 0.25 * random.random(count))
    canvas.strew(grass(random, spots, tall, DRY, shine, each=7, spread=0.7))


WOODS = ((120.0, 34), (48.0, 9), (19.0, 3))
"""Distance of each row of firs, and how many there are."""


def _firs(brief: Brief, weather: Weather, number: int) -> Layer:
    """A row of firs under snow, with their blue shadows; none where subjects stand."""
    lens, light = brief.lens, brief.light
    random = np.random.Generator(np.random.PCG64([brief.seed, 112 + number]))
    depth_m, count = WOODS[number]
    unit = lens.focal / depth_m
    canvas = Canvas(lens, 0.72 * lens.height, unit * EYE_HEIGHT_M + 0.10 * lens.height)
    kind = replace(needled(0.95), leaves=((38, 58, 50), (48, 70, 58), (58, 82, 64)))
    shine = shine_of(light, shade=0.6, key=0.62)
    foot = unit * (EYE_HEIGHT_M - (0.2 if number else 0.6))
    spread = random.random(count) * 2 - 1
    if number == 2:
        spread = np.array([-0.78, 0.72, 0.95]) * (1 if random.random() < 0.5 else -1)
    elif number == 1:
        spread = np.sign(spread) * (0.28 + 0.72 * np.abs(spread))
    for at in sorted(spread, key=abs, reverse=True):
        x = float(at) * 0.56 * lens.width * (1.15 if number < 2 else 1)
        tall = unit * (4.2 + 4.5 * float(random.random()))
        y = foot + float(random.random()) * 0.5 * unit
        _shade(canvas, brief, x, y, tall)
        fir(random, x, y, tall, kind, shine, canvas)
    canvas.veil(light, min(1 - math.exp(-depth_m / weather.haze_m), 0.95))
    reach = (0.5, 0.9, 1.6)[number] * lens.height / 720
    sheet = canvas.sheet(depth_m, wind=gust_of(brief.storyboard.weather), reach_px=reach)
    return Layer(depth_m, sheet.draw)


def _shade(canvas: Canvas, brief: Brief, x: float, foot: float, tall: float) -> None:
    """The tree's shadow on the snow: blue, away from the sun, soft at its end."""
    light = brief.light
    dark = np.array(light.ambient, np.float32) * np.array([0.44, 0.52, 0.66], np.float32)
    side = -1.0 if light.sun[0] > 0.5 else 1.0
    strength = 0.5 if light.glow[0] > 12 and light.sun[1] > 0 else 0.22
    rows = []
    for part in np.linspace(0.05, 0.75, 12):
        wide = tall * 0.16 * (1 - part) + 2
        rows.append(
            [x + side * tall * part * 0.8, foot + tall * part * 0.08, wide, wide * 0.22, 1.0, 0.06,
             *dark, strength * (1 - 0.6 * float(part)), 0.2, 0.0]
        )  # fmt: skip
    canvas.strew(np.array(rows, np.float32))


def _blown(brief: Brief, weather: Weather) -> list[Layer]:
    """Snow that smokes over the drifts, and crystals in the air."""
    lens, light = brief.lens, brief.light
    layers: list[Layer] = []
    white = np.array(light.ambient, np.float32) * 0.66 + np.array(light.key, np.float32) * 0.40
    red, green, blue = np.minimum(white, 250)
    side = 1.0 if chance(brief.seed, 113, 5) < 0.5 else -1.0
    veils = (
        (150.0, 0.02, 0.10, 0.4, 0.05),
        (40.0, 0.11, 0.14, 0.4, 0.12),
        (13.0, 0.38, 0.3, 0.3, 0.34),
    )
    for number, (depth_m, down, tall, thick, pace) in enumerate(veils):
        if weather.blown <= 0:
            break
        grow = 1 + 1.2 * max(weather.blown - 0.5, 0)
        drift = Drift(
            depth_m=depth_m, down=down, tall=min(tall * grow, 0.9),
            thick=thick * min(0.5 + weather.blown, 3),
            pace=side * pace * (0.5 + 0.7 * weather.blown),
            colour=(float(red), float(green), float(blue)),
        )  # fmt: skip
        layers.append(Layer(depth_m - 1, Streamers(lens, drift, brief.seed + 7 * number).draw))
    crystals = Swarm(
        count=int(70 + 60 * weather.blown), depth_m=(4, 22), size_m=0.011,
        colours=((236, 244, 255),), fall=0.02, wind=side * 0.06 * (0.4 + weather.blown),
        strength=0.65, blink=0.9, low=-0.45, high=0.5,
    )  # fmt: skip
    layers.append(Layer(6.0, Motes(lens, crystals, brief.seed).draw))
    return layers
