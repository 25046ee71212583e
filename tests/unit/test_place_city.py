"""The city: whole frames under every camera move, by seed, alive at night."""

from __future__ import annotations

import numpy as np
import pytest

from filmgate.domain.request import Camera, CameraPreset
from filmgate.engines.animatic.camera import move_of
from filmgate.engines.animatic.daylight import HOURS
from filmgate.engines.animatic.kernels.sparks import sparks
from filmgate.engines.animatic.lights import light
from filmgate.engines.animatic.places import city
from filmgate.engines.animatic.scene import Brief, Film, World
from filmgate.engines.animatic.stage import Lens, Scratch
from filmgate.engines.animatic.storyboard import Storyboard
from filmgate.media.encode import Picture

WIDTH, HEIGHT = 320, 180


def build(hour: str = "night", *, seed: int = 7, weather: str = "clear") -> World:
    lens = Lens(WIDTH, HEIGHT, 0.9 * WIDTH, 0.56 * HEIGHT)
    board = Storyboard(place="city", place_named=True, time=hour, weather=weather)
    return city.build(Brief(lens=lens, storyboard=board, light=HOURS[hour], seed=seed))


def draw(
    world: World, number: int = 0, *, camera: Camera | None = None, before: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    picture = Picture.blank(WIDTH, HEIGHT)
    for plane in (picture.y, picture.u, picture.v):
        plane[:] = before
    film = Film(world, move_of(camera, ()), fps=24, frames=120)
    film.draw(number, picture, Scratch(WIDTH, HEIGHT))
    return picture.y.copy(), picture.u.copy(), picture.v.copy()


def same(one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def night() -> World:
    return build()


def test_a_seed_is_a_composition(night: World) -> None:
    assert same(draw(night), draw(build()))
    first, other = draw(night)[0].astype(int), draw(build(seed=8))[0].astype(int)
    assert np.abs(first - other).mean() > 8


def test_frames_may_be_drawn_in_any_order(night: World) -> None:
    late = draw(night, 100)
    draw(night, 3)
    assert same(late, draw(night, 100))


def test_nothing_of_an_old_frame_shines_through(night: World) -> None:
    for camera in (
        Camera(tilt=10, pan=-5, zoom=10),
        Camera(tilt=-10, pan=5, zoom=10),
        Camera(horizontal=-10, vertical=10, roll=10),
        Camera(preset=CameraPreset.DOWN_BACK),
    ):
        assert same(draw(night, 119, camera=camera), draw(night, 119, camera=camera, before=255))


def test_houses_reach_the_edges_of_the_frame_under_extreme_moves(night: World) -> None:
    """Where a wall stands, neighbouring columns differ; a bare edge would repeat the sky."""
    for camera in (Camera(tilt=10, zoom=10), Camera(tilt=-10, zoom=10)):
        luma = draw(night, 119, camera=camera)[0].astype(int)
        rows = slice(int(HEIGHT * 0.30), int(HEIGHT * 0.55))
        for edge in (luma[rows, :12], luma[rows, -12:]):
            assert edge.std() > 4


def test_the_night_is_lit_and_alive() -> None:
    night, day = draw(build("night")), draw(build("day"))
    assert day[0].mean() > night[0].mean() + 30

    def spread(planes: tuple[np.ndarray, ...]) -> float:
        """How far the colours of houses and street lie apart, beside their brightness."""
        lower = slice(HEIGHT // 4, None)
        chroma = np.hypot(planes[1][lower] - 128.0, planes[2][lower] - 128.0)
        return float(np.percentile(chroma, 98) / planes[0].mean())

    assert spread(night) > 2 * spread(day)
    still = Camera()
    world = build("night")
    one, later = (draw(world, n, camera=still)[0].astype(int) for n in (10, 34))
    assert np.abs(one - later).mean() > 0.5


def test_rain_falls_and_wets_the_street() -> None:
    dry, wet = build("day"), build("day", weather="rain")
    assert wet.grounds["ground"].reflects > dry.grounds["ground"].reflects + 0.2
    assert len(wet.layers) == len(dry.layers) + 1


def test_a_car_at_street_level_fills_a_quarter_of_the_frame(night: World) -> None:
    ground = night.grounds["ground"]
    near, far = ground.depth_m
    tall = [night.lens.focal * 1.5 / depth / HEIGHT for depth in (near, far)]
    assert tall[0] > 0.25 > tall[1]
    foot = night.lens.horizon + night.lens.focal * ground.eye_height_m / 9.6
    assert foot < HEIGHT


def test_light_is_added_and_stays_in_its_box() -> None:
    y = np.full((40, 40), 60, np.uint8)
    u, v = (np.full((20, 20), 128, np.uint8) for _ in range(2))
    rows = np.array([light((20, 20), (6, 6), (255, 0, 0), 1.0)], np.float32)
    sparks(y, u, v, rows)
    assert y[20, 20] > 90
    assert v[10, 10] > 160
    assert (y[:, :12] == 60).all()
    assert (y[:10] == 60).all()


@pytest.mark.parametrize("size", [(180, 320), (240, 240)])
def test_other_shapes_of_frame(size: tuple[int, int]) -> None:
    lens = Lens(size[0], size[1], 0.9 * max(size), 0.56 * size[1])
    board = Storyboard(place="city", place_named=True, time="sunset", weather="snow")
    world = city.build(Brief(lens=lens, storyboard=board, light=HOURS["sunset"], seed=3))
    picture = Picture.blank(*size)
    Film(world, move_of(None, ()), fps=24, frames=24).draw(23, picture, Scratch(*size))
    assert picture.y.std() > 15


def test_people_walk_in_the_street_unless_they_are_sent_away() -> None:
    lens = Lens(WIDTH, HEIGHT, 0.9 * WIDTH, 0.56 * HEIGHT)

    def street(banned: frozenset[str]) -> World:
        board = Storyboard(place="city", place_named=True, time="day", banned=banned)
        return city.build(Brief(lens=lens, storyboard=board, light=HOURS["day"], seed=7))

    with_them, without = street(frozenset()), street(frozenset({"person"}))
    assert len(with_them.layers) == len(without.layers) + 1
    still = Camera()
    seen = [
        np.abs(
            draw(with_them, number, camera=still)[0].astype(int)
            - draw(without, number, camera=still)[0].astype(int)
        )
        > 6
        for number in (0, 48)
    ]
    assert all(100 < mask.sum() < 0.1 * WIDTH * HEIGHT for mask in seen)
    # They have gone on in two seconds.
    assert (seen[0] ^ seen[1]).sum() > 60


def test_the_sun_lies_on_one_side_of_the_street() -> None:
    sunny, dull = (
        draw(build("day", weather=weather))[0].astype(int) for weather in ("clear", "fog")
    )
    lower = slice(int(HEIGHT * 0.85), None)
    halves = [
        abs(p[lower, : WIDTH // 2].mean() - p[lower, WIDTH // 2 :].mean()) for p in (sunny, dull)
    ]
    assert halves[0] > halves[1] + 8
