"""A model as data: what it can do, in which shapes, under which names, at which prices.

Nothing here is about one model: the differences between models are rows in ``catalogue/models``.
The central value is the ``Ability``, one row of a capability map. A request is possible where *one*
row covers everything it uses, so that combinations that exclude each other (an end frame and a
brush, say) simply stand in different rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import isclose

from filmgate.domain.request import (
    Effect,
    Generation,
    ImageToVideo,
    Kind,
    Mode,
    MotionControl,
    Omni,
    Ratio,
    Request,
    TextToAudio,
    TextToVideo,
)
from filmgate.domain.task import Output


class Feature(StrEnum):
    """What a request may use beyond its kind; the value is the word in the catalogue's files."""

    FIRST_FRAME = "first_frame"
    """An omni request's first frame. (For image-to-video the picture is the kind itself.)"""
    IMAGE_TAIL = "image_tail"
    TAIL_ONLY = "tail_only"
    CAMERA_PRESET = "camera_preset"
    CAMERA_AXES = "camera_axes"
    """Kling's type ``simple``: at most one axis that is not zero."""
    CAMERA_MIXED = "camera_mixed"
    """Several axes at once: allowed here, never upstream."""
    BRUSH = "brush"
    SOUND = "sound"
    VOICES = "voices"
    ELEMENTS = "elements"
    MULTI_SHOT = "multi_shot"
    IMAGE_REFERENCES = "image_references"
    VIDEO_REFERENCE = "video_reference"
    TWO_PICTURES = "two_pictures"
    NEGATIVE_PROMPT = "negative_prompt"
    CFG_SCALE = "cfg_scale"
    CREATIVITY = "creativity"
    SEED = "seed"


WISHES = frozenset({Feature.NEGATIVE_PROMPT, Feature.CFG_SCALE, Feature.CREATIVITY, Feature.SEED})
"""Features that a model without them leaves out with a note, instead of refusing the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One row of a capability map: in each of its cells, all its features work, also together."""

    kinds: frozenset[Kind]
    modes: frozenset[Mode] = frozenset()
    """Empty: every mode."""
    durations_s: tuple[int, ...] = ()
    """Empty: any length, or the length of what was given (a clip, a voice)."""
    range_s: tuple[float, float] | None = None
    """For lengths that need not be whole seconds: least and most."""
    features: frozenset[Feature] = frozenset()
    only_with: frozenset[Feature] = frozenset()
    """The row holds only for requests that use at least one of these."""
    silent: bool = True
    """False where the film always has sound."""

    def in_mode(self, mode: Mode) -> bool:
        return not self.modes or mode in self.modes

    def lasts(self, duration_s: float) -> bool:
        if self.range_s is not None:
            return self.range_s[0] <= duration_s <= self.range_s[1]
        return not self.durations_s or duration_s in self.durations_s

    def has(self, features: frozenset[Feature]) -> bool:
        return features <= self.features and (not self.only_with or bool(features & self.only_with))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The picture that a mode makes: Kling names its tiers by the shorter side."""

    short_side_px: int
    fps: int
    fps_by_kind: Mapping[Kind, int] = field(default_factory=dict[Kind, int])


@dataclass(frozen=True, slots=True)
class Tier:
    """What a mode means to somebody who has to choose one (seed S1's table)."""

    quality: str
    speed: str
    cost: str


TIERS: dict[Mode, Tier] = {
    Mode.STD: Tier("good", "fast", "lower"),
    Mode.PRO: Tier("best", "slower", "higher"),
    Mode.UHD: Tier("best, and largest", "slowest", "highest"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be given. The defaults are Kling's own (image2video and text2video pages)."""

    prompt_chars: int = 2500
    negative_prompt_chars: int = 2500
    text_chars: int = 1000
    picture_types: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/webp"})
    """Kling takes JPEG and PNG, KIE also WebP; we take what either takes."""
    picture_bytes: int = 10 * 1024 * 1024
    picture_side_px: int = 300
    """Neither side may be shorter."""
    picture_ratio: float = 2.5
    """The longer side may be this many times the shorter one."""
    images: Mapping[Kind, int] = field(default_factory=dict[Kind, int])
    """The most pictures in a list, for kinds that take a list."""
    elements: int = 3
    voices: int = 2
    shots: int = 6
    shot_prompt_chars: int = 512
    strokes: int = 6
    stroke_points: tuple[int, int] = (2, 77)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What one protocol calls the model, and what the name says beyond the model itself."""

    protocol: str
    """``kling``, ``kling-new`` (a path segment), ``kie``, ``kie-seed``, ``piapi``, ``openai``."""
    name: str
    kinds: frozenset[Kind] = frozenset()
    """Empty: every kind the model does."""
    modes: frozenset[Mode] = frozenset()
    """Empty: the name leaves the mode open. One mode: the name settles it."""
    task_model: str = ""
    """PiAPI sends two words: its ``model``, and ``version``, which is our ``name``."""
    prompt_chars: int | None = None
    """Where this name has a prompt limit of its own."""
    current: bool = True
    """False for names that are still read and no longer sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    date: dt.date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a line of any price list counts, and for which requests."""

    block_s: int = 1
    """1: per second; 5: per begun five seconds; 0: per call or clip."""
    kinds: frozenset[Kind] = frozenset()
    modes: frozenset[Mode] = frozenset()
    durations_s: tuple[int, ...] = ()
    with_features: frozenset[Feature] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Charge):
    """One line of a provider's price list; the first line that fits a request counts."""

    amount: Decimal
    """In the provider's own unit, for each begun block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A model as one provider has it today."""

    abilities: tuple[Ability, ...] = ()
    retired: Retirement | None = None
    prices: tuple[Price, ...] = ()
    """Empty: the price is unknown, which is not the same as nothing."""
    priced: dt.date | None = None
    """The day the price list was stamped or read."""
    price_source: str = ""
    renderer: str = ""
    """Who renders, where the listing is a local engine's; its refusals say so."""
    any_frame: bool = False
    """Renders any size and any frame rate that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Units bought beforehand. Shown for information; quotes count the list price."""

    name: str
    units: int
    usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A subscription at a provider. Shown for information; we take no payments."""

    name: str
    usd_per_month: Decimal
    tasks: int
    """How many may run at once on the provider's accounts."""
    hosted_tasks: int | None = None
    """How many on accounts that the customer brings along; None: not offered."""
    is_more_on_request: bool = False
    """True where the figures are the least (``20+``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who turns orders into films, and how it counts money."""

    name: str
    title: str
    unit: str
    usd_per_unit: Decimal
    source: str
    priced: dt.date
    packs: tuple[Pack, ...] = ()
    plans: tuple[Plan, ...] = ()
    usd_per_hosted_seat: Decimal | None = None
    """What an account that the customer brings along costs a month."""
    recommended_model: str
    """What we choose at this provider when nothing was asked for."""
    default_models: Mapping[Kind, str] = field(default_factory=dict[Kind, str])
    """What the provider itself takes when a request of its protocol names no model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A catalogue entry. ``abilities`` is what our server allows (the union of all sources);
    ``listings`` tells, provider by provider, who can really do it today."""

    name: str
    title: str
    family: str
    generation: int
    """Version times ten, to tell which models are close to each other."""
    summary: str
    source: str
    """Where the facts come from; the date is that source's."""
    dated: dt.date
    modes: Mapping[Mode, Frame]
    modeless: bool = False
    """The real model takes no mode: any is read here, and none is sent there."""
    default_mode: Mode = Mode.STD
    default_duration_s: int = 5
    default_ratio: Ratio = Ratio.WIDE
    default_sound: bool = False
    ratios: tuple[Ratio, ...] = (Ratio.WIDE, Ratio.TALL, Ratio.SQUARE)
    limits: Limits = field(default_factory=Limits)
    names: tuple[Name, ...] = ()
    abilities: tuple[Ability, ...]
    listings: Mapping[str, Listing] = field(default_factory=dict[str, Listing])

    @property
    def kinds(self) -> frozenset[Kind]:
        """What our server does with this model."""
        return frozenset(kind for row in self.abilities for kind in row.kinds)

    @property
    def durations_s(self) -> tuple[int, ...]:
        """All lengths that some row has, in whole seconds."""
        return tuple(sorted({s for row in self.abilities for s in row.durations_s}))

    def size(self, mode: Mode, ratio: Ratio) -> tuple[int, int]:
        """Width and height in pixels, e.g. (1280, 720) for std and 16:9."""
        short = self.modes[mode].short_side_px
        wide, tall = (int(part) for part in ratio.value.split(":"))
        return short * wide // min(wide, tall), short * tall // min(wide, tall)

    def fps(self, mode: Mode, kind: Kind) -> int:
        frame = self.modes[mode]
        return frame.fps_by_kind.get(kind, frame.fps)

    def prompt_limit_chars(self, called: str | None) -> int:
        """The most characters of a prompt; some protocols' names have a limit of their own."""
        for name in self.names:
            if called and name.prompt_chars and name.name.casefold() == called.casefold():
                return name.prompt_chars
        return self.limits.prompt_chars

    def name_at(self, protocol: str, kind: Kind, mode: Mode) -> Name | None:
        """The name to send for this work, or None where the protocol has none for it."""
        for name in self.names:
            fits = (not name.kinds or kind in name.kinds) and (not name.modes or mode in name.modes)
            if name.protocol == protocol and name.current and fits:
                return name
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request with the model's defaults filled in, and the features it uses."""

    kind: Kind
    mode: Mode
    duration_s: float
    sound: bool
    features: frozenset[Feature]
    wishes: frozenset[Feature]


def asked(model: Model, request: Request) -> Asked:
    """Read a request as this model would."""
    used = frozenset(_features(request))
    mode = (request.mode if isinstance(request, Generation) else None) or model.default_mode
    wanted = request.sound if isinstance(request, Generation) else None
    sound = model.default_sound if wanted is None else wanted
    if sound:
        used |= {Feature.SOUND}
    return Asked(
        kind=request.kind,
        mode=mode,
        duration_s=float(_duration_s(request) or model.default_duration_s),
        sound=sound,
        features=used - WISHES,
        wishes=used & WISHES,
    )


def settle(
    model: Model,
    request: Request,
    *,
    seed: int,
    picture_size: tuple[int, int] | None = None,
    source_duration_s: float | None = None,
) -> Output:
    """The exact film to make of a request that ``refusal`` has accepted.

    ``seed`` is the one to use when the customer named none. ``picture_size`` is the input
    picture's (width, height): image-to-video without an asked ratio keeps the picture's own, as
    Kling does. ``source_duration_s`` is the length of the given clip or sound, for kinds whose
    film is as long as it. Work that makes no picture gets a size and frame rate of zero.
    """
    want = asked(model, request)
    ratio = request.ratio if isinstance(request, Generation) else None
    given_seed = request.seed if isinstance(request, Generation) else None
    if want.mode not in model.modes:
        width, height, fps = 0, 0, 0
    else:
        fps = model.fps(want.mode, want.kind)
        if ratio is None and picture_size is not None and keeps_picture_ratio(request):
            width, height = _size_like(
                picture_size,
                short_side_px=model.modes[want.mode].short_side_px,
                ratio_max=model.limits.picture_ratio,
            )
        else:
            width, height = model.size(want.mode, ratio or model.default_ratio)
        if isinstance(request, Generation):
            width, height = request.size_px or (width, height)
            fps = request.fps or fps
    return Output(
        width=width,
        height=height,
        fps=fps,
        duration_s=float(_duration_s(request) or source_duration_s or model.default_duration_s),
        seed=seed if given_seed is None else given_seed,
        sound=want.sound,
    )


def keeps_picture_ratio(request: Request) -> bool:
    """Whether the film takes its shape from the input picture unless a ratio is asked for."""
    return request.kind in _SHAPED_BY_PICTURE


_SHAPED_BY_PICTURE = frozenset(
    {Kind.IMAGE_TO_VIDEO, Kind.AVATAR, Kind.MOTION_CONTROL, Kind.OMNI, Kind.EFFECT}
)


def _size_like(
    picture_size: tuple[int, int], *, short_side_px: int, ratio_max: float
) -> tuple[int, int]:
    """The size with the picture's ratio and the mode's short side; both even, as H.264 needs."""
    width, height = picture_size
    ratio = min(max(width, height) / min(width, height), ratio_max)
    long_side_px = 2 * round(short_side_px * ratio / 2)
    if width >= height:
        return long_side_px, short_side_px
    return short_side_px, long_side_px


def _duration_s(request: Request) -> float | None:
    if isinstance(request, (TextToVideo, ImageToVideo, Omni)) and request.shots:
        # A storyboard is as long as its shots when nothing else is said.
        return request.duration_s or sum(shot.duration_s for shot in request.shots)
    if isinstance(request, (Generation, TextToAudio)):
        return request.duration_s
    return None


def _features(request: Request) -> list[Feature]:
    """Everything the request uses, sound excepted: that is a matter of the model's default too."""
    if not isinstance(request, Generation):
        return []
    used = [
        feature
        for feature, given in (
            (Feature.NEGATIVE_PROMPT, bool(request.negative_prompt)),
            (Feature.CFG_SCALE, request.cfg_scale is not None),
            (Feature.CREATIVITY, request.creativity is not None),
            (Feature.SEED, request.seed is not None),
        )
        if given
    ]
    if isinstance(request, (TextToVideo, ImageToVideo)):
        used += _camera_features(request)
    if isinstance(request, (TextToVideo, ImageToVideo, Omni)) and (
        request.shots or request.auto_shots
    ):
        used.append(Feature.MULTI_SHOT)
    if isinstance(request, ImageToVideo):
        used += _image_features(request)
    if isinstance(request, Omni):
        used += _omni_features(request)
    if isinstance(request, MotionControl) and request.elements:
        used.append(Feature.ELEMENTS)
    if isinstance(request, Effect) and len(request.images) > 1:
        used.append(Feature.TWO_PICTURES)
    return used


def _camera_features(request: TextToVideo | ImageToVideo) -> list[Feature]:
    camera = request.camera
    if camera is None:
        return []
    axes = (camera.horizontal, camera.vertical, camera.pan, camera.tilt, camera.roll, camera.zoom)
    moving = sum(not isclose(axis, 0.0, abs_tol=1e-9) for axis in axes)
    if camera.preset is not None:
        return [Feature.CAMERA_PRESET]
    return [Feature.CAMERA_MIXED if moving > 1 else Feature.CAMERA_AXES]


def _image_features(request: ImageToVideo) -> list[Feature]:
    tail_only = request.image is None and request.image_tail is not None
    table = (
        (Feature.TAIL_ONLY, tail_only),
        (Feature.IMAGE_TAIL, request.image_tail is not None and not tail_only),
        (Feature.BRUSH, request.static_mask is not None or bool(request.strokes)),
        (Feature.VOICES, bool(request.voices)),
        (Feature.ELEMENTS, bool(request.elements)),
    )
    return [feature for feature, given in table if given]


def _omni_features(request: Omni) -> list[Feature]:
    has_video = request.base_video is not None or request.feature_video is not None
    table = (
        (Feature.FIRST_FRAME, request.first_frame is not None),
        (Feature.IMAGE_TAIL, request.last_frame is not None),
        (Feature.IMAGE_REFERENCES, bool(request.images)),
        (Feature.ELEMENTS, bool(request.elements)),
        (Feature.VIDEO_REFERENCE, has_video),
    )
    return [feature for feature, given in table if given]
