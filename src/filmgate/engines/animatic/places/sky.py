"""Above the clouds: a white sea of them to the horizon, and nothing higher but thin wisps."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from filmgate.engines.animatic.daylight import gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.foliage import Canvas, Sheet
from filmgate.engines.animatic.kernels.billows import clouded, shaded_cloud
from filmgate.engines.animatic.kernels.terrain import seen
from filmgate.engines.animatic.rays import Rays
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.sky import SHOWS, Sky
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.terrain import air, breadth

AMBIENT = (Mention("bird", 3),)
EYE_HEIGHT_M = 150.0
REACH_M = 420.0
SEEDS = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    wisps: float = 0.14
    gloom: float = 0.0
    dark: float = 0.0
    haze_m: float = 9000.0
    tall: float = 1.0
    pace: float = 1.0


CLEAR = Weather()
WEATHERS = {
    "cloudy": Weather(wisps=0.55, gloom=0.2, tall=1.15),
    "fog": Weather(wisps=0.0, gloom=0.7, haze_m=330),
    "rain": Weather(wisps=0.85, gloom=0.75, dark=0.15, haze_m=3200, tall=1.2),
    "snow": Weather(wisps=0.75, gloom=0.55, haze_m=3000),
    "storm": Weather(wisps=0.9, gloom=0.75, dark=0.42, haze_m=4200, tall=1.75, pace=2.4),
    "wind": Weather(wisps=0.3, pace=2.6),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A belt of clouds, in metres; ``drift`` in frame widths a second."""

    near_m: float
    far_m: float
    long_m: float
    tall_m: float
    drift: float
    depth_m: float


DECKS = (
    Deck(near_m=2100, far_m=16000, long_m=1200, tall_m=330, drift=0.0022, depth_m=4200),
    Deck(near_m=760, far_m=2700, long_m=430, tall_m=180, drift=0.0060, depth_m=1300),
    Deck(near_m=210, far_m=900, long_m=230, tall_m=105, drift=0.0140, depth_m=460),
)


def build(brief: Brief) -> World:
    board = brief.storyboard
    weather = WEATHERS.get(board.weather, CLEAR)
    brief = replace(
        brief, light=gloomy(brief.light, weather.gloom, weather.dark), seed=brief.seed % SEEDS
    )
    lens, light = brief.lens, brief.light
    sky = Sky(lens, light, brief.seed, clouds=weather.wisps, wind=0.02 * weather.pace)
    layers = [Layer(1e6, lambda now: sky.draw(now.picture, now.view, now.time_s, down_to=0.06))]
    layers += [_deck(brief, weather, deck, number) for number, deck in enumerate(DECKS)]
    if light.glow[0] > 14 and 0 < light.sun[1] < 0.5:
        across = (light.sun[0] - 0.5) * lens.width
        rays = Rays(
            (across, -light.sun[1] * lens.height), light.key, brief.seed,
            strength=60.0 * (0.5 if light.lamps >= 1 else 1.0), reach=0.55, fine=40.0, end=1.0,
        )  # fmt: skip
        layers.append(Layer(500.0, rays.draw))
    if board.weather in FALLING:
        layers.append(Layer(0.5, Downpour(lens, light, brief.seed + 5, board.weather).draw))
    free = Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(300.0, 900.0), rise=(0.04, 0.34))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={"air": free, "ground": free, "water": free, "space": free},
        ambient=() if weather.dark else AMBIENT,
        shows=SHOWS | {"wind"},
    )


def _deck(brief: Brief, weather: Weather, deck: Deck, number: int) -> Layer:
    """One belt of clouds on a sheet that drifts and slowly swells."""
    lens, light = brief.lens, brief.light
    low = lens.focal * EYE_HEIGHT_M / deck.near_m * 1.15 + 6
    canvas = Canvas(
        lens, 0.26 * lens.height, low if number < 2 else (lens.height - lens.horizon) * 1.85
    )
    rows, columns = canvas.pixels.shape[:2]
    depth, width = (130, 160, 190)[number], columns // 3
    side = 0.72 if light.sun[0] > 0.5 else -0.72
    front = 0.35 - 0.75 * light.backlight
    up = min(max(light.sun[1] * 1.2, 0.22), 0.7)
    numbers = np.array(
        [
            deck.near_m, math.log(deck.far_m / deck.near_m) / (depth - 1), lens.focal / 3,
            width / 2, deck.long_m, deck.tall_m * weather.tall, side, up, front,
            brief.seed % 9973 + 31 * number,
            0.0, lens.focal, float(number < 2),
        ],
        np.float32,
    )  # fmt: skip
    heights, shadow = np.empty((depth, width), np.float32), np.empty((depth, width), np.float32)
    clouded(heights, shadow, numbers)
    z = deck.near_m * np.exp(np.arange(depth, dtype=np.float32) * numbers[1])
    level = np.float32(EYE_HEIGHT_M + 0.50 * deck.tall_m * (number == 2))
    fine = cv2.resize(heights - level, (columns * 2, depth), interpolation=cv2.INTER_CUBIC)
    place, alpha = seen(
        np.ascontiguousarray(fine, np.float32), (lens.focal / z).astype(np.float32), rows,
        float(canvas.foot),
    )  # fmt: skip
    tones = np.array(light.cloud, np.float32)
    rgb = shaded_cloud(place, alpha, heights, shadow, numbers, tones)
    away = deck.near_m * np.exp(np.clip(place, 0, depth) * numbers[1])
    mix = (1 - np.exp(-away / weather.haze_m))[..., None].astype(np.float32)
    rgb += (air(lens, light, columns)[None] - rgb) * mix
    canvas.pixels[..., :3] = np.minimum(rgb, 250) * alpha[..., None]
    canvas.pixels[..., 3] = alpha
    canvas.pixels[..., 4] = alpha  # all of it is soft
    canvas.blur((0.8, 1.2, 2.0)[number] * lens.height / 720)
    wind = 0.32 * weather.pace
    sheet = Sheet(canvas, deck.depth_m, wind=wind, reach_px=(3, 6, 10)[number] * lens.height / 720)
    room = (breadth(lens) - lens.width) / 2 * 0.5
    pace = min(deck.drift * weather.pace * lens.width, room / max(brief.duration_s, 1.0))

    def draw(now: Instant) -> None:
        sheet.draw(now, aside=pace * (now.time_s - brief.duration_s / 2))

    return Layer(deck.far_m, draw)
