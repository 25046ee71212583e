"""Inputs that are fetched at start: from no host, a bad one, a slow one, and by two at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.stores import STORES
from tests.pretend.rooms import HandClock, accept, bring_to, give_credits, new_task
from tests.simulation.test_runner import Stage, at_work

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.change import Stale
from filmgate.domain.errors import BadInput, SetUp, Unreachable
from filmgate.domain.ledger import Balance
from filmgate.domain.line import Account
from filmgate.domain.media import MediaLimits
from filmgate.domain.ports import Store, TaskQuery
from filmgate.domain.request import (
    Asset,
    BrushStroke,
    Fetch,
    ImageToVideo,
    Mode,
    Point,
    TextToVideo,
)
from filmgate.domain.task import Fault, State, Task
from filmgate.execution import gatherer
from filmgate.usecases import gather_inputs
from filmgate.usecases.gather_inputs import PAUSES_S, UNREACHED, InputGathering

LIMITS = MediaLimits(types=("image/png",), formats=".png", bytes_max=1000)


class World:
    """Pictures by their addresses, and hosts that hang until they are told."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, int] | Exception] = {}
        self.hangs: set[str] = set()
        self.sizes: dict[str, tuple[int, int]] = {}
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    async def fetch(self, wanted: Fetch) -> Asset:
        self.asked.append(wanted.url)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            while wanted.url in self.hangs:  # noqa: ASYNC110 - a set is plainer than many events
                await asyncio.sleep(0.01)
        finally:
            self.at_once -= 1
        page = self.pages.get(wanted.url, (640, 480))
        if isinstance(page, Exception):
            raise page
        digest = wanted.url.encode().hex().ljust(64, "0")
        self.sizes[digest] = page
        return Asset(digest, "image/png", 12)

    async def picture_size(self, asset: Asset) -> tuple[int, int]:
        return self.sizes[asset.digest]


def given(url: str, field: str = "image") -> Asset:
    return Asset("", "", 0, fetch=Fetch(url=url, field=field, limits=LIMITS))


def gathering(store: Store, world: World, clock: HandClock) -> InputGathering:
    return InputGathering(
        fetcher=world,
        assets=world,  # type: ignore[arg-type] - as much of one as is asked for
        catalogue=load_catalogue,
        tasks=store.tasks,
        clock=clock,
    )


Scene = Callable[[Store, World, HandClock, InputGathering], Coroutine[None, None, None]]


@pytest.fixture(params=STORES)
def play(request: pytest.FixtureRequest, tmp_path: Path):
    def play(scene: Scene) -> None:
        with STORES[request.param](tmp_path) as store:
            world, clock = World(), HandClock()
            asyncio.run(scene(store, world, clock, gathering(store, world, clock)))

    return play


async def waiting(store: Store, **said: object) -> Task:
    await give_credits(store, "ann", 50)
    request = ImageToVideo(**{"image": given("cat"), "mode": Mode.STD, **said})
    task = replace(new_task(customer="ann", credits=50), request=request)
    return await accept(store, task)


def test_what_came_is_written_into_the_request_and_shapes_the_film(play) -> None:
    async def scene(store: Store, world: World, clock: HandClock, all_in: InputGathering) -> None:
        task = await waiting(store, image_tail=given("dog", "image_tail"))
        world.pages["cat"] = (600, 900)
        ready = (await all_in.gather(task)).task
        assert ready.state is State.QUEUED
        assert isinstance(ready.request, ImageToVideo)
        assert ready.request.image == Asset(b"cat".hex().ljust(64, "0"), "image/png", 12)
        assert ready.request.image_tail is not None
        assert ready.request.image_tail.fetch is None
        assert (ready.output.width, ready.output.height) == (720, 1080)
        assert ready.output.seed == task.output.seed
        assert await store.tasks.read(task.id) == ready
        assert (await all_in.gather(ready)).task is ready
        assert sorted(world.asked) == ["cat", "dog"]
        assert await store.ledger.balance("ann") == Balance(available=0, held=50)

    play(scene)


@pytest.mark.parametrize(
    ("said", "pages", "reason"),
    [
        ({}, {"cat": BadInput("image can't be fetched: gone")}, "image can't be fetched: gone"),
        ({}, {"cat": (100, 2000)}, "image is 100x2000; each side must be at least 300 px"),
        (
            {"image_tail": given("dog", "image_tail")},
            {"cat": Unreachable("busy"), "dog": BadInput("image_tail is no picture")},
            "image_tail is no picture",
        ),
        (
            {"static_mask": given("mask", "static_mask")},
            {"mask": (640, 400)},
            "static_mask is 640x400 px, its aspect ratio must be that of the image (640x480 px)",
        ),
        (
            {
                "static_mask": given("mask", "static_mask"),
                "strokes": (BrushStroke(mask=given("brush"), path=(Point(0, 0), Point(1, 1))),),
            },
            {"mask": (640, 480), "brush": (320, 240)},
            "strokes is 320x240 px, it must be as large as static_mask (640x480 px)",
        ),
    ],
)
def test_a_bad_input_fails_the_task_and_gives_the_credits_back(
    play, said: dict[str, object], pages: dict[str, tuple[int, int] | Exception], reason: str
) -> None:
    async def scene(store: Store, world: World, clock: HandClock, all_in: InputGathering) -> None:
        world.pages |= pages
        task = await waiting(store, **said)
        failed = (await all_in.gather(task)).task
        assert (failed.state, failed.fault, failed.reason) == (State.FAILED, Fault.INPUT, reason)
        assert await store.ledger.balance("ann") == Balance(available=50)

    play(scene)


def test_a_host_that_is_away_is_tried_again_and_then_no_more(play) -> None:
    async def scene(store: Store, world: World, clock: HandClock, all_in: InputGathering) -> None:
        task = await waiting(store, image_tail=given("dog", "image_tail"))
        world.pages["dog"] = Unreachable("image_tail can't be fetched: host takes no connection")
        for pause_s in PAUSES_S:
            gathered = await all_in.gather(task)
            task = gathered.task
            assert (task.state, gathered.rest_s) == (State.QUEUED, pause_s)
            assert task.timeline[-1].note.startswith(UNREACHED)
            asked = len(world.asked)
            again = await all_in.gather(task)
            assert (again.task, again.rest_s) == (task, pause_s)
            assert len(world.asked) == asked
            clock.time += pause_s
        assert world.asked.count("cat") == 1
        failed = (await all_in.gather(task)).task
        assert (failed.state, failed.fault) == (State.FAILED, Fault.INPUT)
        assert failed.reason == "image_tail can't be fetched: host takes no connection"
        assert await store.ledger.balance("ann") == Balance(available=50)

    play(scene)


def test_a_host_that_comes_back_is_in_time(play) -> None:
    async def scene(store: Store, world: World, clock: HandClock, all_in: InputGathering) -> None:
        task = await waiting(store)
        world.pages["cat"] = Unreachable("away")
        task = (await all_in.gather(task)).task
        del world.pages["cat"]
        clock.time += PAUSES_S[0]
        ready = (await all_in.gather(task)).task
        assert ready.state is State.QUEUED
        seat = Account(id="local", provider="local", slots=1)
        assert await store.work.unfetched(seat, each=9) == []

    play(scene)


def test_two_at_once_and_a_cancel_in_between_do_no_harm(play) -> None:
    async def scene(store: Store, world: World, clock: HandClock, all_in: InputGathering) -> None:
        task = await waiting(store)
        answers = await asyncio.gather(
            all_in.gather(task), all_in.gather(task), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in answers) == ["Gathered", "Stale"]
        other = await waiting(store)
        world.hangs.add("cat")
        going = asyncio.create_task(all_in.gather(other))
        await asyncio.sleep(0.02)
        await bring_to(store, other, State.CANCELLED)
        world.hangs.clear()
        with pytest.raises(Stale):
            await going
        assert (await store.ledger.check()).sound

    play(scene)


# --- the runner


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path):
    def run(body: Callable[[Stage, World], Coroutine[None, None, None]]) -> None:
        with STORES[request.param](tmp_path) as store:
            stage, world = Stage(store, tmp_path), World()
            stage.gather = gathering(store, world, stage.clock).gather  # type: ignore[arg-type]
            asyncio.run(asyncio.wait_for(body(stage, world), 60))

    return run


async def point(stage: Stage, url: str, customer: str = "ann") -> Task:
    task = new_task(provider="scripted", customer=customer)
    return await accept(stage.store, replace(task, request=ImageToVideo(image=given(url))))


def test_a_slow_host_holds_up_nobody_else_and_takes_no_slot(run) -> None:
    async def body(stage: Stage, world: World) -> None:
        provider = stage.account(slots=1)
        world.hangs.add("slow")
        slow = [await point(stage, "slow") for _ in range(gatherer.OF_ONE_CUSTOMER + 4)]
        quick = await point(stage, "quick", "bob")
        (anns,) = await stage.fill(1, customer="ann")
        async with stage.runner() as runner, at_work(runner):
            for task in (quick, anns):
                await stage.until(lambda task=task: stage.state_of(task, State.SUCCEEDED))
            assert await stage.state_of(slow[0], State.QUEUED)
            assert len(provider.creates) == 2
            assert world.at_once == gatherer.OF_ONE_CUSTOMER
            world.hangs.clear()
            await stage.until(lambda: all_succeeded(stage))
        assert len(provider.creates) == len(slow) + 2
        images = {
            each.request.image.fetch for each in provider.started if hasattr(each.request, "image")
        }
        assert images == {None}

    run(body)


async def all_succeeded(stage: Stage) -> bool:
    tasks = await stage.store.tasks.select(TaskQuery())
    return all(task.state is State.SUCCEEDED for task in tasks)


def test_a_runner_is_not_idle_while_something_is_fetched(run) -> None:
    async def body(stage: Stage, world: World) -> None:
        stage.account()
        world.hangs.add("slow")
        await point(stage, "slow")
        async with stage.runner() as runner:
            going = asyncio.create_task(runner.run_until_idle())
            await asyncio.sleep(0.3)
            assert not going.done()
            world.hangs.clear()
            await going
        assert await all_succeeded(stage)

    run(body)


def test_a_single_task_that_somebody_watches_is_fetched_too(run) -> None:
    async def body(stage: Stage, world: World) -> None:
        stage.account()
        first, second = await point(stage, "one"), await point(stage, "two")
        async with stage.runner() as runner:
            states = [seen.task.state async for seen in runner.watch(second.id)]
            assert states[-1] is State.SUCCEEDED
        assert await stage.state_of(first, State.QUEUED)
        assert world.asked == ["two"]

    run(body)


def test_a_bad_input_and_a_pause_under_a_runner(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather_inputs, "PAUSES_S", (0.05, 0.05))

    async def body(stage: Stage, world: World) -> None:
        provider = stage.account()
        world.pages |= {"bad": BadInput("image is no picture"), "away": Unreachable("away")}
        bad, away = await point(stage, "bad"), await point(stage, "away")
        async with stage.runner() as runner:
            await runner.run_until_idle()
        for task in (bad, away):
            assert await stage.state_of(task, State.FAILED)
        assert world.asked.count("away") == 3
        assert provider.creates == []

    run(body)


def test_trouble_of_our_house_leaves_the_task_waiting(run, monkeypatch) -> None:
    monkeypatch.setattr(gatherer, "TROUBLE_S", 0.1)

    async def body(stage: Stage, world: World) -> None:
        stage.account()
        world.pages["cat"] = SetUp("no room")
        task = await point(stage, "cat")
        async with stage.runner() as runner, at_work(runner):
            await stage.until(lambda: asked(world, 1))
            await asyncio.sleep(0.02)
            assert await stage.state_of(task, State.QUEUED)
            del world.pages["cat"]
            await stage.until(lambda: stage.state_of(task, State.SUCCEEDED))

    run(body)


async def asked(world: World, times: int) -> bool:
    return len(world.asked) >= times


def test_two_runners_gather_the_same_without_a_second_film(run) -> None:
    async def body(stage: Stage, world: World) -> None:
        provider = stage.account(slots=2)
        for number in range(12):
            await point(stage, f"cat-{number}", "ann" if number % 2 else "bob")
        async with stage.runner() as one, stage.runner() as two:
            await asyncio.gather(one.run_until_idle(), two.run_until_idle())
        assert await all_succeeded(stage)
        assert len(provider.creates) == 12

    run(body)


def test_text_needs_nothing(play) -> None:
    async def scene(store: Store, world: World, clock: HandClock, all_in: InputGathering) -> None:
        task = await accept(store, replace(new_task(), request=TextToVideo(prompt="x")))
        assert (await all_in.gather(task)).task is task
        assert world.asked == []

    play(scene)
