"""A desert: dunes with ripples out to the haze, blown sand, cacti and stones near by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from filmgate.engines.animatic.adrift import Motes, Swarm, gust_of
from filmgate.engines.animatic.colours import Colour, scaled
from filmgate.engines.animatic.daylight import Daylight, gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.drifts import Drift, Streamers
from filmgate.engines.animatic.foliage import Canvas, shine_of
from filmgate.engines.animatic.kernels.dunes import sand, shaded_sand
from filmgate.engines.animatic.kernels.noise import chance, fractal
from filmgate.engines.animatic.kernels.terrain import seen
from filmgate.engines.animatic.scene import Brief, Ground, Layer, World
from filmgate.engines.animatic.seasons import whitened
from filmgate.engines.animatic.sky import SHOWS, Sky, cloudiness
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.succulents import saguaro, stones
from filmgate.engines.animatic.terrain import Range, air, ridges
from filmgate.engines.animatic.undergrowth import grass

AMBIENT = (Mention("eagle", 1),)
EYE_HEIGHT_M = 4.0
REACH_M = 22.0
SEEDS = 1 << 31
SAND: Colour = (226, 166, 104)
DUST: Colour = (214, 170, 116)
DRY: tuple[Colour, ...] = ((168, 140, 84), (146, 124, 78), (186, 158, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    clouds: float = 0.12
    gloom: float = 0.0
    dark: float = 0.0
    haze_m: float = 900.0
    dust: float = 0.85
    snow: float = 0.0


CLEAR = Weather()
WEATHERS = {
    "cloudy": Weather(clouds=0.6, gloom=0.2),
    "fog": Weather(clouds=0.0, gloom=0.7, haze_m=70, dust=0.1),
    "rain": Weather(clouds=0.85, gloom=0.85, dark=0.15, haze_m=260, dust=0.0),
    "snow": Weather(clouds=0.75, gloom=0.5, haze_m=300, dust=0.0, snow=0.75),
    "storm": Weather(clouds=0.6, gloom=0.55, dark=0.28, haze_m=120, dust=2.2),
    "wind": Weather(clouds=0.2, haze_m=340, dust=1.5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Belt:
    """A belt of dunes, from one distance to another, in metres."""

    near_m: float
    far_m: float
    long_m: float
    """From one crest to the next."""
    tall_m: float
    low_m: float = 0.0
    """How far it lies below the plain."""


BELTS = (
    Belt(near_m=240, far_m=1500, long_m=420, tall_m=96, low_m=8),
    Belt(near_m=42, far_m=300, long_m=110, tall_m=25, low_m=3),
    Belt(near_m=8, far_m=66, long_m=34, tall_m=3.0, low_m=1.6),
)


def build(brief: Brief) -> World:
    board = brief.storyboard
    weather = WEATHERS.get(board.weather, CLEAR)
    brief = replace(
        brief, light=gloomy(brief.light, weather.gloom, weather.dark), seed=brief.seed % SEEDS
    )
    if weather.dust > 1:  # the air itself is sand
        brief = replace(brief, light=_sandy(brief, min(weather.dust / 3, 0.65)))
    lens, light = brief.lens, brief.light
    clouds, wind = cloudiness(weather.clouds, board.features)
    sky = Sky(lens, light, brief.seed, clouds=clouds, wind=wind)
    layers = [Layer(1e6, lambda now: sky.draw(now.picture, now.view, now.time_s, down_to=0.12))]
    layers.append(_mesas(brief, weather))
    for number, belt in enumerate(BELTS):
        layers.append(_belt(brief, weather, belt, number))
    layers += _blown(brief, weather)
    if board.weather in FALLING and board.weather != "storm":  # here a storm is of sand
        layers.append(Layer(0.5, Downpour(lens, light, brief.seed + 5, board.weather).draw))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={
            "ground": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(14.0, 48.0)),
            "air": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(25.0, 120.0), rise=(0.14, 0.42)),
        },
        ambient=AMBIENT,
        shows=SHOWS | {"dust"},
    )


def _sandy(brief: Brief, share: float) -> Daylight:
    """The light of a sand storm: everything takes the sand's colour."""
    light = brief.light
    dim = sum(light.ambient) / 3 / 218

    def dusty(colour: Colour) -> Colour:
        red, green, blue = (
            part + (full * dim - part) * share for part, full in zip(colour, DUST, strict=True)
        )
        return red, green, blue

    edge, body, shade, deep = light.cloud
    return replace(
        light,
        sky=tuple((at, dusty(colour)) for at, colour in light.sky),
        haze=dusty(light.haze),
        cloud=(dusty(edge), dusty(body), dusty(shade), dusty(deep)),
    )


def _mesas(brief: Brief, weather: Weather) -> Layer:
    """Table mountains on the horizon, on one side."""
    lens, seed = brief.lens, brief.seed
    across = np.linspace(-0.85, 0.85, 512, dtype=np.float32)
    rough = fractal(1, 512, 11 / 512, 1, 4, seed * 3 + 5, ridged=False)[0] - np.float32(0.47)
    side = 1.0 if chance(seed, 51, 5) < 0.5 else -1.0
    steps = np.clip((rough + 0.10 + 0.28 * across * side) * 14, 0, 1)
    line = np.maximum(steps * (0.62 + 0.5 * rough), 0.02)
    mesas = Range(
        depth_m=9000,
        tall=0.10 * lens.height,
        sink=4,
        crest=np.asarray(line / line.max(), np.float32),
        haze=min(0.50 + 0.4 * (1 - min(weather.haze_m / 900, 1)), 0.95),
        cells=40,
    )
    flat = ridges(lens, brief.light, seed * 13, mesas)
    return Layer(flat.depth_m, flat.draw)


def _belt(brief: Brief, weather: Weather, belt: Belt, number: int) -> Layer:
    """One belt of dunes as a sheet of its own."""
    lens, light = brief.lens, brief.light
    canvas = Canvas(
        lens, 0.42 * lens.height, lens.focal * (EYE_HEIGHT_M + belt.low_m) / belt.near_m + 8
    )
    if number == 2:
        canvas = Canvas(lens, 0.10 * lens.height, (lens.height - lens.horizon) * 1.85)
    rows, columns = canvas.pixels.shape[:2]
    depth, width = (150, 190, 230)[number], columns // 3
    shine = shine_of(
        light, shade=0.46 if light.lamps < 1 else 0.8, key=1.02 if light.lamps < 1 else 2.3
    )
    side, up, front = shine.towards
    low = min(max(up, 0.16), 0.40)
    numbers = np.array(
        [
            belt.near_m, np.log(belt.far_m / belt.near_m) / (depth - 1), lens.focal / 3, width / 2,
            belt.long_m, belt.tall_m, side, low, front, brief.seed % 9973 + 17 * number,
            (0.2, 0.9, 2.6)[number], lens.focal, float(number < 2),
        ],
        np.float32,
    )  # fmt: skip
    heights, shadow = np.empty((depth, width), np.float32), np.empty((depth, width), np.float32)
    sand(heights, shadow, numbers)
    z = belt.near_m * np.exp(np.arange(depth, dtype=np.float32) * numbers[1])
    level = EYE_HEIGHT_M + belt.low_m
    fine = cv2.resize(
        heights - np.float32(level), (columns * 2, depth), interpolation=cv2.INTER_CUBIC
    )
    place, alpha = seen(
        np.ascontiguousarray(fine, np.float32), (lens.focal / z).astype(np.float32), rows,
        float(canvas.foot),
    )  # fmt: skip
    moonlit = np.array([0.66, 0.82, 1.2] if light.lamps >= 1 else [1.0, 1.0, 1.0], np.float32)
    colour = np.array(whitened(SAND, weather.snow), np.float32) * moonlit
    colours = np.stack([colour, shine.shade, shine.key, colour]).astype(np.float32)
    rgb = shaded_sand(place, alpha, heights, shadow, numbers, colours)
    away = belt.near_m * np.exp(np.clip(place, 0, depth) * numbers[1])
    mix = (1 - np.exp(-away / weather.haze_m))[..., None].astype(np.float32)
    rgb += (air(lens, light, columns)[None] - rgb) * mix
    canvas.pixels[..., :3] = rgb * alpha[..., None]
    canvas.pixels[..., 3] = alpha
    if number == 2:
        _grown(brief, weather, canvas)
    depth_m = (520.0, 110.0, 26.0)[number]
    sheet = canvas.sheet(depth_m, wind=gust_of(brief.storyboard.weather), reach_px=2.0)
    return Layer(depth_m if number < 2 else 64.0, sheet.draw)


def _grown(brief: Brief, weather: Weather, canvas: Canvas) -> None:
    """Cacti, dry grass and stones on the near sand, each with the shadow that the sun gives it."""
    lens = brief.lens
    random = np.random.Generator(np.random.PCG64([brief.seed, 91]))
    shine = shine_of(brief.light, shade=0.5, key=0.8)
    level = EYE_HEIGHT_M + BELTS[2].low_m - BELTS[2].tall_m * 0.35
    spots: list[tuple[float, float, int]] = []
    for kind, count in ((0, 3), (1, 7), (2, 42)):
        for _ in range(count):
            z = 13 + 42 * float(random.random()) ** (0.8 if kind == 0 else 1.3)
            across = (float(random.random()) - 0.5) * 1.25
            if kind == 0:  # cacti stand to the sides
                across = (0.22 + 0.3 * float(random.random())) * (1 if len(spots) % 2 else -1)
            spots.append((z, across * lens.width, kind))
    for z, x, kind in sorted(spots, reverse=True):
        unit = lens.focal / z
        foot = unit * level
        if kind == 0:
            tall = unit * (3.2 + 2.0 * float(random.random()))
            _shadow(canvas, brief, x, foot, tall * 0.9, tall * 0.07)
            saguaro(canvas, random, x, foot, tall, shine, weather.snow)
        elif kind == 1:
            size = unit * (0.2 + 0.3 * float(random.random()))
            _shadow(canvas, brief, x, foot, size * 1.2, size * 0.5)
            stones(canvas, random, x, foot, size, shine, weather.snow)
        else:
            tall_px = np.array([unit * (0.2 + 0.3 * float(random.random()))])
            at = np.array([[x, foot]])
            canvas.strew(grass(random, at, tall_px, DRY, shine, each=18, spread=1.3))


def _shadow(canvas: Canvas, brief: Brief, x: float, foot: float, long: float, wide: float) -> None:
    """A soft dark streak away from the sun."""
    light = brief.light
    if light.sun[1] < 0 or light.glow[0] < 8:
        return
    side = -1.0 if light.sun[0] > 0.5 else 1.0
    steep = 0.35 - 0.55 * light.backlight  # towards us when the sun is before us
    turn = np.arctan2(-steep, side) if light.backlight < 0.5 else np.arctan2(0.35, side)
    dark = np.array(light.ambient, np.float32) * np.array([0.26, 0.20, 0.19], np.float32)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    rows = [
        [x + cos * long * 0.5, foot + sin * long * 0.22, long * 0.5, wide * 0.6, cos, sin * 0.45,
         *dark, 0.5, 0.4, 0.0]
    ]  # fmt: skip
    canvas.strew(np.array(rows, np.float32))


def _blown(brief: Brief, weather: Weather) -> list[Layer]:
    """Sand that runs over the crests; in a storm, walls of it."""
    if weather.dust <= 0:
        return []
    lens, light = brief.lens, brief.light
    lit = np.array(DUST, np.float32) * (
        np.array(light.ambient, np.float32) * 0.5 + np.array(light.key, np.float32) * 0.42
    ) / 255  # fmt: skip
    colour = scaled((float(lit[0]), float(lit[1]), float(lit[2])), 1.25)
    side = 1.0 if chance(brief.seed, 52, 5) < 0.5 else -1.0
    veils = [
        (300.0, 0.015, 0.10, 0.35, 0.04),
        (70.0, 0.10, 0.16, 0.3, 0.10),
        (18.0, 0.36, 0.3, 0.26, 0.3),
    ]
    layers: list[Layer] = []
    for number, (depth_m, down, tall, thick, pace) in enumerate(veils):
        grow = 1 + 1.6 * max(weather.dust - 0.5, 0)
        drift = Drift(
            depth_m=depth_m, down=down, tall=min(tall * grow, 0.9),
            thick=1.5 * thick * min(0.5 + weather.dust, 3),
            pace=side * pace * (0.6 + 0.7 * weather.dust), colour=colour,
        )  # fmt: skip
        layers.append(Layer(depth_m - 2, Streamers(lens, drift, brief.seed + 7 * number).draw))
    if weather.dust > 0.2:
        grains = Swarm(
            count=int(60 + 60 * weather.dust), depth_m=(6, 30), size_m=0.02,
            colours=((255, 226, 170),), fall=0.02, wind=side * 0.12 * (0.5 + weather.dust),
            strength=0.28, low=-0.3, high=0.5,
        )  # fmt: skip
        layers.append(Layer(6.0, Motes(lens, grains, brief.seed).draw))
    return layers
