"""A street in a city: houses with neon signs, towers beyond, wet asphalt, traffic."""

from __future__ import annotations

import numpy as np

from filmgate.engines.animatic.alley import Alley
from filmgate.engines.animatic.avenue import Gap, Side, Street
from filmgate.engines.animatic.crowd import Crowd
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.houses import Planner, light_row
from filmgate.engines.animatic.nightlife import Fronts, Lamps
from filmgate.engines.animatic.pavement import Pavement
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.sky import SHOWS, Sky
from filmgate.engines.animatic.skyline import FAR, NEAR, Skyline
from filmgate.engines.animatic.traffic import Traffic

CLOUDS = {"clear": 0.25, "cloudy": 0.6, "fog": 0.5, "rain": 0.8, "snow": 0.8, "storm": 0.85}
FOG = {"fog": 0.8, "rain": 0.3, "storm": 0.4, "snow": 0.4}
PASSERS_BY = {"rain": 14, "storm": 6, "snow": 12}
SUN = {"clear": 1.0, "wind": 0.8, "cloudy": 0.25}
Random = np.random.Generator
WET = {"rain": 1.0, "storm": 1.0, "snow": 0.5, "fog": 0.8}


def build(brief: Brief) -> World:
    lens, light = brief.lens, brief.light
    random = np.random.Generator(np.random.PCG64(brief.seed))
    street = _street(brief, random)
    layers = [*_houses(brief, street, random), *_life(brief, street)]
    return World(
        lens=lens,
        reach_m=10.0,
        layers=tuple(layers),
        light=light,
        street=street,
        shows=SHOWS | {"street", "lights", "traffic", "neon"},
        grounds={
            "ground": Ground(
                eye_height_m=street.eye_height_m, depth_m=(8.0, 26.0), reflects=0.45 * street.wet
            ),
            "air": Ground(eye_height_m=street.eye_height_m, depth_m=(14.0, 90.0), rise=(0.14, 0.4)),
        },
    )


def _street(brief: Brief, random: Random) -> Street:
    weather, lens = brief.storyboard.weather, brief.lens
    # A tall frame gets a narrower street with taller houses.
    upright = min(max(lens.height / lens.width - 0.56, 0.0) / 1.22, 1.0)
    return Street(
        half_width_m=float(random.uniform(13.5, 16.5)) * (1 - 0.3 * upright),
        curb_m=7.4 * (1 - 0.22 * upright),
        tall=1 + 0.9 * upright,
        eye_height_m=1.6,
        vanish=float(random.uniform(-0.1, 0.1)) * lens.width,
        near_m=11.0,
        far_m=170.0,
        haze_per_m=1 / (60 if weather == "fog" else 260),
        wet=WET.get(weather, 0.2 + 0.75 * brief.light.lamps),
    )


def _houses(brief: Brief, street: Street, random: Random) -> list[Layer]:
    """Sky, towers and both sides of the street; of each only what the nearer ones leave."""
    weather, lens, light = brief.storyboard.weather, brief.lens, brief.light
    sky = Sky(lens, light, brief.seed, clouds=CLOUDS.get(weather, 0.25))
    plans = [(side, Planner(random, light, street).plan()) for side in (-1, 1)]
    left, right = (
        Side(lens, street, blocks, light_row(light, street, side), side) for side, blocks in plans
    )
    gap = Gap(street, (left, right))
    far = luma(light.haze)

    def draw_sky(now: Instant) -> None:
        # What stands for the ground until it is paved: its mirror image reads a little of it.
        ground = max(int(now.view.horizon), 0) & ~1
        now.picture.y[ground:] = round(far[0])
        now.picture.u[ground // 2 :], now.picture.v[ground // 2 :] = round(far[1]), round(far[2])
        sky.draw(now.picture, now.view, now.time_s, spans=gap.spans(now.view))

    layers = [Layer(1e6, draw_sky)]
    for rows in (FAR, NEAR):
        foot_px = lens.focal * street.eye_height_m / rows[-1].depth_m
        towers = Skyline(
            lens, light, random, rows, vanish=street.vanish, foot_px=foot_px,
            fog=FOG.get(weather, 0.0), spans=lambda view: [gap.spans(view)],
        )  # fmt: skip
        layers.append(Layer(1e5 + rows[-1].depth_m, towers.draw))
    layers += [Layer(9000.0, left.draw), Layer(9000.0, right.draw)]
    for side, blocks in plans:
        alive = Fronts(lens, light, street, blocks, side, brief.seed + side)
        layers.append(Layer(8500.0, alive.draw))
    return layers


def _life(brief: Brief, street: Street) -> list[Layer]:
    """The road, and everything that stands, walks, drives and falls on it."""
    board, lens, light, seed = brief.storyboard, brief.lens, brief.light, brief.seed
    weather = board.weather
    layers = [
        Layer(8000.0, Pavement(street, light, seed + 5, sun=SUN.get(weather, 0.0)).draw),
        Layer(7000.0, Lamps(lens, light, street).draw),
        Layer(6000.0, Traffic(lens, light, street, seed + 9).draw),
    ]
    if light.lamps < 0.9 and board.allows("tree"):
        wind = 3.0 if weather in {"wind", "storm"} else 1.0
        layers.append(Layer(7700.0, Alley(lens, light, street, seed + 17, wind=wind).draw))
    if board.allows("person", "man", "woman", "people"):
        count = PASSERS_BY.get(weather, 20 if light.lamps < 0.5 else 16)
        rain = weather in {"rain", "storm"}
        crowd = Crowd(lens, light, street, seed + 13, count=count, rain=rain)
        layers.append(Layer(7500.0, crowd.draw))
    if weather in FALLING:
        layers.append(Layer(0.5, Downpour(lens, light, seed + 3, weather).draw))
    return layers
