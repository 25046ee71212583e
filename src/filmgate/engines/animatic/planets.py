"""Maps of planets, by kind and seed, and the planet in the sky that wears one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats, ramp
from filmgate.engines.animatic.kernels.globe import globe
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens

CHART = (256, 512)
KINDS = ("earth", "giant", "desert", "ice", "lava")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planet:
    """Where a planet hangs: places in frame widths and heights from the middle, radius in the
    frame's smaller side."""

    kind: str
    across: float
    up: float
    radius: float
    depth_m: float
    tilt: float = 0.3
    turn_s: float = 0.03
    """Radians a second."""
    rings: bool = False
    light: tuple[float, float, float] = (0.8, 0.25, 0.45)


AIR: dict[str, tuple[Colour, float]] = {
    "earth": ((120, 180, 255), 1.0),
    "giant": ((240, 210, 170), 0.5),
    "desert": ((240, 170, 130), 0.45),
    "ice": ((190, 226, 255), 0.8),
    "lava": ((255, 130, 70), 0.6),
    "moon": ((200, 200, 200), 0.0),
}


class Globe:
    def __init__(self, lens: Lens, planet: Planet, seed: int) -> None:
        self._lens, self._planet = lens, planet
        self._chart = _chart(planet.kind, seed)
        y, u, v = luma(AIR[planet.kind][0])
        self._air = (y - 16, u - 128, v - 128, AIR[planet.kind][1])
        self._rings = _rings(seed) if planet.rings else np.empty((0, 2), np.float32)

    def draw(self, now: Instant) -> None:
        planet, lens, view = self._planet, self._lens, now.view
        down = lens.height / 2 - lens.horizon - planet.up * lens.height
        x, y = view.place(planet.across * lens.width, down, planet.depth_m)
        radius = planet.radius * min(lens.width, lens.height) * view.scale(planet.depth_m)
        towards = np.array(planet.light) / np.linalg.norm(planet.light)
        numbers = np.array(
            [x, y, radius, planet.turn_s * now.time_s, planet.tilt, *towards, *self._air,
             1.35, 2.25, 0.26, self._chart[..., 3].max()],
            np.float32,
        )  # fmt: skip
        picture = now.picture
        globe(picture.y, picture.u, picture.v, self._chart, self._rings, numbers)


def _around(
    step: float, octaves: int, seed: int, *, ridged: bool = False, flat: float = 1.0
) -> Floats:
    """Noise over a map whose left and right edges meet."""
    rows, columns = CHART
    band = columns // 5
    wide = fractal(rows, columns + band, step, step * flat, octaves, seed, ridged=ridged)
    mix = np.linspace(0, 1, band, dtype=np.float32)
    wide[:, :band] = wide[:, columns:] * (1 - mix) + wide[:, :band] * mix
    return np.ascontiguousarray(wide[:, :columns])


def _chart(kind: str, seed: int) -> Floats:
    """Y above black, U and V about zero, and light of its own."""
    up = np.abs(np.linspace(1, -1, CHART[0], dtype=np.float32))[:, None]
    land = _around(0.022, 6, seed)
    own = np.zeros(CHART, np.float32)
    if kind == "earth":
        sea = ramp(land, ((0.2, (6, 28, 84)), (0.5, (18, 74, 132))))
        dry = ramp(
            np.asarray(land + 0.10 * up, np.float32),
            ((0.50, (70, 104, 52)), (0.58, (120, 118, 66)), (0.72, (150, 120, 84))),
        )
        rgb = np.where((land > 0.49)[..., None], dry, sea)
        ice = np.clip((up + 0.25 * (land - 0.5) - 0.80) * 14, 0, 1)[..., None]
        rgb = rgb + (np.array([240, 246, 252]) - rgb) * ice
        swirl = _around(0.03, 6, seed + 5, flat=2.2)
        cloud = np.clip((swirl - 0.47) * 5.5, 0, 0.92)[..., None]
        rgb = rgb + (np.array([250, 252, 255]) - rgb) * cloud
        cities = (_around(0.35, 2, seed + 9) > 0.62) & (land > 0.49) & (up < 0.75)
        own[cities] = 70
    elif kind == "giant":
        bend = _around(0.02, 4, seed, flat=3.0)
        lines = fractal(CHART[0], 1, 1, 0.045, 5, seed + 2, ridged=False)
        rows = np.clip(np.arange(CHART[0])[:, None] + (bend - 0.47) * 34, 0, CHART[0] - 1)
        band = lines[:, 0][rows.astype(np.int64)] + 0.12 * (
            _around(0.09, 3, seed + 3, flat=4.0) - 0.47
        )
        tones = ((206, 170, 130), (240, 218, 184), (184, 132, 96), (246, 234, 212))
        rgb = ramp(band, tuple(zip((0.28, 0.42, 0.52, 0.66), tones, strict=True)))
    elif kind == "desert":
        rough = _around(0.05, 6, seed + 1, ridged=True)
        rgb = ramp(
            land * 0.7 + rough * 0.4,
            ((0.3, (112, 54, 36)), (0.5, (186, 98, 60)), (0.7, (226, 160, 112))),
        )
        cap = np.clip((up + 0.2 * (land - 0.5) - 0.88) * 20, 0, 1)[..., None]
        rgb = rgb + (np.array([240, 236, 232]) - rgb) * cap
    elif kind == "ice":
        cracks = _around(0.03, 6, seed + 1, ridged=True)
        rgb = ramp(
            land * 0.8 + cracks * 0.3,
            ((0.3, (86, 134, 172)), (0.55, (176, 214, 234)), (0.75, (240, 248, 255))),
        )
    elif kind == "lava":
        cracks = _around(0.035, 6, seed + 1, ridged=True)
        rgb = ramp(land, ((0.3, (24, 20, 22)), (0.6, (70, 56, 54))))
        own = np.clip((cracks - 0.62) * 520, 0, 150).astype(np.float32)
    else:
        craters = _around(0.05, 6, seed + 1, ridged=True)
        rgb = ramp(
            land * 0.7 + craters * 0.35,
            ((0.3, (84, 82, 84)), (0.55, (150, 148, 146)), (0.75, (206, 204, 200))),
        )
    return _packed(np.asarray(rgb, np.float32), own)


def _packed(rgb: Floats, own: Floats) -> Floats:
    """As the kernel wants it; ITU-R BT.709-6 as planes.py has it."""
    light = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    y = light * np.float32(219 / 255)
    u = (rgb[..., 2] - light) * np.float32(224 / 255 / 1.8556)
    v = (rgb[..., 0] - light) * np.float32(224 / 255 / 1.5748)
    return np.ascontiguousarray(np.stack([y, u, v, own], axis=-1), np.float32)


def _rings(seed: int) -> Floats:
    """Brightness and cover from the inner edge outwards, with gaps."""
    lines = fractal(1, 256, 0.09, 1, 5, seed + 21, ridged=False)[0]
    part = np.linspace(0, 1, 256, dtype=np.float32)
    edge = np.clip(part * 14, 0, 1) * np.clip((1 - part) * 10, 0, 1)
    gap = 1 - 0.92 * np.exp(-(((part - 0.62) / 0.025) ** 2))
    cover = np.clip((lines - 0.22) * 1.9, 0.05, 0.92) * edge * gap
    return np.ascontiguousarray(np.stack([110 + 140 * (lines - 0.3), cover], axis=1), np.float32)
