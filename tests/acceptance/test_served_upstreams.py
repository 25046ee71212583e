"""A server between Kling's clients and an account at KIE: asked in one protocol, bought in another.

The answer to the create is torn off, so that the task is in doubt; KIE's callback at the server's
own path settles it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from tests.pretend.service import ServiceProcess
from tests.pretend.upstream import film_of, measure_sealed

from filmgate.assembly import Embedded
from filmgate.assembly.serving import listen
from filmgate.domain.customer import KeyKind
from filmgate.domain.task import State
from filmgate.providers import all as every
from filmgate.settings import Secret, Settings


class Sealed:
    def prepare(self) -> None:
        pass

    def __call__(self, path: Path):
        return measure_sealed(path)


@pytest.fixture
def kie(tmp_path: Path) -> Iterator[ServiceProcess]:
    found = ServiceProcess(tmp_path / "kie", "kie", job_s=0.2, only="torn")
    yield found
    found.close()


def test_asked_as_kling_bought_at_kie_and_settled_by_its_callback(
    kie: ServiceProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {name: replace(row, check_interval_s=0.1) for name, row in every.DRIVES.items()}
    monkeypatch.setattr(every, "DRIVES", quick)
    listening = listen("127.0.0.1", 0, json_log=True)
    settings = Settings(
        home=tmp_path / "home",
        kie_api_key=Secret("k"),
        kie_base_url=kie.url,
        public_url=listening.address,
        allow_loopback=True,
    )

    async def body() -> None:
        async with Embedded.open(settings, measure=Sealed()) as house:
            customer = await house.office.customers.create("ann", by="test")
            await house.office.credits.adjust(customer, 1000, note="for tests", by="test")
            key = await house.office.keys.create(customer, kind=KeyKind.API, by="test")
            ready = asyncio.Event()

            async def told() -> None:
                ready.set()

            serving = asyncio.create_task(
                house.serve(listening, public_url=None, ready=told, drain_s=0.0)
            )
            await ready.wait()
            headers = {"Authorization": f"Bearer {key.secret}"}
            async with aiohttp.ClientSession(listening.address, headers=headers) as client:
                await flow(client, house, kie)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    try:
        asyncio.run(asyncio.wait_for(body(), 60))
    finally:
        listening.socket.close()


async def flow(client: aiohttp.ClientSession, house: Embedded, kie: ServiceProcess) -> None:
    wish = {"model_name": "kling-v2-6", "prompt": "a fox", "mode": "pro", "sound": "on"}
    async with client.post("/v1/videos/text2video", json=wish) as answer:
        made = await answer.json()
        assert answer.status == 200, made
    number = made["data"]["task_id"]
    (task,) = await reached(house, State.IN_DOUBT)
    (create,) = [each for each in kie.log() if each["do"] == "create"]
    asked = create["asked"]["body"]
    assert asked["model"] == "kling-2.6/text-to-video"
    assert asked["input"] == {
        "prompt": "a fox",
        "sound": True,
        "aspect_ratio": "16:9",
        "duration": "5",
    }
    bell = urlsplit(asked["callBackUrl"])
    assert bell.path.startswith(f"/hooks/{task.id}.")
    news = json.dumps({"code": 200, "data": {"taskId": create["job"], "state": "success"}})
    async with client.post(bell.path[:-3] + "AAA", data=news) as answer:
        assert answer.status == 404
    await asyncio.sleep(0.3)
    await reached(house, State.IN_DOUBT)
    async with client.post(bell.path, data=news) as answer:
        assert answer.status in {200, 204}
    (task,) = await reached(house, State.SUCCEEDED)
    async with client.get(f"/v1/videos/text2video/{number}") as answer:
        told = (await answer.json())["data"]
    assert told["task_status"] == "succeed"
    async with client.get(told["task_result"]["videos"][0]["url"]) as answer:
        assert await answer.read() == film_of(create["job"])
    assert kie.creates()["a fox"] == 1
    assert task.charged_credits == task.hold_credits > 0


async def reached(house: Embedded, state: State) -> list:
    while not (found := await house.tasks(state=state)):  # noqa: ASYNC110 - another loop's work
        await asyncio.sleep(0.05)
    return found
