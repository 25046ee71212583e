"""Customers' receivers of webhooks that end with the process."""

from __future__ import annotations

from filmgate.domain.errors import Conflict
from filmgate.domain.receivers import Receiver
from filmgate.storage.memory_rows import Rows


class MemoryReceivers:
    def __init__(self, rows: Rows) -> None:
        self._receivers = rows.receivers
        self._off = rows.receivers_off

    async def add(self, receiver: Receiver, *, at_most: int) -> None:
        if len(await self.all(receiver.customer, receiver.protocol)) >= at_most:
            raise Conflict(f"there may be {at_most} receivers at most")
        self._keep(receiver)

    async def read(self, customer: str, receiver_id: str) -> Receiver | None:
        found = self._receivers.get(receiver_id)
        return found if found is not None and found.customer == customer else None

    async def all(self, customer: str, protocol: str) -> list[Receiver]:
        found = [
            each
            for each in self._receivers.values()
            if (each.customer, each.protocol) == (customer, protocol)
        ]
        return sorted(found, key=lambda each: each.id, reverse=True)

    async def write(self, receiver: Receiver) -> bool:
        if await self.read(receiver.customer, receiver.id) is None:
            return False
        self._keep(receiver)
        return True

    async def remove(self, customer: str, receiver_id: str) -> bool:
        if await self.read(customer, receiver_id) is None:
            return False
        del self._receivers[receiver_id]
        return True

    def _keep(self, receiver: Receiver) -> None:
        self._receivers[receiver.id] = receiver
        self._off.discard((receiver.customer, receiver.url))
