"""Today's create call (``reference/kie-piapi-openai.md`` 1.2, 1.3): a model and its ``input``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from msgspec import Struct

from filmgate.domain.request import (
    Asset,
    Avatar,
    ImageToVideo,
    Mode,
    MotionControl,
    Ratio,
    Request,
    ShotPrompt,
    TextToVideo,
)
from filmgate.protocols.kie.errors import KieRefusal, Sort
from filmgate.protocols.kie.media_rules import MOTION_CLIP, PICTURE, SHORT_MOTION_CLIP, VOICE
from filmgate.protocols.kie.wanted import Wanted
from filmgate.protocols.reading import (
    Number,
    Object,
    convert,
    given,
    in_snake_case,
    invalid,
    read_object,
    required,
    said_of,
    seconds,
    url_of,
)

MODES = {
    "std": Mode.STD,
    "720p": Mode.STD,
    "pro": Mode.PRO,
    "1080p": Mode.PRO,
    "4k": Mode.UHD,
}
SHOTS_MAX = 5
SHOT_CHARS_MAX = 500
SHOT_S = (1, 12)


class Create(Struct, kw_only=True):
    model: str
    input: Object
    call_back_url: str | None = None
    callback_url: str | None = None


class Shot(Struct, kw_only=True):
    prompt: str
    duration: Number


class Input(Struct, kw_only=True):
    """Every field that some model of KIE's takes."""

    prompt: str = ""
    negative_prompt: str = ""
    duration: Number | None = None
    aspect_ratio: str | None = None
    mode: str | None = None
    resolution: str | None = None
    sound: bool | None = None
    cfg_scale: float | None = None
    seed: int | None = None
    image_url: str | None = None
    tail_image_url: str | None = None
    image_urls: list[str] = []
    input_urls: list[str] = []
    video_urls: list[str] = []
    audio_url: str | None = None
    multi_shots: bool = False
    multi_prompt: list[Shot] = []
    kling_elements: list[Object] = []
    character_orientation: str | None = None
    background_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one model's ``input`` is read. What the model then may do is the catalogue's business."""

    read: Callable[[str, Row, Input], Request]
    pictures: str = ""
    """The field of the pictures; empty for text-to-video."""
    pictures_max: int = 1
    is_picture_needed: bool = True
    mode: Mode | None = None
    """The default, where KIE's is another one than the model's."""
    ratio: Ratio | None = None


def _film(model: str, row: Row, wire: Input) -> Request:
    prompt, shots = wire.prompt, _shots(wire)
    if shots:
        prompt = ""
    elif not prompt:
        raise required("prompt")
    if wire.kling_elements:
        raise KieRefusal(
            Sort.PARAMETER, "kling_elements is not supported here yet", field="kling_elements"
        )
    image, tail = _pictures(row, wire)
    sound = bool(shots) if wire.sound is None and row.pictures_max > 1 else wire.sound
    ratio = _ratio(wire.aspect_ratio)
    duration_s = seconds("duration", wire.duration)
    mode = _mode(wire) or row.mode
    if image is None:
        return TextToVideo(
            model=model,
            prompt=prompt,
            negative_prompt=wire.negative_prompt,
            mode=mode,
            duration_s=duration_s,
            ratio=ratio or row.ratio,
            cfg_scale=wire.cfg_scale,
            seed=wire.seed,
            sound=sound,
            shots=shots,
        )
    return ImageToVideo(
        model=model,
        prompt=prompt,
        negative_prompt=wire.negative_prompt,
        mode=mode,
        duration_s=duration_s,
        ratio=ratio,
        cfg_scale=wire.cfg_scale,
        seed=wire.seed,
        sound=sound,
        shots=shots,
        image=image,
        image_tail=tail,
    )


def _pictures(row: Row, wire: Input) -> tuple[Asset | None, Asset | None]:
    """First and last frame. Either spelling of the field is read."""
    if not row.pictures:
        return None, None
    texts = wire.image_urls or ([wire.image_url] if wire.image_url else [])
    if not texts and row.is_picture_needed:
        raise required(row.pictures)
    if len(texts) > row.pictures_max:
        raise invalid(row.pictures, remedy=f"give at most {row.pictures_max}")
    found = [given(row.pictures, text, PICTURE) for text in texts]
    if wire.tail_image_url:
        found = [*found[:1], given("tail_image_url", wire.tail_image_url, PICTURE)]
    if wire.multi_shots:
        found = found[:1]  # "with multi_shots only the first"
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def _shots(wire: Input) -> tuple[ShotPrompt, ...]:
    if not wire.multi_shots:
        return ()
    if not wire.multi_prompt:
        raise required("multi_prompt")
    if len(wire.multi_prompt) > SHOTS_MAX:
        raise invalid("multi_prompt", remedy=f"give at most {SHOTS_MAX} shots")
    return tuple(_shot(f"multi_prompt[{at}]", shot) for at, shot in enumerate(wire.multi_prompt))


def _shot(path: str, shot: Shot) -> ShotPrompt:
    if len(shot.prompt) > SHOT_CHARS_MAX:
        raise invalid(f"{path}.prompt", remedy=f"it may have {SHOT_CHARS_MAX} characters")
    length_s = seconds(f"{path}.duration", shot.duration)
    if length_s is None or not SHOT_S[0] <= length_s <= SHOT_S[1]:
        raise invalid(f"{path}.duration", shot.duration, remedy="it goes from 1 to 12")
    return ShotPrompt(prompt=shot.prompt, duration_s=length_s)


def _motion(model: str, row: Row, wire: Input) -> Request:
    del row
    looks_like_picture = _choice(
        "character_orientation", wire.character_orientation, ("video", "image")
    )
    # Where the background comes from makes no difference to anything that renders here.
    _choice("background_source", wire.background_source, ("input_video", "input_image"))
    clip_limits = SHORT_MOTION_CLIP if looks_like_picture else MOTION_CLIP
    return MotionControl(
        model=model,
        prompt=wire.prompt,
        mode=_mode(wire),
        seed=wire.seed,
        image=given("input_urls", _only("input_urls", wire.input_urls), PICTURE),
        video=given("video_urls", _only("video_urls", wire.video_urls), clip_limits),
        follow_video_orientation=not looks_like_picture,
    )


def _avatar(model: str, row: Row, wire: Input) -> Request:
    del row
    if not wire.image_url:
        raise required("image_url")
    if not wire.audio_url:
        raise required("audio_url")
    return Avatar(
        model=model,
        prompt=wire.prompt,
        seed=wire.seed,
        image=given("image_url", wire.image_url, PICTURE),
        audio=given("audio_url", wire.audio_url, VOICE),
    )


def _only(field: str, urls: list[str]) -> str:
    if not urls:
        raise required(field)
    if len(urls) > 1:
        raise invalid(field, remedy="give one")
    return urls[0]


def _choice(field: str, value: str | None, known: tuple[str, str]) -> bool:
    """Whether it is the second; the first is KIE's default."""
    if value is None:
        return False
    if value not in known:
        raise invalid(field, value, remedy=f"use {known[0]} or {known[1]}")
    return value == known[1]


def _mode(wire: Input) -> Mode | None:
    for field, value in (("mode", wire.mode), ("resolution", wire.resolution)):
        if value is not None:
            if value.lower() not in MODES:
                raise invalid(field, value)
            return MODES[value.lower()]
    return None


def _ratio(value: str | None) -> Ratio | None:
    if value is None:
        return None
    if value not in set(Ratio):
        raise invalid("aspect_ratio", value, remedy="use 16:9, 9:16 or 1:1")
    return Ratio(value)


_TEXT = Row(read=_film)
_IMAGE = Row(read=_film, pictures="image_url")
_IMAGES = Row(read=_film, pictures="image_urls")
_AVATAR = Row(read=_avatar)

MODELS: dict[str, Row] = {
    "kling-3.0/video": Row(
        read=_film,
        pictures="image_urls",
        pictures_max=2,
        is_picture_needed=False,
        mode=Mode.PRO,
    ),
    "kling-3.0/motion-control": Row(read=_motion),
    "kling/v3-turbo-text-to-video": _TEXT,
    "kling/v3-turbo-image-to-video": _IMAGES,
    "kling-2.6/text-to-video": Row(read=_film, ratio=Ratio.SQUARE),
    "kling-2.6/image-to-video": _IMAGES,
    "kling-2.6/motion-control": Row(read=_motion),
    "kling/v2-5-turbo-text-to-video-pro": _TEXT,
    "kling/v2-5-turbo-image-to-video-pro": _IMAGE,
    "kling/v2-1-master-text-to-video": _TEXT,
    "kling/v2-1-master-image-to-video": _IMAGE,
    "kling/v2-1-standard": _IMAGE,
    "kling/v2-1-pro": _IMAGE,
    "kling/ai-avatar-standard": _AVATAR,
    "kling/ai-avatar-pro": _AVATAR,
    "kling/v1-avatar-standard": _AVATAR,
    "kling/ai-avatar-v1-pro": _AVATAR,
}

_WORDS = {
    "duration_s": "duration",
    "ratio": "aspect_ratio",
    "image_tail": "tail_image_url",
    "audio": "audio_url",
    "video": "video_urls",
    "shots": "multi_prompt",
    "callback": "callBackUrl",
}


def create_task(body: bytes) -> Wanted:
    """Raises FixRequest."""
    raw = read_object(body)
    wire = convert(in_snake_case(raw), Create, {"call_back_url": "callBackUrl"})
    model = wire.model.strip().lower()
    row = MODELS.get(model)
    if row is None:
        told = f"The model '{wire.model[:100]}' is not supported, check its name"
        raise KieRefusal(Sort.MODEL, told, field="model")
    given_input = in_snake_case(wire.input)
    callback = wire.call_back_url or wire.callback_url
    return Wanted(
        request=row.read(model, row, convert(given_input, Input, {}, at="input.")),
        callback_url=url_of("callBackUrl", callback) if callback else None,
        said=said_of(raw),
        words=words_of(row),
    )


def words_of(row: Row) -> Mapping[str, str]:
    return {**_WORDS, "image": row.pictures or "input_urls"}
