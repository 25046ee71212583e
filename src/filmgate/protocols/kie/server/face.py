"""KIE's server: from a call to the part that answers it, and every error in KIE's shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import assert_never

from starlette.responses import Response

from filmgate.domain.customer import Caller, Denial
from filmgate.domain.errors import FilmgateError
from filmgate.domain.task import Task
from filmgate.protocols.face import Call, Compose, Trouble
from filmgate.protocols.kie import translate_replies as replies
from filmgate.protocols.kie.describe import describe
from filmgate.protocols.kie.errors import Design, KieRefusal, Sort, answer_to, plain_answer
from filmgate.protocols.kie.paths import Action, Route, design_of, find_route, is_kies
from filmgate.protocols.kie.server.creating import Creator, find_task
from filmgate.protocols.kie.server.showing import Showing
from filmgate.protocols.kie.server.telling import Teller
from filmgate.protocols.kie.server.uploads import Uploads
from filmgate.protocols.kie.translate_market import create_task
from filmgate.protocols.kie.translate_seed import generate
from filmgate.protocols.kie.translate_upload import download_url
from filmgate.usecases.front import Front
from filmgate.usecases.take_in import film_link

TROUBLES: dict[Trouble, Sort] = {
    Trouble.CRASH: Sort.CRASH,
    Trouble.TOO_LARGE: Sort.TOO_LARGE,
    Trouble.TOO_SLOW: Sort.TOO_SLOW,
    Trouble.BROKEN: Sort.BODY,
}
SCHEME = "bearer "
PROVIDER_HEADER = "filmgate-provider"


Handler = Callable[[Call, Route, str], Awaitable[Response]]
"""Of a call, its route and the customer's id."""


class KieFace:
    name = "kie"

    def __init__(self, front: Front) -> None:
        self._front = front
        self._showing = Showing(front=front)
        self._creator = Creator(front=front)
        self._uploads = Uploads(front=front)

    def claims(self, method: str, path: str) -> bool:
        del method
        return is_kies(path)

    async def answer(self, call: Call) -> Response:
        route = find_route(call.method, call.path)
        caller = await self._caller_of(call)
        call.told["customer"] = caller.customer.id
        customer = caller.customer.id
        return await self._handler(route.action)(call, route, customer)

    def _handler(self, action: Action) -> Handler:
        match action:
            case Action.GENERATE | Action.CREATE_TASK:
                return self._create
            case Action.SEED_RECORD | Action.RECORD:
                return self._record
            case Action.CREDIT:
                return self._credit
            case Action.DOWNLOAD_URL:
                return self._download_url
            case Action.BASE64_UPLOAD | Action.URL_UPLOAD | Action.STREAM_UPLOAD:
                return self._upload
            case _:
                assert_never(action)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        design = design_of(call.path)
        if isinstance(error, Trouble):
            told = plain_answer(TROUBLES[error], design)
        else:
            told = answer_to(error, design)
        call.told["code"] = str(told.code)
        headers: dict[str, str] = {}
        if told.retry_after_s is not None:
            headers["retry-after"] = str(max(1, round(told.retry_after_s)))
        return _json(replies.error_body(told, design), told.status, headers)

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        compose = Teller(front=self._front, showing=self._showing).compose
        return {Design.SEED.value: compose, Design.MARKET.value: compose}

    def describe(self) -> Mapping[str, object]:
        return describe()

    async def _caller_of(self, call: Call) -> Caller:
        text = call.request.headers.get("authorization", "").strip()
        token = text[len(SCHEME) :].strip() if text.lower().startswith(SCHEME) else ""
        found = await self._front.door.caller_of(token) if token else Denial.UNKNOWN
        if isinstance(found, Denial):
            raise KieRefusal(Sort.KEY)
        return found

    async def _create(self, call: Call, route: Route, customer: str) -> Response:
        body = await call.request.body()
        key = call.request.headers.get("idempotency-key")
        if route.action is Action.GENERATE:
            task = await self._creator.create(customer, generate(body), route.design, key)
            return _of_task(call, task, replies.seed_created(task))
        task = await self._creator.create(customer, create_task(body), route.design, key)
        return _of_task(call, task, replies.market_created(task))

    async def _record(self, call: Call, route: Route, customer: str) -> Response:
        asked = call.request.query_params.get("taskId", "").strip()
        if not asked:
            kind = Sort.PARAMETER if route.design is Design.SEED else Sort.BODY
            raise KieRefusal(kind, "taskId parameter is required", field="taskId")
        task = await find_task(self._front, customer, asked)
        shown = self._showing.of(task)
        if route.design is Design.SEED:
            return _of_task(call, task, replies.seed_record(task, shown))
        return _of_task(call, task, replies.market_record(task, shown))

    async def _credit(self, call: Call, route: Route, customer: str) -> Response:
        del call
        balance = await self._front.service.balance(customer)
        return _json(replies.reply(balance.available, route.design))

    async def _upload(self, call: Call, route: Route, customer: str) -> Response:
        del customer
        if route.action is Action.STREAM_UPLOAD:
            return _json(await self._uploads.stream(call.request))
        body = await call.request.body()
        if route.action is Action.URL_UPLOAD:
            return _json(await self._uploads.url(body))
        return _json(await self._uploads.base64(body))

    async def _download_url(self, call: Call, route: Route, customer: str) -> Response:
        """A new link to a film of the customer's own."""
        task_id = film_link(download_url(await call.request.body()), self._front)
        if task_id is None:
            raise KieRefusal(Sort.FOREIGN_URL, "url was not made here", field="url")
        task = await self._front.service.read(customer, task_id)
        link = self._front.links.film(task)
        if link is None:
            raise KieRefusal(Sort.NO_TASK, "this film is no longer kept")
        return _json(replies.reply(link, route.design))


def _json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers=headers, media_type="application/json")


def _of_task(call: Call, task: Task, body: bytes) -> Response:
    """With who does it: a stand-in is never passed off as the paid model's work."""
    call.told["task"] = task.id
    return _json(body, headers={PROVIDER_HEADER: task.provider})
