"""A meadow: grass in the wind, flowers up close, single trees, wooded hills behind."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.adrift import Falling, Motes, Swarm, fireflies, gust_of
from filmgate.engines.animatic.colours import Colour, Numbers, scaled
from filmgate.engines.animatic.daylight import gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.foliage import Canvas, Random, Shine, shine_of
from filmgate.engines.animatic.kernels.noise import chance, fractal
from filmgate.engines.animatic.meadow import Meadow, Turf
from filmgate.engines.animatic.scene import Brief, Ground, Layer, World
from filmgate.engines.animatic.seasons import (
    GRASS,
    LEAVES,
    broadleaf,
    season_of,
    snow_of,
    whitened,
)
from filmgate.engines.animatic.sky import SHOWS, Sky, cloudiness
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.terrain import Flat
from filmgate.engines.animatic.trees import leaves, round_tree, treeline
from filmgate.engines.animatic.undergrowth import flowers, grass
from filmgate.engines.animatic.woods import Slope, mist, wooded

AMBIENT = (Mention("butterfly", 3),)
EYE_HEIGHT_M = 1.9
REACH_M = 12.0
END_M = 190.0
SEEDS = 1 << 31
STEPS = 512
POPPIES: tuple[Colour, ...] = ((222, 54, 40), (238, 84, 58), (206, 40, 46))
MIXED: tuple[Colour, ...] = (
    (248, 246, 240), (244, 206, 70), (150, 110, 210), (236, 120, 160), (222, 60, 48),
    (96, 120, 220),
)  # fmt: skip
LATE: tuple[Colour, ...] = ((214, 150, 60), (170, 96, 120), (226, 196, 120))
BLOOMS = {"spring": MIXED, "summer": POPPIES + MIXED[:3], "autumn": LATE}
FLOWERING = {"spring": 0.42, "summer": 0.36, "autumn": 0.12}
"""How many of the near tufts have a flower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    clouds: float = 0.32
    gloom: float = 0.0
    dark: float = 0.0
    haze: float = 0.0


CLEAR = Weather()
WEATHERS = {
    "cloudy": Weather(clouds=0.66, gloom=0.22),
    "fog": Weather(clouds=0.0, gloom=0.8, haze=0.62),
    "rain": Weather(clouds=0.86, gloom=0.75, dark=0.14, haze=0.28),
    "snow": Weather(clouds=0.75, gloom=0.5, haze=0.25),
    "storm": Weather(clouds=0.92, gloom=0.85, dark=0.4, haze=0.18),
    "wind": Weather(clouds=0.42),
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
    turf = Meadow(_turf(brief, weather), lens, brief.seed + 3)
    layers = [Layer(1e6, lambda now: sky.draw(now.picture, now.view, now.time_s, down_to=0.03))]
    layers += [Layer(flat.depth_m, flat.draw) for flat in _hills(brief, weather)]
    layers += [_wood(brief, weather), Layer(END_M + 2, turf.draw), _trees(brief, weather)]
    layers += _near(brief)
    layers += _life(brief)
    if board.weather in FALLING:
        layers.append(Layer(0.5, Downpour(lens, light, brief.seed + 5, board.weather).draw))
    fair = board.weather not in FALLING and season_of(board) in {"spring", "summer"}
    fair = fair and light.lamps < 0.8
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={
            "ground": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(7.5, 40.0)),
            "air": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(8.0, 60.0), rise=(0.06, 0.34)),
        },
        ambient=AMBIENT if fair else (),
        holds=frozenset({"flower"}),
        shows=SHOWS | {"grass", "wind", "autumn", "spring", "summer", "winter", "dust"},
    )


def _turf(brief: Brief, weather: Weather) -> Turf:
    light, board = brief.light, brief.storyboard
    season, snow = season_of(board), snow_of(board)
    key, shade = np.array(light.key) / 255, np.array(light.ambient) / 255
    dim = 0.4 if light.lamps >= 1 else 1 - 0.3 * light.backlight

    def lit(colour: Colour, sun: float) -> Colour:
        white = np.array(whitened(colour, snow))
        red, green, blue = white * (shade * (0.55 - 0.12 * light.backlight) + key * sun * dim)
        return float(red), float(green), float(blue)

    tones = GRASS[season]
    bloom = BLOOMS.get(season, LATE)[season != "summer"]
    return Turf(
        eye_height_m=EYE_HEIGHT_M,
        grass_m=0.40 - 0.22 * snow,
        hills_m=1.6,
        end_m=END_M,
        ragged_m=12.0,
        haze_m=900 * math.exp(-5.2 * weather.haze),
        wind=gust_of(board.weather),
        roots=lit(scaled(tones[0], 0.5), 0.27),
        tips=lit(tones[2], 0.68),
        dry_roots=lit(scaled(tones[1], 0.55), 0.27),
        dry_tips=lit((190, 178, 92) if season != "spring" else tones[1], 0.68),
        haze=light.haze,
        bloom=lit(bloom, 0.7),
        flowers=0.68 if season in {"spring", "summer"} and not snow else 0.0,
        sun_across=(light.sun[0] - 0.5) * brief.lens.width,
        glow=0.75 * light.backlight * (0.4 if light.lamps >= 1 else 1.0),
    )


def _hills(brief: Brief, weather: Weather) -> list[Flat]:
    """Wooded hills in two ranks, blue with distance."""
    lens, light, seed = brief.lens, brief.light, brief.seed
    snow = snow_of(brief.storyboard)
    found = []
    for number, (depth_m, tall, haze) in enumerate(((4200.0, 0.17, 0.60), (1500.0, 0.10, 0.34))):
        line = fractal(1, STEPS, (3.2 + 2 * number) / STEPS, 1, 4, seed * 7 + number, ridged=False)[
            0
        ]
        skyline = np.maximum(line - np.float32(0.16), 0.02) * np.float32(tall * lens.height * 2)
        slope = Slope(
            depth_m=depth_m,
            skyline=np.asarray(skyline, np.float32),
            sink=30.0 * lens.height / 720,
            tree=(0.010 * lens.height * (1 + number), 0.016 * lens.height * (1 + number)),
            haze=min(haze + weather.haze * 0.8, 0.95),
            veil=0.35,
            bare=0.45,
            snow=0.7 * snow,
            ground=whitened((96, 118, 60), snow),
        )
        found.append(wooded(lens, light, seed + 31 + number, slope))
    if weather.haze > 0.2 or brief.storyboard.time == "dawn":
        found.append(
            mist(lens, light, seed + 35, depth_m=600, tall=0.20 * lens.height,
                 rise=0.03 * lens.height, thick=min(0.45 + weather.haze, 0.9))
        )  # fmt: skip
    return found


def _wood(brief: Brief, weather: Weather) -> Layer:
    """The edge of the wood where the meadow ends, open in places."""
    lens, board = brief.lens, brief.storyboard
    random = np.random.Generator(np.random.PCG64([brief.seed, 101]))
    depth_m = END_M + 20
    unit = lens.focal / depth_m
    canvas = Canvas(lens, 0.3 * lens.height, 26)
    count = int(canvas.width / (unit * 3.2))
    x = (random.random(count) - 0.5) * canvas.width
    groups = fractal(1, 256, 7 / 256, 1, 3, brief.seed + 9, ridged=False)[0]
    near = groups[((x / canvas.width + 0.5) * 255).astype(np.int64)]
    keep = near > 0.40
    x, near = x[keep], near[keep]
    tall = unit * (5 + 20 * (near - 0.36)) * (0.75 + 0.5 * random.random(len(x)))
    spots = np.stack([x, np.full(len(x), unit * EYE_HEIGHT_M + 2)], 1)
    kind = broadleaf(season_of(board), 0.5 * snow_of(board))
    shine = shine_of(brief.light, shade=0.5, key=0.6)
    treeline(random, canvas, spots, tall, kind, shine, sun_x=0.0)
    canvas.veil(brief.light, min(0.16 + weather.haze, 0.94))
    sheet = canvas.sheet(depth_m, wind=gust_of(board.weather), reach_px=0.8 * lens.height / 720)
    return Layer(depth_m, sheet.draw)


def _trees(brief: Brief, weather: Weather) -> Layer:
    """One or two old trees that stand alone, to one side."""
    lens, board = brief.lens, brief.storyboard
    random = np.random.Generator(np.random.PCG64([brief.seed, 102]))
    depth_m = 52.0
    unit = lens.focal / depth_m
    canvas = Canvas(lens, 0.7 * lens.height, unit * (EYE_HEIGHT_M + 1.5))
    foot = unit * (EYE_HEIGHT_M + 0.1)
    kind = broadleaf(season_of(board), 0.5 * snow_of(board))
    shine = shine_of(brief.light, shade=0.5, key=0.72)
    side = -1.0 if brief.seed % 2 else 1.0  # where the first subject is not
    spots = [(side * (0.24 + 0.14 * chance(brief.seed, 61, 5)), 12.5)]
    if chance(brief.seed, 62, 5) < 0.6:
        spots.append((-side * (0.40 + 0.08 * chance(brief.seed, 63, 5)), 9.0))
    for across, tall_m in spots:
        tall = tall_m * unit
        x = across * lens.width
        dark = np.array(brief.light.ambient, np.float32) * np.float32(0.16)
        for part in (0.55, 0.42, 0.30, 0.2):  # a shade without an edge
            shadow = [x, foot + 3, tall * part, tall * part * 0.07, 1.0, 0.0, *dark, 0.2, 0.3, 0.0]
            canvas.strew(np.array([shadow], np.float32))
        tree = round_tree(random, x, foot, tall, kind)
        canvas.grow(tree.limbs, shine)
        canvas.strew(
            leaves(random, tree.tips, kind, shine, leaf_px=max(tall * 0.0075, 1.1), each=34,
                   sun_x=(brief.light.sun[0] - 0.5) * lens.width, span=0.3 * lens.width)
        )  # fmt: skip
        feet = np.stack([x + random.normal(0, tall * 0.16, 60), np.full(60, foot + 4.0)], 1)
        canvas.strew(grass(random, feet, np.full(60, 0.4 * unit), _tones(brief), shine, each=7))
    canvas.veil(brief.light, min(0.05 + weather.haze * 0.8, 0.9))
    sheet = canvas.sheet(depth_m, wind=gust_of(board.weather), reach_px=1.8 * lens.height / 720)
    return Layer(depth_m, sheet.draw)


def _tones(brief: Brief) -> tuple[Colour, ...]:
    snow = snow_of(brief.storyboard)
    return tuple(whitened(tone, 0.5 * snow) for tone in GRASS[season_of(brief.storyboard)])


def _near(brief: Brief) -> list[Layer]:
    """Grass and flowers before our feet, in two sheets; the nearer one is out of focus."""
    lens, board = brief.lens, brief.storyboard
    random = np.random.Generator(np.random.PCG64([brief.seed, 103]))
    season, snow = season_of(board), snow_of(board)
    shine = shine_of(brief.light, shade=0.5, key=0.7)
    layers: list[Layer] = []
    room = lens.height - lens.horizon
    for depth_m, count, tall_m, blur in ((5.2, 420, 0.42, 0.0), (3.0, 90, 0.46, 1.6)):
        unit = lens.focal / depth_m
        low = room * (1.10 if depth_m > 4 else 1.22)
        canvas = Canvas(lens, 0.2 * lens.height, low + 0.05 * lens.height)
        x = (random.random(count) - 0.5) * canvas.width
        away = 1.0 if depth_m > 4 else np.clip(np.abs(x) / lens.width * 2.4, 0.15, 1.1)
        y = low - random.random(count) * 0.10 * lens.height * (depth_m > 4)
        order = np.argsort(y)
        tall = unit * tall_m * (0.5 + 0.6 * random.random(count)) * away * (1 - 0.55 * snow)
        spots = np.stack([x, y], 1)[order]
        canvas.strew(grass(random, spots, tall[order], _tones(brief), shine, each=7, spread=0.6))
        if not snow and season in FLOWERING:
            _flowerbed(canvas, random, spots, tall[order], season, shine)
        if blur:
            canvas.blur(blur * lens.height / 720)
        reach = 7.0 * lens.height / 720
        sheet = canvas.sheet(depth_m, wind=gust_of(board.weather), reach_px=reach)
        layers.append(Layer(depth_m, sheet.draw))
    return layers


def _flowerbed(
    canvas: Canvas, random: Random, spots: Numbers, tall: Numbers, season: str, shine: Shine
) -> None:
    """Flowers among the grass, in drifts of one kind."""
    kinds = BLOOMS[season]
    chosen = np.flatnonzero(random.random(len(spots)) < FLOWERING[season])
    drift = (spots[:, 0] / (0.11 * canvas.width) + spots[:, 1] * 0.02 + 40).astype(np.int64)
    for number in np.unique(drift[chosen]):
        here = chosen[drift[chosen] == number]
        first = int(number) * 7 % len(kinds)
        petals = (kinds[first], kinds[first], kinds[(first + 1) % len(kinds)])
        high = np.maximum(tall[here], 0.5 * float(np.mean(tall))) * 1.25
        canvas.strew(flowers(random, spots[here], high, petals, (84, 122, 52), shine))


def _life(brief: Brief) -> list[Layer]:
    lens, light, board = brief.lens, brief.light, brief.storyboard
    wind, season = gust_of(board.weather), season_of(board)
    layers: list[Layer] = []
    if board.weather in FALLING or snow_of(board):
        return layers
    if light.lamps >= 1:
        return [Layer(6.0, fireflies(lens, brief.seed).draw)]
    seeds = Swarm(
        count=44, depth_m=(4, 16), size_m=0.009, colours=((255, 252, 236),), fall=-0.02,
        wind=0.03 * wind, sway=0.03, strength=0.7, blink=0.5, low=-0.16, high=0.4,
    )  # fmt: skip
    layers.append(Layer(4.6, Motes(lens, seeds, brief.seed).draw))
    if season == "autumn" or wind > 2:
        lit = shine_of(light).on(np.array(LEAVES[season], np.float32), 0.8)
        drift = Swarm(
            count=34, depth_m=(4, 16), size_m=0.05,
            colours=tuple((float(r), float(g), float(b)) for r, g, b in lit),
            fall=0.13, wind=0.09 * wind, sway=0.03, strength=1.0,
        )  # fmt: skip
        layers.append(Layer(4.4, Falling(lens, drift, brief.seed).draw))
    return layers
