"""Trees along both kerbs: leaf by leaf, lit from the sun's side, swaying a little."""

from __future__ import annotations

import math

import cv2
import numpy as np

from filmgate.engines.animatic.avenue import Street
from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, lay, standing

TALL_M, TALL_PX = 6.4, 420
LEVELS, KINDS, LEAVES = 5, 2, 2600
FIRST_M, STEP_M, COUNT = 29.5, 19.0, 5
Random = np.random.Generator


class Alley:
    """Between the lamps, which stand at 20 m and every 19 m."""

    def __init__(
        self, lens: Lens, light: Daylight, street: Street, seed: int, *, wind: float
    ) -> None:
        self._lens, self._street, self._wind = lens, street, wind
        random = np.random.Generator(np.random.PCG64(seed))
        self._trees = [_sizes(*_tree(random, light)) for _ in range(KINDS)]
        self._tall = random.uniform(0.85, 1.12, (COUNT, 2))

    def draw(self, now: Instant) -> None:
        view, street = now.view, self._street
        for i in range(COUNT - 1, -1, -1):
            z = FIRST_M + STEP_M * i
            for j, side in enumerate((-1, 1)):
                place = street.spot(self._lens, side * (street.curb_m + 0.9), 0.0, z)
                rows = self._lens.focal / z * TALL_M * float(self._tall[i, j])
                wanted = np.log2(TALL_PX / (rows * view.scale(z)))
                level = int(np.clip(wanted, 0, LEVELS - 1))
                picture = self._trees[(i + j) % KINDS][level]
                beat = now.time_s * 1.4 + i * 1.7 + j
                turn = 0.006 * self._wind * (math.sin(beat) + 0.5 * math.sin(2.3 * beat))
                wide, tall = picture.size
                matrix = standing(
                    view, *place, (wide / 2, tall - 1.0), size=rows / tall, turn=turn,
                    stretch=(-1.0 if i & 1 else 1.0, 1.0),
                )  # fmt: skip
                lay(now.picture, picture, matrix, now.scratch, opacity=street.clear(z))


def _tree(random: Random, light: Daylight) -> tuple[Floats, Floats]:
    """Colours and coverage, painted twice as large as it is kept."""
    tall = TALL_PX * 2
    size = (int(tall * 0.72), tall)
    colour = np.zeros((size[1], size[0], 3), np.float32)
    cover = np.zeros((size[1], size[0]), np.uint8)
    day = np.array(light.ambient) / 255 * (0.62 - 0.34 * light.lamps)
    key = np.array(light.key) / 255 * (1 - light.lamps) * (0.9 - 0.5 * light.backlight)
    lamp = np.array((255, 170, 96)) / 255 * 0.14 * light.lamps
    toward = np.array((1.0 if light.sun[0] > 0.5 else -1.0, 1.0)) / math.sqrt(2)
    bark = np.array((86, 70, 56)) * (day + 0.35 * key + lamp)
    middle = size[0] / 2
    trunk = [(middle - 0.018 * tall, tall), (middle - 0.008 * tall, tall * 0.4),
             (middle + 0.008 * tall, tall * 0.4), (middle + 0.018 * tall, tall)]  # fmt: skip
    cv2.fillPoly(colour, [np.array(trunk, np.int32)], tuple(float(c) for c in bark))
    cv2.fillPoly(cover, [np.array(trunk, np.int32)], 255)
    # Clumps make the crown; leaves at their far side are painted first.
    clumps = random.normal(0, 1, (16, 2)) * (0.125, 0.13) + (0.0, 0.66)
    depth = np.sort(random.random(LEAVES))
    for near in depth:
        clump = clumps[int(random.integers(len(clumps)))]
        off = random.normal(0, 0.052, 2)
        x, h = clump + off
        if not (0.30 < h < 0.97 and abs(x) < 0.33):
            continue
        facing = float((off / 0.075 + (clump - (0, 0.64)) / 0.2) @ toward)
        lit = min(max(0.35 + 0.3 * facing + 0.35 * (near - 0.5), 0.0), 1.0)
        leaf = np.array((70, 90, 46)) * random.uniform(0.78, 1.18)
        shade = day * (0.45 + 0.75 * near) + key * lit * 1.15 + lamp * (1.2 - h)
        rgb = tuple(float(c) for c in np.clip(leaf * shade * 1.12, 0, 255))
        spot = (int(middle + x * tall), int(tall - h * tall))
        axes = (int(tall * random.uniform(0.007, 0.014)), int(tall * random.uniform(0.004, 0.008)))
        turn = float(random.uniform(0, 180))
        cv2.ellipse(colour, spot, axes, turn, 0, 360, rgb, -1)
        cv2.ellipse(cover, spot, axes, turn, 0, 360, 255, -1)
    return colour, cover.astype(np.float32) / np.float32(255)


def _sizes(colour: Floats, cover: Floats) -> list[Cutout]:
    """Ever smaller copies, or far leaves would sparkle."""
    sizes = []
    for level in range(1, LEVELS + 1):
        size = (colour.shape[1] >> level, colour.shape[0] >> level)
        shown = cv2.resize(colour * cover[..., None], size, interpolation=cv2.INTER_AREA)
        part = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)
        rgb = np.asarray(shown / np.maximum(part, 1e-3)[..., None], np.float32)
        sizes.append(cutout(rgb, part))
    return sizes
