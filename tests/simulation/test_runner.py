"""The runner with scripted providers: who goes first, who waits for whom, and who takes over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from tests.contract.stores import STORES
from tests.pretend.rooms import (
    FixedPlans,
    HandClock,
    MemoryResults,
    accept,
    bring_to,
    give_credits,
    new_task,
    nothing_to_fetch,
    step,
)
from tests.pretend.scripted_provider import ScriptedProvider

from filmgate.domain.change import EventKind
from filmgate.domain.errors import SetUp, Unreachable
from filmgate.domain.ledger import Balance
from filmgate.domain.line import Account
from filmgate.domain.order import Order
from filmgate.domain.ports import Running, Seen, Started, Store, TaskQuery
from filmgate.domain.task import Fault, State, Task
from filmgate.execution import lane
from filmgate.execution.clock import SystemClock
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import Runner
from filmgate.usecases.cancel_task import CANT_STOP, cancel_task
from filmgate.usecases.gather_inputs import Gathered
from filmgate.usecases.give_up import REASONS
from filmgate.usecases.patience import Patience

_names = count(1)


class Provider(ScriptedProvider):
    """Remembers the order of starts and how many ran at once; may finish or hang by itself."""

    def __init__(self, name: str = "scripted", *, finishes: bool = True) -> None:
        super().__init__(name)
        self.finishes = finishes
        self.hangs = False
        self.started: list[Order] = []
        self.most_at_once = 0
        self.films: dict[str, bytes] = {}

    async def start(self, order: Order) -> Started:
        self.started.append(order)
        if self.hangs:
            await asyncio.sleep(3600)
        started = await super().start(order)
        running = sum(isinstance(seen, Running) for seen in self.jobs.values())
        self.most_at_once = max(self.most_at_once, running)
        return started

    async def check(self, job: str) -> Seen:
        if self.hangs:
            await asyncio.sleep(3600)
        seen = await super().check(job)
        if self.finishes and isinstance(seen, Running):
            self.finish(job)
        return seen

    def deliver(self, target: str) -> None:
        self.films[target] = b"film"


class Results(MemoryResults):
    async def keep(self, task_id: str):
        self.partial[task_id] = b"film"
        return await super().keep(task_id)


class Stage:
    """A home with a store, providers and runners."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.providers: dict[str, Provider] = {}
        self.accounts: dict[str, Account] = {}
        self.plans = FixedPlans()
        self.clock: HandClock | SystemClock = SystemClock()
        self.results = Results()
        self.patience = Patience()
        self.gather: Callable[[Task], Awaitable[Gathered]] = nothing_to_fetch

    def account(self, name: str = "scripted", slots: int = 4, **said: object) -> Provider:
        provider = Provider(name)
        self.providers[name] = provider
        self.accounts[name] = Account(id=name, provider=name, slots=slots, **said)
        return provider

    @asynccontextmanager
    async def runner(self) -> AsyncIterator[Runner]:
        locks = RunnerLocks(self.folder)
        runner = Runner(
            f"runner_{next(_names)}",
            House(
                store=self.store,
                results=self.results,
                accounts=self.accounts,
                providers=self.providers,
                plans=self.plans,
                clock=self.clock,
                locks=locks,
                gather=self.gather,
                patience=self.patience,
            ),
        )
        try:
            yield runner
        finally:
            await runner.close()
            await locks.release(runner.id)

    async def fill(self, number: int, **said: object) -> list[Task]:
        made = (new_task(**{"provider": "scripted", **said}) for _ in range(number))
        return list(await asyncio.gather(*(accept(self.store, task) for task in made)))

    async def until(self, true: Callable[[], Coroutine[None, None, bool]], within_s: float = 10):
        deadline = time.monotonic() + within_s
        while not await true():
            assert time.monotonic() < deadline, [
                (task.id, task.state) for task in await self.store.tasks.select(TaskQuery(limit=9))
            ]
            await asyncio.sleep(0.01)

    async def state_of(self, task: Task, state: State) -> bool:
        now = await self.store.tasks.read(task.id)
        return now is not None and now.state is state


Body = Callable[[Stage], Coroutine[None, None, None]]
Run = Callable[[Body], None]


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path):
    with STORES[request.param](tmp_path) as store:
        # A story that never ends must fail, not hold up all the others.
        yield lambda body: asyncio.run(asyncio.wait_for(body(Stage(store, tmp_path)), 120))


@asynccontextmanager
async def at_work(runner: Runner) -> AsyncIterator[None]:
    loop = asyncio.create_task(runner.run_forever())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


def test_everything_ends_and_no_limit_is_broken(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account(slots=5)
        stage.plans = FixedPlans(concurrency=2)
        await give_credits(stage.store, "ann", 1000)
        for customer in ("ann", "bob", "cyd", "dan"):
            await stage.fill(15, customer=customer, credits=10 * (customer == "ann"))
        async with stage.runner() as runner:
            await runner.run_until_idle()
        tasks = await stage.store.tasks.select(TaskQuery())
        assert {task.state for task in tasks} == {State.SUCCEEDED}
        assert len(provider.creates) == 60
        assert provider.most_at_once <= 5
        assert await stage.store.ledger.balance("ann") == Balance(available=850)
        assert (await stage.store.ledger.check()).sound

    run(body)


def test_a_thousand_waiting_tasks_delay_another_customer_by_one_slot_at_most(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account(slots=1)
        await stage.fill(1000, customer="ann")
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: _started(provider, 3))
            (bobs,) = await stage.fill(1, customer="bob")
            before = len(provider.started)
            await stage.until(lambda: stage.state_of(bobs, State.SUCCEEDED))
        order = [each.task_id for each in provider.started]
        # One of Ann's may have been under way when Bob's came, and one claimed in the meantime.
        assert order.index(bobs.id) <= before + 1

    run(body)


async def _started(provider: Provider, number: int) -> bool:
    return len(provider.started) >= number


def test_customers_take_turns(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account(slots=1)
        for customer in ("ann", "bob", "cyd"):
            await stage.fill(4, customer=customer)
        owners = {task.id: task.customer for task in await stage.store.tasks.select(TaskQuery())}
        async with stage.runner() as runner:
            await runner.run_until_idle()
        turns = [owners[each.task_id] for each in provider.started]
        assert turns == ["ann", "bob", "cyd"] * 4

    run(body)


def test_a_provider_that_hangs_delays_nobody_else(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "CLOSE_PATIENCE_S", 0.01)

    async def body(stage: Stage) -> None:
        stage.account("slow").hangs = True
        stage.account("quick")
        await stage.fill(3, provider="slow")
        async with stage.runner() as runner, at_work(runner):
            await asyncio.sleep(0.1)
            began = time.monotonic()
            (task,) = await stage.fill(1, provider="quick")
            await stage.until(lambda: stage.state_of(task, State.SUCCEEDED))
            assert time.monotonic() - began < 1.0

    run(body)


def test_slots_of_a_model_leave_the_others_free(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account(slots=4, slots_of_model={"animatic": 1})
        provider.finishes = False
        await stage.fill(3)
        (other,) = [
            await accept(stage.store, replace(new_task(provider="scripted"), model="kling-v3"))
        ]
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(other, State.RUNNING))
            await asyncio.sleep(0.05)
        assert sorted(each.model for each in provider.started) == ["animatic", "kling-v3"]

    run(body)


def test_a_throttled_account_rests_and_goes_on(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account()
        provider.start_faults.append("throttled")
        (task,) = await stage.fill(1)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: _started(provider, 1))
            await asyncio.sleep(0.2)
            now = await stage.store.tasks.read(task.id)
            assert now is not None
            assert (now.state, now.runner) == (State.QUEUED, None)
            assert now.timeline[-1].note == "too many at once"
        assert provider.creates == []

    run(body)


def test_a_watched_task_is_followed_to_its_end(run: Run) -> None:
    async def body(stage: Stage) -> None:
        stage.account()
        first, second = await stage.fill(2)
        async with stage.runner() as runner:
            states = [sighting.task.state async for sighting in runner.watch(second.id)]
            assert states[-1] is State.SUCCEEDED
        # Nobody asked for the other one.
        assert await stage.state_of(first, State.QUEUED)

    run(body)


def test_trouble_in_our_house_is_told_and_the_task_stays(run: Run) -> None:
    async def body(stage: Stage) -> None:
        stage.account()

        async def full(task_id: str) -> str:
            raise SetUp("no room")

        room, stage.results.make_room = stage.results.make_room, full
        (task,) = await stage.fill(1)
        async with stage.runner() as runner:
            with pytest.raises(SetUp, match="no room"):
                await runner.run_until_idle()
            assert await stage.state_of(task, State.FETCHING)
            stage.results.make_room = room
            await runner.run_until_idle()
            assert await stage.state_of(task, State.SUCCEEDED)

    run(body)


def test_what_the_dead_had_in_hand_is_taken_over_and_nothing_sent_again(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account(slots=100)
        provider.finishes = False
        tasks = await stage.fill(20)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: _started(provider, 20))
            await stage.until(lambda: _all_in(stage, State.RUNNING))
        lost = (await stage.fill(1))[0]
        starting = await bring_to(stage.store, lost, State.STARTING)
        await step(stage.store, starting, replace(starting, runner="runner_of_the_dead"))
        provider.finishes = True
        async with stage.runner() as heir:
            await heir.run_until_idle()
        assert len(provider.creates) == 20
        for task in tasks:
            assert await stage.state_of(task, State.SUCCEEDED)
        assert await stage.state_of(lost, State.IN_DOUBT)

    run(body)


async def _all_in(stage: Stage, state: State) -> bool:
    tasks = await stage.store.tasks.select(TaskQuery())
    return all(task.state is state for task in tasks)


def test_a_line_that_was_read_too_early_makes_no_task_forgotten(run: Run) -> None:
    """Read before its task was begun and looked at after: the start that comes to nothing must not
    swallow the look that comes due meanwhile."""

    async def body(stage: Stage) -> None:
        provider = stage.account(slots=2)
        provider.finishes = False
        (task,) = await stage.fill(1)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.RUNNING))
            (only,) = runner._lanes.values()
            release = asyncio.Event()

            async def slow_and_in_vain() -> None:
                await release.wait()

            await stage.until(lambda: _not_at_it(only, task.id))
            only._begin(task.id, slow_and_in_vain())
            await asyncio.sleep(0.05)  # the look comes due, and somebody is at it
            release.set()
            provider.finish(f"job-{task.id}")
            await stage.until(lambda: stage.state_of(task, State.SUCCEEDED))

    run(body)


async def _not_at_it(only: lane.Lane, task_id: str) -> bool:
    return task_id not in only._steps


def test_two_runners_share_one_home_without_overshooting(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account(slots=3)
        await stage.fill(40)
        async with stage.runner() as one, stage.runner() as two:
            await asyncio.gather(one.run_until_idle(), two.run_until_idle())
        assert await _all_in(stage, State.SUCCEEDED)
        assert len(provider.creates) == 40
        assert provider.most_at_once <= 3

    run(body)


def test_a_task_past_its_deadline_is_failed_and_its_late_film_kept_free(run: Run) -> None:
    async def body(stage: Stage) -> None:
        stage.clock = clock = HandClock()
        provider = stage.account()
        provider.finishes = provider.can_stop = False
        await give_credits(stage.store, "ann", 50)
        (task,) = await stage.fill(1, customer="ann", credits=50, at=1000.0)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.RUNNING))
            clock.time += stage.patience.work_s + 1
            provider.check_faults = 10**6  # silence is not a verdict, not even at the deadline
            runner.knock(task.id)
            await asyncio.sleep(0.1)
            assert await stage.state_of(task, State.RUNNING)
            provider.check_faults = 0
            runner.knock(task.id)
            await stage.until(lambda: stage.state_of(task, State.FAILED))
            failed = await stage.store.tasks.read(task.id)
            assert failed is not None
            assert failed.reason == REASONS[State.RUNNING]
            assert await stage.store.ledger.balance("ann") == Balance(available=50)
            provider.finish(f"job-{task.id}")
            await asyncio.sleep(0.02)
            runner.knock(task.id)

            async def rescued() -> bool:
                now = await stage.store.tasks.read(task.id)
                return now is not None and now.rescued is not None

            await stage.until(rescued)
        assert await stage.store.ledger.balance("ann") == Balance(available=50)
        (event,) = await stage.store.events.of_customer("ann", 9)
        assert event.kind is EventKind.RESCUED

    run(body)


class Finding(Provider):
    """One that can be asked for the job of a task."""

    asked = 0

    async def find(self, task_id: str):
        self.asked += 1
        return await self.find_job(task_id)


def test_a_doubt_ends_sooner_where_the_provider_keeps_knowing_nothing(run: Run) -> None:
    async def body(stage: Stage) -> None:
        stage.clock = clock = HandClock()
        stage.account()
        stage.providers["scripted"] = provider = Finding()
        provider.finishes = False
        provider.start_faults.append("torn_before")
        await give_credits(stage.store, "ann", 50)
        (task,) = await stage.fill(1, customer="ann", credits=50, at=1000.0)

        async def look(runner: Runner) -> None:
            before = provider.asked
            runner.knock(task.id)
            await stage.until(lambda: _asked_more(provider, before))
            await asyncio.sleep(0.02)

        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.IN_DOUBT))
            for _ in range(20):  # often, and not for long
                await look(runner)
            clock.time += stage.patience.denied_s - 1
            await look(runner)
            assert await stage.state_of(task, State.IN_DOUBT)
            clock.time += 1
            await look(runner)
            await stage.until(lambda: stage.state_of(task, State.FAILED))
            failed = await stage.store.tasks.read(task.id)
            assert failed is not None
            assert failed.fault is Fault.UNREACHABLE
            assert failed.rescue_until is not None
            assert await stage.store.ledger.balance("ann") == Balance(available=50)
            assert provider.creates == []

    run(body)


def test_long_and_seldom_is_not_enough_and_silence_does_not_count(run: Run) -> None:
    async def body(stage: Stage) -> None:
        stage.clock = clock = HandClock()
        stage.account()
        stage.providers["scripted"] = provider = Finding()
        provider.finishes = False
        provider.start_faults.append("torn_before")
        (task,) = await stage.fill(1, at=1000.0)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.IN_DOUBT))
            for _ in range(stage.patience.denied_times - 1):
                before = provider.asked
                clock.time += stage.patience.denied_s
                runner.knock(task.id)
                await stage.until(lambda before=before: _asked_more(provider, before))
                await asyncio.sleep(0.02)
            assert await stage.state_of(task, State.IN_DOUBT)
            provider.check_faults = 10**6
            for _ in range(3):
                runner.knock(task.id)
                await asyncio.sleep(0.02)
            assert await stage.state_of(task, State.IN_DOUBT)

    run(body)


async def _asked_more(provider: Finding, before: int) -> bool:
    return provider.asked > before


def test_a_task_in_doubt_is_settled_by_its_deadline(run: Run) -> None:
    async def body(stage: Stage) -> None:
        stage.clock = clock = HandClock()
        provider = stage.account()
        provider.start_faults.append("torn_before")
        await give_credits(stage.store, "ann", 50)
        (task,) = await stage.fill(1, customer="ann", credits=50, at=1000.0)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.IN_DOUBT))
            clock.time += stage.patience.in_doubt_s - 1
            runner.knock(task.id)
            await asyncio.sleep(0.05)
            assert await stage.state_of(task, State.IN_DOUBT)
            clock.time += 2
            runner.knock(task.id)
            await stage.until(lambda: stage.state_of(task, State.FAILED))
        assert await stage.store.ledger.balance("ann") == Balance(available=50)
        assert len(provider.started) == 1

    run(body)


def test_a_callback_names_the_job_of_a_task_in_doubt(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account()
        provider.start_faults.append("torn")
        (task,) = await stage.fill(1)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.IN_DOUBT))
            await asyncio.sleep(0.02)
            runner.knock(task.id, "job-that-nobody-has")
            await asyncio.sleep(0.05)
            assert await stage.state_of(task, State.IN_DOUBT)
            runner.knock(task.id, f"job-{task.id}")
            await stage.until(lambda: stage.state_of(task, State.SUCCEEDED))

    run(body)


def test_a_job_that_can_t_be_stopped_is_told_so_and_costs_nothing(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account()
        provider.finishes = provider.can_stop = False
        await give_credits(stage.store, "ann", 50)
        (task,) = await stage.fill(1, customer="ann", credits=50)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.RUNNING))
            cancelled = await cancel_task(
                task.id,
                customer="ann",
                providers=stage.providers,
                tasks=stage.store.tasks,
                clock=stage.clock,
            )
            assert cancelled.timeline[-1].note == CANT_STOP
            provider.finish(f"job-{task.id}")
            await asyncio.sleep(0.05)
            now = await stage.store.tasks.read(task.id)
            assert now == cancelled
            assert (now.result, now.rescued) == (None, None)
        assert await stage.store.ledger.balance("ann") == Balance(available=50)

    run(body)


def test_a_queued_task_past_its_deadline_is_not_started(run: Run) -> None:
    async def body(stage: Stage) -> None:
        stage.clock = clock = HandClock()
        provider = stage.account(slots=0)
        task = await accept(stage.store, replace(new_task(provider="scripted"), give_up_at=1005.0))
        clock.time = 1006.0
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.FAILED))
        assert provider.started == []

    run(body)


def test_films_that_can_t_be_fetched_are_tried_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "REST_S", 0.05)

    async def body(stage: Stage) -> None:
        provider = stage.account()
        fetch, tries = provider.fetch, []

        async def flaky(job: str, target: str) -> None:
            tries.append(job)
            if len(tries) == 1:
                raise Unreachable("torn")
            await fetch(job, target)

        provider.fetch = flaky
        (task,) = await stage.fill(1)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.SUCCEEDED))
        assert len(tries) == 2

    run(body)


def test_looks_that_show_nothing_new_write_nothing(run: Run) -> None:
    async def body(stage: Stage) -> None:
        provider = stage.account()
        provider.finishes = False
        (task,) = await stage.fill(1)
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: stage.state_of(task, State.RUNNING))
            before = await stage.store.tasks.read(task.id)
            for _ in range(5):
                runner.knock(task.id)
                await asyncio.sleep(0.01)
            assert await stage.store.tasks.read(task.id) == before

    run(body)
