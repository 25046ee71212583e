"""A customer takes a task back, whatever its state: nothing of it is left but the ledger's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.errors import Conflict
from filmgate.domain.ports import Clock, Provider, Results, Store, TaskQuery
from filmgate.domain.task import OPEN, Task
from filmgate.usecases.cancel_task import cancel_task
from filmgate.usecases.read_task import read_task
from filmgate.usecases.sweep import FROM_A_TASK


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    store: Store
    results: Results
    providers: Mapping[str, Provider]
    """By account."""
    clock: Clock

    async def remove(self, customer: str, task_id: str) -> None:
        """Cancels first what is not done; its job has really stopped, or can't be stopped, when
        this returns. Raises NotFound, and Conflict while another task goes on from its film."""
        if await self._goes_on(customer, task_id):
            raise Conflict("another task that is not done yet goes on from this film", field="task")
        while True:
            task = await read_task(task_id, customer=customer, tasks=self.store.tasks)
            if not task.state.ended:
                task = await self._cancelled(task)
            # The row first: a film without a row is found by the sweep, while a row without its
            # film would promise what is not there.
            if task.state.ended and await self.store.records.remove(task):
                await self.results.discard(task.id)
                return

    async def _cancelled(self, task: Task) -> Task:
        try:
            return await cancel_task(
                task.id,
                customer=task.customer,
                providers=self.providers,
                tasks=self.store.tasks,
                clock=self.clock,
            )
        except Conflict:
            return task  # it ended by itself meanwhile: read it again

    async def _goes_on(self, customer: str, task_id: str) -> bool:
        wanted = TaskQuery(customer=customer, states=OPEN, kinds=FROM_A_TASK)
        tasks = await self.store.tasks.select(wanted)
        return any(getattr(each.request, "source_task", None) == task_id for each in tasks)
