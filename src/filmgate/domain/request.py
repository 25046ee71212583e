"""What a customer wants: one frozen value for every kind of work.

A request carries only what the customer said. Values that were left out are ``None``; the
catalogue's model fills them in when the order is made, so that a default belongs to the model and
not to the wire format the request came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from filmgate.domain.media import MediaLimits


class Kind(StrEnum):
    """The kinds of work; the value is the word used in the catalogue, the CLI and the database."""

    TEXT_TO_VIDEO = "text-to-video"
    IMAGE_TO_VIDEO = "image-to-video"
    MULTI_IMAGE = "multi-image"
    OMNI = "omni"
    MOTION_CONTROL = "motion-control"
    EXTEND = "extend"
    LIP_SYNC = "lip-sync"
    AVATAR = "avatar"
    EFFECT = "effect"
    EDIT_ELEMENTS = "edit-elements"
    TRY_ON = "try-on"
    SPEECH = "speech"
    TEXT_TO_AUDIO = "text-to-audio"
    VIDEO_TO_AUDIO = "video-to-audio"


class Mode(StrEnum):
    """Quality tier. The picture's size in each tier is the model's business."""

    STD = "std"
    PRO = "pro"
    UHD = "4k"


class Ratio(StrEnum):
    """Width to height of the picture."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


class CameraPreset(StrEnum):
    """Kling's four named moves; they take no axes (Kling text2video reference, camera_control)."""

    DOWN_BACK = "down_back"
    FORWARD_UP = "forward_up"
    RIGHT_TURN_FORWARD = "right_turn_forward"
    LEFT_TURN_FORWARD = "left_turn_forward"


@dataclass(frozen=True, kw_only=True, slots=True)
class Camera:
    """A camera move: a preset, or six axes in [-10, 10]; all zero is a camera that stands still.

    Every number moves the *camera*, so the picture goes the other way: horizontal - left, + right
    and vertical - down, + up slide it; pan - looks down, + up (about x); tilt - looks left, + right
    (about y); roll - turns it counter-clockwise, + clockwise; zoom - is narrower, + wider.
    """

    preset: CameraPreset | None = None
    horizontal: float = 0.0
    vertical: float = 0.0
    pan: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0
    zoom: float = 0.0

    AXES: ClassVar[tuple[str, ...]] = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
    LIMIT: ClassVar[float] = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Where an input is to be fetched from when its task starts, and what it may be."""

    url: str
    field: str
    """What the customer calls it, in the words of the protocol it came in."""
    limits: MediaLimits


@dataclass(frozen=True, slots=True)
class Asset:
    """A stored input: content-addressed, checked once, referred to by its digest from then on."""

    digest: str
    """SHA-256 of the bytes, in hexadecimal; empty while it has still to be fetched."""
    media_type: str
    size_bytes: int
    name: str = ""
    """What the customer called it; shown, never used as a path."""
    fetch: Fetch | None = None
    """None for what is here. Else the other fields say nothing yet."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a brush stroke in pixels of the input picture, origin at the bottom left."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True, slots=True)
class BrushStroke:
    """Something marked in the picture, and the path it is to follow (2 to 77 points)."""

    mask: Asset
    path: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotPrompt:
    """One shot of a multi-shot request."""

    prompt: str
    duration_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A thing pointed at in one frame of a clip."""

    frame: int
    x: float
    """From the left, in [0, 1] of the width."""
    y: float
    """From the top, in [0, 1] of the height."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dub:
    """Which face of a clip speaks, which piece of the sound, and from when on."""

    face: str
    sound_start_ms: int
    sound_end_ms: int
    insert_ms: int
    volume: float = 1.0
    """0 to 2; the same for ``original_volume``, which is the clip's own sound."""
    original_volume: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """What all kinds that make new moving pictures have in common."""

    model: str | None = None
    """The model by any name that a protocol or provider knows it under."""
    prompt: str = ""
    negative_prompt: str = ""
    mode: Mode | None = None
    duration_s: float | None = None
    ratio: Ratio | None = None
    cfg_scale: float | None = None
    """How closely to follow the prompt, in [0, 1]."""
    creativity: float | None = None
    """How far from the plainest composition, in [0, 1] (PiAPI's 0.1 to 1.0)."""
    seed: int | None = None
    sound: bool | None = None
    watermark: bool = False
    size_px: tuple[int, int] | None = None
    """Exactly this width and height, where whoever renders can choose them; beside it stand the
    mode and the ratio that come nearest."""
    fps: int | None = None
    """Exactly this rate, likewise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextToVideo(Generation):
    kind: ClassVar[Kind] = Kind.TEXT_TO_VIDEO
    camera: Camera | None = None
    shots: tuple[ShotPrompt, ...] = ()
    auto_shots: bool = False
    """The model itself is to divide the prompt into shots."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageToVideo(Generation):
    """At least one of ``image`` and ``image_tail``."""

    kind: ClassVar[Kind] = Kind.IMAGE_TO_VIDEO
    image: Asset | None = None
    image_tail: Asset | None = None
    camera: Camera | None = None
    static_mask: Asset | None = None
    strokes: tuple[BrushStroke, ...] = ()
    shots: tuple[ShotPrompt, ...] = ()
    auto_shots: bool = False
    voices: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MultiImage(Generation):
    kind: ClassVar[Kind] = Kind.MULTI_IMAGE
    images: tuple[Asset, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Omni(Generation):
    """References of every sort in one request (Kling omni-video).

    The prompt points at them as ``<<<image_1>>>``, ``<<<video_1>>>`` and ``<<<element_1>>>``;
    images are counted from the first frame over the last frame to ``images``.
    """

    kind: ClassVar[Kind] = Kind.OMNI
    first_frame: Asset | None = None
    last_frame: Asset | None = None
    images: tuple[Asset, ...] = ()
    elements: tuple[str, ...] = ()
    base_video: Asset | None = None
    feature_video: Asset | None = None
    keep_original_sound: bool = True
    shots: tuple[ShotPrompt, ...] = ()
    auto_shots: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MotionControl(Generation):
    """A person in a picture moves like the person in a clip."""

    kind: ClassVar[Kind] = Kind.MOTION_CONTROL
    image: Asset
    video: Asset
    follow_video_orientation: bool = True
    keep_original_sound: bool = True
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Avatar(Generation):
    """A portrait that speaks the given sound."""

    kind: ClassVar[Kind] = Kind.AVATAR
    image: Asset
    audio: Asset


@dataclass(frozen=True, kw_only=True, slots=True)
class Extend(Generation):
    """Go on from the end of an earlier task's film, or of a foreign clip."""

    kind: ClassVar[Kind] = Kind.EXTEND
    source_task: str | None = None
    video: Asset | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EditElements(Generation):
    """Add, swap or remove things in a clip."""

    kind: ClassVar[Kind] = Kind.EDIT_ELEMENTS
    video: Asset
    edit: str
    """``addition``, ``swap`` or ``removal``."""
    images: tuple[Asset, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect(Generation):
    """A named effect on one or two pictures, or on a clip."""

    kind: ClassVar[Kind] = Kind.EFFECT
    scene: str
    images: tuple[Asset, ...] = ()
    video: Asset | None = None
    intensity: float | None = None
    timing: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LipSync:
    """Put words in a mouth: exactly one of ``text`` and ``audio``."""

    kind: ClassVar[Kind] = Kind.LIP_SYNC
    model: str | None = None
    source_task: str | None = None
    video: Asset | None = None
    image: Asset | None = None
    text: str | None = None
    audio: Asset | None = None
    voice: str | None = None
    language: str | None = None
    speed: float = 1.0
    dub: Dub | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TryOn:
    """A person wearing the given garments."""

    kind: ClassVar[Kind] = Kind.TRY_ON
    model: str | None = None
    person: Asset
    garments: tuple[Asset, ...]
    keep_face: bool = True
    keep_pose: bool = True
    keep_background: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Speech:
    kind: ClassVar[Kind] = Kind.SPEECH
    model: str | None = None
    text: str
    voice: str | None = None
    language: str | None = None
    speed: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TextToAudio:
    kind: ClassVar[Kind] = Kind.TEXT_TO_AUDIO
    model: str | None = None
    prompt: str
    duration_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoToAudio:
    kind: ClassVar[Kind] = Kind.VIDEO_TO_AUDIO
    model: str | None = None
    video: Asset
    effect_prompt: str = ""
    music_prompt: str = ""
    asmr: bool = False


Request = (
    TextToVideo
    | ImageToVideo
    | MultiImage
    | Omni
    | MotionControl
    | Avatar
    | Extend
    | EditElements
    | Effect
    | LipSync
    | TryOn
    | Speech
    | TextToAudio
    | VideoToAudio
)

KINDS: dict[Kind, type[Request]] = {
    cls.kind: cls
    for cls in (
        TextToVideo,
        ImageToVideo,
        MultiImage,
        Omni,
        MotionControl,
        Avatar,
        Extend,
        EditElements,
        Effect,
        LipSync,
        TryOn,
        Speech,
        TextToAudio,
        VideoToAudio,
    )
}
