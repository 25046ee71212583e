"""PiAPI's server: from a call to the part that answers it, and every error in PiAPI's shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import assert_never

from starlette.responses import Response

from filmgate.domain.customer import Caller, Denial
from filmgate.domain.errors import Conflict, FilmgateError
from filmgate.domain.ports import TaskQuery
from filmgate.domain.task import State, Task
from filmgate.protocols.face import Call, Compose, Trouble
from filmgate.protocols.piapi import translate_replies as replies
from filmgate.protocols.piapi.describe import describe
from filmgate.protocols.piapi.errors import Answer, Code, PiapiRefusal, answer_to, plain_answer
from filmgate.protocols.piapi.paths import Action, Route, find_route, is_piapis
from filmgate.protocols.piapi.queries import page_of, purge_of
from filmgate.protocols.piapi.server.creating import Creator, find_task
from filmgate.protocols.piapi.server.showing import Showing
from filmgate.protocols.piapi.server.telling import Teller
from filmgate.protocols.piapi.translate_create import create
from filmgate.usecases.front import Front

TROUBLES: dict[Trouble, Answer] = {
    Trouble.CRASH: plain_answer(Code.UNAVAILABLE, 500),
    Trouble.TOO_LARGE: plain_answer(Code.BAD_REQUEST, 413, "the body is too large"),
    Trouble.TOO_SLOW: plain_answer(Code.UNAVAILABLE, 408),
    Trouble.BROKEN: plain_answer(Code.BAD_REQUEST, 400),
}
PROVIDER_HEADER = "filmgate-provider"
PENDING = frozenset({State.QUEUED, State.STARTING})
PURGE_MAX = 1000
"""Of one call; whoever has more calls again."""

Handler = Callable[[Call, Route, Caller], Awaitable[Response]]


class PiapiFace:
    name = "piapi"

    def __init__(self, front: Front) -> None:
        self._front = front
        self._showing = Showing(front=front)
        self._creator = Creator(front=front)

    def claims(self, method: str, path: str) -> bool:
        del method
        return is_piapis(path)

    async def answer(self, call: Call) -> Response:
        route = find_route(call.method, call.path)
        caller = await self._caller_of(call)
        call.told["customer"] = caller.customer.id
        return await self._handler(route.action)(call, route, caller)

    def _handler(self, action: Action) -> Handler:
        match action:
            case Action.CREATE:
                return self._create
            case Action.FETCH:
                return self._fetch
            case Action.CANCEL:
                return self._cancel
            case Action.PURGE:
                return self._purge
            case Action.HISTORY:
                return self._history
            case Action.ACCOUNT:
                return self._account
            case _:
                assert_never(action)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        told = TROUBLES[error] if isinstance(error, Trouble) else answer_to(error)
        call.told["code"] = str(told.code.value)
        headers: dict[str, str] = {}
        if told.retry_after_s is not None:
            headers["retry-after"] = str(max(1, round(told.retry_after_s)))
        return _json(replies.error_body(told), told.status, headers)

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        teller = Teller(front=self._front, showing=self._showing)
        return {replies.PROTOCOL: teller.compose}

    def describe(self) -> Mapping[str, object]:
        return describe()

    async def _caller_of(self, call: Call) -> Caller:
        token = call.request.headers.get("x-api-key", "").strip()
        found = await self._front.door.caller_of(token) if token else Denial.UNKNOWN
        if isinstance(found, Denial):
            raise PiapiRefusal(Code.KEY, "the API key is missing or unknown")
        return found

    async def _create(self, call: Call, route: Route, caller: Caller) -> Response:
        del route
        wanted = create(await call.request.body())
        key = call.request.headers.get("idempotency-key")
        task = await self._creator.create(caller.customer.id, wanted, key)
        return await self._told(call, caller, task)

    async def _fetch(self, call: Call, route: Route, caller: Caller) -> Response:
        task = await find_task(self._front, caller.customer.id, route.task_id)
        return await self._told(call, caller, task)

    async def _cancel(self, call: Call, route: Route, caller: Caller) -> Response:
        """Only what is pending; a second cancel is harmless."""
        task = await find_task(self._front, caller.customer.id, route.task_id)
        call.told["task"] = task.id
        if task.state is not State.CANCELLED and task.state not in PENDING:
            status = replies.status_of(task.state)
            raise Conflict(f"task is {status} and can't be canceled any more")
        task = await self._front.service.cancel(caller.customer.id, task.id)
        return _json(replies.cancelled_reply(task))

    async def _purge(self, call: Call, route: Route, caller: Caller) -> Response:
        del route
        wanted, count = purge_of(call.request.query_params), 0
        older = TaskQuery(states=PENDING, created_before=wanted.created_before, limit=PURGE_MAX)
        customer = caller.customer.id
        for task in await self._front.service.tasks(customer, older) if wanted.is_ours else ():
            try:
                await self._front.service.cancel(customer, task.id)
            except Conflict:
                continue  # it ended meanwhile
            count += 1
        return _json(replies.bulk_cancelled_reply(count))

    async def _history(self, call: Call, route: Route, caller: Caller) -> Response:
        del route
        page = page_of(call.request.query_params)
        asked = TaskQuery(
            created_from=page.created_from,
            created_before=page.created_before,
            offset=page.offset,
            limit=page.size,
        )
        found, total = list[Task](), 0
        if page.is_ours:
            found = await self._front.service.tasks(caller.customer.id, asked)
            total = await self._front.service.count(caller.customer.id, asked)
        worth = caller.plan.credit_usd_micros
        records = [replies.record_of(task, await self._showing.of(task, worth)) for task in found]
        return _json(
            replies.history_reply(records, page=page.number, page_size=page.size, total=total)
        )

    async def _account(self, call: Call, route: Route, caller: Caller) -> Response:
        del call, route
        balance = await self._front.service.balance(caller.customer.id)
        return _json(
            replies.account_reply(
                name=caller.customer.name,
                account_id=caller.customer.id,
                plan=caller.plan.name,
                credit_count=balance.available,
                credit_usd_micros=caller.plan.credit_usd_micros,
            )
        )

    async def _told(self, call: Call, caller: Caller, task: Task) -> Response:
        """With who does it: a stand-in is never passed off as the paid model's work."""
        call.told["task"] = task.id
        shown = await self._showing.of(task, caller.plan.credit_usd_micros)
        body = replies.task_reply(task, shown)
        return _json(body, headers={PROVIDER_HEADER: task.provider})


def _json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers=headers, media_type="application/json")
