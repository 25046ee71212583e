"""A task as Kling's replies show it: plain values, filled by the server from our task."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from filmgate.domain.task import State


class Family(StrEnum):
    """Endpoints whose replies look alike."""

    FILM = "film"
    EDIT = "edit"
    EFFECT = "effect"
    CONTINUATION = "continuation"
    """video-extend and advanced-lip-sync: the reply names the film they went on from."""
    SOUND = "sound"
    SCORE = "score"
    """video-to-audio: a film and its sounds."""
    SPEECH = "speech"
    PICTURE = "picture"
    VOICE = "voice"
    ELEMENT = "element"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmView:
    id: str
    url: str
    duration_s: float
    watermark_url: str = ""
    session_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    url: str
    watermark_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundView:
    """Speech has one file, which stands as ``mp3_url``."""

    id: str
    mp3_url: str
    duration_s: float
    wav_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceView:
    id: str
    name: str
    trial_url: str
    owned_by: str
    """``kling`` for presets, else the owner's number."""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    id: int
    """101 to 108, for the legacy design's ``o_101`` to ``o_108``."""
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementView:
    id: int
    name: str
    description: str
    owned_by: str
    front_url: str = ""
    refer_urls: tuple[str, ...] = ()
    clip_urls: tuple[str, ...] = ()
    """Given: the element was made from a clip."""
    voice: VoiceView | None = None
    tags: tuple[TagView, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a task cost: units of a pack, or money."""

    units: Decimal = Decimal(0)
    quota: Decimal | None = None
    """The price paid from a balance; None where units were taken."""
    list_price: Decimal | None = None
    currency: str = "USD"
    package_type: str = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    id: str
    """18 digits."""
    family: Family
    state: State
    created_ms: int
    updated_ms: int
    external_id: str = ""
    reason: str = ""
    """Why it failed; told only then."""
    watermark: bool = False
    films: tuple[FilmView, ...] = ()
    pictures: tuple[PictureView, ...] = ()
    sounds: tuple[SoundView, ...] = ()
    voices: tuple[VoiceView, ...] = ()
    elements: tuple[ElementView, ...] = ()
    parent: FilmView | None = None
    charge: Charge | None = None
    """None until it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackView:
    """A resource pack, as ``/account/costs`` lists it."""

    name: str
    id: str
    total: float
    remaining: float
    purchased_ms: int
    effective_ms: int
    invalid_ms: int
    status: str = "online"
    """``toBeOnline``, ``online``, ``expired`` or ``runOut``."""
    type: str = "decreasing_total"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductionView:
    """One line of a bill."""

    task_id: str
    api_key_name: str
    product: str
    model: str
    resolution: str
    duration_s: float
    deducted_ms: int
    before: Decimal
    amount: Decimal
    after: Decimal
    list_price: Decimal
    currency: str = "USD"
    has_video_input: bool = False
    sound: str = "off"
    """``native``, ``original`` or ``off``."""
    has_voice: bool = False
    package_id: str = ""
    product_type: str = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceView:
    id: str
    image_url: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionView:
    """A selection session over a clip."""

    session_id: str
    fps: float = 0
    duration_ms: int = 0
    width: int = 0
    height: int = 0
    frames: int = 0
    clip_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskView:
    """What was found at the marked points of one frame."""

    object_id: int
    size: tuple[int, int]
    """Height and width, as run-length encoded masks have it."""
    counts: str
    png_base64: str
