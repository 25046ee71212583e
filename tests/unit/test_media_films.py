"""Films as files: colours come back, a failed film leaves nothing, a broken one is recognised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av.error import FFmpegError

from filmgate.domain.errors import BadInput
from filmgate.engines.animatic.planes import luma
from filmgate.media.encode import Picture, VideoWriter
from filmgate.media.probe import probe, read_frames

PATCHES = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (200, 30, 40),
    "green": (30, 160, 60),
    "blue": (30, 50, 190),
    "skin": (224, 172, 140),
    "sunset": (255, 174, 92),
}


def write_film(path: Path, *, frames: int = 24, size: tuple[int, int] = (192, 112)) -> None:
    """Noise, so that the file is long enough to lose a part."""
    chance = np.random.default_rng(1)
    with VideoWriter(path, *size, 24, {"comment": "a test"}) as writer:
        for _ in range(frames):
            picture = Picture.blank(*size)
            picture.y[:] = chance.integers(16, 235, picture.y.shape)
            picture.u[:] = picture.v[:] = 128
            writer.write(picture)


@pytest.mark.parametrize("name", PATCHES)
def test_colour_comes_back(name: str, tmp_path: Path) -> None:
    """Painted with BT.709 in limited range and decoded by the file's own tags."""
    path = tmp_path / "patch.mp4"
    y, u, v = luma(PATCHES[name])
    with VideoWriter(path, 64, 64, 24, {}) as writer:
        for _ in range(3):
            picture = Picture.blank(64, 64)
            picture.y[:], picture.u[:], picture.v[:] = round(y), round(u), round(v)
            writer.write(picture)
    for frame in read_frames(path):
        apart = frame.astype(int) - np.array(PATCHES[name])
        assert np.abs(apart).max() <= 3, apart.reshape(-1, 3).mean(0)


def test_a_blank_picture_is_black_whatever_the_memory_held() -> None:
    for _ in range(20):
        picture = Picture.blank(192, 112)
        levels = [set(np.unique(plane)) for plane in (picture.y, picture.u, picture.v)]
        assert levels == [{16}, {128}, {128}]
        for plane in (picture.y, picture.u, picture.v):
            plane.fill(201)


def test_probe_measures(tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4", frames=30)
    found = probe(tmp_path / "film.mp4")
    assert (found.width, found.height, found.frames) == (192, 112, 30)
    assert (found.fps, found.duration_s) == (24, pytest.approx(1.25, abs=1e-6))
    assert (found.codec, found.pixel_format, found.colour_space) == ("h264", "yuv420p", 1)
    assert found.tags["comment"] == "a test"


def cut_after(share: float) -> Callable[[bytes], bytes]:
    return lambda data: data[: int(len(data) * share)]


def scrambled(data: bytes) -> bytes:
    noise = np.random.default_rng(2).integers(0, 256, len(data) - 3000, np.uint8)
    return data[:3000] + noise.tobytes()


@pytest.mark.parametrize(
    "broken",
    [
        lambda data: b"",
        lambda data: b"no film at all",
        lambda data: bytes(5000),
        lambda data: data[:300],
        scrambled,
        cut_after(0.5),
        cut_after(0.97),
    ],
    ids=["empty", "text", "zeros", "header", "scrambled", "half", "a little less"],
)
def test_broken_film_is_recognised(broken: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_film(path)
    path.write_bytes(broken(path.read_bytes()))
    with pytest.raises(BadInput) as refused:
        probe(path)
    assert refused.value.message.startswith("film.mp4 ")
    assert str(tmp_path) not in refused.value.message


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        silence = np.zeros((1, 1024), np.float32)
        for number in range(20):
            frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(BadInput, match="holds no video"):
        probe(path)


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"

    def fail() -> None:
        with VideoWriter(path, 64, 64, 24, {}) as writer:
            for _ in range(60):  # more than the encoder keeps to itself
                writer.write(Picture.blank(64, 64))
            assert path.exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_can_not_be_encoded_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(FFmpegError, match="libx264"):
        write_film(tmp_path / "odd.mp4", frames=2, size=(63, 65))
    assert list(tmp_path.iterdir()) == []


def test_same_pictures_make_the_same_file(tmp_path: Path) -> None:
    write_film(tmp_path / "one.mp4")
    write_film(tmp_path / "two.mp4")
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
