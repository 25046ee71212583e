"""Customers' pictures: what is taken looks as it was meant, what isn't is refused in words."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from filmgate.domain.errors import BadInput
from filmgate.media.images import check_image, load_image

WIDE = (128, 96)
RED, BLUE = (230, 30, 40), (20, 40, 220)


def halves(size: tuple[int, int] = WIDE) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0], size[1] // 2))
    return picture


def noise(size: tuple[int, int] = (320, 240)) -> Image.Image:
    pixels = np.random.default_rng(5).integers(0, 255, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels)


def looks_like_halves(pixels: NDArray[np.uint8], within: int) -> None:
    height = pixels.shape[0]
    for rows, colour in ((slice(2, height // 2 - 9), RED), (slice(height // 2 + 9, -2), BLUE)):
        apart = np.abs(pixels[rows].astype(int) - np.array(colour))
        assert apart.max() <= within, (colour, apart.max())


# --- what is refused ---------------------------------------------------------------------------


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header tells of a picture that is not there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(3 * 64)))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def cut(kind: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        noise().save(path, kind)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return write


def moving(kind: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        frames = [Image.new("RGB", WIDE, (80 * number, 0, 0)) for number in range(3)]
        frames[0].save(path, kind, save_all=True, append_images=frames[1:])

    return write


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "text.png": (lambda path: path.write_text("I am no picture"), "is not a picture"),
    "empty.png": (lambda path: path.write_bytes(b""), "is not a picture"),
    "bitmap.bmp": (lambda path: halves().save(path), "is not a picture"),
    "cut.jpg": (cut("JPEG"), "is damaged"),
    "cut.png": (cut("PNG"), "is damaged"),
    "cut.webp": (cut("WEBP"), "is "),
    "moving.gif": (moving("GIF"), "is an animation"),
    "moving.webp": (moving("WEBP"), "is an animation"),
    "moving.png": (moving("PNG"), "is an animation"),
    "tiny.png": (lambda path: halves((10, 10)).save(path), "is 10 x 10; each side needs 64"),
    "thin.png": (lambda path: halves((640, 63)).save(path), "is 640 x 63; each side needs 64"),
    "many.png": (lambda path: path.write_bytes(claiming(10_000, 5_001)), "at most 50 megapixels"),
    "huge.png": (lambda path: path.write_bytes(claiming(60_000, 60_000)), "at most 50 megapixels"),
    "missing.png": (lambda path: None, "there is no file"),
    "folder.png": (lambda path: path.mkdir(), "there is no file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_picture_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    write, says = REFUSED[name]
    write(tmp_path / name)
    with pytest.raises(BadInput) as refused:
        check_image(tmp_path / name)
    assert says in refused.value.message
    assert name in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.remedy
    with pytest.raises(BadInput):
        load_image(tmp_path / name)


LOOK = """
import json, resource, sys, time
from pathlib import Path
from filmgate.domain.errors import BadInput
from filmgate.media.images import check_image
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, began = peak(), time.process_time()
try:
    check_image(Path(sys.argv[1]))
except BadInput as refused:
    spent = time.process_time() - began
    print(json.dumps({"seconds": spent, "kilobytes": peak() - before, "says": refused.message}))
"""


@pytest.mark.parametrize("side", [60_000, 9_000])
def test_claimed_pixels_cost_nothing(side: int, tmp_path: Path) -> None:
    (tmp_path / "huge.png").write_bytes(claiming(side, side))
    command = [sys.executable, "-c", LOOK, str(tmp_path / "huge.png")]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert found["seconds"] < 1
    assert found["kilobytes"] < 200_000
    assert "megapixels" in found["says"]


def test_a_file_too_large_to_be_a_picture_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(51 * 1024**2)
    with pytest.raises(BadInput, match="has 53 MB; at most 50 MB"):
        check_image(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "MPO"])
def test_no_broken_file_raises_anything_else(kind: str, tmp_path: Path) -> None:
    """Seeded damage: bytes changed, cut out, cut off. Warnings would be errors here, too."""
    chance = random.Random(kind)
    whole, path = tmp_path / "whole", tmp_path / "broken"
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a description"
    noise(WIDE).save(whole, kind, exif=exif.tobytes())
    good = whole.read_bytes()
    refused = 0
    for _ in range(150):
        broken = bytearray(good)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(chance.choice([60, 300, len(broken)])) % len(broken)
            if chance.random() < 0.7:
                broken[at] = chance.randrange(256)
            else:
                del broken[at : at + chance.randint(1, 40)]
        path.write_bytes(broken)
        for look in (check_image, load_image):
            try:
                look(path)
            except BadInput:
                refused += 1
    assert refused > 20


# --- what is taken -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "within", "media_type"),
    [
        ("plain.png", 0, "image/png"),
        ("plain.jpg", 6, "image/jpeg"),
        ("plain.webp", 6, "image/webp"),
        ("wrong-ending.txt", 6, "image/jpeg"),
    ],
)
def test_plain_pictures_keep_their_colours(
    name: str, within: int, media_type: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    kind = None if path.suffix != ".txt" else "JPEG"
    halves().save(path, kind)
    found = check_image(path)
    assert (found.width, found.height, found.media_type) == (*WIDE, media_type)
    looks_like_halves(load_image(path), within)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photo_stands_upright_whatever_the_camera_did(orientation: int, tmp_path: Path) -> None:
    """The file holds the picture as a camera held that way would write it."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = halves() if orientation == 1 else halves().transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "photo.jpg", exif=exif, quality=95)
    found = check_image(tmp_path / "photo.jpg")
    assert (found.width, found.height) == WIDE
    looks_like_halves(load_image(tmp_path / "photo.jpg"), 6)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    picture = Image.new("RGBA", WIDE, (0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 0, 40, 40))
    picture.paste((*RED, 128), (60, 0, 100, 40))
    picture.save(tmp_path / "cut-out.png")
    pixels = load_image(tmp_path / "cut-out.png")
    assert pixels.shape == (WIDE[1], WIDE[0], 3)
    assert tuple(pixels[80, 5]) == (255, 255, 255)
    assert tuple(pixels[5, 5]) == RED
    assert np.allclose(pixels[5, 80], [242, 142, 147], atol=1)


def test_transparent_palette_entry_lies_on_white(tmp_path: Path) -> None:
    picture = halves().quantize(2)
    seen = picture.getpixel((5, 5))
    picture.save(tmp_path / "palette.png", transparency=seen)
    pixels = load_image(tmp_path / "palette.png")
    assert tuple(pixels[5, 5]) == (255, 255, 255)
    assert tuple(pixels[-5, 5]) == BLUE


def test_palette_picture(tmp_path: Path) -> None:
    halves().quantize(2).save(tmp_path / "palette.png")
    looks_like_halves(load_image(tmp_path / "palette.png"), 2)


@pytest.mark.parametrize("name", ["grey.png", "grey.jpg", "grey.webp"])
def test_grey_picture_has_three_equal_channels(name: str, tmp_path: Path) -> None:
    Image.new("L", WIDE, 90).save(tmp_path / name)
    pixels = load_image(tmp_path / name)
    assert pixels.shape == (WIDE[1], WIDE[0], 3)
    assert np.abs(pixels.astype(int) - 90).max() <= 1


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_keep_their_gradations(channels: int, tmp_path: Path) -> None:
    ramp = np.broadcast_to(np.linspace(0, 65535, 256).astype(np.uint16), (64, 256))
    whole = ramp if channels == 1 else np.dstack([ramp] * 3)
    cv2.imwrite(str(tmp_path / "deep.png"), whole)
    pixels = load_image(tmp_path / "deep.png")
    assert pixels.dtype == np.uint8
    assert np.abs(pixels[3].astype(int) - np.arange(256)[:, None]).max() <= 1


def test_print_colours_become_screen_colours(tmp_path: Path) -> None:
    halves().convert("CMYK").save(tmp_path / "print.jpg", quality=95)
    assert check_image(tmp_path / "print.jpg").media_type == "image/jpeg"
    looks_like_halves(load_image(tmp_path / "print.jpg"), 12)


def test_phone_photo_with_a_second_view_is_a_photo(tmp_path: Path) -> None:
    """Phones put further views behind a JPEG (MPO); that is no animation."""
    other = Image.new("RGB", WIDE, (0, 255, 0))
    halves().save(tmp_path / "phone.jpg", "MPO", save_all=True, append_images=[other], quality=95)
    assert check_image(tmp_path / "phone.jpg").media_type == "image/jpeg"
    looks_like_halves(load_image(tmp_path / "phone.jpg"), 6)
