"""One account: starts what is next in its line, looks at what runs, brings home what is done.

Nothing here that is not in the rows too; a lane that is lost is made again from them. Each account
has a lane of its own, so that a provider that hangs delays nobody else's tasks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine

from filmgate.domain.change import NoSlot, Stale
from filmgate.domain.errors import (
    BadInput,
    FilmgateError,
    RenderFailed,
    Unreachable,
)
from filmgate.domain.line import Account, next_in_line, slot_limits
from filmgate.domain.order import Progress, Sighting, is_unfetched
from filmgate.domain.ports import InHand, Provider
from filmgate.domain.task import State, Task
from filmgate.execution.gatherer import Gatherer
from filmgate.execution.hand import BUSY, Hand, Held
from filmgate.execution.house import Desk, House
from filmgate.execution.learned import KnownTerms
from filmgate.usecases.finish_task import finish_task
from filmgate.usecases.give_up import give_up, stop_looking
from filmgate.usecases.poll_account import Eye, Look
from filmgate.usecases.start_task import start_task

STEPS_MAX = 64
"""Looks at once: one that hangs takes one of these until its time is up."""
STARTS_MAX = 32
UNFETCHED_MAX = 64
"""How many tasks of one customer are looked at that wait for what they were given."""
FETCHES_MAX = 8
REST_S = 2.0
"""Between two attempts to reach a provider."""
FETCH_REST_MAX_S = 60.0
CLOSE_PATIENCE_S = 5.0
LINE_LOOK_S = 1.0
"""How often a line is looked at in which somebody waits for a slot."""


class Lane:
    def __init__(self, account: Account, provider: Provider, house: House, desk: Desk) -> None:
        self.account = account
        self._provider = provider
        self._house = house
        self._desk = desk
        self._tasks = house.store.tasks
        self._hand = Hand(account, provider, house.clock, desk.is_watched)
        self._steps: dict[str, asyncio.Task[None]] = {}
        self._unclaimed: set[str] = set()
        """Starts under way that the line doesn't show as begun yet."""
        self._fetching: set[str] = set()
        self._asked_for: set[str] = set()
        self._line_is_news = True
        self._serving = False
        self._waiting = False
        self._rests_until = 0.0
        self._terms = KnownTerms(house.plans)
        self._nudged = asyncio.Event()
        self._gatherer = Gatherer(house.gather, self._tasks, desk, self.nudge)
        self._eye = Eye(
            provider=provider,
            tasks=house.store.tasks,
            clock=house.clock,
            patience=house.patience,
            has_room=lambda: self._hand.has_room,
        )

    # --- what others tell the lane

    def nudge(self) -> None:
        """The line, or what is in use, may have changed."""
        self._line_is_news = True
        self._nudged.set()

    def ask_for(self, task_id: str) -> None:
        """Somebody here wants this queued task to be done."""
        self._asked_for.add(task_id)
        self.nudge()

    def ask_no_more(self, task_id: str) -> None:
        self._asked_for.discard(task_id)
        self.nudge()

    def drop(self, task_id: str) -> None:
        """Somebody in this process has ended the task."""
        self._let_go(task_id)

    def recheck(self, task_id: str) -> None:
        """Its row is no longer ours: another process has ended it, or taken it over."""
        held = self._hand.find(task_id)
        if held is not None and task_id not in self._steps:
            self._begin(task_id, self._reread(held))

    def knock(self, task_id: str, job: str | None = None) -> None:
        """The provider, or somebody in its name, says that there is news: look now."""
        held = self._hand.find(task_id)
        if held is None or task_id in self._steps:
            return
        if job is not None and held.facts.job is None:
            self._begin(task_id, self._confirm(held, job))
        else:
            self._hand.set(task_id, 0.0)
            self._nudged.set()

    def adopt(self, facts: InHand) -> None:
        """Take a task of ours into hand that others began."""
        if not self.holds(facts.task):
            self._hand.adopt(facts)
            self._nudged.set()

    def note(self, task: Task, progress: Progress | None = None) -> None:
        """This is how the task stands now."""
        mine = task.runner == self._desk.runner
        if mine and (task.state in BUSY or task.state is State.IN_DOUBT or task.rescue_until):
            self._hand.take(task)
            self._nudged.set()
        else:
            self._let_go(task.id)
        self._desk.publish(Sighting(task=task, progress=progress))

    def holds(self, task_id: str) -> bool:
        return task_id in self._hand or task_id in self._steps

    def held(self) -> list[str]:
        return self._hand.tasks()

    def progress(self, task_id: str) -> Progress | None:
        """As last seen."""
        held = self._hand.find(task_id)
        return held.progress if held else None

    @property
    def would_lose_work(self) -> bool:
        """Whether something is being made that would have to begin anew elsewhere."""
        at_work = self._hand.is_at_work or bool(self._unclaimed)
        return self._provider.work_ends_with_runner and at_work

    @property
    def lag_s(self) -> float:
        due = self._hand.next_at()
        return 0.0 if due is None else max(0.0, self._now() - due)

    @property
    def is_idle(self) -> bool:
        """Nothing that would be done soon: what is in doubt, or may come late, waits for days."""
        line = self._line_is_news or self._serving or self._waiting
        return self._gatherer.is_idle and not (self._hand.is_busy or self._steps or line)

    # --- the loop

    async def run(self) -> None:
        try:
            while True:
                self._nudged.clear()
                if self._line_is_news:
                    self._line_is_news, self._serving = False, True
                    await self._serve_line()
                    self._serving = False
                self._begin_what_is_due()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_s()):
                        await self._nudged.wait()
        except FilmgateError as trouble:
            self._desk.defect(trouble)
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the runner
            self._desk.defect(error)

    async def close(self) -> None:
        await self._gatherer.close()
        steps = list(self._steps.values())
        # A call that is out and whose answer we don't wait for is a task in doubt, and a film that
        # is nearly home is soon done; either is worth a moment.
        nearly_done = self._unclaimed | self._fetching
        nearly = [self._steps[each] for each in nearly_done if each in self._steps]
        if nearly:
            await asyncio.wait(nearly, timeout=CLOSE_PATIENCE_S)
        for step in steps:
            step.cancel()
        await asyncio.gather(*steps, return_exceptions=True)

    def _pause_s(self) -> float | None:
        now = self._now()
        due = self._hand.next_at()
        if len(self._steps) >= STEPS_MAX:
            due = None  # a step that ends wakes us
        if self._waiting:
            again = max(self._rests_until, now + LINE_LOOK_S)
            due = again if due is None else min(due, again)
        if due is None:
            return None
        if self._waiting and now >= self._rests_until:
            self._line_is_news = True
        return max(0.0, due - now)

    # --- the line

    async def _serve_line(self) -> None:
        if self._desk.takes_all():
            # What fetches wait for is no concern of the account's, which may well rest.
            waiting = await self._house.store.work.unfetched(self.account, each=UNFETCHED_MAX)
            self._gatherer.serve(waiting)
        if self._now() < self._rests_until:
            self._waiting = True
            return
        line = await self._house.store.work.line(self.account, besides_runners=await self._gone())
        if self._now() < self._rests_until:  # told while we looked at the line
            self._waiting = True
            return
        free = self.account.slots - line.in_use - len(self._unclaimed)
        if self._desk.takes_all():
            terms = {each.customer: await self._terms.of(each.customer) for each in line.waiting}
            concurrency = {customer: each.concurrency for customer, each in terms.items()}
            chosen = next_in_line(line, free + len(self._unclaimed), concurrency)
            self._waiting = bool(line.waiting)
        else:
            chosen = sorted(self._asked_for)
            self._waiting = bool(self._asked_for)
        chosen = [task_id for task_id in chosen if task_id not in self._steps]
        for task_id in chosen[: max(0, min(free, STARTS_MAX - len(self._unclaimed)))]:
            self._unclaimed.add(task_id)
            self._begin(task_id, self._start(task_id))

    async def _gone(self) -> frozenset[str]:
        """Runners that are no more, where what they ran ended with them and takes no slot."""
        if not self._provider.work_ends_with_runner:
            return frozenset()
        owners = await self._house.store.work.owners()
        return await self._house.locks.free(owners - {self._desk.runner})

    # --- steps: whatever takes time runs beside the loop

    def _begin_what_is_due(self) -> None:
        now = self._now()
        while len(self._steps) < STEPS_MAX and (task_id := self._hand.take_due(now)) is not None:
            held = self._hand.find(task_id)
            if held is None or task_id in self._steps:
                continue
            if held.facts.state is State.STARTING:
                self._resume_start(held)
            elif held.facts.state is State.FETCHING:
                self._begin_fetch(held)
            else:
                self._begin(task_id, self._look(held))

    def _begin(self, task_id: str, step: Coroutine[None, None, None]) -> None:
        async def guarded() -> None:
            try:
                await step
            except Stale:
                # Somebody else wrote the row meanwhile: it counts.
                task = await self._tasks.read(task_id)
                if task is not None:
                    self.note(task)
            except FilmgateError as trouble:
                self._let_go(task_id)
                self._desk.set_aside(task_id, trouble)
            except Exception as error:  # noqa: BLE001 - told to whoever waits for the runner
                self._desk.defect(error)
            finally:
                self._steps.pop(task_id, None)
                self._unclaimed.discard(task_id)
                self._hand.keep_due(task_id)
                self._nudged.set()

        self._steps[task_id] = asyncio.create_task(guarded())

    async def _start(self, task_id: str) -> None:
        task = await self._tasks.read(task_id)
        if task is None or task.state is not State.QUEUED:
            # The line that was read is older than the row: somebody, perhaps we, has begun it.
            self._asked_for.discard(task_id)
            if task is not None:
                self.note(task)
        elif is_unfetched(task.request):
            self._gatherer.begin(task.id, task.customer)
        else:
            await self._hand_over(task)

    def _resume_start(self, held: Held) -> None:
        if not self._hand.has_room:
            self._hand.set(held.facts.task, self._provider.check_interval_s)
            return
        held.stalled = False

        async def resume() -> None:
            task = await self._tasks.read(held.facts.task)
            if task is not None and task.state is State.STARTING:
                await self._hand_over(task)
            elif task is not None:
                self.note(task)

        self._begin(held.facts.task, resume())

    async def _hand_over(self, task: Task) -> None:
        terms = await self._terms.of(task.customer)
        limits = slot_limits(task, self.account, terms, besides_runners=await self._gone())
        try:
            outcome = await start_task(
                task,
                runner=self._desk.runner,
                limits=limits,
                provider=self._provider,
                tasks=self._tasks,
                clock=self._house.clock,
                patience=self._house.patience,
            )
        except NoSlot:
            self._waiting = True  # somebody was quicker; it keeps its place
            return
        if outcome.task.state is State.QUEUED:  # the provider could not be reached, or is full
            self._rests_until = self._now() + max(REST_S, outcome.rest_s)
            self._waiting = True
        else:
            self._asked_for.discard(task.id)
        self.note(outcome.task)

    async def _look(self, held: Held) -> None:
        look = await self._eye.look(held.facts, held.denied)
        held.denied = look.denied
        await self._take_in(held, look)

    async def _confirm(self, held: Held, job: str) -> None:
        await self._take_in(held, await self._eye.confirm(held.facts.task, job))

    async def _take_in(self, held: Held, look: Look) -> None:
        facts = held.facts
        if look.film_came_late:
            await self._bring_home(held)
            return
        if look.task is not None:
            self._hand.learn(facts, look.task)
            await self._stop_cancelled(look.task, facts.job)
            self.note(look.task)
            return
        held.misses = held.misses + 1 if look.silent else 0
        held.stalled = look.stalled
        held.progress = look.progress or held.progress
        if look.progress is not None and self._desk.is_watched(facts.task):
            task = await self._tasks.read(facts.task)
            if task is not None:
                self._desk.publish(Sighting(task=task, progress=look.progress))
        self._hand.plan(held)

    async def _reread(self, held: Held) -> None:
        task = await self._tasks.read(held.facts.task)
        if task is None:
            self._let_go(held.facts.task)
            return
        await self._stop_cancelled(task, held.facts.job)
        self.note(task)

    async def _stop_cancelled(self, task: Task, job: str | None) -> None:
        """Whoever cancelled it may have gone before the job was stopped."""
        if task.state is State.CANCELLED and job is not None:
            with contextlib.suppress(Unreachable):
                await self._provider.cancel(job)

    def _begin_fetch(self, held: Held) -> None:
        if len(self._fetching) >= FETCHES_MAX:
            self._hand.set(held.facts.task, LINE_LOOK_S / 4)
            return
        self._fetching.add(held.facts.task)

        async def fetch() -> None:
            try:
                await self._bring_home(held)
            finally:
                self._fetching.discard(held.facts.task)

        self._begin(held.facts.task, fetch())

    async def _bring_home(self, held: Held) -> None:
        house = self._house
        task = await self._tasks.read(held.facts.task)
        if task is None or not (task.state is State.FETCHING or task.rescue_until is not None):
            self._let_go(held.facts.task)
            if task is not None:
                self.note(task)
            return
        try:
            done = await finish_task(
                task,
                provider=self._provider,
                tasks=self._tasks,
                results=house.results,
                clock=house.clock,
            )
        except Unreachable:
            await self._try_again(held, task)
            return
        except (BadInput, RenderFailed) as error:
            note = f"no usable film came out: {error}"
            done = await stop_looking(task, note, tasks=self._tasks, clock=house.clock)
        self.note(done)

    async def _try_again(self, held: Held, task: Task) -> None:
        house = self._house
        if task.give_up_at is not None and house.clock.now() >= task.give_up_at:
            self.note(
                await give_up(
                    task,
                    provider=self._provider,
                    tasks=self._tasks,
                    clock=house.clock,
                    patience=house.patience,
                )
            )
            return
        rest_s = min(FETCH_REST_MAX_S, REST_S * 2.0 ** min(held.misses, 10))
        held.misses += 1
        self._hand.set(held.facts.task, rest_s)

    def _let_go(self, task_id: str) -> None:
        if self._hand.let_go(task_id):
            self.nudge()  # a slot may be free

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
