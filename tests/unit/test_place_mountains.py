"""Mountains: carved land, whole frames under every camera move, by seed, alive."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from filmgate.domain.request import Camera, CameraPreset
from filmgate.engines.animatic.camera import move_of
from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.daylight import HOURS
from filmgate.engines.animatic.kernels.terrain import downhill, downstream, seen, sunlit
from filmgate.engines.animatic.places import mountains
from filmgate.engines.animatic.scene import Brief, Film, World
from filmgate.engines.animatic.stage import Lens, Scratch, View, standing
from filmgate.engines.animatic.storyboard import Storyboard
from filmgate.engines.animatic.terrain import Range, carved
from filmgate.media.encode import Picture

WIDTH, HEIGHT = 320, 180
Planes = tuple[np.ndarray, np.ndarray, np.ndarray]


def build(
    hour: str = "day",
    *,
    seed: int = 7,
    weather: str = "clear",
    features: tuple[str, ...] = (),
    banned: frozenset[str] = frozenset(),
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> World:
    lens = Lens(*size, 0.9 * max(size), 0.56 * size[1])
    board = Storyboard(
        place="mountains",
        place_named=True,
        time=hour,
        weather=weather,
        features=features,
        banned=banned,
    )
    return mountains.build(Brief(lens=lens, storyboard=board, light=HOURS[hour], seed=seed))


def draw(world: World, number: int = 0, *, camera: Camera | None = None, before: int = 0) -> Planes:
    picture = Picture.blank(world.lens.width, world.lens.height)
    for plane in (picture.y, picture.u, picture.v):
        plane[:] = before
    film = Film(world, move_of(camera, ()), fps=24, frames=120)
    film.draw(number, picture, Scratch(world.lens.width, world.lens.height))
    return picture.y.copy(), picture.u.copy(), picture.v.copy()


def same(one: Planes, other: Planes) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def meadow() -> World:
    return build(banned=frozenset({"lake"}))


@pytest.fixture(scope="module")
def lake() -> World:
    return build("sunset", features=("lake",))


MOVES = [
    Camera(tilt=10, pan=5),
    Camera(tilt=-10, pan=-10),
    Camera(zoom=10, tilt=10),
    Camera(zoom=-10, horizontal=10),
    Camera(vertical=-10),
    Camera(vertical=10, roll=10),
    *(Camera(preset=preset) for preset in CameraPreset),
]


@pytest.mark.parametrize("camera", MOVES, ids=str)
@pytest.mark.parametrize("place", ["meadow", "lake"])
def test_every_pixel_is_painted_through_extreme_moves(
    place: str, camera: Camera, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(place)
    assert same(draw(world, 119, camera=camera), draw(world, 119, camera=camera, before=255))


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (180, 320), (240, 240)])
def test_no_flat_shows_its_edge_at_the_sides(size: tuple[int, int]) -> None:
    lens = Lens(*size, 0.9 * max(size), 0.56 * size[1])
    board = Storyboard(place="mountains", place_named=True, time="day", weather="fog")
    brief = Brief(lens=lens, storyboard=board, light=HOURS["day"], seed=3)
    flats = mountains._scenery(brief, mountains.WEATHERS["fog"], lake=True)
    cameras = [Camera(zoom=10, tilt=side, horizontal=side) for side in (-10, 10)]
    for flat in flats:
        for camera in cameras:
            view = View(lens, move_of(camera, ()).end, mountains.REACH_M)
            for time_s in (0.0, 15.0):
                across = flat.drift * time_s
                to = standing(view, across, 0, flat.depth_m, flat.anchor, size=flat.size)
                assert to[0, 2] <= 0
                assert to[0, 0] * flat.texture.size[0] + to[0, 2] >= size[0]


def test_the_seed_is_the_composition() -> None:
    assert same(draw(build(seed=5), 30), draw(build(seed=5), 30))
    one, other = (draw(build(seed=seed))[0].astype(int) for seed in (5, 6))
    assert np.abs(one - other).mean() > 6
    build(seed=2**62)


def test_words_choose_lake_or_meadow() -> None:
    assert "water" in build(features=("lake",)).grounds
    assert "water" not in build(features=("lake",), banned=frozenset({"lake"})).grounds
    kinds = {"water" in build(seed=seed).grounds for seed in (4, 5)}
    assert kinds == {True, False}


def test_subjects_stand_on_the_painted_ground(meadow: World, lake: World) -> None:
    for world in (meadow, lake):
        ground = world.grounds["ground"]
        rows = [
            world.lens.horizon + world.lens.focal * ground.eye_height_m / depth
            for depth in ground.depth_m
        ]
        assert world.lens.horizon + 10 < rows[1] < rows[0] < HEIGHT
    # At the lake the bank is grass and not the water's mirror of the sky.
    row = int(rows[0])
    y, _, v = draw(lake)
    assert y[row].mean() < y[20].mean()
    assert v[row // 2].mean() > 120


def test_it_lives_and_never_jumps(meadow: World) -> None:
    still = Camera()
    frames = [draw(meadow, n, camera=still)[0].astype(int) for n in (58, 59, 60, 61, 119)]
    steps = [np.abs(b - a).mean() for a, b in pairwise(frames[:4])]
    assert min(steps) > 0.05
    assert max(steps) < 1.6 * min(steps)
    sky_and_ridges = slice(0, int(meadow.lens.horizon))
    assert np.abs(frames[4] - frames[0])[sky_and_ridges].mean() > 0.3


@pytest.mark.parametrize("weather", sorted(mountains.WEATHERS))
def test_weather_is_seen(weather: str) -> None:
    if weather == "clear":
        return
    banned = frozenset({"lake"})
    clear, other = (
        draw(build(weather=w, banned=banned))[0].astype(int) for w in ("clear", weather)
    )
    assert np.abs(clear - other).mean() > 2
    if weather == "snow":
        assert other[-30:].mean() > clear[-30:].mean() + 40


@pytest.mark.parametrize("size", [(180, 320), (240, 240), (480, 204)])
@pytest.mark.parametrize("hour", ["dawn", "night"])
def test_other_shapes_of_frame(size: tuple[int, int], hour: str) -> None:
    assert draw(build(hour, size=size), 60)[0].std() > 12


def cone() -> Floats:
    z, x = np.mgrid[-20:21, -30:31].astype(np.float32)
    return np.maximum(18 - np.hypot(x, z), 0).astype(np.float32)


def test_rain_runs_down_to_the_edge() -> None:
    heights = cone() + np.float32(0.01) * np.arange(41, dtype=np.float32)[:, None]
    to = downhill(heights, 3)
    flat = heights.reshape(-1)
    moved = to != np.arange(to.size)
    assert (flat[to[moved]] < flat[moved]).all()
    order, area = downstream(to)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    assert (place[moved] < place[to[moved]]).all()
    assert area[to == np.arange(to.size)].sum() == to.size


def test_the_sun_leaves_the_far_side_in_shadow() -> None:
    lit = sunlit(cone(), 0.4, 0.0, True)
    assert lit[20, 50] == 1
    assert lit[20, 8] < 0.2


def test_a_skyline_has_no_stairs() -> None:
    slope = np.linspace(4, 9, 80, dtype=np.float32)
    heights = np.ascontiguousarray(np.stack([slope * 0, slope, slope * 0]))
    place, alpha = seen(heights, np.ones(3, np.float32), 16, 14.0)
    assert np.allclose(alpha.sum(axis=0), 2 + slope.reshape(-1, 2).mean(axis=1), atol=1e-3)
    assert (place[alpha > 0.5] >= 0).all()


def test_a_range_follows_its_skyline() -> None:
    across = np.linspace(-1, 1, 200)
    crest = (0.3 + 0.7 * np.exp(-np.abs(across + 0.3) * 5)).astype(np.float32)
    spec = Range(depth_m=4000, tall=60, sink=4, crest=crest, haze=0.2, cells=48)
    heights, cell = carved(400, 5, spec)
    summit = heights.max(axis=0).argmax() / heights.shape[1]
    assert abs(summit - 0.35) < 0.08
    assert 0.7 < heights.max() * cell / 60 < 1.25
