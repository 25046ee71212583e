"""The last thing that happens to a frame: the look that the prompt's style words ask for."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from filmgate.engines.animatic.brushes import BRUSHES
from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.kernels.noise import chance
from filmgate.engines.animatic.kernels.tone import graded
from filmgate.engines.animatic.looks import PLAIN, Look
from filmgate.engines.animatic.planes import luma
from filmgate.engines.animatic.render import Drawable
from filmgate.engines.animatic.stage import Scratch
from filmgate.media.encode import Picture

GRAIN_TILE_PX = 256
Shorts = NDArray[np.int16]
Floats = NDArray[np.float32]


class Developed:
    """A film seen in its look: draws any frame, in any order, in any thread."""

    def __init__(self, film: Drawable, look: Look, width: int, height: int, seed: int) -> None:
        self._film, self._look, self._seed = film, look, seed
        self._curve = _curve(look)
        self._tint = _tint(look)
        self._darker = (_falloff(height, look.vignette), _falloff(width, look.vignette))
        self._grain = _grain(look.grain, seed)
        self._brush = BRUSHES[look.brush](width, height, seed) if look.brush else None

    def draw(self, number: int, picture: Picture, scratch: Scratch) -> None:
        self._film.draw(number, picture, scratch)
        if self._brush is not None:
            self._brush(picture)
        if self._look.glow:
            _spread(picture, self._look.glow)
        start = (int(chance(number, 1, self._seed) * 256), int(chance(number, 2, self._seed) * 256))
        colour = round(self._look.colour * 256)
        y, u, v = picture.y, picture.u, picture.v
        graded(y, u, v, self._curve, self._tint, colour, self._darker, self._grain, start)


def developed(film: Drawable, look: Look, width: int, height: int, seed: int) -> Drawable:
    """The film itself where no word asks for a look."""
    return film if look == PLAIN else Developed(film, look, width, height, seed)


def _curve(look: Look) -> NDArray[np.uint8]:
    """Luma to luma, limited range."""
    light = np.clip((np.arange(256) - 16) / 219, 0, 1) ** look.gamma
    steep = light * light * (3 - 2 * light)
    light = light + (steep - light) * look.contrast
    light = look.lift + (look.top - look.lift) * np.clip(light, 0, 1)
    return np.asarray(np.rint(16 + 219 * light), np.uint8)


def _tint(look: Look) -> Shorts:
    """What each luma adds to U and V: black and white themselves stay without colour."""
    light = np.clip((np.arange(256) - 16) / 219, 0, 1)
    dark = (1 - light) * np.minimum(1, light * 6)
    bright = light * np.minimum(1, (1 - light) * 5 + 0.15)
    total = np.outer(dark, _leaning(look.shadows)) + np.outer(bright, _leaning(look.lights))
    return np.asarray(np.rint(total * 1.5), np.int16)


def _leaning(colour: Colour) -> NDArray[np.float64]:
    _, u, v = luma(colour)
    return np.array([u - 128, v - 128])


def _falloff(length: int, vignette: float) -> Shorts:
    """Half of what the corners lose is lost along each side."""
    away = np.abs((np.arange(length) + 0.5) / length * 2 - 1)
    return np.asarray(np.rint(away**2.6 * vignette * 128), np.int16)


def _grain(strength: float, seed: int) -> Shorts:
    """A tile of noise a little wider than one pixel, in 1/16 levels."""
    size = (GRAIN_TILE_PX, GRAIN_TILE_PX)
    random = np.random.Generator(np.random.PCG64([seed, 77]))
    noise = random.standard_normal(size).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.7, borderType=cv2.BORDER_REFLECT)
    unit = np.asarray(soft, np.float32) / np.float32(soft.std())
    return np.asarray(np.rint(np.clip(unit * strength, -24, 24) * 16), np.int16)


def _spread(picture: Picture, glow: float) -> None:
    """Bright parts shine softly over their surroundings: blurred small, added as by a projector."""
    height, width = picture.y.shape
    small = cv2.resize(picture.y, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    bright = np.clip((small.astype(np.float32) - 90) / 145, 0, 1)
    bright *= small.astype(np.float32) - 16
    sigma = math.hypot(width, height) / 8 / 34
    soft = cv2.GaussianBlur(bright.astype(np.float32), (0, 0), sigma)
    grown = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    added = np.asarray(np.clip(grown * np.float32(glow * 0.8), 0, 120), np.uint8)
    # Screen: what is bright already takes less.
    room = cv2.subtract(np.full_like(picture.y, 235), picture.y)
    cv2.add(picture.y, cv2.multiply(added, room, scale=1 / 219), dst=picture.y)
