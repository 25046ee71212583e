"""The open sea, with a far coast."""

from __future__ import annotations

from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.sky import Sky
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.water import Surface, Water

AMBIENT = (Mention("gull", 5),)

CLOUDS = {"clear": 0.30, "cloudy": 0.62, "fog": 0.5, "rain": 0.8, "snow": 0.8, "storm": 0.85}
ROUGHNESS = {"storm": 1.9, "rain": 1.3, "fog": 0.5}


def build(brief: Brief) -> World:
    weather = brief.storyboard.weather
    sky = Sky(brief.lens, brief.light, brief.seed, clouds=CLOUDS.get(weather, 0.3))
    eye_height_m = 3.0
    surface = Surface(eye_height_m=eye_height_m, roughness=ROUGHNESS.get(weather, 1.0))
    water = Water(surface, brief.seed + 2, body=brief.light.water, shine=brief.light.glitter)

    def draw_sky(now: Instant) -> None:
        sky.draw(now.picture, now.view, now.time_s, down_to=0.0)

    def draw_water(now: Instant) -> None:
        water.draw(now.picture, now.view, now.time_s, sky.sun)

    return World(
        lens=brief.lens,
        reach_m=30.0,
        layers=(Layer(1e6, draw_sky), Layer(400.0, draw_water)),
        grounds={
            "water": Ground(eye_height_m=eye_height_m, depth_m=(8.0, 120.0), reflects=0.5),
            "air": Ground(eye_height_m=eye_height_m, depth_m=(15.0, 120.0), rise=(0.1, 0.4)),
        },
        ambient=AMBIENT,
    )
