"""What an operator sees and does of the calls to customers."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.customer import Deed
from filmgate.domain.customer_ports import Trail
from filmgate.domain.delivery import Attempt, Delivery, DeliveryLog, DeliveryQuery
from filmgate.domain.errors import FixRequest, NotFound
from filmgate.domain.ports import Clock

ID_HEAD = "evt_"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOffice:
    log: DeliveryLog
    trail: Trail
    clock: Clock

    async def select(self, wanted: DeliveryQuery) -> list[Delivery]:
        """Newest first."""
        return await self.log.select(wanted)

    async def find(self, text: str) -> Delivery:
        """By its event's id, or a beginning that no other shares. Raises NotFound, FixRequest."""
        prefix = ID_HEAD + text.strip().removeprefix(ID_HEAD).upper()
        found = await self.log.select(DeliveryQuery(id_prefix=prefix, limit=2))
        exact = [each for each in found if each.id == prefix]
        if not found or prefix == ID_HEAD:
            raise NotFound(
                f"there is no delivery {text!r}",
                field="delivery",
                remedy="See filmgate admin webhooks list.",
            )
        if len(found) > 1 and not exact:
            raise FixRequest(
                f"several deliveries begin with {text!r}",
                field="delivery",
                remedy="Give more of the id.",
            )
        return exact[0] if exact else found[0]

    async def attempts(self, delivery: Delivery) -> list[Attempt]:
        """Oldest first."""
        return await self.log.attempts(delivery.id)

    async def replay(self, text: str, *, by: str) -> Delivery:
        """Begin the timetable anew; a receiver that said it is gone is called again. Raises
        NotFound, FixRequest."""
        found = await self.find(text)
        now = self.clock.now()
        again = await self.log.replay(found.id, now)
        details = {"customer": again.event.customer, "was": found.state.value}
        await self.trail.add(
            Deed(at=now, by=by, action="webhooks replay", subject=again.id, details=details)
        )
        return again
