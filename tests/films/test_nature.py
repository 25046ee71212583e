"""Places of nature: whole frames under every camera, alive, and changed by hour, weather and season
the way that the words say."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from tests.films.seeing import Frame, changed, order_of, painted, small_output, still

from filmgate.domain.request import Camera, CameraPreset, TextToVideo
from filmgate.engines.animatic.engine import film_of

FAR = slice(30, 110)
"""Rows where the distance is."""
OUTPUT = small_output(320, 180, fps=8)
TALL = small_output(180, 320, fps=8)
UNDER_SKY = (
    "forest",
    "lake",
    "river",
    "desert",
    "meadow",
    "savanna",
    "snowland",
    "above the clouds",
)
"""Places that have a sky, and so all hours and weathers."""
PLACES = (*UNDER_SKY, "underwater", "outer space")
HOURS = ("dawn", "day", "golden hour", "sunset", "dusk", "night", "moonlight")
WEATHERS = ("cloudy", "foggy", "rain", "snowing", "storm", "strong wind")
CAMERAS = (
    Camera(preset=CameraPreset.DOWN_BACK),
    Camera(preset=CameraPreset.RIGHT_TURN_FORWARD),
    Camera(zoom=10, pan=10),
    Camera(zoom=10, horizontal=-10, pan=-10),
)


def seen(prompt: str, *, number: int = 0) -> Frame:
    return painted(prompt, OUTPUT, number=number).rgb


def light(frame: Frame) -> float:
    return float(frame.mean())


def tint(frame: Frame) -> float:
    """How much redder than blue."""
    return float(frame[..., 0].mean() - frame[..., 2].mean())


def detail(frame: Frame) -> float:
    """How much neighbours differ: what fog takes away."""
    grey = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)  # without dither
    grey = grey.astype(np.float32).mean(axis=2)
    return float(np.abs(np.diff(grey, axis=1)).mean())


@cache
def made(prompt: str, camera: Camera, *, tall: bool = False) -> bool:
    """Whether any pixel of the last frame depends on what was there before it was painted."""
    output = TALL if tall else OUTPUT
    film, _ = film_of(
        order_of(TextToVideo(prompt=prompt, camera=camera), output), {}, lambda _: None
    )
    last = round(output.fps * output.duration_s) - 1
    return not changed(still(film, output, last), still(film, output, last, over=255)).any()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("camera", CAMERAS)
def test_every_pixel_is_painted_wherever_the_camera_goes(place: str, camera: Camera) -> None:
    assert made(place, camera)
    assert made(place, camera, tall=True)


@pytest.mark.parametrize("place", UNDER_SKY)
def test_hours_differ_as_their_light_does(place: str) -> None:
    by_hour = {hour: seen(f"{place} at {hour}") for hour in HOURS}
    brightest = light(by_hour["day"])
    assert light(by_hour["night"]) < 0.5 * brightest
    assert light(by_hour["dusk"]) < 0.8 * brightest
    assert tint(by_hour["sunset"]) > tint(by_hour["day"]) + 15
    assert tint(by_hour["golden hour"]) > tint(by_hour["day"]) + 15
    assert tint(by_hour["moonlight"]) < 0
    shades = list(by_hour.values())
    for number, one in enumerate(shades):
        for other in shades[:number]:
            assert np.abs(one.astype(int) - other).mean() > 4


@pytest.mark.parametrize("place", UNDER_SKY)
@pytest.mark.parametrize("weather", WEATHERS)
def test_weather_shows(place: str, weather: str) -> None:
    clear, other = seen(f"{place} by day"), seen(f"{place} by day, {weather}")
    assert np.abs(clear.astype(int) - other).mean() > (1.5 if weather == "strong wind" else 4)
    if weather == "foggy":
        assert detail(other[FAR]) < 0.8 * detail(clear[FAR])
    if weather == "storm":
        assert light(other) < 0.75 * light(clear)
    if weather == "snowing" and place not in {"snowland", "above the clouds"}:
        assert other.min(axis=2)[100:].mean() > clear.min(axis=2)[100:].mean()


@pytest.mark.parametrize("place", PLACES)
def test_place_lives_while_the_camera_stands(place: str) -> None:
    first, later = (seen(f"{place}, static shot", number=number) for number in (0, 7))
    moved = np.abs(first.astype(int) - later).max(axis=2) > 6
    assert moved.mean() > 0.02


def test_seasons_of_the_forest() -> None:
    summer, autumn, winter, spring = (
        seen(f"{season} forest by day") for season in ("summer", "autumn", "winter", "spring")
    )
    green = {
        name: float((frame[..., 1].astype(int) - frame[..., 0]).mean())
        for name, frame in (("summer", summer), ("autumn", autumn), ("winter", winter))
    }
    assert green["summer"] > 15
    assert tint(autumn) > 40
    assert green["autumn"] < 0
    assert abs(green["winter"]) < 12
    assert winter[120:].mean() > summer[120:].mean() + 40
    assert light(spring) > light(summer)
