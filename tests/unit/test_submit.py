"""Accepting requests: what is refused before anything happens, and what a replay is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

import pytest
from tests.pretend.rooms import (
    FixedPlans,
    HandClock,
    MemoryResults,
    NoAssets,
    bring_to,
    give_credits,
)
from tests.pretend.scripted_provider import ScriptedProvider

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.change import Change
from filmgate.domain.errors import Conflict, Disallowed, NotFound, SetUp, TopUp, Unsupported, Wait
from filmgate.domain.handles import number_of
from filmgate.domain.ledger import Balance
from filmgate.domain.line import Account, RateLimit
from filmgate.domain.media import MediaLimits
from filmgate.domain.ports import TaskQuery, TransferQuery
from filmgate.domain.request import Asset, Extend, Fetch, ImageToVideo, TextToVideo
from filmgate.domain.task import Callback, State, Task
from filmgate.execution.clock import RandomIds
from filmgate.storage.memory import memory_store
from filmgate.usecases.choose_provider import choose_account
from filmgate.usecases.moderation import WordList
from filmgate.usecases.service import Service
from filmgate.usecases.submit_task import Options

LAKE = TextToVideo(prompt="a lake")
CAT = Asset("ab" * 32, "image/png", 12)


class NoDriver:
    def watch(self, task_id: str):
        raise AssertionError("nobody watches in this test")

    def knock(self, task_id: str, job: str | None = None) -> None:
        raise AssertionError("nobody knocks in this test")

    def progress(self, task_id: str) -> None:
        return None


def service(plans: FixedPlans, *accounts: Account) -> Service:
    seats = accounts or (Account(id="local", provider="local", slots=1),)
    return Service(
        store=memory_store(),
        assets=NoAssets(),
        plans=plans,
        accounts={seat.id: seat for seat in seats},
        providers={seat.id: ScriptedProvider(seat.provider) for seat in seats},
        driver=NoDriver(),
        catalogue=load_catalogue,
        clock=HandClock(),
        ids=RandomIds(),
        results=MemoryResults(),
        moderator=WordList(["forbidden words"]),
    )


def run(plans: FixedPlans, body: Callable[[Service], Coroutine[None, None, None]]):
    asyncio.run(body(service(plans)))


def test_a_task_says_who_for_how_much_and_why_there() -> None:
    async def body(house: Service) -> None:
        await give_credits(house.store, "ann", 60)
        hook = Callback(url="https://example.org/h", protocol="kling")
        task = await house.submit(
            "ann", LAKE, Options(external_id="mine", callback=hook, priority=7, max_credits=50)
        )
        assert (task.customer, task.hold_credits, task.account) == ("ann", 50, "local")
        assert (task.external_id, task.callback, task.priority) == ("mine", hook, 2)
        assert task.expires_at == task.created_at + 100
        assert task.chosen is not None
        assert task.chosen.because == "the only one here; the only account there"
        assert await house.balance("ann") == Balance(available=10, held=50)
        assert await house.read("ann", task.id) == await house.read_named("ann", "mine") == task
        hold = (await house.transfers("ann"))[0]
        assert await house.transaction("ann", hold.id) == hold
        assert await house.tasks_ahead(task) == 0

    run(FixedPlans(50, priority_max=2, retention_s=100.0), body)


def test_too_few_credits_tell_what_is_needed_and_leave_nothing() -> None:
    async def body(house: Service) -> None:
        await give_credits(house.store, "ann", 49)
        with pytest.raises(TopUp) as caught:
            await house.submit("ann", LAKE)
        assert (caught.value.needed_credits, caught.value.available_credits) == (50, 49)
        with pytest.raises(TopUp):
            await house.submit("ann", LAKE, Options(max_credits=49))
        assert await house.tasks("ann") == []
        assert await house.balance("ann") == Balance(available=49)

    run(FixedPlans(50), body)


def test_a_refused_request_holds_nothing() -> None:
    async def body(house: Service) -> None:
        await give_credits(house.store, "ann", 50)
        with pytest.raises(Unsupported):
            await house.submit("ann", Extend(source_task="task_1"))
        assert await house.balance("ann") == Balance(available=50)

    run(FixedPlans(50), body)


@pytest.mark.parametrize(("queue_max", "accepted"), [(3, 5), (0, 2)])
def test_beyond_the_plan_s_queue_is_a_matter_of_waiting(queue_max: int, accepted: int) -> None:
    async def body(house: Service) -> None:
        answers = await asyncio.gather(
            *(house.submit("ann", LAKE) for _ in range(9)), return_exceptions=True
        )
        assert sum(isinstance(answer, Task) for answer in answers) == accepted
        assert all(isinstance(answer, (Task, Wait)) for answer in answers)
        await house.submit("bob", LAKE)

    run(FixedPlans(concurrency=2, queue_max=queue_max), body)


def test_a_replay_is_answered_and_another_request_refused() -> None:
    async def body(house: Service) -> None:
        await give_credits(house.store, "ann", 500)
        keyed = Options(idempotency_key="k1", external_id="mine")
        answers = await asyncio.gather(*(house.submit("ann", LAKE, keyed) for _ in range(9)))
        assert len({task.id for task in answers}) == 1
        await bring_to(house.store, answers[0], State.CANCELLED)
        again = await house.submit("ann", LAKE, keyed)
        assert (again.id, again.state) == (answers[0].id, State.CANCELLED)
        for request, options in (
            (replace(LAKE, prompt="a hill"), keyed),
            (LAKE, replace(keyed, priority=1)),
        ):
            with pytest.raises(Conflict) as caught:
                await house.submit("ann", request, options)
            assert caught.value.field == "idempotency_key"
        other = await house.submit("ann", LAKE, Options(idempotency_key="k2"))
        assert other.id != again.id
        assert len(await house.transfers("ann", TransferQuery())) == 4

    run(FixedPlans(50), body)


def test_a_replay_of_what_is_still_to_be_fetched_is_known_by_its_address() -> None:
    def asked(url: str, bytes_max: int = 9) -> ImageToVideo:
        limits = MediaLimits(types=("image/png",), formats=".png", bytes_max=bytes_max)
        fetch = Fetch(url=url, field="image", limits=limits)
        return ImageToVideo(prompt="x", image=Asset("", "", 0, fetch=fetch))

    async def body(house: Service) -> None:
        callback = Callback(url="https://example.org", protocol="kling", secret="one")
        options = Options(idempotency_key="k", callback=callback)
        first = await house.submit("ann", asked("https://a.example"), options)
        assert first.output.width == 1280  # nobody knows the picture's shape yet
        fetched = replace(first, request=ImageToVideo(prompt="x", image=CAT))
        await house.store.tasks.commit(Change(before=first, task=fetched))
        again = replace(options, callback=replace(callback, secret="two"))
        # A newer version may have other limits, and each call keeps its secret under a new name.
        replay = await house.submit("ann", asked("https://a.example", bytes_max=10), again)
        assert replay.id == first.id
        with pytest.raises(Conflict):
            await house.submit("ann", asked("https://b.example"), options)

    run(FixedPlans(), body)


def test_a_name_twice_is_a_conflict() -> None:
    async def body(house: Service) -> None:
        await house.submit("ann", LAKE, Options(external_id="mine"))
        with pytest.raises(Conflict) as caught:
            await house.submit("ann", LAKE, Options(external_id="mine"))
        assert caught.value.field == "external_id"
        await house.submit("bob", LAKE, Options(external_id="mine"))

    run(FixedPlans(), body)


def test_tasks_of_others_do_not_exist() -> None:
    async def body(house: Service) -> None:
        task = await house.submit("ann", LAKE, Options(external_id="mine"))
        for ask in (
            house.read("bob", task.id),
            house.read_named("bob", "mine"),
            house.read_numbered("bob", number_of(task.id)),
            house.cancel("bob", task.id),
            house.transaction("bob", "txn_1"),
            anext(house.watch("bob", task.id)),
        ):
            with pytest.raises(NotFound):
                await ask
        assert await house.tasks("bob") == []
        assert await house.tasks("bob", TaskQuery(customer="ann")) == []
        assert await house.count("ann") == 1
        assert await house.read_numbered("ann", number_of(task.id)) == task
        assert (await house.cancel("ann", task.id)).state is State.CANCELLED

    run(FixedPlans(), body)


def test_what_has_expired_is_gone_for_its_customer_swept_or_not() -> None:
    async def body(house: Service) -> None:
        clock = house.clock
        assert isinstance(clock, HandClock)
        kept = await house.submit("ann", LAKE, Options(external_id="kept"))
        ended = await house.submit("ann", LAKE, Options(external_id="ended"))
        assert kept.expires_at is not None
        await house.cancel("ann", ended.id)
        clock.time = kept.expires_at - 1
        assert await house.count("ann") == 2
        clock.time = kept.expires_at
        for ask in (
            house.read("ann", ended.id),
            house.read_named("ann", "ended"),
            house.read_numbered("ann", number_of(ended.id)),
            house.cancel("ann", ended.id),
        ):
            with pytest.raises(NotFound):
                await ask
        # What is not done is kept, whatever the time.
        assert await house.tasks("ann") == [await house.read("ann", kept.id)]
        assert await house.count("ann") == 1

    run(FixedPlans(retention_s=100.0), body)


def test_what_may_not_be_said_is_refused_before_anything_happens() -> None:
    async def body(house: Service) -> None:
        with pytest.raises(Disallowed) as caught:
            await house.submit("ann", TextToVideo(prompt="some  FORBIDDEN\nwords here"))
        assert caught.value.field == "prompt"
        assert await house.count("ann") == 0
        assert await house.submit("ann", TextToVideo(prompt="unforbidden words"))

    run(FixedPlans(), body)


def test_a_plan_s_rate_holds_for_each_customer() -> None:
    async def body(house: Service) -> None:
        clock = house.clock
        assert isinstance(clock, HandClock)
        for _ in range(2):
            await house.submit("ann", LAKE)
        with pytest.raises(Wait) as caught:
            await house.submit("ann", LAKE)
        assert (caught.value.field, caught.value.retry_after_s) == ("rate", 10.0)
        assert await house.submit("bob", LAKE)
        clock.time += 10
        assert await house.submit("ann", LAKE)
        assert await house.count("ann") == 3

    run(FixedPlans(rates=(RateLimit(requests=2, window_s=10),)), body)


def test_questions_have_a_rate_of_their_own() -> None:
    async def body(house: Service) -> None:
        task = await house.submit("ann", LAKE)
        for _ in range(2):
            await house.read("ann", task.id)
        for ask in (house.read("ann", task.id), house.tasks("ann")):
            with pytest.raises(Wait, match="2 questions in 1 s"):
                await ask
        assert await house.submit("ann", LAKE)
        # What can't be asked can still be stopped.
        assert (await house.cancel("ann", task.id)).state is State.CANCELLED

    run(FixedPlans(query_rates=(RateLimit(requests=2, window_s=1),)), body)


def test_without_stand_ins_a_paid_model_needs_an_account() -> None:
    async def body(house: Service) -> None:
        strict = replace(house, stand_in=False)
        with pytest.raises(SetUp, match="there is no account"):
            await strict.submit("ann", replace(LAKE, model="kling-v3"))
        assert (await strict.submit("ann", LAKE)).model == "animatic"
        asked = await strict.submit(
            "ann", replace(LAKE, model="kling-v3"), Options(provider="local")
        )
        assert asked.provider == "local"

    run(FixedPlans(), body)


def test_accounts_are_chosen_by_owner_and_then_by_load() -> None:
    seats = [Account(id=name, provider="kling", slots=2) for name in ("a", "b", "c")]
    load = {"a": 1.5, "b": 0.5, "c": 0.5}
    assert choose_account(seats, customer="ann", load=load)[0].id == "b"
    own = replace(seats[0], id="z", customer="ann")
    assert choose_account([*seats, own], customer="ann", load=load)[0] == own


def test_work_spreads_over_the_operator_s_accounts() -> None:
    async def body() -> None:
        seats = [Account(id=name, provider="local", slots=1) for name in ("a", "b")]
        private = Account(id="own", provider="local", slots=1, customer="bob")
        house = service(FixedPlans(), *seats, private)
        chosen = [(await house.submit("ann", LAKE)).account for _ in range(6)]
        assert sorted(chosen) == ["a", "a", "a", "b", "b", "b"]
        assert (await house.submit("bob", LAKE)).account == "own"

    asyncio.run(body())
