"""One body for every provider: the scripted one, the local one with real processes, and each paid
service, spoken to over real HTTP by our own client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.pretend.remote import CLIENTS, open_remote, order_for
from tests.pretend.rooms import NoAssets, measure_pretended, new_order
from tests.pretend.scripted_provider import ScriptedProvider
from tests.pretend.service import ServiceProcess
from tests.pretend.upstream import measure_sealed

from filmgate.domain.errors import RenderFailed
from filmgate.domain.order import Order
from filmgate.domain.ports import (
    Done,
    Failed,
    Made,
    Measured,
    Provider,
    Running,
    Seen,
    Vanished,
)
from filmgate.providers.local import LocalProvider

ROOT = Path(__file__).parents[2]


@dataclass
class House:
    """A provider, and how to bring a job of it to each end."""

    make: Callable[[], Provider]
    finish: Callable[[Provider, str], None]
    fail: Callable[[Provider, str], None]
    quick: str
    long: str
    failing: str
    order: Callable[[str], Order] = new_order
    measure: Callable[[Path], Measured] = measure_pretended
    refuses_twins: bool = True
    is_remote: bool = False
    """Keeps what it made, and may not be able to stop it."""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ServiceProcess]]:
    running: dict[str, ServiceProcess] = {}

    def service(dialect: str) -> ServiceProcess:
        if dialect not in running:
            running[dialect] = ServiceProcess(tmp_path_factory.mktemp(dialect), dialect)
        return running[dialect]

    yield service
    for each in running.values():
        each.close()


def remote_house(name: str, service: ServiceProcess) -> House:
    return House(
        make=lambda: open_remote(name, service.url),
        finish=lambda provider, job: service.do(job, "done"),
        fail=lambda provider, job: service.do(job, "failed"),
        quick="a lake",
        long="a lake",
        failing="a lake",
        order=lambda prompt: order_for(prompt, name.partition("-")[0]),
        measure=measure_sealed,
        refuses_twins=name.startswith("kling"),
        is_remote=True,
    )


@pytest.fixture(params=["scripted", "local", *CLIENTS])
def house(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    services: Callable[[str], ServiceProcess],
) -> House:
    if request.param in CLIENTS:
        return remote_house(request.param, services(request.param.partition("-")[0]))
    if request.param == "scripted":
        return House(
            make=lambda: ScriptedProvider(start_finds_job=True),
            finish=lambda provider, job: provider.finish(job),
            fail=lambda provider, job: provider.fail(job),
            quick="",
            long="",
            failing="",
        )
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'src'}")
    return House(
        make=lambda: LocalProvider(tmp_path, NoAssets(), "tests.pretend.slow_engine:render"),
        finish=lambda provider, job: None,
        fail=lambda provider, job: None,
        quick="a lake",
        long="slow 60",
        failing="refuse",
    )


@asynccontextmanager
async def opened(house: House):
    provider = house.make()
    try:
        yield provider
    finally:
        if not isinstance(provider, ScriptedProvider):
            await provider.close()


async def seen(provider: Provider, job: str, wanted: type[Seen], *, within_s: float = 10) -> Seen:
    deadline = time.monotonic() + within_s
    while not isinstance(answer := await provider.check(job), wanted):
        assert isinstance(answer, Running), answer
        assert time.monotonic() < deadline, answer
        await asyncio.sleep(provider.check_interval_s)
    return answer


async def made(provider: Provider, order: Order) -> str:
    answer = await provider.start(order)
    assert isinstance(answer, Made)
    return answer.job


def test_a_job_from_start_to_fetch(house: House, tmp_path: Path) -> None:
    async def body() -> None:
        async with opened(house) as provider:
            job = await made(provider, house.order(house.quick))
            house.finish(provider, job)
            answer = await seen(provider, job, Done)
            assert isinstance(answer, Done)
            if not house.is_remote:
                rendered = answer.rendered
                assert (rendered.frames, rendered.understood) == (10, {"place": "lake"})
            for target in (tmp_path / "a.mp4", tmp_path / "a.mp4", tmp_path / "b.mp4"):
                await provider.fetch(job, str(target))
                assert house.measure(target).duration_s == 1.0
            await provider.forget(job)
            if not house.is_remote:
                assert isinstance(await provider.check(job), Vanished)
            assert house.measure(tmp_path / "b.mp4").duration_s == 1.0

    asyncio.run(body())


def test_a_failure_tells_its_reason(house: House) -> None:
    async def body() -> None:
        async with opened(house) as provider:
            job = await made(provider, house.order(house.failing))
            house.fail(provider, job)
            answer = await seen(provider, job, Failed)
            assert isinstance(answer, Failed)
            assert answer.reason in {"the moon was in the way", "the picture is upside down"}
            assert await provider.check(job) == answer

    asyncio.run(body())


def test_starting_again_finds_the_job(house: House) -> None:
    async def body() -> None:
        async with opened(house) as provider:
            if not house.refuses_twins:
                # Whoever takes the same order twice is never sent it twice.
                assert not provider.start_finds_job
                return
            order = house.order(house.long)
            jobs = {await made(provider, order) for _ in range(3)}
            # A service may show one job under several paths; its own id is the last part.
            assert len({job.rpartition("/")[2] for job in jobs}) == 1
            assert isinstance(await provider.check(jobs.pop()), Running)

    asyncio.run(body())


def test_cancelling_stops_and_may_be_repeated(house: House) -> None:
    async def body() -> None:
        async with opened(house) as provider:
            job = await made(provider, house.order(house.long))
            await seen(provider, job, Running)
            stopped = await provider.cancel(job)
            assert isinstance(await provider.check(job), Vanished if stopped else Running)
            await provider.cancel(job)

    asyncio.run(body())


def test_cancelling_after_the_end_is_fine(house: House) -> None:
    async def body() -> None:
        async with opened(house) as provider:
            job = await made(provider, house.order(house.quick))
            house.finish(provider, job)
            await seen(provider, job, Done)
            stopped = await provider.cancel(job)
            assert isinstance(await provider.check(job), Vanished if stopped else Done)

    asyncio.run(body())


def test_an_unknown_job_has_vanished(house: House, tmp_path: Path) -> None:
    async def body() -> None:
        async with opened(house) as provider:
            with pytest.raises(RenderFailed):
                await provider.fetch("task_none", str(tmp_path / "a.mp4"))
            assert isinstance(await provider.check("task_none"), Vanished)
            await provider.cancel("task_none")
            await provider.forget("task_none")

    asyncio.run(body())
