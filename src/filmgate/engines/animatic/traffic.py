"""Cars that drive up and down a street, with their lights and what the wet road makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.avenue import Street, bloomed
from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.lights import CRISP, Light, light, shine
from filmgate.engines.animatic.planes import Cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, lay, standing

PX_PER_M = 96
WIDE_M, TALL_M = 1.86, 1.46
BODIES: tuple[Colour, ...] = ((168, 34, 38), (190, 192, 198), (38, 72, 140), (40, 42, 48))
BODY_OF_LANE = (0, 3, 1)
HEAD: Colour = (255, 244, 220)
TAIL: Colour = (255, 34, 26)


@dataclass(frozen=True, slots=True)
class Car:
    lane_m: float
    speed_m_s: float
    """Away from the eye; towards it when negative."""
    start_m: float
    body: int


class Traffic:
    """Oncoming on the left, going on the right; outer lanes near by, so that the middle is free."""

    def __init__(self, lens: Lens, light: Daylight, street: Street, seed: int) -> None:
        self._lens, self._light, self._street = lens, light, street
        random = np.random.Generator(np.random.PCG64(seed))
        outer = street.curb_m * 0.72
        self._near_m = lens.focal * outer / (lens.width * 0.5 + 0.24 * lens.focal)
        self._far_m = 150.0
        self._cars = [
            Car(
                side * (outer if i % 3 else street.curb_m * 0.27),
                side * float(random.uniform(7, 12)),
                float((i + random.random() * 0.7) * (self._far_m - self._near_m) / 5),
                BODY_OF_LANE[(i + (side > 0)) % 3],
            )
            for side in (-1, 1)
            for i in range(5)
        ]
        self._pictures = {
            (rear, body): sizes_of(car_picture(BODIES[body], light, rear=rear))
            for rear, body in {(car.speed_m_s > 0, car.body) for car in self._cars}
        }

    def draw(self, now: Instant) -> None:
        span = self._far_m - self._near_m
        cars = []
        for car in self._cars:
            z = self._near_m + (car.start_m + car.speed_m_s * now.time_s) % span
            if abs(car.lane_m) > self._street.curb_m * 0.4 or z > 45:
                cars.append((z, car))
        for z, car in sorted(cars, key=lambda pair: -pair[0]):
            self._draw_car(now, car, z)

    def _draw_car(self, now: Instant, car: Car, z: float) -> None:
        rear = car.speed_m_s > 0
        sizes = self._pictures[rear, car.body]
        power = max(self._light.lamps, 0.12) * min(1.0, (self._far_m - z) / 25)
        draw_car(now, self._street, sizes, car.lane_m, z, rear=rear, power=power)


def draw_car(
    now: Instant,
    street: Street,
    sizes: list[Cutout],
    lane_m: float,
    z: float,
    *,
    rear: bool,
    power: float,
    large: float = 1.0,
) -> None:
    """A car ``z`` metres along the street with its lights, ``power`` 0..1, and their reflection."""
    view = now.view
    across, down, _ = street.spot(view.lens, lane_m, 0, z)
    px_per_m = view.lens.focal / z * large
    level = int(np.clip(np.log2(PX_PER_M / px_per_m / view.scale(z)), 0, len(sizes) - 1))
    picture = sizes[level]
    size = px_per_m / (PX_PER_M / 2**level)
    anchor = (picture.size[0] / 2, (TALL_M + 0.3) * PX_PER_M / 2**level)
    matrix = standing(view, across, down, z, anchor, size=size)
    lay(now.picture, picture, matrix, now.scratch, opacity=street.clear(z))
    shine(now.picture, _lights(now, street, lane_m, z, rear=rear, power=power))


def _lights(
    now: Instant, street: Street, lane_m: float, z: float, *, rear: bool, power: float
) -> list[Light]:
    view, lens = now.view, now.view.lens
    unit = lens.focal / z * view.scale(z)
    colour = TAIL if rear else HEAD
    rows: list[Light] = []
    for side in (-0.68, 0.68):
        x = lane_m + side
        spot = view.place(*street.spot(lens, x, 0.68, z))
        small = 0.13 * unit
        rows.append(light(spot, (small, small * 0.8), colour, power, hard=CRISP))
        wide = (0.7 if rear else 0.8) * unit
        rows.append(light(spot, (wide, wide), colour, (0.45 if rear else 0.32) * power))
        mirrored = view.place(*street.spot(lens, x, -1.3, z))
        rows.append(light(mirrored, (0.26 * unit, 1.6 * unit), colour, 0.55 * power * street.wet))
    if not rear:
        middle = view.place(*street.spot(lens, lane_m, 0.68, z))
        rows.append(light(middle, (3.2 * unit, 1.3 * unit), colour, 0.05 * power))
    return rows


def sizes_of(picture: tuple[Floats, Floats, Floats]) -> list[Cutout]:
    """The picture and ever smaller copies, or far cars would sparkle."""
    sizes = []
    colour, glow, mask = picture
    for _ in range(5):
        sizes.append(bloomed(colour, glow, mask, 0.25))
        half = (colour.shape[1] // 2, colour.shape[0] // 2)
        colour, glow, mask = (
            np.asarray(cv2.resize(plane, half, interpolation=cv2.INTER_AREA), np.float32)
            for plane in (colour, glow, mask)
        )
    return sizes


def car_picture(body: Colour, light: Daylight, *, rear: bool) -> tuple[Floats, Floats, Floats]:
    """A car seen from the front or from behind, by plain shapes: body, glass, wheels, lights."""
    day = np.array(light.ambient) / 255 * (1 - 0.55 * light.lamps)
    day = day + np.array(light.key) / 255 * 0.4 * (1 - light.lamps)
    wide, tall = int((WIDE_M + 0.6) * PX_PER_M) & ~1, int((TALL_M + 0.5) * PX_PER_M) & ~1
    colour, glow = np.zeros((tall, wide, 3), np.float32), np.zeros((tall, wide, 3), np.float32)
    mask = np.zeros((tall, wide), np.float32)

    def shape(
        points: list[tuple[float, float]],
        paint: tuple[float, ...] | None,
        own: Colour | None = None,
    ) -> None:
        """A polygon given in metres: across from the middle, up from the road."""
        corners = [
            ((x + (WIDE_M + 0.6) / 2) * PX_PER_M * 16, (TALL_M + 0.3 - h) * PX_PER_M * 16)
            for x, h in points
        ]
        cover = np.zeros((tall, wide), np.uint8)
        cv2.fillPoly(cover, [np.array(corners, np.int32)], 255, cv2.LINE_AA, 4)
        share = cover.astype(np.float32) / 255
        if paint is not None:
            lit = np.array(paint, np.float32) * day.astype(np.float32)
            colour[:] += (lit - colour) * share[..., None]
            glow[:] *= 1 - share[..., None]
            mask[:] = np.maximum(mask, share)
        if own is not None:
            glow[:] += (np.array(own, np.float32) - glow) * share[..., None]

    dark = (16.0, 16.0, 20.0)
    for side in (-1, 1):
        shape(_box(side * 0.68, 0.0, 0.2, 0.36), dark)
    shape(
        [(-0.93, 0.22), (0.93, 0.22), (0.93, 0.72), (0.86, 0.92), (-0.86, 0.92), (-0.93, 0.72)],
        body,
    )
    bright = tuple(min(255.0, c * 1.25 + 14) for c in body)
    shape(
        [(-0.86, 0.90), (0.86, 0.90), (0.60, 1.42), (0.52, 1.46), (-0.52, 1.46), (-0.60, 1.42)],
        bright,
    )
    shape([(-0.74, 0.95), (0.74, 0.95), (0.55, 1.36), (-0.55, 1.36)], (44, 58, 74))
    shape([(-0.70, 0.97), (-0.1, 0.97), (-0.36, 1.34), (-0.53, 1.34)], (92, 112, 134))
    shape([(-0.90, 0.84), (0.90, 0.84), (0.92, 0.78), (-0.92, 0.78)], bright)
    shape(_box(0, 0.22, 0.93, 0.14), dark)
    shape(_box(0, 0.42, 0.26, 0.12), (210, 205, 190) if rear else dark)
    power = max(light.lamps, 0.3 if rear else 0.12)
    lamp = tuple(c * power for c in (TAIL if rear else HEAD))
    for side in (-1, 1):
        outer, inner = side * 0.89, side * (0.44 if rear else 0.56)
        points = [(outer, 0.60), (outer, 0.76), (inner, 0.74), (inner, 0.63)]
        shape(points, (120, 20, 18) if rear else (190, 190, 186), (lamp[0], lamp[1], lamp[2]))
    return colour, glow, mask


def _box(x: float, h: float, half: float, tall: float) -> list[tuple[float, float]]:
    return [(x - half, h), (x + half, h), (x + half, h + tall), (x - half, h + tall)]
