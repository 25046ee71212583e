"""How each protocol tells its customers of their tasks."""

from __future__ import annotations

from filmgate.domain.delivery import Delivery
from filmgate.protocols import face
from filmgate.protocols.all import faces
from filmgate.protocols.filmgate import webhook as native
from filmgate.usecases.front import Front
from filmgate.webhooks.deliver import Compose, Message


def composers(front: Front) -> dict[str, Compose]:
    found = {native.PROTOCOL: _native(front)}
    for each in faces(front):
        for protocol, compose in each.callbacks.items():
            found[protocol] = _message_of(compose)
    return found


def _message_of(compose: face.Compose) -> Compose:
    async def composed(delivery: Delivery, at: float) -> Message:
        headers, body = await compose(delivery, at)
        return Message(headers=headers, body=body)

    return composed


def _native(front: Front) -> Compose:
    async def composed(delivery: Delivery, at: float) -> Message:
        event = delivery.event
        task = await front.service.read(event.customer, event.task)
        body = native.body(event, task)
        secrets = await front.door.signing_secrets(event.customer)
        return Message(headers=native.headers(event, secrets, at, body), body=body)

    return composed
