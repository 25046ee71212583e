"""One call as the handlers see it: who asks, what for, and the words of the answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.responses import Response

from filmgate.domain.customer import Caller, Denial
from filmgate.domain.errors import NotFound
from filmgate.domain.task import Task
from filmgate.protocols.face import Call
from filmgate.protocols.filmgate.endpoints import Route
from filmgate.protocols.filmgate.errors import Unauthenticated
from filmgate.protocols.filmgate.view import FilmUrls, Shown, task_reply
from filmgate.protocols.filmgate.wire import TASK_ID, encode, read_query
from filmgate.usecases.front import Front

T = TypeVar("T")
_TASK_ID = re.compile(TASK_ID)
KEY_REMEDY = "Send your key in the header: Authorization: Bearer KEY."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    front: Front
    call: Call
    caller: Caller
    route: Route

    @property
    def customer(self) -> str:
        return self.caller.customer.id

    def name(self, placeholder: str) -> str:
        """What stands in the path there."""
        return self.route.names[placeholder]

    def query(self, kind: type[T]) -> T:
        """Raises FixRequest."""
        return read_query(self.call.request.query_params.multi_items(), kind)

    async def task(self) -> Task:
        """The task that the path names. Raises NotFound, also where it is somebody else's."""
        task = await self.read(self.name("task"), "task")
        self.call.told["task"] = task.id
        return task

    async def read(self, task_id: str, field: str) -> Task:
        """The same for a task that is named elsewhere, in ``field``."""
        if _TASK_ID.fullmatch(task_id) is None:
            raise no_such("task", task_id, field)
        try:
            return await self.front.service.read(self.customer, task_id)
        except NotFound as error:
            error.field = field
            raise

    async def shown(self, task: Task) -> Shown:
        service, links = self.front.service, self.front.links
        return Shown(
            task=task,
            progress=service.progress(task),
            tasks_ahead=await service.tasks_ahead(task),
            urls=FilmUrls(
                film=links.film(task),
                poster=links.poster(task),
                thumbnail=links.thumbnail(task),
                preview=links.preview(task),
            ),
        )


Handler = Callable[[Ask], Awaitable[Response]]


async def caller_of(front: Front, call: Call) -> Caller:
    """Raises Unauthenticated; a stranger learns only that the key doesn't open anything."""
    header = call.request.headers.get("authorization", "")
    scheme, _, token = header.strip().partition(" ")
    if not token.strip():
        raise Unauthenticated("this needs a key", remedy=KEY_REMEDY)
    if scheme.lower() != "bearer":
        raise Unauthenticated("the key must be a bearer token", remedy=KEY_REMEDY)
    caller = await front.door.caller_of(token.strip())
    if isinstance(caller, Denial):
        call.told["denied"] = caller.value
        raise Unauthenticated(
            "this key opens nothing here", remedy="Check it, or ask the operator for another one."
        )
    call.told["customer"] = caller.customer.id
    return caller


def answer(reply: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        encode(reply),
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )


async def task_answer(
    ask: Ask, task: Task, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """With the provider in a header: a stand-in says what it is wherever it shows."""
    told = {"Filmgate-Provider": task.provider, **(headers or {})}
    return answer(task_reply(await ask.shown(task)), status, told)


def no_such(what: str, name: str, field: str) -> NotFound:
    return NotFound(f"there is no {what} {name!r}", field=field)
