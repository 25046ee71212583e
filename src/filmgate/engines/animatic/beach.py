"""A beach in front of the sea: sand to the lower edge, a wet seam, and foam that comes and goes."""

from __future__ import annotations

import math

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, lay, standing

SAND: Colour = (226, 200, 158)
WET_PX = 30.0
"""Width of the seam that the last wave has darkened, at 720 rows."""
FOAM_PACE = 0.11
"""Waves a second that run up the beach."""


class Beach:
    """Painted once, as a flat that stands where its middle touches the ground."""

    def __init__(self, lens: Lens, light: Daylight, seed: int, *, eye_height_m: float) -> None:
        self._unit = lens.height / 720
        self._room = lens.height - lens.horizon
        self.top_px = 0.50 * self._room
        """Rest pixels from the horizon down to where there is sand all across."""
        width = int(lens.width * 1.5) & ~1
        rows = int(self._room * 1.5) & ~1
        self._anchor = (width / 2, 0.0)
        line = self._shoreline(width, seed)
        self._sand = _painted_sand(light, rows, width, line, seed, self._unit)
        self._foam = _painted_foam(light, rows, width, line, seed, self._unit)
        self._depth_m = lens.focal * eye_height_m / (0.8 * self._room)

    def draw(self, now: Instant) -> None:
        """The sand, and two seams of foam half a wave apart."""
        matrix = standing(now.view, 0.0, 0.0, self._depth_m, self._anchor)
        lay(now.picture, self._sand, matrix, now.scratch)
        for late in (0.0, 0.5):
            beat = math.sin(2 * math.pi * (FOAM_PACE * now.time_s + late))
            down = (-7.0 + 9.0 * beat - 9.0 * late) * self._unit
            matrix = standing(now.view, 9.0 * late * beat, down, self._depth_m, self._anchor)
            lay(now.picture, self._foam, matrix, now.scratch)

    def _shoreline(self, width: int, seed: int) -> Floats:
        """Row of the water's edge in each column: a slow bay, nearer on one side."""
        across = np.linspace(-0.75, 0.75, width, dtype=np.float32)
        lean = (0.34 if seed % 2 else -0.34) * self._room
        bay = fractal(1, width, 3.2 / width, 1, 4, seed * 5 + 2, ridged=False)[0] - 0.47
        line = 0.36 * self._room + lean * across * across * np.sign(across) + bay * 46 * self._unit
        return np.asarray(np.clip(line, 0.24 * self._room, self.top_px), np.float32)


def _painted_sand(
    light: Daylight, rows: int, width: int, line: Floats, seed: int, unit: float
) -> Cutout:
    down = np.arange(rows, dtype=np.float32)[:, None] - line[None]
    # Ripples and grain get coarser towards the eye, as the ground does.
    wide = fractal(rows, width, 7 / width, 60 / rows, 4, seed + 41, ridged=False)
    fine = fractal(rows, width, 420 / width, 420 / rows, 3, seed + 42, ridged=False)
    tone = 0.88 + (wide - np.float32(0.47)) * 0.34 + (fine - np.float32(0.47)) * 0.16
    wet = np.clip(1 - down / np.float32(WET_PX * unit), 0, 1)
    shine = np.array(light.sky[1][1], np.float32)
    lit = np.array(light.ambient, np.float32) * 0.62 + np.array(light.key, np.float32) * (
        0.42 * (1 - 0.55 * light.backlight)
    )
    dry = np.array(SAND, np.float32) * lit / np.float32(255) * tone[..., None]
    soaked = dry * np.float32(0.52) + shine * np.float32(0.24)
    painted = dry + (soaked - dry) * wet[..., None]
    alpha = np.clip(down / np.float32(6 * unit) + 0.5, 0, 1)
    return cutout(np.asarray(painted, np.float32), np.asarray(alpha, np.float32))


def _painted_foam(
    light: Daylight, rows: int, width: int, line: Floats, seed: int, unit: float
) -> Cutout:
    """Lace along the water's edge."""
    bottom = min(rows, int(line.max() + 30 * unit) & ~1)
    wander = fractal(1, width, 26 / width, 1, 3, seed + 51, ridged=False)[0] - np.float32(0.47)
    off = np.arange(bottom, dtype=np.float32)[:, None] - (line + wander * 16 * unit)[None]
    lace = fractal(bottom, width, 150 / width, 90 / rows, 3, seed + 52, ridged=True)
    front = np.exp(-np.square(off / np.float32(3.0 * unit)))
    behind = np.exp(-np.abs(off + 9 * unit) / np.float32(9 * unit)) * (off < 0)
    alpha = np.clip(front * 0.85 + behind * (lace * 1.6 - 0.35), 0, 0.9)
    white = np.array(light.ambient, np.float32) * 0.55 + np.array(light.key, np.float32) * 0.55
    colour = np.broadcast_to(np.minimum(white, 250), (bottom, width, 3))
    return cutout(np.asarray(colour, np.float32), np.asarray(alpha, np.float32))
