"""Bodies of the calls that make no film: selections, faces, voices, elements, accounts, lists.

Sources: ``reference/kling.md`` 6.8, 6.10, 8, 10 and 12.3.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from filmgate.protocols.kling.wire import Id, Number, Tail

Fraction = Annotated[float, Meta(ge=0, le=1)]
ElementName = Annotated[str, Meta(max_length=20)]
ElementText = Annotated[str, Meta(max_length=100)]


class ClipBody(Struct):
    """identify-face and init-selection."""

    video_id: Id | None = None
    video_url: str | None = None


class PointItem(Struct):
    x: Fraction
    y: Fraction


class SelectionBody(Struct):
    session_id: Id | None = None
    frame_index: Annotated[int, Meta(ge=0)] | None = None
    points: Annotated[list[PointItem], Meta(min_length=1, max_length=10)] | None = None


class SessionBody(Struct):
    session_id: Id | None = None


class VoiceBody(Tail):
    voice_name: Annotated[str, Meta(max_length=20)] | None = None
    voice_url: str | None = None
    video_id: Id | None = None


class VoiceIdBody(Struct):
    voice_id: Id | None = None


class ElementIdBody(Struct):
    element_id: Id | None = None


class ReferImage(Struct):
    image_url: str


class ElementImages(Struct):
    frontal_image: str | None = None
    refer_images: Annotated[list[ReferImage], Meta(min_length=1, max_length=3)] | None = None


class ReferVideo(Struct):
    video_url: str


class ElementVideos(Struct):
    refer_videos: Annotated[list[ReferVideo], Meta(min_length=1, max_length=1)] | None = None


class TagItem(Struct):
    tag_id: Literal["o_101", "o_102", "o_103", "o_104", "o_105", "o_106", "o_107", "o_108"]


class ElementBody(Tail):
    """advanced-custom-elements."""

    element_name: ElementName | None = None
    element_description: ElementText | None = None
    reference_type: Literal["video_refer", "image_refer"] | None = None
    element_image_list: ElementImages | None = None
    element_video_list: ElementVideos | None = None
    element_voice_id: Id | None = None
    tag_list: list[TagItem] | None = None


class OldElementBody(Struct):
    """custom-elements."""

    element_name: ElementName | None = None
    element_description: ElementText | None = None
    element_frontal_image: str | None = None
    element_refer_list: Annotated[list[ReferImage], Meta(min_length=1, max_length=3)] | None = None


class FilterItem(Struct):
    key: str
    values: list[str]


class BillingBody(Struct):
    start_time: Number | None = None
    end_time: Number | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] | None = None
    filters: list[FilterItem] | None = None
    cursor: str | None = None


class TasksBody(Struct):
    start_time: Number | None = None
    end_time: Number | None = None
    cursor: str | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] | None = None
    filters: list[FilterItem] | None = None
