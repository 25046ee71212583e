"""PiAPI's create call: one body, and a reader for every task type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from filmgate.domain.errors import Unsupported
from filmgate.domain.request import (
    Asset,
    BrushStroke,
    Effect,
    Extend,
    ImageToVideo,
    LipSync,
    Mode,
    MotionControl,
    MultiImage,
    Omni,
    Point,
    Ratio,
    Request,
    TextToVideo,
    TryOn,
)
from filmgate.protocols.piapi.media_rules import CLIP, MASK, MOTION_CLIP, PICTURE, SPEECH
from filmgate.protocols.piapi.translate_fields import (
    camera_of,
    cfg_scale_of,
    check_prompt,
    creativity_of,
    length_of,
    mode_of,
    ratio_of,
    shots_of,
    version_of,
)
from filmgate.protocols.piapi.wire import Config, Create, Input, MotionBrush
from filmgate.protocols.reading import (
    Misread,
    convert,
    given,
    in_snake_case,
    invalid,
    read_object,
    required,
    said_of,
    url_of,
)

MODELS = {"kling": None, "kling-turbo": "2.5-turbo"}
"""PiAPI's words, and the version that each means by itself; None: the catalogue's default."""
OMNI_VERSIONS = {"3.0": "3.0-omni"}
"""PiAPI calls both families 3.0."""
SERVICE_MODES = frozenset({"", "public", "private"})
DRESSES = ("dress_input", "upper_input", "lower_input")
TIMINGS = frozenset({"start", "middle", "end"})
SECRET_CHARS_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A create call, read and found in order; nothing was looked up or fetched yet."""

    request: Request
    """Its assets are still URLs; a ``source_task`` is still the client's id."""
    service_mode: str = ""
    endpoint: str | None = None
    secret: str | None = None
    said: str
    """Model, task type, input and config, without the secret, as JSON text."""
    words: Mapping[str, str]
    """The call's names for the fields of our requests, for ``errors.answer_to``."""


def create(body: bytes) -> Wanted:
    """Raises FixRequest."""
    raw = read_object(body)
    wire = convert(raw, Create, {})
    model = wire.model.strip().lower()
    if model not in MODELS:
        raise invalid("model", wire.model, remedy=f"use {' or '.join(MODELS)}")
    task_type = wire.task_type.strip().lower()
    reader = TASK_TYPES.get(task_type)
    if reader is None:
        raise invalid("task_type", wire.task_type, remedy=f"use one of {', '.join(TASK_TYPES)}")
    fields = convert(in_snake_case(wire.input), Input, {}, at="")
    config = wire.config or Config()
    if config.service_mode not in SERVICE_MODES:
        raise invalid("config.service_mode", config.service_mode, remedy="use public or private")
    request = reader(fields)
    if getattr(request, "model", None) is None and MODELS[model] is not None:
        request = replace(request, model=MODELS[model])
    hook = config.webhook_config
    endpoint = hook.endpoint.strip() if hook else ""
    return Wanted(
        request=request,
        service_mode=config.service_mode,
        endpoint=url_of("config.webhook_config.endpoint", endpoint) if endpoint else None,
        secret=_secret(hook.secret if hook and endpoint else ""),
        said=_said(wire, config),
        words=WORDS,
    )


def _said(wire: Create, config: Config) -> str:
    hook = config.webhook_config
    return said_of(
        {
            "model": wire.model,
            "task_type": wire.task_type,
            "input": wire.input,
            "config": {
                "service_mode": config.service_mode,
                "webhook_config": {"endpoint": hook.endpoint if hook else "", "secret": ""},
            },
        }
    )


def _secret(text: str) -> str | None:
    """It goes out in a header, letter by letter."""
    field = "config.webhook_config.secret"
    if not text:
        return None
    if len(text) > SECRET_CHARS_MAX or not text.isascii() or not text.isprintable():
        raise Misread(f"{field} must be printable ASCII, 1000 characters at most", field=field)
    return text


def _film(wire: Input) -> Request:
    """Text-to-video; with a picture image-to-video, with several elements a film of them all."""
    if wire.elements:
        return _elements(wire)
    if wire.image_url or wire.image_tail_url:
        return _image_film(wire)
    shots = shots_of(wire)
    return TextToVideo(
        model=version_of(wire),
        prompt="" if shots else check_prompt(wire.prompt),
        negative_prompt=wire.negative_prompt,
        mode=mode_of(wire),
        duration_s=None if shots else length_of(wire.duration),
        ratio=ratio_of(wire.aspect_ratio) or Ratio.WIDE,
        cfg_scale=cfg_scale_of(wire.cfg_scale),
        creativity=creativity_of(wire.creativity),
        seed=wire.seed,
        sound=wire.enable_audio,
        camera=camera_of(wire),
        shots=shots,
        auto_shots=wire.prefer_multi_shots and not shots,
    )


def _image_film(wire: Input) -> Request:
    if not wire.image_url and not wire.image_tail_url:
        raise required("image_url")
    if wire.motion_data:
        # Who is meant must be found in the picture first, which nothing of ours does yet.
        raise Unsupported("motion_data is not supported here yet", field="motion_data")
    shots = shots_of(wire)
    static, strokes = _brush(wire.motion_brush)
    return ImageToVideo(
        model=version_of(wire),
        prompt="" if shots else check_prompt(wire.prompt, is_needed=False),
        negative_prompt=wire.negative_prompt,
        mode=mode_of(wire),
        duration_s=None if shots else length_of(wire.duration),
        ratio=ratio_of(wire.aspect_ratio),
        cfg_scale=cfg_scale_of(wire.cfg_scale),
        creativity=creativity_of(wire.creativity),
        seed=wire.seed,
        sound=wire.enable_audio,
        camera=camera_of(wire),
        image=given("image_url", wire.image_url, PICTURE) if wire.image_url else None,
        image_tail=given("image_tail_url", wire.image_tail_url, PICTURE)
        if wire.image_tail_url
        else None,
        static_mask=static,
        strokes=strokes,
        shots=shots,
        auto_shots=wire.prefer_multi_shots and not shots,
    )


def _brush(brush: MotionBrush | None) -> tuple[Asset | None, tuple[BrushStroke, ...]]:
    if brush is None:
        return None, ()
    mask = given("motion_brush.mask_url", brush.mask_url, MASK)
    strokes = tuple(
        BrushStroke(mask=mask, path=tuple(Point(spot.x, spot.y) for spot in each.points))
        for each in brush.dynamic_masks
    )
    return (None if strokes else mask), strokes


def _brushed(wire: Input) -> Request:
    if not wire.motion_data and wire.motion_brush is None:
        raise required("motion_data")
    return _image_film(wire)


def _elements(wire: Input) -> Request:
    if not wire.elements:
        raise required("elements")
    return MultiImage(
        model=version_of(wire),
        prompt=check_prompt(wire.prompt),
        negative_prompt=wire.negative_prompt,
        mode=mode_of(wire),
        duration_s=length_of(wire.duration),
        ratio=ratio_of(wire.aspect_ratio) or Ratio.WIDE,
        seed=wire.seed,
        images=tuple(
            given(f"elements[{at}].image_url", each.image_url, PICTURE)
            for at, each in enumerate(wire.elements)
        ),
    )


def _omni(wire: Input) -> Request:
    version = version_of(wire) or "3.0"
    shots = shots_of(wire)
    pictures = wire.image_urls or wire.images or ([wire.image_url] if wire.image_url else [])
    clip = wire.video_url or wire.video
    return Omni(
        model=OMNI_VERSIONS.get(version, version),
        prompt="" if shots else check_prompt(wire.prompt),
        mode=mode_of(wire),
        duration_s=None if shots else length_of(wire.duration),
        ratio=ratio_of(wire.aspect_ratio),
        seed=wire.seed,
        sound=wire.enable_audio,
        images=tuple(given("image_urls", url, PICTURE) for url in pictures),
        feature_video=given("video_url", clip, CLIP) if clip else None,
        shots=shots,
    )


def _extend(wire: Input) -> Request:
    """Model and mode are those of the source, so the request leaves them open."""
    if wire.origin_task_id:
        return Extend(
            prompt=check_prompt(wire.prompt, is_needed=False),
            negative_prompt=wire.negative_prompt,
            source_task=wire.origin_task_id,
        )
    if not wire.video_url:
        raise required("origin_task_id")
    return Extend(
        model=version_of(wire),
        prompt=check_prompt(wire.prompt, is_needed=False),
        negative_prompt=wire.negative_prompt,
        mode=mode_of(wire),
        video=given("video_url", wire.video_url, CLIP),
    )


def _lip_sync(wire: Input) -> Request:
    text = wire.tts_text or wire.text
    sound = wire.local_dubbing_url
    if not sound and not text:
        raise required("tts_text")
    length_of(wire.duration)  # read, so that nonsense is told; the film is as long as the speech
    sources = [wire.origin_task_id, wire.video_url, wire.character_image]
    if not any(sources):
        raise required("video_url")
    if sum(map(bool, sources)) > 1:
        raise invalid("video_url", remedy="give one of origin_task_id, video_url, character_image")
    picture, clip = wire.character_image, wire.video_url
    return LipSync(
        source_task=wire.origin_task_id,
        video=given("video_url", clip, CLIP) if clip else None,
        image=given("character_image", picture, PICTURE) if picture else None,
        text=None if sound else text,
        audio=given("local_dubbing_url", sound, SPEECH) if sound else None,
        voice=wire.tts_timbre or wire.voice_style,
        speed=wire.tts_speed,
    )


def _effect(wire: Input) -> Request:
    scene = wire.effect or wire.effect_type
    if not scene:
        raise required("effect_type" if wire.base_video else "effect")
    if not wire.image_url and not wire.base_video:
        raise required("image_url")
    if wire.timing is not None and wire.timing not in TIMINGS:
        raise invalid("timing", wire.timing, remedy="use start, middle or end")
    return Effect(
        prompt=check_prompt(wire.prompt, is_needed=False),
        mode=Mode.PRO if wire.professional_mode else mode_of(wire),
        duration_s=length_of(wire.duration),
        scene=scene,
        images=(given("image_url", wire.image_url, PICTURE),) if wire.image_url else (),
        video=given("base_video", wire.base_video, CLIP) if wire.base_video else None,
        intensity=wire.intensity,
        timing=wire.timing,
    )


def _try_on(wire: Input) -> Request:
    if not wire.model_input:
        raise required("model_input")
    worn = {field: getattr(wire, field) for field in DRESSES if getattr(wire, field)}
    if not worn:
        raise required("dress_input")
    if "dress_input" in worn and len(worn) > 1:
        raise invalid("dress_input", remedy="give a dress, or an upper and a lower garment")
    if not 1 <= wire.batch_size <= 4:
        raise invalid("batch_size", wire.batch_size, remedy="it goes from 1 to 4")
    return TryOn(
        person=given("model_input", wire.model_input, PICTURE),
        garments=tuple(given(field, url, PICTURE) for field, url in worn.items()),
    )


def _motion(wire: Input) -> Request:
    if not wire.image_url:
        raise required("image_url")
    if not wire.video_url and wire.preset_motion:
        raise Unsupported("preset_motion is not supported here yet", field="preset_motion")
    if not wire.video_url:
        raise required("video_url")
    if wire.motion_direction not in {None, "video", "image"}:
        raise invalid("motion_direction", wire.motion_direction, remedy="use video or image")
    return MotionControl(
        model=version_of(wire),
        prompt=check_prompt(wire.prompt, is_needed=False),
        mode=mode_of(wire),
        image=given("image_url", wire.image_url, PICTURE),
        video=given("video_url", wire.video_url, MOTION_CLIP),
        follow_video_orientation=wire.motion_direction != "image",
        keep_original_sound=wire.keep_original_sound,
    )


TASK_TYPES: dict[str, Callable[[Input], Request]] = {
    "video_generation": _film,
    "txt2video": _film,
    "img2video": _image_film,
    "motion_brush": _brushed,
    "elements": _elements,
    "omni_video_generation": _omni,
    "extend_video": _extend,
    "extension": _extend,
    "video_extend": _extend,
    "lip_sync": _lip_sync,
    "lipsync": _lip_sync,
    "effects": _effect,
    "ai_try_on": _try_on,
    "try_on": _try_on,
    "motion_control": _motion,
}
"""The words of the guide and those of today."""

WORDS = {
    "duration_s": "duration",
    "ratio": "aspect_ratio",
    "model": "version",
    "image": "image_url",
    "image_tail": "image_tail_url",
    "images": "elements",
    "strokes": "motion_brush",
    "camera": "camera_control",
    "sound": "enable_audio",
    "shots": "multi_shots",
    "scene": "effect",
    "person": "model_input",
    "garments": "dress_input",
    "source_task": "origin_task_id",
    "callback": "config.webhook_config.endpoint",
}
