"""Rooms: a box with windows and furniture, lit once, then walked through.

Walls, floor and ceiling are five planes that move in exact perspective; every group of things is a
cut-out at its own distance, and behind the windows is the world outside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.avenue import bloom, bloomed
from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.kernels import chamber, trace
from filmgate.engines.animatic.kernels.chamber import BACK, CEILING, FLOOR, LEFT, RIGHT
from filmgate.engines.animatic.kernels.develop import developed
from filmgate.engines.animatic.planes import Cutout, luma
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, Spans, View, lay, lay_leaning, standing

Row = list[float]
ROOM_TO_SPARE = 0.30
"""How much more than the frame is painted around it, in frame sizes, for a moving camera."""
SEAM_PX = 3.0
"""How far walls go on under the floor and the ceiling, so that nothing shines through a seam."""
HALO_PX = 72
"""How far the light of a lamp spreads in the air, in pixels of a frame 1280 wide."""
BRIGHT = 205.0
"""What a white surface in a light of 1 looks like, 0..255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    colour: Colour
    """0..255"""
    material: int
    gloss: float = 0.0


@dataclass(frozen=True, slots=True)
class Thing:
    """A group of shapes with the distance that it stands at, and how it sways."""

    depth_m: float
    shapes: list[Row]
    sway: float
    hung: bool


@dataclass(slots=True, kw_only=True)
class Chamber:
    """A room in metres: ``wide`` from the middle to a side wall, ``deep`` to the back wall. Lights
    are in units that show a white surface white."""

    wide: float
    tall: float
    deep: float
    eye: float
    walls: Surface
    back: Surface
    floor: Surface
    ceiling: Surface
    ambient: Colour
    sun: tuple[float, float, float] = (0.0, 1.0, 0.0)
    sun_light: Colour = (0.0, 0.0, 0.0)
    panes: list[Row] = field(default_factory=list)
    """See ``kernels.trace``: windows, and other flat lights."""
    lamps: list[Row] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)

    def add(self, depth_m: float, *shapes: Row, sway: float = 0.0, hung: bool = False) -> None:
        """Shapes that stand equally far. They may sway, by so many radians."""
        self.things.append(Thing(depth_m, list(shapes), sway, hung))

    def window(
        self, axis: str, middle: tuple[float, float, float], half: tuple[float, float],
        light: Colour, *, opening: bool = True,
    ) -> None:  # fmt: skip
        """A flat light; ``half`` are its half sizes across and up. An opening lets the sun in and
        shows what is outside."""
        which = "xhz".index(axis)
        sizes = [[0.0, half[1], half[0]], [half[0], 0.0, half[1]], [half[0], half[1], 0.0]][which]
        self.panes.append([float(which), *middle, *sizes, *light, 0.0, float(opening)])


def box(
    middle: tuple[float, float, float], half: tuple[float, float, float], colour: Colour,
    *, material: int = 0, soft: float = 0.0, gloss: float = 0.0, glow: Colour = (0, 0, 0),
    seed: int = 1, casts: bool = True,
) -> Row:  # fmt: skip
    """A box with edges rounded by ``soft`` metres; colours in 0..255."""
    r, g, b = (part / 255 for part in colour)
    return [
        trace.BOX, *middle, *half, min(soft, *half), r, g, b, material, gloss, *glow, seed, casts,
    ]  # fmt: skip


def ball(
    middle: tuple[float, float, float], radii: tuple[float, float, float], colour: Colour,
    *, material: int = 0, gloss: float = 0.0, glow: Colour = (0, 0, 0), seed: int = 1,
    casts: bool = True,
) -> Row:  # fmt: skip
    r, g, b = (part / 255 for part in colour)
    return [trace.BALL, *middle, *radii, 0, r, g, b, material, gloss, *glow, seed, casts]


def cone(
    foot: tuple[float, float, float], tall: float, radius: float, colour: Colour, *,
    top: float = 1.0, material: int = 0, gloss: float = 0.0, glow: Colour = (0, 0, 0),
    seed: int = 1, casts: bool = True,
) -> Row:  # fmt: skip
    """Upright, ``top`` times as wide above as below; 1 is a cylinder."""
    r, g, b = (part / 255 for part in colour)
    widest = radius * max(1.0, 1.0)
    return [
        trace.CONE, foot[0], foot[1] + tall / 2, foot[2], widest, tall / 2, widest, top, r, g, b,
        material, gloss, *glow, seed, casts,
    ]  # fmt: skip


class Interior:
    """The painted room; ``draw`` is its walls, ``groups`` its things as (depth, draw)."""

    def __init__(self, lens: Lens, chamber_: Chamber, *, vanish: float = 0.0) -> None:
        self._lens, self._room, self._vanish = lens, chamber_, vanish
        margin = (int(lens.width * ROOM_TO_SPARE), int(lens.height * ROOM_TO_SPARE))
        self._size = (lens.width + 2 * margin[0] & ~1, lens.height + 2 * margin[1] & ~1)
        # The picture's corner from the vanishing point.
        self._corner = (
            -lens.width / 2 - margin[0] - vanish, -lens.horizon - margin[1],
        )  # fmt: skip
        self._numbers = _numbers(chamber_)
        self._panels = self._paint_walls()
        self.groups: list[tuple[float, Group]] = []
        for number, thing in enumerate(chamber_.things):
            for cutout, corner in self._paint_things(thing.shapes):
                group = Group(cutout, corner, thing.depth_m)
                if thing.sway:
                    group.swaying(thing.sway, number * 1.9, hung=thing.hung)
                self.groups.append((thing.depth_m, group))

    def openings(self, view: View) -> list[Spans]:
        """What each opening lets be seen."""
        lens, seen = view.lens, []
        for pane in self._room.panes:
            if pane[trace.PANE] < 0.5:
                continue
            corners = np.array([self._seen(view, *point) for point in _corners(pane)])
            left, right = corners[:, 0].min() - 2, corners[:, 0].max() + 3
            top, bottom = corners[:, 1].min() - 2, corners[:, 1].max() + 3
            spans = np.zeros((lens.height // 2, 2), np.int32)
            rows = slice(max(int(top) // 2, 0), max(int(bottom) // 2 + 1, 0))
            spans[rows, 0] = min(max(int(left), 0), lens.width) & ~1
            spans[rows, 1] = min(max(int(right) + 1, 0), lens.width) & ~1
            seen.append(spans)
        return seen

    def draw(self, now: Instant) -> None:
        for cutout, corner, points in self._panels:
            rest = [self.spot(*point) for point in points]
            source = np.array([(x - corner[0], y - corner[1]) for x, y, _ in rest], np.float32)
            target = np.array([now.view.place(*point) for point in rest], np.float32)
            matrix = np.asarray(cv2.getPerspectiveTransform(source, target), np.float64)
            lay_leaning(now.picture, cutout, matrix, now.scratch)

    def fill(self, now: Instant) -> None:
        """Beyond what was painted: the colour of floor and ceiling."""
        row = min(max(int(now.view.horizon), 0), self._lens.height) & ~1
        for surface, rows in (
            (self._room.ceiling, slice(0, row)),
            (self._room.floor, slice(row, None)),
        ):
            y, u, v = luma(_times(surface.colour, self._room.ambient))
            half = slice(rows.start // 2, None if rows.stop is None else rows.stop // 2)
            now.picture.y[rows] = round(y)
            now.picture.u[half], now.picture.v[half] = round(u), round(v)

    def spot(self, x: float, h: float, z: float) -> tuple[float, float, float]:
        """A place in the room, as a view wants it: rest pixels across and down, and its depth."""
        return (
            self._vanish + self._lens.focal * x / z, self._lens.focal * (self._room.eye - h) / z, z,
        )  # fmt: skip

    def _seen(self, view: View, x: float, h: float, z: float) -> tuple[float, float]:
        return view.place(*self.spot(x, h, z))

    def _paint_walls(
        self,
    ) -> list[tuple[Cutout, tuple[float, float], list[tuple[float, float, float]]]]:
        lens, room = self._lens, self._room
        surfaces = np.zeros((5, 6), np.float32)
        for kind, surface in (
            (LEFT, room.walls), (RIGHT, room.walls), (FLOOR, room.floor), (CEILING, room.ceiling),
            (BACK, room.back),
        ):  # fmt: skip
            surfaces[kind] = [
                *(c / 255 for c in surface.colour),
                surface.material,
                surface.gloss,
                kind + 3,
            ]
        place = (self._size, self._corner, lens.focal)
        own = chamber.paint_walls(self._numbers[3], surfaces, *place)
        light, kinds = chamber.light_walls(*self._numbers, surfaces, *place)
        light = chamber.smoothed(light, kinds)
        panels = []
        for kind in (BACK, LEFT, RIGHT, FLOOR, CEILING):
            mask = self._mask(kind)
            columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
            if not len(rows):
                continue
            box_ = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
            part = mask[box_]
            colour = (
                own[box_] * _spread(light, kinds == kind, self._size)[box_] * np.float32(BRIGHT)
            )
            painted = np.ascontiguousarray(colour * part[..., None])
            cutout = bloomed(painted, np.zeros_like(painted), part, lens.width / 1280)
            corner = (self._corner[0] + self._vanish + columns[0], self._corner[1] + rows[0])
            panels.append((cutout, corner, self._plane(kind)))
        return panels

    def _plane(self, kind: int) -> list[tuple[float, float, float]]:
        """Four places on a surface."""
        room = self._room
        near, far = room.deep * 0.5, room.deep
        if kind == BACK:
            return [(x, h, far) for x in (-room.wide, room.wide) for h in (0.0, room.tall)]
        if kind in (LEFT, RIGHT):
            x = room.wide if kind == RIGHT else -room.wide
            return [(x, h, z) for z in (near, far) for h in (0.0, room.tall)]
        h = 0.0 if kind == FLOOR else room.tall
        return [(x, h, z) for z in (near, far) for x in (-room.wide, room.wide)]

    def _mask(self, kind: int) -> Floats:
        """How much of each pixel belongs to a surface, without its openings."""
        room, focal = self._room, self._lens.focal
        x, up, down = (
            focal * part / room.deep for part in (room.wide, room.tall - room.eye, room.eye)
        )
        out = 40.0  # far beyond the picture, in back walls
        ring = {
            BACK: [(-x, -up), (x, -up), (x, down), (-x, down)],
            FLOOR: [(-x, down), (x, down), (x * out, down * out), (-x * out, down * out)],
            CEILING: [(-x, -up), (x, -up), (x * out, -up * out), (-x * out, -up * out)],
            LEFT: [(-x, -up), (-x, down), (-x * out, down * out), (-x * out, -up * out)],
            RIGHT: [(x, -up), (x, down), (x * out, down * out), (x * out, -up * out)],
        }[kind]
        size = (self._size[1], self._size[0])
        mask = np.zeros(size, np.uint8)
        _fill(mask, [(a - self._corner[0], b - self._corner[1]) for a, b in ring], 255)
        if kind in (BACK, LEFT, RIGHT):
            reach = int(2 * SEAM_PX) | 1
            mask = np.asarray(
                cv2.dilate(mask, np.ones((reach, reach if kind == BACK else 1), np.uint8)), np.uint8
            )
        for pane in room.panes:
            axis, there = int(pane[trace.AXIS]), {BACK: 2, LEFT: 0, RIGHT: 0}.get(kind, 1)
            side = {LEFT: -1, RIGHT: 1}.get(kind, 0)
            if pane[trace.PANE] < 0.5 or axis != there or side * pane[trace.WX] < 0:
                continue
            corners = [
                (focal * px / pz - self._corner[0], focal * (room.eye - ph) / pz - self._corner[1])
                for px, ph, pz in _corners(pane)
            ]
            _fill(mask, corners, 0)
        return mask.astype(np.float32) / np.float32(255)

    def _paint_things(self, shapes: list[Row]) -> list[tuple[Cutout, tuple[float, float]]]:
        """A group's picture and its corner in rest pixels; none if it is out of sight."""
        lens, focal = self._lens, self._lens.focal
        rows = np.array(shapes, np.float32)
        bounds = _bounds(rows, self._room.eye, focal)
        left, top = bounds[:, :2].min(0)
        right, bottom = bounds[:, 2:].max(0)
        glows = rows[:, trace.EMIT : trace.EMIT + 3].any()
        halo = int(lens.width / 1280 * HALO_PX) if glows else 2
        x0, y0 = max(left - halo, self._corner[0]), max(top - halo, self._corner[1])
        x1 = min(right + halo, self._corner[0] + self._size[0])
        y1 = min(bottom + halo, self._corner[1] + self._size[1])
        size = (int(x1 - x0), int(y1 - y0))
        if min(size) < 2:
            return []
        own, light, glow, cover, kinds = chamber.paint_things(
            rows, bounds, *self._numbers, size, (x0, y0), focal
        )
        colour = own * chamber.smoothed(light, kinds) * np.float32(BRIGHT) * cover[..., None]
        air = (
            bloom(glow, lens.width / 1280) * _faded(size, halo)[..., None]
            if glows
            else np.zeros_like(glow)
        )
        cutout = Cutout(developed(colour, glow, air, cover))
        return [(cutout, (x0 + self._vanish, y0))]


class Group:
    """Things that stand equally far, drawn as one."""

    def __init__(self, cutout: Cutout, corner: tuple[float, float], depth_m: float) -> None:
        self._cutout, self._depth_m = cutout, depth_m
        self._corner = corner
        self._sway: tuple[float, float, bool] | None = None

    def swaying(self, angle: float, phase: float, *, hung: bool = False) -> None:
        """From now on it sways by so many radians about its foot, or about where it is hung."""
        self._sway = (angle, phase, hung)

    def draw(self, now: Instant) -> None:
        wide, tall = self._cutout.size
        turn, anchor = 0.0, (wide / 2, float(tall))
        if self._sway is not None:
            angle, phase, hung = self._sway
            beat = now.time_s * 1.3 + phase
            turn = angle * (math.sin(beat) + 0.5 * math.sin(beat * 1.73 + 1))
            anchor = (wide / 2, 0.0 if hung else float(tall))
        foot = (self._corner[0] + anchor[0], self._corner[1] + anchor[1])
        matrix = standing(now.view, *foot, self._depth_m, anchor, turn=turn)
        lay(now.picture, self._cutout, matrix, now.scratch)


def _numbers(room: Chamber) -> tuple[Floats, Floats, Floats, Floats]:
    """Casters, panes, lamps and the room's own numbers, as the kernels want them."""
    casters = [row for thing in room.things for row in thing.shapes if row[trace.CASTS]]
    return (
        _rows(casters, trace.SHAPE),
        _rows(room.panes, 12),
        _rows(room.lamps, 7),
        np.array(
            [
                room.wide,
                room.tall,
                room.deep,
                room.eye,
                *room.ambient,
                *_unit(room.sun),
                *room.sun_light,
            ],
            np.float32,
        ),
    )


def _rows(rows: Sequence[Row], columns: int) -> Floats:
    return np.array(rows, np.float32).reshape(-1, columns)


def _unit(vector: tuple[float, float, float]) -> NDArray[np.float64]:
    there = np.array(vector)
    return np.asarray(there / np.linalg.norm(there), np.float64)


def _times(colour: Colour, light: Colour) -> Colour:
    red, green, blue = (a * min(b, 1.0) for a, b in zip(colour, light, strict=True))
    return red, green, blue


def _corners(pane: Row) -> list[tuple[float, float, float]]:
    """The corners of a window, in order around it."""
    x, h, z, a, b, c = pane[trace.WX : trace.SZ + 1]
    if pane[trace.AXIS] == 0:
        return [(x, h + i * b, z + j * c) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return [(x + j * a, h + i * b, z) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def _spread(light: Floats, mine: NDArray[np.bool_], size: tuple[int, int]) -> Floats:
    """One surface's light at full size, carried a little beyond its edges: what is beside it must
    not shine into them."""
    weight = mine.astype(np.float32)
    around = (
        cv2.blur(light * weight[..., None], (5, 5))
        / np.maximum(cv2.blur(weight, (5, 5)), 1e-3)[..., None]
    )
    whole = np.where(mine[..., None], light, around).astype(np.float32)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _faded(size: tuple[int, int], edge: int) -> Floats:
    """A halo ends before its picture does."""
    across, down = (
        np.clip(np.minimum(np.arange(n) + 1, n - np.arange(n)) / edge, 0, 1) for n in size
    )
    fade = np.outer(down, across)
    return np.asarray(fade * fade * (3 - 2 * fade), np.float32)


def _bounds(rows: Floats, eye: float, focal: float) -> NDArray[np.int32]:
    """Left, top, right and bottom of each shape in the rest picture, from the vanishing point."""
    near = np.maximum(rows[:, trace.CZ] - rows[:, trace.RZ], 0.5)
    far = rows[:, trace.CZ] + rows[:, trace.RZ]
    spots = [
        (focal * (rows[:, trace.CX] + i * rows[:, trace.RX]) / z,
         focal * (eye - rows[:, trace.CH] - j * rows[:, trace.RH]) / z)
        for z in (near, far) for i in (-1, 1) for j in (-1, 1)
    ]  # fmt: skip
    across, down = (np.stack(part) for part in zip(*spots, strict=True))
    edges = [across.min(0) - 1, down.min(0) - 1, across.max(0) + 1, down.max(0) + 1]
    return np.asarray(np.floor(np.stack(edges, 1)), np.int32)


def _fill(mask: NDArray[np.uint8], corners: list[tuple[float, float]], value: int) -> None:
    points = (np.clip(np.array(corners) - 0.5, -30000, 30000) * 16).astype(np.int32)
    cv2.fillPoly(mask, [points], value, cv2.LINE_AA, 4)
