"""What lives in a street's fronts and along its kerbs: windows that go on and off, signs that
breathe, lamp posts, and the warning lamps on the towers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.avenue import Street
from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels import canyon
from filmgate.engines.animatic.kernels.noise import chance, smooth_noise
from filmgate.engines.animatic.lights import CRISP, Light, light, shine
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, lay, standing

Random = np.random.Generator
LAMP: Colour = (255, 190, 118)
POST_M, POST_PX = 8.0, 320
EYE_M = 1.6


@dataclass(frozen=True, slots=True)
class Window:
    x_m: float
    h_m: float
    z_m: float
    half_m: tuple[float, float]
    colour: Colour
    period_s: float
    phase: float


@dataclass(frozen=True, slots=True)
class Sign:
    x_m: float
    h_m: float
    z_m: float
    half_m: tuple[float, float]
    colour: Colour
    seed: int
    nervous: bool


class Fronts:
    """The live lights of one side; drawn over it, before the street mirrors it."""

    def __init__(
        self, lens: Lens, daylight: Daylight, street: Street, blocks: Floats, side: int, seed: int
    ) -> None:
        self._lens, self._street, self._power = lens, street, daylight.lamps
        random = np.random.Generator(np.random.PCG64(abs(seed)))
        self._windows = _windows(random, blocks, side, round(46 * daylight.lamps))
        self._signs = _signs(random, blocks, side) if daylight.lamps > 0.2 else []

    def draw(self, now: Instant) -> None:
        view = now.view
        rows: list[Light] = []
        for window in self._windows:
            strength = _switched(now.time_s / window.period_s + window.phase) * 0.6
            if strength <= 0:
                continue
            spot = view.place(*self._street.spot(self._lens, window.x_m, window.h_m, window.z_m))
            unit = view.lens.focal / window.z_m * view.scale(window.z_m)
            # A front runs away from the eye: its windows look as narrow as that makes them.
            narrow = abs(window.x_m) / window.z_m
            radius = (window.half_m[0] * narrow * unit, window.half_m[1] * unit)
            rows.append(light(spot, radius, window.colour, strength, hard=CRISP, pane=True))
        for sign in self._signs:
            spot = view.place(*self._street.spot(self._lens, sign.x_m, sign.h_m, sign.z_m))
            unit = view.lens.focal / sign.z_m * view.scale(sign.z_m)
            radius = (sign.half_m[0] * unit, sign.half_m[1] * unit)
            rows.append(light(spot, radius, sign.colour, self._power * _breath(sign, now.time_s)))
        shine(now.picture, rows)


def _switched(turn: float) -> float:
    """On for 45 % of the time, with soft edges."""
    part = turn - math.floor(turn)
    return max(0.0, min(1.0, part * 30, (0.45 - part) * 30))


def _breath(sign: Sign, time_s: float) -> float:
    if not sign.nervous:
        return 0.19 + 0.07 * math.sin(time_s * 2.1 + sign.seed)
    # A tired tube: it stumbles a few times a second, never in a hard strobe.
    return 0.06 + 0.36 * float(smooth_noise(time_s * 7, 0.5, sign.seed)) ** 2


def _windows(random: Random, blocks: Floats, side: int, count: int) -> list[Window]:
    found: list[Window] = []
    houses = [b for b in blocks if b[canyon.KIND] in (canyon.MASONRY, canyon.GLASS)]
    for _ in range(count * 4):
        if len(found) >= count:
            break
        block = houses[int(random.integers(len(houses)))]
        wide, tall = float(block[canyon.BAY]), float(block[canyon.STOREY])
        bays = int((block[canyon.Z1] - block[canyon.Z0]) / wide)
        storeys = int((block[canyon.H1] - 5.3 - max(block[canyon.H0] - 4.3, 0)) / tall)
        if bays < 1 or storeys < 1 or block[canyon.H0] > 0:
            continue
        bay, storey = int(random.integers(bays)), int(random.integers(storeys))
        if chance(bay, storey, int(block[canyon.SEED])) < block[canyon.LIT]:
            continue  # this one is always lit
        glass = block[canyon.KIND] == canyon.GLASS
        middle_z = float(block[canyon.Z0]) + (bay + 0.5) * wide
        if middle_z < 1.9 * block[canyon.X0]:
            continue  # panes are drawn upright: close by, the slant of their sills would be missed
        if _hidden(blocks, float(block[canyon.X0]), 4.3 + (storey + 0.53) * tall, middle_z):
            continue
        half = (wide * (0.45 if glass else 0.26), tall * (0.42 if glass else 0.29))
        middle = 0.525 if glass else 0.53
        red, green, blue = canyon.room_light(float(random.random()))
        found.append(
            Window(
                float(block[canyon.X0]) * side,
                4.3 + (storey + middle) * tall,
                middle_z,
                half,
                (red * 0.8, green * 0.8, blue * 0.8),
                float(random.uniform(5, 13)),
                float(random.random()),
            )
        )
    return found


def _hidden(blocks: Floats, x: float, h: float, z: float) -> bool:
    """A sign stands between the eye and this window."""
    for block in blocks:
        if block[canyon.KIND] not in (canyon.BLADE, canyon.PANEL) or block[canyon.Z0] > z + 2:
            continue
        part = min(float(block[canyon.Z0]) / z, 1.0)
        at_x, at_h = x * part, EYE_M + (h - EYE_M) * part
        beside = block[canyon.X0] - 0.6 < at_x < block[canyon.X1] + 0.6
        past = block[canyon.KIND] == canyon.PANEL and block[canyon.Z1] + 2 > z
        if (beside or past) and block[canyon.H0] - 1.5 < at_h < block[canyon.H1] + 1.5:
            return True
    return False


def _signs(random: Random, blocks: Floats, side: int) -> list[Sign]:
    signs = []
    for block in blocks:
        if block[canyon.KIND] != canyon.BLADE or random.random() < 0.35:
            continue
        red, green, blue = canyon.hue(float(block[canyon.HUE_A]))
        wide = float(block[canyon.X1] - block[canyon.X0])
        tall = float(block[canyon.H1] - block[canyon.H0])
        signs.append(
            Sign(
                float(block[canyon.X0] + wide / 2) * side,
                float(block[canyon.H0] + tall / 2),
                float(block[canyon.Z0]),
                (wide * 1.9, tall * 0.75 + wide * 0.7),
                (255 * red, 255 * green, 255 * blue),
                int(block[canyon.SEED]),
                bool(random.random() < 0.3),
            )
        )
    return signs


class Lamps:
    """Posts along both kerbs, their light in the haze and on the wet road."""

    def __init__(self, lens: Lens, daylight: Daylight, street: Street) -> None:
        self._lens, self._street, self._power = lens, street, daylight.lamps
        tone = np.array((60, 62, 68)) * np.array(daylight.ambient) / 255
        tone = tone * (1 - 0.5 * daylight.lamps)
        self._posts = [_post(POST_PX // 2**level, tone) for level in range(4)]

    def draw(self, now: Instant) -> None:
        street, view = self._street, now.view
        wet = street.wet
        power = self._power
        for i in range(6, -1, -1):
            z = 20.0 + 19 * i
            rows: list[Light] = []
            for side in (-1, 1):
                self._draw_post(now, side, z)
                if power < 0.01:
                    continue
                unit = view.lens.focal / z * view.scale(z)
                head = side * (street.curb_m - 1.0)
                spot = view.place(*street.spot(self._lens, head, POST_M - 0.1, z))
                foot = view.place(*street.spot(self._lens, head, -3.6, z))
                rows += [
                    light(spot, (0.42 * unit, 0.16 * unit), LAMP, power, hard=CRISP),
                    light(spot, (1.0 * unit, 0.9 * unit), LAMP, 0.6 * power),
                    light(spot, (2.4 * unit, 2.2 * unit), LAMP, 0.24 * power),
                    light(foot, (0.5 * unit, 3.4 * unit), LAMP, 0.3 * power * wet),
                ]
            shine(now.picture, rows)

    def _draw_post(self, now: Instant, side: int, z: float) -> None:
        px_per_m = self._lens.focal / z
        rows = px_per_m * POST_M * now.view.scale(z)
        level = int(np.clip(np.log2(POST_PX / rows), 0, len(self._posts) - 1))
        tall = POST_PX // 2**level
        across, down, _ = self._street.spot(self._lens, side * (self._street.curb_m + 0.6), 0, z)
        # The arm reaches over the road: the picture is drawn for the left side.
        matrix = standing(
            now.view, across, down, z, (tall * 0.04 + 2, tall + 2.0), size=px_per_m * POST_M / tall,
            stretch=(-float(side), 1.0),
        )  # fmt: skip
        clear = self._street.clear(z)
        lay(now.picture, self._posts[level], matrix, now.scratch, opacity=clear)


def _post(tall: int, tone: Floats) -> Cutout:
    wide = int(tall * 0.27) + 4
    cover = np.zeros((tall + 4, wide), np.uint8)

    def shape(*points: tuple[float, float]) -> None:
        """Corners in post heights: across from the post, up from its foot."""
        corners = [((x + 0.04) * tall + 2, (1 - h) * tall + 2) for x, h in points]
        shifted = (np.array(corners) * 16).astype(np.int32)
        cv2.fillPoly(cover, [shifted], 255, cv2.LINE_AA, 4)

    shape((-0.016, 0), (0.016, 0), (0.011, 0.12), (-0.011, 0.12))
    shape((-0.011, 0.1), (0.011, 0.1), (0.006, 0.96), (-0.006, 0.96))
    shape((-0.006, 0.955), (-0.006, 0.94), (0.17, 0.992), (0.17, 1.0))
    shape((0.15, 0.985), (0.225, 0.985), (0.21, 1.0), (0.16, 1.0))
    rgb = np.broadcast_to(tone.astype(np.float32), (*cover.shape, 3))
    return cutout(rgb, cover.astype(np.float32) / np.float32(255))


@dataclass(frozen=True, slots=True)
class Beacon:
    """The lamp on a mast that warns aircraft, in rest pixels."""

    across: float
    down: float
    depth_m: float
    phase: float


def blink(now: Instant, beacons: list[Beacon], power: float) -> None:
    rows: list[Light] = []
    unit = now.view.lens.width / 1280 * now.view.zoom
    for beacon in beacons:
        turn = now.time_s / 1.7 + beacon.phase
        on = max(0.0, math.sin(2 * math.pi * turn)) ** 2 * power
        spot = now.view.place(beacon.across, beacon.down, beacon.depth_m)
        if on <= 0 or not (-12 * unit < spot[0] < now.view.lens.width + 12 * unit):
            continue
        rows.append(light(spot, (2.0 * unit, 2.0 * unit), (255, 60, 50), on, hard=3))
        rows.append(light(spot, (11 * unit, 11 * unit), (255, 40, 40), 0.45 * on))
    shine(now.picture, rows)
