"""What we send to PiAPI: a task type for each kind, and its inputs (its page "Kling")."""

from __future__ import annotations

from collections.abc import Callable

from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Feature
from filmgate.domain.request import (
    Asset,
    Camera,
    Effect,
    Extend,
    Generation,
    ImageToVideo,
    Kind,
    LipSync,
    Mode,
    MotionControl,
    MultiImage,
    Omni,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.upstream import Work

Body = dict[str, object]
MODEL = "kling"
OMNI_SUFFIX = "-omni"
RESOLUTIONS = {Mode.STD: "720p", Mode.PRO: "1080p", Mode.UHD: "4k"}


def body_of(work: Work) -> Body:
    """Without ``config``. Raises Unsupported."""
    kind = work.order.request.kind
    if kind not in _BUILDERS:
        raise Unsupported(f"{kind.value} can't be ordered at PiAPI")
    task_type, build = _BUILDERS[kind]
    given = {key: value for key, value in build(work).items() if value not in (None, "", [])}
    return {"model": work.name.task_model or MODEL, "task_type": task_type, "input": given}


def _text(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, TextToVideo)
    shots = _shots(request.shots, auto=request.auto_shots)
    camera = _camera(request.camera)
    return _common(work, request) | shots | camera | {"aspect_ratio": work.ratio.value}


def _image(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, ImageToVideo)
    if request.strokes or request.static_mask or request.elements or request.voices:
        raise Unsupported("brush, elements and voices can't be ordered at PiAPI", field="strokes")
    return {
        **_common(work, request),
        **_shots(request.shots, auto=request.auto_shots),
        **_camera(request.camera),
        "image_url": _url(work, request.image),
        "image_tail_url": _url(work, request.image_tail),
    }


def _multi_image(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, MultiImage)
    elements = [{"image_url": _url(work, asset)} for asset in request.images]
    return _common(work, request) | {"elements": elements, "aspect_ratio": work.ratio.value}


def _omni(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, Omni)
    clips = request.base_video or request.feature_video
    if request.first_frame or request.last_frame or request.images or clips or request.elements:
        # The names of these inputs are not known: a guess would be paid for.
        raise Unsupported("references can't be ordered at PiAPI's omni", field="images")
    return {
        "prompt": request.prompt,
        "version": work.name.name.removesuffix(OMNI_SUFFIX),
        "resolution": RESOLUTIONS[work.mode],
        "duration": round(work.duration_s),
        "aspect_ratio": work.ratio.value,
        "enable_audio": work.sound if work.takes_sound else None,
        **_shots(request.shots, auto=False),
    }


def _motion_control(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, MotionControl)
    return {
        "prompt": request.prompt,
        "image_url": _url(work, request.image),
        "video_url": _url(work, request.video),
        "motion_direction": "video" if request.follow_video_orientation else "image",
        "keep_original_sound": request.keep_original_sound,
        "mode": work.mode.value,
        "version": work.name.name,
    }


def _extend(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, Extend)
    if work.source_job is None:
        raise Unsupported("PiAPI extends only what it made itself", field="video")
    return {"origin_task_id": work.source_job, "prompt": request.prompt}


def _lip_sync(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, LipSync)
    if work.source_job is None and request.video is None:
        raise Unsupported("PiAPI's lip sync takes a clip", field="video")
    return {
        "origin_task_id": work.source_job,
        "video_url": None if work.source_job else _url(work, request.video),
        "tts_text": request.text,
        "tts_timbre": request.voice,
        "tts_speed": request.speed if request.text else None,
        "local_dubbing_url": _url(work, request.audio),
    }


def _effect(work: Work) -> Body:
    request = work.order.request
    assert isinstance(request, Effect)
    if request.video is not None or len(request.images) != 1:
        raise Unsupported("PiAPI's effects take one picture", field="images")
    return {
        "image_url": _url(work, request.images[0]),
        "effect": request.scene,
        "prompt": request.prompt,
        "professional_mode": True if work.mode is Mode.PRO else None,
    }


_BUILDERS: dict[Kind, tuple[str, Callable[[Work], Body]]] = {
    Kind.TEXT_TO_VIDEO: ("video_generation", _text),
    Kind.IMAGE_TO_VIDEO: ("video_generation", _image),
    Kind.MULTI_IMAGE: ("video_generation", _multi_image),
    Kind.OMNI: ("omni_video_generation", _omni),
    Kind.MOTION_CONTROL: ("motion_control", _motion_control),
    Kind.EXTEND: ("extend_video", _extend),
    Kind.LIP_SYNC: ("lip_sync", _lip_sync),
    Kind.EFFECT: ("effects", _effect),
}


def _common(work: Work, request: Generation) -> Body:
    """``cfg_scale`` must be a JSON number there, and the length a whole one."""
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt
        if Feature.NEGATIVE_PROMPT in work.wishes
        else None,
        "cfg_scale": request.cfg_scale if Feature.CFG_SCALE in work.wishes else None,
        "duration": round(work.duration_s),
        "mode": work.mode.value if work.takes_mode else None,
        "version": work.name.name,
        "enable_audio": work.sound if work.takes_sound else None,
    }


def _shots(shots: tuple[ShotPrompt, ...], *, auto: bool) -> Body:
    if auto:
        return {"prefer_multi_shots": True}
    return {
        "multi_shots": [
            {"prompt": shot.prompt, "duration": round(shot.duration_s)} for shot in shots
        ]
    }


def _camera(camera: Camera | None) -> Body:
    if camera is None:
        return {}
    if camera.preset is not None:
        return {"camera_control": {"type": camera.preset.value}}
    axes = {axis: float(getattr(camera, axis)) for axis in Camera.AXES}
    return {"camera_control": {"type": "simple", "config": axes}}


def _url(work: Work, asset: Asset | None) -> str | None:
    return None if asset is None else work.input(asset).url
