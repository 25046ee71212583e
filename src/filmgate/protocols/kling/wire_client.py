"""What we send to Kling's legacy design: one builder for each kind, with only what it takes.

Field by field as on Kling's pages (``reference/kling.md`` 6). Whether the model has a control is
the catalogue's business and was decided before.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Feature
from filmgate.domain.request import (
    Asset,
    Avatar,
    Camera,
    Effect,
    Generation,
    ImageToVideo,
    Kind,
    LipSync,
    MotionControl,
    MultiImage,
    Omni,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.upstream import Work

Body = dict[str, object]

PATHS: dict[Kind, str] = {
    Kind.TEXT_TO_VIDEO: "/v1/videos/text2video",
    Kind.IMAGE_TO_VIDEO: "/v1/videos/image2video",
    Kind.OMNI: "/v1/videos/omni-video",
    Kind.MOTION_CONTROL: "/v1/videos/motion-control",
    Kind.MULTI_IMAGE: "/v1/videos/multi-image2video",
    Kind.AVATAR: "/v1/videos/avatar/image2video",
    Kind.EFFECT: "/v1/videos/effects",
    Kind.LIP_SYNC: "/v1/videos/lip-sync",
}
MODEL_LESS = frozenset({Kind.AVATAR, Kind.EFFECT, Kind.LIP_SYNC})
"""Kinds whose page has no ``model_name``."""


def path_of(work: Work) -> str:
    """Raises Unsupported."""
    path = PATHS.get(work.order.request.kind)
    if path is None:
        raise Unsupported(f"{work.order.request.kind.value} can't be ordered at Kling")
    return path


def body_of(work: Work) -> Body:
    """Raises Unsupported."""
    body = _BUILDERS[work.order.request.kind](work)
    if work.order.request.kind not in MODEL_LESS:
        body = {"model_name": work.name.name, **body}
    request = work.order.request
    if isinstance(request, Generation) and request.watermark:
        body["watermark_info"] = {"enabled": True}
    if work.callback_url:
        body["callback_url"] = work.callback_url
    # Unique at Kling and a key to ask by: what makes a create one that can be looked up.
    body["external_task_id"] = work.order.task_id
    return _without_gaps(body)


def _text2video(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, TextToVideo)
    return {
        **_words(work, request),
        **_shape(work),
        **_shots(request.shots, auto=request.auto_shots),
        "camera_control": camera_of(request.camera),
        "aspect_ratio": work.ratio.value,
    }


def _image2video(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, ImageToVideo)
    return {
        "image": inline(work, request.image),
        "image_tail": inline(work, request.image_tail),
        **_words(work, request),
        **_shape(work),
        **_shots(request.shots, auto=request.auto_shots),
        "camera_control": camera_of(request.camera),
        "static_mask": inline(work, request.static_mask),
        "dynamic_masks": [
            {
                "mask": inline(work, stroke.mask),
                "trajectories": [{"x": round(at.x), "y": round(at.y)} for at in stroke.path],
            }
            for stroke in request.strokes
        ],
        "voice_list": [{"voice_id": each} for each in request.voices],
        "element_list": _elements(request.elements),
    }


def _omni(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, Omni)
    # In the order in which our prompt counts them (see ``domain.request.Omni``).
    frames = ((request.first_frame, "first_frame"), (request.last_frame, "end_frame"))
    images: list[Body] = [
        {"image_url": inline(work, asset), "type": word} for asset, word in frames if asset
    ]
    images += [{"image_url": inline(work, asset)} for asset in request.images]
    video = request.base_video or request.feature_video
    keeps_sound = "yes" if request.keep_original_sound else "no"
    refer = "base" if request.base_video else "feature"
    follows_clip = request.base_video is not None
    body = {
        "prompt": request.prompt,
        **_shape(work),
        **_shots(request.shots, auto=request.auto_shots),
        "image_list": images,
        "element_list": _elements(request.elements),
        "video_list": [
            {
                "video_url": link(work, video),
                "refer_type": refer,
                "keep_original_sound": keeps_sound,
            }
        ]
        if video
        else [],
        # Shape and length come from the first frame or the edited clip where there is one.
        "aspect_ratio": None if request.first_frame or follows_clip else work.ratio.value,
    }
    return body | ({"duration": None} if follows_clip else {})


def _motion_control(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, MotionControl)
    return {
        "prompt": request.prompt,
        "image_url": inline(work, request.image),
        "video_url": link(work, request.video),
        "element_list": _elements(request.elements),
        "keep_original_sound": "yes" if request.keep_original_sound else "no",
        "character_orientation": "video" if request.follow_video_orientation else "image",
        "mode": work.mode.value,
    }


def _multi_image(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, MultiImage)
    return {
        "image_list": [{"image": inline(work, asset)} for asset in request.images],
        **_words(work, request),
        **_shape(work),
        "aspect_ratio": work.ratio.value,
    }


def _avatar(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, Avatar)
    return {
        "image": inline(work, request.image),
        "sound_file": inline(work, request.audio),
        "prompt": request.prompt,
        "mode": work.mode.value,
    }


def _effect(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, Effect)
    if request.video is not None or not request.images:
        raise Unsupported("Kling's effects take one or two pictures", field="images")
    pictures = [inline(work, asset) for asset in request.images]
    given: Body = {"image": pictures[0]} if len(pictures) == 1 else {"images": pictures}
    return {"effect_scene": request.scene, "input": given}


def _lip_sync(work: Work) -> Body:
    """The call of 2024: the one of 2025-09 needs a face to be chosen in a call of its own."""
    request = work.order.request
    assert isinstance(request, LipSync)
    if request.video is None:
        raise Unsupported("Kling's lip sync takes a clip", field="video")
    given: Body = {"video_url": link(work, request.video)}
    if request.audio is not None:
        sound = work.input(request.audio)
        form = "url" if sound.url else "file"
        given |= {"mode": "audio2video", "audio_type": form}
        given[f"audio_{form}"] = inline(work, request.audio)
    else:
        given |= {
            "mode": "text2video",
            "text": request.text,
            "voice_id": request.voice,
            "voice_language": request.language,
            "voice_speed": request.speed,
        }
    return {"input": _without_gaps(given)}


_BUILDERS: dict[Kind, Callable[[Work], Body]] = {
    Kind.TEXT_TO_VIDEO: _text2video,
    Kind.IMAGE_TO_VIDEO: _image2video,
    Kind.OMNI: _omni,
    Kind.MOTION_CONTROL: _motion_control,
    Kind.MULTI_IMAGE: _multi_image,
    Kind.AVATAR: _avatar,
    Kind.EFFECT: _effect,
    Kind.LIP_SYNC: _lip_sync,
}


def inline(work: Work, asset: Asset | None) -> str | None:
    """A URL, or the bytes in base64 without a ``data:`` prefix."""
    if asset is None:
        return None
    given = work.input(asset)
    return given.url or base64.b64encode(given.content).decode()


def link(work: Work, asset: Asset) -> str:
    url = work.input(asset).url
    assert url is not None, "a clip goes out by its URL"
    return url


def camera_of(camera: Camera | None) -> Body | None:
    """Nested, as the pages have it; a preset takes no config."""
    if camera is None:
        return None
    if camera.preset is not None:
        return {"type": camera.preset.value}
    axes = {axis: float(getattr(camera, axis)) for axis in Camera.AXES}
    return {"type": "simple", "config": axes}


def _words(work: Work, request: Generation) -> Body:
    cfg_scale = request.cfg_scale if Feature.CFG_SCALE in work.wishes else None
    negative = request.negative_prompt if Feature.NEGATIVE_PROMPT in work.wishes else None
    return {"prompt": request.prompt, "negative_prompt": negative, "cfg_scale": cfg_scale}


def _shape(work: Work) -> Body:
    return {
        "mode": work.mode.value if work.takes_mode else None,
        "sound": ("on" if work.sound else "off") if work.takes_sound else None,
        "duration": f"{work.duration_s:g}",
    }


def _shots(shots: Sequence[ShotPrompt], *, auto: bool) -> Body:
    if not shots:
        return {"multi_shot": True, "shot_type": "intelligence"} if auto else {}
    return {
        "multi_shot": True,
        "shot_type": "customize",
        "multi_prompt": [
            {"index": at, "prompt": shot.prompt, "duration": f"{shot.duration_s:g}"}
            for at, shot in enumerate(shots, start=1)
        ],
    }


def _elements(elements: Sequence[str]) -> list[Body]:
    """Numbers on the wire."""
    return [{"element_id": int(each) if each.isdecimal() else each} for each in elements]


def _without_gaps(body: Body) -> Body:
    return {key: value for key, value in body.items() if value not in (None, "", [])}
