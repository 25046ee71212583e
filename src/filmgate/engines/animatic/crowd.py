"""Passers-by on both pavements, seen from the front and from behind; under umbrellas when it
rains."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.avenue import Street
from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, lay, standing

TALL_M, TALL_PX = 1.75, 200
OVER_M = 0.55
"""Room above the head, for an umbrella."""
PHASES, LEVELS, FINER = 6, 4, 2
COATS: tuple[Colour, ...] = (
    (52, 58, 74), (128, 50, 46), (150, 138, 118), (62, 84, 70), (36, 36, 40), (96, 104, 128),
    (146, 104, 62),
)  # fmt: skip
TROUSERS: tuple[Colour, ...] = ((40, 46, 66), (48, 44, 42), (74, 72, 70), (30, 30, 34))
HAIR: tuple[Colour, ...] = ((40, 28, 22), (92, 62, 36), (24, 22, 24), (150, 112, 66))
SKIN: tuple[Colour, ...] = ((224, 180, 150), (176, 124, 92), (122, 82, 60))
UMBRELLAS: tuple[Colour, ...] = ((150, 30, 40), (30, 34, 44), (40, 70, 120), (196, 150, 50))
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Walker:
    x_m: float
    start_m: float
    speed_m_s: float
    """Away from the eye; towards it when negative."""
    tall: float
    looks: int
    step_m: float


class Crowd:
    def __init__(
        self, lens: Lens, light: Daylight, street: Street, seed: int, *, count: int, rain: bool
    ) -> None:
        self._lens, self._street = lens, street
        random = np.random.Generator(np.random.PCG64(seed))
        self._pictures = [
            _walk(random, light, i, front=bool(i & 1), umbrella=rain) for i in range(6)
        ]
        self._far_m = 75.0
        self._walkers = [self._walker(random) for _ in range(count)]

    def _walker(self, random: Random) -> Walker:
        street = self._street
        side = -1 if random.random() < 0.5 else 1
        room = street.half_width_m - street.curb_m
        x = side * (street.curb_m + 0.9 + (room - 2.0) * float(random.random()))
        near = self._near(x)
        away = bool(random.random() < 0.5)
        looks = 2 * int(random.integers(3)) + (0 if away else 1)
        start = float(random.random()) ** 1.4 * (self._far_m - near)
        pace = float(random.uniform(1.0, 1.5)) * (1 if away else -1)
        return Walker(x, start, pace, float(random.uniform(0.92, 1.06)), looks,
                      float(random.uniform(0.66, 0.8)))  # fmt: skip

    def _near(self, x: float) -> float:
        """Where a walker at ``x`` leaves the frame."""
        lens = self._lens
        return lens.focal * abs(x) / (lens.width * 0.5 + 0.24 * lens.focal)

    def draw(self, now: Instant) -> None:
        seen = []
        for walker in self._walkers:
            near = self._near(walker.x_m)
            span = self._far_m - near
            z = near + (walker.start_m + walker.speed_m_s * now.time_s) % span
            seen.append((z, walker))
        for z, walker in sorted(seen, key=lambda pair: -pair[0]):
            self._draw_one(now, walker, z)

    def _draw_one(self, now: Instant, walker: Walker, z: float) -> None:
        view, street = now.view, self._street
        place = street.spot(self._lens, walker.x_m, 0.0, z)
        rows = self._lens.focal / z * TALL_M * walker.tall
        level = int(np.clip(np.log2(TALL_PX / (rows * view.scale(z))), 0, LEVELS - 1))
        beat = now.time_s * abs(walker.speed_m_s) / walker.step_m + walker.start_m
        picture = self._pictures[walker.looks][level][int(beat * PHASES / 2) % PHASES]
        tall = TALL_PX / 2**level
        anchor = (picture.size[0] / 2, picture.size[1] - tall * 0.03)
        matrix = standing(view, *place, anchor, size=rows / tall)
        lay(now.picture, picture, matrix, now.scratch, opacity=street.clear(z))


def _walk(
    random: Random, light: Daylight, number: int, *, front: bool, umbrella: bool
) -> list[list[Cutout]]:
    """One person's steps, at ever smaller sizes."""
    pick = [choice[int(random.integers(len(choice)))] for choice in (TROUSERS, HAIR, SKIN)]
    pick.insert(0, COATS[number % len(COATS)])
    dome = UMBRELLAS[int(random.integers(len(UMBRELLAS)))] if umbrella else None
    long = float(random.uniform(0.44, 0.60))
    skirt = bool(random.random() < 0.3)
    levels: list[list[Cutout]] = [[] for _ in range(LEVELS)]
    for phase in range(PHASES):
        figure = _Figure(light)
        figure.paint(pick, dome, long, 2 * math.pi * phase / PHASES, front=front, skirt=skirt)
        for level in range(LEVELS):
            levels[level].append(figure.picture(2**level))
    return levels


class _Figure:
    """Shapes in heights of the person: across from the middle, up from the ground."""

    def __init__(self, light: Daylight) -> None:
        self._scale = TALL_PX * FINER
        self._size = (int(0.8 * self._scale), int((1.06 + OVER_M / TALL_M) * self._scale))
        self._rgb = np.zeros((self._size[1], self._size[0], 3), np.float32)
        self._mask = np.zeros((self._size[1], self._size[0]), np.uint8)
        day = np.array(light.ambient) / 255 * (0.72 - 0.3 * light.lamps)
        key = np.array(light.key) / 255 * (1 - light.lamps) * 0.38
        lamp = np.array((1.0, 0.72, 0.46)) * 0.16 * light.lamps
        side = 1.0 if light.sun[0] > 0.5 else -1.0
        # From the dark side to the lit one.
        across = np.linspace(-1, 1, self._size[0]) * side
        lit = np.clip(0.5 + across * 2.4, 0, 1)[:, None]
        self._light = (day + lamp + key * (1 - 0.6 * light.backlight) * lit).astype(np.float32)

    def paint(
        self, pick: list[Colour], dome: Colour | None, long: float, turn: float, *, front: bool,
        skirt: bool,
    ) -> None:  # fmt: skip
        coat, trousers, hair, skin = pick
        swing = math.sin(turn)
        self._oval((0.0, 0.012), (0.17, 0.018), (16.0, 16.0, 18.0), share=0.55)
        for side in (-1, 1):
            lift = 0.045 * max(0.0, swing * side)
            x = side * 0.052
            leg = [
                (x - 0.042, 0.5),
                (x + 0.042, 0.5),
                (x + 0.028, 0.05 + lift),
                (x - 0.028, 0.05 + lift),
            ]
            self._shape(leg, skin if skirt else trousers)
            shoe = [
                (x - 0.036, 0.07 + lift),
                (x + 0.036, 0.07 + lift),
                (x + 0.04, lift),
                (x - 0.04, lift),
            ]
            self._shape(shoe, (26.0, 24.0, 24.0))
        sway = 0.008 * swing
        low = 0.34 if skirt else long
        hem = 0.115 if skirt else 0.088
        body = [(-0.104 + sway, 0.79), (-0.09 + sway, 0.825), (-0.04 + sway, 0.845),
                (0.04 + sway, 0.845), (0.09 + sway, 0.825), (0.104 + sway, 0.79),
                (0.078 + sway, 0.62), (hem, low), (-hem, low), (-0.078 + sway, 0.62)]  # fmt: skip
        for side in (-1, 1):
            reach = 0.43 - 0.03 * swing * side
            x = side * 0.112 + sway
            arm = [(x - 0.026, 0.81), (x + 0.026, 0.81), (x + 0.02, reach), (x - 0.02, reach)]
            self._shape(arm, _times(coat, 0.86))
            self._oval((x, reach - 0.01), (0.019, 0.024), skin)
        self._shape(body, coat)
        if front:
            self._shape([(-0.03, 0.845), (0.03, 0.845), (0.0, 0.70)], (214.0, 210.0, 204.0))
        self._oval((sway, 0.86), (0.034, 0.04), _times(skin, 0.85))
        self._oval((sway, 0.925), (0.062, 0.076), skin)
        if front:
            self._oval((sway, 0.962), (0.064, 0.042), hair)
        else:
            self._oval((sway, 0.932), (0.066, 0.074), hair)
        if dome is not None:
            self._umbrella(dome)

    def _umbrella(self, colour: Colour) -> None:
        self._shape([(0.10, 0.55), (0.112, 0.55), (0.112, 1.2), (0.10, 1.2)], (40.0, 40.0, 42.0))
        turn = np.linspace(0, math.pi, 24)
        arc = [(0.06 + 0.31 * math.cos(t), 1.05 + 0.17 * math.sin(t)) for t in turn]
        self._shape(arc, colour)
        self._shape([(0.06, 1.22), (0.16, 1.05), (-0.04, 1.05)], _times(colour, 1.18))

    def _shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        corners = np.array([self._at(*p) for p in points], np.int32)
        (x, y), cover = self._part(corners.min(0), corners.max(0))
        cv2.fillPoly(cover, [corners - np.array([x, y], np.int32)], 255)
        self._lay(cover, x, y, colour)

    def _oval(
        self, middle: tuple[float, float], radii: tuple[float, float], colour: Colour,
        *, share: float = 1.0,
    ) -> None:  # fmt: skip
        centre = np.array(self._at(*middle), np.int32)
        size = (np.array(radii) * self._scale).astype(np.int32)
        (x, y), cover = self._part(centre - size, centre + size)
        axes = (int(size[0]), int(size[1]))
        place = (int(centre[0]) - x, int(centre[1]) - y)
        cv2.ellipse(cover, place, axes, 0, 0, 360, 255 * share, -1)
        self._lay(cover, x, y, colour)

    def _part(
        self, low: NDArray[np.int32], high: NDArray[np.int32]
    ) -> tuple[tuple[int, int], NDArray[np.uint8]]:
        """The corner of a piece of the picture, and room for its coverage."""
        x, y = max(int(low[0]) - 1, 0), max(int(low[1]) - 1, 0)
        right, bottom = min(int(high[0]) + 2, self._size[0]), min(int(high[1]) + 2, self._size[1])
        return (x, y), np.zeros((bottom - y, right - x), np.uint8)

    def _lay(self, cover: NDArray[np.uint8], x: int, y: int, colour: Colour) -> None:
        """Light falls on it from one side."""
        height, width = cover.shape
        there = cover > 0
        columns = np.nonzero(there)[1] + x
        rgb = self._rgb[y : y + height, x : x + width]
        rgb[there] = np.array(colour, np.float32) * self._light[columns]
        mask = self._mask[y : y + height, x : x + width]
        np.maximum(mask, cover, out=mask)

    def _at(self, x: float, h: float) -> tuple[int, int]:
        return (
            int(self._size[0] / 2 + x * self._scale), int(self._size[1] - (h + 0.03) * self._scale)
        )  # fmt: skip

    def picture(self, smaller: int) -> Cutout:
        size = (self._size[0] // FINER // smaller, self._size[1] // FINER // smaller)
        alpha = self._mask.astype(np.float32) / np.float32(255)
        shown = cv2.resize(self._rgb * alpha[..., None], size, interpolation=cv2.INTER_AREA)
        cover = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
        rgb: Floats = np.asarray(shown / np.maximum(cover, 1e-3)[..., None], np.float32)
        return cutout(rgb, cover)


def _times(colour: Colour, share: float) -> Colour:
    red, green, blue = (min(255.0, part * share) for part in colour)
    return red, green, blue
