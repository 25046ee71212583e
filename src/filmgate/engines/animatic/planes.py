"""Colour planes: how a painted RGB texture becomes what the encoder eats.

Everything is composed in Y'CbCr 4:2:0, BT.709, limited range, because that is half of RGB's work
and needs no conversion. A cut-out holds premultiplied Y, U, V and its alpha in one array of four
channels (OpenCV warps one and four channels several times faster than two or three); Y, U and V are
already multiplied by alpha, offsets included, so that "over" is one multiply and one add.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.blend import dithered

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Backdrop:
    """An opaque texture: ``y`` (h, w), ``u`` and ``v`` (h/2, w/2), uint8."""

    y: Bytes
    u: Bytes
    v: Bytes


@dataclass(frozen=True, slots=True)
class Cutout:
    """A texture with holes: (h, w, 4) uint8, premultiplied Y, U, V and alpha."""

    pixels: Bytes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


def backdrop(rgb: Floats | Bytes, *, dither: bool = True) -> Backdrop:
    """From (h, w, 3) RGB in 0..255, h and w even. Dithering keeps long gradients free of bands."""
    y, u, v = _luma_chroma(np.asarray(rgb, np.float32))
    return Backdrop(_bytes(y, dither), _bytes(_half(u), dither), _bytes(_half(v), dither))


def cutout(rgb: Floats | Bytes, alpha: Floats) -> Cutout:
    """From (h, w, 3) RGB in 0..255 and (h, w) alpha in 0..1."""
    y, u, v = _luma_chroma(np.asarray(rgb, np.float32))
    opaque = np.asarray(alpha, np.float32)
    planes = [_bytes(y * opaque, dither=True)]
    planes += [_bytes(plane * opaque, dither=False) for plane in (u, v)]
    return Cutout(np.dstack([*planes, _bytes(opaque * np.float32(255), dither=False)]))


def luma(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    """One colour (0..255) as Y, U, V in their byte ranges."""
    y, u, v = _luma_chroma(np.array([[rgb]], np.float32))
    return float(y[0, 0]), float(u[0, 0]), float(v[0, 0])


def _luma_chroma(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    """ITU-R BT.709-6, 3.2 and 3.3, and limited-range quantisation (3.4)."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    light = red * np.float32(0.2126) + green * np.float32(0.7152) + blue * np.float32(0.0722)
    y = np.float32(16) + light * np.float32(219 / 255)
    u = np.float32(128) + (blue - light) * np.float32(224 / 255 / 1.8556)
    v = np.float32(128) + (red - light) * np.float32(224 / 255 / 1.5748)
    return y, u, v


def _half(plane: Floats) -> Floats:
    height, width = plane.shape
    half = cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.float32)


def _bytes(plane: Floats, dither: bool) -> Bytes:  # noqa: FBT001
    if dither:
        return dithered(np.ascontiguousarray(plane, np.float32))
    return np.asarray(np.clip(plane + np.float32(0.5), 0, 255), np.uint8)
