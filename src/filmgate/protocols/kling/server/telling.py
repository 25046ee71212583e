"""Kling's callbacks: the body of the design that a task was made with, signed if there is a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.delivery import Delivery, as_told
from filmgate.domain.standard_webhooks import sign
from filmgate.protocols.face import Compose
from filmgate.protocols.kling.auth import Design
from filmgate.protocols.kling.server.views import Views
from filmgate.protocols.kling.translate_outputs import new_callback
from filmgate.protocols.kling.translate_replies import callback
from filmgate.usecases.front import Front


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    front: Front
    views: Views

    def composer(self, design: Design) -> Compose:
        body_of = callback if design is Design.LEGACY else new_callback

        async def compose(delivery: Delivery, at: float) -> tuple[Mapping[str, str], bytes]:
            event = delivery.event
            task = await self.front.service.read(event.customer, event.task)
            body = body_of(await self.views.one(as_told(event, task)))
            headers = {"Content-Type": "application/json; charset=utf-8"}
            # Without a secret Kling's callbacks go out unsigned (``reference/kling.md`` 5.3).
            if secrets := await self.front.door.signing_secrets(event.customer):
                headers |= sign(secrets, event.id, at, body)
            return headers, body

        return compose
