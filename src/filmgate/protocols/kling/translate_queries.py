"""Kling's questions: bills, costs, lists and tasks by their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass

from filmgate.protocols.kling.errors import Code, KlingRefusal, invalid, refused, required
from filmgate.protocols.kling.wire import Number, decode
from filmgate.protocols.kling.wire_library import BillingBody, FilterItem, TasksBody


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
            if value is None or value == "":
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
