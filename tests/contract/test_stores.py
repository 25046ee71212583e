"""One body for every store: tasks, credits, lines and events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.stores import STORES
from tests.pretend.rooms import accept, bring_to, give_credits, new_task, step

from filmgate.domain.change import (
    AlreadyPosted,
    Change,
    Event,
    EventKind,
    ExternalIdTaken,
    IdempotencyConflict,
    Limit,
    NoSlot,
    NotEnough,
    QueueFull,
    Stale,
)
from filmgate.domain.delivery import DeliveryQuery
from filmgate.domain.handles import number_of
from filmgate.domain.ledger import Audit, Balance, Kind, adjustment, refund, top_up
from filmgate.domain.line import Account, next_in_line
from filmgate.domain.media import MediaLimits
from filmgate.domain.ports import Store, TaskQuery, TransferQuery
from filmgate.domain.request import (
    Asset,
    BrushStroke,
    Camera,
    CameraPreset,
    Fetch,
    ImageToVideo,
    Mode,
    MultiImage,
    Point,
    Ratio,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.request import Kind as RequestKind
from filmgate.domain.task import (
    ENDED,
    IN_SLOTS,
    Callback,
    Chosen,
    Fault,
    Origin,
    Result,
    State,
    Task,
    move,
    remark,
    rescue,
)

Body = Callable[[Store], Coroutine[None, None, None]]
Run = Callable[[Body], None]
FILM = Result(path="r", digest="d", size_bytes=5, width=64, height=36, fps=10.0, duration_s=1.0)
NOBODY: frozenset[str] = frozenset()


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    with STORES[request.param](tmp_path) as store:
        yield lambda body: asyncio.run(body(store))


PICTURE = Asset("ab" * 32, "image/png", 12, "my cat.png")


@pytest.mark.parametrize(
    "asked",
    [
        TextToVideo(prompt="Küste, \U0001f30a und 'quotes'; --", seed=2**31 - 1, sound=False),
        TextToVideo(
            prompt="x",
            mode=Mode.PRO,
            ratio=Ratio.TALL,
            camera=Camera(preset=CameraPreset.DOWN_BACK),
            shots=(ShotPrompt(prompt="one", duration_s=2.5),),
        ),
        ImageToVideo(
            image=PICTURE,
            camera=Camera(zoom=-1.25, roll=3),
            static_mask=PICTURE,
            strokes=(BrushStroke(mask=PICTURE, path=(Point(1, 2), Point(3.5, 4))),),
        ),
        MultiImage(prompt="both", images=(PICTURE, PICTURE)),
    ],
    ids=lambda asked: asked.kind.value,
)
def test_what_is_written_is_read_unchanged(run: Run, asked: TextToVideo) -> None:
    async def body(store: Store) -> None:
        task = replace(
            new_task(),
            request=asked,
            notes=("cfg_scale was left out",),
            runner="me",
            priority=3,
            external_id="mine-1",
            idempotency_key="key",
            body_digest="digest",
            callback=Callback(url="https://example.org/hook", protocol="kling", secret="s-1"),
            origin=Origin(protocol="piapi", said='{"model":"kling"}'),
            deadline_at=99.5,
            give_up_at=99.5,
            expires_at=100.25,
            chosen=Chosen(provider="kling", account="a", because="cheapest", rejected=("x: y",)),
        )
        written = await accept(store, task)
        assert written == replace(task, version=1)
        assert await store.tasks.read(task.id) == written

    run(body)


def test_a_whole_life(run: Run) -> None:
    async def body(store: Store) -> None:
        task = await accept(store, new_task())
        task = await bring_to(store, task, State.STARTING, State.RUNNING)
        fetching = replace(move(task, State.FETCHING, 4.0), understood={"place": "lake"})
        task = await step(store, task, fetching)
        task = await step(store, task, move(task, State.SUCCEEDED, 5.0, result=FILM))
        assert task.version == 5
        assert await store.tasks.read(task.id) == task
        assert len(task.timeline) == 5
        assert await store.ledger.check() == Audit()

    run(body)


def test_a_task_is_found_by_its_number(run: Run) -> None:
    async def body(store: Store) -> None:
        first, second = [await accept(store, new_task(customer="ann")) for _ in range(2)]
        for task in (first, second):
            wanted = TaskQuery(customer="ann", number=number_of(task.id))
            assert await store.tasks.select(wanted) == [task]
            assert await store.tasks.select(replace(wanted, customer="bob")) == []
        assert await store.tasks.count(TaskQuery(number=number_of("task_0"))) == 0

    run(body)


def test_a_failure_s_fault_is_kept(run: Run) -> None:
    async def body(store: Store) -> None:
        for fault in Fault:
            task = await accept(store, new_task())
            failed = await step(store, task, move(task, State.FAILED, 2.0, fault=fault))
            assert failed.fault is fault
            assert await store.tasks.read(task.id) == failed

    run(body)


def test_what_was_asked_may_be_told_anew_while_it_waits(run: Run) -> None:
    """An input that was given by its address has been fetched."""

    async def body(store: Store) -> None:
        limits = MediaLimits(types=("image/png",), formats=".png", bytes_max=10)
        fetch = Fetch(url="https://example.org/cat.png", field="image", limits=limits)
        given = ImageToVideo(image=Asset("", "", 0, fetch=fetch))
        task = await accept(store, replace(new_task(), request=given))
        assert await store.tasks.read(task.id) == task
        output = replace(task.output, width=32)
        anew = replace(task, request=ImageToVideo(image=PICTURE), output=output)
        told = await step(store, task, anew)
        assert await store.tasks.read(task.id) == told == replace(anew, version=2)
        with pytest.raises(Stale):
            await step(store, task, anew)
        begun = await bring_to(store, told, State.STARTING)
        with pytest.raises(AssertionError):
            await step(store, begun, replace(begun, request=given))

    run(body)


def test_who_waits_for_what_was_given_stands_in_no_line(run: Run) -> None:
    async def body(store: Store) -> None:
        limits = MediaLimits(types=("image/png",), formats=".png", bytes_max=10)
        fetch = Fetch(url="https://example.org/cat.png", field="image", limits=limits)
        given = ImageToVideo(image=Asset("", "", 0, fetch=fetch))
        seat = Account(id="local", provider="local", slots=9)
        waiting: dict[str, list[Task]] = {"ann": [], "bob": []}
        for customer in ("bob", "ann", "ann", "ann"):
            task = replace(new_task(customer=customer), request=given)
            waiting[customer].append(await accept(store, task))
        ready = await accept(store, new_task(customer="ann"))
        line = await store.work.line(seat, besides_runners=NOBODY)
        assert [each.tasks for each in line.waiting] == [(ready.id,)]
        found = await store.work.unfetched(seat, each=2)
        assert {each.customer: list(each.tasks) for each in found} == {
            customer: [task.id for task in tasks[:2]] for customer, tasks in waiting.items()
        }
        (bobs,) = waiting["bob"]
        await step(store, bobs, replace(bobs, request=ImageToVideo(image=PICTURE)))
        await bring_to(store, waiting["ann"][0], State.CANCELLED)
        (anns,) = await store.work.unfetched(seat, each=9)
        assert list(anns.tasks) == [task.id for task in waiting["ann"][1:]]
        line = await store.work.line(seat, besides_runners=NOBODY)
        assert {task for each in line.waiting for task in each.tasks} == {ready.id, bobs.id}
        elsewhere = Account(id="other", provider="local", slots=9)
        assert await store.work.unfetched(elsewhere, each=9) == []

    run(body)


def test_what_has_expired_can_be_left_out(run: Run) -> None:
    async def body(store: Store) -> None:
        forever = await accept(store, new_task())
        old, waiting = [await accept(store, replace(new_task(), expires_at=50.0)) for _ in range(2)]
        old = await step(store, old, replace(move(old, State.CANCELLED, 2.0), expires_at=50.0))
        for at, kept in ((49.0, [forever, old, waiting]), (50.0, [forever, waiting])):
            wanted = TaskQuery(kept_at=at)
            assert {task.id for task in await store.tasks.select(wanted)} == {
                task.id for task in kept
            }
            assert await store.tasks.count(wanted) == len(kept)
        assert await store.tasks.count(TaskQuery()) == 3

    run(body)


def test_unknown_is_none(run: Run) -> None:
    async def body(store: Store) -> None:
        assert await store.tasks.read("task_0") is None
        assert await store.tasks.select(TaskQuery()) == []
        assert await store.ledger.balance("nobody") == Balance()
        assert await store.events.of_customer("nobody", 10) == []

    run(body)


def test_writing_an_old_version_is_stale_and_changes_nothing(run: Run) -> None:
    async def body(store: Store) -> None:
        first = await accept(store, new_task())
        second = await bring_to(store, first, State.STARTING)
        with pytest.raises(Stale):
            await bring_to(store, first, State.STARTING)
        with pytest.raises(Stale):
            await accept(store, replace(first, version=0))
        ahead = replace(second, version=7)
        with pytest.raises(Stale):
            await step(store, ahead, remark(ahead, 3.0, "from nowhere"))
        assert await store.tasks.read(first.id) == second

    run(body)


def test_of_many_claims_at_once_one_wins(run: Run) -> None:
    async def body(store: Store) -> None:
        for _ in range(5):
            task = await accept(store, new_task())
            claims = [
                step(store, task, replace(move(task, State.STARTING, 2.0), runner=f"runner_{n}"))
                for n in range(20)
            ]
            answers = await asyncio.gather(*claims, return_exceptions=True)
            winners = [answer for answer in answers if isinstance(answer, Task)]
            assert len(winners) == 1
            assert sum(isinstance(answer, Stale) for answer in answers) == 19
            assert await store.tasks.read(task.id) == winners[0]

    run(body)


def test_selecting(run: Run) -> None:
    async def body(store: Store) -> None:
        old = await accept(store, new_task(at=1.0))
        kling = await accept(store, new_task(provider="kling", at=2.0, customer="ann"))
        mine = await accept(store, replace(new_task(at=3.0), runner="me", external_id="x"))
        mine = await bring_to(store, mine, State.STARTING, at=4.0)

        async def found(**query: object) -> list[Task]:
            wanted = TaskQuery(**query)
            selected = await store.tasks.select(wanted)
            if not {"limit", "offset"} & query.keys():
                assert await store.tasks.count(wanted) == len(selected)
            return selected

        assert await found() == [mine, kling, old]
        assert await found(oldest_first=True, limit=2) == [old, kling]
        assert await found(oldest_first=True, limit=2, offset=1) == [kling, mine]
        assert await found(provider="kling") == [kling]
        assert await found(account="kling") == [kling]
        assert await found(customer="ann") == [kling]
        assert await found(runner="me") == [mine]
        assert await found(external_id="x", customer="owner") == [mine]
        assert await found(external_id="x", customer="ann") == []
        assert await found(states=frozenset({State.STARTING})) == [mine]
        assert await found(states=frozenset()) == []
        assert await found(kinds=frozenset({RequestKind.TEXT_TO_VIDEO})) == [mine, kling, old]
        assert await found(kinds=frozenset({RequestKind.EXTEND})) == []
        assert await found(created_from=2.0, created_before=3.0) == [kling]
        assert await found(past_id=mine.id) == [kling, old]
        assert await found(past_id=old.id, oldest_first=True) == [kling, mine]
        assert await found(id_prefix=old.id) == [old]
        assert await found(id_prefix="task_0") == [mine, kling, old]
        assert await found(id_prefix="task%") == []

    run(body)


# --- credits


async def paid(store: Store, price: int = 50, **said: object) -> Task:
    return await accept(store, new_task(customer="ann", credits=price, **said))


async def kinds_of(store: Store, task: Task) -> list[str]:
    return [each.kind.value for each in await store.ledger.transfers(TransferQuery(task=task.id))]


def test_a_task_holds_and_its_success_captures(run: Run) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 120)
        task = await paid(store)
        assert await store.ledger.balance("ann") == Balance(available=70, held=50)
        (hold,) = await store.ledger.transfers(TransferQuery(task=task.id))
        assert hold.id == f"txn_{task.id.removeprefix('task_')}-hold"
        assert await store.ledger.transfers(TransferQuery(id=hold.id)) == [hold]
        task = await bring_to(store, task, State.STARTING, State.RUNNING, State.FETCHING)
        await step(store, task, move(task, State.SUCCEEDED, 5.0, result=FILM))
        assert await store.ledger.balance("ann") == Balance(available=70, held=0)
        assert await kinds_of(store, task) == ["capture", "hold"]
        assert (await store.ledger.check()).sound

    run(body)


def test_what_a_capture_leaves_goes_back_with_it(run: Run) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 50)
        task = await paid(store)
        task = await bring_to(store, task, State.STARTING, State.RUNNING, State.FETCHING)
        task = await step(
            store, task, move(task, State.SUCCEEDED, 5.0, result=FILM, charge_credits=30)
        )
        assert await store.ledger.balance("ann") == Balance(available=20, held=0)
        assert await kinds_of(store, task) == ["rest", "capture", "hold"]
        back = refund(task, 10, 6.0, reason="it was too dark", by="op")
        await store.ledger.post(back)
        with pytest.raises(AlreadyPosted):
            await store.ledger.post(refund(task, 5, 7.0, reason="again", by="op"))
        assert await store.ledger.balance("ann") == Balance(available=30, held=0)
        assert (await store.ledger.check()).sound

    run(body)


@pytest.mark.parametrize("end", [State.FAILED, State.CANCELLED])
@pytest.mark.parametrize("lived", [[], [State.STARTING], [State.STARTING, State.RUNNING]])
def test_every_other_end_gives_all_back(run: Run, end: State, lived: list[State]) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 50)
        task = await bring_to(store, await paid(store), *lived, end)
        assert await store.ledger.balance("ann") == Balance(available=50, held=0)
        assert await kinds_of(store, task) == ["release", "hold"]
        assert task.charged_credits == 0
        assert (await store.ledger.check()).sound

    run(body)


def test_two_hundred_at_once_on_a_balance_for_fifty(run: Run) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 50 * 7 + 6)
        answers = await asyncio.gather(
            *(paid(store, 7) for _ in range(200)), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, NotEnough)]
        assert sum(isinstance(answer, Task) for answer in answers) == 50
        assert len(refused) == 150
        assert {(error.needed, error.available) for error in refused} == {(7, 6)}
        assert await store.ledger.balance("ann") == Balance(available=6, held=350)
        assert await store.tasks.count(TaskQuery(customer="ann")) == 50
        assert (await store.ledger.check()).sound

    run(body)


@pytest.mark.parametrize("rounds", range(3))
def test_of_finishing_and_cancelling_one_wins_and_the_hold_ends_once(run: Run, rounds: int) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 50)
        task = await paid(store)
        task = await bring_to(store, task, State.STARTING, State.RUNNING, State.FETCHING)
        ends = [
            move(task, State.SUCCEEDED, 5.0, result=FILM),
            move(task, State.CANCELLED, 5.0),
            move(task, State.SUCCEEDED, 5.0, result=FILM),
            move(task, State.FAILED, 5.0, reason="x", fault=Fault.HOUSE),
        ]
        ends = ends[rounds:] + ends[:rounds]
        answers = await asyncio.gather(
            *(step(store, task, end) for end in ends), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in answers) == ["Stale"] * 3 + ["Task"]
        assert len(await store.ledger.transfers(TransferQuery(task=task.id))) == 2
        assert (await store.ledger.check()).sound

    run(body)


def test_a_forged_past_can_t_end_a_hold_twice(run: Run) -> None:
    """Even who lies about what the row was meets the ledger's own constraint."""

    async def body(store: Store) -> None:
        await give_credits(store, "ann", 50)
        task = await bring_to(store, await paid(store), State.FAILED)
        alive = replace(task, state=State.RUNNING, charged_credits=None)
        with pytest.raises(AlreadyPosted):
            await step(store, alive, move(alive, State.CANCELLED, 9.0))
        assert await store.tasks.read(task.id) == task
        assert await store.ledger.balance("ann") == Balance(available=50, held=0)

    run(body)


def test_top_ups_and_adjustments(run: Run) -> None:
    async def body(store: Store) -> None:
        first = top_up("txn_1", "ann", 100, 1.0, reference="pay-1")
        await store.ledger.post(first)
        for twin in (
            top_up("txn_2", "ann", 100, 1.0, reference="pay-1"),
            top_up("txn_3", "bob", 1, 1.0, reference="pay-1"),
            top_up("txn_1", "ann", 100, 1.0, reference="pay-9"),
        ):
            with pytest.raises(AlreadyPosted):
                await store.ledger.post(twin)
        await store.ledger.post(adjustment("txn_4", "ann", -30, 2.0, note="mistake", by="op"))
        with pytest.raises(NotEnough):
            await store.ledger.post(adjustment("txn_5", "ann", -71, 3.0, note="greed", by="op"))
        assert await store.ledger.balance("ann") == Balance(available=70)
        assert await store.ledger.balance("bob") == Balance()
        found = await store.ledger.transfers(TransferQuery(customer="ann"))
        assert [each.id for each in found] == ["txn_4", "txn_1"]
        assert await store.ledger.transfers(TransferQuery(kinds=frozenset({Kind.TOP_UP}))) == [
            first
        ]
        assert await store.ledger.transfers(TransferQuery(at_from=2.0)) == found[:1]
        assert await store.ledger.transfers(TransferQuery(customer="ann", limit=1, offset=1)) == [
            first
        ]
        assert await store.ledger.check() == Audit(transfers=2)

    run(body)


def test_nobody_posts_what_follows_from_tasks(run: Run) -> None:
    async def body(store: Store) -> None:
        change = Change(before=None, task=new_task(customer="ann", credits=5))
        with pytest.raises(AssertionError):
            await store.ledger.post(change.transfers[0])

    run(body)


# --- names and keys


def test_an_external_name_is_taken_once_by_a_customer(run: Run) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 10)
        await accept(store, replace(new_task(customer="ann", credits=1), external_id="x"))
        await accept(store, replace(new_task(customer="bob"), external_id="x"))
        with pytest.raises(ExternalIdTaken):
            await accept(store, replace(new_task(customer="ann", credits=1), external_id="x"))
        assert await store.ledger.balance("ann") == Balance(available=9, held=1)
        assert await store.tasks.count(TaskQuery()) == 2

    run(body)


def test_a_key_again_is_answered_with_the_first_task(run: Run) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 10)

        def called(digest: str, customer: str = "ann") -> Task:
            task = new_task(customer=customer, credits=2 if customer == "ann" else 0)
            return replace(task, idempotency_key="k", body_digest=digest)

        answers = await asyncio.gather(*(accept(store, called("same")) for _ in range(20)))
        assert len({task.id for task in answers}) == 1
        moved = await bring_to(store, answers[0], State.CANCELLED)
        assert await accept(store, called("same")) == moved
        with pytest.raises(IdempotencyConflict):
            await accept(store, called("other"))
        other = await accept(store, called("other", "bob"))
        assert other.id != moved.id
        assert await store.ledger.balance("ann") == Balance(available=10)

    run(body)


# --- limits


def test_a_queue_limit_holds_for_many_at_once(run: Run) -> None:
    async def body(store: Store) -> None:
        limit = Limit(at_most=12, customer="ann")
        answers = await asyncio.gather(
            *(accept(store, new_task(customer="ann"), limit) for _ in range(40)),
            return_exceptions=True,
        )
        accepted = [answer for answer in answers if isinstance(answer, Task)]
        assert len(accepted) == 12
        assert sum(isinstance(answer, QueueFull) for answer in answers) == 28
        await accept(store, new_task(customer="bob"), limit)
        await bring_to(store, accepted[0], State.CANCELLED)
        await accept(store, new_task(customer="ann"), limit)

    run(body)


def test_slots_hold_for_many_claims_at_once(run: Run) -> None:
    async def body(store: Store) -> None:
        tasks = [await accept(store, new_task()) for _ in range(12)]
        limit = Limit(at_most=5, states=IN_SLOTS, account="local")
        claims = [
            step(store, task, replace(move(task, State.STARTING, 2.0), runner="me"), limit)
            for task in tasks
        ]
        answers = await asyncio.gather(*claims, return_exceptions=True)
        assert sum(isinstance(answer, Task) for answer in answers) == 5
        assert sum(isinstance(answer, NoSlot) for answer in answers) == 7
        late = next(t for t, a in zip(tasks, answers, strict=True) if isinstance(a, NoSlot))
        starting = move(late, State.STARTING, 3.0)
        with pytest.raises(NoSlot):
            await step(store, late, starting, replace(limit, besides_runners=frozenset({"x"})))
        await step(store, late, starting, replace(limit, besides_runners=frozenset({"me"})))

    run(body)


def test_slots_of_one_model(run: Run) -> None:
    async def body(store: Store) -> None:
        one, two = [await accept(store, new_task()) for _ in range(2)]
        limit = Limit(at_most=1, states=IN_SLOTS, account="local", model="animatic")
        other = replace(limit, at_most=0, model="kling-v3")
        await step(store, one, move(one, State.STARTING, 2.0), limit, other)
        with pytest.raises(NoSlot):
            await step(store, two, move(two, State.STARTING, 2.0), limit)

    run(body)


# --- lines


def seat(slots: int = 1, **of_model: int) -> Account:
    return Account(id="local", provider="local", slots=slots, slots_of_model=of_model)


def test_a_line_goes_by_who_was_served_longest_ago(run: Run) -> None:
    async def body(store: Store) -> None:
        for customer in ("ann", "ann", "ann", "bob", "bob", "cyd"):
            await accept(store, new_task(customer=customer))
        served = []
        for _ in range(6):
            line = await store.work.line(seat(), besides_runners=NOBODY)
            assert line.in_use == 0
            (task_id,) = next_in_line(line, 1, {each.customer: None for each in line.waiting})
            task = await store.tasks.read(task_id)
            assert task is not None
            served.append(task.customer)
            await bring_to(store, task, State.STARTING, State.FAILED)
        assert served == ["ann", "bob", "cyd", "ann", "bob", "ann"]
        assert (await store.work.line(seat(), besides_runners=NOBODY)).waiting == ()

    run(body)


def test_within_a_customer_priority_goes_first_and_then_age(run: Run) -> None:
    async def body(store: Store) -> None:
        plain = [await accept(store, new_task(at=float(n))) for n in range(3)]
        urgent = await accept(store, replace(new_task(at=9.0), priority=5))
        line = await store.work.line(seat(10), besides_runners=NOBODY)
        (waiting,) = line.waiting
        assert waiting.tasks == (urgent.id, *(task.id for task in plain))

    run(body)


def test_a_line_counts_what_is_at_work(run: Run) -> None:
    async def body(store: Store) -> None:
        for customer in ("ann", "ann", "bob"):
            await accept(store, new_task(customer=customer))
        busy = await accept(store, new_task(customer="ann"))
        busy = await step(store, busy, replace(move(busy, State.STARTING, 2.0), runner="me"))
        elsewhere = await accept(store, new_task(customer="ann", provider="kling"))
        await bring_to(store, elsewhere, State.STARTING, State.RUNNING)
        line = await store.work.line(seat(4), besides_runners=NOBODY)
        assert (line.in_use, [(each.customer, each.busy) for each in line.waiting]) == (
            1,
            [("bob", 0), ("ann", 2)],
        )
        gone = await store.work.line(seat(4), besides_runners=frozenset({"me"}))
        assert gone.in_use == 0
        full = await store.work.line(seat(4, animatic=1), besides_runners=NOBODY)
        assert full.waiting == ()

    run(body)


# --- owners


def test_adopting_takes_what_the_gone_had_in_hand(run: Run) -> None:
    async def body(store: Store) -> None:
        async def begun(runner: str | None, *states: State) -> Task:
            task = await accept(store, new_task(at=1.0))
            task = await bring_to(store, task, *states)
            return await step(store, task, replace(task, runner=runner))

        running = await begun("gone", State.STARTING, State.RUNNING)
        doubt = await begun(None, State.STARTING, State.IN_DOUBT)
        alive = await begun("alive", State.STARTING)
        ended = await begun("gone", State.FAILED)
        late = await begun("gone", State.STARTING, State.FAILED)
        late = await step(store, late, replace(late, rescue_until=99.0))
        await accept(store, new_task())
        assert await store.work.owners() == {"gone", "alive"}
        assert await store.work.adopt("me", frozenset({"gone"})) == 3
        held = {each.task: each for each in await store.work.in_hand("me")}
        assert held.keys() == {running.id, doubt.id, late.id}
        facts = held[running.id]
        assert (facts.state, facts.job, facts.since) == (State.RUNNING, running.job, 2.0)
        assert held[late.id].rescue_until == 99.0
        assert await store.work.in_hand("me", account="other") == []
        assert await store.tasks.read(alive.id) == alive
        assert await store.tasks.read(ended.id) == ended
        with pytest.raises(Stale):  # whoever was thought gone writes nothing more
            await bring_to(store, running, State.FETCHING)

    run(body)


def test_the_queue_knows_what_is_overdue(run: Run) -> None:
    async def body(store: Store) -> None:
        await accept(store, new_task())
        late = await accept(store, replace(new_task(), give_up_at=5.0))
        assert await store.work.overdue(4.9) == []
        assert await store.work.overdue(5.0) == [late.id]
        await bring_to(store, late, State.STARTING)
        assert await store.work.overdue(5.0) == []

    run(body)


# --- events and news


def called_back(**said: object) -> Task:
    hook = Callback(url="https://example.org/h", protocol="kie", secret="s")
    return replace(new_task(customer="ann", **said), callback=hook)


def test_events_are_written_with_the_step_they_tell_of(run: Run) -> None:
    async def body(store: Store) -> None:
        task = await accept(store, called_back())
        await bring_to(store, task, State.STARTING, State.RUNNING, State.FAILED)
        await bring_to(store, await accept(store, new_task(customer="ann")), State.CANCELLED)
        found = (await store.delivery_log.select(DeliveryQuery()))[::-1]
        assert [each.event.kind.value for each in found] == ["accepted", "started", "failed"]
        assert [each.event for each in found] == (await store.events.of_customer("ann", 10))[::-1]
        assert found[0].event == Event(
            id=found[0].id,
            customer="ann",
            task=task.id,
            kind=EventKind.ACCEPTED,
            url="https://example.org/h",
            protocol="kie",
            secret="s",
            at=task.created_at,
        )

    run(body)


def test_who_wants_the_end_alone_hears_of_it_once(run: Run) -> None:
    async def body(store: Store) -> None:
        hook = Callback(url="https://example.org/h", protocol="kie", states=ENDED)
        task = await accept(store, replace(new_task(customer="ann"), callback=hook))
        task = await bring_to(store, task, State.STARTING, State.RUNNING, State.FAILED)
        task = await step(store, task, replace(task, rescue_until=9.0))
        await step(store, task, rescue(task, FILM, 5.0))
        kinds = [each.event.kind for each in await store.delivery_log.select(DeliveryQuery())]
        assert kinds == [EventKind.FAILED]
        kept = [each.kind for each in await store.events.of_customer("ann", 10)]
        assert kept == [EventKind.RESCUED, EventKind.FAILED]

    run(body)


def test_everybody_who_wants_to_hear_of_it_has_an_event_each(run: Run) -> None:
    async def body(store: Store) -> None:
        base = "https://example.org"
        others = (
            Callback(url=f"{base}/2", protocol="openai", states=frozenset({State.SUCCEEDED})),
            Callback(url=f"{base}/3", protocol="openai", states=ENDED),
        )
        hook = Callback(url=f"{base}/1", protocol="openai", states=ENDED, also=others)
        task = await accept(store, replace(new_task(customer="ann"), callback=hook))
        assert (await store.tasks.read(task.id)) == task
        await bring_to(store, task, State.STARTING, State.RUNNING, State.FAILED)
        told = await store.delivery_log.select(DeliveryQuery())
        assert {each.url for each in told} == {f"{base}/1", f"{base}/3"}
        assert len({each.id for each in told}) == 2
        assert {each.event.kind for each in told} == {EventKind.FAILED}

    run(body)


def test_a_late_film_is_told_even_where_nobody_asked_to_be_called(run: Run) -> None:
    async def body(store: Store) -> None:
        await give_credits(store, "ann", 50)
        task = await bring_to(store, await paid(store), State.STARTING, State.RUNNING)
        failed = move(task, State.FAILED, 4.0, reason="late", fault=Fault.TIMEOUT)
        failed = replace(failed, rescue_until=9.0)
        failed = await step(store, task, failed)
        saved = await step(store, failed, rescue(failed, FILM, 6.0))
        assert (saved.state, saved.rescued, saved.rescue_until) == (State.FAILED, FILM, None)
        assert await store.tasks.read(task.id) == saved
        (event,) = await store.events.of_customer("ann", 10)
        assert (event.kind, event.url) == (EventKind.RESCUED, None)
        assert await store.delivery_log.select(DeliveryQuery()) == []
        assert await store.ledger.balance("ann") == Balance(available=50)
        assert (await store.ledger.check()).sound

    run(body)


def test_what_is_refused_leaves_no_event_and_no_news(run: Run) -> None:
    async def body(store: Store) -> None:
        told: list[Task] = []
        end = store.news.listen(told.append)
        with pytest.raises(NotEnough):
            await accept(store, called_back(credits=5))
        assert (told, await store.events.of_customer("ann", 9)) == ([], [])
        assert await store.delivery_log.select(DeliveryQuery()) == []
        task = await accept(store, called_back())
        assert told == [task]
        end()
        await bring_to(store, task, State.CANCELLED)
        assert len(told) == 1
        assert await store.news.mark() == await store.news.mark()

    run(body)
