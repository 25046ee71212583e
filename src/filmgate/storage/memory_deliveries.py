"""The deliveries in memory: for tests, and for a house that is thrown away."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from filmgate.domain.change import Event
from filmgate.domain.delivery import (
    Attempt,
    Delivery,
    DeliveryQuery,
    DeliveryState,
    Quota,
    first_delivery,
)
from filmgate.domain.errors import NotFound
from filmgate.storage.memory_rows import Rows


def write_event(rows: Rows, event: Event) -> None:
    """The event with its delivery."""
    rows.events[event.id] = event
    off = (event.customer, event.url) in rows.receivers_off
    if (delivery := first_delivery(event, switched_off=off)) is not None:
        rows.deliveries[event.id] = delivery


class MemoryDeliveries:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def due(
        self, now: float, *, lease_s: float, out: list[Delivery], quota: Quota
    ) -> list[Delivery]:
        hosts = Counter(delivery.host for delivery in out)
        customers = Counter(delivery.event.customer for delivery in out)
        taken: list[Delivery] = []
        waiting = [each for each in self._rows.deliveries.values() if each.due_at is not None]
        for row in sorted(waiting, key=lambda each: (each.due_at or 0.0, each.id)):
            if (row.due_at or 0.0) > now or len(out) + len(taken) >= quota.in_all:
                continue
            customer = row.event.customer
            if hosts[row.host] < quota.per_host and customers[customer] < quota.per_customer:
                hosts[row.host] += 1
                customers[customer] += 1
                taken.append(replace(row, due_at=now + lease_s))
        return [self._write(row) for row in taken]

    async def record(self, delivery: Delivery, attempt: Attempt) -> bool:
        there = self._rows.deliveries.get(delivery.id)
        if there is None:
            return False
        self._rows.attempts.setdefault(delivery.id, []).append(attempt)
        if there.version != delivery.version:
            return False
        self._write(delivery)
        if delivery.state is DeliveryState.SWITCHED_OFF:
            self._switch_off(delivery.endpoint)
        return True

    async def select(self, wanted: DeliveryQuery) -> list[Delivery]:
        found = [
            each
            for each in self._rows.deliveries.values()
            if each.state in wanted.states
            and wanted.customer in {None, each.event.customer}
            and wanted.task in {None, each.event.task}
            and each.id.startswith(wanted.id_prefix)
        ]
        found.sort(key=lambda each: (each.event.at, each.id), reverse=True)
        return found[: wanted.limit]

    async def attempts(self, event_id: str) -> list[Attempt]:
        return list(self._rows.attempts.get(event_id, ()))

    async def replay(self, event_id: str, now: float) -> Delivery:
        row = self._rows.deliveries.get(event_id)
        if row is None:
            raise NotFound(f"there is no delivery {event_id!r}", field="delivery")
        self._rows.receivers_off.discard(row.endpoint)
        return self._write(replace(row, state=DeliveryState.PENDING, tries=0, due_at=now))

    def _switch_off(self, endpoint: tuple[str, str]) -> None:
        self._rows.receivers_off.add(endpoint)
        for row in list(self._rows.deliveries.values()):
            if row.endpoint == endpoint and row.due_at is not None:
                self._write(replace(row, state=DeliveryState.SWITCHED_OFF, due_at=None))

    def _write(self, delivery: Delivery) -> Delivery:
        written = replace(delivery, version=delivery.version + 1)
        self._rows.deliveries[delivery.id] = written
        return written
