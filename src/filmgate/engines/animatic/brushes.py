"""Ways of painting a frame instead of filming it. What belongs to the paper stays where it is from
frame to frame; only what was painted on it moves."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.kernels.tone import strokes
from filmgate.media.encode import Picture

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Brush = Callable[[Picture], None]
Planes = tuple[Bytes, Bytes, Bytes]


def watercolour(width: int, height: int, seed: int) -> Brush:
    """Flat washes with darker rims on white, grained paper that shows around the painting."""
    paper = _paper(width, height, seed, 0.10)
    shown = _painted_part(width, height, seed)
    map_x, map_y = _wobble(width // 2, height // 2, seed, width / 220)

    def paint(picture: Picture) -> None:
        edge = cv2.BORDER_REPLICATE
        small = [
            np.asarray(cv2.remap(plane, map_x, map_y, cv2.INTER_LINEAR, borderMode=edge), np.uint8)
            for plane in _halved(picture)
        ]
        y, u, v = _flattened((small[0], small[1], small[2]), max(3, height // 130))
        rim = cv2.absdiff(y, np.asarray(cv2.GaussianBlur(y, (0, 0), height / 300), np.uint8))
        y = y - np.minimum(y, np.minimum(rim, 20) * 2)
        light = np.asarray(cv2.resize(y, (width, height)), np.float32) * paper
        light = 228 + (light - 228) * shown
        np.copyto(picture.y, np.clip(light, 16, 235).astype(np.uint8))
        share = cv2.resize(shown, (width // 2, height // 2))
        for plane, painted in ((picture.u, u), (picture.v, v)):
            pale = 128 + (painted.astype(np.float32) - 128) * share
            np.copyto(plane, pale.astype(np.uint8))

    return paint


def oil(width: int, height: int, seed: int) -> Brush:
    """Thick strokes that catch the light."""
    relief = _paper(width, height, seed, 0.16, fine=0.25)
    map_x, map_y = _wobble(width // 2, height // 2, seed, width / 260)

    def paint(picture: Picture) -> None:
        edge = cv2.BORDER_REPLICATE
        small = [
            np.asarray(cv2.remap(plane, map_x, map_y, cv2.INTER_LINEAR, borderMode=edge), np.uint8)
            for plane in _halved(picture)
        ]
        y, u, v = _flattened((small[0], small[1], small[2]), max(3, height // 100))
        y, u, v = _flattened((y, u, v), max(2, height // 200))
        light = np.asarray(cv2.resize(y, (width, height), interpolation=cv2.INTER_CUBIC))
        np.copyto(picture.y, np.clip(light * relief, 16, 235).astype(np.uint8))
        np.copyto(picture.u, u)
        np.copyto(picture.v, v)

    return paint


def ink(width: int, height: int, _seed: int) -> Brush:
    """Few flat tones, and dark lines where they meet."""
    tones = np.arange(256, dtype=np.float32)
    step = np.float32(30)
    inside = (tones / step) % 1
    soft = np.clip((inside - 0.5) * 5 + 0.5, 0, 1)
    table = np.clip(((tones // step) + soft) * step, 16, 235).astype(np.uint8)

    def paint(picture: Picture) -> None:
        y, u, v = _flattened(_halved(picture), max(2, height // 180))
        fine = cv2.GaussianBlur(y, (0, 0), max(0.6, height / 900))
        wide = cv2.GaussianBlur(y, (0, 0), max(1.0, height / 360))
        line = np.maximum(np.asarray(cv2.subtract(wide, fine), np.uint8), 3) - 3
        flat = table[y]
        drawn = flat - np.minimum(flat - 16, np.minimum(line, 12) * 9)
        cv2.resize(drawn, (width, height), dst=picture.y, interpolation=cv2.INTER_CUBIC)
        np.copyto(picture.u, u)
        np.copyto(picture.v, v)

    return paint


def pencil(width: int, height: int, seed: int) -> Brush:
    """Grey strokes on white paper: outlines are drawn, shade is hatched."""
    paper = _paper(width, height, seed, 0.10)
    hatch = _hatching(width, height)

    def paint(picture: Picture) -> None:
        light = picture.y.astype(np.float32) - 16
        around = cv2.GaussianBlur(light, (0, 0), height / 160)
        drawn = np.clip(light / np.maximum(around, 6), 0, 1) ** 2.2
        shade = np.clip((120 - around) / 120, 0, 1) * hatch
        tone = (drawn * (1 - 0.62 * shade) * 212 * paper).astype(np.float32)
        np.copyto(picture.y, np.clip(tone + 20, 16, 235).astype(np.uint8))

    return paint


def pixels(width: int, height: int, _seed: int) -> Brush:
    """Large square pixels and few tones."""
    across, down = width // 8, height // 8
    table = np.clip(np.rint(np.arange(256) / 16) * 16, 16, 235).astype(np.uint8)

    def paint(picture: Picture) -> None:
        for plane in (picture.y, picture.u, picture.v):
            small = cv2.resize(plane, (across, down), interpolation=cv2.INTER_AREA)
            size = (plane.shape[1], plane.shape[0])
            if plane is picture.y:
                small = cv2.LUT(small, table)
            cv2.resize(small, size, dst=plane, interpolation=cv2.INTER_NEAREST)

    return paint


BRUSHES: dict[str, Callable[[int, int, int], Brush]] = {
    "watercolour": watercolour,
    "oil": oil,
    "ink": ink,
    "pencil": pencil,
    "pixels": pixels,
}


def _halved(picture: Picture) -> Planes:
    """Luma at the size of chroma."""
    height, width = picture.u.shape
    small = cv2.resize(picture.y, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), picture.u, picture.v


def _flattened(planes: Planes, reach: int) -> Planes:
    out = (np.empty_like(planes[0]), np.empty_like(planes[1]), np.empty_like(planes[2]))
    y, u, v = (np.ascontiguousarray(plane) for plane in planes)
    strokes(y, u, v, reach, out)
    return out


def _paper(width: int, height: int, seed: int, depth: float, *, fine: float = 0.35) -> Floats:
    """Light on rough paper or canvas, around 1."""
    rough = fractal(height, width, fine, fine, 3, seed + 41, ridged=False)
    slope = np.asarray(cv2.Sobel(rough, cv2.CV_32F, 1, 1, ksize=3), np.float32)
    return np.asarray(1 + np.clip(slope * np.float32(depth), -0.12, 0.12), np.float32)


def _painted_part(width: int, height: int, seed: int) -> Floats:
    """1 where the paper is painted; ragged edges at 2 to 5 % from the frame's."""
    rough = (
        fractal(height // 2, width // 2, 12 / width, 12 / width, 4, seed + 43, ridged=False) - 0.45
    )
    x = np.abs(np.linspace(-1, 1, width // 2, dtype=np.float32))[None]
    y = np.abs(np.linspace(-1, 1, height // 2, dtype=np.float32))[:, None]
    inside = np.minimum((1 - x) * np.float32(width / height), 1 - y)
    mask = np.clip((inside - 0.075 + rough * 0.16) * 45, 0, 1).astype(np.float32)
    return np.asarray(cv2.resize(mask, (width, height)), np.float32)


def _wobble(width: int, height: int, seed: int, reach_px: float) -> tuple[Floats, Floats]:
    """Maps that lead every outline a little astray, as a wet brush does."""
    step = 26 / width
    x = fractal(height, width, step, step, 3, seed + 47, ridged=False) - np.float32(0.45)
    y = fractal(height, width, step, step, 3, seed + 53, ridged=False) - np.float32(0.45)
    columns = np.arange(width, dtype=np.float32)[None]
    rows = np.arange(height, dtype=np.float32)[:, None]
    return (columns + x * np.float32(reach_px)), (rows + y * np.float32(reach_px))


def _hatching(width: int, height: int) -> Floats:
    """Slanted strokes, 0..1."""
    columns = np.arange(width, dtype=np.float32)[None]
    rows = np.arange(height, dtype=np.float32)[:, None]
    wave = np.sin((columns + rows) * np.float32(2 * np.pi / (height / 80)))
    return np.asarray(np.clip(0.55 + 0.75 * wave, 0, 1), np.float32)
