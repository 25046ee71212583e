"""The abstract place: designed by seed, always in motion, never a flicker or a band."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from filmgate.domain.request import Camera
from filmgate.engines.animatic.camera import move_of
from filmgate.engines.animatic.daylight import HOURS
from filmgate.engines.animatic.places import abstract
from filmgate.engines.animatic.scene import Brief, Film, World
from filmgate.engines.animatic.solids import SHAPES, Solid, _mesh
from filmgate.engines.animatic.stage import Lens, Scratch
from filmgate.engines.animatic.storyboard import Mention, Storyboard
from filmgate.media.encode import Picture

WIDTH, HEIGHT = 320, 180
STILL = Camera()


def build(hour: str = "night", *, seed: int = 7, subjects: tuple[Mention, ...] = ()) -> World:
    lens = Lens(WIDTH, HEIGHT, 0.9 * WIDTH, 0.56 * HEIGHT)
    board = Storyboard(place="abstract", place_named=False, time=hour, subjects=subjects)
    return abstract.build(Brief(lens=lens, storyboard=board, light=HOURS[hour], seed=seed))


def draw(
    world: World, number: int = 0, *, camera: Camera | None = STILL, before: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    picture = Picture.blank(WIDTH, HEIGHT)
    for plane in (picture.y, picture.u, picture.v):
        plane[:] = before
    film = Film(world, move_of(camera, ()), fps=24, frames=120)
    film.draw(number, picture, Scratch(WIDTH, HEIGHT))
    return picture.y.copy(), picture.u.copy(), picture.v.copy()


def test_a_seed_is_a_composition() -> None:
    one, again, other = draw(build()), draw(build()), draw(build(seed=8))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert np.abs(one[0].astype(int) - other[0]).mean() > 8


@pytest.mark.parametrize("hour", sorted(HOURS))
def test_each_hour_has_its_mood(hour: str) -> None:
    luma, u, v = draw(build(hour))
    bright = {
        "night": (20, 110),
        "moonlight": (20, 120),
        "dusk": (40, 140),
        "sunset": (50, 160),
        "golden hour": (60, 190),
        "day": (80, 210),
        "dawn": (120, 225),
    }
    low, high = bright[hour]
    assert low < luma.mean() < high
    assert np.hypot(u - 128.0, v - 128.0).mean() > 8


def test_everything_is_in_motion() -> None:
    world = build()
    one, next_one = draw(world, 40)[0], draw(world, 44)[0]
    flow = cv2.calcOpticalFlowFarneback(one, next_one, None, 0.5, 3, 21, 3, 5, 1.1, 0)
    assert np.linalg.norm(flow, axis=-1).mean() > 0.25


def test_no_frame_jumps() -> None:
    world = build()
    frames = [draw(world, n)[0].astype(int) for n in range(30, 42)]
    steps = [np.abs(b - a).mean() for a, b in pairwise(frames)]
    assert max(steps) < 2 * min(steps)
    assert max(steps) < 6


def test_camera_moves_near_things_further_than_the_ground() -> None:
    world = build()
    depths = [layer.depth_m for layer in world.layers]
    assert max(depths) / min(depths) > 8
    moved = draw(world, 119, camera=Camera(horizontal=10))
    assert np.abs(moved[0].astype(int) - draw(world, 119)[0]).mean() > 3


def test_nothing_of_an_old_frame_shines_through() -> None:
    world = build()
    for camera in (Camera(tilt=10, pan=5, zoom=10), Camera(horizontal=-10, vertical=10, roll=-10)):
        one = draw(world, 119, camera=camera)
        other = draw(world, 119, camera=camera, before=255)
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_subject_takes_the_heros_place() -> None:
    for seed in (1, 3, 7):
        named = build(seed=seed, subjects=(Mention("horse"),))
        middle = (slice(HEIGHT // 3, 2 * HEIGHT // 3), slice(WIDTH // 3, 2 * WIDTH // 3))
        change = draw(build(seed=seed))[0].astype(int) - draw(named)[0]
        assert np.abs(change[middle]).mean() > 0.5
    assert named.grounds["ground"].depth_m[0] > 1


def test_solids_change_from_shape_to_shape() -> None:
    solid = Solid(
        place=(0, 0, 14), radius_m=1, colour=(255, 0, 0), rim=(0, 0, 255), axis=(0, 1, 0),
        turn_s=0.5, phase=0.0, path_m=0.0, sides=8, ring=0.0,
    )  # fmt: skip
    meshes = [_mesh(solid, time_s) for time_s in np.arange(len(SHAPES)) / 0.30]
    for one, other in pairwise(meshes):
        assert np.abs(one - other).mean() > 0.05
    assert all(np.isfinite(mesh).all() and np.abs(mesh).max() < 1.01 for mesh in meshes)


@pytest.mark.parametrize("size", [(180, 320), (240, 240)])
def test_other_shapes_of_frame(size: tuple[int, int]) -> None:
    lens = Lens(size[0], size[1], 0.9 * max(size), 0.56 * size[1])
    board = Storyboard(place="abstract", place_named=False, time="day")
    world = abstract.build(Brief(lens=lens, storyboard=board, light=HOURS["day"], seed=3))
    picture = Picture.blank(*size)
    Film(world, move_of(None, ()), fps=24, frames=24).draw(23, picture, Scratch(*size))
    assert picture.y.std() > 10
