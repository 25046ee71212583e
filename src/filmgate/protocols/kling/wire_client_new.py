"""What we send to Kling's new design (``reference/kling.md`` 12.1): the model is in the path, and
everything given is an item of ``contents``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filmgate.domain.errors import Unsupported
from filmgate.domain.request import (
    Asset,
    Generation,
    ImageToVideo,
    Kind,
    Mode,
    MotionControl,
    Omni,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.upstream import Work
from filmgate.protocols.kling.faces import FACES, PRODUCTS, Face
from filmgate.protocols.kling.wire_client import Body, inline, link

PRODUCT_OF: dict[Kind, str] = {
    Kind.TEXT_TO_VIDEO: "text-to-video",
    Kind.IMAGE_TO_VIDEO: "image-to-video",
    Kind.OMNI: "omni-video",
    Kind.MOTION_CONTROL: "motion-control",
}
_MARK = re.compile(r"<<<((?:image|video|element|voice)_\d{1,3})>>>")
RESOLUTIONS = {Mode.STD: "720p", Mode.PRO: "1080p", Mode.UHD: "4k"}


def new_path_of(work: Work) -> str:
    """Raises Unsupported."""
    product = PRODUCT_OF.get(work.order.request.kind)
    if product is None:
        raise Unsupported(f"{work.order.request.kind.value} can't be ordered at Kling")
    return f"/{product}/{work.name.name}"


def new_body_of(work: Work) -> Body:
    """Raises Unsupported."""
    request = work.order.request
    product = PRODUCT_OF.get(request.kind, "")
    face = FACES.get((product, work.name.name)) or PRODUCTS.get(product)
    if face is None or not isinstance(request, Generation):
        raise Unsupported(f"{request.kind.value} can't be ordered at Kling")
    prompt = _prompt(request)
    body: Body = {}
    if face.contents:
        words: list[Body] = [{"type": "prompt", "text": prompt}] if prompt else []
        body["contents"] = words + _contents(work, request)
    else:
        body["prompt"] = prompt
    body["settings"] = _settings(work, request, face)
    options: Body = {"external_task_id": work.order.task_id}
    if work.callback_url:
        options["callback_url"] = work.callback_url
    if request.watermark:
        options["watermark_info"] = {"enabled": True}
    return body | {"options": options}


def _prompt(request: Generation) -> str:
    """Our marks ``<<<image_1>>>`` are ``@image_1`` here."""
    shots: Sequence[ShotPrompt] = getattr(request, "shots", ())
    words = request.prompt
    if shots:
        told = (
            f"shot {at}, {shot.duration_s:g}, {shot.prompt};"
            for at, shot in enumerate(shots, start=1)
        )
        words = " ".join(told)
    return _MARK.sub(r"@\1", words)


def _contents(work: Work, request: Generation) -> list[Body]:
    """Everything given, each with the id that a prompt may refer to it by."""
    pictures: list[tuple[str, Asset | None]] = []
    clips: list[tuple[str, Asset | None]] = []
    if isinstance(request, ImageToVideo):
        pictures = [("first_frame", request.image), ("last_frame", request.image_tail)]
    elif isinstance(request, MotionControl):
        pictures, clips = [("image", request.image)], [("video", request.video)]
    elif isinstance(request, Omni):
        pictures = [("first_frame", request.first_frame), ("last_frame", request.last_frame)]
        pictures += [("refer_image", each) for each in request.images]
        clips = [("base_video", request.base_video), ("feature_video", request.feature_video)]
    images: list[Body] = [
        {"type": word, "url": inline(work, asset)} for word, asset in pictures if asset
    ]
    videos: list[Body] = [
        {"type": word, "url": link(work, asset)} for word, asset in clips if asset
    ]
    elements: Sequence[str] = getattr(request, "elements", ())
    voices: Sequence[str] = getattr(request, "voices", ())
    return [
        *_named(images, "image"),
        *_named(videos, "video"),
        *_named([{"type": "element", "element_id": each} for each in elements], "element"),
        *_named([{"type": "voice", "voice_id": each} for each in voices], "voice"),
    ]


def _named(items: Sequence[Body], word: str) -> list[Body]:
    return [{**item, "id": f"{word}_{at}"} for at, item in enumerate(items, start=1)]


def _settings(work: Work, request: Generation, face: Face) -> Body:
    settings: Body = {"resolution": RESOLUTIONS[work.mode]}
    is_shaped = isinstance(request, Omni) and (request.first_frame or request.base_video)
    if face.ratios and not is_shaped:
        settings["aspect_ratio"] = work.ratio.value
    if face.durations_s and not (isinstance(request, Omni) and request.base_video):
        settings["duration"] = round(work.duration_s)
    if isinstance(request, MotionControl):
        follows = request.follow_video_orientation
        settings["character_orientation"] = "video" if follows else "image"
        settings["audio"] = "original" if request.keep_original_sound else "off"
    elif face.audio:
        settings["audio"] = _audio(work, request)
    if face.has_multi_shot and isinstance(request, (TextToVideo, ImageToVideo, Omni)):
        settings["multi_shot"] = bool(request.shots) or request.auto_shots
    return settings


def _audio(work: Work, request: Generation) -> str:
    """With a reference clip there is no sound but the clip's own, where it is edited."""
    if isinstance(request, Omni) and (request.base_video or request.feature_video):
        return "original" if request.base_video and request.keep_original_sound else "off"
    return "native" if work.sound else "off"
