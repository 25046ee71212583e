"""A service that takes orders and then says nothing delays nobody else's notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pretend.remote import MODELS, open_remote
from tests.pretend.rooms import FixedPlans, accept, new_task, nothing_to_fetch
from tests.pretend.service import ServiceProcess
from tests.pretend.upstream import measure_sealed

from filmgate.domain.line import Account
from filmgate.domain.ports import Store
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import State
from filmgate.execution.clock import SystemClock
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import Runner
from filmgate.storage.files.opening import open_drive
from filmgate.storage.files.results import StoredResults
from filmgate.storage.memory import memory_store
from filmgate.transport.upstream import Terms

HUNG_TASKS, GOOD_TASKS = 80, 5
POLL_S, SLACK_S = 0.2, 1.0


@pytest.fixture
def services(tmp_path: Path) -> Iterator[dict[str, ServiceProcess]]:
    found = {
        "kling": ServiceProcess(tmp_path / "kling", "kling"),
        "kie": ServiceProcess(tmp_path / "kie", "kie", only="hang"),
    }
    yield found
    for each in found.values():
        each.close()


def house(store: Store, services: dict[str, ServiceProcess], home: Path) -> House:
    return House(
        store=store,
        results=StoredResults(*open_drive(None, home), measure_sealed),
        accounts={name: Account(id=name, provider=name, slots=100) for name in services},
        providers={
            name: open_remote(
                name, service.url, check_interval_s=POLL_S, terms=Terms(answer_s=60.0)
            )
            for name, service in services.items()
        },
        plans=FixedPlans(),
        clock=SystemClock(),
        locks=RunnerLocks(home),
        gather=nothing_to_fetch,
    )


async def submit(store: Store, provider: str, number: int) -> str:
    task = new_task(provider=provider, at=time.time())
    request = TextToVideo(prompt=f"{provider} {number}", duration_s=5)
    task = replace(task, request=request, model=MODELS[provider])
    return (await accept(store, task)).id


async def state_of(store: Store, task_id: str, *states: State) -> None:
    while True:
        task = await store.tasks.read(task_id)
        if task is not None and task.state in states:
            return
        await asyncio.sleep(0.01)


def test_a_hung_service_delays_no_other_s_notice(
    services: dict[str, ServiceProcess], tmp_path: Path
) -> None:
    async def body() -> None:
        store = memory_store()
        rooms = house(store, services, tmp_path)
        runner = Runner("runner_1", rooms)
        hung = [await submit(store, "kie", number) for number in range(HUNG_TASKS)]
        good = [await submit(store, "kling", number) for number in range(GOOD_TASKS)]
        running = asyncio.create_task(runner.run_forever())
        try:
            async with asyncio.timeout(60):
                for task_id in (*hung, *good):
                    await state_of(store, task_id, State.RUNNING)
                await asyncio.sleep(1.0)  # every look at the hung one is out now
                for task_id in good:
                    task = await store.tasks.read(task_id)
                    assert task is not None
                    assert task.job is not None
                    await asyncio.to_thread(services["kling"].do, task.job, "done")
                    began = time.monotonic()
                    await state_of(store, task_id, State.FETCHING, State.SUCCEEDED)
                    assert time.monotonic() - began < POLL_S + SLACK_S
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await runner.close()
            for provider in rooms.providers.values():
                await provider.close()

    asyncio.run(body())
