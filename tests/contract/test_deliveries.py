"""One body of tests for the deliveries of every store."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.stores import STORES
from tests.pretend.postgres import server
from tests.pretend.rooms import bring_to
from tests.unit.webhooks import NOW, announce, delivery, event_id, stands

from filmgate.domain.delivery import (
    Attempt,
    Delivery,
    DeliveryQuery,
    DeliveryState,
    Quota,
    after,
)
from filmgate.domain.errors import NotFound
from filmgate.domain.ports import Store
from filmgate.domain.task import State
from filmgate.storage.database.deliveries import write_event
from filmgate.storage.database.postgres.database import PostgresDatabase
from filmgate.storage.database.session import Database, Session
from filmgate.storage.database.store import open_store, store_on

ROOMY = Quota(in_all=1000, per_host=1000, per_customer=1000)
Body = Callable[[Store], Coroutine[None, None, None]]
Run = Callable[[Body], None]
_examples = count(1)


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    with STORES[request.param](tmp_path) as store:
        yield lambda body: asyncio.run(body(store))


def attempt(status: int | None = 200, at: float = NOW, **more: str) -> Attempt:
    return replace(Attempt(at=at, took_ms=12, status=status), **more)  # type: ignore[arg-type]


async def due(
    store: Store, now: float = NOW, *, out: list[Delivery] | None = None, quota: Quota = ROOMY
) -> list[Delivery]:
    return await store.deliveries.due(now, lease_s=60, out=out or [], quota=quota)


async def try_once(store: Store, tried: Attempt, now: float = NOW) -> Delivery:
    """One delivery that is due, tried with this outcome."""
    [found] = await due(store, now)
    end = after(found, tried, 0.5)
    assert await store.deliveries.record(end, tried)
    return end


def names(found: list[Delivery]) -> list[str]:
    return [each.id.removeprefix("evt_").removesuffix("-1") for each in found]


async def all_states(store: Store) -> dict[str, DeliveryState]:
    found = await store.delivery_log.select(DeliveryQuery())
    return dict(zip(names(found), (each.state for each in found), strict=True))


def test_a_delivery_is_born_with_its_event(run: Run) -> None:
    async def body(store: Store) -> None:
        added = await announce(store, "a")
        assert (added.state, added.tries, added.due_at) == (DeliveryState.PENDING, 0, NOW)
        assert [added.event] == await store.events.of_customer("customer", 9)
        [found] = await due(store)
        assert replace(found, due_at=NOW, version=added.version) == added

    run(body)


def test_the_log_is_asked_for_by_what_is_known(run: Run) -> None:
    async def body(store: Store) -> None:
        for name, customer in (("a1", "ann"), ("a2", "ann"), ("b1", "bob")):
            await announce(store, name, customer=customer, at=NOW + (name == "a2"))
        [first, *_] = await due(store)
        assert await store.deliveries.record(after(first, attempt(), 0), attempt())

        async def found(**wanted: object) -> list[str]:
            query = replace(DeliveryQuery(), **wanted)  # type: ignore[arg-type]
            return names(await store.delivery_log.select(query))

        assert await found() == ["a2", "b1", "a1"]
        assert await found(limit=1) == ["a2"]
        assert await found(customer="ann") == ["a2", "a1"]
        assert await found(task="task_b1") == ["b1"]
        assert await found(id_prefix="evt_a") == ["a2", "a1"]
        assert await found(states=frozenset({DeliveryState.DELIVERED})) == ["a1"]
        assert await found(customer="nobody") == []

    run(body)


def test_what_goes_with_its_task_is_logged_no_more(run: Run) -> None:
    async def body(store: Store) -> None:
        await announce(store, "a")
        await try_once(store, attempt(500))
        task = await store.tasks.read("task_a")
        assert task is not None
        ended = await bring_to(store, task, State.CANCELLED)
        [out] = await due(store, NOW + 100, quota=Quota(in_all=1))
        assert await store.records.remove(ended)
        assert not await store.deliveries.record(after(out, attempt(), 0), attempt())
        assert await store.delivery_log.select(DeliveryQuery()) == []
        assert await store.delivery_log.attempts(out.id) == []
        assert await due(store, NOW + 1e6) == []

    run(body)


def test_longest_due_first_and_nothing_before_its_time(run: Run) -> None:
    async def body(store: Store) -> None:
        for name, early_s in (("a", 1), ("b", 3), ("c", -1), ("d", 2)):
            await announce(store, name, at=NOW - early_s)
        assert names(await due(store, quota=Quota(in_all=2))) == ["b", "d"]
        assert names(await due(store)) == ["a"]

    run(body)


def test_what_is_taken_is_nobody_elses_until_its_lease_ends(run: Run) -> None:
    async def body(store: Store) -> None:
        await announce(store, "a")
        [lost] = await due(store)
        assert await due(store, NOW + 59) == []
        [found] = await due(store, NOW + 60)
        # The first one was only slow: what it has to tell is logged and changes nothing.
        assert not await store.deliveries.record(after(lost, attempt(410), 0), attempt(410))
        assert await store.deliveries.record(after(found, attempt(200), 0), attempt(200))
        assert await all_states(store) == {"a": DeliveryState.DELIVERED}
        assert [each.status for each in await store.delivery_log.attempts(event_id("a"))] == [
            410,
            200,
        ]

    run(body)


def test_the_log_keeps_every_attempt_as_it_was(run: Run) -> None:
    async def body(store: Store) -> None:
        await announce(store, "a")
        first = attempt(None, error="example.com took too long")
        await try_once(store, first)
        second = Attempt(at=NOW + 9, took_ms=3, status=429, snippet="busy", retry_after_s=7.5)
        await try_once(store, second, NOW + 9)
        assert await store.delivery_log.attempts(event_id("a")) == [first, second]
        assert await store.delivery_log.attempts(event_id("b")) == []

    run(body)


def test_a_receiver_that_is_gone_gets_no_more(run: Run) -> None:
    async def body(store: Store) -> None:
        for name in ("a", "b"):
            await announce(store, name, at=NOW + (name == "b"))
        await announce(store, "c", url="https://example.com/other")
        await announce(store, "e", customer="another")
        await announce(store, "d", at=NOW - 9)
        [found, *_] = await due(store, quota=Quota(in_all=1))
        assert names([found]) == ["d"]
        gone = attempt(410)
        await store.deliveries.record(after(found, gone, 0), gone)
        late = await announce(store, "late")
        assert (late.state, late.due_at) == (DeliveryState.SWITCHED_OFF, None)
        states = await all_states(store)
        # A customer can't say that another one's receiver is gone.
        assert states.pop("c") is states.pop("e") is DeliveryState.PENDING
        assert set(states.values()) == {DeliveryState.SWITCHED_OFF}
        assert sorted(names(await due(store, NOW + 1e6))) == ["c", "e"]

    run(body)


def test_an_operator_may_replay_whatever_became_of_it(run: Run) -> None:
    async def body(store: Store) -> None:
        await announce(store, "a")
        await try_once(store, attempt(410))
        again = await store.delivery_log.replay(event_id("a"), NOW + 100)
        assert (again.state, again.tries, again.due_at) == (DeliveryState.PENDING, 0, NOW + 100)
        assert again.id == event_id("a")
        end = await try_once(store, attempt(200), NOW + 100)
        assert end.state is DeliveryState.DELIVERED
        fresh = await announce(store, "b")
        assert fresh.state is DeliveryState.PENDING
        assert len(await store.delivery_log.attempts(event_id("a"))) == 2
        with pytest.raises(NotFound):
            await store.delivery_log.replay(event_id("unknown"), NOW)

    run(body)


def test_a_replay_wins_over_an_attempt_that_is_out(run: Run) -> None:
    async def body(store: Store) -> None:
        await announce(store, "a")
        [out] = await due(store)
        await store.delivery_log.replay(event_id("a"), NOW + 1)
        assert not await store.deliveries.record(after(out, attempt(500), 0), attempt(500))
        assert names(await due(store, NOW + 1)) == ["a"]

    run(body)


def test_a_host_without_room_holds_up_no_other(run: Run) -> None:
    async def body(store: Store) -> None:
        for number in range(50):
            url = "https://slow.example.com/hook"
            await announce(store, f"s{number:02}", url=url, at=NOW - 100)
        await announce(store, "fast", url="https://fast.example.com/hook")
        quota = Quota(in_all=64, per_host=4, per_customer=16)
        first = await due(store, quota=quota)
        assert names(first) == ["s00", "s01", "s02", "s03", "fast"]
        assert await due(store, out=first, quota=quota) == []
        assert names(await due(store, out=first[1:], quota=quota)) == ["s04"]

    run(body)


def test_a_customer_with_many_hosts_holds_up_no_other(run: Run) -> None:
    async def body(store: Store) -> None:
        for number in range(30):
            url = f"https://h{number}.evil.example.com/hook"
            await announce(store, f"e{number:02}", url=url, customer="evil", at=NOW - 100)
        shared = "https://h29.evil.example.com/hook"
        for number in range(8):
            await announce(store, f"f{number}", url=shared, customer="evil", at=NOW - 50)
        await announce(store, "good", url=shared, customer="good")
        quota = Quota(in_all=20, per_host=4, per_customer=16)
        first = await due(store, quota=quota)
        found = [*first, *await due(store, out=first, quota=quota)]
        assert Counter(each.event.customer for each in found) == {"evil": 16, "good": 1}

    run(body)


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-5, 5)), max_size=25),
    quota=st.builds(
        Quota,
        in_all=st.integers(1, 12),
        per_host=st.integers(1, 4),
        per_customer=st.integers(1, 6),
    ),
)
def test_no_quota_is_ever_broken_and_all_get_their_turn(
    run: Run, rows: list[tuple[int, int, int]], quota: Quota
) -> None:
    example = f"x{next(_examples)}"  # on one store all

    async def body(store: Store) -> None:
        for number, (host, customer, late_s) in enumerate(rows):
            url = f"https://{host}.example.com/"
            name = f"{example}-{number:02}"
            await announce(store, name, url=url, customer=str(customer), at=NOW + late_s)
        out: list[Delivery] = []
        delivered: list[str] = []
        while True:
            found = await due(store, out=out, quota=quota)
            out += found
            assert len(out) <= quota.in_all
            hosts = Counter(each.host for each in out)
            customers = Counter(each.event.customer for each in out)
            assert max(hosts.values(), default=0) <= quota.per_host
            assert max(customers.values(), default=0) <= quota.per_customer
            if not out:
                break
            ended = out.pop()
            assert await store.deliveries.record(after(ended, attempt(), 0), attempt())
            delivered += names([ended])
        expected = [f"{example}-{place:02}" for place, row in enumerate(rows) if row[2] <= 0]
        assert sorted(delivered) == expected

    run(body)


# --- what only databases have


@contextmanager
def twice_sqlite(folder: Path) -> Iterator[list[Database]]:
    opened = [open_store(folder / "filmgate.db")[1] for _ in range(2)]
    yield list(opened)
    for database in opened:
        database.close()


@contextmanager
def twice_postgres(folder: Path) -> Iterator[list[Database]]:
    with server().schema() as url:
        opened = [PostgresDatabase.open(url) for _ in range(2)]
        yield list(opened)
        for database in opened:
            database.close()


@pytest.fixture(params=[twice_sqlite, twice_postgres])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Database]]:
    """One database, opened by two processes as far as it can tell."""
    with request.param(tmp_path) as opened:
        yield opened


def test_two_processes_never_take_the_same(databases: list[Database]) -> None:
    stores = [store_on(database) for database in databases]

    async def main() -> None:
        for number in range(40):
            await announce(stores[0], f"{number:02}")
        quota = Quota(in_all=5, per_host=5, per_customer=5)
        looks = [due(store, quota=quota) for store in stores * 4]
        taken = [each.id for found in await asyncio.gather(*looks) for each in found]
        assert len(taken) == len(set(taken)) == 40

    asyncio.run(main())


def test_deliveries_survive_the_process(databases: list[Database]) -> None:
    first, second = (store_on(database) for database in databases)

    async def main() -> None:
        await announce(first, "a")
        assert names(await due(first)) == ["a"]
        assert names(await due(second, NOW + 60)) == ["a"]
        assert await stands(first, "a") == await stands(second, "a")

    asyncio.run(main())


def test_a_long_queue_of_one_host_is_looked_at_quickly(databases: list[Database]) -> None:
    def fill(session: Session) -> None:
        for number in range(10_000):
            write_event(session, delivery(f"{number:05}").event)

    databases[0].submit(fill, writes=True).result()
    store = store_on(databases[0])
    began = time.perf_counter()
    found = asyncio.run(due(store, quota=Quota()))
    took_s = time.perf_counter() - began
    assert len(found) == Quota().per_host
    assert took_s < 1
