"""OpenAI's server: from a call to the part that answers it, and every error in OpenAI's shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from starlette.responses import Response

from filmgate.domain.customer import Caller, Denial
from filmgate.domain.errors import FilmgateError
from filmgate.domain.task import Fault, State, Task
from filmgate.protocols.face import Call, Compose, Trouble
from filmgate.protocols.openai_videos import translate_replies as replies
from filmgate.protocols.openai_videos.characters import character
from filmgate.protocols.openai_videos.describe import describe
from filmgate.protocols.openai_videos.errors import (
    Answer,
    OpenAIRefusal,
    answer_to,
    locked_out,
    no_key,
    plain_answer,
    wrong_key,
)
from filmgate.protocols.openai_videos.queries import Variant, variant_of
from filmgate.protocols.openai_videos.routes import Action, Route, find_route, is_openais
from filmgate.protocols.openai_videos.server.bodies import body_of
from filmgate.protocols.openai_videos.server.content import Archive, RangeBeyond
from filmgate.protocols.openai_videos.server.creating import Creator
from filmgate.protocols.openai_videos.server.endpoints import Endpoints, event_types
from filmgate.protocols.openai_videos.server.finding import find_video
from filmgate.protocols.openai_videos.server.reading import Reader
from filmgate.protocols.openai_videos.translate_create import (
    Wanted,
    read_create,
    read_edit,
    read_extend,
)
from filmgate.usecases.front import Front

MEDIA_TYPE = "application/json"
TROUBLES: dict[Trouble, Answer] = {
    Trouble.CRASH: plain_answer(500),
    Trouble.TOO_LARGE: plain_answer(413, "The body of your request is too large."),
    Trouble.TOO_SLOW: plain_answer(408, "The request took too long."),
    Trouble.BROKEN: plain_answer(400, "The request broke off."),
}
PROVIDER_HEADER = "filmgate-provider"
VIDEO_HEADER = "filmgate-video-id"
POLL_MS: dict[str, int] = {"local": 500}
"""When to look again, by provider: films made here take seconds, the others minutes."""
POLL_FAR_MS = 5000
READS: dict[Action, Callable[[dict[str, object]], Wanted]] = {
    Action.CREATE: read_create,
    Action.SYNC: read_create,
    Action.EDIT: read_edit,
    Action.EXTEND: read_extend,
}
ENDPOINTS = (
    *(Action.ENDPOINTS, Action.MAKE_ENDPOINT, Action.GET_ENDPOINT, Action.CHANGE_ENDPOINT),
    *(Action.DELETE_ENDPOINT, Action.ROTATE_ENDPOINT, Action.TEST_ENDPOINT, Action.EVENT_TYPES),
)
Answerer = Callable[[Call, Caller, Route], Awaitable[Response]]


class OpenAIFace:
    name = replies.PROTOCOL

    def __init__(self, front: Front) -> None:
        self._front = front
        self._creator = Creator(front=front)
        self._reader = Reader(front=front)
        self._archive = Archive(front=front)
        self._endpoints = Endpoints(front=front)
        self._answerers: Mapping[Action, Answerer] = {
            Action.CREATE: self._create,
            Action.EDIT: self._create,
            Action.EXTEND: self._create,
            Action.SYNC: self._sync,
            Action.REMIX: self._remix,
            Action.LIST: self._list,
            Action.GET: self._get,
            Action.DELETE: self._delete,
            Action.CONTENT: self._content,
            Action.MODELS: self._models,
            Action.MODEL: self._model,
            Action.MAKE_CHARACTER: self._make_character,
            Action.GET_CHARACTER: self._get_character,
            **dict.fromkeys(ENDPOINTS, self._endpoint),
        }

    def claims(self, method: str, path: str) -> bool:
        del method
        return is_openais(path)

    async def answer(self, call: Call) -> Response:
        route = find_route(call.method, call.path)
        caller = await self._caller(call)
        call.told["customer"] = caller.customer.id
        return await self._answerers[route.action](call, caller, route)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        told = TROUBLES[error] if isinstance(error, Trouble) else answer_to(error)
        headers = dict(told.headers)
        if isinstance(error, RangeBeyond):
            headers["content-range"] = error.content_range
        if told.code is not None:
            call.told["code"] = told.code
        body = replies.error_body(told)
        return Response(body, told.status, headers=headers, media_type=MEDIA_TYPE)

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        return {replies.PROTOCOL: self._endpoints.compose}

    def describe(self) -> Mapping[str, object]:
        return describe()

    async def _caller(self, call: Call) -> Caller:
        scheme, _, key = call.request.headers.get("authorization", "").strip().partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise no_key()
        found = await self._front.door.caller_of(key)
        match found:
            case Caller():
                return found
            case Denial.DISABLED:
                raise locked_out()
            case _:
                raise wrong_key()

    async def _create(self, call: Call, caller: Caller, route: Route) -> Response:
        return self._video(call, await self._accepted(call, caller, route.action))

    async def _accepted(self, call: Call, caller: Caller, action: Action) -> Task:
        async with body_of(call.request) as body:
            wanted = READS[action](body.fields)
            return await self._creator.create(caller.customer.id, wanted, body, _key(call))

    async def _sync(self, call: Call, caller: Caller, route: Route) -> Response:
        """The film itself, once it is there. Who hangs up finds it in the list."""
        task = await self._accepted(call, caller, route.action)
        call.told["task"] = task.id
        async for sighting in self._front.service.watch(caller.customer.id, task.id):
            task = sighting.task
        if task.state is not State.SUCCEEDED:
            raise _failed(task)
        response = await self._archive.send(call, task, Variant.VIDEO)
        response.headers[VIDEO_HEADER] = replies.id_of(task.id)
        response.headers[PROVIDER_HEADER] = task.provider
        return response

    async def _remix(self, call: Call, caller: Caller, route: Route) -> Response:
        async with body_of(call.request) as body:
            task = await self._creator.remix(caller.customer.id, route.thing, body, _key(call))
        return self._video(call, task)

    async def _list(self, call: Call, caller: Caller, route: Route) -> Response:
        del route
        return _json(await self._reader.listed(caller.customer.id, call.request.query_params))

    async def _get(self, call: Call, caller: Caller, route: Route) -> Response:
        return self._video(call, await find_video(self._front, caller.customer.id, route.thing))

    async def _delete(self, call: Call, caller: Caller, route: Route) -> Response:
        task = await find_video(self._front, caller.customer.id, route.thing)
        call.told["task"] = task.id
        await self._front.service.remove(caller.customer.id, task.id)
        return _json(replies.deleted(task))

    async def _content(self, call: Call, caller: Caller, route: Route) -> Response:
        variant = variant_of(call.request.query_params)
        task = await find_video(self._front, caller.customer.id, route.thing)
        call.told["task"] = task.id
        return await self._archive.send(call, task, variant)

    async def _models(self, call: Call, caller: Caller, route: Route) -> Response:
        del call, caller, route
        return _json(self._reader.models())

    async def _model(self, call: Call, caller: Caller, route: Route) -> Response:
        del call, caller
        return _json(self._reader.model(route.thing))

    async def _make_character(self, call: Call, caller: Caller, route: Route) -> Response:
        del route
        async with body_of(call.request) as body:
            return _json(character(await self._creator.character(caller.customer.id, body)))

    async def _get_character(self, call: Call, caller: Caller, route: Route) -> Response:
        del call
        found = await self._creator.find_character(caller.customer.id, route.thing)
        return _json(character(found))

    async def _endpoint(self, call: Call, caller: Caller, route: Route) -> Response:
        customer, thing, desk = caller.customer.id, route.thing, self._endpoints
        async with body_of(call.request) as body:
            match route.action:
                case Action.MAKE_ENDPOINT:
                    told = await desk.make(customer, body.fields)
                case Action.GET_ENDPOINT:
                    told = await desk.get(customer, thing)
                case Action.CHANGE_ENDPOINT:
                    told = await desk.change(customer, thing, body.fields)
                case Action.DELETE_ENDPOINT:
                    told = await desk.delete(customer, thing)
                case Action.ROTATE_ENDPOINT:
                    told = await desk.rotate(customer, thing, body.fields)
                case Action.TEST_ENDPOINT:
                    told = await desk.test(customer, thing, body.fields, call.request_id)
                case Action.EVENT_TYPES:
                    told = event_types()
                case _:
                    told = await desk.listed(customer, call.request.query_params)
        return _json(told)

    def _video(self, call: Call, task: Task) -> Response:
        """With who does it: a stand-in is never passed off as the named model's work."""
        call.told["task"] = task.id
        headers = {PROVIDER_HEADER: task.provider}
        if not task.state.ended:
            headers["openai-poll-after-ms"] = str(POLL_MS.get(task.provider, POLL_FAR_MS))
        body = msgspec.json.encode(replies.video(self._reader.seen(task)))
        return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _key(call: Call) -> str | None:
    return call.request.headers.get("idempotency-key") or None


def _json(body: bytes) -> Response:
    return Response(body, media_type=MEDIA_TYPE)


CUSTOMERS_OWN = frozenset({Fault.INPUT, Fault.CONTENT})


def _failed(task: Task) -> OpenAIRefusal:
    """A call that waits has no video to show the failure in."""
    fault = replies.fault_of(task)
    assert fault is not None, f"task {task.id} is {task.state}"
    status = 400 if task.fault in CUSTOMERS_OWN else 500
    return OpenAIRefusal(fault.message, status=status, code=fault.code)
