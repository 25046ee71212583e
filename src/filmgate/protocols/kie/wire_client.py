"""What we send to KIE: for each of its models the names of its inputs, as data.

From KIE's model pages (``reference/kie-piapi-openai.md`` 1.3). Lengths are text there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Feature
from filmgate.domain.request import (
    Asset,
    Avatar,
    Generation,
    ImageToVideo,
    Mode,
    MotionControl,
    TextToVideo,
)
from filmgate.domain.upstream import Work

Body = dict[str, object]
HD = {Mode.STD: "720p", Mode.PRO: "1080p"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Which inputs a model has, by KIE's names; empty where it has no such thing."""

    pictures: str = ""
    """A list: the first frame, and where it may be given the last one."""
    picture: str = ""
    tail: str = ""
    clips: str = ""
    sound_file: str = ""
    duration: bool = True
    ratio: bool = False
    sound: bool = False
    mode: str = ""
    modes: Mapping[Mode, str] = field(default_factory=dict[Mode, str])
    wishes: bool = False
    """Takes ``negative_prompt`` and ``cfg_scale``."""
    shots: bool = False


_V3_MODES = {Mode.STD: "std", Mode.PRO: "pro", Mode.UHD: "4K"}
_SINGLE = Fields(picture="image_url", wishes=True)
_TAILED = Fields(picture="image_url", tail="tail_image_url", wishes=True)
_AVATAR = Fields(picture="image_url", sound_file="audio_url", duration=False)
FIELDS: dict[str, Fields] = {
    "kling-3.0/video": Fields(
        pictures="image_urls", ratio=True, sound=True, mode="mode", modes=_V3_MODES, shots=True
    ),
    "kling-3.0/motion-control": Fields(
        pictures="input_urls", clips="video_urls", duration=False, mode="mode", modes=_V3_MODES
    ),
    "kling/v3-turbo-text-to-video": Fields(ratio=True, mode="resolution", modes=HD),
    "kling/v3-turbo-image-to-video": Fields(pictures="image_urls", mode="resolution", modes=HD),
    "kling-2.6/text-to-video": Fields(ratio=True, sound=True),
    "kling-2.6/image-to-video": Fields(pictures="image_urls", sound=True),
    "kling-2.6/motion-control": Fields(
        pictures="input_urls", clips="video_urls", duration=False, mode="mode", modes=HD
    ),
    "kling/v2-5-turbo-text-to-video-pro": Fields(ratio=True, wishes=True),
    "kling/v2-5-turbo-image-to-video-pro": _TAILED,
    "kling/v2-1-master-text-to-video": Fields(ratio=True, wishes=True),
    "kling/v2-1-master-image-to-video": _SINGLE,
    "kling/v2-1-standard": _SINGLE,
    "kling/v2-1-pro": _TAILED,
    "kling/ai-avatar-standard": _AVATAR,
    "kling/ai-avatar-pro": _AVATAR,
}


def body_of(work: Work) -> Body:
    """Raises Unsupported."""
    name = work.name.name
    fields = FIELDS.get(name)
    if fields is None:
        raise Unsupported(f"{work.order.request.kind.value} can't be ordered at KIE as {name!r}")
    body: Body = {"model": name}
    if work.callback_url:
        body["callBackUrl"] = work.callback_url
    given = {**_words(work, fields), **_media(work, fields), **_shape(work, fields)}
    body["input"] = {key: value for key, value in given.items() if value not in (None, "", [])}
    return body


def _words(work: Work, fields: Fields) -> Body:
    request = work.order.request
    assert isinstance(request, Generation), f"{request.kind} at KIE"
    words: Body = {"prompt": request.prompt}
    if fields.wishes and Feature.NEGATIVE_PROMPT in work.wishes:
        words["negative_prompt"] = request.negative_prompt
    if fields.wishes and Feature.CFG_SCALE in work.wishes:
        words["cfg_scale"] = request.cfg_scale
    if isinstance(request, (TextToVideo, ImageToVideo)) and request.shots:
        words["multi_shots"] = True
        words["multi_prompt"] = [
            {"prompt": shot.prompt, "duration": round(shot.duration_s)} for shot in request.shots
        ]
    elif fields.shots:
        words["multi_shots"] = False
    return words


def _media(work: Work, fields: Fields) -> Body:
    request = work.order.request
    if isinstance(request, ImageToVideo):
        if request.elements:
            raise Unsupported(
                "elements of ours can't be ordered at KIE, which takes their pictures",
                field="elements",
            )
        frames = [_url(work, each) for each in (request.image, request.image_tail) if each]
        if fields.pictures:
            return {fields.pictures: frames}
        return {
            fields.picture: _url(work, request.image),
            fields.tail or "tail_image_url": _url(work, request.image_tail),
        }
    if isinstance(request, MotionControl):
        follows = request.follow_video_orientation
        return {
            fields.pictures: [_url(work, request.image)],
            fields.clips: [_url(work, request.video)],
            "character_orientation": "video" if follows else "image",
        }
    if isinstance(request, Avatar):
        return {
            fields.picture: _url(work, request.image),
            fields.sound_file: _url(work, request.audio),
        }
    return {}


def _shape(work: Work, fields: Fields) -> Body:
    shape: Body = {}
    if fields.duration:
        shape["duration"] = f"{work.duration_s:g}"
    if fields.ratio and not isinstance(work.order.request, ImageToVideo):
        shape["aspect_ratio"] = work.ratio.value
    if fields.sound:
        shape["sound"] = work.sound
    if fields.mode:
        shape[fields.mode] = fields.modes[work.mode]
    return shape


def _url(work: Work, asset: Asset | None) -> str | None:
    return None if asset is None else work.input(asset).url
