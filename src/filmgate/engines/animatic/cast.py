"""The cast: pictures of subjects, and how they are lit so that they belong in the scene."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

from filmgate.engines.animatic.cast_list import drawing
from filmgate.engines.animatic.kernels.sculpt import lit
from filmgate.engines.animatic.puppets.troupe import Sculpture

Colour = tuple[float, float, float]
"""Display RGB in [0, 1]."""
Sprite = NDArray[np.uint8]
"""RGBA with straight alpha."""
Floats = NDArray[np.float32]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_VIEW_BOX = re.compile(r'viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"')
_PROBE_PX = 512  # height at which a drawing's edges are looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """The light of a scene as it falls on a subject."""

    ambient: Colour
    key: Colour
    key_direction: tuple[float, float]
    """Towards the light; x to the right, y up."""
    backlight: float = 0.0
    """0: the light stands behind the camera; 1: behind the subject, which goes nearly black."""


@lru_cache(maxsize=64)
def picture(subject: str, height_px: int, *, colour: str | None = None) -> Sprite:
    """Draw a subject, cropped to its edges. The array is shared: read-only."""
    sprite = _raster(_cropped(subject), max(2, height_px))
    if colour is not None:
        sprite = _recoloured(sprite, colour_words()[colour])
    sprite.flags.writeable = False
    return sprite


@lru_cache(maxsize=1)
def colour_words() -> dict[str, Colour]:
    """Every colour that a subject can be given, by its English name."""
    folder = files("filmgate.engines.animatic.words")
    table = tomllib.loads(folder.joinpath("colours.toml").read_text("utf-8"))
    return {name: _from_hex(entry["rgb"]) for name, entry in table.items()}


def _from_hex(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _raster(svg: str, height_px: int) -> Sprite:
    png = resvg_py.svg_to_bytes(svg_string=svg, height=height_px, skip_system_fonts=True)
    pixels = cv2.imdecode(np.frombuffer(bytes(png), np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None, "resvg writes PNG"
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA), np.uint8)


@lru_cache(maxsize=64)
def _cropped(subject: str) -> str:
    """The drawing with its view box drawn in to the ink, so that a height means what it says."""
    svg = drawing(subject)
    match = _VIEW_BOX.search(svg)
    assert match is not None, f"{subject} has no view box"
    left, top, _, height = (float(part) for part in match.groups())
    ink = _raster(svg, _PROBE_PX)[..., 3] > 8
    unit = height / _PROBE_PX
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    x, y = left + columns[0] * unit, top + rows[0] * unit
    across, down = (np.ptp(columns) + 1) * unit, (np.ptp(rows) + 1) * unit
    box = f'viewBox="{x:.3f} {y:.3f} {across:.3f} {down:.3f}"'
    return svg.replace(match.group(0), box, 1)


def _floats(sprite: Sprite) -> tuple[Floats, Floats]:
    """Colour and cover, each in [0, 1]."""
    unit = np.asarray(sprite.astype(np.float32) / 255, np.float32)
    return unit[..., :3], unit[..., 3]


def _smooth(low: float, high: float, value: Floats) -> Floats:
    step = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(step * step * (3 - 2 * step), np.float32)


# --- colour -----------------------------------------------------------------------------------


def _recoloured(sprite: Sprite, target: Colour) -> Sprite:
    """Give the largest coloured part of the drawing another colour, and keep its shading."""
    rgb, weight = _floats(sprite)
    body = _body(rgb, weight)
    luma = rgb @ _LUMA
    inked = body * weight
    reference = float((luma * inked).sum() / max(float(inked.sum()), 1e-6))
    # Shade against light: darker than the body's mean goes down to black, lighter up to white.
    shade = (luma / max(reference, 0.05))[..., None]
    wanted = np.array(target, np.float32)
    painted = wanted * np.minimum(shade, 1) + (1 - wanted) * np.clip((shade - 1) * 0.6, 0, 0.8)
    rgb += (painted - rgb) * body[..., None]
    return np.dstack([np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8), sprite[..., 3:]])


def _body(rgb: Floats, weight: Floats) -> Floats:
    """Where the drawing's main colour is, in [0, 1]: its commonest hue, or else its greys."""
    hsv = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV), np.float32)
    hue = hsv[..., 0]
    chroma = np.asarray(hsv[..., 1] * hsv[..., 2], np.float32)
    vivid = _smooth(0.10, 0.17, chroma)
    votes, _ = np.histogram(hue, bins=36, range=(0, 360), weights=vivid * weight)
    votes = votes + 0.7 * (np.roll(votes, 1) + np.roll(votes, -1))
    peak = 10 * int(votes.argmax()) + 5
    away = np.abs((hue - peak + 180) % 360 - 180)
    hued = (1 - _smooth(24, 42, away)) * vivid
    greys = (1 - _smooth(0.17, 0.3, chroma)) * _smooth(0.22, 0.45, hsv[..., 2])
    # A body is at least a quarter of the ink; a swan's beak or a wolf's tongue is not.
    if float((hued * weight).sum()) >= 0.25 * float(weight.sum()):
        return np.asarray(hued, np.float32)
    return np.asarray(greys, np.float32)


# --- light ------------------------------------------------------------------------------------


def graded(sprite: Sprite, light: Light, *, interior: float = 0.4, glow: float = 0.0) -> Sprite:
    """Put a flat drawing into the light of the scene.

    ``interior`` is how much of the drawing is left when the light stands behind it, and ``glow``
    how much light it gives of itself: both are facts of the subject.
    """
    flat, alpha = _floats(sprite)
    depth, across, up = _relief(alpha)
    ambient, key = np.array(light.ambient, np.float32), np.array(light.key, np.float32)
    towards = _unit(light.key_direction)
    facing = across * towards[0] + up * towards[1]

    # Flat colour is louder than anything painted: by day a quarter of it goes, at dusk half.
    muted = flat + ((flat @ _LUMA)[..., None] - flat) * (0.25 + 0.25 * light.backlight)
    lit: Floats = muted * (ambient * _sky_light(up) + key * _key_light(facing, light.backlight))
    # Against the light the drawing's tones close up towards the scene's own dark.
    dark = ambient * (0.16 + 0.10 * (muted @ _LUMA)[..., None])
    hidden = min(0.97, 1.4 * light.backlight * (1 - interior))
    body = (lit + (dark - lit) * hidden) * _texture(alpha.shape)
    rim = _rim(depth, facing, up, light.backlight)
    shaded = np.asarray(body + key * rim * (1 - 0.5 * np.clip(body, 0, 1)), np.float32)
    if glow > 0:
        shaded = _glowing(shaded, flat, glow)
    return np.dstack([np.rint(np.clip(shaded, 0, 1) * 255).astype(np.uint8), sprite[..., 3:]])


def graded_figure(figure: Sculpture, light: Light, *, interior: float = 0.4) -> Sprite:
    """The same for a figure that has a relief of its own."""
    x, y = _unit(light.key_direction)
    ahead = 0.75 - 1.5 * light.backlight
    towards = np.array([x, y, ahead], np.float32)
    towards /= np.float32(np.linalg.norm(towards))
    return lit(
        figure.colour,
        figure.cover,
        figure.relief,
        np.array(light.ambient, np.float32),
        np.array(light.key, np.float32),
        towards,
        light.backlight,
        interior,
    )


def _unit(direction: tuple[float, float]) -> tuple[float, float]:
    length = float(np.hypot(*direction)) or 1.0
    return direction[0] / length, direction[1] / length


def _relief(alpha: Floats) -> tuple[Floats, Floats, Floats]:
    """Blow the outline up like a cushion: depth in pixels, and its slope to the right and up."""
    ink = np.pad((alpha > 0.5).astype(np.uint8), 1)
    depth = cv2.distanceTransform(ink, cv2.DIST_L2, 5)
    reach = max(3.0, 0.11 * min(alpha.shape))
    height = np.sqrt(1 - (1 - np.clip(depth / reach, 0, 1)) ** 2) * reach
    height = cv2.GaussianBlur(height.astype(np.float32), (0, 0), max(0.8, reach * 0.16))
    across = -cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) / 8
    up = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) / 8
    steep = np.sqrt(1 + across**2 + up**2)
    inner = (slice(1, -1), slice(1, -1))
    return (
        np.asarray(depth[inner], np.float32),
        np.asarray((across / steep)[inner], np.float32),
        np.asarray((up / steep)[inner], np.float32),
    )


def _sky_light(up: Floats) -> Floats:
    """Ambient light: more on what looks up, less towards the feet."""
    rows = np.linspace(1.06, 0.84, up.shape[0], dtype=np.float32)[:, None]
    return np.asarray((rows * (0.92 + 0.34 * up))[..., None], np.float32)


def _key_light(facing: Floats, backlight: float) -> Floats:
    """Light of the sun or moon on the side that looks at it; from ahead, it wraps round."""
    frontal = (1 - backlight) * 0.55
    direct = np.clip(0.2 + frontal + 0.6 * facing, 0, 1.2)
    return np.asarray((direct * (1 - 0.55 * backlight))[..., None], np.float32)


def _rim(depth: Floats, facing: Floats, up: Floats, backlight: float) -> Floats:
    """A bright seam along edges that look at the light; a little all round when it is behind."""
    width = max(1.3, 0.014 * depth.shape[0])
    seam = np.exp(-np.square(np.maximum(depth - 0.5, 0) / width))
    sunward = np.clip(facing * 1.25, 0, 1) ** 1.3
    strength = 0.25 + 0.85 * backlight
    skyward = 0.16 * backlight * np.clip(0.5 + 0.9 * up, 0, 1)  # none under the belly
    return np.asarray((seam * (sunward * strength + skyward))[..., None], np.float32)


@lru_cache(maxsize=32)
def _texture(shape: tuple[int, int]) -> Floats:
    """Brush-like unevenness of a few percent, so that flat colour isn't flat."""
    rng = np.random.default_rng(7)
    coarse = rng.random((7, 7), np.float32)
    fine = rng.random((36, 22), np.float32)
    size = (shape[1], shape[0])
    mix = 0.6 * cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    mix += 0.4 * cv2.resize(fine, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray((0.93 + 0.14 * mix)[..., None], np.float32)


def _glowing(shaded: Floats, flat: Floats, glow: float) -> Floats:
    """Let lamps keep their own light; what glows strongly keeps it in all its bright parts."""
    strongest = flat.max(axis=2)
    chroma = strongest - flat.min(axis=2)
    lamps = _smooth(0.5, 0.75, flat[..., 1]) * _smooth(0.25, 0.5, chroma)
    bright = _smooth(0.45, 0.8, strongest)
    share = np.minimum(1, 1.6 * glow) * lamps + glow**3 * (bright - lamps)
    kept = np.clip(share, 0, 1)[..., None]
    return np.asarray(shaded + (np.maximum(flat, shaded) - shaded) * kept, np.float32)


# --- shadow -----------------------------------------------------------------------------------


def shadow(sprite: Sprite) -> Sprite:
    """A soft contact shadow, wider than the feet; its middle row belongs on the foot line."""
    alpha = sprite[..., 3].astype(np.float32) / 255
    height, width = alpha.shape
    feet = alpha[-max(2, height // 7) :].max(axis=0)
    body = alpha.max(axis=0)
    pad = max(4, width // 8)
    across = np.pad(0.75 * feet + 0.25 * body, pad)[None]
    soft = cv2.GaussianBlur(across.astype(np.float32), (0, 0), max(1.0, width * 0.035))
    thick = max(5, round(0.13 * width)) | 1
    down = np.exp(-np.square(np.linspace(-2.1, 2.1, thick, dtype=np.float32)))
    opacity = np.rint(np.clip(down[:, None] * soft, 0, 1) * 165).astype(np.uint8)
    return np.dstack([np.zeros((*opacity.shape, 3), np.uint8), opacity])
