"""PiAPI's create call carried out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from hashlib import sha256

from filmgate.domain.errors import (
    Conflict,
    Disallowed,
    FilmgateError,
    FixRequest,
    NotFound,
    Unsupported,
)
from filmgate.domain.handles import number_in_uuid
from filmgate.domain.request import Extend, Generation, LipSync, Request
from filmgate.domain.task import ENDED, Callback, Origin, Task
from filmgate.protocols.piapi.errors import PiapiRefusal, answer_to, task_not_found
from filmgate.protocols.piapi.translate_create import Wanted
from filmgate.protocols.piapi.translate_replies import PROTOCOL
from filmgate.usecases.front import Front
from filmgate.usecases.submit_task import Options
from filmgate.usecases.take_in import take_in

PRIVATE = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    front: Front

    async def create(self, customer: str, wanted: Wanted, idempotency_key: str | None) -> Task:
        """Raises FilmgateError; faults of fields in the call's own words."""
        if wanted.service_mode == PRIVATE and not self._has_account(customer):
            raise Unsupported(
                "service_mode private needs a Kling account of your own, and none is connected",
                field="config.service_mode",
            )
        try:
            request = await self._with_source(customer, wanted.request)
            request = self._with_model(await take_in(request, self.front))
            return await self._submit(customer, request, wanted, idempotency_key)
        except (PiapiRefusal, Disallowed, Conflict):
            raise
        except FixRequest as error:
            raise _in_words(error, wanted) from error

    async def _submit(
        self, customer: str, request: Request, wanted: Wanted, idempotency_key: str | None
    ) -> Task:
        callback = None
        if wanted.endpoint is not None:
            # Never looked at here: what becomes of a callback must not touch the task.
            name = await self._keep(customer, wanted.secret, idempotency_key)
            callback = Callback(url=wanted.endpoint, protocol=PROTOCOL, secret=name, states=ENDED)
        options = Options(
            callback=callback,
            origin=Origin(protocol=PROTOCOL, said=wanted.said),
            idempotency_key=idempotency_key,
        )
        try:
            return await self.front.service.submit(customer, request, options)
        except FilmgateError:
            if callback is not None and callback.secret is not None and idempotency_key is None:
                await self.front.door.register.secrets.forget(callback.secret)
            raise

    async def _keep(self, customer: str, secret: str | None, key: str | None) -> str | None:
        """The name under which it is kept; a repeated call with the same key has the same one."""
        if secret is None:
            return None
        known = secrets.token_hex(16)
        if key is not None:
            known = sha256(f"{customer}\0{key}".encode(errors="surrogatepass")).hexdigest()[:32]
        name = f"callback_{known}"
        await self.front.door.register.secrets.keep(name, customer, secret)
        return name

    async def _with_source(self, customer: str, request: Request) -> Request:
        """What it goes on from, by our own id; what is left open is that film's."""
        if not isinstance(request, (Extend, LipSync)) or request.source_task is None:
            return request
        source = await find_task(self.front, customer, request.source_task)
        if source.result is None:
            raise FixRequest("origin_task_id has no film", field="origin_task_id")
        if isinstance(request, LipSync):
            return replace(request, source_task=source.id)
        before = source.request
        mode = before.mode if isinstance(before, Generation) else None
        return replace(
            request,
            source_task=source.id,
            model=request.model or source.model,
            mode=request.mode or mode,
        )

    def _with_model(self, request: Request) -> Request:
        if request.model is not None:
            return request
        defaults = self.front.service.catalogue().providers[PROTOCOL].default_models
        return replace(request, model=defaults.get(request.kind))

    def _has_account(self, customer: str) -> bool:
        accounts = self.front.service.accounts.values()
        return any(account.customer == customer for account in accounts)


def _in_words(error: FixRequest, wanted: Wanted) -> PiapiRefusal:
    told = answer_to(error, wanted.words)
    return PiapiRefusal(
        told.code, told.detail, field=error.field, message=told.message, status=told.status
    )


async def find_task(front: Front, customer: str, asked: str) -> Task:
    """Raises PiapiRefusal (404), alike for what is somebody else's."""
    number = number_in_uuid(asked)
    if number is not None:
        try:
            return await front.service.read_numbered(customer, number)
        except NotFound:
            pass
    raise task_not_found(asked)
