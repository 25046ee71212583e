"""A painted world in layers, and how one frame of it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from filmgate.engines.animatic.camera import Move
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.stage import Lens, Scratch, View
from filmgate.engines.animatic.storyboard import Mention, Storyboard
from filmgate.media.encode import Picture

if TYPE_CHECKING:
    from filmgate.engines.animatic.avenue import Street


@dataclass(frozen=True, slots=True)
class Instant:
    """Everything a layer needs to draw itself into one frame."""

    picture: Picture
    view: View
    time_s: float
    scratch: Scratch


Draw = Callable[[Instant], None]


@dataclass(frozen=True, slots=True)
class Layer:
    """Something that stands ``depth_m`` away; far layers are drawn first."""

    depth_m: float
    draw: Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a place is asked to paint."""

    lens: Lens
    storyboard: Storyboard
    light: Daylight
    seed: int
    duration_s: float = 5.0
    """Of what happens in the scene: longer than the film in a time-lapse."""
    freedom: float = 1.0
    """How far from the plainest composition, 0..2; 1 is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where subjects of one home ("ground", "water", "air", ...) can stand in a place."""

    eye_height_m: float
    """Of the camera above this ground; gives the row where a thing at some depth touches it."""
    depth_m: tuple[float, float]
    """Nearest and farthest that a subject may stand."""
    reflects: float = 0.0
    """How much of a subject is mirrored at its foot, 0..1."""
    rise: tuple[float, float] = (0.0, 0.0)
    """For the air: lowest and highest above the horizon, in frame heights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One of the cast as the focus and the sound need to know it."""

    subject: str
    asked: bool
    """False for those who live there anyway."""
    depth_m: float
    down_px: float
    """Its foot below the horizon, in rest pixels."""
    across: float
    """From the middle, in frame widths."""
    passes: bool
    """Whether it travels far in the film."""
    beats_s: tuple[float, ...]
    """When its feet touch the ground, in the film's time."""

    @property
    def loudness(self) -> float:
        return 1.0 if self.asked else 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A painted place before and after its subjects have walked in."""

    lens: Lens
    reach_m: float
    """Distance of the main subject; camera moves are measured in it."""
    layers: tuple[Layer, ...]
    grounds: dict[str, Ground]
    light: Daylight
    """As the weather left it; it falls on the subjects too."""
    ambient: tuple[Mention, ...] = ()
    """What moves here even if nobody asked; a negative prompt can send it away."""
    holds: frozenset[str] = frozenset()
    """Subjects that the place itself is full of: "trees" in a forest need no tree of their own."""
    company: tuple[Mention, ...] = ()
    """Who is here when the prompt names nobody: as large as if they had been asked for."""
    shows: frozenset[str] = frozenset()
    """The storyboard's features and styles that this place paints when they are asked for."""
    street: Street | None = None
    """Where people and cars go along instead of across."""
    played: tuple[Played, ...] = ()
    """Everybody who walked in."""


class Place(Protocol):
    """A module in ``places``: a new place is one such file, found by its name."""

    def build(self, brief: Brief, /) -> World: ...


class Film:
    """A world seen through a moving camera: draws any frame, in any order, in any thread."""

    def __init__(
        self, world: World, move: Move, *, fps: int, frames: int, pace: float = 1.0
    ) -> None:
        self._world, self._move, self._pace = world, move, pace
        self._fps, self._frames = fps, frames
        self._layers = sorted(world.layers, key=lambda layer: -layer.depth_m)

    def draw(self, number: int, picture: Picture, scratch: Scratch) -> None:
        time_s = number / self._fps
        pose = self._move.at(number / max(self._frames - 1, 1), time_s)
        instant = Instant(
            picture, View(self._world.lens, pose, self._world.reach_m), time_s * self._pace, scratch
        )
        for layer in self._layers:
            layer.draw(instant)
        if pose.roll:
            _roll(picture, pose.roll)


def _roll(picture: Picture, angle: float) -> None:
    """Turn the camera clockwise, so the picture turns the other way, grown to keep the corners."""
    height, width = picture.y.shape
    grown = abs(np.cos(angle)) + abs(np.sin(angle)) * max(width / height, height / width)
    degrees = float(np.degrees(angle))
    flags = cv2.INTER_LINEAR
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, float(grown))
    cv2.warpAffine(picture.y.copy(), matrix, (width, height), dst=picture.y, flags=flags)
    half = (width // 2, height // 2)
    matrix = cv2.getRotationMatrix2D(((half[0] - 1) / 2, (half[1] - 1) / 2), degrees, float(grown))
    for plane in (picture.u, picture.v):
        cv2.warpAffine(plane.copy(), matrix, half, dst=plane, flags=flags)
