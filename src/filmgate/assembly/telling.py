"""How each protocol tells its customers of their tasks."""

from __future__ import annotations

from filmgate.domain.delivery import Delivery
from filmgate.protocols import face
from filmgate.protocols.all import faces
from filmgate.usecases.front import Front
from filmgate.webhooks.deliver import Compose, Message


def composers(front: Front) -> dict[str, Compose]:
    found: dict[str, Compose] = {}
    for each in faces(front):
        for protocol, compose in each.callbacks.items():
            found[protocol] = _message_of(compose)
    return found


def _message_of(compose: face.Compose) -> Compose:
    async def composed(delivery: Delivery, at: float) -> Message:
        headers, body = await compose(delivery, at)
        return Message(headers=headers, body=body)

    return composed
