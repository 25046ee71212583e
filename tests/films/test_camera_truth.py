"""Every camera axis goes the way it should and as far as it is told, seen on decoded frames of
real photographs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data
from tests.films.seeing import Frame, decoded, psnr, similarity, small_output, tracked

from filmgate.domain.request import Camera, CameraPreset
from filmgate.domain.task import Output
from filmgate.engines.animatic.camera import Move, move_of
from filmgate.engines.animatic.photo import PhotoFilm

OUTPUT = small_output(fps=2)  # the first frame and the last
SMALLER = small_output(640, 360, fps=2)
PHOTOS: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "motorcycle": lambda: data.stereo_motorcycle()[0],
    "coffee": data.coffee,
    "rocket": data.rocket,
    "cat": data.chelsea,
}
STRENGTHS = (-10, -7, -4, -2, 2, 4, 7, 10)

# What the viewer sees when the camera makes a positive move (domain.request.Camera): the picture
# goes the other way. Index into similarity(): 0 right, 1 down, 2 growth, 3 clockwise.
SEEN = {
    "horizontal": (0, -1),
    "vertical": (1, +1),
    "pan": (1, +1),
    "tilt": (0, -1),
    "roll": (3, -1),
    "zoom": (2, -1),
}


def moved(
    folder: Path, image: NDArray[np.uint8], move: Move, output: Output = OUTPUT
) -> list[Frame]:
    def make(frames: int) -> PhotoFilm:
        size = (output.width, output.height)
        return PhotoFilm(image, *size, move, fps=output.fps, frames=frames)

    return decoded(folder, make, output)


def rank_correlation(one: list[float], other: list[float]) -> float:
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("axis", Camera.AXES)
def test_axis_goes_its_way_and_more_is_more(axis: str, name: str, tmp_path: Path) -> None:
    image, (index, sign) = PHOTOS[name](), SEEN[axis]
    measured = []
    for strength in STRENGTHS:
        frames = moved(tmp_path, image, move_of(Camera(**{axis: strength}), ()), SMALLER)
        value = similarity(frames[0], frames[-1])[index]
        measured.append(np.log(value) if index == 2 else value)
    for strength, value in zip(STRENGTHS, measured, strict=True):
        assert value * strength * sign > 0, (axis, strength, value)
    asked = [sign * float(strength) for strength in STRENGTHS]
    assert rank_correlation(asked, measured) >= 0.95, list(zip(asked, measured, strict=True))


@pytest.mark.parametrize(
    ("preset", "sees"),
    [
        (CameraPreset.DOWN_BACK, {2: -1}),
        (CameraPreset.FORWARD_UP, {1: +1, 2: +1}),
        (CameraPreset.RIGHT_TURN_FORWARD, {0: -1, 2: +1}),
        (CameraPreset.LEFT_TURN_FORWARD, {0: +1, 2: +1}),
    ],
)
def test_s1_07_presets_move_as_they_are_named(
    preset: CameraPreset, sees: dict[int, int], tmp_path: Path
) -> None:
    frames = moved(tmp_path, PHOTOS["motorcycle"](), move_of(Camera(preset=preset), ()))
    seen = similarity(frames[0], frames[-1])
    for index, sign in sees.items():
        value = seen[index] - 1 if index == 2 else seen[index]
        assert value * sign > 0, (preset, seen)


def test_down_back_lowers_the_camera() -> None:
    end = move_of(Camera(preset=CameraPreset.DOWN_BACK), ()).end
    assert end.y < 0
    assert end.z < 0


@pytest.mark.parametrize("name", PHOTOS)
def test_near_things_move_more_than_far_ones(name: str, tmp_path: Path) -> None:
    frames = moved(tmp_path, PHOTOS[name](), move_of(Camera(horizontal=8), ()))
    here, there = tracked(frames[0], frames[-1])
    # Shift = a + b x + c y: b is the move in that hides the edges, c is the parallax.
    middle = [OUTPUT.width / 2, OUTPUT.height / 2]
    terms = np.column_stack([np.ones(len(here)), here - middle])
    a, _, c = np.linalg.lstsq(terms, there[:, 0] - here[:, 0], rcond=None)[0]
    far, near = a - c * OUTPUT.height / 4, a + c * OUTPUT.height / 4
    assert abs(near) > 1.25 * abs(far)


@pytest.mark.parametrize("name", PHOTOS)
def test_first_frame_is_the_photo(name: str, tmp_path: Path) -> None:
    """A photo of the frame's own shape, so that fitting it is nothing but resizing."""
    size = (OUTPUT.width, OUTPUT.height)
    image = cv2.resize(PHOTOS[name](), size, interpolation=cv2.INTER_CUBIC)
    frames = moved(tmp_path, np.asarray(image, np.uint8), move_of(None, ()))
    assert psnr(frames[0], np.asarray(image, np.uint8)) >= 36


def grid_photo() -> NDArray[np.uint8]:
    """Straight lines on a faintly textured wall."""
    random = np.random.default_rng(3)
    wall = cv2.GaussianBlur(random.random((540, 960, 3)), (0, 0), 9)
    wall = (wall - wall.min()) / np.ptp(wall) * 60 + 150
    for x in range(40, 960, 80):
        cv2.line(wall, (x, 0), (x, 539), (20, 20, 30), 5, cv2.LINE_AA)
    for y in range(30, 540, 80):
        cv2.line(wall, (0, y), (959, y), (20, 20, 30), 5, cv2.LINE_AA)
    return wall.astype(np.uint8)


@pytest.mark.parametrize(
    "camera",
    [
        Camera(horizontal=9),
        Camera(vertical=-8),
        Camera(pan=7),
        Camera(tilt=-9),
        Camera(roll=8),
        Camera(zoom=-9),
        Camera(preset=CameraPreset.FORWARD_UP),
        None,
    ],
)
def test_straight_lines_stay_straight(camera: Camera | None, tmp_path: Path) -> None:
    """Crossings of one drawn line must lie on one line in the last frame, to a pixel."""
    # A grid looks the same one cell on, so the crossings are followed in small steps.
    frames = moved(tmp_path, grid_photo(), move_of(camera, ()), small_output(fps=12))
    columns, rows = range(280, 720, 80), range(190, 400, 80)
    crossings = np.array([[[x, y]] for y in rows for x in columns], np.float32)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 60, 0.005)
    precise = crossings
    for before, after in pairwise(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames):
        there, found, _ = cv2.calcOpticalFlowPyrLK(
            before, after, precise, None, winSize=(31, 31), maxLevel=2
        )
        assert found.all()
        precise = cv2.cornerSubPix(after, there, (12, 12), (-1, -1), stop)
    crossing = precise.reshape(len(rows), len(columns), 2)
    for line in [*crossing, *crossing.transpose(1, 0, 2)]:
        centred = line - line.mean(0)
        normal = np.linalg.svd(centred)[2][1]
        assert np.abs(centred @ normal).max() <= 1.0
