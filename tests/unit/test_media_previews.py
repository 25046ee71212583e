"""Pictures of films: a good frame, a small one, and one that moves, within their limits."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.pretend.films import Draw, black, fading_in, noise, scene, write_film

from filmgate.domain.errors import BadInput
from filmgate.domain.ports import Measured
from filmgate.media.preview import GIF_BYTES_MAX, GIF_FRAMES, Sampler
from filmgate.media.probe import probe
from filmgate.media.reading import measure_film


def made(path: Path) -> tuple[Measured, Image.Image, Image.Image, Image.Image]:
    measured = measure_film(path)
    names = (measured.poster, measured.thumbnail, measured.preview)
    poster, thumbnail, preview = (Image.open(path.parent / (name or "")) for name in names)
    return measured, poster, thumbnail, preview


def red_at(picture: Image.Image) -> float:
    """Where the red square's middle is, from 0 to 1."""
    rgb = np.asarray(picture.convert("RGB")).astype(int)
    red = (rgb[..., 0] > 150) & (rgb[..., 1] < 90) & (rgb[..., 2] < 90)
    return float(np.nonzero(red)[1].mean() / rgb.shape[1])


def test_pictures_of_a_film(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", size=(1280, 720), frames=120)
    measured, poster, thumbnail, preview = made(film)
    assert (measured.width, measured.height, measured.fps) == (1280, 720, 24)
    assert measured.duration_s == pytest.approx(5)
    assert (poster.format, poster.size) == ("JPEG", (1280, 720))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (320, 180))
    assert (preview.format, preview.size) == ("GIF", (480, 270))
    sizes = [(tmp_path / f"film.{end}").stat().st_size for end in ("jpg", "webp", "gif")]
    assert sizes[0] < 300_000
    assert sizes[1] < 20_000
    assert sizes[2] <= GIF_BYTES_MAX
    for each in (poster, thumbnail, preview):
        each.close()


def test_the_gif_moves_as_the_film_does(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", size=(640, 360), frames=60)
    _, poster, thumbnail, preview = made(film)
    frames = getattr(preview, "n_frames", 1)
    assert 20 <= frames <= GIF_FRAMES
    assert preview.info["loop"] == 0
    places, length_ms = [], 0
    for number in range(frames):
        preview.seek(number)
        length_ms += preview.info["duration"]
        places.append(red_at(preview))
    assert places == sorted(places)
    assert places[-1] - places[0] > 0.7
    assert 1900 <= length_ms <= 3000
    # Colours are right: compared with the film's own first frame.
    preview.seek(0)
    true = scene(0, 480, 270).astype(int)
    apart = np.abs(np.asarray(preview.convert("RGB")).astype(int) - true)
    assert np.median(apart) <= 6
    for each in (poster, thumbnail, preview):
        each.close()


@pytest.mark.parametrize(
    ("size", "frames", "fps", "gif"),
    [
        ((720, 1280), 24, 24, (270, 480)),
        ((64, 64), 1, 24, (64, 64)),
        ((200, 100), 3, 60, (200, 100)),
        ((100, 200), 400, 50, (100, 200)),
    ],
)
def test_other_shapes_and_lengths(
    size: tuple[int, int], frames: int, fps: int, gif: tuple[int, int], tmp_path: Path
) -> None:
    film = write_film(tmp_path / "film.mp4", size=size, frames=frames, fps=fps)
    _, poster, thumbnail, preview = made(film)
    assert (poster.size, preview.size) == (size, gif)
    count = getattr(preview, "n_frames", 1)
    assert count <= GIF_FRAMES
    preview.seek(count - 1)
    assert count * preview.info.get("duration", 0) <= 3000
    for each in (poster, thumbnail, preview):
        each.close()


@pytest.mark.parametrize("draw", [noise], ids=["noise"])
def test_the_worst_film_stays_within_the_limit(draw: Draw, tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", draw, size=(640, 360), frames=72)
    _, poster, thumbnail, preview = made(film)
    assert (tmp_path / "film.gif").stat().st_size <= GIF_BYTES_MAX
    assert getattr(preview, "n_frames", 1) > 20
    for each in (poster, thumbnail, preview):
        each.close()


def test_the_poster_is_no_black_frame(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", fading_in, frames=72)
    _, poster, thumbnail, preview = made(film)
    assert np.asarray(poster.convert("L")).mean() > 90
    assert np.asarray(thumbnail.convert("L")).mean() > 90
    for each in (poster, thumbnail, preview):
        each.close()


def test_a_film_without_anything_to_see_is_none(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", black)
    with pytest.raises(BadInput, match=r"film\.mp4 is black from beginning to end"):
        measure_film(film)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_a_night_is_no_black_film(tmp_path: Path) -> None:
    def night(
        number: int, width: int, height: int
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return np.asarray(scene(number, width, height) // 12, np.uint8)

    measured = measure_film(write_film(tmp_path / "film.mp4", night))
    assert measured.poster == "film.jpg"


def test_a_header_that_tells_no_length(tmp_path: Path) -> None:
    """Fragments, as live streams have them: nothing is known before the end."""
    film = write_film(tmp_path / "film.mkv", frames=300, size=(128, 72), format="matroska")
    sampler = Sampler()
    probe(film, sampler.look, begin=sampler.begin)
    at = [sample.at for sample in sampler.samples]
    assert GIF_FRAMES <= len(at) <= 2 * GIF_FRAMES
    assert at[0] == 0
    assert at[-1] > 280
    assert len(set(np.diff(at))) == 1


def test_sound_is_told(tmp_path: Path) -> None:
    assert measure_film(write_film(tmp_path / "film.mp4", sound=True)).sound
    assert not measure_film(write_film(tmp_path / "mute.mp4")).sound


def test_pictures_are_cheap(tmp_path: Path) -> None:
    """Beside the decoding, which is needed anyway: under 0.4 s of one core for 5 s of 720p."""
    film = write_film(tmp_path / "film.mp4", size=(1280, 720), frames=120)
    extra_s = []
    for _ in range(3):
        begun = time.process_time()
        probe(film)
        decoded = time.process_time()
        measure_film(film)
        extra_s.append(time.process_time() - decoded - (decoded - begun))
    assert min(extra_s) < 0.4, extra_s
