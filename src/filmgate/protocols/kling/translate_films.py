"""Kling's legacy calls that make films: bodies to requests."""

from __future__ import annotations

from filmgate.domain.request import (
    BrushStroke,
    Effect,
    Extend,
    ImageToVideo,
    MultiImage,
    Point,
    TextToVideo,
)
from filmgate.protocols.kling.effects import PICTURES
from filmgate.protocols.kling.errors import invalid, refused, required
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import Collector, MediaRef, Wanted
from filmgate.protocols.kling.translate_fields import (
    LENGTH_S,
    SHORT_S,
    camera_of,
    cfg_scale_of,
    element_ids,
    mode_of,
    needed,
    one_of,
    options_of,
    ratio_of,
    seconds,
    shots_of,
    sound_of,
)
from filmgate.protocols.kling.wire import decode
from filmgate.protocols.kling.wire_legacy import (
    DynamicMask,
    EffectsBody,
    ExtendBody,
    Image2Video,
    MultiImageBody,
    Text2Video,
)


def text2video(body: bytes) -> Wanted:
    wire = decode(body, Text2Video)
    options = options_of(wire)
    duration_s = seconds("duration", wire.duration, **LENGTH_S)
    prompt, shots, auto_shots = shots_of(wire, wire.prompt, duration_s)
    request = TextToVideo(
        model=wire.model_name or None,
        prompt=prompt,
        negative_prompt=wire.negative_prompt or "",
        mode=mode_of(wire.mode),
        duration_s=duration_s,
        ratio=ratio_of(wire.aspect_ratio),
        cfg_scale=cfg_scale_of(wire.cfg_scale),
        sound=sound_of(wire.sound),
        watermark=options.watermark,
        camera=camera_of(wire.camera_control),
        shots=shots,
        auto_shots=auto_shots,
    )
    return Wanted(request=request, options=options)


def image2video(body: bytes) -> Wanted:
    wire = decode(body, Image2Video)
    options, media = options_of(wire), Collector()
    image = media.take("image", wire.image, Sort.PICTURE)
    tail = media.take("image_tail", wire.image_tail, Sort.PICTURE)
    static_mask = media.take("static_mask", wire.static_mask, Sort.MASK)
    strokes = tuple(_stroke(media, at, mask) for at, mask in enumerate(wire.dynamic_masks or ()))
    camera = camera_of(wire.camera_control)
    if image is None and tail is None:
        raise required("image or image_tail")
    _check_exclusions(
        {
            "image_tail": tail is not None,
            "dynamic_masks/static_mask": static_mask is not None or bool(strokes),
            "camera_control": camera is not None,
        }
    )
    _check_exclusions(
        {"element_list": bool(wire.element_list), "voice_list": bool(wire.voice_list)}
    )
    if wire.voice_list and wire.sound != "on":
        raise refused("voice_list", "needs sound on")
    duration_s = seconds("duration", wire.duration, **LENGTH_S)
    prompt, shots, auto_shots = shots_of(wire, wire.prompt, duration_s, is_prompt_needed=False)
    request = ImageToVideo(
        model=wire.model_name or None,
        prompt=prompt,
        negative_prompt=wire.negative_prompt or "",
        mode=mode_of(wire.mode),
        duration_s=duration_s,
        ratio=ratio_of(wire.aspect_ratio),
        cfg_scale=cfg_scale_of(wire.cfg_scale),
        sound=sound_of(wire.sound),
        watermark=options.watermark,
        image=image,
        image_tail=tail,
        camera=camera,
        static_mask=static_mask,
        strokes=strokes,
        shots=shots,
        auto_shots=auto_shots,
        voices=tuple(str(item.voice_id) for item in wire.voice_list or ()),
        elements=element_ids(wire.element_list),
    )
    return Wanted(request=request, media=media.refs, options=options)


def _stroke(media: Collector, at: int, mask: DynamicMask) -> BrushStroke:
    return BrushStroke(
        mask=media.need(f"dynamic_masks[{at}].mask", mask.mask, Sort.MASK),
        path=tuple(Point(point.x, point.y) for point in mask.trajectories),
    )


def _check_exclusions(given: dict[str, bool]) -> None:
    names = [name for name, is_given in given.items() if is_given]
    if len(names) > 1:
        raise refused(" and ".join(names), "can't be used together")


def multi_image2video(body: bytes) -> Wanted:
    wire = decode(body, MultiImageBody)
    options, media = options_of(wire), Collector()
    if wire.image_list is None:
        raise required("image_list")
    request = MultiImage(
        model=wire.model_name or None,
        prompt=needed("prompt", wire.prompt),
        negative_prompt=wire.negative_prompt or "",
        mode=mode_of(wire.mode),
        duration_s=seconds("duration", wire.duration, **SHORT_S),
        ratio=ratio_of(wire.aspect_ratio),
        watermark=options.watermark,
        images=tuple(
            media.need(f"image_list[{at}].image", item.image, Sort.PICTURE)
            for at, item in enumerate(wire.image_list)
        ),
    )
    return Wanted(request=request, media=media.refs, options=options)


def video_extend(body: bytes) -> Wanted:
    """Model and mode are those of the source, so the request leaves them open."""
    wire = decode(body, ExtendBody)
    options = options_of(wire)
    video_id = needed("video_id", wire.video_id)
    request = Extend(
        prompt=wire.prompt or "",
        negative_prompt=wire.negative_prompt or "",
        cfg_scale=cfg_scale_of(wire.cfg_scale),
        watermark=options.watermark,
        source_task=video_id,
    )
    source = MediaRef(field="video_id", sort=Sort.FOREIGN_CLIP, made=video_id)
    return Wanted(request=request, options=options, source=source)


def effects(body: bytes) -> Wanted:
    wire = decode(body, EffectsBody)
    options, media = options_of(wire), Collector()
    scene = needed("effect_scene", wire.effect_scene)
    if scene not in PICTURES:
        raise invalid("effect_scene", scene)
    if wire.input is None:
        raise required("input")
    one_of({"input.image": wire.input.image, "input.images": wire.input.images})
    given = wire.input.images or [wire.input.image or ""]
    if len(given) != PICTURES[scene]:
        raise required("input.images" if PICTURES[scene] == 2 else "input.image")
    fields = ["input.images[0]", "input.images[1]"] if wire.input.images else ["input.image"]
    request = Effect(
        model=wire.input.model_name or None,
        mode=mode_of(wire.input.mode),
        duration_s=seconds("input.duration", wire.input.duration, **SHORT_S),
        watermark=options.watermark,
        scene=scene,
        images=tuple(
            media.need(field, text, Sort.PICTURE) for field, text in zip(fields, given, strict=True)
        ),
    )
    return Wanted(request=request, media=media.refs, options=options)
