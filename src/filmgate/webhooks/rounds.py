"""A house's courier, set going when there is something to tell and not before."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from filmgate.domain.delivery import Delivery, DeliveryQuery, DeliveryState
from filmgate.domain.ports import Clock, Store
from filmgate.domain.task import Task
from filmgate.transport.policy import Policy
from filmgate.webhooks.deliver import Compose, Courier, Post, Terms

GRACE_S = 2.0
"""For what is out when the house closes; else it waits for the end of its lease."""
GLANCE_S = 0.1


class Rounds:
    def __init__(
        self,
        store: Store,
        policy: Policy,
        compose: Callable[[], Mapping[str, Compose]],
        *,
        clock: Clock,
        chance: Callable[[], float],
        terms: Terms | None = None,
    ) -> None:
        """``compose``: by protocol; asked for when there is first something to tell."""
        self._store = store
        self._policy = policy
        self._compose = compose
        self._clock = clock
        self._chance = chance
        self._terms = terms or Terms()
        self._way_out = contextlib.AsyncExitStack()
        self._courier: Courier | None = None
        self._post: Post | None = None
        self._going: asyncio.Task[None] | None = None

    async def begin(self) -> Courier:
        """Carry what is due from now on; once more is harmless."""
        if self._courier is not None:
            return self._courier
        # Only here: most commands call nobody, and the HTTP client is heavy.
        from filmgate.transport.egress import Egress  # noqa: PLC0415

        egress = await self._way_out.enter_async_context(Egress(self._policy))
        self._post = egress.post
        courier = Courier(
            self._store.deliveries,
            egress.post,
            self._compose(),
            clock=self._clock,
            chance=self._chance,
            terms=self._terms,
        )

        def told(task: Task) -> None:
            if task.callback is not None:
                courier.wake()

        self._way_out.callback(self._store.news.listen(told))
        self._courier = courier
        self._going = asyncio.create_task(courier.run())
        return courier

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send once and now, outside of every timetable; the answer's status. Raises BadInput,
        Unreachable."""
        await self.begin()
        assert self._post is not None, "there is a way out from the beginning on"
        answer = await self._post(
            url, headers=headers, body=body, deadline_s=self._terms.deadline_s
        )
        return answer.status

    async def deliver_due(self) -> None:
        """All that is due now, tried once: before a process ends."""
        await (await self.begin()).deliver_due()

    async def tried(self, wanted: DeliveryQuery, within_s: float) -> list[Delivery]:
        """These deliveries, oldest first, once each has had an attempt or the time is over."""
        courier = await self.begin()
        courier.wake()
        until = asyncio.get_running_loop().time() + within_s
        while True:
            found = (await self._store.delivery_log.select(wanted))[::-1]
            waits = any(each.state is DeliveryState.PENDING and not each.tries for each in found)
            if not waits or asyncio.get_running_loop().time() > until:
                return found
            await asyncio.sleep(GLANCE_S)

    async def close(self) -> None:
        if self._courier is not None and self._going is not None:
            await self._courier.come_home(GRACE_S)
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)
        await self._way_out.aclose()
        self._courier = None
