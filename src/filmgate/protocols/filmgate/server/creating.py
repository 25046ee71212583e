"""Requests for films: their inputs taken in, and then accepted, or only quoted."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from filmgate.domain.errors import BadInput, Conflict, FixRequest, NotFound
from filmgate.domain.library import ItemKind
from filmgate.domain.media import broken_limit
from filmgate.domain.request import Asset, Fetch, Request
from filmgate.domain.task import Callback, State
from filmgate.protocols.filmgate.server.asking import Ask, answer, no_such, task_answer
from filmgate.protocols.filmgate.translate import (
    Wanted,
    bytes_of,
    digest_of,
    inputs_of,
    kind_of,
    request_of,
)
from filmgate.protocols.filmgate.view import offer_reply
from filmgate.protocols.filmgate.webhook import PROTOCOL, RECEIVER, STATES
from filmgate.protocols.filmgate.wire import ROOT, decode
from filmgate.protocols.filmgate.wire_replies import QuoteReply
from filmgate.protocols.filmgate.wire_requests import AnyCreate, NoQuery
from filmgate.usecases.submit_task import Options
from filmgate.usecases.take_in import take_in_one

KEY_CHARS_MAX = 255
ITEMS = {"elements": ItemKind.ELEMENT, "voices": ItemKind.VOICE}
"""Fields of requests that name what customers keep."""
ITEM_DIGITS_MAX = 18
QUICK_CHARS = 1_000_000
"""A base64 text up to this length is read at once, a longer one beside the other calls."""


async def create_task(ask: Ask) -> Response:
    ask.query(NoQuery)
    body = decode(await ask.call.request.body(), AnyCreate)
    options = await _options(ask, body)
    request = await _request(ask, body)
    task = await ask.front.service.submit(ask.customer, request, options)
    ask.call.told["task"] = task.id
    return await task_answer(ask, task, 201, {"Location": f"{ROOT}/tasks/{task.id}"})


async def quote(ask: Ask) -> Response:
    ask.query(NoQuery)
    body = decode(await ask.call.request.body(), AnyCreate)
    request = await _request(ask, body)
    offers = await ask.front.service.quote(ask.customer, request)
    wanted = [each for each in offers if body.provider in {"auto", each.provider}]
    return answer(QuoteReply(kind=kind_of(body), offers=tuple(map(offer_reply, wanted))))


async def _options(ask: Ask, body: AnyCreate) -> Options:
    return Options(
        provider=body.provider,
        max_cost_usd_micros=body.max_cost_usd_micros,
        max_credits=body.max_credits,
        idempotency_key=_idempotency_key(ask),
        external_id=body.external_id,
        callback=await _callback(ask, body),
        receivers=await ask.front.receivers.callbacks(ask.customer, RECEIVER, STATES),
        priority=body.priority,
        deadline_at=None if body.deadline_s is None else ask.front.clock.now() + body.deadline_s,
    )


def _idempotency_key(ask: Ask) -> str | None:
    key = ask.call.request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= KEY_CHARS_MAX and key.isprintable()):
        raise FixRequest(
            f"Idempotency-Key must have 1 to {KEY_CHARS_MAX} printable characters",
            field="idempotency_key",
        )
    return key


async def _callback(ask: Ask, body: AnyCreate) -> Callback | None:
    if body.webhook is None:
        return None
    try:
        ask.front.check_callback(body.webhook.url)
    except BadInput as error:
        error.field = "webhook.url"
        raise
    if not await ask.front.door.signing_secrets(ask.customer):
        raise FixRequest(
            "there is no secret to sign your webhooks with",
            field="webhook",
            remedy="Ask the operator for a webhook key.",
        )
    return Callback(url=body.webhook.url, protocol=PROTOCOL)


async def _request(ask: Ask, body: AnyCreate) -> Request:
    """Raises FixRequest, with the path of the input that is wrong."""
    assets = {each.path: await _asset(ask, each) for each in inputs_of(body)}
    request = request_of(body, assets)
    source = getattr(request, "source_task", None)
    if isinstance(source, str):
        await _check_source(ask, source, "source_task")
    for field, kind in ITEMS.items():
        for index, number in enumerate(getattr(request, field, ())):
            await _check_item(ask, number, kind, f"{field}[{index}]")
    return request


async def _asset(ask: Ask, wanted: Wanted) -> Asset:
    intake, given, field = ask.front.intake, wanted.given, wanted.path
    if given.url is not None:
        fetch = Fetch(url=given.url, field=field, limits=wanted.limits)
        return await take_in_one(fetch, ask.front)
    if given.base64 is not None:
        data = await _decoded(given.base64, field)
        return await intake.keep(data, field=field, limits=wanted.limits)
    if given.task is not None:
        task = await ask.read(given.task, f"{field}.task")
        return await _fitting(ask, wanted, await intake.keep_film(task))
    assert given.asset is not None, f"{field} is nothing"
    try:
        return await _fitting(ask, wanted, await intake.recall(digest_of(given.asset)))
    except NotFound as error:
        raise NotFound(
            f"{field}: there is no asset {given.asset!r}",
            field=f"{field}.asset",
            remedy="Upload it first: POST /assets.",
        ) from error


async def _decoded(text: str, field: str) -> bytes:
    if len(text) <= QUICK_CHARS:
        return bytes_of(text, field=field)
    return await asyncio.to_thread(bytes_of, text, field=field)


async def _fitting(ask: Ask, wanted: Wanted, asset: Asset) -> Asset:
    """What was kept for one use may not do for another."""
    facts = await ask.front.intake.facts(asset)
    told = broken_limit(wanted.limits, facts, asset.size_bytes)
    if told is not None:
        raise BadInput(f"{wanted.path} {told}", field=wanted.path)
    return asset


async def _check_item(ask: Ask, number: str, kind: ItemKind, field: str) -> None:
    """Others' voices and elements don't exist."""
    is_number = number.isascii() and number.isdigit() and len(number) <= ITEM_DIGITS_MAX
    try:
        await ask.front.library.find(ask.customer, int(number) if is_number else -1, kind)
    except NotFound as error:
        raise no_such(kind.value, number, field) from error


async def _check_source(ask: Ask, task_id: str, field: str) -> None:
    task = await ask.read(task_id, field)
    if task.state is not State.SUCCEEDED:
        raise Conflict(f"task {task.id} is {task.state.value} and has no film", field=field)
