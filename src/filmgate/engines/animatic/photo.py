"""Image-to-video: a photograph seen by a moving camera.

Nothing in the photo tells its depth, and a wrong guess bends straight things. So the photo is taken
for a plane that leans away: what is lower in the picture is nearer. Under such a plane every
camera move keeps straight lines straight, near things still move more than far ones, and the
first frame is the photo itself. Whatever makes single things move adds to the same field.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.camera import Move, Pose
from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.kernels.field import plane_field
from filmgate.engines.animatic.planes import Backdrop, Bytes, backdrop
from filmgate.engines.animatic.stage import Scratch
from filmgate.media.encode import Picture

FOCAL = 0.9
"""Of the longer side, as for painted scenes."""
LEAN = 0.75
"""How much nearer the bottom edge is than the top, against the middle."""
STEP_PX = 4
MARGIN = 0.22
"""Width of the invented surroundings, in frame sizes, on every side."""
SHOWN_OUTSIDE = 0.05
"""How much of them a sliding or turning camera may show before it moves in to hide them."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Canvas:
    """The fitted photo with invented surroundings; its corner lies at (-left, -top)."""

    texture: Backdrop
    left: int
    top: int


class PhotoFilm:
    """Draws any frame of the move, in any order and in any thread."""

    def __init__(
        self, image: Bytes, width: int, height: int, move: Move, *, fps: int, frames: int
    ) -> None:
        self._width, self._height = width, height
        self._move, self._fps, self._frames = move, fps, frames
        self._focal = FOCAL * max(width, height)
        self._canvas = _canvas(image, width, height)
        self._cover = self._cover_zoom(move.end)

    def draw(self, number: int, picture: Picture, scratch: Scratch) -> None:
        progress = number / max(self._frames - 1, 1)
        pose = self._move.at(progress, number / self._fps)
        pose = pose + Pose(zoom=self._cover * progress)
        back = np.linalg.inv(self._to_frame(pose))
        grid = (math.ceil(self._height / STEP_PX) + 2, math.ceil(self._width / STEP_PX) + 2)
        x, y = np.empty(grid, np.float32), np.empty(grid, np.float32)
        left, top = float(self._canvas.left), float(self._canvas.top)
        plane_field(back.astype(np.float32), left, top, float(STEP_PX), x, y)
        self._sample(picture, x, y, scratch)

    def _sample(self, picture: Picture, x: Floats, y: Floats, scratch: Scratch) -> None:
        """Enlarge the field and read both resolutions of the canvas through it."""
        texture, linear = self._canvas.texture, cv2.INTER_LINEAR
        map_x = _enlarged(x - np.float32(0.5), STEP_PX, scratch.map_x, picture.y)
        map_y = _enlarged(y - np.float32(0.5), STEP_PX, scratch.map_y, picture.y)
        edge = cv2.BORDER_REPLICATE
        cv2.remap(texture.y, map_x, map_y, linear, dst=picture.y, borderMode=edge)
        half = np.float32(0.5)
        map_x = _enlarged(x * half - half, STEP_PX // 2, scratch.half_x, picture.u)
        map_y = _enlarged(y * half - half, STEP_PX // 2, scratch.half_y, picture.u)
        cv2.remap(texture.u, map_x, map_y, linear, dst=picture.u, borderMode=edge)
        cv2.remap(texture.v, map_x, map_y, linear, dst=picture.v, borderMode=edge)

    def _to_frame(self, pose: Pose) -> Matrix:
        """Photo -> frame for a pose, 3x3, both in pixel corners of the frame's size."""
        focal, lean = self._focal, LEAN / self._height
        slide = np.array(
            [
                [1, -focal * pose.x * lean, -focal * pose.x],
                [0, 1 + focal * pose.y * lean, focal * pose.y],
                [0, -pose.z * lean, 1 - pose.z],
            ]
        )
        lens = np.diag([focal, focal, 1.0])
        zoomed = np.diag([math.exp(pose.zoom), math.exp(pose.zoom), 1.0])
        turned = lens @ _turn(pose) @ np.linalg.inv(lens)
        to_middle = np.array([[1, 0, -self._width / 2], [0, 1, -self._height / 2], [0, 0, 1.0]])
        return np.asarray(np.linalg.inv(to_middle) @ zoomed @ turned @ slide @ to_middle)

    def _cover_zoom(self, end: Pose) -> float:
        """How far to move in by the end, so that sliding and turning don't show what is not there.
        A move that widens the view asks for the surroundings, and gets them."""
        aside = Pose(x=end.x, y=end.y, yaw=end.yaw, pitch=end.pitch, roll=end.roll)
        own = math.exp(end.zoom) / max(1 - end.z, 0.1)
        if own < 1:
            return 0.0
        back = np.linalg.inv(self._to_frame(aside))
        corners = (
            np.array([[x, y, 1] for x in (0, self._width) for y in (0, self._height)]) @ back.T
        )
        places = corners[:, :2] / corners[:, 2:] / [self._width, self._height] - 0.5
        needed = float(np.abs(places).max() / (0.5 + SHOWN_OUTSIDE))
        return max(0.0, math.log(needed) - math.log(own))


def _canvas(image: Bytes, width: int, height: int) -> _Canvas:
    """Fill the frame without distortion. What must be cut away, from the side that matters less,
    stays around the frame for a moving camera; where the photo ends, its mirror image goes on and
    softens with the distance."""
    rows, columns = image.shape[:2]
    scale = max(width / columns, height / rows)
    size = (max(width, round(columns * scale)), max(height, round(rows * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grown = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    spare_x, spare_y = size[0] - width, size[1] - height
    crop_x, crop_y = spare_x // 2, spare_y // 2
    if spare_x or spare_y:
        across, down = _interest(grown)
        crop_x = min(max(round(across * size[0] - width / 2), 0), spare_x)
        crop_y = min(max(round(down * size[1] - height / 2), 0), spare_y)
    left, top = int(width * MARGIN) & ~1, int(height * MARGIN) & ~1
    whole = _mirrored(grown, left, top)
    window = whole[crop_y : crop_y + height + 2 * top, crop_x : crop_x + width + 2 * left]
    return _Canvas(backdrop(window, dither=False), left, top)


def _interest(image: Bytes) -> tuple[float, float]:
    """The middle of the detail, drawn towards the middle of the picture; both in 0..1."""
    small = cv2.resize(image, (160, 160), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    detail = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (0, 0), 6)
    place = (np.arange(160) + 0.5) / 160
    near = np.exp(-(((place - 0.5) / 0.35) ** 2))
    weight = np.asarray(detail, np.float64) ** 2 * near[:, None] * near[None]
    total = weight.sum() + 1e-9
    across = float((weight.sum(0) * place).sum() / total)
    down = float((weight.sum(1) * place).sum() / total)
    return 0.5 + (across - 0.5) * 0.8, 0.5 + (down - 0.5) * 0.8


def _mirrored(image: Bytes, left: int, top: int) -> Floats:
    """The picture with surroundings, (h + 2 top, w + 2 left, 3)."""
    height, width = image.shape[:2]
    sharp = cv2.copyMakeBorder(image, top, top, left, left, cv2.BORDER_REFLECT_101)
    small = cv2.resize(sharp, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), width / 100)
    size = (width + 2 * left, height + 2 * top)
    soft = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.float32)
    beyond = np.maximum(_beyond(height, top)[:, None], _beyond(width, left)[None])
    mix = np.clip(beyond * np.float32(2.2), 0, 1)[..., None]
    return np.asarray(np.asarray(sharp, np.float32) * (1 - mix) + soft * mix, np.float32)


def _beyond(length: int, margin: int) -> Floats:
    """How far outside 0..length each place of a padded line lies, in margins."""
    place = np.arange(-margin, length + margin, dtype=np.float32)
    outside = np.maximum(np.maximum(-place, place - np.float32(length - 1)), 0)
    return np.asarray(outside / np.float32(margin), np.float32)


def _turn(pose: Pose) -> Matrix:
    """What a turned camera does to directions (x right, y down, z ahead)."""
    cy, sy = math.cos(pose.yaw), math.sin(pose.yaw)
    cp, sp = math.cos(pose.pitch), math.sin(pose.pitch)
    cr, sr = math.cos(pose.roll), math.sin(pose.roll)
    yaw = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    roll = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(roll @ pitch @ yaw)


def _enlarged(nodes: Floats, factor: int, room: Floats, plane: Bytes) -> Floats:
    """Nodes to the plane's pixels; the extra nodes at the edges fall off. ``room`` has space for
    them."""
    size = (nodes.shape[1] * factor, nodes.shape[0] * factor)
    whole = room[: size[1], : size[0]]
    cv2.resize(nodes, size, dst=whole, interpolation=cv2.INTER_LINEAR)
    height, width = plane.shape
    return whole[factor : factor + height, factor : factor + width]
