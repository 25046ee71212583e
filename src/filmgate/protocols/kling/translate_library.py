"""Kling's calls that make no film: selections, faces, voices, elements, accounts and lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from filmgate.protocols.kling.errors import Code, KlingRefusal, invalid, refused, required
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import CreateOptions, MediaRef, read_reference
from filmgate.protocols.kling.translate_fields import clip_of, needed, options_of, text_id
from filmgate.protocols.kling.wire import Number, decode
from filmgate.protocols.kling.wire_library import (
    BillingBody,
    ClipBody,
    ElementBody,
    ElementIdBody,
    FilterItem,
    OldElementBody,
    ReferImage,
    SelectionBody,
    SessionBody,
    TasksBody,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From and to, in milliseconds since 1970; None: open."""

    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """``POST /tasks`` and the two bills.

    A cursor overrides everything else. Filters of one key widen each other, those of different keys
    narrow each other, and one without values says nothing.
    """

    span: Span
    cursor: str | None
    limit: int
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsQuery:
    span: Span
    pack: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskIds:
    task_ids: tuple[str, ...]
    external_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


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


BALANCE_KEYS = frozenset({"api_key_name"})
PACKAGE_KEYS = frozenset({"api_key_name", "product_type", "package_name", "package_id"})
TASK_KEYS = frozenset({"status", "product_type"})
KNOWN_VALUES: dict[str, frozenset[str]] = {
    "status": frozenset({"submitted", "processing", "succeeded", "failed"}),
    # Bills write try-on, tasks write try_on (billing and task pages).
    "product_type": frozenset({"video", "image", "try-on", "try_on"}),
}
BILL_LIMIT = 500
TASKS_LIMIT = 100


def balance_bill(body: bytes) -> Search:
    return _search(decode(body, BillingBody), BALANCE_KEYS, BILL_LIMIT, needs_span=True)


def package_bill(body: bytes) -> Search:
    search = _search(decode(body, BillingBody), PACKAGE_KEYS, BILL_LIMIT, needs_span=True)
    # Kling's own sample sends all keys with empty values, which ask for nothing.
    if {"package_name", "package_id"} <= {each.key for each in search.filters if each.values}:
        raise refused("filters", "can't have both package_name and package_id")
    return search


def task_search(body: bytes) -> Search:
    """``POST /tasks`` and ``POST /solutions``. An empty body asks for the last 30 days."""
    return _search(decode(body or b"{}", TasksBody), TASK_KEYS, TASKS_LIMIT, needs_span=False)


def _search(
    wire: BillingBody | TasksBody, keys: frozenset[str], limit: int, *, needs_span: bool
) -> Search:
    cursor = wire.cursor or None
    if needs_span and cursor is None:
        for path, value in (("start_time", wire.start_time), ("end_time", wire.end_time)):
            if value is None:
                raise required(path)
    filters = tuple(_filter(at, item, keys) for at, item in enumerate(wire.filters or ()))
    return Search(
        span=_span(wire.start_time, wire.end_time),
        cursor=cursor,
        limit=wire.limit or limit,
        filters=filters,
    )


def _filter(at: int, item: FilterItem, keys: frozenset[str]) -> Filter:
    if item.key not in keys:
        raise invalid(f"filters[{at}].key", item.key)
    known = KNOWN_VALUES.get(item.key)
    for place, value in enumerate(item.values):
        if known is not None and value not in known:
            raise invalid(f"filters[{at}].values[{place}]", value)
    return Filter(key=item.key, values=tuple(item.values))


def _span(start: Number | None, end: Number | None) -> Span:
    span = Span(start_ms=_time_ms("start_time", start), end_ms=_time_ms("end_time", end))
    if span.start_ms is not None and span.end_ms is not None and span.start_ms > span.end_ms:
        raise refused("start_time", "must not be after end_time")
    return span


_MILLISECONDS = re.compile(r"[0-9]{1,15}")


def _time_ms(path: str, value: Number | None) -> int | None:
    """Numbers and strings are both taken live (``reference/kling.md`` 12.3)."""
    if value is None or value == "":
        return None
    if _MILLISECONDS.fullmatch(str(value)) is None:
        raise invalid(path, value)
    return int(value)


def costs_query(start_time: str | None, end_time: str | None, pack: str | None) -> CostsQuery:
    """``GET /account/costs``: both times are required."""
    for path, value in (("start_time", start_time), ("end_time", end_time)):
        if not value:
            raise required(path)
    return CostsQuery(span=_span(start_time, end_time), pack=pack or None)


IDS_MAX = 20


def task_ids(ids: str | None, external_ids: str | None) -> TaskIds:
    """``GET /tasks`` and ``GET /solutions``, ids separated by commas."""
    asked = TaskIds(task_ids=_listed(ids), external_ids=_listed(external_ids))
    count = len(asked.task_ids) + len(asked.external_ids)
    if count == 0:
        raise KlingRefusal(Code.BAD_PARAMETER, "task_ids or external_task_ids is required")
    if count > IDS_MAX:
        raise KlingRefusal(
            Code.BAD_PARAMETER, "task_ids and external_task_ids cannot exceed 20 in total"
        )
    return asked


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in (text or "").split(","))))


PAGE_MAX = 1000
PAGE_SIZE = 30
PAGE_SIZE_MAX = 500
VOICES_PAGE_SIZE_MAX = 1000


def read_page(number: str | None, size: str | None, *, size_max: int = PAGE_SIZE_MAX) -> Page:
    """``pageNum`` and ``pageSize`` of the legacy lists. Raises KlingRefusal (1201)."""
    return Page(
        number=_count("pageNum", number, 1, PAGE_MAX),
        size=_count("pageSize", size, PAGE_SIZE, size_max),
    )


_COUNT = re.compile(r"[0-9]{1,6}")


def _count(path: str, text: str | None, default: int, most: int) -> int:
    if text is None or not text.strip():
        return default
    if _COUNT.fullmatch(text.strip()) is None or not 1 <= int(text) <= most:
        raise invalid(path, text)
    return int(text)
