"""Kling's server: from a call to the part that answers it, and every error in Kling's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from starlette.responses import Response

from filmgate.domain.customer import Caller
from filmgate.domain.errors import FilmgateError, Unsupported, Wait
from filmgate.domain.task import Task
from filmgate.protocols.face import Call, Compose, Trouble
from filmgate.protocols.kling import translate_outputs as outputs
from filmgate.protocols.kling import translate_replies as replies
from filmgate.protocols.kling.auth import Design
from filmgate.protocols.kling.describe import describe
from filmgate.protocols.kling.endpoints import Action, Endpoint, Route, find_route, is_klings
from filmgate.protocols.kling.errors import Answer, Code, KlingRefusal, answer_to, plain_answer
from filmgate.protocols.kling.references import Wanted
from filmgate.protocols.kling.server.accounts import Bookkeeper
from filmgate.protocols.kling.server.callers import caller_of
from filmgate.protocols.kling.server.creating import CALLBACKS, Creator
from filmgate.protocols.kling.server.media import MediaDesk
from filmgate.protocols.kling.server.reading import Reader
from filmgate.protocols.kling.server.shelf import KINDS, Made, Shelf
from filmgate.protocols.kling.server.telling import Teller
from filmgate.protocols.kling.server.views import Views
from filmgate.protocols.kling.translate_queries import Search
from filmgate.protocols.kling.view import Family
from filmgate.usecases.front import Front

MEDIA_TYPE = "application/json; charset=utf-8"
TROUBLES: dict[Trouble, Answer] = {
    Trouble.CRASH: plain_answer(Code.INTERNAL),
    Trouble.TOO_LARGE: Answer(413, Code.BAD_REQUEST, "request body is too large"),
    Trouble.TOO_SLOW: plain_answer(Code.TIMEOUT),
    Trouble.BROKEN: plain_answer(Code.BAD_REQUEST),
}
PROVIDER_HEADER = "filmgate-provider"


class KlingFace:
    name = "kling"

    def __init__(self, front: Front) -> None:
        self._front = front
        views = Views(front=front)
        self._views = views
        media = MediaDesk(front=front)
        self._shelf = Shelf(front=front, media=media)
        self._creator = Creator(front=front, media=media, shelf=self._shelf)
        self._reader = Reader(front=front, views=views)
        self._books = Bookkeeper(front=front, views=views)

    def claims(self, method: str, path: str) -> bool:
        del method
        return is_klings(path)

    async def answer(self, call: Call) -> Response:
        route = find_route(call.method, call.path)
        caller = await caller_of(
            self._front, call.request.headers.get("authorization"), route.endpoint.design
        )
        call.told["customer"] = caller.customer.id
        match route.action:
            case Action.CALL:
                return await self._carry_out(call, caller, route.endpoint)
            case Action.SINGLE:
                return await self._single(call, caller, route)
            case Action.LIST:
                return await self._listed(call, caller, route.endpoint)
            case Action.GET:
                return _json(await self._got(call, caller, route.endpoint))
            case _:
                assert_never(route.action)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        headers: dict[str, str] = {}
        if isinstance(error, Trouble):
            told = TROUBLES[error]
        else:
            told = answer_to(error, _words(call))
            if isinstance(error, Wait):
                headers["retry-after"] = str(max(1, round(error.retry_after_s)))
        call.told["code"] = str(told.code.value)
        body = replies.error_body(told, call.request_id)
        return Response(body, told.status, headers=headers, media_type=MEDIA_TYPE)

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        teller = Teller(front=self._front, views=self._views)
        return {design_name: teller.composer(design) for design, design_name in CALLBACKS.items()}

    def describe(self) -> Mapping[str, object]:
        return describe()

    async def _carry_out(self, call: Call, caller: Caller, endpoint: Endpoint) -> Response:
        assert endpoint.read is not None, f"{endpoint.path} takes no POST"
        wanted = endpoint.read(await call.request.body())
        customer, request_id = caller.customer.id, call.request_id
        if isinstance(wanted, Wanted):
            key = call.request.headers.get("idempotency-key")
            task = await self._creator.create(customer, endpoint, wanted, key)
            return await self._accepted(call, endpoint, task)
        if isinstance(wanted, Search):
            return _json(await self._searched(caller, endpoint, wanted, request_id))
        if isinstance(wanted, Made):
            return _json(await self._shelf.change(customer, endpoint, wanted, request_id))
        raise Unsupported(
            f"{endpoint.path.rpartition('/')[2]} is not available on this server yet",
            remedy="GET /api/filmgate/v1/models tells what is.",
        )

    async def _accepted(self, call: Call, endpoint: Endpoint, task: Task) -> Response:
        view = await self._views.one(task)
        if endpoint.design is Design.LEGACY:
            body = replies.created(view, call.request_id)
        elif endpoint.family is Family.PICTURE:
            body = outputs.solution_created(view, call.request_id)
        else:
            body = outputs.new_created(view, call.request_id)
        return _of_task(call, task, body)

    async def _searched(
        self, caller: Caller, endpoint: Endpoint, search: Search, request_id: str
    ) -> bytes:
        match endpoint.path:
            case "/account/billing/balance":
                return await self._books.balance_bill(caller, search, request_id)
            case "/account/billing/package":
                return await self._books.package_bill(caller, search, request_id)
            case _:
                return await self._reader.search(caller.customer.id, search, request_id)

    async def _single(self, call: Call, caller: Caller, route: Route) -> Response:
        customer = caller.customer.id
        if route.endpoint.family in KINDS:
            told = await self._shelf.single(
                customer, route.endpoint, route.task_id, call.request_id
            )
            return _json(told)
        task, body = await self._reader.single(customer, route.task_id, call.request_id)
        return _of_task(call, task, body)

    async def _listed(self, call: Call, caller: Caller, endpoint: Endpoint) -> Response:
        customer, query = caller.customer.id, call.request.query_params
        if endpoint.family in KINDS:
            return _json(await self._shelf.listed(customer, endpoint, query, call.request_id))
        return _json(await self._reader.listed(customer, endpoint, query, call.request_id))

    async def _got(self, call: Call, caller: Caller, endpoint: Endpoint) -> bytes:
        query = call.request.query_params
        if endpoint.family in KINDS:
            return await self._shelf.presets(endpoint, query, call.request_id)
        if endpoint.path == "/account/costs":
            return await self._books.costs(caller, query, call.request_id)
        return await self._reader.by_ids(caller.customer.id, query, call.request_id)


def _words(call: Call) -> dict[str, str]:
    """The called path's names for our requests' fields."""
    try:
        return dict(find_route(call.method, call.path).endpoint.words)
    except KlingRefusal:
        return {}


def _json(body: bytes) -> Response:
    return Response(body, media_type=MEDIA_TYPE)


def _of_task(call: Call, task: Task, body: bytes) -> Response:
    """With who does it: a stand-in is never passed off as the paid model's work."""
    call.told["task"] = task.id
    return Response(body, headers={PROVIDER_HEADER: task.provider}, media_type=MEDIA_TYPE)
