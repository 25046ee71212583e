"""Northern lights: curtains that hang in the sky and slowly wave."""

from __future__ import annotations

import cv2
import numpy as np

from filmgate.engines.animatic.kernels.curtain import curtains
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import INFINITE, Lens

COARSE = 4
GREEN, VIOLET = (-30.0, -34.0), (22.0, 20.0)
"""How U and V lean at the foot of a curtain and at its top."""


class Aurora:
    def __init__(self, lens: Lens, seed: int, *, strength: float = 92.0) -> None:
        self._lens, self._strength = lens, strength
        random = np.random.Generator(np.random.PCG64([seed, 121]))
        # A row each: height of its foot, phases, waves across the frame, length, brightness.
        self._bands = np.array(
            [
                [0.16 + 0.07 * i, *random.uniform(0, 6.28, 3), random.uniform(1.6, 3.2),
                 random.uniform(0.20, 0.34), random.uniform(0.6, 1.0)]
                for i in range(3)
            ],
            np.float32,
        )  # fmt: skip

    def draw(self, now: Instant) -> None:
        lens, picture = self._lens, now.picture
        height, width = picture.y.shape
        small = np.zeros((height // COARSE + 1, width // COARSE + 1, 2), np.float32)
        x, y = now.view.place(0.0, 0.0, INFINITE)
        numbers = np.array(
            [x / COARSE, y / COARSE, lens.width / COARSE, lens.height / COARSE, now.time_s],
            np.float32,
        )
        curtains(small, self._bands, numbers)
        size = (small.shape[1] * COARSE, small.shape[0] * COARSE)
        full = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.float32)
        full = full[:height, :width]
        light = np.minimum(full[..., 0] * np.float32(self._strength), 200).astype(np.uint8)
        cv2.add(picture.y, light, dst=picture.y)
        half = full[::2, ::2]
        for plane, foot, top in (
            (picture.u, GREEN[0], VIOLET[0]),
            (picture.v, GREEN[1], VIOLET[1]),
        ):
            lean = half[..., 0] * foot + half[..., 1] * (top - foot)
            plane[:] = np.clip(plane + lean, 16, 240).astype(np.uint8)
