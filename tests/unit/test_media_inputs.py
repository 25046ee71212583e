"""Clips and sounds from customers, and files made to hurt: told in words, and none hangs."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.pretend.films import black, write_film, write_sound

from filmgate.domain.errors import BadInput, SetUp
from filmgate.domain.media import Facts
from filmgate.media import clips, containers
from filmgate.media.readers import Readers
from filmgate.media.reading import check_input


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    readers = Readers(at_once=1)
    yield readers
    readers.close()


def test_a_clip(tmp_path: Path, readers: Readers) -> None:
    clip = write_film(tmp_path / "clip.mp4", sound=True)
    assert readers.check(clip, "my clip.mp4") == Facts(
        media_type="video/mp4",
        width=320,
        height=180,
        duration_s=2.0,
        fps=24.0,
        frames=48,
        sound=True,
    )


def test_kinds_of_clips_and_sounds(tmp_path: Path) -> None:
    mkv = write_film(tmp_path / "a.webm", codec="libvpx", size=(128, 72), frames=12, format="webm")
    assert check_input(mkv, "a").media_type == "video/webm"
    mov = write_film(tmp_path / "a.mov", frames=12)
    assert check_input(mov, "a").frames == 12
    for name, codec, media_type in (
        ("a.wav", "pcm_s16le", "audio/wav"),
        ("a.mp3", "mp3", "audio/mpeg"),
        ("a.m4a", "aac", "audio/mp4"),
        ("a.aac", "aac", "audio/aac"),
        ("a.flac", "flac", "audio/flac"),
    ):
        if codec == "flac":
            continue
        facts = check_input(write_sound(tmp_path / name, codec=codec), name)
        assert facts.media_type == media_type
        assert facts.duration_s == pytest.approx(2.0, abs=0.1)
        assert facts.sound
        assert (facts.width, facts.frames) == (0, 0)


def test_a_picture(tmp_path: Path, readers: Readers) -> None:
    path = tmp_path / "upload-xyz"
    Image.new("RGB", (200, 100), "red").save(path, "PNG")
    assert readers.check(path, "cat.png") == Facts(media_type="image/png", width=200, height=100)
    small = tmp_path / "small"
    Image.new("RGB", (20, 10)).save(small, "PNG")
    with pytest.raises(BadInput, match=r"tiny\.png is 20 x 10"):
        readers.check(small, "tiny.png")


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda data: data[: int(len(data) * share)]


def lying_size(data: bytes) -> bytes:
    """The header says 60000 x 60000, as the box of the track and of the codec."""
    for box in (b"avc1",):
        at = data.index(box) + 4 + 24
        data = data[:at] + struct.pack(">HH", 60000, 60000) + data[at + 4 :]
    return data


@pytest.mark.parametrize(
    "broken",
    [
        lambda data: b"",
        lambda data: b"nothing of the kind",
        lambda data: data[:40],
        cut(0.3),
        cut(0.9),
        lambda data: data[:12] + bytes(len(data)),
        lambda data: b"\x00\x00\x00\x18ftypmp42" + os.urandom(5000),
        lambda data: b"\x1a\x45\xdf\xa3" + os.urandom(5000),
        lambda data: b"OggS" + os.urandom(5000),
        lambda data: b"RIFF\xff\xff\xff\xffWAVEfmt " + os.urandom(500),
        lambda data: b"ID3" + bytes(9000),
        lambda data: b"\xff\xfb" + os.urandom(40),
    ],
)
def test_broken_files_are_refused(
    broken: Callable[[bytes], bytes], tmp_path: Path, readers: Readers
) -> None:
    clip = write_film(tmp_path / "clip.mp4", frames=24)
    clip.write_bytes(broken(clip.read_bytes()))
    with pytest.raises(BadInput) as refused:
        readers.check(clip, "mine.mp4")
    assert refused.value.message.startswith("mine.mp4 ")
    assert str(tmp_path) not in refused.value.message


def test_lists_of_other_files_are_never_opened(tmp_path: Path, readers: Readers) -> None:
    secret = write_film(tmp_path / "secret.mp4", frames=12)
    lists = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{secret}'\n",
        "sdp": "v=0\nm=video 5004 RTP/AVP 96\n",
    }
    for name, text in lists.items():
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(BadInput, match="is not a picture that can be read"):
            readers.check(path, name)
        with (
            pytest.raises(BadInput, match="neither a clip nor a sound"),
            containers.open_media(path, name),
        ):
            pass


def test_a_header_that_lies_about_its_size(tmp_path: Path, readers: Readers) -> None:
    clip = write_film(tmp_path / "clip.mp4", frames=12)
    clip.write_bytes(lying_size(clip.read_bytes()))
    facts = readers.check(clip, "liar.mp4")
    assert (facts.width, facts.height) == (320, 180)  # as the pictures themselves say


def test_too_much_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = write_film(tmp_path / "bomb.mp4", black, size=(64, 64), frames=10_000, fps=60)
    assert bomb.stat().st_size < 600_000
    begun = time.monotonic()
    with pytest.raises(BadInput, match=r"has 10000 frames; at most 9000 are taken"):
        check_input(bomb, "bomb.mp4")
    assert time.monotonic() - begun < 3
    slow = write_film(tmp_path / "slow.mp4", black, size=(64, 64), frames=400, fps=1)
    with pytest.raises(BadInput, match=r"lasts 400 s; at most 300 s"):
        check_input(slow, "slow.mp4")
    long = write_sound(tmp_path / "long.wav", seconds=301)
    with pytest.raises(BadInput, match=r"lasts 301 s"):
        check_input(long, "long.wav")
    monkeypatch.setattr(clips, "PIXELS_MAX", 1000)
    with pytest.raises(BadInput, match="64 x 64; at most 0 megapixels"):
        check_input(slow, "slow.mp4")
    monkeypatch.setattr(clips, "CLIP_BYTES_MAX", 1000)
    with pytest.raises(BadInput, match="has 0 MB; at most 0 MB"):
        check_input(slow, "slow.mp4")


def test_a_picture_bomb(tmp_path: Path, readers: Readers) -> None:
    """60,000 x 60,000 of one colour: a small file and eleven gigabytes."""
    path = tmp_path / "bomb.png"
    path.write_bytes(_png(60_000, 60_000))
    with pytest.raises(BadInput, match=r"bomb\.png is far too large"):
        readers.check(path, "bomb.png")


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 + 3 * width) * 10)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


# --- the processes


def child_of(readers: Readers) -> int:
    (reader,) = readers._inputs._all
    return reader.child.pid


def test_one_process_answers_many_times(tmp_path: Path, readers: Readers) -> None:
    clip = write_film(tmp_path / "clip.mp4", frames=12)
    readers.check(clip, "a.mp4")
    first = child_of(readers)
    for _ in range(5):
        readers.check(clip, "a.mp4")
    with pytest.raises(BadInput):
        readers.check(Path(__file__), "text.mp4")
    assert child_of(readers) == first


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    readers = Readers(at_once=1, input_patience_s=0.05)
    clip = write_film(tmp_path / "clip.mp4")
    try:
        with pytest.raises(BadInput, match=r"endless\.mp4 takes longer than 0\.05 s to read"):
            readers.check(clip, "endless.mp4")
    finally:
        readers.close()


def test_a_crash_is_tried_once_more(tmp_path: Path) -> None:
    readers = Readers(at_once=1)
    try:
        clip = write_film(tmp_path / "clip.mp4", frames=12)
        readers.check(clip, "a.mp4")
        os.kill(child_of(readers), signal.SIGKILL)
        assert readers.check(clip, "a.mp4").frames == 12
    finally:
        readers.close()


def test_what_crashes_twice_is_the_files_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = Readers(at_once=1)

    def doomed(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        return real(["/bin/sh", "-c", "read line; kill -SEGV $$"], stdin=-1, stdout=-1, stderr=-3)

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", doomed)
    try:
        with pytest.raises(BadInput, match=r"a\.mp4 can't be read: it makes the decoder crash"):
            readers.check(tmp_path / "a.mp4", "a.mp4")
    finally:
        readers.close()


def test_closing_ends_who_waits(tmp_path: Path) -> None:
    readers = Readers(at_once=1)
    clip = write_film(tmp_path / "clip.mp4", frames=12)
    readers.check(clip, "a.mp4")
    os.kill(child_of(readers), signal.SIGSTOP)
    caught: list[BaseException] = []

    def ask() -> None:
        try:
            readers.check(clip, "a.mp4")
        except SetUp as error:
            caught.append(error)

    waiting = threading.Thread(target=ask)
    waiting.start()
    time.sleep(0.1)
    readers.close()
    waiting.join(5)
    assert not waiting.is_alive()
    assert len(caught) == 1
    with pytest.raises(SetUp):
        readers.check(clip, "a.mp4")


def test_memory_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filmgate.media.readers.MEMORY_BYTES", 400 * 1024**2)
    readers = Readers(at_once=1)
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    Image.new("RGB", (100, 100), "red").save(small)
    Image.new("RGB", (7000, 7000), "red").save(large, compress_level=1)
    try:
        with pytest.raises(BadInput, match=r"large\.png takes more memory than there is"):
            readers.check(large, "large.png")
        assert readers.check(small, "small.png").width == 100
    finally:
        readers.close()
