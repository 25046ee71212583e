"""Receivers of webhooks that stand, and the voices and elements that a customer keeps."""

from __future__ import annotations

from starlette.responses import Response

from filmgate.domain.errors import BadInput
from filmgate.domain.library import ItemKind, ItemQuery
from filmgate.domain.line import RateLimit
from filmgate.domain.standard_webhooks import sign
from filmgate.protocols.filmgate.server.asking import Ask, Handler, answer, no_such
from filmgate.protocols.filmgate.view import item_reply, new_receiver_reply, receiver_reply
from filmgate.protocols.filmgate.webhook import RECEIVER, trial
from filmgate.protocols.filmgate.wire import decode
from filmgate.protocols.filmgate.wire_replies import ItemList, ReceiverList, TrialReply
from filmgate.protocols.filmgate.wire_requests import NoQuery, ReceiverBody, RotateBody
from filmgate.usecases.receivers import Draft

TRIALS = (RateLimit(requests=10, window_s=60),)
"""Of one customer: a trial has us call a stranger at once."""


async def list_receivers(ask: Ask) -> Response:
    ask.query(NoQuery)
    found = await ask.front.receivers.all(ask.customer, RECEIVER)
    return answer(ReceiverList(receivers=tuple(map(receiver_reply, found))))


async def add_receiver(ask: Ask) -> Response:
    ask.query(NoQuery)
    body = decode(await ask.call.request.body(), ReceiverBody)
    draft = Draft(name=body.name, url=body.url, events=tuple(each.value for each in body.events))
    try:
        made, secret = await ask.front.receivers.set_up(ask.customer, RECEIVER, draft)
    except BadInput as error:
        error.field = "url"
        raise
    return answer(new_receiver_reply(made, secret), 201)


async def remove_receiver(ask: Ask) -> Response:
    ask.query(NoQuery)
    found = await ask.front.receivers.find(ask.customer, _id(ask))
    await ask.front.receivers.remove(ask.customer, found.id)
    return answer(receiver_reply(found))


async def rotate_receiver(ask: Ask) -> Response:
    ask.query(NoQuery)
    body = decode(await ask.call.request.body(), RotateBody)
    after, secret = await ask.front.receivers.rotate(ask.customer, _id(ask), overlap=body.overlap)
    return answer(new_receiver_reply(after, secret))


async def try_receiver(ask: Ask) -> Response:
    ask.query(NoQuery)
    front = ask.front
    found = await front.receivers.find(ask.customer, _id(ask))
    front.service.rates.take(f"trials {ask.customer}", TRIALS, what="trials")
    now = front.clock.now()
    body = trial(found.id, now)
    secrets = await front.receivers.signing_secrets(found)
    signed = sign(secrets, f"evt_test_{ask.call.request_id}", now, body)
    headers = {"Content-Type": "application/json", **signed}
    return answer(TrialReply(status=await front.receivers.post(found.url, headers, body)))


def lists(kind: ItemKind) -> Handler:
    async def handler(ask: Ask) -> Response:
        ask.query(NoQuery)
        own = await ask.front.library.all(ItemQuery(customer=ask.customer, kind=kind))
        found = (*own, *ask.front.library.presets_of(kind))
        return answer(ItemList(items=tuple(map(item_reply, found))))

    return handler


def _id(ask: Ask) -> str:
    receiver_id = ask.name("receiver")
    if not receiver_id.isprintable():
        raise no_such("receiver", receiver_id, "receiver")
    return receiver_id
