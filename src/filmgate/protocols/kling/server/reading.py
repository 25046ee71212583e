"""Kling's questions about tasks: one, lists, several by their ids, and searches."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import msgspec
from starlette.datastructures import QueryParams

from filmgate.domain.ports import TaskQuery
from filmgate.domain.request import Kind
from filmgate.domain.task import State, Task
from filmgate.protocols.kling import translate_outputs as outputs
from filmgate.protocols.kling import translate_replies as replies
from filmgate.protocols.kling.endpoints import Endpoint
from filmgate.protocols.kling.errors import KlingRefusal, invalid
from filmgate.protocols.kling.server.finding import find_task
from filmgate.protocols.kling.server.views import FAMILIES, PACKAGES, Views
from filmgate.protocols.kling.translate_queries import Search, read_page, task_ids
from filmgate.protocols.kling.view import Family
from filmgate.usecases.front import Front

DAY_S = 24 * 3600.0
SEARCH_DAYS = 30
"""How far back a search goes that names no time (``reference/kling.md`` 12.3)."""

KINDS: dict[str, frozenset[Kind]] = {
    "/v1/videos/text2video": frozenset({Kind.TEXT_TO_VIDEO}),
    "/v1/videos/image2video": frozenset({Kind.IMAGE_TO_VIDEO}),
    "/v1/videos/omni-video": frozenset({Kind.OMNI}),
    "/v1/videos/motion-control": frozenset({Kind.MOTION_CONTROL}),
    "/v1/videos/multi-image2video": frozenset({Kind.MULTI_IMAGE}),
    "/v1/videos/video-extend": frozenset({Kind.EXTEND}),
    "/v1/videos/effects": frozenset({Kind.EFFECT}),
    "/v1/videos/lip-sync": frozenset({Kind.LIP_SYNC}),
    "/v1/videos/advanced-lip-sync": frozenset({Kind.LIP_SYNC}),
    "/v1/videos/avatar/image2video": frozenset({Kind.AVATAR}),
    "/v1/videos/multi-elements": frozenset({Kind.EDIT_ELEMENTS}),
    "/v1/images/kolors-virtual-try-on": frozenset({Kind.TRY_ON}),
    "/v1/audio/text-to-audio": frozenset({Kind.TEXT_TO_AUDIO}),
    "/v1/audio/video-to-audio": frozenset({Kind.VIDEO_TO_AUDIO}),
}
"""What each list shows."""

STATES: dict[str, frozenset[State]] = {
    "submitted": frozenset({State.QUEUED, State.STARTING}),
    "processing": frozenset({State.IN_DOUBT, State.RUNNING, State.FETCHING}),
    "succeeded": frozenset({State.SUCCEEDED}),
    "failed": frozenset({State.FAILED, State.CANCELLED}),
}


class Cursor(msgspec.Struct, frozen=True):
    """A search that goes on; a customer's own cursor can only find that customer's tasks."""

    states: tuple[State, ...]
    kinds: tuple[Kind, ...]
    from_s: float | None
    before_s: float | None
    past: str

    def text(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    front: Front
    views: Views

    async def single(self, customer: str, asked: str, request_id: str) -> tuple[Task, bytes]:
        """Any task, under any of the paths (design part 2)."""
        task = await find_task(self.front, customer, asked)
        return task, replies.single(await self.views.one(task), request_id)

    async def listed(
        self, customer: str, endpoint: Endpoint, query: QueryParams, request_id: str
    ) -> bytes:
        page = read_page(query.get("pageNum"), query.get("pageSize"))
        wanted = TaskQuery(kinds=KINDS[endpoint.path], offset=page.offset, limit=page.size)
        tasks = await self.front.service.tasks(customer, wanted)
        return replies.listed(await self.views.all(tasks), request_id)

    async def by_ids(self, customer: str, query: QueryParams, request_id: str) -> bytes:
        asked = task_ids(query.get("task_ids"), query.get("external_task_ids"))
        found: dict[str, Task] = {}
        for each in (*asked.task_ids, *asked.external_ids):
            try:
                task = await find_task(self.front, customer, each)
            except KlingRefusal:
                continue  # unknown ids are simply missing
            found[task.id] = task
        return outputs.tasks_by_id(await self.views.all(found.values()), request_id)

    async def search(self, customer: str, search: Search, request_id: str) -> bytes:
        cursor = self._begun(search) if search.cursor is None else _read(search.cursor)
        tasks: list[Task] = []
        if cursor.states and cursor.kinds:
            wanted = TaskQuery(
                states=frozenset(cursor.states),
                kinds=frozenset(cursor.kinds),
                created_from=cursor.from_s,
                created_before=cursor.before_s,
                past_id=cursor.past or None,
                limit=search.limit + 1,
            )
            tasks = await self.front.service.tasks(customer, wanted)
        more = len(tasks) > search.limit
        tasks = tasks[: search.limit]
        following = msgspec.structs.replace(cursor, past=tasks[-1].id).text() if more else None
        return outputs.tasks_found(await self.views.all(tasks), following, request_id)

    def _begun(self, search: Search) -> Cursor:
        states, kinds = frozenset(State), frozenset(Kind)
        for each in search.filters:
            if not each.values:
                continue
            if each.key == "status":
                states &= frozenset[State]().union(*(STATES[value] for value in each.values))
            else:
                kinds &= frozenset[Kind]().union(*(_of_product(value) for value in each.values))
        span = search.span
        start = None if span.start_ms is None else span.start_ms / 1000
        if start is None:
            start = self.front.clock.now() - SEARCH_DAYS * DAY_S
        # Both ends are meant, and times in the store are finer than a millisecond.
        end = None if span.end_ms is None else (span.end_ms + 1) / 1000
        return Cursor(tuple(sorted(states)), tuple(sorted(kinds)), start, end, "")


def _of_product(product: str) -> frozenset[Kind]:
    if product.replace("-", "_") == "try_on":
        return frozenset({Kind.TRY_ON})
    return frozenset(
        kind
        for kind, family in FAMILIES.items()
        if family is not Family.PICTURE and PACKAGES.get(family, "video") == product
    )


def _read(text: str) -> Cursor:
    try:
        padded = text + "=" * (-len(text) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Cursor)
    except (msgspec.MsgspecError, ValueError) as error:
        raise invalid("cursor", text) from error
