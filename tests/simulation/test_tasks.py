"""Tasks under faults: torn calls, lost writes, runners that die between any two steps.

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
from tests.pretend.rooms import HandClock, MemoryResults, new_task
from tests.pretend.scripted_provider import ScriptedProvider

from filmgate.domain.errors import Conflict
from filmgate.domain.ports import Stale, TaskQuery, Tasks
from filmgate.domain.task import MOVES, State, Task
from filmgate.storage.database.store import DatabaseTasks
from filmgate.storage.memory import MemoryTasks
from filmgate.usecases.cancel_task import cancel_task
from filmgate.usecases.finish_task import finish_task
from filmgate.usecases.poll_account import poll_account
from filmgate.usecases.start_task import start_task

T = TypeVar("T")
RUNNER = "runner_a"


class Crash(Exception):
    """The process is gone at this instruction."""


class MortalTasks:
    """A store whose user dies at a chosen write: just before it, or just after."""

    def __init__(self, inner: Tasks) -> None:
        self.inner = inner
        self.read = inner.read
        self.select = inner.select
        self.dies: tuple[int, bool] | None = None
        self.written_rows = 0

    async def write(self, task: Task) -> Task:
        if self.dies is None:
            return await self._write(task)
        left, after = self.dies
        if left > 0:
            self.dies = (left - 1, after)
            return await self._write(task)
        self.dies = None
        if after:
            await self._write(task)
        raise Crash

    async def _write(self, task: Task) -> Task:
        written = await self.inner.write(task)
        self.written_rows += 1
        return written


class Provider(ScriptedProvider):
    def __init__(self, results: MemoryResults, *, start_finds_job: bool) -> None:
        super().__init__(start_finds_job=start_finds_job)
        self.results = results

    def deliver(self, target: str) -> None:
        self.results.partial[target] = b"film"


class TaskStories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HandClock()
        self.results = MemoryResults()
        self.ended: dict[str, Task] = {}
        self.accepted: set[str] = set()

    def make_store(self) -> Tasks:
        return MemoryTasks()

    @initialize(start_finds_job=st.booleans())
    def open(self, start_finds_job: bool) -> None:
        self.tasks = MortalTasks(self.make_store())
        self.provider = Provider(self.results, start_finds_job=start_finds_job)

    def do(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run_until_complete(work)

    def rows(self) -> list[Task]:
        return self.do(self.tasks.select(TaskQuery()))

    # --- what may happen

    @rule()
    def submit(self) -> None:
        # Numbered from one in every story, so that a story can be told again word for word.
        task_id = f"task_{len(self.accepted):026d}"
        task = replace(new_task(provider=self.provider.name), id=task_id)
        self.do(self.tasks.inner.write(task))
        self.accepted.add(task.id)

    @rule(fault=st.sampled_from(["torn", "not_reached"]))
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
        before = self.tasks.written_rows
        self.do(self.poll())
        assert self.tasks.written_rows == before
        self.provider.check_faults = 0

    async def poll(self) -> None:
        await poll_account(self.provider, runner=RUNNER, tasks=self.tasks, clock=self.clock)

    async def run_once(self) -> None:
        for task in await self.tasks.select(TaskQuery(oldest_first=True)):
            try:
                if task.state in {State.QUEUED, State.STARTING}:
                    await start_task(
                        task,
                        runner=RUNNER,
                        provider=self.provider,
                        tasks=self.tasks,
                        clock=self.clock,
                    )
                elif task.state is State.FETCHING:
                    await finish_task(
                        task,
                        provider=self.provider,
                        tasks=self.tasks,
                        results=self.results,
                        clock=self.clock,
                    )
            except Stale:
                raise AssertionError("nobody else writes in this story") from None
        await self.poll()

    # --- what must hold

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        if hasattr(self, "provider"):
            assert len(self.provider.creates) == len(set(self.provider.creates))

    @invariant()
    def rows_tell_a_true_story(self) -> None:
        if not hasattr(self, "tasks"):
            return
        rows = self.rows()
        assert {task.id for task in rows} == self.accepted
        for task in rows:
            states = [step.state for step in task.timeline]
            assert states[0] is State.QUEUED
            assert states[-1] is task.state
            assert all(b in MOVES[a] for a, b in pairwise(states))
            assert (task.result is not None) == (task.state is State.SUCCEEDED)
            assert task.result is None or task.id in self.results.kept
            assert (task.reason is None) or task.state in {State.FAILED, State.CANCELLED}
            assert self.ended.setdefault(task.id, task) == task if task.state.ended else True

    def teardown(self) -> None:
        """Let all faults cease: every accepted task comes to an end, or is known to be in doubt."""
        if hasattr(self, "tasks"):
            self.tasks.dies = None
            self.provider.start_faults.clear()
            self.provider.check_faults = 0
            for _ in range(4):
                for job in self.provider.jobs:
                    self.provider.finish(job)
                self.do(self.run_once())
            self.rows_tell_a_true_story()
            self.nothing_is_paid_twice()
            assert all(task.state.ended or task.state is State.IN_DOUBT for task in self.rows())
            if self.provider.start_finds_job:
                lost = [task for task in self.rows() if task.state is State.IN_DOUBT]
                assert all("torn" in task.timeline[-1].note for task in lost)
        self.loop.close()


class TaskStoriesInSqlite(TaskStories):
    def make_store(self) -> Tasks:
        self.folder = tempfile.TemporaryDirectory()
        self.database = DatabaseTasks.open(Path(self.folder.name) / "filmgate.db")
        return self.database

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()


@pytest.mark.parametrize(("machine", "stories"), [(TaskStories, 150), (TaskStoriesInSqlite, 15)])
def test_stories(machine: type[TaskStories], stories: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,  # the same stories everywhere, so that a failure is nobody's luck
            suppress_health_check=list(HealthCheck),
        ),
    )
