"""PiAPI's callbacks, made when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.delivery import Delivery
from filmgate.protocols.piapi import webhook
from filmgate.protocols.piapi.server.showing import Showing
from filmgate.usecases.front import Front


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    front: Front
    showing: Showing

    async def compose(self, delivery: Delivery, at: float) -> tuple[Mapping[str, str], bytes]:
        """Raises NotFound where the task is no longer kept."""
        del at  # nothing is signed
        event = delivery.event
        task = await self.front.service.read(event.customer, event.task)
        terms = await self.front.service.terms(task.customer)
        shown = await self.showing.of(task, terms.credit_usd_micros)
        return webhook.headers(shown), webhook.body(event, task, shown)
