"""The limbs that figures are made of, and the joints between them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from filmgate.engines.animatic.kernels.sculpt import COLUMNS, Floats

Point = tuple[float, float]
"""In figure's units: x ahead (figures look to the right), y up, from the middle of the ground."""
Paint = tuple[float, float, float]
"""RGB in 0..1."""
PATTERNS = {"": 0, "stripes": 1, "spots": 2, "patches": 3, "belly": 4, "tip": 5}


@dataclass(slots=True)
class Body:
    """Limbs in the order they are laid over each other; those of one group melt together."""

    rows: list[tuple[float, ...]] = field(default_factory=list)
    group: int = 0

    def over(self) -> None:
        """What follows lies over what was there."""
        self.group += 1

    def limb(
        self,
        start: Point,
        radius: float,
        end: Point | None = None,
        end_radius: float | None = None,
        *,
        paint: Paint,
        blend: float = 0.0,
        pattern: str = "",
        second: Paint = (0.0, 0.0, 0.0),
        scale: float = 0.1,
    ) -> None:
        """A round cone; a ball without an ``end``."""
        end = start if end is None else end
        last = radius if end_radius is None else end_radius
        ends = (*start, radius, *end, last)
        self.rows.append(
            (float(self.group), *ends, *paint, blend, PATTERNS[pattern], *second, scale)
        )

    def chain(
        self,
        points: Sequence[Point],
        radii: Sequence[float],
        *,
        paint: Paint,
        blend: float = 0.0,
        pattern: str = "",
        second: Paint = (0.0, 0.0, 0.0),
        scale: float = 0.1,
    ) -> None:
        """Limbs from point to point."""
        for at in range(len(points) - 1):
            self.limb(
                points[at], radii[at], points[at + 1], radii[at + 1],
                paint=paint, blend=blend, pattern=pattern, second=second, scale=scale,
            )  # fmt: skip

    def array(self) -> Floats:
        out = np.array(self.rows, np.float32)
        assert out.shape[1] == COLUMNS
        return out


def extent(bodies: Iterable[Body]) -> tuple[float, float, float, float]:
    """Left, bottom, right and top that all of these poses together need."""
    rows = np.concatenate([body.array() for body in bodies])
    x = np.concatenate([rows[:, [1]] - rows[:, [3]], rows[:, [4]] - rows[:, [6]]])
    right = np.concatenate([rows[:, [1]] + rows[:, [3]], rows[:, [4]] + rows[:, [6]]])
    y = np.concatenate([rows[:, [2]] - rows[:, [3]], rows[:, [5]] - rows[:, [6]]])
    top = np.concatenate([rows[:, [2]] + rows[:, [3]], rows[:, [5]] + rows[:, [6]]])
    return float(x.min()), float(y.min()), float(right.max()), float(top.max())


def turned(start: Point, length: float, angle: float) -> Point:
    """The other end of a bone that hangs from ``start``; 0 hangs down, + swings forward."""
    return start[0] + length * math.sin(angle), start[1] - length * math.cos(angle)


def bent(
    root: Point, tip: Point, upper: float, lower: float, *, forward: bool
) -> tuple[Point, Point]:
    """The joint between two bones that reach from ``root`` towards ``tip``, and where they end; it
    bends ``forward`` or back."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    far = max(math.hypot(dx, dy), 1e-6)
    reach = min(max(far, abs(upper - lower) + 1e-4), (upper + lower) * 0.999)
    dx, dy = dx / far * reach, dy / far * reach
    along = (upper * upper - lower * lower + reach * reach) / (2 * reach)
    aside = math.sqrt(max(upper * upper - along * along, 0.0)) * (1 if forward else -1)
    ux, uy = dx / reach, dy / reach
    joint = (root[0] + ux * along - uy * aside, root[1] + uy * along + ux * aside)
    return joint, (root[0] + dx, root[1] + dy)


def stride(phase: float, length: float, lift: float, duty: float) -> Point:
    """A foot's way against the body: back along the ground while it stands (``duty`` of the time),
    then forward through the air."""
    phase %= 1.0
    if phase < duty:
        return length * (0.5 - phase / duty), 0.0
    swing = (phase - duty) / (1 - duty)
    eased = swing * swing * (3 - 2 * swing)
    return length * (eased - 0.5), lift * math.sin(math.pi * swing)


def darker(paint: Paint, share: float = 0.72) -> Paint:
    return paint[0] * share, paint[1] * share, paint[2] * share
