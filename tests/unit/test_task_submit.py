"""What is checked, chosen and settled before a task is written."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.pretend.rooms import FixedPlans, HandClock, NoAssets, new_task

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.change import Change
from filmgate.domain.errors import FixRequest, NotFound, SetUp, TopUp, Unsupported
from filmgate.domain.line import Terms
from filmgate.domain.order import Offer, assets_of
from filmgate.domain.ports import TaskQuery
from filmgate.domain.request import Asset, ImageToVideo, Mode, Request, TextToVideo
from filmgate.domain.task import State, Task
from filmgate.execution.clock import RandomIds, ulid
from filmgate.storage.memory import memory_store
from filmgate.usecases.choose_provider import LOCAL, Choice, cheapest, choose_provider
from filmgate.usecases.quote import offers
from filmgate.usecases.read_task import read_task
from filmgate.usecases.settlements import Settlements
from filmgate.usecases.submit_task import Options, submit_task

CAT = Asset("ab" * 32, "image/png", 12, "cat.png")


class OneCat(NoAssets):
    def __init__(self, size: tuple[int, int] = (900, 600)) -> None:
        self.size = size

    async def picture_size(self, asset: Asset) -> tuple[int, int]:
        return self.size


class KnownIds:
    def task_id(self) -> str:
        return "task_0001"

    def seed(self) -> int:
        return 42


class House:
    def __init__(self) -> None:
        self.tasks = memory_store().tasks
        self.assets = OneCat()

    def submit(
        self, request: Request, *, provider: str = LOCAL, ceiling: int | None = None
    ) -> Task:
        return asyncio.run(
            submit_task(
                request,
                options=Options(max_cost_usd_micros=ceiling),
                choice=Choice(provider),
                plans=FixedPlans(0),
                terms=Terms(plan="test"),
                settlements=Settlements(load_catalogue),
                tasks=self.tasks,
                assets=self.assets,
                clock=HandClock(),
                ids=KnownIds(),
            )
        )

    def stored(self) -> list[Task]:
        return asyncio.run(self.tasks.select(TaskQuery()))


def test_everything_is_settled_when_a_task_is_accepted() -> None:
    house = House()
    task = house.submit(TextToVideo(prompt="a lake"))
    assert (task.id, task.state, task.version) == ("task_0001", State.QUEUED, 1)
    assert (task.model, task.provider, task.quote_usd_micros) == ("animatic", "local", 0)
    assert task.output.seed == 42
    assert (task.output.width, task.output.height) == (1280, 720)
    assert [step.state for step in task.timeline] == [State.QUEUED]
    assert task.notes == ()
    assert house.stored() == [task]


def test_a_seed_of_the_customer_is_kept() -> None:
    assert House().submit(TextToVideo(prompt="x", seed=7)).output.seed == 7


def test_a_film_takes_the_shape_of_its_picture() -> None:
    output = House().submit(ImageToVideo(image=CAT)).output
    assert output.width / output.height == pytest.approx(1.5, abs=0.01)


def test_a_model_name_that_says_the_mode_settles_it() -> None:
    task = House().submit(ImageToVideo(model="kling/v2-1-pro", image=CAT), provider="kie")
    assert isinstance(task.request, ImageToVideo)
    assert task.request.mode is Mode.PRO


@pytest.mark.parametrize(
    "request_",
    [
        TextToVideo(prompt=""),
        TextToVideo(prompt="x" * 2501),
        TextToVideo(prompt="x", duration_s=7.5),
        TextToVideo(prompt="x", model="sora-9"),
        ImageToVideo(),
    ],
    ids=["empty", "long", "duration", "model", "no-picture"],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(request_: Request) -> None:
    house = House()
    with pytest.raises(FixRequest):
        house.submit(request_)
    assert house.stored() == []


def test_a_picture_out_of_shape_is_refused() -> None:
    house = House()
    house.assets.size = (1000, 100)
    with pytest.raises(Unsupported) as caught:
        house.submit(ImageToVideo(image=CAT))
    assert caught.value.field == "image"
    assert house.stored() == []


def test_the_ceiling_holds() -> None:
    house = House()
    asked = TextToVideo(prompt="a lake", model="kling-v2-5-turbo", mode=Mode.PRO)
    with pytest.raises(TopUp, match="above the ceiling") as caught:
        house.submit(asked, provider="kling", ceiling=1000)
    assert caught.value.field == "max_cost"
    assert house.stored() == []
    task = house.submit(asked, provider="kling", ceiling=1_000_000)
    assert 0 < task.quote_usd_micros <= 1_000_000


def test_a_local_film_for_another_model_says_so() -> None:
    task = House().submit(TextToVideo(prompt="a lake", model="kling-v3"))
    assert any("stand-in for kling-v3" in note for note in task.notes)


def choose(asked: str, usable: list[str], offered_by: tuple[str, ...] = ()) -> str | None:
    choice = choose_provider(asked, usable=["local", *usable], offered_by=offered_by)
    return None if choice is None else choice.provider


def test_choosing_a_provider() -> None:
    assert choose("auto", []) == LOCAL
    assert choose("local", ["kling"]) == LOCAL
    assert choose("kling", ["kling"]) == "kling"
    with pytest.raises(FixRequest, match="no provider 'klingon'"):
        choose("klingon", [])


def test_auto_never_renders_locally_for_whoever_holds_an_account() -> None:
    assert choose("auto", ["kling"], ("kling", "local")) is None
    assert choose("auto", ["kling"]) is None
    assert choose("auto", ["kling"], (LOCAL,)) == LOCAL


def offer(provider: str, price: int | None = None, why_not: str | None = None) -> Offer:
    return Offer(
        provider=provider, model="m", price_usd_micros=price, why_not=why_not, remedy="do it"
    )


def test_auto_takes_the_cheapest_able_account_and_says_what_it_passed_over() -> None:
    offers = [
        offer("local", 0),
        offer("kling", 350_000),
        offer("kie", 250_000),
        offer("piapi", None, "its price is not known"),
        offer("openai", 1),
    ]
    choice = cheapest(offers, {"local", "kling", "kie", "piapi"})
    assert choice.provider == "kie"
    assert choice.because == "the cheapest that can do it, at $0.25"
    assert choice.rejected == ("kling: $0.35", "piapi: its price is not known")


def test_auto_says_why_no_account_can_do_it() -> None:
    offers = [offer("local", 0), offer("kling", None, "no camera there")]
    with pytest.raises(Unsupported, match="kling: no camera there") as caught:
        cheapest(offers, {"local", "kling"})
    assert caught.value.remedy == "do it"


@pytest.mark.parametrize(
    ("provider", "names"),
    [
        ("kling", ["KLING_ACCESS_KEY", "KLING_SECRET_KEY", "KLING_API_KEY"]),
        ("kie", ["KIE_API_KEY"]),
        ("piapi", ["PIAPI_API_KEY"]),
        ("openai", ["OPENAI_API_KEY", "OPENAI_BASE_URL"]),
    ],
)
def test_an_upstream_without_an_account_names_the_settings(provider: str, names: list[str]) -> None:
    with pytest.raises(SetUp, match=f"there is no account at {provider}") as caught:
        choose(provider, [])
    assert all(name in (caught.value.remedy or "") for name in names)


def test_s0_12_missing_keys_are_told_in_infinito_s_words() -> None:
    words = "KLING_ACCESS_KEY and KLING_SECRET_KEY environment variables are not set"
    with pytest.raises(SetUp, match=words):
        choose("kling", [])


def test_offers_tell_a_price_or_why_not() -> None:
    async def ask(request: Request) -> dict[str, object]:
        found = await offers(
            request, catalogue=load_catalogue(), assets=OneCat(), accounts=["kling"]
        )
        return {offer.provider: offer for offer in found}

    all_able = asyncio.run(ask(TextToVideo(prompt="a lake")))
    assert set(all_able) == set(load_catalogue().providers)
    assert all_able["local"].price_usd_micros == 0
    assert all_able["kling"].price_usd_micros > 0
    assert all_able["kling"].remedy is None
    assert "KIE_API_KEY" in all_able["kie"].remedy
    local_only = asyncio.run(ask(TextToVideo(prompt="a lake", model="animatic")))
    assert local_only["local"].price_usd_micros == 0
    assert local_only["kie"].price_usd_micros is None
    assert local_only["kie"].why_not
    with pytest.raises(Unsupported):
        asyncio.run(ask(TextToVideo(prompt="x", model="sora-9")))


def test_reading_by_a_beginning_that_no_other_has() -> None:
    tasks = memory_store().tasks

    async def body() -> None:
        one = await tasks.commit(Change(before=None, task=replace(new_task(), id="task_01ABC")))
        two = await tasks.commit(Change(before=None, task=replace(new_task(), id="task_01ABD")))
        for wanted in ("task_01ABC", "01ABC", "task_01abc", " 01abc "):
            assert await read_task(wanted, tasks=tasks) == one
        assert await read_task("task_01ABD", tasks=tasks) == two
        with pytest.raises(FixRequest, match="several tasks"):
            await read_task("task_01AB", tasks=tasks)
        for unknown in ("task_02", "", "task_", "video_01ABC", "%"):
            with pytest.raises(NotFound):
                await read_task(unknown, tasks=tasks)

    asyncio.run(body())


def test_ulids_are_new_and_in_order_of_time() -> None:
    many = [ulid() for _ in range(1000)]
    assert len(set(many)) == 1000
    assert all(len(each) == 26 for each in many)
    assert [each[:10] for each in many] == sorted(each[:10] for each in many)
    assert 0 <= RandomIds().seed() < 2**31


def test_assets_are_found_however_deep_they_lie() -> None:
    assert list(assets_of(ImageToVideo(image=CAT, static_mask=CAT))) == [CAT, CAT]
    assert list(assets_of(TextToVideo(prompt="x"))) == []
