"""INFINITO's server: one route, credits told before and given back by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from filmgate.domain.customer import Caller, Denial, Role
from filmgate.domain.errors import FilmgateError, FixRequest
from filmgate.domain.ledger import Kind as TransferKind
from filmgate.domain.ledger import transaction_id
from filmgate.domain.order import with_assets
from filmgate.domain.request import Request
from filmgate.domain.task import Task
from filmgate.protocols.face import Call, Compose, Trouble
from filmgate.protocols.infinito import translate
from filmgate.protocols.infinito.describe import PATH, describe
from filmgate.protocols.infinito.errors import Answer, InfinitoRefusal, answer_to
from filmgate.usecases.front import Front
from filmgate.usecases.submit_task import Options
from filmgate.usecases.take_in import take_in

TROUBLES: dict[Trouble, Answer] = {
    Trouble.CRASH: Answer(status=500, message="Something went wrong. Please try again."),
    Trouble.TOO_LARGE: Answer(status=413, message="The image is too large."),
    Trouble.TOO_SLOW: Answer(status=408, message="The upload took too long."),
    Trouble.BROKEN: Answer(status=400, message="The request broke off."),
}
KLING = "kling"
"""Whose recommended model is used where none is named."""
PROVIDER_HEADER = "filmgate-provider"
SCHEME = "bearer "
ADMIN = "role"
"""Under which a call's log line says who may read details."""


class InfinitoFace:
    name = "infinito"

    def __init__(self, front: Front) -> None:
        self._front = front

    def claims(self, method: str, path: str) -> bool:
        del method
        return path.rstrip("/") == PATH or path.startswith(f"{PATH}/")

    async def answer(self, call: Call) -> Response:
        if call.path.rstrip("/") != PATH:
            raise InfinitoRefusal(404, "Not found")
        if call.method not in {"GET", "POST"}:
            raise InfinitoRefusal(405, "Method not allowed")
        caller = await self._caller_of(call)
        call.told["customer"] = caller.customer.id
        call.told[ADMIN] = caller.customer.role.value
        if call.method == "POST":
            return await self._create(call, caller)
        return await self._record(call, caller)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        told = TROUBLES[error] if isinstance(error, Trouble) else answer_to(error, translate.WORDS)
        call.told["code"] = str(told.status)
        headers: dict[str, str] = {}
        if told.retry_after_s is not None:
            headers["retry-after"] = str(max(1, round(told.retry_after_s)))
        is_admin = call.told.get(ADMIN) in {Role.ADMIN, Role.OWNER}
        return _json(translate.error_body(told, is_admin=is_admin), told.status, headers)

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        return {}  # its clients ask

    def describe(self) -> Mapping[str, object]:
        return describe()

    async def _caller_of(self, call: Call) -> Caller:
        """By key; sessions come with the studio."""
        text = call.request.headers.get("authorization", "").strip()
        token = text[len(SCHEME) :].strip() if text.lower().startswith(SCHEME) else ""
        token = token or call.request.headers.get("x-api-key", "").strip()
        found = await self._front.door.caller_of(token) if token else Denial.UNKNOWN
        if isinstance(found, Denial):
            raise InfinitoRefusal(401, "Please sign in, or send a valid API key.")
        return found

    async def _create(self, call: Call, caller: Caller) -> Response:
        customer = caller.customer.id
        wanted = translate.generate(await call.request.body())
        request = await take_in(await self._kept(wanted), self._front)
        if getattr(request, "model", None) is None:
            best = self._front.service.catalogue().providers[KLING].recommended_model
            request = replace(request, model=best)
        options = Options(idempotency_key=call.request.headers.get("idempotency-key"))
        task = await self._front.service.submit(customer, request, options)
        balance = await self._front.service.balance(customer)
        body = translate.created(
            task,
            balance=balance.available,
            transaction_id=_transaction(task),
        )
        return _of_task(call, task, body)

    async def _kept(self, wanted: translate.Wanted) -> Request:
        """What came in the call itself, checked and kept."""
        kept = {
            translate.PLACEHOLDER + field: await self._front.intake.keep(
                data, field=field, limits=translate.PICTURE
            )
            for field, data in wanted.inline.items()
        }
        return with_assets(wanted.request, lambda asset: kept.get(asset.digest, asset))

    async def _record(self, call: Call, caller: Caller) -> Response:
        asked = call.request.query_params.get("taskId", "").strip()
        if not asked:
            raise FixRequest("taskId is required", field="taskId")
        task = await self._front.service.read(caller.customer.id, asked)
        body = translate.record(
            task,
            film_url=self._front.links.film(task),
            transaction_id=_transaction(task),
        )
        return _of_task(call, task, body)


def _transaction(task: Task) -> str:
    """What the customer quotes to support; empty for what cost nothing."""
    return transaction_id(task.id, TransferKind.HOLD) if task.hold_credits else ""


def _json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers=headers, media_type="application/json")


def _of_task(call: Call, task: Task, body: bytes) -> Response:
    """With who does it: a stand-in is never passed off as the paid model's work."""
    call.told["task"] = task.id
    return _json(body, headers={PROVIDER_HEADER: task.provider})
