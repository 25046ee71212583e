"""From depth to the frame: layers seen by the camera, laid into the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.camera import Pose
from filmgate.engines.animatic.kernels.blend import lay_over
from filmgate.engines.animatic.kernels.stretch import stretch
from filmgate.engines.animatic.planes import Backdrop, Bytes, Cutout
from filmgate.media.encode import Picture

INFINITE = math.inf
FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
BAND = 48
"""Rows of a layer that are cut to what is seen of them at a time; even."""


@dataclass(frozen=True, slots=True)
class Lens:
    """The frame and its focal length at rest, all in pixels."""

    width: int
    height: int
    focal: float
    horizon: float
    """Row of the horizon while the camera looks straight ahead."""


@dataclass(frozen=True, slots=True)
class Disc:
    """The sun or the moon, in rest pixels."""

    across: float
    down: float
    radius: float


@dataclass(frozen=True, slots=True)
class View:
    """A camera at one instant. Places are told in *rest pixels*: where a thing stands in the first
    frame, across from the middle and down from the horizon. ``reach`` is the main subject's
    distance in the scene's own units."""

    lens: Lens
    pose: Pose
    reach: float

    @property
    def zoom(self) -> float:
        return math.exp(self.pose.zoom)

    @property
    def horizon(self) -> float:
        """Row of the horizon in this frame."""
        return self.place(0.0, 0.0, INFINITE)[1]

    def scale(self, depth: float) -> float:
        """How much larger than at rest a thing at ``depth`` looks."""
        if math.isinf(depth):
            return self.zoom
        return self.zoom * depth / max(depth - self.pose.z * self.reach, 0.05 * depth)

    def place(self, across: float, down: float, depth: float) -> tuple[float, float]:
        """Frame coordinates (x, y) of a point given in rest pixels."""
        lens, pose = self.lens, self.pose
        slide_x = slide_y = 0.0
        if not math.isinf(depth):
            near = 1 / max(depth - pose.z * self.reach, 0.05 * depth)
            slide_x = -lens.focal * pose.x * self.reach * near
            slide_y = lens.focal * pose.y * self.reach * near
        scale = self.scale(depth)
        middle = lens.horizon - lens.height / 2
        x = across * scale + (slide_x - lens.focal * math.tan(pose.yaw)) * self.zoom
        y = (down * scale) + (slide_y + middle + lens.focal * math.tan(pose.pitch)) * self.zoom
        return lens.width / 2 + x, lens.height / 2 + y


class Scratch:
    """One worker's buffers, so that no frame allocates its work space anew."""

    def __init__(self, width: int, height: int) -> None:
        self._pixels = np.empty(height * width * 4, np.uint8)
        # Coordinate maps have room for the nodes that a motion field keeps outside the frame.
        self.map_x = np.empty((height + 12, width + 12), np.float32)
        self.map_y = np.empty((height + 12, width + 12), np.float32)
        self.half_x = np.empty((height // 2 + 6, width // 2 + 6), np.float32)
        self.half_y = np.empty((height // 2 + 6, width // 2 + 6), np.float32)

    def pixels(self, width: int, height: int) -> Bytes:
        """Room for a warped cut-out; its content is whatever was there before."""
        return self._pixels[: width * height * 4].reshape(height, width, 4)


Matrix = NDArray[np.float64]


def standing(
    view: View,
    across: float,
    down: float,
    depth: float,
    anchor: tuple[float, float],
    *,
    size: float = 1.0,
    turn: float = 0.0,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Matrix:
    """The 2x3 matrix texture -> frame (pixel corners) of a cut-out whose ``anchor`` (texture
    pixels) stands at a place in rest pixels; ``turn`` in radians clockwise about the anchor."""
    x, y = view.place(across, down, depth)
    scale = view.scale(depth) * size
    cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
    matrix = np.array([[cos * stretch[0], -sin * stretch[1]], [sin * stretch[0], cos * stretch[1]]])
    shift = np.array([x, y]) - matrix @ np.array(anchor)
    return np.hstack([matrix, shift[:, None]])


Spans = NDArray[np.int32]
"""What is seen of a layer, (height / 2, 2): for every two rows the first column and the one after
the last, all even; the rest of the frame is hidden by what is drawn later."""


def rows_of(lens: Lens, rows: int) -> Spans:
    """The frame's first ``rows``, whole."""
    spans = np.zeros((min(max((rows + 1) // 2, 1), lens.height // 2), 2), np.int32)
    spans[:, 1] = lens.width
    return spans


def cover(picture: Picture, texture: Backdrop, to_frame: Matrix, spans: Spans) -> None:
    """Fill what is seen from an opaque texture, moved and scaled but not turned; beyond its edges
    the edge goes on."""
    back = np.asarray(cv2.invertAffineTransform(to_frame), np.float64)
    for plane, source, matrix, part in (
        (picture.y, texture.y, _indexed(back), 1),
        (picture.u, texture.u, _indexed(_halved(back)), 2),
        (picture.v, texture.v, _indexed(_halved(back)), 2),
    ):
        across, down = (matrix[0, 0], matrix[0, 2]), (matrix[1, 1], matrix[1, 2])
        stretch(source, plane, across, down, spans, part)


def _bands(spans: Spans, box: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """The box (left, top, width, height) in bands of what is seen of it."""
    left, top, width, height = box
    bands = []
    for first in range(top, top + height, BAND):
        last = min(first + BAND, top + height)
        seen = spans[first // 2 : last // 2]
        seen = seen[seen[:, 1] > seen[:, 0]]
        if not len(seen):
            continue
        begin, end = max(int(seen[:, 0].min()), left), min(int(seen[:, 1].max()), left + width)
        if end > begin:
            bands.append((begin, first, end - begin, last - first))
    return bands


def lay(
    picture: Picture,
    texture: Cutout,
    to_frame: Matrix,
    scratch: Scratch,
    spans: Spans | None = None,
    *,
    opacity: float = 1.0,
) -> None:
    """Draw a cut-out over the frame; only its own box is touched, and only what is seen of it.
    ``opacity`` is what the air leaves of it."""
    box = _box(texture.size, to_frame, picture.y.shape)
    if box is None:
        return
    inverse = np.asarray(cv2.invertAffineTransform(to_frame), np.float64)
    for left, top, width, height in [box] if spans is None else _bands(spans, box):
        back = inverse.copy()
        back[:, 2] += back[:, :2] @ np.array([left, top])
        room = scratch.pixels(width, height)
        cv2.warpAffine(texture.pixels, _indexed(back), (width, height), dst=room, flags=FLAGS)
        if opacity < 0.99:
            # Premultiplied: all four channels fade alike.
            cv2.convertScaleAbs(room, dst=room, alpha=opacity)
        lay_over(picture.y, picture.u, picture.v, room, left, top)


def lay_leaning(picture: Picture, texture: Cutout, to_frame: Matrix, scratch: Scratch) -> None:
    """The same for a cut-out that leans away: a 3x3 matrix texture -> frame (pixel corners)."""
    box = _leaning_box(texture.size, to_frame, picture.y.shape)
    if box is None:
        return
    left, top, width, height = box
    room = scratch.pixels(width, height)
    from_index = np.array([[1, 0, left + 0.5], [0, 1, top + 0.5], [0, 0, 1]])
    to_index = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    back = to_index @ np.linalg.inv(to_frame) @ from_index
    cv2.warpPerspective(texture.pixels, back, (width, height), dst=room, flags=FLAGS)
    lay_over(picture.y, picture.u, picture.v, room, left, top)


def _indexed(back: Matrix) -> Matrix:
    """From pixel corners to OpenCV's pixel centres, on both sides."""
    out = back.copy()
    out[:, 2] += back[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return out


def _halved(back: Matrix) -> Matrix:
    out = back.copy()
    out[:, 2] /= 2
    return out


def _box(
    size: tuple[int, int], to_frame: Matrix, frame: tuple[int, ...]
) -> tuple[int, int, int, int] | None:
    """The part of the frame that the texture touches: left, top, width, height, all even."""
    width, height = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ to_frame.T
    left, top = (int(v) & ~1 for v in np.maximum(corners.min(0) - 1, 0))
    right = min(int(corners[:, 0].max()) + 3, frame[1]) & ~1
    bottom = min(int(corners[:, 1].max()) + 3, frame[0]) & ~1
    if right - left < 2 or bottom - top < 2:
        return None
    return left, top, right - left, bottom - top


def _leaning_box(
    size: tuple[int, int], to_frame: Matrix, frame: tuple[int, ...]
) -> tuple[int, int, int, int] | None:
    width, height = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ to_frame.T
    seen = corners[:, :2] / np.maximum(corners[:, 2:], 1e-3)
    left, top = (int(v) & ~1 for v in np.clip(seen.min(0) - 1, 0, max(frame)))
    right = int(min(seen[:, 0].max() + 3, frame[1])) & ~1
    bottom = int(min(seen[:, 1].max() + 3, frame[0])) & ~1
    if right - left < 2 or bottom - top < 2:
        return None
    return left, top, right - left, bottom - top
