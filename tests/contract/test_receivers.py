"""One body for every store of receivers, and what customers may do with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.stores import STORES
from tests.pretend.rooms import HandClock, accept, new_task

from filmgate.domain.delivery import Attempt, DeliveryQuery, DeliveryState, after
from filmgate.domain.errors import BadInput, Conflict, NotFound
from filmgate.domain.ports import Store
from filmgate.domain.task import Callback, State
from filmgate.execution.mint import RandomMint
from filmgate.usecases.receivers import OVERLAP_S, RECEIVERS_MAX, Draft, ReceiverDesk

URL = "https://example.org/hook"
DRAFT = Draft(name="Küste; 'hook'", url=URL, events=("video.completed", "video.failed"))
STATES = {
    "video.completed": frozenset({State.SUCCEEDED}),
    "video.failed": frozenset({State.FAILED, State.CANCELLED}),
}


class PlainSecrets:
    def __init__(self) -> None:
        self.boxes: dict[tuple[str, str], str] = {}

    async def keep(self, name: str, owner: str, secret: str) -> None:
        self.boxes[name, owner] = secret

    async def reveal(self, name: str, owner: str) -> str:
        if (name, owner) not in self.boxes:
            raise NotFound("no such secret")
        return self.boxes[name, owner]

    async def forget(self, name: str) -> None:
        self.boxes = {key: box for key, box in self.boxes.items() if key[0] != name}


def check(url: str) -> None:
    if not url.startswith("https://"):
        raise BadInput("not there")


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    raise AssertionError("nobody is called in this test")


Body = Callable[[ReceiverDesk, Store], Coroutine[None, None, None]]
Run = Callable[[Body], None]


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    with STORES[request.param](tmp_path) as store:
        desk = ReceiverDesk(
            receivers=store.receivers,
            secrets=PlainSecrets(),
            mint=RandomMint(),
            clock=HandClock(),
            check_url=check,
            post=post,
        )
        yield lambda body: asyncio.run(body(desk, store))


def test_what_is_set_up_is_found_unchanged_by_its_owner_alone(run: Run) -> None:
    async def body(desk: ReceiverDesk, store: Store) -> None:
        made, secret = await desk.set_up("ann", "openai", DRAFT)
        assert (made.name, made.url, made.events) == (DRAFT.name, DRAFT.url, DRAFT.events)
        assert secret.startswith("whsec_")
        assert secret.endswith(made.secret_hint)
        assert await desk.find("ann", made.id) == made
        assert await desk.all("ann", "openai") == [made]
        assert await desk.all("ann", "kling") == await desk.all("bob", "openai") == []
        for attempt in (
            desk.find("bob", made.id),
            desk.change("bob", made.id, DRAFT),
            desk.rotate("bob", made.id, overlap=False),
            desk.remove("bob", made.id),
        ):
            with pytest.raises(NotFound):
                await attempt
        await desk.remove("ann", made.id)
        assert await desk.all("ann", "openai") == []
        with pytest.raises(NotFound):
            await desk.signing_secrets(made)

    run(body)


def test_changes_are_dated_and_refused_alike(run: Run) -> None:
    async def body(desk: ReceiverDesk, store: Store) -> None:
        made, _ = await desk.set_up("ann", "openai", DRAFT)
        desk.clock.time += 9
        assert await desk.change("ann", made.id, DRAFT) == made
        other = replace(DRAFT, name="other", events=("video.failed",))
        changed = await desk.change("ann", made.id, other)
        assert changed == replace(
            made, name="other", events=("video.failed",), updated_at=made.updated_at + 9
        )
        assert await desk.find("ann", made.id) == changed
        for bad in (desk.change("ann", made.id, replace(DRAFT, url="http://printer.local")),):
            with pytest.raises(BadInput):
                await bad

    run(body)


def test_an_old_secret_signs_on_for_a_day_where_that_is_asked_for(run: Run) -> None:
    async def body(desk: ReceiverDesk, store: Store) -> None:
        made, first = await desk.set_up("ann", "openai", DRAFT)
        made, second = await desk.rotate("ann", made.id, overlap=True)
        assert await desk.signing_secrets(made) == [second, first]
        made, third = await desk.rotate("ann", made.id, overlap=True)
        assert await desk.signing_secrets(made) == [third, second]
        desk.clock.time += OVERLAP_S
        assert await desk.signing_secrets(made) == [third]
        made, last = await desk.rotate("ann", made.id, overlap=False)
        assert await desk.signing_secrets(made) == [last]
        assert made.secret_hint == last[-4:]

    run(body)


def test_there_is_an_end_to_how_many(run: Run) -> None:
    async def body(desk: ReceiverDesk, store: Store) -> None:
        for _ in range(RECEIVERS_MAX):
            await desk.set_up("ann", "openai", DRAFT)
        with pytest.raises(Conflict):
            await desk.set_up("ann", "openai", DRAFT)
        await desk.set_up("bob", "openai", DRAFT)
        assert len(await desk.all("ann", "openai")) == RECEIVERS_MAX

    run(body)


def test_who_is_called_for_what(run: Run) -> None:
    async def body(desk: ReceiverDesk, store: Store) -> None:
        await desk.set_up("ann", "openai", replace(DRAFT, events=("video.completed",)))
        await desk.set_up("ann", "openai", replace(DRAFT, events=("video.failed",)))
        await desk.set_up("ann", "openai", replace(DRAFT, url=f"{URL}/2", events=("unknown",)))
        (callback,) = await desk.callbacks("ann", "openai", STATES)
        assert callback == Callback(
            url=URL,
            protocol="openai",
            states=frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED}),
        )
        assert len(await desk.secrets_for("ann", "openai", URL)) == 2
        with pytest.raises(NotFound):
            await desk.secrets_for("ann", "openai", f"{URL}/3")
        assert await desk.callbacks("bob", "openai", STATES) == ()

    run(body)


def test_who_was_gone_and_is_set_up_again_is_there_again(run: Run) -> None:
    async def body(desk: ReceiverDesk, store: Store) -> None:
        hook = Callback(url=URL, protocol="openai")

        async def announced() -> DeliveryState:
            task = await accept(store, replace(new_task(customer="ann"), callback=hook))
            (found,) = await store.delivery_log.select(DeliveryQuery(task=task.id))
            if found.state is DeliveryState.PENDING:
                gone = Attempt(at=3.0, took_ms=1, status=410)
                await store.deliveries.record(after(found, gone, 0.5), gone)
            return found.state

        assert await announced() is DeliveryState.PENDING
        assert await announced() is DeliveryState.SWITCHED_OFF
        await desk.set_up("ann", "openai", DRAFT)
        assert await announced() is DeliveryState.PENDING

    run(body)
