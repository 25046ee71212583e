"""Tasks and their credits under faults: torn calls, lost writes, runners that die between any two
steps, clocks that jump, providers that finish after everybody gave up.

Hypothesis chooses the story; a failure prints it, and it can be replayed.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.contract.stores import STORES
from tests.pretend.rooms import HandClock, MemoryResults, give_credits, new_task
from tests.pretend.scripted_provider import ScriptedProvider

from filmgate.domain.change import Change, NotEnough, Stale
from filmgate.domain.errors import BadInput, Conflict, RenderFailed
from filmgate.domain.ledger import ENDS_HOLD, Account, Balance, Kind, refund
from filmgate.domain.ports import InHand, Store, TaskQuery, TransferQuery
from filmgate.domain.task import MOVES, State, Task
from filmgate.usecases.cancel_task import cancel_task
from filmgate.usecases.finish_task import finish_task
from filmgate.usecases.give_up import resolve_in_doubt, stop_looking
from filmgate.usecases.patience import Patience
from filmgate.usecases.poll_account import Eye
from filmgate.usecases.start_task import start_task

T = TypeVar("T")
RUNNER = "runner_a"
CUSTOMERS = ("ann", "bob")
PATIENCE = Patience(work_s=20, in_doubt_s=50, fetch_s=50, rescue_s=100, call_s=5, look_s=5)


class Crash(Exception):
    """The process is gone at this instruction."""


class MortalTasks:
    """A store whose user dies at a chosen write: just before it, or just after."""

    def __init__(self, store: Store) -> None:
        self.inner = store.tasks
        self.read = self.inner.read
        self.select = self.inner.select
        self.count = self.inner.count
        self.dies: tuple[int, bool] | None = None
        self.written_rows = 0

    async def commit(self, change: Change) -> Task:
        if self.dies is None:
            return await self._commit(change)
        left, after = self.dies
        if left > 0:
            self.dies = (left - 1, after)
            return await self._commit(change)
        self.dies = None
        if after:
            await self._commit(change)
        raise Crash

    async def _commit(self, change: Change) -> Task:
        written = await self.inner.commit(change)
        self.written_rows += 1
        return written


class Provider(ScriptedProvider):
    def __init__(self, results: MemoryResults, *, start_finds_job: bool) -> None:
        super().__init__(start_finds_job=start_finds_job)
        self.results = results

    def deliver(self, target: str) -> None:
        self.results.partial[target] = b"film"


class FindingProvider(Provider):
    """One that can be asked for the job of a task."""

    find = ScriptedProvider.find_job


class TaskStories(RuleBasedStateMachine):
    store_name = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HandClock()
        self.results = MemoryResults()
        self.ended: dict[str, Task] = {}
        self.accepted: set[str] = set()
        self.folder = tempfile.TemporaryDirectory()
        self.open_store = STORES[self.store_name](Path(self.folder.name))
        self.store: Store = self.open_store.__enter__()
        self.tasks = MortalTasks(self.store)

    @initialize(start_finds_job=st.booleans(), finds=st.booleans(), can_stop=st.booleans())
    def open(self, start_finds_job: bool, finds: bool, can_stop: bool) -> None:
        kind = FindingProvider if finds else Provider
        self.provider = kind(self.results, start_finds_job=start_finds_job)
        self.provider.can_stop = can_stop
        self.eye = Eye(
            provider=self.provider,
            tasks=self.tasks,
            clock=self.clock,
            patience=PATIENCE,
            has_room=lambda: True,
        )
        for customer in CUSTOMERS:
            self.do(give_credits(self.store, customer, 200))

    def do(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run_until_complete(work)

    def rows(self) -> list[Task]:
        return self.do(self.store.tasks.select(TaskQuery()))

    def one_of(self, data: st.DataObject, *states: State) -> Task | None:
        found = sorted(task.id for task in self.rows() if not states or task.state in states)
        if not found:
            return None
        return self.do(self.store.tasks.read(data.draw(st.sampled_from(found))))

    # --- what may happen

    @rule(customer=st.sampled_from(CUSTOMERS), price=st.sampled_from([0, 1, 50]))
    def submit(self, customer: str, price: int) -> None:
        # Numbered from one in every story, so that a story can be told again word for word.
        task_id = f"task_{len(self.accepted):026d}"
        task = new_task(provider=self.provider.name, customer=customer, credits=price)
        before = self.do(self.store.ledger.balance(customer)).available
        try:
            self.do(self.tasks.inner.commit(Change(before=None, task=replace(task, id=task_id))))
        except NotEnough as error:
            assert (error.needed, error.available) == (price, before)  # noqa: PT017
            assert price > before
        else:
            assert price <= before
            self.accepted.add(task_id)

    @rule(fault=st.sampled_from(["torn", "torn_before", "not_reached", "throttled", "refused"]))
    def next_start_fails(self, fault: str) -> None:
        self.provider.start_faults.append(fault)

    @rule(times=st.integers(1, 3))
    def checks_fail(self, times: int) -> None:
        self.provider.check_faults = times

    @rule(data=st.data(), how=st.sampled_from(["finish", "fail", "forget"]))
    @precondition(lambda self: self.provider.jobs)
    def a_job_ends(self, data: st.DataObject, how: str) -> None:
        job = data.draw(st.sampled_from(sorted(self.provider.jobs)))
        if how == "forget":
            self.do(self.provider.forget(job))
        else:
            getattr(self.provider, how)(job)

    @rule(seconds=st.sampled_from([-30.0, 10.0, 30.0, 60.0, 200.0]))
    def the_clock_jumps(self, seconds: float) -> None:
        self.clock.time += seconds

    @rule(data=st.data())
    @precondition(lambda self: self.accepted)
    def customer_cancels(self, data: st.DataObject) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.accepted)))
        try:
            task = self.do(
                cancel_task(
                    task_id,
                    providers={self.provider.name: self.provider},
                    tasks=self.tasks.inner,
                    clock=self.clock,
                )
            )
        except Conflict:
            assert task_id in self.ended
        else:
            assert task.state is State.CANCELLED

    @rule(data=st.data(), there_is_one=st.booleans())
    def operator_resolves(self, data: st.DataObject, there_is_one: bool) -> None:
        task = self.one_of(data, State.IN_DOUBT)
        if task is not None:
            job = f"job-{task.id}" if there_is_one else None
            resolved = resolve_in_doubt(
                task.id, job=job, by="op", note="seen", tasks=self.tasks.inner, clock=self.clock
            )
            assert self.do(resolved).state is (State.RUNNING if there_is_one else State.FAILED)

    @rule(data=st.data(), job=st.booleans())
    def somebody_rings(self, data: st.DataObject, job: bool) -> None:
        task = self.one_of(data, State.IN_DOUBT)
        if task is not None:
            self.do(self.eye.confirm(task.id, f"job-{task.id}" if job else "job-of-nobody"))

    @rule(data=st.data(), part=st.integers(1, 60))
    def operator_refunds(self, data: st.DataObject, part: int) -> None:
        task = self.one_of(data, State.SUCCEEDED)
        if task is not None and task.charged_credits:
            back = min(part, task.charged_credits)
            with contextlib.suppress(Exception):
                self.do(self.store.ledger.post(refund(task, back, 1.0, reason="dark", by="op")))

    @rule(dies=st.none() | st.tuples(st.integers(0, 3), st.booleans()))
    def runner_passes(self, dies: tuple[int, bool] | None) -> None:
        self.clock.time += 1.0
        self.tasks.dies = dies
        with contextlib.suppress(Crash):  # the next pass is its heir's
            self.do(self.run_once())
        self.tasks.dies = None

    @rule()
    def nothing_new_writes_nothing(self) -> None:
        self.provider.check_faults = 1000
        late = {self.clock.time < (task.give_up_at or 1e12) for task in self.rows()}
        before = self.tasks.written_rows
        if late <= {True}:
            self.do(self.look_at_all(State.RUNNING))
            assert self.tasks.written_rows == before
        self.provider.check_faults = 0

    async def look_at_all(self, *states: State) -> None:
        for task in await self.store.tasks.select(TaskQuery(states=frozenset(states))):
            if task.state is State.FAILED and task.rescue_until is None:
                continue
            look = await self.eye.look(InHand.of(task))
            if look.film_came_late:
                await self.finish(task)

    async def finish(self, task: Task) -> None:
        try:
            await finish_task(
                task,
                provider=self.provider,
                tasks=self.tasks,
                results=self.results,
                clock=self.clock,
            )
        except (BadInput, RenderFailed):
            await stop_looking(task, "nothing", tasks=self.tasks, clock=self.clock)

    async def run_once(self) -> None:
        for task in await self.store.tasks.select(TaskQuery(oldest_first=True)):
            try:
                if task.state in {State.QUEUED, State.STARTING}:
                    await start_task(
                        task,
                        runner=RUNNER,
                        limits=(),
                        provider=self.provider,
                        tasks=self.tasks,
                        clock=self.clock,
                        patience=PATIENCE,
                    )
                elif task.state is State.FETCHING:
                    await self.finish(task)
            except Stale:
                raise AssertionError("nobody else writes in this story") from None
        await self.look_at_all(State.RUNNING, State.IN_DOUBT, State.FAILED)

    # --- what must hold

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        if hasattr(self, "provider"):
            assert len(self.provider.creates) == len(set(self.provider.creates))

    @invariant()
    def credits_add_up(self) -> None:
        assert self.do(self.store.ledger.check()).sound
        transfers = self.do(self.store.ledger.transfers(TransferQuery()))
        sums = dict.fromkeys(Account, 0)
        for each in transfers:
            sums[each.source] -= each.credits
            sums[each.target] += each.credits
        assert sum(sums.values()) == 0
        for customer in CUSTOMERS:
            balance = self.do(self.store.ledger.balance(customer))
            theirs = [each for each in transfers if each.customer == customer]
            assert balance == Balance(
                available=sum(each.change(Account.AVAILABLE) for each in theirs),
                held=sum(each.change(Account.HELD) for each in theirs),
            )
            assert balance.available >= 0
        for task in self.rows():
            kinds = [each.kind for each in transfers if each.task == task.id]
            assert len(kinds) == len(set(kinds))
            ends = [kind for kind in kinds if kind in ENDS_HOLD]
            held = task.hold_credits > 0
            assert len(ends) == (held and task.state.ended)
            assert (Kind.CAPTURE in kinds) == (held and task.state is State.SUCCEEDED)

    @invariant()
    def rows_tell_a_true_story(self) -> None:
        rows = self.rows()
        assert {task.id for task in rows} == self.accepted
        for task in rows:
            states = [step.state for step in task.timeline]
            assert states[0] is State.QUEUED
            assert states[-1] is task.state
            assert all(b in MOVES[a] or a is b for a, b in pairwise(states))
            assert (task.result is not None) == (task.state is State.SUCCEEDED)
            assert task.rescued is None or task.state is State.FAILED
            film = task.result or task.rescued
            assert film is None or task.id in self.results.kept
            assert (task.reason is None) or task.state in {State.FAILED, State.CANCELLED}
            assert (task.fault is None) == (task.state is not State.FAILED)
            if task.state.ended:
                first = self.ended.setdefault(task.id, task)
                assert (task.state, task.reason, task.result, task.charged_credits) == (
                    first.state,
                    first.reason,
                    first.result,
                    first.charged_credits,
                )

    def teardown(self) -> None:
        """Let all faults cease: every accepted task comes to an end, and every hold with it."""
        if hasattr(self, "provider"):
            self.tasks.dies = None
            self.provider.start_faults.clear()
            self.provider.check_faults = 0
            for _ in range(4):
                for job in self.provider.jobs:
                    self.provider.finish(job)
                self.do(self.run_once())
            doubtful = [task for task in self.rows() if not task.state.ended]
            assert {task.state for task in doubtful} <= {State.IN_DOUBT}
            self.clock.time = max([0.0, *(task.give_up_at or 0.0 for task in doubtful)])
            self.do(self.run_once())
            self.rows_tell_a_true_story()
            self.credits_add_up()
            self.nothing_is_paid_twice()
            assert all(task.state.ended for task in self.rows())
        self.open_store.__exit__(None, None, None)
        self.folder.cleanup()
        self.loop.close()


class TaskStoriesInSqlite(TaskStories):
    store_name = "sqlite"


class TaskStoriesInPostgres(TaskStories):
    store_name = "postgres"


STORIES = {TaskStories: 150, TaskStoriesInSqlite: 12, TaskStoriesInPostgres: 10}


@pytest.mark.parametrize("machine", STORIES)
def test_stories(machine: type[TaskStories]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=STORIES[machine],
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,  # the same stories everywhere, so that a failure is nobody's luck
            suppress_health_check=list(HealthCheck),
        ),
    )
