"""The embedded runner: drives tasks from queued to their end, inside one process.

What it knows stands in the rows; what it keeps in memory can be lost at any instruction. A task
belongs to the runner named in its row for as long as that runner's lock is held.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from filmgate.domain.change import Change, Stale
from filmgate.domain.errors import FilmgateError, SetUp
from filmgate.domain.order import Progress, Sighting
from filmgate.domain.ports import InHand, Running, TaskQuery
from filmgate.domain.task import OPEN, State, Task
from filmgate.execution.hand import BUSY
from filmgate.execution.house import Desk, House
from filmgate.execution.lane import Lane
from filmgate.execution.watcher import Watcher
from filmgate.usecases.give_up import give_up

GLANCE_S = 0.25
"""Between two questions whether another process has written."""
ROUND_S = 2.0
"""Between two looks for tasks whose runner is gone, and for those overdue in the queue."""
RECHECK_S = 1.0
"""Between two comparisons of all that is in hand with the rows."""
TROUBLE_REST_S = 1.0
MEND_S = 30.0
"""Until a task that our own house was in the way of is tried again, where we run on for ever."""
AT_WORK = OPEN - {State.QUEUED}


class Runner:
    def __init__(self, runner_id: str, house: House) -> None:
        self.id = runner_id
        self._house = house
        self._watchers: dict[str, list[Watcher]] = {}
        self._takes_all = False
        self._forever = False
        self._elsewhere: set[str] = set()
        """Tasks watched here that another runner drives."""
        self._troubles: dict[str, FilmgateError] = {}
        self._mend_at = 0.0
        self._round_at = 0.0
        self._mark: int | None = None
        self._recheck_at: float | None = None
        self._news = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._lane_loops: list[asyncio.Task[None]] = []
        self._defect: Exception | None = None
        desk = Desk(
            runner=runner_id,
            takes_all=lambda: self._takes_all,
            is_watched=self._watchers.__contains__,
            publish=self._publish,
            set_aside=self._set_aside,
            defect=self._break,
        )
        self._lanes = {
            name: Lane(account, house.providers[name], house, desk)
            for name, account in house.accounts.items()
        }
        self._unlisten = house.store.news.listen(self._hear)

    async def watch(self, task_id: str) -> AsyncIterator[Sighting]:
        """Drive this task, or look on where another runner does, until it has ended.

        Raises what is in its way in our own house (SetUp); the task then stays resumable.
        """
        watcher = Watcher()
        self._watchers.setdefault(task_id, []).append(watcher)
        self._troubles.pop(task_id, None)
        try:
            await self._set_going()
            await self._attend(task_id)
            async for sighting in watcher.news():
                yield sighting
        finally:
            self._watchers[task_id].remove(watcher)
            if not self._watchers[task_id]:
                del self._watchers[task_id]
                self._elsewhere.discard(task_id)
                for lane in self._lanes.values():
                    lane.ask_no_more(task_id)
            self._news.set()

    async def run_until_idle(self) -> None:
        """Drive all tasks that no living runner has. Raises the first trouble, at the end."""
        self._takes_all = True
        self._troubles.clear()
        try:
            await self._set_going()
            assert self._loop is not None
            await asyncio.shield(self._loop)
        finally:
            self._takes_all = False
        for trouble in self._troubles.values():
            raise trouble

    async def run_forever(self) -> None:
        """The same until it is cancelled; what our own house is in the way of is tried again."""
        self._forever = True
        try:
            await self.run_until_idle()
        finally:
            self._forever = False

    async def drain(self, within_s: float) -> None:
        """Once nothing new is taken: wait for work that would end with this process."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while loop.time() < until and self._would_lose_work():  # noqa: ASYNC110 - lanes tell nobody
            await asyncio.sleep(GLANCE_S)

    def _would_lose_work(self) -> bool:
        return any(lane.would_lose_work for lane in self._lanes.values())

    @property
    def poll_lag_s(self) -> float:
        """How late the latest look at a job is."""
        return max((lane.lag_s for lane in self._lanes.values()), default=0.0)

    async def has_work(self) -> bool:
        """Whether a task waits that this runner could take."""
        found = await self._house.store.tasks.select(TaskQuery(states=BUSY | {State.QUEUED}))
        found = [task for task in found if task.id not in self._troubles]
        if any(self._is_nobodys(task) for task in found):
            return True
        owners = frozenset(task.runner for task in found if task.runner is not None)
        return bool(await self._house.locks.free(owners))

    def knock(self, task_id: str, job: str | None = None) -> None:
        """Somebody says that there is news of a task: its next look happens now. ``job`` is what
        they call its job, which is believed only once the provider has been asked."""
        for lane in self._lanes.values():
            lane.knock(task_id, job)

    def look_again(self) -> None:
        """At everything that is in hand, now: somebody has turned the clock."""
        for lane in self._lanes.values():
            for task_id in lane.held():
                lane.knock(task_id)

    def progress(self, task_id: str) -> Progress | None:
        """As last seen, where this runner drives the task."""
        seen = (lane.progress(task_id) for lane in self._lanes.values())
        return next((each for each in seen if each is not None), None)

    async def close(self) -> None:
        """Let go of everything. The lock is released by whoever stops the providers' work."""
        self._unlisten()
        await self._stop_lanes()
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        for watcher in self._all_watchers():
            watcher.end()

    # --- the loop

    async def _set_going(self) -> None:
        await self._house.locks.take(self.id)
        self._news.set()
        if self._loop is None or self._loop.done():
            self._defect = None
            self._mark = None
            self._round_at = 0.0
            self._loop = asyncio.create_task(self._drive())

    async def _drive(self) -> None:
        while True:
            try:
                await self._drive_on()
            except FilmgateError as trouble:
                if not self._forever:
                    self._tell_all(trouble)
                    raise
                # A full disk or a locked database: we are here to stay, and begin anew from the
                # rows once it is mended.
                self._defect, self._round_at = None, 0.0
                await asyncio.sleep(TROUBLE_REST_S)
            except Exception as error:
                self._tell_all(error)
                raise
            else:
                return

    async def _drive_on(self) -> None:
        self._lane_loops = [asyncio.create_task(lane.run()) for lane in self._lanes.values()]
        try:
            while await self._turn():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_s()):
                        await self._news.wait()
        finally:
            await self._stop_lanes()

    async def _stop_lanes(self) -> None:
        loops, self._lane_loops = self._lane_loops, []
        for each in loops:
            each.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        for lane in self._lanes.values():
            await lane.close()

    async def _turn(self) -> bool:
        """See to what lanes can't see; False when there is nothing left to do."""
        self._news.clear()
        if self._defect is not None:
            raise self._defect
        now = asyncio.get_running_loop().time()
        mark = await self._house.store.news.mark()
        if mark != self._mark:
            if self._mark is not None:
                await self._look_again(now)
            self._mark = mark
        if self._recheck_at is not None and now >= self._recheck_at:
            await self._recheck()
        if self._takes_all and now >= self._round_at:
            await self._make_round()
            self._round_at = now + ROUND_S
        if self._forever and self._troubles and now >= self._mend_at:
            self._troubles.clear()
            await self._take_into_hand()
        for task_id in list(self._elsewhere):
            await self._attend(task_id)
        return self._forever or bool(self._watchers) or not self._is_idle()

    def _is_idle(self) -> bool:
        return all(lane.is_idle for lane in self._lanes.values())

    def _pause_s(self) -> float:
        """Lanes have clocks of their own; this one is for other processes and for the end."""
        if self._elsewhere:
            return min(each.check_interval_s for each in self._house.providers.values())
        return GLANCE_S

    async def _look_again(self, now: float) -> None:
        """Another process has written: lines may be longer, and our tasks ended by others."""
        for lane in self._lanes.values():
            lane.nudge()
        for task_id in list(self._watchers):
            if task_id not in self._elsewhere:
                await self._attend(task_id)
        if self._recheck_at is None:
            self._recheck_at = now + RECHECK_S

    async def _recheck(self) -> None:
        self._recheck_at = None
        mine = {row.task for row in await self._house.store.work.in_hand(self.id)}
        for lane in self._lanes.values():
            for task_id in lane.held():
                if task_id not in mine:
                    lane.recheck(task_id)

    async def _make_round(self) -> None:
        house = self._house
        owners = await house.store.work.owners()
        gone = await house.locks.free(owners - {self.id})
        if await house.store.work.adopt(self.id, gone) or self._round_at == 0.0:
            await self._take_into_hand()
        for task_id in await house.store.work.overdue(house.clock.now()):
            await self._give_up_waiting(task_id)

    async def _take_into_hand(self) -> None:
        for facts in await self._house.store.work.in_hand(self.id):
            if facts.account in self._lanes:
                self._lanes[facts.account].adopt(facts)

    async def _give_up_waiting(self, task_id: str) -> None:
        house = self._house
        task = await house.store.tasks.read(task_id)
        if task is not None and task.state is State.QUEUED:
            with contextlib.suppress(Stale):  # it was started at the last moment
                await give_up(
                    task,
                    provider=None,
                    tasks=house.store.tasks,
                    clock=house.clock,
                    patience=house.patience,
                )

    # --- single tasks that somebody here asks for

    async def _attend(self, task_id: str) -> None:
        """See that a watched task is driven by somebody, and tell how it stands."""
        self._elsewhere.discard(task_id)
        task = await self._house.store.tasks.read(task_id)
        if task is None:
            return
        lane = self._lanes.get(task.account)
        if lane is None and not task.state.ended:
            self._set_aside(task_id, _no_account(task))
        elif lane is None or task.state.ended or lane.holds(task_id):
            self._publish(Sighting(task=task))
        elif task.state is State.QUEUED:
            self._publish(Sighting(task=task))
            lane.ask_for(task_id)
        elif await self._may_take(task):
            await self._adopt_one(task, lane)
        else:
            self._elsewhere.add(task_id)
            self._publish(Sighting(task=task, progress=await self._progress_elsewhere(task)))

    async def _adopt_one(self, task: Task, lane: Lane) -> None:
        if task.runner != self.id:
            try:
                task = await self._house.store.tasks.commit(
                    Change(before=task, task=replace(task, runner=self.id))
                )
            except Stale:
                self._elsewhere.add(task.id)  # another runner was quicker
                return
        lane.adopt(InHand.of(task))
        self._publish(Sighting(task=task))

    async def _may_take(self, task: Task) -> bool:
        if task.runner is None or self._is_nobodys(task):
            return True
        return bool(await self._house.locks.free(frozenset({task.runner})))

    def _is_nobodys(self, task: Task) -> bool:
        """Nobody else's, without a question to anybody."""
        return task.state is State.QUEUED or task.runner in {None, self.id}

    async def _progress_elsewhere(self, task: Task) -> Progress | None:
        if task.state is not State.RUNNING or task.job is None:
            return None
        try:
            seen = await self._house.providers[task.account].check(task.job)
        except FilmgateError:
            return None
        return seen.progress if isinstance(seen, Running) else None

    # --- what is known and told

    def _hear(self, task: Task) -> None:
        """Somebody in this process has written this task."""
        lane = self._lanes.get(task.account)
        if lane is not None and task.state is State.QUEUED:
            lane.nudge()
        elif lane is not None and task.state.ended and task.rescue_until is None:
            lane.drop(task.id)
        if task.id in self._watchers:
            self._publish(Sighting(task=task))

    def _publish(self, sighting: Sighting) -> None:
        task = sighting.task
        watchers = self._watchers.get(task.id, [])
        if watchers and task.state in AT_WORK and task.runner not in {None, self.id}:
            self._elsewhere.add(task.id)  # another runner was quicker: look on
        for watcher in watchers:
            watcher.tell(sighting)

    def _set_aside(self, task_id: str, trouble: FilmgateError) -> None:
        """Our own house is in the way: the task keeps its state until somebody has mended it."""
        self._troubles[task_id] = trouble
        self._mend_at = asyncio.get_running_loop().time() + MEND_S
        for watcher in self._watchers.get(task_id, []):
            watcher.tell(trouble)

    def _break(self, error: Exception) -> None:
        self._defect = error
        self._news.set()

    def _tell_all(self, error: Exception) -> None:
        for watcher in self._all_watchers():
            watcher.tell(error)

    def _all_watchers(self) -> list[Watcher]:
        return [watcher for watchers in self._watchers.values() for watcher in watchers]


def _no_account(task: Task) -> SetUp:
    return SetUp(
        f"task {task.id} was made with account {task.account}, which is not set up here",
        remedy="Set the account up again; its jobs can be asked for with no other.",
    )
