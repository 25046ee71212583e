"""What the hour and the weather outside do to the light in a room, and what floats in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.colours import Colour, Floats, ramp
from filmgate.engines.animatic.daylight import Daylight, gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.interior import Interior
from filmgate.engines.animatic.lights import light, shine_rows
from filmgate.engines.animatic.scene import Brief, Instant, Layer
from filmgate.engines.animatic.sky import Sky
from filmgate.engines.animatic.skyline import FAR, NEAR, Skyline
from filmgate.engines.animatic.stage import Lens

GLOOM = {"cloudy": 0.35, "fog": 0.6, "rain": 0.7, "snow": 0.6, "storm": 0.9}
CLOUDS = {"clear": 0.3, "cloudy": 0.65, "fog": 0.0, "rain": 0.85, "snow": 0.8, "storm": 0.9}
LAMPLIGHT: Colour = (1.0, 0.75, 0.48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indoors:
    """Light of 1 shows a white surface white."""

    window: Colour
    ambient: Colour
    sun: tuple[float, float, float]
    """Where it stands: right, up, ahead."""
    sun_light: Colour
    lamps: float
    """0 off, 1 fully on."""


def indoors(daylight: Daylight, *, side: int, gloom: float) -> Indoors:
    """``side`` is the wall (-1 left, 1 right) through which the sun looks in."""
    day = 1 - daylight.lamps
    sky = np.mean([ramp(np.array([h], np.float32), daylight.sky)[0] for h in (0.1, 0.3, 0.7)], 0)
    sky = sky / 255
    # Windows are brighter than what they light, and the eye takes part of their colour off.
    sky = sky + (sky.mean() - sky) * 0.5
    window = sky * (0.5 + 8.0 * day)
    key = np.array(daylight.key) / 255
    low = daylight.sun[1] < 0.3
    strength = (1 - gloom) ** 3 * (2.6 if low else 2.2) * max(day, 0.0)
    if daylight.stars >= 1:
        strength = 0.16 * (1 - gloom)
    lamps = min(1.0, max(0.0, daylight.lamps * 1.25 - 0.1) + 0.25 * gloom)
    warm = np.array((1.10, 1.0, 0.88))
    ambient = sky * warm * (0.05 + 1.0 * day) + np.array(LAMPLIGHT) * 0.26 * lamps
    return Indoors(
        window=_colour(window),
        ambient=_colour(ambient),
        sun=(side * 0.82, 0.34 if low else 0.62, 0.30),
        sun_light=_colour(key * strength),
        lamps=lamps,
    )


def times(colour: Colour, share: float) -> Colour:
    return colour[0] * share, colour[1] * share, colour[2] * share


def added(colour: Colour, white: float) -> Colour:
    return colour[0] + white, colour[1] + white, colour[2] + white


def _colour(values: NDArray[np.float32] | NDArray[np.float64]) -> Colour:
    return float(values[0]), float(values[1]), float(values[2])


class Outlook:
    """The world behind a room's windows: sky, a town, and what falls."""

    def __init__(self, brief: Brief, *, up_m: float) -> None:
        weather = brief.storyboard.weather
        self._brief, self._up_m, self._weather = brief, up_m, weather
        self.gloom = GLOOM.get(weather, 0.0)
        self.light = gloomy(brief.light, self.gloom * 0.8, 0.3 if weather == "storm" else 0.0)

    def layers(self, interior: Interior) -> list[Layer]:
        brief, light, weather = self._brief, self.light, self._weather
        lens = brief.lens
        random = np.random.Generator(np.random.PCG64([brief.seed, 61]))
        sky = Sky(lens, light, brief.seed, clouds=CLOUDS.get(weather, 0.3))

        def draw_sky(now: Instant) -> None:
            interior.fill(now)
            for spans in interior.openings(now.view):
                sky.draw(now.picture, now.view, now.time_s, spans=spans)

        layers = [Layer(1e6, draw_sky)]
        for rows in (FAR, NEAR):
            foot_px = lens.focal * self._up_m / rows[-1].depth_m
            town = Skyline(
                lens, light, random, rows, vanish=0.0, foot_px=foot_px, fog=self.gloom,
                spans=interior.openings,
            )  # fmt: skip
            layers.append(Layer(1e5 + rows[-1].depth_m, town.draw))
        if weather in FALLING:
            layers.append(Layer(1e4, Downpour(lens, light, brief.seed + 3, weather).draw))
        return layers


def in_here(daylight: Daylight, inside: Indoors, lamp: Colour = LAMPLIGHT) -> Daylight:
    """The light that falls on who stands in the room."""
    lamps = np.array(lamp) * inside.lamps
    soft = np.clip(
        np.array(inside.ambient) * 0.8 + np.array(inside.window) * 0.04 + lamps * 0.35, 0, 1
    )
    key = np.clip(np.array(inside.window) * 0.12 + lamps * 0.8, 0.05, 1)
    return replace(
        daylight, ambient=_colour(soft * 235), key=_colour(key * 255), backlight=0.2,
        stars=min(daylight.stars, 0.9), haze=_colour(soft * 200),
    )  # fmt: skip


class Dust:
    """Specks that hang in the light and drift."""

    def __init__(
        self, lens: Lens, colour: Colour, strength: float, seed: int, count: int = 46
    ) -> None:
        random = np.random.Generator(np.random.PCG64(seed))
        self._lens = lens
        self._spot = random.random((count, 5))
        unit = lens.width / 1280
        rows = []
        for a, *_ in self._spot:
            size = (0.9 + 2.2 * a**4) * unit
            rows.append(light((0, 0), (size, size), colour, strength * (1 - 0.5 * a), hard=1.6))
        self._rows: Floats = np.array(rows, np.float32)

    def draw(self, now: Instant) -> None:
        rows, lens, view = self._rows.copy(), self._lens, now.view
        s, t = self._spot, now.time_s
        x = (
            (s[:, 1] + 0.012 * t * (s[:, 3] - 0.3)) % 1.0
            - 0.5
            + 0.01 * np.sin(t * 0.7 + 6.3 * s[:, 2])
        )
        y = (
            (s[:, 2] - 0.010 * t * (0.3 + s[:, 4])) % 1.0
            - 0.55
            + 0.008 * np.sin(t * 0.9 + 6.3 * s[:, 1])
        )
        for i in range(len(rows)):
            depth = 4.0 + 5.0 * s[i, 0]
            rows[i, 0], rows[i, 1] = view.place(x[i] * 1.2 * lens.width, y[i] * lens.height, depth)
            rows[i, 4:7] *= 0.45 + 0.55 * np.sin(t * (0.5 + s[i, 3]) + 6.3 * s[i, 4])
        shine_rows(now.picture, rows)
