"""The embedded runner: drives tasks from queued to their end, inside one process.

What it knows stands in the rows; what it keeps in memory can be lost at any instruction. A task
belongs to the runner named in its row for as long as that runner's lock is held.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, replace

from filmgate.domain.errors import FilmgateError
from filmgate.domain.order import Progress, Sighting
from filmgate.domain.ports import Clock, Provider, Results, Running, Stale, TaskQuery, Tasks
from filmgate.domain.task import State, Task
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.watcher import Watcher
from filmgate.usecases.finish_task import finish_task
from filmgate.usecases.poll_account import poll_account
from filmgate.usecases.start_task import start_task

IN_HAND = frozenset({State.STARTING, State.RUNNING, State.FETCHING})
OPEN = IN_HAND | {State.QUEUED}
REST_S = 2.0
"""Between two attempts to reach a provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The rooms that a runner works in."""

    tasks: Tasks
    results: Results
    providers: Mapping[str, Provider]
    clock: Clock
    locks: RunnerLocks


class Runner:
    def __init__(self, runner_id: str, house: House, *, slots: Mapping[str, int]) -> None:
        """``slots``: how many jobs may run at once at each provider."""
        self.id = runner_id
        self._house = house
        self._slots = slots
        self._watchers: dict[str, list[Watcher]] = {}
        self._takes_all = False
        self._in_hand: dict[str, Task] = {}
        self._steps: dict[str, asyncio.Task[None]] = {}
        self._troubles: dict[str, FilmgateError] = {}
        self._rests_until: dict[str, float] = {}
        self._news = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def watch(self, task_id: str) -> AsyncIterator[Sighting]:
        """Drive this task, or look on where another runner does, until it has ended.

        Raises what is in its way in our own house (SetUp); the task then stays resumable.
        """
        watcher = Watcher()
        self._watchers.setdefault(task_id, []).append(watcher)
        self._troubles.pop(task_id, None)
        self._set_going()
        try:
            async for sighting in watcher.news():
                yield sighting
        finally:
            self._watchers[task_id].remove(watcher)
            if not self._watchers[task_id]:
                del self._watchers[task_id]
            self._news.set()

    async def run_until_idle(self) -> None:
        """Drive all tasks that no living runner has. Raises the first trouble, at the end."""
        self._takes_all = True
        self._troubles.clear()
        self._set_going()
        assert self._loop is not None
        try:
            await asyncio.shield(self._loop)
        finally:
            self._takes_all = False
        for trouble in self._troubles.values():
            raise trouble

    async def has_work(self) -> bool:
        """Whether a task waits that this runner could take."""
        open_tasks = await self._house.tasks.select(TaskQuery(states=OPEN))
        return any(self._may_take(task) for task in open_tasks)

    async def close(self) -> None:
        """Let go of everything. The lock is released by whoever stops the providers' work."""
        running = [*self._steps.values(), *([self._loop] if self._loop else [])]
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for watcher in self._all_watchers():
            watcher.end()

    # --- the loop

    def _set_going(self) -> None:
        self._house.locks.take(self.id)
        self._news.set()
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._drive())

    async def _drive(self) -> None:
        try:
            while await self._turn():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_s()):
                        await self._news.wait()
        except Exception as error:
            for watcher in self._all_watchers():
                watcher.tell(error)
            raise

    async def _turn(self) -> bool:
        """Bring everything one step further; False when there is nothing left to do."""
        self._news.clear()
        self._collect_steps()
        waiting = await self._take_up()
        for provider in self._house.providers.values():
            await self._poll(provider)
        return bool(self._watchers or self._steps or self._in_hand or waiting)

    def _pause_s(self) -> float:
        return min(provider.check_interval_s for provider in self._house.providers.values())

    def _collect_steps(self) -> None:
        for task_id, step in list(self._steps.items()):
            if step.done():
                del self._steps[task_id]
                step.result()  # a defect of ours ends the loop and is told to the watchers

    async def _take_up(self) -> bool:
        """Look at the tasks we are asked for and take what is free; True if some must wait."""
        waiting = False
        for task in await self._asked_for():
            if self._may_take(task):
                if self._can_begin(task):
                    await self._take(task)
                else:
                    waiting = True
            elif task.id in self._watchers and task.id not in self._in_hand:
                self._publish(Sighting(task=task, progress=await self._progress_elsewhere(task)))
        return waiting

    async def _asked_for(self) -> list[Task]:
        if self._takes_all:
            found = await self._house.tasks.select(TaskQuery(states=OPEN, oldest_first=True))
        else:
            found = []
        known = {task.id for task in found}
        for task_id in list(self._watchers):
            if task_id not in known and task_id not in self._in_hand:
                task = await self._house.tasks.read(task_id)
                if task is not None:
                    found.append(task)
        return found

    def _may_take(self, task: Task) -> bool:
        if task.id in self._in_hand or task.id in self._troubles or task.state not in OPEN:
            return False
        if task.state is State.QUEUED or task.runner is None or task.runner == self.id:
            return True
        return self._house.locks.is_free(task.runner)

    def _can_begin(self, task: Task) -> bool:
        if task.state is State.FETCHING:
            return True
        if asyncio.get_running_loop().time() < self._rests_until.get(task.id, 0.0):
            return False
        used = sum(
            mine.provider == task.provider and mine.state is not State.FETCHING
            for mine in self._in_hand.values()
        )
        return used < self._slots[task.provider]

    async def _take(self, task: Task) -> None:
        """A queued task is claimed by starting it; one whose runner is gone is adopted first."""
        if task.state is not State.QUEUED and task.runner != self.id:
            try:
                task = await self._house.tasks.write(replace(task, runner=self.id))
            except Stale:
                return  # another runner was quicker
        self._in_hand[task.id] = task
        self._publish(Sighting(task=task))
        if task.state in {State.QUEUED, State.STARTING}:
            self._begin_step(task, self._start(task))
        elif task.state is State.FETCHING:
            self._begin_step(task, self._finish(task))

    async def _progress_elsewhere(self, task: Task) -> Progress | None:
        if task.state is not State.RUNNING or task.job is None:
            return None
        try:
            seen = await self._house.providers[task.provider].check(task.job)
        except FilmgateError:
            return None
        return seen.progress if isinstance(seen, Running) else None

    async def _poll(self, provider: Provider) -> None:
        looked_after = {
            task.id: task
            for task in self._in_hand.values()
            if task.provider == provider.name
            and task.state is State.RUNNING
            and task.id not in self._steps
        }
        if not looked_after:
            return
        house = self._house
        polled = await poll_account(provider, runner=self.id, tasks=house.tasks, clock=house.clock)
        for sighting in polled.sightings:
            looked_after.pop(sighting.task.id, None)
            self._note(sighting)
            if sighting.task.state is State.FETCHING:
                self._begin_step(sighting.task, self._finish(sighting.task))
            elif sighting.task.state is State.CANCELLED:
                await self._let_go(sighting.task)
        for task_id, trouble in polled.troubles.items():
            looked_after.pop(task_id, None)
            self._set_aside(task_id, trouble)
        for task in looked_after.values():
            await self._let_go(task)

    async def _let_go(self, task: Task) -> None:
        """Its row says that it is no longer ours to run: somebody cancelled it."""
        now = await self._house.tasks.read(task.id)
        self._in_hand.pop(task.id, None)
        if now is None or now.state.ended:
            assert task.job is not None
            await self._house.providers[task.provider].cancel(task.job)
        if now is not None:
            self._publish(Sighting(task=now))

    # --- steps: what takes longer than a look, beside the loop

    def _begin_step(self, task: Task, step: Coroutine[None, None, Task]) -> None:
        async def guarded() -> None:
            try:
                self._note(Sighting(task=await step))
            except Stale:
                # Somebody cancelled it, or another runner claimed it first: the row counts.
                self._in_hand.pop(task.id, None)
            except FilmgateError as trouble:
                self._set_aside(task.id, trouble)
            finally:
                self._news.set()

        self._steps[task.id] = asyncio.create_task(guarded())

    async def _start(self, task: Task) -> Task:
        house = self._house
        return await start_task(
            task,
            runner=self.id,
            provider=house.providers[task.provider],
            tasks=house.tasks,
            clock=house.clock,
        )

    async def _finish(self, task: Task) -> Task:
        house = self._house
        return await finish_task(
            task,
            provider=house.providers[task.provider],
            tasks=house.tasks,
            results=house.results,
            clock=house.clock,
        )

    # --- what is known and told

    def _note(self, sighting: Sighting) -> None:
        task = sighting.task
        if task.state in IN_HAND:
            self._in_hand[task.id] = task
        else:
            self._in_hand.pop(task.id, None)
        if task.state is State.QUEUED:  # the provider could not be reached
            self._rests_until[task.id] = asyncio.get_running_loop().time() + REST_S
        self._publish(sighting)

    def _set_aside(self, task_id: str, trouble: FilmgateError) -> None:
        """Our own house is in the way: the task keeps its state until somebody has mended it."""
        self._in_hand.pop(task_id, None)
        self._troubles[task_id] = trouble
        for watcher in self._watchers.get(task_id, []):
            watcher.tell(trouble)

    def _publish(self, sighting: Sighting) -> None:
        for watcher in self._watchers.get(sighting.task.id, []):
            watcher.tell(sighting)

    def _all_watchers(self) -> list[Watcher]:
        return [watcher for watchers in self._watchers.values() for watcher in watchers]
