"""Under water: the bright surface above, shafts of light, caustics on sand, reef, weed and fish."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.adrift import Motes, Swarm
from filmgate.engines.animatic.colours import Colour, Numbers, scaled
from filmgate.engines.animatic.daylight import Daylight, gloomy
from filmgate.engines.animatic.floor import Floor, Plain
from filmgate.engines.animatic.foliage import Canvas, Random, Shine
from filmgate.engines.animatic.kernels.caustics import caustic
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.rays import Rays
from filmgate.engines.animatic.reef import bubbles_of, coral, dome, kelp, tuft
from filmgate.engines.animatic.scene import Brief, Draw, Ground, Layer, World
from filmgate.engines.animatic.school import School, Shoal
from filmgate.engines.animatic.shimmer import Shimmer
from filmgate.engines.animatic.sky import tiling

EYE_HEIGHT_M = 2.6
REACH_M = 9.0
SEEDS = 1 << 31
TILE = 512
CORALS: tuple[Colour, ...] = (
    (232, 96, 96), (240, 150, 70), (214, 90, 160), (240, 200, 90), (150, 110, 210), (236, 220, 200),
)  # fmt: skip
WEEDS: tuple[Colour, ...] = ((92, 120, 44), (120, 132, 50), (70, 104, 48), (140, 120, 50))
SHEETS_M = ((22.0, 26), (12.5, 15), (6.6, 9))
"""Depth of each sheet of the reef, and how much grows there."""
MURK = {"storm": 0.55, "fog": 0.5, "rain": 0.75, "cloudy": 0.85, "snow": 0.8}
"""How far one sees in a weather above, against a clear day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sea:
    """What the painters of one dive share: the light with water's colours in its sky and haze."""

    brief: Brief
    light: Daylight
    shine: Shine
    far_m: float
    random: Random


def build(brief: Brief) -> World:
    board = brief.storyboard
    murk = MURK.get(board.weather, 1.0)
    brief = replace(
        brief,
        light=gloomy(brief.light, 0.5 * (1 - murk), 0.7 * (1 - murk)),
        seed=brief.seed % SEEDS,
    )
    lens = brief.lens
    light = _watery(brief.light)
    sea = Sea(
        brief=brief,
        light=light,
        shine=_shine(light),
        far_m=17.0 * murk,
        random=np.random.Generator(np.random.PCG64([brief.seed, 131])),
    )
    layers = [Layer(1e4, _deep(sea)), Layer(9e3, Shimmer(lens, light, brief.seed).draw)]
    layers.append(Layer(60.0, _floor(sea).draw))
    layers += [_reef(sea, number) for number in range(len(SHEETS_M))]
    layers += _fish(sea)
    across = (brief.light.sun[0] - 0.5) * lens.width
    night = brief.light.lamps >= 1
    rays = Rays(
        (across, -1.05 * lens.height), scaled(light.sky[-1][1], 1.2), brief.seed,
        strength=(120.0 if night else 170.0) * murk, reach=0.75, fine=52.0, end=1.0, pace=2.4,
    )  # fmt: skip
    layers.append(Layer(10.0, rays.draw))
    layers += bubbles_of(lens, brief.seed)
    snow = Swarm(
        count=80, depth_m=(3, 12), size_m=0.008, colours=(scaled(light.haze, 1.5),), fall=0.008,
        wind=0.006, sway=0.015, strength=0.5, low=-0.55, high=0.45,
    )  # fmt: skip
    layers.append(Layer(3.5, Motes(lens, snow, brief.seed + 1).draw))
    free = Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(7.0, 14.0), rise=(-0.06, 0.26))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={
            "underwater": free,
            "air": free,
            "water": free,
            "ground": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(8.2, 12.0)),
        },
        holds=frozenset({"coral"}),
        shows=frozenset({"sunbeams", "sun", "waves"}),
    )


def _watery(light: Daylight) -> Daylight:
    """The hour's light after some metres of water: red is gone first."""
    amount = np.array(light.ambient) / 236
    warm = np.array(light.key) / 255
    top = np.array([150, 236, 240]) * amount * (0.45 + 0.55 * warm)
    middle = np.array([20, 138, 178]) * amount
    deep = np.array([6, 62, 112]) * amount

    def colour(value: Numbers) -> Colour:
        return float(value[0]), float(value[1]), float(value[2])

    return replace(
        light,
        sky=((0.0, colour(middle)), (0.25, colour(middle * 0.8 + top * 0.2)), (0.6, colour(top))),
        haze=colour(middle * 0.8 + deep * 0.2),
        ambient=colour(np.array([120, 190, 214]) * amount),
        key=colour(np.array([214, 246, 240]) * (0.4 * amount + 0.6 * warm * amount.max())),
        glow=(10, 30, 34),
        halo=(0, 0, 0),
        backlight=0.15,
        stars=0.0,
        water=colour(deep),
    )


def _shine(light: Daylight) -> Shine:
    side = 0.35 if light.sun[0] > 0.5 else -0.35
    return Shine(
        shade=np.array(light.ambient, np.float32) * np.float32(0.55 / 255),
        key=np.array(light.key, np.float32) * np.float32(0.95 / 255),
        towards=(side, 0.85, 0.25),
    )


def _deep(sea: Sea) -> Draw:
    """The blue that everything fades into: bright towards the surface, dark below."""
    lens = sea.brief.lens
    canvas = Canvas(lens, 0.86 * lens.height, 0.22 * lens.height)
    rows, columns = canvas.pixels.shape[:2]
    up = (canvas.foot - np.arange(rows, dtype=np.float32)) / np.float32(lens.height)
    places = np.array([-0.3, 0.0, 0.30, 0.62, 0.9])
    stops = np.array(
        [
            sea.light.water,
            sea.light.haze,
            sea.light.sky[0][1],
            sea.light.sky[1][1],
            sea.light.sky[2][1],
        ]
    )
    column = np.stack([np.interp(up, places, stops[:, i]) for i in range(3)], axis=1)
    across = np.linspace(-0.9, 0.9, columns, dtype=np.float32) - np.float32(sea.light.sun[0] - 0.5)
    bright = 0.82 + 0.30 * np.exp(-((across / np.float32(0.34)) ** 2))
    cloud = fractal(
        rows, columns, 3 / columns, 4 / rows, 4, sea.brief.seed, ridged=False
    ) - np.float32(0.47)
    body = column[:, None] * (bright[None] * (1 + 0.16 * cloud))[..., None]
    canvas.pixels[..., :3] = np.minimum(body, 245)
    canvas.pixels[..., 3] = 1
    return canvas.backcloth(400.0, down_to=0.08)


def _floor(sea: Sea) -> Floor:
    brief = sea.brief
    ripples = tiling(TILE, 9 / TILE, 34 / TILE, 4, brief.seed + 11)
    patches = tiling(TILE, 4 / TILE, 4 / TILE, 4, brief.seed + 12)
    tone = 0.72 + 0.9 * (ripples - 0.47) + 0.6 * (patches - 0.47)
    sand = np.array([226, 206, 164], np.float32) * (sea.shine.shade + sea.shine.key * 0.62)
    painted = np.clip(sand[None, None] * tone[..., None], 0, 250).astype(np.float32)
    plain = Plain(
        eye_height_m=EYE_HEIGHT_M,
        end_m=58.0,
        haze_m=sea.far_m * 0.55,
        haze=scaled(sea.light.haze, 0.90),
        tile_m=7.0,
        light_m=4.6,
        gain=0.95,
        drift=(0.34, 0.22),
        tint=(3.0, -3.0),
    )
    return Floor(plain, painted, caustic(256, brief.seed))


def _reef(sea: Sea, number: int) -> Layer:
    """Rocks, corals and weed at one distance; the nearest keep to the sides."""
    lens, random = sea.brief.lens, sea.random
    depth_m, count = SHEETS_M[number]
    unit = lens.focal / depth_m
    low = unit * EYE_HEIGHT_M
    canvas = Canvas(lens, 0.62 * lens.height, low + 0.9 * unit)
    spots = (random.random(count) - 0.5) * (canvas.width if number < 2 else 1.35 * lens.width)
    if number == 2:
        spots = np.sign(spots) * (0.30 * lens.width + 0.55 * np.abs(spots))
    elif number == 1:
        spots = np.sign(spots) * (0.12 * lens.width + 0.9 * np.abs(spots))
    feet = low + random.random(count) * 0.5 * unit
    for x, y in sorted(zip(spots, feet, strict=True), key=lambda spot: spot[1]):
        _grown(sea, canvas, float(x), float(y), unit)
    canvas.veil(_air(sea), 1 - math.exp(-(depth_m if number < 2 else 3.0) / sea.far_m * 0.72))
    sheet = canvas.sheet(depth_m, wind=0.75, reach_px=(3.0, 6.0, 11.0)[number] * lens.height / 720)
    return Layer(depth_m, sheet.draw)


def _air(sea: Sea) -> Daylight:
    """Water instead of air, without a glow at the horizon."""
    return replace(sea.light, sky=((0.0, sea.light.haze),), glow=(0, 0, 0))


def _grown(sea: Sea, canvas: Canvas, x: float, foot: float, unit: float) -> None:
    random, shine = sea.random, sea.shine
    tint = CORALS[int(random.integers(len(CORALS)))]
    chance = float(random.random())
    size = unit * (0.5 + 0.6 * float(random.random()))
    dome(canvas, random, x, foot, size * 0.7, (104, 98, 92), shine)
    if chance < 0.34:
        for _ in range(int(random.integers(2, 6))):
            off = float(random.normal(0, 0.3)) * unit
            kelp(
                canvas,
                random,
                x + off,
                foot,
                unit * (1.4 + 1.6 * float(random.random())),
                WEEDS,
                shine,
            )
    elif chance < 0.72:
        coral(canvas, random, x, foot - size * 0.3, size * 1.2, tint, shine)
        dome(
            canvas,
            random,
            x + size * 0.7,
            foot + size * 0.1,
            size * 0.35,
            CORALS[(int(x) + 3) % 6],
            shine,
        )
    else:
        dome(canvas, random, x + size * 0.4, foot, size * 0.5, tint, shine)
        tuft(canvas, random, x - size * 0.5, foot, size * 0.6, CORALS[(int(x) + 1) % 6], shine)


def _fish(sea: Sea) -> list[Layer]:
    """Two shoals and a few bright fish near the reef."""
    lens, brief, light = sea.brief.lens, sea.brief, sea.light
    grey = tuple_mean((150, 190, 200), light.ambient)
    shoals = (
        (15.0, Shoal(count=46, depth_m=15.0, long_m=0.34, colours=(grey,), up=0.16, pace=0.055)),
        (
            9.5,
            Shoal(count=13, depth_m=9.5, long_m=0.30, colours=_bright(light), up=0.02, pace=-0.04),
        ),
        (7.5, Shoal(count=5, depth_m=7.5, long_m=0.36, colours=_bright(light), up=0.10, pace=0.05)),
    )
    banned = not brief.storyboard.allows("fish")
    return [
        Layer(depth_m, School(lens, shoal, light.haze, sea.far_m, brief.seed + i).draw)
        for i, (depth_m, shoal) in enumerate(shoals)
        if not banned
    ]


def tuple_mean(colour: Colour, light: Colour) -> Colour:
    red, green, blue = (a * b / 255 for a, b in zip(colour, light, strict=True))
    return red, green, blue


def _bright(light: Daylight) -> tuple[Colour, ...]:
    tones = ((255, 190, 60), (255, 120, 70), (90, 150, 255), (255, 226, 120))
    lit = tuple(min(v * 1.25, 255.0) for v in light.ambient)
    return tuple(tuple_mean(tone, (lit[0], lit[1], lit[2])) for tone in tones)
