"""KIE's callbacks, made when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.delivery import Delivery
from filmgate.protocols.kie import webhook
from filmgate.protocols.kie.server.showing import Showing
from filmgate.usecases.front import Front


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    front: Front
    showing: Showing

    async def compose(self, delivery: Delivery, at: float) -> tuple[Mapping[str, str], bytes]:
        """Raises NotFound where the task is no longer kept."""
        event = delivery.event
        task = await self.front.service.read(event.customer, event.task)
        shown = await self.showing.in_call(task)
        secrets = await self.front.door.signing_secrets(event.customer)
        return webhook.headers(event, secrets, at), webhook.body(event, task, shown)
