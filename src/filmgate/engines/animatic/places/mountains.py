"""High mountains over a meadow or a lake."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.kernels.noise import chance, fractal
from filmgate.engines.animatic.meadow import Meadow, Turf
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.sky import SHOWS, Sky, cloudiness
from filmgate.engines.animatic.stage import Disc, Lens
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.terrain import SNOW, Flat, Range, Rock, breadth, ridges
from filmgate.engines.animatic.water import Surface, Water
from filmgate.engines.animatic.woods import Slope, grove, mist, wooded

AMBIENT = (Mention("eagle", 2),)

EYE_HEIGHT_M = 6.0
REACH_M = 40.0
FOREST_M = 250.0
"""Where the meadow or the lake ends and the forest begins."""
MEADOW_GREEN: Colour = (84, 108, 50)
GROVE_M = 112.0
SEEDS = 1 << 31
"""Kernels want small whole numbers."""
STEPS = 512
"""Points of a skyline."""
WATERS = frozenset({"lake", "river", "reflection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    clouds: float
    haze: float = 0.0
    mist: float = 1.0
    snow: float = 0.0
    """1: the land is white to its foot."""
    wind: float = 1.0
    gloom: float = 0.0
    """How much of the sky's colour and of the sun is lost, 0..1."""
    dark: float = 0.0


CLEAR = Weather(clouds=0.26)
WEATHERS = {
    "clear": CLEAR,
    "cloudy": Weather(clouds=0.6, haze=0.05, gloom=0.15),
    "fog": Weather(clouds=0.0, haze=0.36, mist=1.7, wind=0.4, gloom=0.85),
    "rain": Weather(clouds=0.8, haze=0.20, mist=1.3, gloom=0.65, dark=0.12),
    "snow": Weather(clouds=0.7, haze=0.18, mist=1.2, snow=1.0, wind=0.6, gloom=0.5),
    "storm": Weather(clouds=0.85, haze=0.14, mist=1.1, wind=2.2, gloom=0.8, dark=0.35),
    "wind": Weather(clouds=0.35, wind=2.2),
}


def build(brief: Brief) -> World:
    weather = WEATHERS.get(brief.storyboard.weather, CLEAR)
    seed = brief.seed % SEEDS
    brief = replace(brief, light=gloomy(brief.light, weather.gloom, weather.dark), seed=seed)
    lake = _has_lake(brief)
    clouds, wind = cloudiness(weather.clouds, brief.storyboard.features)
    sky = Sky(brief.lens, brief.light, brief.seed, clouds=clouds, wind=wind)
    meadow = Meadow(_turf(brief, weather, lake=lake), brief.lens, brief.seed + 3)

    def draw_sky(now: Instant) -> None:
        sky.draw(now.picture, now.view, now.time_s, down_to=0.16)

    layers = [Layer(1e6, draw_sky), Layer(FOREST_M - 2, meadow.draw)]
    layers += [Layer(flat.depth_m, flat.draw) for flat in _scenery(brief, weather, lake=lake)]
    if brief.storyboard.weather in FALLING:
        fall = Downpour(brief.lens, brief.light, brief.seed + 5, brief.storyboard.weather)
        layers.append(Layer(0.5, fall.draw))
    nearest = _nearest_m(brief.lens)
    farthest = nearest * 1.38 if lake else 64.0
    ground = Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(nearest * 1.15, farthest))
    air = Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(30.0, 200.0), rise=(0.16, 0.42))
    grounds = {"ground": ground, "air": air}
    if lake:
        layers.append(_lake(brief, sky, weather.gloom))
        grounds["water"] = Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(46.0, 160.0), reflects=0.6)
    return World(
        lens=brief.lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=brief.light,
        grounds=grounds,
        ambient=AMBIENT,
        shows=SHOWS | WATERS | {"snow", "grass"},
    )


def _nearest_m(lens: Lens) -> float:
    """Where the lower edge of the frame meets the ground."""
    return lens.focal * EYE_HEIGHT_M / max(lens.height - lens.horizon, 1.0)


def _has_lake(brief: Brief) -> bool:
    """As the prompt says; else by the seed, but not where the mountains stand in for a field."""
    board = brief.storyboard
    if not board.allows("lake", "water"):
        return False
    if WATERS.intersection(board.features):
        return True
    if "meadow" in board.features or not board.place_named:
        return False
    return chance(brief.seed, 1, 5) < 0.45


def _lake(brief: Brief, sky: Sky, gloom: float) -> Layer:
    light = brief.light
    surface = Surface(
        eye_height_m=EYE_HEIGHT_M,
        roughness=0.34,
        glitter=(0.35 + light.backlight * 0.5) * (1 - gloom),
    )
    water = Water(surface, brief.seed + 2, body=light.water, shine=light.glitter)
    # Ridges hide much of the low sun, so there is no round image to take out of the mirror.
    sun = Disc(sky.sun.across, sky.sun.down, 0.0)

    def draw_water(now: Instant) -> None:
        water.draw(now.picture, now.view, now.time_s, sun)

    return Layer(FOREST_M - 1, draw_water)


class _Composition:
    """Where the pass and the summits stand. A low sun stands in the pass, between two walls."""

    def __init__(self, brief: Brief) -> None:
        lens, light, self._seed = brief.lens, brief.light, brief.seed
        self.unit = 0.30 * lens.height + 0.08 * lens.width
        span = breadth(lens) / max(lens.width, lens.height)
        self._across = (np.linspace(-0.5, 0.5, STEPS) * span).astype(np.float32)
        low_sun = light.sun[1] < 0.2
        scale = lens.width / max(lens.width, lens.height)
        where = light.sun[0] - 0.5 if low_sun else (chance(self._seed, 2, 5) - 0.5) * 0.36
        self._pass = where * scale
        if abs(where) < 0.05:
            self._side = 1.0 if chance(self._seed, 4, 5) < 0.5 else -1.0
        else:
            self._side = -1.0 if where > 0 else 1.0
        self._summit = self._pass + self._side * (0.22 + 0.14 * chance(self._seed, 3, 5))

        # The frame of near trees stands against the lower wall.
        self.grove_x = -self._side * (0.34 + 0.08 * chance(self._seed, 9, 5))

    def far(self) -> Floats:
        return _to_one((0.62 + self._rough(3, 18) * 1.2) * self._gap(0.12, 0.40))

    def high(self) -> Floats:
        """The great summit, lesser ones beside it, and the wall beyond the pass."""
        side, summit = self._side, self._summit
        line = 0.42 + 0.46 * self._peak(summit, 0.14) + 0.14 * self._peak(summit, 0.03)
        line += 0.26 * self._peak(summit + side * (0.2 + 0.1 * chance(self._seed, 6, 5)), 0.08)
        line += (0.25 + 0.3 * chance(self._seed, 7, 5)) * self._peak(self._pass - side * 0.38, 0.12)
        return _to_one((line + self._rough(1, 16) * 0.38) * self._gap(0.15, 0.74))

    def near(self) -> Floats:
        line = 0.40 + self._rough(2, 11) * 0.8
        line += 0.6 * self._peak(self._pass - self._side * 0.36, 0.16)
        line += 0.3 * self._peak(self._summit + self._side * 0.24, 0.14)
        return _to_one(line * self._gap(0.22, 0.7))

    def hills(self) -> Floats:
        line = (0.21 + self._rough(4, 5) * 0.45) * self._gap(0.3, 0.78)
        return np.asarray(np.maximum(line, 0.01) * self.unit, np.float32)

    def forest(self) -> Floats:
        """How the forest's edge rises to both sides."""
        line = np.maximum(0.03 + self._rough(5, 6) * 0.4, 0) * self._gap(0.34, 1.0)
        return np.asarray(line * self.unit, np.float32)

    def _gap(self, wide: float, deep: float) -> Floats:
        off = (self._across - self._pass) / np.float32(wide)
        return np.asarray(1 - np.float32(deep) * np.exp(-off * off), np.float32)

    def _peak(self, x: float, wide: float) -> Floats:
        return np.asarray(np.exp(-np.abs(self._across - np.float32(x)) / wide), np.float32)

    def _rough(self, number: int, pace: float) -> Floats:
        line = fractal(1, STEPS, pace / STEPS, 1, 5, self._seed * 7 + number, ridged=False)[0]
        return np.asarray(line - np.float32(0.47), np.float32)


def _to_one(line: Floats) -> Floats:
    line = np.maximum(line, 0.05)
    return np.asarray(line / line.max(), np.float32)


def _ranges(brief: Brief, weather: Weather, plan: _Composition, murk: float) -> list[Flat]:
    """Far range and great summits in one flat, the near wall in another."""
    unit = plan.unit
    white = max(weather.snow, 0.5 if "snow" in brief.storyboard.features else 0.0)
    line = 1 - 0.8 * white
    far = Range(
        depth_m=9000,
        tall=0.52 * unit,
        sink=0.06 * unit,
        crest=plan.far(),
        haze=min(0.66 + murk, 0.95),
        snow=0.35 * line,
        cells=48,
    )
    high = Range(
        depth_m=4000,
        tall=unit,
        sink=0.06 * unit,
        crest=plan.high(),
        haze=min(0.22 + murk * 1.3, 0.9),
        snow=0.44 * line,
        green=0.2,
    )
    near = Range(
        depth_m=1800,
        tall=0.58 * unit,
        sink=0.10 * unit,
        crest=plan.near(),
        haze=min(0.10 + murk * 1.1, 0.8),
        snow=0.84 * line,
        green=0.72,
        wood=0.46,
        cells=60,
    )
    lens, seed = brief.lens, brief.seed
    rock = Rock(lens, seed)
    return [
        ridges(lens, brief.light, seed * 11, far, high, rock=rock),
        ridges(lens, brief.light, seed * 11 + 2, near, rock=rock),
    ]


def _scenery(brief: Brief, weather: Weather, *, lake: bool) -> list[Flat]:
    lens, light, seed = brief.lens, brief.light, brief.seed
    plan = _Composition(brief)
    unit = plan.unit
    murk = weather.haze + (0.10 if light.sun[1] < 0.2 else 0.0)
    flats = _ranges(brief, weather, plan, murk)
    hills = Slope(
        depth_m=600,
        skyline=plan.hills(),
        sink=0.22 * unit,
        tree=(0.05 * unit, 0.075 * unit),
        haze=0.10 + murk * 0.8,
        snow=weather.snow * 0.7,
    )
    level = 0.0 if lake else -lens.focal * EYE_HEIGHT_M / FOREST_M
    edge = Slope(
        depth_m=FOREST_M + 10,
        skyline=plan.forest() + np.float32(level),
        sink=0.14 * unit,
        tree=(0.17 * unit, 0.24 * unit),
        spacing=0.24,
        haze=0.02 + weather.haze * 1.1,
        veil=0.25,
        bare=0.30,
        ground=_white(MEADOW_GREEN, weather.snow),
        snow=weather.snow * 0.6,
    )
    flats += [wooded(lens, light, seed + 21, hills), wooded(lens, light, seed + 22, edge)]
    if not lake:
        flats.append(
            grove(
                lens,
                light,
                seed + 23,
                depth_m=GROVE_M,
                across=plan.grove_x * lens.width,
                down=lens.focal * EYE_HEIGHT_M / GROVE_M,
                tall=(0.62 + 0.2 * chance(seed, 8, 5)) * unit,
                haze=weather.haze * 0.7,
                snow=weather.snow * 0.5,
            )
        )
    banks = [(1500, 0.5, 0.12, 0.75), (400, 0.36, 0.05, 0.7)]
    if weather.haze > 0.3:  # fog stands as high as the summits
        banks.append((3000, 1.3, 0.5, 0.5))
    for number, (depth_m, tall, rise, thick) in enumerate(banks):
        flats.append(
            mist(
                lens,
                light,
                seed + 31 + number,
                depth_m=depth_m,
                tall=tall * unit * (0.7 + 0.3 * weather.mist),
                rise=rise * unit,
                thick=min(thick * weather.mist, 0.96),
            )
        )
    return flats


def _white(colour: Colour, snow: float) -> Colour:
    """A colour under so much snow."""
    red, green, blue = (
        part + (full - part) * snow for part, full in zip(colour, SNOW, strict=True)
    )
    return red, green, blue


def _turf(brief: Brief, weather: Weather, *, lake: bool) -> Turf:
    """A slope of grass to the forest, or a bank of it before the lake."""
    light = brief.light
    key, shade = np.array(light.key) / 255, np.array(light.ambient) / 255
    dim = 0.4 if light.lamps >= 1 else 1 - 0.3 * light.backlight

    def lit(colour: Colour, sun: float) -> Colour:
        white = np.array(_white(colour, weather.snow))
        red, green, blue = white * (shade * (0.55 - 0.12 * light.backlight) + key * sun * dim)
        return float(red), float(green), float(blue)

    return Turf(
        eye_height_m=EYE_HEIGHT_M,
        grass_m=0.42 - 0.26 * weather.snow,
        end_m=_nearest_m(brief.lens) * 1.62 if lake else FOREST_M - 4,
        spacing=0.16 if lake else 0.30,
        ragged_m=_nearest_m(brief.lens) * 0.25 if lake else 0.0,
        haze_m=900 * math.exp(-6 * weather.haze),
        wind=weather.wind,
        roots=lit((40, 58, 30), 0.27),
        tips=lit((116, 152, 64), 0.68),
        dry_roots=lit((62, 70, 36), 0.27),
        dry_tips=lit((176, 174, 90), 0.68),
        haze=light.haze,
        bloom=lit((250, 244, 250), 0.6),
        flowers=0.0 if weather.snow else 0.62,
        sun_across=(light.sun[0] - 0.5) * brief.lens.width,
        glow=0.75 * light.backlight * (0.4 if light.lamps >= 1 else 1.0),
    )
