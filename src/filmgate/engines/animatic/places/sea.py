"""The sea: open water, a far coast, and a beach where one is asked for or needed to stand on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.beach import Beach
from filmgate.engines.animatic.cast_list import subject
from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.daylight import gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.kernels.noise import chance, fractal
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.sky import SHOWS, Sky, cloudiness
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.terrain import Range, ridges
from filmgate.engines.animatic.water import Surface, Water

AMBIENT = (Mention("gull", 5),)
EYE_HEIGHT_M = 3.0
SHORES = frozenset({"beach", "island", "harbour"})
COASTS = frozenset({"coast", "island", "harbour"})
CALM = "calm"
STEPS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    clouds: float
    roughness: float = 1.0
    glitter: float = 1.0
    gloom: float = 0.0
    dark: float = 0.0
    haze: float = 0.0


CLEAR = Weather(clouds=0.30)
WEATHERS = {
    "clear": CLEAR,
    "cloudy": Weather(clouds=0.62, glitter=0.8, gloom=0.15),
    "fog": Weather(clouds=0.0, roughness=0.45, glitter=0.15, gloom=0.8, haze=0.6),
    "rain": Weather(clouds=0.85, roughness=1.25, glitter=0.05, gloom=0.65, dark=0.15, haze=0.25),
    "snow": Weather(clouds=0.75, roughness=0.8, glitter=0.1, gloom=0.5, haze=0.25),
    "storm": Weather(clouds=0.92, roughness=2.1, glitter=0.0, gloom=0.85, dark=0.42, haze=0.2),
    "wind": Weather(clouds=0.4, roughness=1.6),
}


def build(brief: Brief) -> World:
    board, lens = brief.storyboard, brief.lens
    weather = WEATHERS.get(board.weather, CLEAR)
    brief = replace(brief, light=gloomy(brief.light, weather.gloom, weather.dark))
    light = brief.light
    clouds, wind = cloudiness(weather.clouds, board.features)
    sky = Sky(lens, light, brief.seed, clouds=clouds, wind=wind)
    surface = Surface(
        eye_height_m=EYE_HEIGHT_M,
        roughness=weather.roughness * (0.5 if CALM in board.style else 1.0),
        pace=0.7 + 0.3 * weather.roughness,
        glitter=weather.glitter,
    )
    water = Water(surface, brief.seed + 2, body=light.water, shine=light.glitter)

    def draw_sky(now: Instant) -> None:
        sky.draw(now.picture, now.view, now.time_s, down_to=0.0)

    def draw_water(now: Instant) -> None:
        water.draw(now.picture, now.view, now.time_s, sky.sun)

    layers = [Layer(1e6, draw_sky), Layer(400.0, draw_water)]
    if _has_coast(brief):
        layers.append(_coast(brief, weather))
    grounds = {
        "water": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(8.0, 120.0), reflects=0.5),
        "air": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(15.0, 120.0), rise=(0.1, 0.4)),
    }
    if _has_beach(brief):
        beach = Beach(lens, light, brief.seed + 7, eye_height_m=EYE_HEIGHT_M)
        farthest = lens.focal * EYE_HEIGHT_M / (beach.top_px * 1.12)
        grounds["ground"] = Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(6.0, farthest))
        # What swims or sails is behind the sand, and what stands on it in front.
        layers.append(Layer(farthest + 0.5, beach.draw))
        nearest = lens.focal * EYE_HEIGHT_M / (0.30 * (lens.height - lens.horizon))
        grounds["water"] = replace(grounds["water"], depth_m=(nearest, 120.0))
    if board.weather in FALLING:
        layers.append(Layer(1.0, Downpour(lens, light, brief.seed + 5, board.weather).draw))
    return World(
        lens=lens,
        reach_m=30.0,
        layers=tuple(layers),
        light=light,
        grounds=grounds,
        ambient=AMBIENT,
        shows=SHOWS | SHORES | COASTS | {CALM},
    )


def _has_beach(brief: Brief) -> bool:
    """Asked for, or there is somebody who needs ground under the feet."""
    board = brief.storyboard
    if not board.allows("beach"):
        return False
    walks = any(subject(m.subject).home in {"ground", "shore"} for m in board.subjects)
    return walks or bool(SHORES.intersection(board.features))


def _has_coast(brief: Brief) -> bool:
    board = brief.storyboard
    if not board.allows("coast"):
        return False
    return bool(COASTS.intersection(board.features)) or chance(brief.seed, 21, 5) < 0.45


def _coast(brief: Brief, weather: Weather) -> Layer:
    """Hills far across the water, higher on one side."""
    lens, seed = brief.lens, brief.seed
    side = 1.0 if chance(seed, 22, 5) < 0.5 else -1.0
    across = np.linspace(-0.7, 0.7, STEPS, dtype=np.float32)
    rough = fractal(1, STEPS, 9 / STEPS, 1, 5, seed * 7 + 9, ridged=False)[0] - np.float32(0.42)
    open_sea = np.clip((across * side + np.float32(0.12)) * 2.6, 0, 1)
    line = np.maximum((0.45 + rough * 1.5) * open_sea, 0)
    crest: Floats = np.asarray(np.maximum(line / max(float(line.max()), 1e-3), 0.004), np.float32)
    spec = Range(
        depth_m=2600.0,
        tall=(0.09 + 0.07 * chance(seed, 23, 5)) * lens.height,
        sink=2.0,
        crest=crest,
        haze=min(0.42 + weather.haze, 0.93),
        snow=1.4,
        green=0.8,
        wood=0.5,
        cells=40,
    )
    flat = ridges(lens, brief.light, seed * 11 + 5, spec)
    return Layer(flat.depth_m, flat.draw)
