"""Camera moves: from axes, presets and words to a pose at each instant of the film."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from filmgate.domain.request import Camera, CameraPreset
from filmgate.engines.animatic.kernels.noise import smooth_noise

DEGREE = math.pi / 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the camera is and looks, against the film's first frame.

    ``x`` right, ``y`` up, ``z`` forward in units of the main subject's distance; ``yaw`` right,
    ``pitch`` up and ``roll`` clockwise in radians; ``zoom`` the natural logarithm of the focal
    length's growth (so that moves add up).
    """

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    zoom: float = 0.0

    def __add__(self, other: Pose) -> Pose:
        return Pose(**{name: getattr(self, name) + getattr(other, name) for name in POSE_FIELDS})

    def times(self, amount: float) -> Pose:
        return Pose(**{name: getattr(self, name) * amount for name in POSE_FIELDS})


POSE_FIELDS = tuple(field.name for field in fields(Pose))

# How far one unit of Kling's axes goes by the end of the film. The signs are those of
# domain.request.Camera: every number moves the camera, and zoom + is wider.
AXIS_UNIT = {
    "horizontal": Pose(x=0.012),
    "vertical": Pose(y=0.008),
    "pan": Pose(pitch=0.6 * DEGREE),
    "tilt": Pose(yaw=0.75 * DEGREE),
    "roll": Pose(roll=1.4 * DEGREE),
    "zoom": Pose(zoom=-0.022),
}

PRESETS = {
    CameraPreset.DOWN_BACK: Pose(y=-0.03, z=-0.16, pitch=-1.2 * DEGREE),
    CameraPreset.FORWARD_UP: Pose(z=0.14, pitch=4.5 * DEGREE),
    CameraPreset.RIGHT_TURN_FORWARD: Pose(z=0.13, yaw=6 * DEGREE),
    CameraPreset.LEFT_TURN_FORWARD: Pose(z=0.13, yaw=-6 * DEGREE),
}

# The closed set of moves that a prompt's words can name, at full strength (1.0).
WORDS = {
    "zoom-in": Pose(z=0.14, zoom=0.12),
    "zoom-out": Pose(z=-0.12, zoom=-0.12),
    "pan-left": Pose(yaw=-6 * DEGREE),
    "pan-right": Pose(yaw=6 * DEGREE),
    "tilt-up": Pose(pitch=5 * DEGREE),
    "tilt-down": Pose(pitch=-5 * DEGREE),
    "left": Pose(x=-0.12),
    "right": Pose(x=0.12),
    "up": Pose(y=0.08),
    "down": Pose(y=-0.06),
    "roll-left": Pose(roll=-10 * DEGREE),
    "roll-right": Pose(roll=10 * DEGREE),
    "orbit-left": Pose(x=-0.14, yaw=6 * DEGREE),
    "orbit-right": Pose(x=0.14, yaw=-6 * DEGREE),
    "aerial": Pose(y=0.09, z=0.12, pitch=-2 * DEGREE),
    "handheld": Pose(),
    "static": Pose(),
}

GENTLE = Pose(z=0.07, x=0.012)
"""What the camera does when nobody says anything: a slow push in with a little drift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A camera move over the whole film."""

    end: Pose
    shake: float = 0.0
    """Strength of a hand-held sway, 0..1."""
    still: bool = False
    """Asked to stand still: living things move, the frame does not."""
    described: str = "gentle push in"

    def at(self, progress: float, time_s: float) -> Pose:
        """The pose at ``progress`` in [0, 1] of the film; the first frame is always the rest."""
        pose = self.end.times(_eased(progress))
        if not self.shake:
            return pose
        return pose + _sway(time_s).times(self.shake * min(1.0, time_s * 2))


# What a viewer would call a negative and a positive amount.
AXIS_SAYS = {
    "horizontal": ("slides left", "slides right"),
    "vertical": ("sinks", "rises"),
    "pan": ("looks down", "looks up"),
    "tilt": ("looks left", "looks right"),
    "roll": ("rolls counter-clockwise", "rolls clockwise"),
    "zoom": ("zooms in", "zooms out"),
}


def move_of(camera: Camera | None, words: tuple[tuple[str, float], ...]) -> Move:
    """The move that is asked for: a camera control wins over the prompt's words."""
    if camera is not None:
        return _controlled(camera)
    if not words:
        return Move(end=GENTLE)
    end = Pose()
    for word, strength in words:
        end = end + WORDS[word].times(strength)
    names = [word for word, _ in words]
    shake = max((strength for word, strength in words if word == "handheld"), default=0.0)
    return Move(end=end, shake=shake, still=names == ["static"], described=", ".join(names))


def _controlled(camera: Camera) -> Move:
    if camera.preset is not None:
        return Move(end=PRESETS[camera.preset], described=camera.preset.value.replace("_", " "))
    end = Pose()
    asked: list[str] = []
    for axis in Camera.AXES:
        amount: float = getattr(camera, axis)
        if amount:
            end = end + AXIS_UNIT[axis].times(amount)
            asked.append(f"{AXIS_SAYS[axis][amount > 0]} ({axis} {amount:g})")
    return Move(end=end, still=not asked, described=", ".join(asked) or "static")


def _eased(progress: float) -> float:
    """Starts and stops softly, but is never nearly still in between."""
    smooth = progress * progress * (3 - 2 * progress)
    return 0.6 * smooth + 0.4 * progress


def _sway(time_s: float) -> Pose:
    """A hand's slow unrest; integer-hash noise, so that it is the same every time."""

    def wander(seed: int, pace: float) -> float:
        return float(smooth_noise(time_s * pace, 0.5, seed)) - 0.5

    return Pose(
        x=0.010 * wander(11, 0.9),
        yaw=1.6 * DEGREE * wander(12, 1.1),
        pitch=1.2 * DEGREE * wander(13, 1.3),
        roll=1.0 * DEGREE * wander(14, 0.7),
    )
