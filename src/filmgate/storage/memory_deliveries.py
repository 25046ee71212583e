"""The deliveries in memory: for tests, and for a house that is thrown away."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from filmgate.domain.errors import NotFound
from filmgate.domain.event import Attempt, Delivery, DeliveryState, Quota


class MemoryDeliveries:
    def __init__(self) -> None:
        self._rows: dict[str, Delivery] = {}
        self._attempts: dict[str, list[Attempt]] = {}
        self._off: set[str] = set()

    async def add(self, delivery: Delivery) -> Delivery:
        if delivery.id not in self._rows:
            written = replace(delivery, version=1)
            if delivery.endpoint in self._off:
                written = replace(written, state=DeliveryState.SWITCHED_OFF, due_at=None)
            self._rows[delivery.id] = written
        return self._rows[delivery.id]

    async def due(
        self, now: float, *, lease_s: float, out: list[Delivery], quota: Quota
    ) -> list[Delivery]:
        hosts = Counter(delivery.host for delivery in out)
        customers = Counter(delivery.event.customer for delivery in out)
        taken: list[Delivery] = []
        for row in sorted(self._rows.values(), key=lambda row: (row.due_at or 0.0, row.id)):
            if row.due_at is None or row.due_at > now or len(out) + len(taken) >= quota.in_all:
                continue
            customer = row.event.customer
            if hosts[row.host] < quota.per_host and customers[customer] < quota.per_customer:
                hosts[row.host] += 1
                customers[customer] += 1
                taken.append(replace(row, due_at=now + lease_s, version=row.version + 1))
        self._rows.update((row.id, row) for row in taken)
        return taken

    async def record(self, delivery: Delivery, attempt: Attempt) -> bool:
        self._attempts.setdefault(delivery.id, []).append(attempt)
        if self._rows[delivery.id].version != delivery.version:
            return False
        self._rows[delivery.id] = replace(delivery, version=delivery.version + 1)
        if delivery.state is DeliveryState.SWITCHED_OFF:
            self._switch_off(delivery.endpoint)
        return True

    def _switch_off(self, endpoint: str) -> None:
        self._off.add(endpoint)
        for row in list(self._rows.values()):
            if row.endpoint == endpoint and row.state is DeliveryState.PENDING:
                self._rows[row.id] = replace(
                    row, state=DeliveryState.SWITCHED_OFF, due_at=None, version=row.version + 1
                )

    async def of_task(self, task_id: str) -> list[Delivery]:
        found = [row for row in self._rows.values() if row.event.task_id == task_id]
        return sorted(found, key=lambda row: (row.event.at, row.id))

    async def attempts(self, delivery_id: str) -> list[Attempt]:
        return list(self._attempts.get(delivery_id, ()))

    async def replay(self, delivery_id: str, now: float) -> Delivery:
        row = self._rows.get(delivery_id)
        if row is None:
            raise NotFound("there is no such delivery")
        self._off.discard(row.endpoint)
        self._rows[row.id] = replace(
            row, state=DeliveryState.PENDING, tries=0, due_at=now, version=row.version + 1
        )
        return self._rows[row.id]
