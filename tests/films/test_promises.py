"""What a film is promised to be, measured on the decoded file: the same for the same seed, exact in
time and size, told the truth about, alive, and moved by the camera as the words say."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from tests.films.seeing import (
    PLACES,
    Frame,
    changed,
    fingerprint,
    motion,
    order_of,
    painted,
    photo_film,
    psnr,
    similarity,
    small_output,
    some_places,
    still,
    text_film,
)

from filmgate import __version__
from filmgate.domain.request import Camera, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.engine import film_of
from filmgate.media.probe import probe, read_frames

ROOT = Path(__file__).parents[2]
OUTPUT = small_output(640, 360, fps=12)


def prompt_for(place: str) -> str:
    return f"a dog and three birds, {place}"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the films of this file lie, each rendered once."""
    return tmp_path_factory.mktemp("films")


@cache
def film(shelf: Path, place: str, *, seed: int = 7) -> list[Frame]:
    target = shelf / f"{place}-{seed}.mp4"
    output = small_output(OUTPUT.width, OUTPUT.height, fps=OUTPUT.fps, seed=seed)
    text_film(target, prompt_for(place), output)
    return list(read_frames(target))


# --- the seed ----------------------------------------------------------------------------------


AGAIN = """
import sys
from pathlib import Path
from tests.films.seeing import text_film
from tests.films.test_promises import OUTPUT, prompt_for
text_film(Path(sys.argv[1]), prompt_for(sys.argv[2]), OUTPUT, workers=1)
"""


@pytest.mark.parametrize("place", PLACES)
def test_same_seed_makes_the_same_film_with_any_number_of_workers(
    place: str, shelf: Path, tmp_path: Path
) -> None:
    """Two workers here; one in another process, where sets and hashes fall out otherwise."""
    target = tmp_path / "again.mp4"
    command = [sys.executable, "-c", AGAIN, str(target), place]
    env = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, env=env)
    assert fingerprint(read_frames(target)) == fingerprint(film(shelf, place))


def test_same_seed_makes_the_same_film_from_a_picture(tmp_path: Path) -> None:
    Image.fromarray(data.coffee()).save(tmp_path / "photo.png")
    prints = set()
    for workers in (1, 2, 2):
        target = tmp_path / "film.mp4"
        photo_film(target, tmp_path / "photo.png", OUTPUT, workers=workers)
        prints.add(fingerprint(read_frames(target)))
    assert len(prints) == 1


@pytest.mark.parametrize("place", some_places(0))
def test_another_seed_makes_another_composition(place: str, shelf: Path) -> None:
    """Seen from so far that only the composition is left, not the grain of waves or leaves."""
    one, other = (
        cv2.resize(film(shelf, place, seed=seed)[0], (32, 18), interpolation=cv2.INTER_AREA)
        for seed in (7, 8)
    )
    apart = np.abs(one.astype(int) - other.astype(int)).max(axis=2)
    assert np.mean(apart > 10) > 0.15


# --- the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "height", "fps", "seconds"),
    [
        (1280, 720, 24, 0.25),
        (720, 1280, 24, 0.25),
        (960, 960, 24, 0.25),
        (192, 108, 24, 5.0),
        (108, 192, 30, 10.0),
        (128, 128, 25, 3.0),
    ],
)
def test_size_rate_and_length_are_exact(
    width: int, height: int, fps: int, seconds: float, tmp_path: Path
) -> None:
    output = small_output(width, height, fps=fps, duration_s=seconds)
    told = text_film(tmp_path / "film.mp4", "the sea at sunset", output)
    found = probe(tmp_path / "film.mp4")
    assert (found.width, found.height) == (width, height)
    assert found.fps == fps
    assert found.frames == told.frames == fps * seconds
    assert found.duration_s == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize("place", some_places(1))
@pytest.mark.parametrize("size", [(482, 270), (270, 482)])
def test_place_can_be_painted_at_any_even_size(place: str, size: tuple[int, int]) -> None:
    frame = painted(place, small_output(*size)).rgb
    assert frame.shape == (size[1], size[0], 3)
    assert frame.std() > 8


def test_codec_and_colour_are_told(shelf: Path) -> None:
    film(shelf, "sea")
    with av.open(str(shelf / "sea-7.mp4")) as container:
        (stream,) = container.streams
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        # 1 is BT.709 in all three of ITU-T H.273's tables, and 1 is limited range in FFmpeg's.
        assert context.colorspace == 1
        assert context.color_primaries == 1
        assert context.color_trc == 1
        assert context.color_range == 1
        times = [frame.pts * frame.time_base for frame in container.decode(stream)]
    assert times == [Fraction(number, OUTPUT.fps) for number in range(OUTPUT.fps)]


def boxes(file: Path) -> Iterator[str]:
    """The names of an MP4's outermost boxes (ISO/IEC 14496-12, 4.2), in order."""
    content = file.read_bytes()
    at = 0
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        yield content[at + 4 : at + 8].decode("ascii")
        assert size >= 8
        at += size


def test_film_plays_while_it_is_still_loading(shelf: Path) -> None:
    film(shelf, "sea")
    order = list(boxes(shelf / "sea-7.mp4"))
    assert order.index("moov") < order.index("mdat")


def test_file_tells_what_made_it_and_nothing_of_when(shelf: Path) -> None:
    film(shelf, "sea")
    tags = probe(shelf / "sea-7.mp4").tags
    assert "Machine-made" in tags["comment"]
    facts = json.loads(tags["description"])
    assert facts["product"] == f"Filmgate {__version__}"
    assert facts["engine"] == "animatic"
    assert facts["machine_made"] is True
    assert facts["prompt_sha256"] == hashlib.sha256(prompt_for("sea").encode()).hexdigest()
    assert facts["seed"] == 7
    assert "creation_time" not in tags
    assert b"Lavf" not in (shelf / "sea-7.mp4").read_bytes()
    assert prompt_for("sea").encode() not in (shelf / "sea-7.mp4").read_bytes()


# --- life --------------------------------------------------------------------------------------


def steps(frames: list[Frame]) -> list[float]:
    """How much each frame differs from the one before, in levels."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) for frame in frames]
    return [float(np.abs(after - before).mean()) for before, after in pairwise(grey)]


@pytest.mark.parametrize("place", PLACES)
def test_place_moves_and_never_jumps(place: str, shelf: Path) -> None:
    frames = film(shelf, place)
    flow = np.linalg.norm(motion(frames[3], frames[-4]), axis=2)
    assert flow.mean() > 0.3
    assert max(steps(frames)) < 2.5 * float(np.median(steps(frames)))


def tower_seen(place: str, camera: Camera) -> list[NDArray[np.int_]]:
    """Where a lighthouse stands in the first and the last frame: left, top and right. It neither
    walks nor sways, so that the camera alone can move it."""
    films = [
        film_of(order_of(TextToVideo(prompt=prompt, camera=camera), OUTPUT), {}, lambda _: None)[0]
        for prompt in (f"a dog and a lighthouse, {place}", f"a dog, {place}")
    ]
    seen = []
    for number in (0, OUTPUT.fps - 1):
        with_it, without = (still(each, OUTPUT, number) for each in films)
        rows, columns = np.nonzero(changed(with_it, without))
        seen.append(np.array([columns.min(), rows.min(), columns.max()]))
    return seen


@pytest.mark.parametrize("place", some_places(2))
def test_static_camera_holds_the_frame_while_the_scene_lives(place: str, tmp_path: Path) -> None:
    first, last = tower_seen(place, Camera())
    assert np.abs(last - first).max() <= 2  # a block of colour
    target = tmp_path / "film.mp4"
    text_film(target, prompt_for(place), OUTPUT, camera=Camera())
    frames = list(read_frames(target))
    apart = np.abs(frames[0].astype(int) - frames[-1].astype(int)).max(axis=2)
    assert np.mean(apart > 12) > 0.01


def test_moving_camera_moves_what_a_static_one_holds() -> None:
    first, last = tower_seen("sea", Camera(horizontal=6))
    assert np.abs(last - first).max() > 10


@pytest.mark.parametrize("place", some_places(0))
@pytest.mark.parametrize("camera", [Camera(vertical=9, zoom=5), Camera(pan=-9, tilt=9)])
def test_every_pixel_is_painted(place: str, camera: Camera) -> None:
    """Over black or over white, at the end of a long move: nothing shines through."""
    order = order_of(TextToVideo(prompt=place, camera=camera), OUTPUT)
    drawable, _ = film_of(order, {}, lambda _: None)
    black, white = (still(drawable, OUTPUT, OUTPUT.fps - 1, over=level) for level in (0, 255))
    assert np.abs(black.y.astype(int) - white.y.astype(int)).max() <= 2
    assert np.abs(black.u.astype(int) - white.u.astype(int)).max() <= 2


# --- words for the camera ----------------------------------------------------------------------

# Right and down in pixels, growth less one, clockwise turn: what the picture does.
SEEN = {"right": 0, "down": 1, "growth": 2, "clockwise": 3}
WORDS = {
    "the camera slowly zooms out": ("growth", -1),
    "pull back": ("growth", -1),
    "dolly in": ("growth", +1),
    "the camera pans left": ("right", +1),
    "pan right": ("right", -1),
    "tilt up": ("down", +1),
    "tilt down": ("down", -1),
    "the camera moves left": ("right", +1),
    "tracking shot": ("right", -1),
    "crane up": ("down", +1),
}


def moved_by(words: str, folder: Path) -> NDArray[np.float64]:
    """What the first to the last frame of a photo's film do: similarity(), growth less one."""
    Image.fromarray(data.stereo_motorcycle()[0]).save(folder / "photo.png")
    output = small_output(640, 360, fps=2)
    photo_film(folder / "film.mp4", folder / "photo.png", output, prompt=f"a garage, {words}")
    frames = list(read_frames(folder / "film.mp4"))
    return np.array(similarity(frames[0], frames[-1])) - [0, 0, 1, 0]


@pytest.mark.parametrize("words", WORDS)
def test_camera_words_move_the_picture(words: str, tmp_path: Path) -> None:
    kind, sign = WORDS[words]
    floor = 0.02 if kind == "growth" else 4.0
    assert sign * moved_by(words, tmp_path)[SEEN[kind]] > floor


def test_s1_11_camera_slowly_zooms_into_the_scene(tmp_path: Path) -> None:
    assert moved_by("camera slowly zooms into the scene", tmp_path)[2] > 0.05


def test_stronger_words_move_more(tmp_path: Path) -> None:
    slow, plain, fast = (
        moved_by(words, tmp_path)[2] for words in ("slowly zoom in", "zoom in", "fast zoom in")
    )
    assert slow < plain < fast


@pytest.mark.parametrize("place", some_places(1))
def test_words_move_a_painted_scene_too(place: str, tmp_path: Path) -> None:
    """Against the same instant through a camera that stands still, so that only its move counts."""
    lasts = []
    for words in ("static shot", "camera slowly zooms into the scene"):
        text_film(tmp_path / "film.mp4", f"{place}, {words}", OUTPUT)
        *_, last = read_frames(tmp_path / "film.mp4")
        lasts.append(last)
    assert similarity(*lasts)[2] > 1.05


# --- from a picture ----------------------------------------------------------------------------

PHOTOS = {
    "motorcycle.png": lambda: data.stereo_motorcycle()[0],
    "coffee.jpg": data.coffee,
    "astronaut.webp": data.astronaut,
    "cat.png": data.chelsea,
}
STD = Output(width=1280, height=720, fps=24, duration_s=1.0, seed=1)


@pytest.mark.parametrize("name", PHOTOS)
def test_film_from_a_picture_begins_with_it(name: str, tmp_path: Path) -> None:
    """The frame's own ratio is cut out of the photo undistorted, and nothing else is changed."""
    path = tmp_path / name
    Image.fromarray(PHOTOS[name]()).save(path)
    photo_film(tmp_path / "film.mp4", path, STD)
    first = next(read_frames(tmp_path / "film.mp4"))
    with Image.open(path) as given:
        photo = np.asarray(given.convert("RGB"))
    height = round(STD.width * photo.shape[0] / photo.shape[1])
    fitted = cv2.resize(photo, (STD.width, height), interpolation=cv2.INTER_CUBIC)
    assert height > STD.height
    _, _, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(fitted, first, cv2.TM_CCOEFF_NORMED))
    assert left == 0
    assert psnr(first, np.asarray(fitted[top : top + STD.height], np.uint8)) >= 36


@pytest.mark.parametrize(("width", "height"), [(640, 360), (360, 640), (480, 480)])
def test_picture_comes_to_life_in_every_ratio(width: int, height: int, tmp_path: Path) -> None:
    Image.fromarray(data.coffee()).save(tmp_path / "photo.png")
    output = small_output(width, height, fps=12)
    photo_film(tmp_path / "film.mp4", tmp_path / "photo.png", output)
    frames = list(read_frames(tmp_path / "film.mp4"))
    assert frames[0].shape == (height, width, 3)
    assert np.linalg.norm(motion(frames[0], frames[-1]), axis=2).mean() > 1.0
    assert max(steps(frames)) < 2.5 * float(np.median(steps(frames)))
