"""The ground of a street: see ``kernels.street`` for how it looks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.avenue import Street, foot
from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.street import SMEAR_X, SMEAR_Y, street_kernel
from filmgate.engines.animatic.planes import Bytes, luma
from filmgate.engines.animatic.scene import Instant

TILE = 256


class Pavement:
    def __init__(self, street: Street, light: Daylight, seed: int, *, sun: float = 0.0) -> None:
        """``sun`` is how much of the sun comes through the clouds, 0..1."""
        self._street = street
        self._tile = _tile(seed)
        day = np.array(light.ambient) / 255 * (1 - 0.72 * light.lamps)
        key = np.array(light.key) / 255 * (1 - light.lamps) * (1 - 0.6 * light.backlight)
        # The more of it falls in one piece, the less is spread over everything.
        day = day * (1 - 0.2 * sun) + key * 0.45 * (1 - 0.8 * sun)
        side = 1.0 if light.sun[0] > 0.5 else -1.0
        night = 0.2 * light.lamps
        self._colours = np.array(
            [
                _added(np.array((62, 64, 70)) * day),
                _added(np.array((104, 100, 98)) * day),
                _added(np.array((170, 164, 146)) * (day * 0.8 + night)),
                _added(np.array((255, 168, 96)) * 0.22 * light.lamps),
                _added(np.array((64, 63, 60)) * key * sun),
                (side, street.curb_m * (light.sun[1] - 0.62), 0.0),
            ],
            np.float32,
        )

    def draw(self, now: Instant) -> None:
        picture, view, street = now.picture, now.view, self._street
        lens, pose = view.lens, view.pose
        x_left, horizon, left = foot(view, street, -1)
        _, _, right = foot(view, street, 1)
        full = picture.y.shape[0]
        if horizon >= full - 2:
            return
        # The houses' feet at the edges of the frame are the lowest rows that are mirrored.
        deepest = horizon + max(-left * x_left, right * (lens.width - x_left)) + 2
        rows = min(max(int(deepest) + 2, 32) & ~1, full)
        # A little softness keeps far lights from sparkling in the film of water.
        sharp = np.asarray(cv2.blur(picture.y[:rows], (3, 7)), np.uint8)
        smear = _smeared((picture.y[:rows], picture.u[: rows // 2], picture.v[: rows // 2]))
        numbers = np.array(
            [
                horizon,
                lens.focal * view.zoom,
                max(street.eye_height_m + pose.y * view.reach, 0.3),
                pose.x * view.reach,
                pose.z * view.reach,
                street.vanish / lens.focal,
                now.time_s,
                street.wet,
                street.curb_m,
                x_left,
                left,
                right,
            ],
            np.float32,
        )
        street_kernel(
            picture.y, picture.u, picture.v, sharp, smear, self._tile, self._colours, numbers
        )


def _smeared(planes: tuple[Bytes, Bytes, Bytes]) -> Floats:
    """Small and drawn out upwards: what asphalt between puddles shows."""
    full, columns = planes[0].shape
    rows = full // SMEAR_Y * SMEAR_Y
    size = (max(columns // SMEAR_X, 2), max(rows // SMEAR_Y, 2))
    small = [_shrunk(plane[: rows * len(plane) // full], size) for plane in planes]
    drawn = cv2.blur(np.dstack(small), (1, 5), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, np.float32)


def _shrunk(plane: Bytes, size: tuple[int, int]) -> Bytes:
    """By halves first: the one shrinking that OpenCV does in vectors."""
    while plane.shape[1] >= 2 * size[0] and plane.shape[0] >= 2 * size[1]:
        half = (plane.shape[1] // 2, plane.shape[0] // 2)
        plane = np.asarray(cv2.resize(plane, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _added(rgb: NDArray[np.float64]) -> tuple[float, float, float]:
    """A light's Y, U, V, to be added to others."""
    y, u, v = luma((float(rgb[0]), float(rgb[1]), float(rgb[2])))
    return y - 16, u - 128, v - 128


def _tile(seed: int) -> Floats:
    """A tiling square: puddles (0..1), grain, and the slopes of the film of water."""
    random = np.random.Generator(np.random.PCG64(seed))

    def smooth(sigma: float) -> Floats:
        raw = random.standard_normal((TILE, TILE)).astype(np.float32)
        around = cv2.copyMakeBorder(raw, 64, 64, 64, 64, cv2.BORDER_WRAP)
        soft = np.asarray(cv2.GaussianBlur(around, (0, 0), sigma), np.float32)[64:-64, 64:-64]
        return np.asarray(soft / soft.std(), np.float32)

    puddles = np.clip(0.5 + 0.3 * (smooth(13) + 0.45 * smooth(4)), 0, 1)
    grain = np.clip(smooth(0.8) * 0.6 + smooth(2.5) * 0.5, -1.5, 1.5)
    return np.ascontiguousarray(np.dstack([puddles, grain, smooth(2.6), smooth(2.6)]), np.float32)
