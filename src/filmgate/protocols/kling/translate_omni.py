"""omni-video and motion-control: films made from references of every sort."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filmgate.domain.request import Asset, MotionControl, Omni
from filmgate.protocols.kling.errors import refused, required
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import Collector, Wanted
from filmgate.protocols.kling.translate_fields import (
    LENGTH_S,
    element_ids,
    mode_of,
    needed,
    options_of,
    ratio_of,
    seconds,
    shots_of,
    sound_of,
)
from filmgate.protocols.kling.wire import decode
from filmgate.protocols.kling.wire_legacy import MotionControlBody, OmniBody, OmniImage


def omni_video(body: bytes) -> Wanted:
    wire = decode(body, OmniBody)
    options, media = options_of(wire), Collector()
    images = _OmniImages(media, wire.image_list or ())
    clip = wire.video_list[0] if wire.video_list else None
    refer_type = (clip.refer_type or "base") if clip else None
    video = (
        media.need("video_list[0].video_url", clip.video_url, Sort.REFERENCE_CLIP) if clip else None
    )
    _check_omni(wire, images, refer_type)
    # An edited clip keeps its length (omni page: duration is then without effect).
    duration_s = None if refer_type == "base" else seconds("duration", wire.duration, **LENGTH_S)
    prompt, shots, auto_shots = shots_of(wire, wire.prompt, duration_s)
    request = Omni(
        model=wire.model_name or None,
        prompt=renumbered(prompt, images.order),
        mode=mode_of(wire.mode),
        duration_s=duration_s,
        ratio=ratio_of(wire.aspect_ratio),
        sound=sound_of(wire.sound),
        watermark=options.watermark,
        first_frame=images.first,
        last_frame=images.last,
        images=tuple(images.others),
        elements=element_ids(wire.element_list),
        base_video=video if refer_type == "base" else None,
        feature_video=video if refer_type == "feature" else None,
        keep_original_sound=clip is None or clip.keep_original_sound != "no",
        shots=shots,
        auto_shots=auto_shots,
    )
    return Wanted(request=request, media=media.refs, options=options)


class _OmniImages:
    """The image_list sorted into frames and references."""

    def __init__(self, media: Collector, items: Sequence[OmniImage]) -> None:
        self.first: Asset | None = None
        self.last: Asset | None = None
        self.others: list[Asset] = []
        places: list[tuple[int, int]] = []
        for at, item in enumerate(items):
            asset = media.need(f"image_list[{at}].image_url", item.image_url, Sort.PICTURE)
            if item.type is None:
                places.append((2, at))
                self.others.append(asset)
            elif item.type == "first_frame" and self.first is None:
                places.append((0, at))
                self.first = asset
            elif item.type == "end_frame" and self.last is None:
                places.append((1, at))
                self.last = asset
            else:
                raise refused(f"image_list[{at}].type", f"{item.type} can be given only once")
        ranks = {at: rank for rank, (_, at) in enumerate(sorted(places), start=1)}
        self.order = tuple(ranks[at] for at in range(len(items)))
        """For each item of the list, its number among our images."""


_IMAGE_MARK = re.compile(r"<<<image_(\d{1,3})>>>")


def renumbered(prompt: str, order: Sequence[int]) -> str:
    """Ours count frames first (see ``Omni``), the list counts as the client wrote it."""

    def ours(mark: re.Match[str]) -> str:
        at = int(mark[1]) - 1
        return f"<<<image_{order[at]}>>>" if 0 <= at < len(order) else mark[0]

    return _IMAGE_MARK.sub(ours, prompt)


def _check_omni(wire: OmniBody, images: _OmniImages, refer_type: str | None) -> None:
    """The rules of the omni-video page between parameters."""
    elements, total = len(wire.element_list or ()), len(images.order)
    if images.last is not None and images.first is None:
        raise refused("image_list", "end_frame needs a first_frame")
    if images.last is not None and total > 2:
        raise refused("image_list", "end_frame is not supported with more than 2 images")
    if images.first is not None and elements > 3:
        raise refused("element_list", "must have at most 3 items with first_frame")
    if refer_type == "base" and images.first is not None:
        raise refused(
            "video_list", "refer_type base is not supported with first_frame or end_frame"
        )
    if refer_type == "base" and wire.multi_shot:
        raise refused("multi_shot", "is not supported with refer_type base")
    if refer_type == "feature" and wire.multi_shot and wire.shot_type != "intelligence":
        raise refused("shot_type", "must be intelligence with refer_type feature")
    if refer_type is not None and wire.sound == "on":
        raise refused("sound", "must be off with video_list")
    most = 4 if refer_type is not None else 7
    if total + elements > most:
        raise refused("image_list and element_list", f"must have at most {most} items together")
    if wire.aspect_ratio is None and images.first is None and refer_type != "base":
        raise required("aspect_ratio")


def motion_control(body: bytes) -> Wanted:
    wire = decode(body, MotionControlBody)
    options, media = options_of(wire), Collector()
    image = media.need("image_url", wire.image_url, Sort.PICTURE)
    orientation = needed("character_orientation", wire.character_orientation)
    mode = needed("mode", wire.mode)
    if wire.element_list and orientation != "video":
        raise refused("character_orientation", "must be video with element_list")
    sort = Sort.MOTION_CLIP if orientation == "video" else Sort.SHORT_MOTION_CLIP
    request = MotionControl(
        model=wire.model_name or None,
        prompt=wire.prompt or "",
        mode=mode_of(mode),
        watermark=options.watermark,
        image=image,
        video=media.need("video_url", wire.video_url, sort),
        follow_video_orientation=orientation == "video",
        keep_original_sound=wire.keep_original_sound != "no",
        elements=element_ids(wire.element_list),
    )
    return Wanted(request=request, media=media.refs, options=options)
