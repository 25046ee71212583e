"""Colour planes: how a painted RGB texture becomes what the encoder eats.

Everything is composed in Y'CbCr 4:2:0, BT.709, limited range, because that is a quarter of RGB's
work. A cut-out holds premultiplied planes: its Y, U and V are already multiplied by its alpha,
offsets included, so that "over" is one multiply and one add in each plane.
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
    """An opaque texture: ``y`` (h, w), ``uv`` (h/2, w/2, 2), uint8."""

    y: Bytes
    uv: Bytes


@dataclass(frozen=True, slots=True)
class Cutout:
    """A texture with holes: ``ya`` (h, w, 2) and ``uva`` (h/2, w/2, 3), uint8, premultiplied."""

    ya: Bytes
    uva: Bytes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.ya.shape[1], self.ya.shape[0]


def backdrop(rgb: Floats | Bytes, *, dither: bool = True) -> Backdrop:
    """From (h, w, 3) RGB in 0..255, h and w even. Dithering keeps long gradients free of bands."""
    y, u, v = _luma_chroma(np.asarray(rgb, np.float32))
    half_u, half_v = _half(u), _half(v)
    return Backdrop(_bytes(y, dither), np.dstack([_bytes(half_u, dither), _bytes(half_v, dither)]))


def cutout(rgb: Floats | Bytes, alpha: Floats) -> Cutout:
    """From (h, w, 3) RGB in 0..255 and (h, w) alpha in 0..1; odd sizes get an empty edge."""
    rgb, alpha = _even(np.asarray(rgb, np.float32)), _even(np.asarray(alpha, np.float32))
    y, u, v = _luma_chroma(rgb)
    ya = np.dstack([_bytes(y * alpha, dither=True), _bytes(alpha * 255, dither=False)])
    uva = [_bytes(_half(plane * alpha), dither=False) for plane in (u, v)]
    return Cutout(ya, np.dstack([*uva, _bytes(_half(alpha) * 255, dither=False)]))


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


def _even(array: Floats) -> Floats:
    height, width = array.shape[:2]
    edges = [(0, height % 2), (0, width % 2)] + [(0, 0)] * (array.ndim - 2)
    return np.pad(array, edges) if height % 2 or width % 2 else array


def _bytes(plane: Floats, dither: bool) -> Bytes:  # noqa: FBT001
    if dither:
        return dithered(np.ascontiguousarray(plane, np.float32))
    return np.asarray(np.clip(plane + np.float32(0.5), 0, 255), np.uint8)
