"""Solids that turn and change their shape: low in faces, lit from one side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels.facets import paint_facets
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens

Doubles = NDArray[np.float64]
LIGHT = np.array((-0.48, 0.66, 0.58)) / np.linalg.norm((-0.48, 0.66, 0.58))
# Exponents of the superellipsoid: (around, upright).
CUBE, BALL, DIAMOND, BARREL, CONE = (0.22, 0.22), (1.0, 1.0), (2.0, 2.0), (1.0, 0.2), (1.0, 2.0)
SHAPES = (CUBE, DIAMOND, BALL, BARREL, CONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """``place`` in metres: across, above the middle of the frame, and away."""

    place: tuple[float, float, float]
    radius_m: float
    colour: Colour
    rim: Colour
    axis: tuple[float, float, float]
    turn_s: float
    """Radians a second."""
    phase: float
    path_m: float
    """How far it drifts about its place."""
    sides: int
    ring: float
    """0 is a solid that changes its shape; else a ring, so thick."""


class Troupe:
    """All solids of a picture that stand about as far."""

    def __init__(self, lens: Lens, solids: list[Solid]) -> None:
        self._lens = lens
        self._solids = sorted(solids, key=lambda solid: -solid.place[2])

    def draw(self, now: Instant) -> None:
        for solid in self._solids:
            self._draw_one(now, solid)

    def _draw_one(self, now: Instant, solid: Solid) -> None:
        points = _mesh(solid, now.time_s)
        turned = points @ _rotation(solid.axis, solid.phase + solid.turn_s * now.time_s).T
        view, lens = now.view, self._lens
        x, up, z = solid.place
        beat = now.time_s * 0.55 + solid.phase
        x += solid.path_m * math.sin(beat)
        up += solid.path_m * 0.8 * math.cos(beat * 0.83 + 1)
        down = lens.height / 2 - lens.horizon - lens.focal * up / z
        middle = view.place(lens.focal * x / z, down, z)
        size = lens.focal / z * view.scale(z) * solid.radius_m
        # A little perspective inside the solid itself: what is nearer is larger.
        flat = turned[..., :2] * (size / (1 - turned[..., 2:] * (solid.radius_m / z)))
        screen = np.stack([middle[0] + flat[..., 0], middle[1] - flat[..., 1]], -1)
        corners, normals, depths = _faces(turned, screen)
        order = np.argsort(depths, kind="stable")
        corners, normals = corners[order], normals[order]
        seen = _area(corners) > 0.5
        looks = _looks(solid, normals[seen], size)
        paint_facets(
            now.picture.y,
            now.picture.u,
            now.picture.v,
            np.ascontiguousarray(corners[seen], np.float32),
            looks,
        )


def _mesh(solid: Solid, time_s: float) -> Doubles:
    """(rows, columns, 3) points of radius about 1; a ring of three or six sides is a frame."""
    around = np.linspace(0, 2 * math.pi, solid.sides + 1)
    if solid.ring:
        tube = np.linspace(0, 2 * math.pi, 7)
        # A round ring winds about itself; the sides of a frame are flat.
        winding = 1.0 if solid.sides > 8 else 0.0
        twist = winding * (around[:, None] + time_s * 0.9) + math.pi / 6
        far = 1 - solid.ring + solid.ring * np.cos(tube[None] + twist)
        high = solid.ring * np.sin(tube[None] + twist)
        return np.stack([far * np.cos(around[:, None]), far * np.sin(around[:, None]), high], -1)
    upright = np.linspace(-math.pi / 2, math.pi / 2, solid.sides // 2 + 1)
    turn = time_s * 0.30 + solid.phase
    number = math.floor(turn)
    part = _held(turn - number)
    before, after = SHAPES[number % len(SHAPES)], SHAPES[(number + 1) % len(SHAPES)]
    east = before[0] + (after[0] - before[0]) * part
    north = before[1] + (after[1] - before[1]) * part
    ring, high = _power(np.cos(upright), north), _power(np.sin(upright), north)
    x = ring[:, None] * _power(np.cos(around), east)[None]
    y = ring[:, None] * _power(np.sin(around), east)[None]
    z = np.broadcast_to(high[:, None], x.shape)
    return np.stack([x, z, y], -1) * (0.80 + 0.2 * min(east, 1.0))


def _held(part: float) -> float:
    """Rests in each shape for a moment, then flows into the next."""
    x = min(max((part - 0.15) / 0.7, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def _power(values: Doubles, exponent: float) -> Doubles:
    return np.asarray(np.sign(values) * np.abs(values) ** exponent, np.float64)


def _rotation(axis: tuple[float, float, float], angle: float) -> Doubles:
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)


def _faces(points: Doubles, screen: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Corners on the screen (clockwise where they face the eye), normals and mean depths."""
    rows, columns = points.shape[:2]

    def quads(grid: Doubles) -> Doubles:
        return np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], 2).reshape(
            (rows - 1) * (columns - 1), 4, -1
        )

    solid, flat = quads(points), quads(screen)
    normal = np.cross(solid[:, 2] - solid[:, 0], solid[:, 3] - solid[:, 1])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    return flat, normal, solid[..., 2].mean(1)


def _area(corners: Doubles) -> Doubles:
    x, y = corners[..., 0], corners[..., 1]
    return np.asarray((x * np.roll(y, -1, 1) - np.roll(x, -1, 1) * y).sum(1))


def _looks(solid: Solid, normals: Doubles, size: float) -> Floats:
    """Light from the upper left, a coloured rim from behind, a little gradient in each face."""
    facing = np.where(normals[:, 2:] < 0, -normals, normals)
    light = np.clip(facing @ LIGHT, 0, 1)
    rim = (1 - facing[:, 2]) ** 2
    shine = np.clip(light - 0.74, 0, 1) * 3.4
    colour, behind = np.array(solid.colour)[None], np.array(solid.rim)[None]
    # Shadows take the neighbour's colour instead of going black; lights go towards white.
    lit = light[:, None]
    body = colour * (0.40 + 0.68 * lit) + behind * (0.26 * (1 - lit) + 0.5 * rim[:, None])
    body = np.clip(body + (255 - colour) * 0.8 * shine[:, None] ** 2, 0, 255)
    brightness = body @ np.array((0.2126, 0.7152, 0.0722))
    out = np.zeros((len(normals), 7), np.float32)
    if len(normals):
        out[:, 0] = 16 + brightness * (219 / 255)
        out[:, 1] = 128 + (body[:, 2] - brightness) * (224 / 255 / 1.8556)
        out[:, 2] = 128 + (body[:, 0] - brightness) * (224 / 255 / 1.5748)
        out[:, 3] = 0.94
        out[:, 4] = 16 + 26 * light
        out[:, 5] = -16 / size * (0.4 + light)
        out[:, 6] = -26 / size * (0.4 + light)
    return out
