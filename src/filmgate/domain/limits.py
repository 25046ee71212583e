"""How much of everything may be given: one small rule each, in one table.

The first rule that speaks wins, so the order of ``RULES`` is the order in which faults are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from math import isclose

from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Model
from filmgate.domain.request import (
    Asset,
    Camera,
    EditElements,
    Effect,
    Generation,
    ImageToVideo,
    Kind,
    LipSync,
    MotionControl,
    MultiImage,
    Omni,
    Request,
    Speech,
    TextToAudio,
    TextToVideo,
    TryOn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request can't be done as it stands.

    ``message`` is Kling's own sentence where Kling has one, ``field`` is our request's field, and
    ``remedy`` says in plain words what would work.
    """

    message: str
    field: str
    remedy: str

    def error(self) -> Unsupported:
        return Unsupported(self.message, field=self.field, remedy=self.remedy)


Size = tuple[int, int]
Rule = Callable[[Model, Request], Refusal | None]

PROMPT_NEEDED = frozenset(
    {
        Kind.TEXT_TO_VIDEO,
        Kind.OMNI,
        Kind.MULTI_IMAGE,
        Kind.EDIT_ELEMENTS,
        Kind.TEXT_TO_AUDIO,
    }
)


def limit_refusal(model: Model, request: Request) -> Refusal | None:
    """The first limit that the request breaks, whoever is to carry it out."""
    return next((told for rule in RULES if (told := rule(model, request))), None)


def picture_refusal(
    model: Model, *, width: int, height: int, field: str = "image"
) -> Refusal | None:
    """Whether a decoded picture has sides and a ratio that the model takes.

    ``width`` and ``height`` are in pixels as seen; the limits are Kling's (image2video page).
    """
    limits = model.limits
    if min(width, height) < limits.picture_side_px:
        return Refusal(
            message=f"{field} is {width}x{height}; each side must be at least "
            f"{limits.picture_side_px} px",
            field=field,
            remedy="use a larger picture",
        )
    if max(width, height) > limits.picture_ratio * min(width, height):
        return Refusal(
            message=f"{field} is {width}x{height}; its ratio must be between "
            f"1:{limits.picture_ratio:g} and {limits.picture_ratio:g}:1",
            field=field,
            remedy="crop the picture",
        )
    return None


def sizes_refusal(model: Model, request: Request, sizes: Mapping[str, Size]) -> Refusal | None:
    """What can be told only of decoded pictures. ``sizes``: width and height by digest; pictures
    that are not in it are passed by."""
    for field in ("image", "image_tail"):
        asset = getattr(request, field, None)
        size = sizes.get(asset.digest) if isinstance(asset, Asset) else None
        if size is not None and (
            told := picture_refusal(model, width=size[0], height=size[1], field=field)
        ):
            return told
    return _masks_fit(request, sizes) if isinstance(request, ImageToVideo) else None


def _masks_fit(request: ImageToVideo, sizes: Mapping[str, Size]) -> Refusal | None:
    """A mask has the ratio of its picture (Kling's image2video page), give or take the pixel that
    a smaller copy is rounded by; and all masks are alike, or Kling fails the task."""
    given = [("static_mask", request.static_mask)] if request.static_mask else []
    given += [("strokes", stroke.mask) for stroke in request.strokes]
    masks = [(field, sizes[mask.digest]) for field, mask in given if mask.digest in sizes]
    picture = sizes.get(request.image.digest) if request.image else None
    for field, (width, height) in masks:
        size = f"{field} is {width}x{height} px"
        if picture and abs(width * picture[1] - height * picture[0]) > max(*picture, width, height):
            return Refusal(
                message=f"{size}, its aspect ratio must be that of the image "
                f"({picture[0]}x{picture[1]} px)",
                field=field,
                remedy="draw the mask on the picture itself",
            )
        first, (wide, tall) = masks[0]
        if (width, height) != (wide, tall):
            return Refusal(
                message=f"{size}, it must be as large as {first} ({wide}x{tall} px)",
                field=field,
                remedy="give all masks the same size",
            )
    return None


def _prompt_given(_: Model, request: Request) -> Refusal | None:
    if request.kind not in PROMPT_NEEDED or not isinstance(request, (Generation, TextToAudio)):
        return None
    shots = request.shots if isinstance(request, (TextToVideo, Omni)) else ()
    if request.prompt.strip() or shots:
        return None
    return Refusal(
        message="prompt is empty", field="prompt", remedy="say in words what is to be seen"
    )


def _texts_fit(model: Model, request: Request) -> Refusal | None:
    for field, text, limit in _texts(model, request):
        if len(text) > limit:
            return Refusal(
                message=f"{field} has {len(text)} characters; "
                f"{request.model or model.name} takes at most {limit}",
                field=field,
                remedy=f"shorten it to {limit} characters",
            )
    return None


def _texts(model: Model, request: Request) -> Iterator[tuple[str, str, int]]:
    limits = model.limits
    if isinstance(request, Generation):
        yield "prompt", request.prompt, model.prompt_limit_chars(request.model)
        yield "negative_prompt", request.negative_prompt, limits.negative_prompt_chars
    if isinstance(request, TextToAudio):
        yield "prompt", request.prompt, limits.prompt_chars
    if isinstance(request, (Speech, LipSync)) and request.text:
        yield "text", request.text, limits.text_chars
    if isinstance(request, (TextToVideo, ImageToVideo, Omni)):
        for shot in request.shots:
            yield "shots", shot.prompt, limits.shot_prompt_chars


def _picture_given(_: Model, request: Request) -> Refusal | None:
    if isinstance(request, ImageToVideo) and request.image is None and request.image_tail is None:
        return Refusal(
            message="at least one of image and image_tail is required",
            field="image",
            remedy="give a picture to start from",
        )
    if isinstance(request, Omni) and request.last_frame and not request.first_frame:
        return Refusal(
            message="an end frame needs a first frame",
            field="last_frame",
            remedy="give first_frame as well",
        )
    if isinstance(request, Omni) and request.base_video and request.first_frame:
        return Refusal(
            message="a base video and frames can't be used together",
            field="first_frame",
            remedy="leave the frames out, or give the clip as feature_video",
        )
    return None


def _pictures_fit(model: Model, request: Request) -> Refusal | None:
    """What can be told without decoding; ``picture_refusal`` looks at the rest."""
    for field, asset in _pictures(request):
        if asset.fetch is not None:
            continue  # looked at when it is here
        if asset.media_type not in model.limits.picture_types:
            return Refusal(
                message=f"{field} is {asset.media_type}, which is not supported",
                field=field,
                remedy=f"use {' or '.join(sorted(model.limits.picture_types))}",
            )
        if asset.size_bytes > model.limits.picture_bytes:
            most_mib = model.limits.picture_bytes // (1024 * 1024)
            return Refusal(
                message=f"{field} has {asset.size_bytes} bytes; at most {most_mib} MB are taken",
                field=field,
                remedy="save the picture smaller",
            )
    return None


PICTURE_FIELDS = frozenset(
    {"image", "image_tail", "images", "first_frame", "last_frame", "person", "garments"}
)


def _pictures(request: Request) -> Iterator[tuple[str, Asset]]:
    for each in fields(request):
        if each.name in PICTURE_FIELDS:
            given: object = getattr(request, each.name)
            for asset in given if isinstance(given, tuple) else (given,):
                if isinstance(asset, Asset):
                    yield each.name, asset


def _lists_fit(model: Model, request: Request) -> Refusal | None:
    for field, count, least, most in _lists(model, request):
        if not least <= count <= most:
            span = f"{least} to {most}" if least != most else f"{most}"
            return Refusal(
                message=f"{field} has {count} items; {model.name} takes {span}",
                field=field,
                remedy=f"give {span}",
            )
    return None


def _lists(model: Model, request: Request) -> Iterator[tuple[str, int, int, int]]:
    """Field, how many were given, the fewest and the most."""
    limits = model.limits
    most_images = limits.images.get(request.kind, 1)
    if isinstance(request, MultiImage):
        yield "images", len(request.images), 1, most_images
    if isinstance(request, (Omni, Effect, EditElements)):
        yield "images", len(request.images), 0, most_images
    if isinstance(request, TryOn):
        yield "garments", len(request.garments), 1, most_images
    if isinstance(request, (ImageToVideo, Omni)):
        yield "elements", len(request.elements), 0, limits.elements
    if isinstance(request, MotionControl):
        yield "elements", len(request.elements), 0, 1
    if isinstance(request, (TextToVideo, ImageToVideo, Omni)):
        yield "shots", len(request.shots), 0, limits.shots
    if isinstance(request, ImageToVideo):
        yield "voices", len(request.voices), 0, limits.voices
        yield "strokes", len(request.strokes), 0, limits.strokes
        for stroke in request.strokes:
            yield "strokes.path", len(stroke.path), *limits.stroke_points


def _camera_in_range(_: Model, request: Request) -> Refusal | None:
    camera = request.camera if isinstance(request, (TextToVideo, ImageToVideo)) else None
    if camera is None:
        return None
    axes = axes_of(camera)
    for axis, value in axes.items():
        if not -Camera.LIMIT <= value <= Camera.LIMIT:
            return Refusal(
                message=f"camera_control.config.{axis} value '{value:g}' is invalid",
                field="camera",
                remedy="every camera axis goes from -10 to 10",
            )
    if camera.preset is not None and any(axes.values()):
        return Refusal(
            message=f"camera_control.config is not supported with type {camera.preset.value}",
            field="camera",
            remedy="use the preset alone, or the axes alone",
        )
    return None


def axes_of(camera: Camera) -> dict[str, float]:
    """The six axes by name, in the order of ``Camera.AXES``."""
    return {
        "horizontal": camera.horizontal,
        "vertical": camera.vertical,
        "pan": camera.pan,
        "tilt": camera.tilt,
        "roll": camera.roll,
        "zoom": camera.zoom,
    }


def _numbers_in_range(_: Model, request: Request) -> Refusal | None:
    for field, value, least, most in _numbers(request):
        # Written so that "not a number" fails as well.
        if value is not None and not least <= value <= most:
            return Refusal(
                message=f"{field} value '{value:.12g}' is invalid",
                field=field,
                remedy=f"{field} goes from {least:.12g} to {most:.12g}",
            )
    return None


def _numbers(request: Request) -> Iterator[tuple[str, float | None, float, float]]:
    """Field, value, least and most. Speech rates are Kling's (tts page)."""
    if isinstance(request, Generation):
        yield "cfg_scale", request.cfg_scale, 0, 1
        yield "creativity", request.creativity, 0, 1
        yield "seed", request.seed, 0, 2**32 - 1
    if isinstance(request, Effect):
        yield "intensity", request.intensity, 0, 1
    if isinstance(request, (Speech, LipSync)):
        yield "speed", request.speed, 0.8, 2


def _ratio_known(model: Model, request: Request) -> Refusal | None:
    if not isinstance(request, Generation) or request.ratio in {None, *model.ratios}:
        return None
    return Refusal(
        message=f"aspect_ratio value '{request.ratio}' is invalid",
        field="ratio",
        remedy=f"{model.name} makes {', '.join(ratio.value for ratio in model.ratios)}",
    )


def _mode_known(model: Model, request: Request) -> Refusal | None:
    mode = request.mode if isinstance(request, Generation) else None
    if mode is None or mode in model.modes:
        return None
    return Refusal(
        message=f"mode value '{mode.value}' is invalid",
        field="mode",
        remedy=f"{model.name} has {', '.join(each.value for each in model.modes) or 'no modes'}",
    )


def _shots_add_up(_: Model, request: Request) -> Refusal | None:
    if not isinstance(request, (TextToVideo, ImageToVideo, Omni)) or not request.shots:
        return None
    if any(shot.duration_s < 1 for shot in request.shots):
        return Refusal(
            message="every shot lasts at least 1 second",
            field="shots",
            remedy="make the shots longer, or fewer",
        )
    total_s = sum(shot.duration_s for shot in request.shots)
    if request.duration_s is None or isclose(total_s, request.duration_s):
        return None
    return Refusal(
        message=f"the shots last {total_s:g} s together; duration is {request.duration_s:g} s",
        field="shots",
        remedy="make both the same",
    )


def _one_of_two(_: Model, request: Request) -> Refusal | None:
    if isinstance(request, LipSync) and (request.text is None) == (request.audio is None):
        return Refusal(
            message="exactly one of text and audio is required",
            field="text",
            remedy="give the words, or the sound of them",
        )
    return None


RULES: tuple[Rule, ...] = (
    _prompt_given,
    _texts_fit,
    _picture_given,
    _pictures_fit,
    _lists_fit,
    _camera_in_range,
    _numbers_in_range,
    _ratio_known,
    _mode_known,
    _shots_add_up,
    _one_of_two,
)
