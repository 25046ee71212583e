"""The runner alone, with a scripted provider."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from tests.pretend.rooms import MemoryResults, new_task
from tests.pretend.scripted_provider import ScriptedProvider

from filmgate.domain.errors import SetUp
from filmgate.domain.order import Order
from filmgate.domain.ports import Started
from filmgate.domain.task import State, Task
from filmgate.execution import runner as runner_module
from filmgate.execution.clock import SystemClock
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import House, Runner
from filmgate.storage.memory import MemoryTasks
from filmgate.usecases.cancel_task import cancel_task


class Provider(ScriptedProvider):
    def __init__(self, results: MemoryResults) -> None:
        super().__init__()
        self.results = results
        self.most_at_once = 0
        self.trouble: SetUp | None = None

    async def start(self, order: Order) -> Started:
        if self.trouble:
            raise self.trouble
        answer = await super().start(order)
        self.most_at_once = max(self.most_at_once, len(self.jobs))
        asyncio.get_running_loop().call_later(0.02, self._end, f"job-{order.task_id}")
        return answer

    def _end(self, job: str) -> None:
        if job in self.jobs:
            self.finish(job)

    async def fetch(self, job: str, target: str) -> None:
        self.results.partial[target] = b"film"


class Scene:
    def __init__(self, home: Path, *, slots: int = 1) -> None:
        self.tasks = MemoryTasks()
        self.results = MemoryResults()
        self.provider = Provider(self.results)
        self.locks = RunnerLocks(home)
        house = House(
            tasks=self.tasks,
            results=self.results,
            providers={"scripted": self.provider},
            clock=SystemClock(),
            locks=self.locks,
        )
        self.runner = Runner("runner_a", house, slots={"scripted": slots})

    async def submit(self) -> Task:
        return await self.tasks.write(new_task(provider="scripted"))

    async def seen(self, task: Task) -> list[State]:
        states = []
        async for sighting in self.runner.watch(task.id):
            if not states or states[-1] is not sighting.task.state:
                states.append(sighting.task.state)
        return states


def play(scene: Scene, body: Callable[[], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        try:
            async with asyncio.timeout(10):
                await body()
        finally:
            await scene.runner.close()

    asyncio.run(main())


@pytest.mark.parametrize("slots", [1, 3])
def test_no_more_jobs_at_once_than_slots(tmp_path: Path, slots: int) -> None:
    scene = Scene(tmp_path, slots=slots)

    async def body() -> None:
        tasks = [await scene.submit() for _ in range(6)]
        ends = await asyncio.gather(*(scene.seen(task) for task in tasks))
        assert {end[-1] for end in ends} == {State.SUCCEEDED}
        assert scene.provider.most_at_once == slots
        assert len(scene.results.kept) == 6

    play(scene, body)


def test_watching_one_task_leaves_the_others_queued(tmp_path: Path) -> None:
    scene = Scene(tmp_path)

    async def body() -> None:
        other, mine = await scene.submit(), await scene.submit()
        assert (await scene.seen(mine))[-1] is State.SUCCEEDED
        assert await scene.tasks.read(other.id) == other
        await scene.runner.run_until_idle()
        done = await scene.tasks.read(other.id)
        assert done is not None
        assert done.state is State.SUCCEEDED

    play(scene, body)


def test_a_provider_out_of_reach_is_tried_again_and_then_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "REST_S", 0.01)
    scene = Scene(tmp_path)

    async def body() -> None:
        scene.provider.start_faults = ["not_reached", "not_reached"]
        assert (await scene.seen(await scene.submit()))[-1] is State.SUCCEEDED
        scene.provider.start_faults = ["not_reached"] * 9
        lost = await scene.submit()
        assert (await scene.seen(lost))[-1] is State.FAILED
        told = await scene.tasks.read(lost.id)
        assert told is not None
        assert told.reason == "the provider can't be reached: connection refused"
        assert scene.provider.creates.count(lost.id) == 0

    play(scene, body)


def test_trouble_of_our_own_house_is_raised_and_the_task_waits(tmp_path: Path) -> None:
    scene = Scene(tmp_path)

    async def body() -> None:
        task = await scene.submit()
        scene.provider.trouble = SetUp("no room")
        with pytest.raises(SetUp, match="no room"):
            await scene.seen(task)
        with pytest.raises(SetUp, match="no room"):
            await scene.runner.run_until_idle()
        waiting = await scene.tasks.read(task.id)
        assert waiting is not None
        assert waiting.state is State.QUEUED
        scene.provider.trouble = None
        assert (await scene.seen(task))[-1] is State.SUCCEEDED

    play(scene, body)


def test_a_task_cancelled_by_somebody_else_is_let_go(tmp_path: Path) -> None:
    scene = Scene(tmp_path)

    async def body() -> None:
        task = await scene.submit()
        async for sighting in scene.runner.watch(task.id):
            if sighting.task.state is State.RUNNING:
                await cancel_task(
                    task.id,
                    providers={"scripted": scene.provider},
                    tasks=scene.tasks,
                    clock=SystemClock(),
                )
        assert sighting.task.state is State.CANCELLED
        assert scene.provider.jobs == {}
        assert scene.results.kept == {}

    play(scene, body)


def test_a_defect_reaches_the_watcher(tmp_path: Path) -> None:
    scene = Scene(tmp_path)

    async def body() -> None:
        scene.provider.check = None  # type: ignore[assignment]
        with pytest.raises(TypeError):
            await scene.seen(await scene.submit())

    play(scene, body)
