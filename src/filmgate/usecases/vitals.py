"""How the house is: what an operator's dashboard and a load balancer want to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from filmgate.domain.delivery import DeliveryQuery, DeliveryState
from filmgate.domain.ledger import Audit
from filmgate.domain.order import Progress
from filmgate.domain.ports import Clock, Store, TaskQuery
from filmgate.domain.task import OPEN, State

AUDIT_EVERY_S = 60.0
"""The audit looks at every row of the ledger."""
RENDERS_MAX = 200
DELIVERIES_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    tasks: Mapping[State, int]
    """Unfinished ones."""
    oldest_queued_s: float
    poll_lag_s: float
    """How late the latest look at a provider is; None of ours is meant to be."""
    frames_per_second: float
    """Of all local renders together."""
    deliveries_waiting: int
    """As counted up to DELIVERIES_MAX."""
    delivery_lag_s: float
    """How long the oldest webhook that is due has been due."""
    audit: Audit


class VitalSigns:
    """Asks the store; the costly part at most once a minute."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        progress: Callable[[str], Progress | None],
        poll_lag_s: Callable[[], float],
    ) -> None:
        self._store = store
        self._clock = clock
        self._progress = progress
        self._poll_lag_s = poll_lag_s
        self._audit = Audit()
        self._audit_at = float("-inf")

    async def check(self) -> None:
        """Whether the store answers. Raises SetUp or Wait."""
        await self._store.tasks.select(TaskQuery(limit=1))

    async def read(self) -> Vitals:
        """Raises SetUp where the store is in trouble."""
        now = self._clock.now()
        tasks = self._store.tasks
        counts = {
            state: await tasks.count(TaskQuery(states=frozenset({state}))) for state in sorted(OPEN)
        }
        first = await tasks.select(
            TaskQuery(states=frozenset({State.QUEUED}), oldest_first=True, limit=1)
        )
        running = await tasks.select(
            TaskQuery(states=frozenset({State.RUNNING}), limit=RENDERS_MAX)
        )
        seen = [self._progress(task.id) for task in running]
        waiting = await self._store.delivery_log.select(
            DeliveryQuery(states=frozenset({DeliveryState.PENDING}), limit=DELIVERIES_MAX)
        )
        return Vitals(
            tasks=counts,
            oldest_queued_s=max(0.0, now - first[0].created_at) if first else 0.0,
            poll_lag_s=self._poll_lag_s(),
            frames_per_second=sum(each.frames_per_second or 0.0 for each in seen if each),
            deliveries_waiting=len(waiting),
            delivery_lag_s=max((now - (each.due_at or now) for each in waiting), default=0.0),
            audit=await self._audited(now),
        )

    async def _audited(self, now: float) -> Audit:
        if now - self._audit_at >= AUDIT_EVERY_S:
            self._audit = await self._store.ledger.check()
            self._audit_at = now
        return self._audit
