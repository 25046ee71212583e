"""The sky: gradient, sun or moon, stars, and a ceiling of clouds that drifts in perspective."""

from __future__ import annotations

import math
from collections.abc import Collection

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Floats, ramp
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.ceiling import lay_ceiling
from filmgate.engines.animatic.kernels.noise import chance, fractal
from filmgate.engines.animatic.planes import Backdrop, Cutout, backdrop, cutout
from filmgate.engines.animatic.stage import (
    INFINITE,
    Disc,
    Lens,
    Spans,
    View,
    cover,
    rows_of,
    standing,
)
from filmgate.media.encode import Picture

SHOWS = frozenset({"sky", "sun", "clouds"})
"""The storyboard's features that every place under a sky shows."""
OVERSCAN_X, OVERSCAN_Y = 1.5, 1.35
CLOUD_TILE_PX = 1024
CLOUD_LEVELS = 6
TEXELS = 130.0
"""Texels of the cloud tile to one height of the ceiling."""


class Sky:
    """Painted once with room around it; drawn by turning the camera only, for it is infinitely far.

    ``clouds`` is how much of the ceiling is covered (0..1); ``wind`` drifts it, in ceilings a
    second; ``wisps`` stretches clouds along the wind.
    """

    def __init__(
        self, lens: Lens, light: Daylight, seed: int, *, clouds: float, wind: float = 0.012
    ) -> None:
        self._lens, self._light, self._wind = lens, light, wind
        self._width = int(lens.width * OVERSCAN_X) & ~1
        self._height = int(lens.height * OVERSCAN_Y) & ~1
        self._anchor = (self._width / 2, self._height * 0.80)
        self._texture = self._paint(seed)
        self._clouds = _ceiling(light, seed, clouds) if clouds > 0 else None

    @property
    def sun(self) -> Disc:
        light, lens = self._light, self._lens
        across = (light.sun[0] - 0.5) * lens.width
        return Disc(across, -light.sun[1] * lens.height, light.sun_radius * lens.width)

    def draw(
        self,
        picture: Picture,
        view: View,
        time_s: float,
        *,
        down_to: float = 1.0,
        spans: Spans | None = None,
    ) -> None:
        """``down_to``, in frame heights below the horizon, is where something opaque begins that
        hides the rest in every column: no need to draw it. A place that knows more about what is
        seen of the sky tells it in ``spans``."""
        if spans is None:
            spans = rows_of(view.lens, int(view.horizon + down_to * view.lens.height) + 2)
        cover(picture, self._texture, standing(view, 0, 0, INFINITE, self._anchor), spans)
        if self._clouds is not None:
            self._draw_ceiling(self._clouds, picture, view, time_s, spans)

    def _paint(self, seed: int) -> Backdrop:
        """Gradient and glow at half size (they are smooth), then the sharp things at full size."""
        lens, light = self._lens, self._light
        rows, columns = self._height // 2, self._width // 2
        down = _steps(rows, self._anchor[1], lens.height)[:, None]
        across = _steps(columns, self._anchor[0], lens.width)[None]
        sky = np.broadcast_to(ramp(-down, light.sky), (rows, columns, 3)).copy()
        far_x = across - np.float32(light.sun[0] - 0.5)
        far_y = (down + np.float32(light.sun[1])) * np.float32(lens.height / lens.width)
        distance = np.sqrt(far_x * far_x + far_y * far_y)[..., None]
        sky += np.exp(-distance * np.float32(4.5)) * np.array(light.glow, np.float32)
        sky += np.exp(-distance * np.float32(16)) * np.array(light.halo, np.float32)
        full = cv2.resize(sky, (self._width, self._height), interpolation=cv2.INTER_LINEAR)
        painted = np.asarray(full, np.float32)
        if light.stars:
            self._sow_stars(painted, seed)
        self._set_sun(painted)
        return backdrop(painted)

    def _sow_stars(self, sky: Floats, seed: int) -> None:
        count = int(900 * self._light.stars)
        for i in range(count):
            x = int(chance(i, 1, seed) * (self._width - 4)) + 2
            y = int(chance(i, 2, seed) ** 1.3 * self._anchor[1] * 0.86)
            bright = np.float32(50 + 190 * chance(i, 3, seed) ** 6)
            sky[y, x] += bright
            if bright > 120:  # a bright star has a little body
                sky[max(y - 1, 0) : y + 2, x - 1 : x + 2] += bright * np.float32(0.28)

    def _set_sun(self, sky: Floats) -> None:
        light, lens = self._light, self._lens
        radius = light.sun_radius * lens.width
        x = self._anchor[0] + (light.sun[0] - 0.5) * lens.width
        y = self._anchor[1] - light.sun[1] * lens.height
        left, top = int(x - radius - 3), int(y - radius - 3)
        size = int(2 * radius + 8)
        rows = np.arange(top, top + size, dtype=np.float32)[:, None] + 0.5 - y
        columns = np.arange(left, left + size, dtype=np.float32)[None] + 0.5 - x
        inside = np.clip(radius - np.sqrt(rows * rows + columns * columns) + 0.5, 0, 1)
        disc = np.broadcast_to(np.array(light.sun_colour, np.float32), (size, size, 3)).copy()
        if light.stars >= 1:  # the moon has a face
            seas = fractal(size, size, 5 / size, 5 / size, 4, 77, ridged=False)
            disc *= (1 - 0.30 * np.clip((seas - 0.42) * 4, 0, 1))[..., None]
        mix = inside[..., None]
        area = sky[top : top + size, left : left + size]
        if light.stars < 1:  # no glow outshines the sun that it is of
            disc = np.maximum(disc, area)
        area += (disc - area) * mix

    def _draw_ceiling(
        self, clouds: list[Cutout], picture: Picture, view: View, time_s: float, spans: Spans
    ) -> None:
        """Each row above the horizon sees the ceiling at distance focal / height; the
        nearer the horizon, the smaller the copy of the texture that is read, or it would sparkle.
        """
        horizon, focal = view.horizon, view.lens.focal * view.zoom
        middle = view.place(0.0, 0.0, INFINITE)[0]
        aside = self._wind * time_s + view.pose.x * 0.3
        travel = view.pose.z * 0.4
        for level, texture in enumerate(clouds):
            top, bottom = self._rows_of(level, len(clouds), horizon, focal)
            if bottom <= top:
                continue
            heights = horizon - np.arange(top, bottom, dtype=np.float64) - 0.5
            texels = TEXELS / 2**level
            rows = np.empty((bottom - top, 4), np.float64)
            # A point x of a row sees the ceiling at ((x - middle) / height, focal / height).
            rows[:, 0] = (0.5 - middle) / heights * texels + aside * texels - 0.5
            rows[:, 1] = texels / heights
            rows[:, 2] = (focal / heights + travel) * texels - 0.5
            rows[:, 3] = np.clip((heights / view.lens.height - 0.02) * 9, 0, 1)
            lay_ceiling(picture.y, picture.u, picture.v, texture.pixels, top, rows, spans)

    def _rows_of(self, level: int, levels: int, horizon: float, focal: float) -> tuple[int, int]:
        """Rows where one step down the frame is about 2**level texels of the ceiling."""

        def edge(number: int) -> int:
            row = horizon - math.sqrt(focal * TEXELS / 2**number)
            return min(max(int(row), 0), self._lens.height) & ~1

        top = 0 if level == 0 else edge(level)
        last = int(horizon - 0.02 * self._lens.height)
        bottom = (
            edge(level + 1) if level + 1 < levels else min(max(last, 0), self._lens.height) & ~1
        )
        return top, max(top, bottom)


def _ceiling(light: Daylight, seed: int, share: float) -> list[Cutout]:
    """A tiling square of cloud lit from the sun's side, and its ever smaller copies."""
    side = CLOUD_TILE_PX
    large = tiling(side, 7 / side, 9 / side, 6, seed * 13 + 1)
    small = tiling(side, 22 / side, 26 / side, 4, seed * 13 + 6)
    rank = np.asarray(large + np.float32(0.16) * (small - np.float32(0.5)), np.float32)
    floor = float(np.quantile(rank[::8, ::8], 1 - share))
    dense = np.clip((rank - np.float32(floor)) * np.float32(5.0), 0, 1)
    dense = dense * dense * (3 - 2 * dense)
    around = cv2.copyMakeBorder(dense, 64, 64, 64, 64, cv2.BORDER_WRAP)
    thick = np.asarray(cv2.GaussianBlur(around, (0, 0), side / 80), np.float32)[64:-64, 64:-64]
    lean = int(math.copysign(side * 0.012, light.sun[0] - 0.5))
    rim = np.clip(dense - np.roll(thick, (int(side * 0.01), -lean), (0, 1)) * 0.75, 0, 1)
    shade = np.clip(thick * 1.15 - rim * 0.55 + (small - 0.5) * 0.25, 0, 1).astype(np.float32)
    colours = ramp(shade, tuple(zip((0.0, 0.3, 0.62, 1.0), light.cloud, strict=True)))
    alpha = np.asarray(dense * np.float32(0.9), np.float32)
    levels = [cutout(colours, alpha)]
    for level in range(1, CLOUD_LEVELS):
        size = (side >> level, side >> level)
        colours = np.asarray(cv2.resize(colours, size, interpolation=cv2.INTER_AREA), np.float32)
        alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
        levels.append(cutout(colours, alpha))
    return levels


def tiling(side: int, step_x: float, step_y: float, octaves: int, seed: int) -> Floats:
    """Noise that repeats without a seam: what comes after the far edge is blended in at the near
    one."""
    band = side // 4
    wide = fractal(side + band, side + band, step_x, step_y, octaves, seed, ridged=False)
    weight = np.linspace(0, 1, band, dtype=np.float32)
    weight = weight * weight * (3 - 2 * weight)
    wide[:, :band] = wide[:, side:] * (1 - weight) + wide[:, :band] * weight
    wide[:band] = wide[side:] * (1 - weight[:, None]) + wide[:band] * weight[:, None]
    return np.ascontiguousarray(wide[:side, :side])


def _steps(count: int, anchor: float, size: int) -> Floats:
    """Distances of half-size samples from the anchor, in frame sizes."""
    return (np.arange(count, dtype=np.float32) * 2 + 1 - np.float32(anchor)) / np.float32(size)


def cloudiness(share: float, features: Collection[str]) -> tuple[float, float]:
    """How much cloud, and how fast it drifts: more and faster where the prompt speaks of it."""
    if "clouds" not in features:
        return share, 0.012
    return max(share, 0.52), 0.045
