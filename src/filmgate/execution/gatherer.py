"""Sees that what waiting tasks were given by its address is fetched, beside their account's line.

A slow host holds up the tasks that need it and nobody else's: fetches have places of their own, of
which no customer gets all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import zip_longest

from filmgate.domain.change import Stale
from filmgate.domain.errors import FilmgateError
from filmgate.domain.line import Unfetched
from filmgate.domain.order import Sighting
from filmgate.domain.ports import Tasks
from filmgate.domain.task import Task
from filmgate.execution.house import Desk
from filmgate.usecases.gather_inputs import Gathered

AT_ONCE = 64
OF_ONE_CUSTOMER = 8
PATIENCE_S = 900.0
"""Whoever fetches has deadlines of its own; this is for one that has none."""
TROUBLE_S = 30.0
"""Until a task that our own house was in the way of is tried again."""


class Gatherer:
    def __init__(
        self,
        gather: Callable[[Task], Awaitable[Gathered]],
        tasks: Tasks,
        desk: Desk,
        nudge: Callable[[], None],
    ) -> None:
        self._gather = gather
        self._tasks = tasks
        self._desk = desk
        self._nudge = nudge
        """Called when somebody may be ready, or worth another try."""
        self._steps: dict[str, asyncio.Task[None]] = {}
        self._customers: dict[str, str] = {}
        """Of those who are at it."""
        self._rests: dict[str, float] = {}

    @property
    def is_idle(self) -> bool:
        return not (self._steps or self._rests)

    def serve(self, waiting: Iterable[Unfetched]) -> None:
        """Begin with as many as there are places, in turns among the customers."""
        lines = [[(each.customer, task) for task in each.tasks] for each in waiting]
        for turn in zip_longest(*lines):
            for found in turn:
                if found is not None:
                    self.begin(found[1], found[0])

    def begin(self, task_id: str, customer: str) -> None:
        """Once for a task that is at it or rests; nothing where no place is free."""
        now = asyncio.get_running_loop().time()
        if task_id in self._steps or self._rests.get(task_id, 0.0) > now:
            return
        theirs = sum(each == customer for each in self._customers.values())
        if len(self._steps) >= AT_ONCE or theirs >= OF_ONE_CUSTOMER:
            return  # the step that ends nudges, and then it is looked at again
        self._rests.pop(task_id, None)
        self._customers[task_id] = customer
        self._steps[task_id] = asyncio.create_task(self._step(task_id))

    async def close(self) -> None:
        """What was under way begins anew with the next runner; its task waits."""
        steps = list(self._steps.values())
        for step in steps:
            step.cancel()
        await asyncio.gather(*steps, return_exceptions=True)

    async def _step(self, task_id: str) -> None:
        rest_s = 0.0
        try:
            task = await self._tasks.read(task_id)
            if task is not None:
                async with asyncio.timeout(PATIENCE_S):
                    gathered = await self._gather(task)
                rest_s = gathered.rest_s
                self._desk.publish(Sighting(task=gathered.task))
        except Stale:
            rest_s = 0.0  # somebody else wrote the row meanwhile: it counts
        except FilmgateError as trouble:
            self._desk.set_aside(task_id, trouble)
            rest_s = TROUBLE_S
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the runner
            self._desk.defect(error)
        finally:
            del self._steps[task_id], self._customers[task_id]
            self._end(task_id, rest_s)

    def _end(self, task_id: str, rest_s: float) -> None:
        if rest_s <= 0:
            self._nudge()
            return
        loop = asyncio.get_running_loop()
        self._rests[task_id] = loop.time() + rest_s

        def rested() -> None:
            self._rests.pop(task_id, None)
            self._nudge()

        loop.call_later(rest_s, rested)
