"""Pictures that customers give: checked by their header first, decoded within limits."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from filmgate.domain.errors import BadInput

READ = ("JPEG", "PNG", "WEBP", "GIF")
"""What is looked at at all; an animated GIF is known as such, and then refused."""
# MPO is a JPEG with further views behind it, as many phones write it; the first is the photo.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
BYTES_MAX = 50 * 1024 * 1024
# 50 megapixels are 150 MB as RGB: more than any camera frame we could show, less than would hurt.
PIXELS_MAX = 50_000_000
SIDE_MIN_PX = 64
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow raises over a broken file."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """Size as it will be seen (after the camera's orientation tag)."""

    width: int
    height: int
    media_type: str


def check_image(path: Path, name: str | None = None) -> ImageInfo:
    """Read the header and then decode once. Raises BadInput in words for the customer, who knows
    the file by ``name``."""
    name = name or path.name
    with _open(path, name) as image, _blaming(name):
        image.load()
        return _info(image)


def load_image(path: Path) -> NDArray[np.uint8]:
    """The picture upright as (height, width, 3) uint8 RGB; transparency lies on white."""
    with _open(path, path.name) as image, _blaming(path.name):
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):
            # Sixteen bits of grey: Pillow would cut off what is above 255 instead of scaling.
            grey = np.asarray(np.asarray(upright) >> 8, np.uint8)
            return np.repeat(grey[..., None], 3, axis=2)
        if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
            rgba = upright.convert("RGBA")
            ground = Image.new("RGBA", rgba.size, "white")
            upright = Image.alpha_composite(ground, rgba)
        return np.asarray(upright.convert("RGB"))


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    """What can't be decoded is the picture's fault; what is odd but can be is nobody's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except DAMAGE as error:
            raise BadInput(
                f"{name} is damaged: {error}", remedy="Save the picture again and retry."
            ) from error


def _open(path: Path, name: str) -> Image.Image:
    if not path.is_file():
        raise BadInput(f"there is no file {path}", remedy="Check the path.")
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise BadInput(
            f"{name} has {size / 1e6:.0f} MB; at most {BYTES_MAX // 1024**2} MB are taken",
            remedy="Save it smaller, for example as JPEG.",
        )
    try:
        with warnings.catch_warnings():
            # Our own limit below is stricter than Pillow's, which at first only warns.
            warnings.simplefilter("ignore")
            image = Image.open(path, formats=READ)
    except Image.DecompressionBombError as error:
        raise BadInput(
            f"{name} is far too large; at most {PIXELS_MAX // 1_000_000} megapixels are taken",
            remedy="Make the picture smaller.",
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadInput(
            f"{name} is not a picture that can be read",
            remedy="Give a JPEG, PNG or WebP file.",
        ) from error
    try:
        _check_header(image, name)
    except BadInput:
        image.close()
        raise
    return image


def _check_header(image: Image.Image, name: str) -> None:
    width, height = image.size
    moving = getattr(image, "n_frames", 1) > 1 and image.format != "MPO"
    if image.format == "GIF" or moving:
        raise BadInput(
            f"{name} is an animation; a still picture is needed",
            remedy="Give one frame as JPEG, PNG or WebP.",
        )
    if width * height > PIXELS_MAX:
        raise BadInput(
            f"{name} is {width} x {height}; at most {PIXELS_MAX // 1_000_000} megapixels are taken",
            remedy="Make the picture smaller.",
        )
    if min(width, height) < SIDE_MIN_PX:
        raise BadInput(
            f"{name} is {width} x {height}; each side needs {SIDE_MIN_PX} pixels or more",
            remedy="Give a larger picture.",
        )


def _info(image: Image.Image) -> ImageInfo:
    width, height = image.size
    # Exif orientations 5 to 8 lie on their side.
    if image.getexif().get(0x0112, 1) in {5, 6, 7, 8}:
        width, height = height, width
    return ImageInfo(width, height, MEDIA_TYPES[image.format or ""])
