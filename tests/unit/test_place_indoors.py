"""Rooms: lit by the hour and the weather, whole under every camera move, by seed, alive."""

from __future__ import annotations

from functools import cache
from importlib import import_module

import numpy as np
import pytest

from filmgate.domain.request import Camera
from filmgate.engines.animatic.camera import Pose, move_of
from filmgate.engines.animatic.daylight import HOURS
from filmgate.engines.animatic.interior import Chamber, Interior, Surface, ball, box, cone
from filmgate.engines.animatic.kernels import trace
from filmgate.engines.animatic.kernels.beams import beams
from filmgate.engines.animatic.scene import Brief, Film, Instant, Place, World
from filmgate.engines.animatic.stage import Lens, Scratch, View
from filmgate.engines.animatic.storyboard import Storyboard
from filmgate.media.encode import Picture

WIDTH, HEIGHT = 256, 144
ROOMS = ("room", "office", "stage")
Planes = tuple[np.ndarray, np.ndarray, np.ndarray]


@cache
def build(place: str, hour: str = "day", weather: str = "clear", seed: int = 7) -> World:
    lens = Lens(WIDTH, HEIGHT, 0.9 * WIDTH, 0.56 * HEIGHT)
    board = Storyboard(place=place, place_named=True, time=hour, weather=weather)
    module: Place = import_module(f"filmgate.engines.animatic.places.{place}")
    return module.build(Brief(lens=lens, storyboard=board, light=HOURS[hour], seed=seed))


def draw(world: World, number: int = 0, *, camera: Camera | None = None, before: int = 0) -> Planes:
    picture = Picture.blank(WIDTH, HEIGHT)
    for plane in (picture.y, picture.u, picture.v):
        plane[:] = before
    film = Film(world, move_of(camera, ()), fps=24, frames=120)
    film.draw(number, picture, Scratch(WIDTH, HEIGHT))
    return picture.y.copy(), picture.u.copy(), picture.v.copy()


@pytest.mark.parametrize("place", ROOMS)
def test_a_seed_is_a_composition(place: str) -> None:
    one = draw(build(place))
    build.cache_clear()
    again = draw(build(place))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    other = draw(build(place, seed=8))
    assert np.abs(one[0].astype(int) - other[0].astype(int)).mean() > 4


@pytest.mark.parametrize("place", ROOMS)
@pytest.mark.parametrize(
    "camera", [Camera(tilt=10, zoom=10), Camera(pan=-10, tilt=-10), Camera(horizontal=10, roll=8)]
)
def test_nothing_of_an_old_frame_shines_through(place: str, camera: Camera) -> None:
    world = build(place)
    one, other = (draw(world, 119, camera=camera, before=level) for level in (0, 255))
    assert np.abs(one[0].astype(int) - other[0].astype(int)).max() <= 2


@pytest.mark.parametrize("place", ROOMS)
def test_a_room_lives_while_the_camera_stands(place: str) -> None:
    world = build(place, "night")
    one, later = (draw(world, n, camera=Camera())[0].astype(int) for n in (6, 60))
    assert np.mean(np.abs(one - later) > 2) > 0.004


@pytest.mark.parametrize("place", ["room", "office"])
def test_the_hour_and_the_weather_come_in_by_the_window(place: str) -> None:
    day, night, rain = (
        draw(build(place, hour, weather))
        for hour, weather in (("day", "clear"), ("night", "clear"), ("day", "rain"))
    )
    assert day[0].mean() > night[0].mean() + 25
    # Lamps are warm: red over blue where the day's light was even.
    warmth = [
        float((planes[2].astype(int) - planes[1].astype(int)).mean()) for planes in (day, night)
    ]
    assert warmth[1] > warmth[0]
    # The sun's patch on the floor is gone.
    floor = slice(int(HEIGHT * 0.82), None)
    assert day[0][floor].std() > rain[0][floor].std() + 4


@pytest.mark.parametrize("size", [(144, 256), (160, 160)])
@pytest.mark.parametrize("place", ROOMS)
def test_other_shapes_of_frame(place: str, size: tuple[int, int]) -> None:
    lens = Lens(*size, 0.9 * max(size), 0.58 * size[1])
    board = Storyboard(place=place, place_named=True, time="dusk", weather="snow")
    module: Place = import_module(f"filmgate.engines.animatic.places.{place}")
    world = module.build(Brief(lens=lens, storyboard=board, light=HOURS["dusk"], seed=3))
    picture = Picture.blank(*size)
    Film(world, move_of(None, ()), fps=24, frames=24).draw(23, picture, Scratch(*size))
    assert picture.y.std() > 8


# --- rays --------------------------------------------------------------------------------------


def row(shape: list[float]) -> np.ndarray:
    return np.array(shape, np.float32)


def test_rays_meet_what_stands_in_their_way() -> None:
    white = (255.0, 255.0, 255.0)
    for shape in (
        box((0, 1, 5), (1, 1, 1), white),
        box((0, 1, 5), (1, 1, 1), white, soft=0.3),
        ball((0, 1, 5), (1, 1, 1), white),
        cone((0, 0, 5), 2, 1, white),
    ):
        assert trace.hit(row(shape), 0, 1, 0, 0, 0, 1) == pytest.approx(4, abs=0.01)
        assert trace.hit(row(shape), 0, 1, 0, 0, 0.5, 1) == trace.FAR
        assert trace.normal(row(shape), 0, 1, 4) == pytest.approx((0, 0, -1), abs=0.02)


def test_a_thing_throws_a_shadow_and_a_window_gives_light() -> None:
    room = np.array([4, 3, 9, 1.5, 0.1, 0.1, 0.1, 0, 1, 0, 0, 0, 0], np.float32)
    window = np.array([[1, 0, 2.9, 5, 0.5, 0, 0.5, 4, 4, 4, 0, 0]], np.float32)
    none, lamps = np.zeros((0, trace.SHAPE), np.float32), np.zeros((0, 7), np.float32)
    table = row(box((0, 1, 5), (0.9, 0.02, 0.9), (9, 9, 9)))[None]
    seen = []
    for shapes in (none, table):
        out = np.zeros(3, np.float32)
        trace.lit(shapes, window, lamps, room, (0.0, 0.0, 5.0), (0.0, 1.0, 0.0), 5, out)
        seen.append(float(out[0]))
    assert seen[0] > 3 * seen[1]


def test_a_window_is_a_hole_in_the_wall() -> None:
    plain = Surface(colour=(200, 200, 200), material=0)
    room = Chamber(
        wide=3, tall=3, deep=8, eye=1.5, walls=plain, back=plain, floor=plain, ceiling=plain,
        ambient=(0.5, 0.5, 0.5),
    )  # fmt: skip
    room.window("z", (0.0, 1.5, 8.0), (1.0, 0.8), (1.0, 1.0, 1.0))
    lens = Lens(WIDTH, HEIGHT, 0.9 * WIDTH, 0.5 * HEIGHT)
    interior = Interior(lens, room)
    picture = Picture.blank(WIDTH, HEIGHT)
    picture.y[:] = 200
    now = Instant(picture, View(lens, Pose(), 5.0), 0.0, Scratch(WIDTH, HEIGHT))
    interior.draw(now)
    assert picture.y[HEIGHT // 2, WIDTH // 2] == 200
    assert picture.y[HEIGHT // 2, 20] != 200
    (spans,) = interior.openings(now.view)
    left, right = spans[HEIGHT // 4]
    assert 0 < left < WIDTH // 2 < right < WIDTH
    assert spans[0, 0] >= spans[0, 1]


def test_beams_add_light_where_they_fall() -> None:
    y = np.full((60, 80), 40, np.uint8)
    u, v = (np.full((30, 40), 128, np.uint8) for _ in range(2))
    beams(y, u, v, np.array([[40, 5, 40, 55, 2, 12, 60, 10, -10, 0.4]], np.float32))
    assert y[12, 40] > 60
    assert (y[:, :20] == 40).all()
    assert (y[:4] == 40).all()
    assert u[10, 20] > 128 > v[10, 20]
