"""The native protocol's server: from a call to its handler, and from an error to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from starlette.responses import Response

from filmgate.domain.delivery import Delivery
from filmgate.domain.errors import FilmgateError, FixRequest, Wait
from filmgate.domain.library import ItemKind
from filmgate.protocols.face import Call, Compose, Trouble
from filmgate.protocols.filmgate import webhook
from filmgate.protocols.filmgate.endpoints import ENDPOINTS, find_route
from filmgate.protocols.filmgate.errors import (
    TooLarge,
    TooSlow,
    Unauthenticated,
    WrongMethod,
    facts_of,
    row_of,
)
from filmgate.protocols.filmgate.openapi import describe
from filmgate.protocols.filmgate.server import account, assets, creating, receivers, tasks
from filmgate.protocols.filmgate.server.asking import Ask, Handler, answer, caller_of
from filmgate.protocols.filmgate.server.events import Streams, follow_task
from filmgate.protocols.filmgate.wire import ROOT
from filmgate.protocols.filmgate.wire_replies import ErrorReply
from filmgate.usecases.front import Front

FAMILY = ROOT.rpartition("/")[0]
"""Later versions are ours too."""

TROUBLES: dict[Trouble, FilmgateError] = {
    Trouble.CRASH: FilmgateError("something went wrong here"),
    Trouble.TOO_LARGE: TooLarge("the body is larger than this server reads"),
    Trouble.TOO_SLOW: TooSlow("that took too long", remedy="Send it again."),
    Trouble.BROKEN: FixRequest("this is no proper HTTP"),
}


class FilmgateFace:
    name = "filmgate"

    def __init__(self, front: Front) -> None:
        self._front = front
        self._handlers: dict[str, Handler] = {
            "create_task": creating.create_task,
            "list_tasks": tasks.list_tasks,
            "read_task": tasks.read_task,
            "cancel_task": tasks.cancel_task,
            "follow_task": follow_task(Streams()),
            "get_film": tasks.sends("film", lambda links, task: links.film(task)),
            "get_poster": tasks.sends("poster", lambda links, task: links.poster(task)),
            "get_thumbnail": tasks.sends("thumbnail", lambda links, task: links.thumbnail(task)),
            "get_preview": tasks.sends("preview", lambda links, task: links.preview(task)),
            "quote": creating.quote,
            "keep_asset": assets.keep_asset,
            "read_asset": assets.read_asset,
            "list_models": account.list_models,
            "read_model": account.read_model,
            "read_account": account.read_account,
            "list_transactions": account.list_transactions,
            "list_events": account.list_events,
            "list_deliveries": account.list_deliveries,
            "replay_delivery": account.replay_delivery,
            "list_receivers": receivers.list_receivers,
            "add_receiver": receivers.add_receiver,
            "remove_receiver": receivers.remove_receiver,
            "rotate_receiver": receivers.rotate_receiver,
            "try_receiver": receivers.try_receiver,
            "list_voices": receivers.lists(ItemKind.VOICE),
            "list_elements": receivers.lists(ItemKind.ELEMENT),
        }
        assert self._handlers.keys() == ENDPOINTS.keys()

    def claims(self, method: str, path: str) -> bool:
        del method
        return path == FAMILY or path.startswith(f"{FAMILY}/")

    async def answer(self, call: Call) -> Response:
        route = find_route(call.method, call.path)
        caller = await caller_of(self._front, call)
        ask = Ask(front=self._front, call=call, caller=caller, route=route)
        return await self._handlers[route.endpoint.name](ask)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        if isinstance(error, Trouble):
            error = TROUBLES[error]
        row = row_of(error)
        call.told["code"] = row.code
        reply = ErrorReply(error=facts_of(error, call.request_id))
        return answer(reply, row.status, _headers(error))

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        return {webhook.PROTOCOL: self._compose, webhook.RECEIVER: self._compose}

    def describe(self) -> Mapping[str, object]:
        return describe()

    async def _compose(self, delivery: Delivery, at: float) -> tuple[Mapping[str, str], bytes]:
        event = delivery.event
        task = await self._front.service.read(event.customer, event.task)
        body = webhook.body(event, task)
        if event.protocol == webhook.RECEIVER:
            desk = self._front.receivers
            secrets = await desk.secrets_for(event.customer, webhook.RECEIVER, delivery.url)
        else:
            secrets = await self._front.door.signing_secrets(event.customer)
        return webhook.headers(event, secrets, at, body), body


def _headers(error: FilmgateError) -> dict[str, str]:
    if isinstance(error, Wait):
        return {"Retry-After": str(ceil(error.retry_after_s))}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, WrongMethod):
        return {"Allow": ", ".join(error.allowed)}
    return {}
