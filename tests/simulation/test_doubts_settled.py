"""Orders whose answer was lost are settled without ever being sent again: by our own id, by the
service's history, or by its callback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.pretend.remote import MODELS, open_remote
from tests.pretend.rooms import FixedPlans, accept, new_task, nothing_to_fetch
from tests.pretend.service import ServiceProcess
from tests.pretend.upstream import film_of, measure_sealed

from filmgate.domain import pace
from filmgate.domain.line import Account
from filmgate.domain.ports import Store
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import State, Task
from filmgate.execution.clock import SystemClock
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import Runner
from filmgate.storage.files.opening import open_drive
from filmgate.storage.files.results import StoredResults
from filmgate.storage.memory import memory_store
from filmgate.usecases.ring_doorbell import Hooks, ring

HOOKS = Hooks("https://films.example", lambda: [b"k" * 32])


@dataclass
class Scene:
    """One service whose answers to creates are torn off, and a runner that drives a task there."""

    service: ServiceProcess
    store: Store
    runner: Runner
    house: House
    task: Task

    async def reaches(self, *states: State) -> Task:
        async with asyncio.timeout(30):
            while True:
                task = await self.store.tasks.read(self.task.id)
                assert task is not None
                if task.state in states:
                    return task
                await asyncio.sleep(0.02)

    async def ring(self, body: bytes) -> bool:
        return await ring(
            HOOKS.address(self.task.id).rpartition("/")[2],
            {},
            body,
            hooks=HOOKS,
            tasks=self.store.tasks,
            providers=self.house.providers,
            knock=self.runner.knock,
        )


@pytest.fixture
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServiceProcess]:
    found = ServiceProcess(tmp_path / "service", request.param, job_s=0.1, only="torn")
    yield found
    found.close()


async def open_scene(provider: str, service: ServiceProcess, home: Path) -> Scene:
    store = memory_store()
    house = House(
        store=store,
        results=StoredResults(*open_drive(None, home), measure_sealed),
        accounts={provider: Account(id=provider, provider=provider, slots=4)},
        providers={
            provider: open_remote(
                provider, service.url, check_interval_s=0.1, hook=HOOKS.address, vanished_looks=3
            )
        },
        plans=FixedPlans(),
        clock=SystemClock(),
        locks=RunnerLocks(home),
        gather=nothing_to_fetch,
    )
    task = new_task(provider=provider, at=time.time())
    request = TextToVideo(prompt="a lake", duration_s=5)
    task = await accept(store, replace(task, request=request, model=MODELS[provider]))
    return Scene(service, store, Runner("runner_1", house), house, task)


async def close(scene: Scene, running: asyncio.Task[None]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await scene.runner.close()
    for provider in scene.house.providers.values():
        await provider.close()


@pytest.mark.parametrize("service", ["kling", "piapi"], indirect=True)
def test_a_doubt_is_settled_by_asking(
    service: ServiceProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """By our own id at Kling, by the address of the task's own doorbell in PiAPI's history."""
    monkeypatch.setattr(pace, "DOUBT_FIRST_S", 0.3)
    provider = request.node.callspec.params["service"]

    async def body() -> None:
        scene = await open_scene(provider, service, tmp_path)
        running = asyncio.create_task(scene.runner.run_forever())
        try:
            done = await scene.reaches(State.SUCCEEDED, State.FAILED)
        finally:
            await close(scene, running)
        assert done.state is State.SUCCEEDED, done.reason
        assert State.IN_DOUBT in {step.state for step in done.timeline}

    asyncio.run(body())
    assert service.creates().total() == 1


@pytest.mark.parametrize("service", ["kie"], indirect=True)
def test_a_doubt_is_settled_by_a_callback(service: ServiceProcess, tmp_path: Path) -> None:
    """KIE has no history and keeps no id of ours; its callback names its task, and rings ours."""

    async def body() -> None:
        scene = await open_scene("kie", service, tmp_path)
        running = asyncio.create_task(scene.runner.run_forever())
        try:
            await scene.reaches(State.IN_DOUBT)
            (made,) = [each for each in service.log() if each["do"] == "create"]
            asked = made["asked"]
            assert isinstance(asked, dict)
            assert asked["body"]["callBackUrl"] == HOOKS.address(scene.task.id)
            # Somebody who names a job that KIE does not know is not believed.
            assert await scene.ring(b'{"data": {"taskId": "task_kling_999"}}')
            await asyncio.sleep(0.5)
            await scene.reaches(State.IN_DOUBT)
            told = f'{{"code": 200, "data": {{"taskId": "{made["job"]}"}}}}'
            assert await scene.ring(told.encode())
            done = await scene.reaches(State.SUCCEEDED, State.FAILED)
        finally:
            await close(scene, running)
        assert done.state is State.SUCCEEDED, done.reason
        assert done.job == made["job"]
        assert done.result is not None
        assert (tmp_path / done.result.path).read_bytes() == film_of(str(made["job"]))

    asyncio.run(body())
    assert service.creates().total() == 1
