"""Reads ``--camera``: a preset, axes with Kling's signs, or words a film-maker uses."""

from __future__ import annotations

import difflib
from dataclasses import replace

from filmgate.domain.errors import FixRequest
from filmgate.domain.request import Camera, CameraPreset

STRENGTH = 5.0
"""How far a word moves when no strength stands beside it: half of what an axis allows."""

WORDS: dict[str, tuple[str, int]] = {
    # What is seen, and the axis of Camera with the sign that shows it. PiAPI's pan is the film-
    # maker's, a turn to the side; Kling's axis named "pan" tips the camera up and down.
    "zoom_in": ("zoom", -1),
    "zoom_out": ("zoom", +1),
    "pan_left": ("tilt", -1),
    "pan_right": ("tilt", +1),
    "tilt_up": ("pan", +1),
    "tilt_down": ("pan", -1),
    "left": ("horizontal", -1),
    "right": ("horizontal", +1),
    "up": ("vertical", +1),
    "down": ("vertical", -1),
    "roll_left": ("roll", -1),
    "roll_right": ("roll", +1),
}
_STATIC = "static"
_SIMPLE = "simple"
"""Kling's type word for axes; it adds nothing to the axes beside it."""
_REMEDY = (
    "use a preset (down-back, forward-up, right-turn-forward, left-turn-forward), "
    "axes (zoom=5,pan=-3) or words (zoom-in, pan-left=4, static)"
)


def parse_camera(text: str) -> Camera:
    """Raises FixRequest for what is no camera move."""
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    words = [part.lower().replace("-", "_") if "=" not in part else part for part in parts]
    presets = [CameraPreset(word) for word in words if word in set(CameraPreset)]
    if presets:
        if len(words) > 1:
            raise _wrong(f"{presets[0]} takes nothing beside it", "give the preset alone")
        return Camera(preset=presets[0])
    if _STATIC in words:
        if len(words) > 1:
            raise _wrong("static takes nothing beside it", "leave out static, or all the rest")
        return Camera()
    moves = [part for part, word in zip(parts, words, strict=True) if word != _SIMPLE]
    if not moves:
        raise _wrong(f"{text!r} says no move" if parts else "is empty", _REMEDY)
    camera = Camera()
    seen: set[str] = set()
    for move in moves:
        axis, value = _move(move)
        if axis in seen:
            raise _wrong(f"{move} moves an axis that was moved already", "name each axis once")
        seen.add(axis)
        camera = _with(camera, axis, value)
    return camera


def _move(part: str) -> tuple[str, float]:
    name, equals, number = (piece.strip() for piece in part.partition("="))
    word = name.lower().replace("-", "_")
    if word in WORDS:
        axis, sign = WORDS[word]
        strength = _number(part, number, least=0.0) if equals else STRENGTH
        return axis, sign * strength
    if word in Camera.AXES:
        if not equals:
            raise _wrong(f"{part} needs a value", f"write {word}=5 or {word}=-5")
        return word, _number(part, number, least=-Camera.LIMIT)
    near = difflib.get_close_matches(word, [*WORDS, *Camera.AXES, *CameraPreset], n=1)
    hint = f"did you mean {near[0].replace('_', '-')}?" if near else _REMEDY
    raise _wrong(f"{part} is no camera move", hint)


def _number(part: str, text: str, *, least: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= Camera.LIMIT:  # false for nan, too
        raise _wrong(f"{part} is out of range", f"give a number from {least:g} to {Camera.LIMIT:g}")
    return value


def _with(camera: Camera, axis: str, value: float) -> Camera:
    match axis:
        case "horizontal":
            return replace(camera, horizontal=value)
        case "vertical":
            return replace(camera, vertical=value)
        case "pan":
            return replace(camera, pan=value)
        case "tilt":
            return replace(camera, tilt=value)
        case "roll":
            return replace(camera, roll=value)
        case _:
            return replace(camera, zoom=value)


def _wrong(message: str, remedy: str) -> FixRequest:
    return FixRequest(message, field="camera", remedy=remedy)
