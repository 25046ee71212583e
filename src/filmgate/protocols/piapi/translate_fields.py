"""Small pieces of PiAPI's inputs that several task types share, as our own values."""

from __future__ import annotations

from filmgate.domain.request import Camera, CameraPreset, Mode, Ratio, ShotPrompt
from filmgate.protocols.piapi.errors import Code, PiapiRefusal
from filmgate.protocols.piapi.wire import Axes, CameraControl, Input
from filmgate.protocols.reading import Misread, Number, invalid, required, seconds

PROMPT_CHARS_MAX = 2500
CFG_SCALE_MAX = 20.0
"""The guide's cfg_scale goes from 1 to 20, today's from 0 to 1 (design.md part 10)."""
CREATIVITY = (0.1, 1.0)
STRENGTH = 5.0
"""How far a word moves the camera: half of what an axis allows."""

MOVEMENTS: dict[str, Camera] = {
    "static": Camera(),
    "zoom_in": Camera(zoom=-STRENGTH),
    "zoom_out": Camera(zoom=STRENGTH),
    # The film-maker's pan turns to the side; Kling's axis named "pan" tips up and down.
    "pan_left": Camera(tilt=-STRENGTH),
    "pan_right": Camera(tilt=STRENGTH),
}
MODES = {"std": Mode.STD, "pro": Mode.PRO, "720p": Mode.STD, "1080p": Mode.PRO, "4k": Mode.UHD}
PRO_ONLY = frozenset({"2.0"})
"""Seed S4: Kling 2.0 Master is "Pro mode only"."""


def check_prompt(text: str, *, is_needed: bool = True) -> str:
    if not text and is_needed:
        raise PiapiRefusal(Code.PROMPT, "prompt is empty", field="prompt")
    if len(text) > PROMPT_CHARS_MAX:
        raise PiapiRefusal(
            Code.PROMPT,
            f"Prompt exceeds maximum length of {PROMPT_CHARS_MAX} characters",
            field="prompt",
            message="Prompt too long",
        )
    return text


def version_of(wire: Input) -> str | None:
    """Some clients send it as a number: ``1.6``."""
    return None if wire.version is None else str(wire.version).strip().lower()


def mode_of(wire: Input) -> Mode | None:
    is_pro_only = version_of(wire) in PRO_ONLY
    for field, value in (("mode", wire.mode), ("resolution", wire.resolution)):
        if value is None:
            continue
        mode = MODES.get(value.lower())
        if mode is None:
            raise invalid(field, value, remedy="use std or pro")
        if is_pro_only and mode is not Mode.PRO:
            raise invalid(field, value, remedy=f"version {version_of(wire)} has pro alone")
        return mode
    return Mode.PRO if is_pro_only else None


def ratio_of(value: str | None) -> Ratio | None:
    if value is None:
        return None
    if value not in set(Ratio):
        raise invalid("aspect_ratio", value, remedy="use 16:9, 9:16 or 1:1")
    return Ratio(value)


AUTO = "auto"


def length_of(value: Number | None) -> float | None:
    """``auto``: as long as what is given."""
    return None if value == AUTO else seconds("duration", value)


def cfg_scale_of(value: float | None) -> float | None:
    if value is None or value <= 1:
        return value
    if not value <= CFG_SCALE_MAX:
        raise invalid("cfg_scale", value, remedy=f"it goes up to {CFG_SCALE_MAX:g}")
    return value / CFG_SCALE_MAX


def creativity_of(value: float | None) -> float | None:
    least, most = CREATIVITY
    if value is not None and not least <= value <= most:
        raise invalid("creativity", value, remedy=f"it goes from {least:g} to {most:g}")
    return value


def camera_of(wire: Input) -> Camera | None:
    """The guide's words, or today's axes and presets; nested and flat axes are both read."""
    if wire.camera_movement is not None:
        word = wire.camera_movement.strip().lower().replace("-", "_")
        if word not in MOVEMENTS:
            raise invalid(
                "camera_movement", wire.camera_movement, remedy=f"use {', '.join(MOVEMENTS)}"
            )
        return MOVEMENTS[word]
    control = wire.camera_control
    if control is None:
        return None
    axes = _axes(control)
    if control.type not in {None, "simple"}:
        if control.type not in set(CameraPreset):
            raise invalid("camera_control.type", control.type)
        if axes != Camera():
            raise Misread(
                "camera_control.config goes with type simple alone", field="camera_control"
            )
        return Camera(preset=CameraPreset(control.type))
    return None if control.type is None and axes == Camera() else axes


def _axes(control: CameraControl) -> Camera:
    given: Axes = control.config or control
    return Camera(
        horizontal=given.horizontal,
        vertical=given.vertical,
        pan=given.pan,
        tilt=given.tilt,
        roll=given.roll,
        zoom=given.zoom,
    )


def shots_of(wire: Input) -> tuple[ShotPrompt, ...]:
    """With shots, prompt and duration are ignored (3.0)."""
    shots: list[ShotPrompt] = []
    for at, shot in enumerate(wire.multi_shots):
        length_s = seconds(f"multi_shots[{at}].duration", shot.duration)
        if length_s is None:
            raise required(f"multi_shots[{at}].duration")
        shots.append(ShotPrompt(prompt=shot.prompt, duration_s=length_s))
    return tuple(shots)
