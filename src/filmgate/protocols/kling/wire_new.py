"""Bodies of Kling's new design (``reference/kling.md`` 11 and 12.1)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from filmgate.protocols.kling.wire import AspectRatio, Id, Number, Watermark

Resolution = Literal["720p", "1080p", "4k"]
Audio = Literal["native", "original", "off"]
ContentType = Literal[
    "prompt",
    "first_frame",
    "last_frame",
    "refer_image",
    "feature_video",
    "base_video",
    "element",
    "voice",
    "image",
    "video",
]


class Settings(Struct):
    resolution: Resolution | None = None
    aspect_ratio: AspectRatio | None = None
    duration: Number | None = None
    audio: Audio | None = None
    multi_shot: bool | None = None
    character_orientation: Literal["image", "video"] | None = None


class Options(Struct):
    callback_url: str | None = None
    external_task_id: Id | None = None
    watermark_info: Watermark | None = None


class Content(Struct):
    """One object a material; which keys it has hangs on ``type``."""

    type: ContentType
    text: str | None = None
    url: str | None = None
    id: Id | None = None
    element_id: Id | None = None
    voice_id: Id | None = None


class CreateBody(Struct):
    prompt: str | None = None
    contents: list[Content] | None = None
    settings: Settings | None = None
    options: Options | None = None


class TryOnContent(Struct):
    type: Literal["product_image", "person_image"]
    url: str | None = None


class TryOnSettings(Struct):
    keep_face: bool | None = None
    keep_pose: bool | None = None
    keep_background: bool | None = None


class TryOnOptions(Struct):
    """``watermark`` here, and not ``watermark_info`` (try-on page of 2026-09-15)."""

    callback_url: str | None = None
    external_task_id: Id | None = None
    watermark: Watermark | None = None


class TryOnCreateBody(Struct):
    contents: Annotated[list[TryOnContent], Meta(min_length=1)] | None = None
    settings: TryOnSettings | None = None
    options: TryOnOptions | None = None
