"""Kling's calls about selections, faces, voices and elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from filmgate.protocols.kling.errors import required
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import CreateOptions, MediaRef, read_reference
from filmgate.protocols.kling.translate_fields import clip_of, needed, options_of, text_id
from filmgate.protocols.kling.wire import decode
from filmgate.protocols.kling.wire_library import (
    ClipBody,
    ElementBody,
    ElementIdBody,
    OldElementBody,
    ReferImage,
    SelectionBody,
    SessionBody,
    VoiceBody,
    VoiceIdBody,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyFace:
    clip: MediaRef


@dataclass(frozen=True, slots=True, kw_only=True)
class InitSelection:
    clip: MediaRef


class Change(StrEnum):
    ADD = "add"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSelection:
    change: Change
    session_id: str
    frame_index: int
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearSelection:
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSelection:
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeVoice:
    name: str
    sample: MediaRef
    options: CreateOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeElement:
    name: str
    description: str
    front: MediaRef | None = None
    others: tuple[MediaRef, ...] = ()
    clip: MediaRef | None = None
    voice_id: str | None = None
    tags: tuple[str, ...] = ()
    is_immediate: bool = False
    """The old call answers with the element itself and keeps a library of its own."""
    options: CreateOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVoice:
    voice_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteElement:
    element_id: str


def identify_face(body: bytes) -> IdentifyFace:
    wire = decode(body, ClipBody)
    return IdentifyFace(clip=clip_of(wire.video_id, wire.video_url, Sort.FACE_CLIP))


def init_selection(body: bytes) -> InitSelection:
    wire = decode(body, ClipBody)
    return InitSelection(clip=clip_of(wire.video_id, wire.video_url, Sort.EDIT_CLIP))


def add_selection(body: bytes) -> ChangeSelection:
    return _changed_selection(body, Change.ADD)


def delete_selection(body: bytes) -> ChangeSelection:
    return _changed_selection(body, Change.DELETE)


def _changed_selection(body: bytes, change: Change) -> ChangeSelection:
    wire = decode(body, SelectionBody)
    if wire.frame_index is None:
        raise required("frame_index")
    if wire.points is None:
        raise required("points")
    return ChangeSelection(
        change=change,
        session_id=needed("session_id", wire.session_id),
        frame_index=wire.frame_index,
        points=tuple((point.x, point.y) for point in wire.points),
    )


def clear_selection(body: bytes) -> ClearSelection:
    return ClearSelection(session_id=needed("session_id", decode(body, SessionBody).session_id))


def preview_selection(body: bytes) -> PreviewSelection:
    return PreviewSelection(session_id=needed("session_id", decode(body, SessionBody).session_id))


def make_voice(body: bytes) -> MakeVoice:
    wire = decode(body, VoiceBody)
    name = needed("voice_name", wire.voice_name)
    if text_id(wire.video_id) is None and not (wire.voice_url or "").strip():
        raise required("voice_url or video_id")
    if (made := text_id(wire.video_id)) is not None:
        sample = MediaRef(field="video_id", sort=Sort.VOICE_SAMPLE, made=made)
    else:
        sample = read_reference("voice_url", wire.voice_url or "", Sort.VOICE_SAMPLE)
    return MakeVoice(name=name, sample=sample, options=options_of(wire))


def make_element(body: bytes) -> MakeElement:
    """advanced-custom-elements: from one picture and 1 to 3 more, or from a clip."""
    wire = decode(body, ElementBody)
    name = needed("element_name", wire.element_name)
    description = needed("element_description", wire.element_description)
    reference_type = needed("reference_type", wire.reference_type)
    front: MediaRef | None = None
    others: tuple[MediaRef, ...] = ()
    clip: MediaRef | None = None
    if reference_type == "image_refer":
        path = "element_image_list"
        if wire.element_image_list is None:
            raise required(path)
        front = _picture(f"{path}.frontal_image", wire.element_image_list.frontal_image)
        others = _others(f"{path}.refer_images", wire.element_image_list.refer_images)
    else:
        path = "element_video_list"
        videos = wire.element_video_list.refer_videos if wire.element_video_list else None
        if not videos:
            raise required(path)
        field = f"{path}.refer_videos[0].video_url"
        clip = read_reference(field, needed(field, videos[0].video_url), Sort.ELEMENT_CLIP)
    return MakeElement(
        name=name,
        description=description,
        front=front,
        others=others,
        clip=clip,
        voice_id=text_id(wire.element_voice_id),
        tags=tuple(item.tag_id for item in wire.tag_list or ()),
        options=options_of(wire),
    )


def make_old_element(body: bytes) -> MakeElement:
    wire = decode(body, OldElementBody)
    return MakeElement(
        name=needed("element_name", wire.element_name),
        description=needed("element_description", wire.element_description),
        front=_picture("element_frontal_image", wire.element_frontal_image),
        others=_others("element_refer_list", wire.element_refer_list),
        is_immediate=True,
        options=CreateOptions(),
    )


def _picture(field: str, text: str | None) -> MediaRef:
    return read_reference(field, needed(field, text), Sort.PICTURE)


def _others(path: str, items: Sequence[ReferImage] | None) -> tuple[MediaRef, ...]:
    if not items:
        raise required(path)
    return tuple(
        _picture(f"{path}[{at}].image_url", item.image_url) for at, item in enumerate(items)
    )


def delete_voice(body: bytes) -> DeleteVoice:
    return DeleteVoice(voice_id=needed("voice_id", decode(body, VoiceIdBody).voice_id))


def delete_element(body: bytes) -> DeleteElement:
    wire = decode(body, ElementIdBody)
    return DeleteElement(element_id=needed("element_id", wire.element_id))
