"""Both sides of a street canyon: painted once, then seen in exact perspective.

All street fronts of one side stand in one plane, so one homography moves them all; what stands
across or behind them rides along, which no eye can tell at the moves a camera makes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.kernels import canyon
from filmgate.engines.animatic.kernels.develop import developed
from filmgate.engines.animatic.planes import Cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, Spans, View, lay_leaning

Matrix = NDArray[np.float64]
CHUNK, BLOCK = 8, 16
OPAQUE = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """The street's measures, in metres from the eye."""

    half_width_m: float
    """From the middle to the house fronts."""
    curb_m: float
    """From the middle to the curb."""
    eye_height_m: float
    vanish: float
    """Where it leads to, in rest pixels across."""
    near_m: float
    far_m: float
    haze_per_m: float
    tall: float
    """How tall the houses stand, 1 in a landscape frame."""
    wet: float
    """0 is dry asphalt, 1 a mirror."""

    def clear(self, z: float) -> float:
        """What the air leaves to be seen of a thing so far away, 0..1."""
        return math.exp(-0.7 * z * self.haze_per_m)

    def spot(self, lens: Lens, x: float, h: float, z: float) -> tuple[float, float, float]:
        """Rest pixels and depth of a place: x across the street, h up, z along (all metres)."""
        across = self.vanish + lens.focal * x / z
        return across, lens.focal * (self.eye_height_m - h) / z, z


class Side:
    """One side of the street (-1 left, +1 right)."""

    def __init__(
        self, lens: Lens, street: Street, blocks: Floats, light: Floats, side: int
    ) -> None:
        self._street, self._side = street, side
        reach = lens.width / 2 * 1.33 + 0.22 * lens.focal - side * street.vanish
        left = lens.focal * street.half_width_m / street.far_m * 0.8
        top = -(lens.horizon * 1.33 + 0.15 * lens.focal)
        bottom = street.eye_height_m * reach / street.half_width_m + 4
        size = (int(reach - left), int(bottom - top))
        colour, glow, mask = canyon.cast_rays(
            blocks, light, size, (left, top), lens.focal, street.eye_height_m
        )
        if side < 0:
            colour, glow, mask = (
                np.ascontiguousarray(plane[:, ::-1]) for plane in (colour, glow, mask)
            )
        used = np.flatnonzero(mask.any(1))
        first = max(int(used[0]) - 24, 0)
        self._cutout = bloomed(colour[first:], glow[first:], mask[first:], lens.width / 1280)
        # Texture to rest pixels.
        self._roofs = _roofs(self._cutout)
        self._corner = (street.vanish + (left if side > 0 else -left - size[0]), top + first)
        self._points = [
            street.spot(lens, street.half_width_m * side, height, depth)
            for depth in (street.near_m * 1.6, street.far_m * 0.7)
            for height in (0.0, 12.0)
        ]

    def to_frame(self, view: View) -> Matrix:
        """The homography texture -> frame."""
        rest = [
            (across - self._corner[0], down - self._corner[1]) for across, down, _ in self._points
        ]
        target = [view.place(*point) for point in self._points]
        return np.asarray(
            cv2.getPerspectiveTransform(np.array(rest, np.float32), np.array(target, np.float32)),
            np.float64,
        )

    def roofs(self, view: View, columns: Matrix) -> Matrix:
        """For columns of the frame: the row from which this side hides what is behind it, down to
        the foot of its houses; infinite where it does not stand."""
        matrix = self.to_frame(view)
        # Upright lines stay upright, so that a column of the frame is one of the texture.
        back = np.linalg.inv(matrix)
        middle = view.horizon
        depth = back[2, 0] * columns + back[2, 1] * middle + back[2, 2]
        x = (back[0, 0] * columns + back[0, 1] * middle + back[0, 2]) / depth
        chunk = np.floor(x / CHUNK).astype(np.int64)
        inside = (depth > 0) & (chunk >= 1) & (chunk < len(self._roofs) - 1)
        top = np.where(inside, self._roofs[np.clip(chunk, 0, len(self._roofs) - 1)], math.inf)
        inside &= np.isfinite(top)
        x, top = np.where(inside, x, 0.0), np.where(inside, top, 0.0)
        far = matrix[2, 0] * x + matrix[2, 1] * top + matrix[2, 2]
        row = (matrix[1, 0] * x + matrix[1, 1] * top + matrix[1, 2]) / far
        return np.where(inside, row + 2, math.inf)

    def draw(self, now: Instant) -> None:
        lay_leaning(now.picture, self._cutout, self.to_frame(now.view), now.scratch)


def _roofs(texture: Cutout) -> Matrix:
    """For every CHUNK columns of the texture and their neighbours: the row from which all is opaque
    down to its end; infinite where nothing is."""
    clear = texture.pixels[..., 3] < OPAQUE
    height, width = clear.shape
    tops = np.where(clear.any(0), height - np.argmax(clear[::-1], axis=0), 0).astype(np.float64)
    tops[tops >= height] = math.inf
    chunks = tops[: width // CHUNK * CHUNK].reshape(-1, CHUNK).max(1)
    around = np.pad(chunks, 1, constant_values=math.inf)
    return np.asarray(np.maximum(np.maximum(around[:-2], around[1:-1]), around[2:]), np.float64)


class Gap:
    """What both sides leave to be seen of everything behind them."""

    def __init__(self, street: Street, sides: tuple[Side, Side]) -> None:
        self._street, self._sides = street, sides
        # Several layers ask for the same frame, and two frames are drawn at a time.
        self.spans: Callable[[View], Spans] = lru_cache(maxsize=8)(self._spans)

    def _spans(self, view: View) -> Spans:
        """Also hidden is what lies under the road. Told in blocks of BLOCK pixels."""
        lens = view.lens
        columns = np.arange(0, lens.width + 1, CHUNK / 2)
        ground = np.full(len(columns), -math.inf)
        for side in (-1, 1):
            x0, y0, falls = foot(view, self._street, side)
            ground = np.maximum(ground, y0 + (columns - x0) * falls + 3)
        roofs = [side.roofs(view, columns) for side in self._sides]
        hidden = np.minimum(np.minimum(*roofs), ground)
        # The lowest row that is seen in each block of columns, its edges included.
        each = int(2 * BLOCK / CHUNK)
        blocks = [hidden[i : i + each + 1].max() for i in range(0, len(hidden) - 1, each)]
        seen = np.array(blocks)[None] > np.arange(0, lens.height, BLOCK)[:, None]
        spans = np.zeros((len(seen), 2), np.int32)
        spans[:, 0] = np.argmax(seen, axis=1) * BLOCK
        spans[:, 1] = np.minimum(
            (seen.shape[1] - np.argmax(seen[:, ::-1], axis=1)) * BLOCK, lens.width
        )
        spans[~seen.any(1)] = 0
        return np.repeat(spans, BLOCK // 2, axis=0)[: lens.height // 2]


def foot(view: View, street: Street, side: int) -> tuple[float, float, float]:
    """The line in which the house fronts meet the ground: a point on it, and how many rows it
    falls for a column outwards."""
    lens = view.lens
    x0, y0 = view.place(*street.spot(lens, side * street.half_width_m, 0, 1e5))
    x1, y1 = view.place(*street.spot(lens, side * street.half_width_m, 0, street.near_m * 2))
    return x0, y0, (y1 - y0) / (x1 - x0)


def bloomed(
    colour: Floats, glow: Floats, mask: Floats, scale: float, haze: Floats | None = None
) -> Cutout:
    """Colours with their own light on them, and its bloom over the edges into the air; ``haze``
    is more light in the air."""
    halo = bloom(glow, scale)
    if haze is not None:
        halo += haze
    return Cutout(developed(colour, glow, halo, mask))


def bloom(glow: Floats, scale: float) -> Floats:
    """Light that spreads in air and lens: a tight halo and a wide one, blurred at small size."""
    height, width = glow.shape[:2]
    small = cv2.resize(
        glow, (max(width // 4, 1), max(height // 4, 1)), interpolation=cv2.INTER_AREA
    )
    tight = np.asarray(cv2.GaussianBlur(small, (0, 0), 1.6 * scale), np.float32)
    wide = np.asarray(cv2.GaussianBlur(small, (0, 0), 9.0 * scale), np.float32)
    spread = tight * np.float32(0.36) + wide * np.float32(0.55)
    return np.asarray(
        cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
