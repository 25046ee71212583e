"""Pictures that customers give: checked by their header first, decoded within limits."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from filmgate.domain.errors import BadInput

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
BYTES_MAX = 50 * 1024 * 1024
# 50 megapixels are 150 MB as RGB: more than any camera frame we could show, less than would hurt.
PIXELS_MAX = 50_000_000
SIDE_MIN_PX = 64


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """Size as it will be seen (after the camera's orientation tag)."""

    width: int
    height: int
    media_type: str


def check_image(path: Path) -> ImageInfo:
    """Read the header and then decode once. Raises BadInput in words for the customer."""
    with _open(path) as image:
        info = _info(image)
        try:
            image.load()
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise BadInput(
                f"{path.name} is damaged: {error}", remedy="Save the picture again and retry."
            ) from error
    return info


def load_image(path: Path) -> NDArray[np.uint8]:
    """The picture upright as (height, width, 3) uint8 RGB; transparency lies on white."""
    with _open(path) as image:
        try:
            upright = ImageOps.exif_transpose(image)
            if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
                rgba = upright.convert("RGBA")
                ground = Image.new("RGBA", rgba.size, "white")
                upright = Image.alpha_composite(ground, rgba)
            return np.asarray(upright.convert("RGB"))
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise BadInput(f"{path.name} is damaged: {error}") from error


def _open(path: Path) -> Image.Image:
    if not path.is_file():
        raise BadInput(f"there is no file {path}", remedy="Check the path.")
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise BadInput(
            f"{path.name} has {size / 1e6:.0f} MB; at most {BYTES_MAX // 1024**2} MB are taken",
            remedy="Save it smaller, for example as JPEG.",
        )
    try:
        with warnings.catch_warnings():
            # Our own limit below is stricter than Pillow's, which only warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path, formats=[*MEDIA_TYPES, "GIF"])
    except Image.DecompressionBombError as error:
        raise BadInput(f"{path.name} is too large: {error}") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadInput(
            f"{path.name} is not a picture that can be read",
            remedy="Give a JPEG, PNG or WebP file.",
        ) from error
    try:
        _check_header(image, path.name)
    except BadInput:
        image.close()
        raise
    return image


def _check_header(image: Image.Image, name: str) -> None:
    width, height = image.size
    if image.format == "GIF" or getattr(image, "n_frames", 1) > 1:
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
