"""Sand or snow that the wind drives low over the ground, in streaming veils."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.planes import cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, lay, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One veil: where it is, how tall, how thick (0..1) and how fast (frame widths a second)."""

    depth_m: float
    down: float
    """Of its foot below the horizon, in frame heights."""
    tall: float
    """In frame heights."""
    thick: float
    pace: float
    colour: Colour


class Streamers:
    """A wide strip of blown dust that passes and comes round again without a seam."""

    def __init__(self, lens: Lens, drift: Drift, seed: int) -> None:
        self._lens, self._drift = lens, drift
        width, rows = int(lens.width * 1.5) // 4, max(int(lens.height * drift.tall) // 3, 8)
        band = width // 4
        raw = fractal(rows, width + band, 5.5 / width, 7 / rows, 5, seed, ridged=False)
        mix = np.linspace(0, 1, band, dtype=np.float32)
        raw[:, :band] = raw[:, width:] * (1 - mix) + raw[:, :band] * mix
        shape = np.ascontiguousarray(raw[:, :width])
        up = np.linspace(1, 0, rows, dtype=np.float32)[:, None]
        body = np.exp(-((up / np.float32(0.30)) ** 2)) * np.clip(up * 16, 0, 1)
        body = np.maximum(body, 0) * np.clip((1 - up) * 4, 0, 1)
        alpha = np.clip((shape - np.float32(0.36)) * np.float32(3.6), 0, 1) * body
        twice = np.concatenate([alpha, alpha], axis=1) * np.float32(min(drift.thick, 0.95))
        soft = cv2.GaussianBlur(twice, (0, 0), sigmaX=3.0, sigmaY=0.8)
        self._period = width * 4.0
        colour = np.broadcast_to(np.array(drift.colour, np.float32), (*soft.shape, 3))
        self._texture = cutout(np.asarray(colour, np.float32), np.asarray(soft, np.float32))
        self._foot = float(rows)

    def draw(self, now: Instant) -> None:
        lens, drift = self._lens, self._drift
        gone = (now.time_s * drift.pace * lens.width) % self._period
        matrix = standing(
            now.view, gone - self._period / 2, drift.down * lens.height, drift.depth_m,
            (self._period / 4, self._foot), stretch=(4.0, 3.0),
        )  # fmt: skip
        lay(now.picture, self._texture, matrix, now.scratch)
