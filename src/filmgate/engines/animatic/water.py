"""The sea, a lake, a wet street: a live surface below the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.water import water_kernel
from filmgate.engines.animatic.planes import Bytes, luma
from filmgate.engines.animatic.stage import INFINITE, Disc, View
from filmgate.media.encode import Picture

TILE = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """How the water behaves."""

    eye_height_m: float = 3.0
    """Of the camera above it; the waves are as long as this says, in its proportion."""
    roughness: float = 1.0
    """1 is a light breeze, 0.3 a lake at dawn, 2 a storm."""
    pace: float = 1.0
    glitter: float = 1.0
    glitter_width: float = 0.05
    """In frame widths."""
    flow: tuple[float, float] = (0.0, 0.0)
    """Where the whole surface goes, to the left and towards us, in eye heights a second."""


# Scale across, scale in depth, drift across, drift in depth, strength: swell, waves, ripples.
OCTAVES = np.array(
    [[20, 34, 6, 12, 1.0], [61, 83, -14, 21, 0.6], [150, 190, 22, -30, 0.38]], np.float32
)


class Water:
    def __init__(self, surface: Surface, seed: int, *, body: Colour, shine: Colour) -> None:
        self._surface = surface
        self._waves = _slopes(seed)
        self._octaves = OCTAVES * np.array([1, 1, surface.pace, surface.pace, 1], np.float32)
        self._octaves[:, 2:4] += OCTAVES[:, 0:2] * np.array(surface.flow, np.float32)
        y, u, v = luma(body)
        self._body = np.array([y - 16, u, v], np.float32)
        y, u, v = luma(shine)
        self._shine = np.array([y - 16, u, v], np.float32)

    def draw(self, picture: Picture, view: View, time_s: float, sun: Disc) -> None:
        """Fill the frame below the horizon; what stands above it must have been drawn."""
        horizon = view.horizon
        full = picture.y.shape[0]
        if horizon >= full - 1:
            return
        above = min(max(int(np.ceil(horizon)) + 1, 2) & ~1, full)
        surface, pose = self._surface, view.pose
        sun_x, sun_y = view.place(sun.across, sun.down, INFINITE)
        # Rough water mirrors softly; this also keeps far ripples from sparkling.
        mirror_y = np.asarray(cv2.blur(picture.y[:above], (3, 7)), np.uint8)
        mirror_u, mirror_v = picture.u[: above // 2].copy(), picture.v[: above // 2].copy()
        for plane, part in ((mirror_y, 1.0), (mirror_u, 0.5), (mirror_v, 0.5)):
            _without_disc(plane, sun_x * part, sun_y * part, sun.radius * view.zoom * part)
        numbers = np.array(
            [
                horizon,
                view.lens.focal * view.zoom,
                max(1 + pose.y * view.reach / surface.eye_height_m, 0.2),
                pose.x * view.reach / surface.eye_height_m,
                pose.z * view.reach / surface.eye_height_m,
                time_s,
                sun_x,
                surface.glitter,
                surface.roughness,
                surface.glitter_width * view.lens.width,
            ],
            np.float32,
        )
        water_kernel(
            picture.y,
            picture.u,
            picture.v,
            mirror_y,
            mirror_u,
            mirror_v,
            self._waves,
            self._octaves,
            self._body,
            self._shine,
            numbers,
        )


def _without_disc(plane: Bytes, x: float, y: float, radius: float) -> None:
    """Take the sun out of the mirror: ripples smear it into the lane of glitter, and its round
    image below the horizon would look painted on."""
    reach = radius * 1.15 + 4
    left, right = max(int(x - reach), 0), min(int(x + reach), plane.shape[1] - 1)
    top, bottom = max(int(y - reach), 0), min(int(y + reach), plane.shape[0])
    if right - left < 2 or bottom - top < 1:
        return
    part = np.linspace(0, 1, right - left, dtype=np.float32)[None]
    first = plane[top:bottom, left, None].astype(np.float32)
    last = plane[top:bottom, right, None].astype(np.float32)
    plane[top:bottom, left:right] = (first + (last - first) * part).astype(np.uint8)


def _slopes(seed: int) -> Floats:
    """(TILE, TILE, 2) slopes of a tiling random sea: long crests across the view."""
    random = np.random.Generator(np.random.PCG64(seed))
    raw = random.standard_normal((TILE, TILE)).astype(np.float32)

    def smooth(sigma: float) -> Floats:
        around = cv2.copyMakeBorder(raw, 64, 64, 64, 64, cv2.BORDER_WRAP)
        soft = cv2.GaussianBlur(around, (0, 0), sigmaX=sigma * 1.7, sigmaY=sigma)
        inner = np.asarray(soft, np.float32)[64:-64, 64:-64]
        return np.asarray(inner / inner.std(), np.float32)

    height = 0.35 * smooth(2.2) + 0.7 * smooth(5.0) + smooth(11.0)
    along = np.roll(height, -1, 1) - np.roll(height, 1, 1)
    toward = np.roll(height, -1, 0) - np.roll(height, 1, 0)
    slopes = np.dstack([along, toward]).astype(np.float32)
    return np.ascontiguousarray(slopes / (slopes.std() * np.float32(2.2)))
