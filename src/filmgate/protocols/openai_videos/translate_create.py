"""Calls that ask for a video, from fields to our requests."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.domain.request import (
    Asset,
    Extend,
    Generation,
    ImageToVideo,
    Kind,
    Mode,
    MultiImage,
    Omni,
    Request,
    TextToVideo,
)
from filmgate.domain.task import Task
from filmgate.protocols.openai_videos.characters import read_characters
from filmgate.protocols.openai_videos.errors import OpenAIRefusal, invalid, missing, refused
from filmgate.protocols.openai_videos.forms import Fields, unpacked
from filmgate.protocols.openai_videos.references import (
    MediaRef,
    Source,
    picture_refs,
    video_source,
)
from filmgate.protocols.openai_videos.sizes import (
    DEFAULT_FPS,
    DEFAULT_MODEL,
    DEFAULT_SECONDS,
    DEFAULT_SIZE,
    RESOLUTIONS,
    Shape,
    read_seconds,
    read_size,
    shape_of,
)
from filmgate.protocols.openai_videos.wire import (
    CreateBody,
    EditBody,
    ExtendBody,
    RemixBody,
    take,
)

GUIDANCE_MAX = 20.0
"""Where a guidance scale ends (vLLM-Omni); ours runs from 0 to 1."""
MODELS: dict[Kind, str] = {Kind.EXTEND: "kling-v1-6", Kind.OMNI: "kling-v3-omni"}
"""For calls that have no ``model`` in OpenAI's design: who does such work."""
INNER = ("video_params", "extra_params", "extra_body")
"""Fields that hold further fields, as objects or as JSON text. What stands outside counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call, read and found in order; nothing was looked up or fetched yet."""

    request: Request
    """With placeholders for every asset of ``media``."""
    media: tuple[MediaRef, ...] = ()
    source_video: str | None = None
    """The id of the video that it goes on from."""


def read_create(fields: Fields) -> Wanted:
    """Raises OpenAIRefusal."""
    for name in INNER:
        fields = {**unpacked(fields, name), **fields}
    body = take({key: value for key, value in fields.items() if key not in PICTURES}, CreateBody)
    refs = picture_refs(fields)
    shape = _shape(body)
    characters = read_characters(fields.get("characters"))
    request = TextToVideo(
        model=body.model or DEFAULT_MODEL,
        prompt=body.prompt,
        negative_prompt=body.negative_prompt or "",
        mode=_mode(body) or shape.mode,
        duration_s=_duration_s(body),
        ratio=shape.ratio,
        size_px=shape.size_px,
        fps=body.fps,
        cfg_scale=None if body.guidance_scale is None else body.guidance_scale / GUIDANCE_MAX,
        seed=body.seed,
        sound=body.generate_sound,
    )
    if characters and not refs:
        model = body.model or MODELS[Kind.OMNI]
        common = {name: getattr(request, name) for name in COMMON}
        return Wanted(request=Omni(**{**common, "model": model}, elements=characters))
    return Wanted(request=_pictured(request, refs, characters), media=refs)


PICTURES = frozenset(
    {"input_reference", "image_reference", "reference_url", "image", "images", "characters"}
    | set(INNER)
)
"""Read elsewhere: what they hold is no plain value."""


def read_remix(fields: Fields) -> str:
    """The new prompt. Raises OpenAIRefusal."""
    return take(fields, RemixBody).prompt


def remixed(task: Task, prompt: str) -> Request:
    """The same film by another prompt: all else stays as it was, the seed with it.

    Raises OpenAIRefusal for films that no prompt has made.
    """
    request = task.request
    if not isinstance(request, TextToVideo | ImageToVideo | MultiImage | Omni):
        raise OpenAIRefusal(
            f"A video made by {request.kind.value} can't be remixed.", param="video_id"
        )
    if isinstance(request, TextToVideo | ImageToVideo | Omni):
        request = replace(request, shots=())
    return replace(
        request,
        prompt=prompt,
        duration_s=task.output.duration_s,
        seed=task.output.seed,
    )


def read_edit(fields: Fields) -> Wanted:
    """Raises OpenAIRefusal."""
    body = take(_plain(fields), EditBody)
    source = _source(fields)
    request = Omni(
        model=body.model or MODELS[Kind.OMNI],
        prompt=body.prompt,
        base_video=None if source.media is None else source.media.placeholder,
    )
    return Wanted(request=request, media=_media(source), source_video=source.video_id)


def read_extend(fields: Fields) -> Wanted:
    """Raises OpenAIRefusal."""
    body = take(_plain(fields), ExtendBody)
    source = _source(fields)
    request = Extend(
        model=body.model or MODELS[Kind.EXTEND],
        prompt=body.prompt,
        duration_s=read_seconds("seconds", body.seconds),
        video=None if source.media is None else source.media.placeholder,
    )
    return Wanted(request=request, media=_media(source), source_video=source.video_id)


def going_on_from(request: Request, task: Task, film: Asset | None) -> Request:
    """The request with the earlier video in its place; ``film`` for work that takes a file."""
    if isinstance(request, Extend):
        return replace(request, source_task=task.id)
    if isinstance(request, Omni):
        return replace(request, base_video=film)
    return request


def _plain(fields: Fields) -> Fields:
    return {key: value for key, value in fields.items() if key != "video"}


def _source(fields: Fields) -> Source:
    source = video_source(fields)
    if source is None:
        raise missing("video")
    return source


def _media(source: Source) -> tuple[MediaRef, ...]:
    return () if source.media is None else (source.media,)


def _shape(body: CreateBody) -> Shape:
    if body.size is not None:
        return read_size(body.size)
    if body.width is not None or body.height is not None:
        if body.width is None or body.height is None:
            raise missing("height" if body.height is None else "width")
        return shape_of("width", body.width, body.height)
    if body.resolution is None:
        return read_size(DEFAULT_SIZE)
    size = RESOLUTIONS.get(body.resolution.lower())
    if size is None:
        raise invalid("resolution", body.resolution, tuple(RESOLUTIONS))
    return read_size(size)


def _mode(body: CreateBody) -> Mode | None:
    if body.mode is None:
        return None
    try:
        return Mode(body.mode.lower())
    except ValueError:
        raise invalid("mode", body.mode, tuple(each.value for each in Mode)) from None


def _duration_s(body: CreateBody) -> float:
    if body.num_frames is not None:
        return read_seconds("num_frames", round(body.num_frames / (body.fps or DEFAULT_FPS), 6))
    if body.seconds is not None:
        return read_seconds("seconds", body.seconds)
    if body.duration is not None:
        return read_seconds("duration", body.duration)
    return float(DEFAULT_SECONDS)


def _pictured(
    request: TextToVideo, refs: tuple[MediaRef, ...], characters: tuple[str, ...]
) -> Request:
    """The kind follows from how many pictures there are."""
    common = {name: getattr(request, name) for name in COMMON}
    match refs:
        case ():
            return request
        case (ref,):
            picture = ref.placeholder
            return ImageToVideo(**common, image=picture, elements=characters)
        case _ if characters:
            raise refused("characters", "they can't be given together with several images")
        case _:
            images = tuple(ref.placeholder for ref in refs)
            return MultiImage(**common, images=images)


COMMON = tuple(Generation.__dataclass_fields__)
