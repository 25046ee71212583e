"""One body of tests for every store of deliveries."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.webhooks import NOW, delivery

from filmgate.domain.errors import NotFound
from filmgate.domain.event import (
    Attempt,
    Deliveries,
    Delivery,
    DeliveryLog,
    DeliveryState,
    Quota,
    after,
)
from filmgate.storage.database.deliveries import DatabaseDeliveries, add_delivery
from filmgate.storage.database.schema import open_database
from filmgate.storage.database.writer import Writer
from filmgate.storage.memory_deliveries import MemoryDeliveries

ROOMY = Quota(in_all=1000, per_host=1000, per_customer=1000)


class Store(Deliveries, DeliveryLog, Protocol):
    pass


Body = Callable[[Store], Awaitable[None]]
Run = Callable[[Body], None]


@pytest.fixture(params=["memory", "sqlite"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    def on_memory(body: Body) -> None:
        asyncio.run(body(MemoryDeliveries()))  # type: ignore[arg-type]

    def on_sqlite(body: Body) -> None:
        path = tmp_path / "filmgate.db"
        path.unlink(missing_ok=True)
        writer = Writer(open_database(path))
        try:
            asyncio.run(body(DatabaseDeliveries(writer)))  # type: ignore[arg-type]
        finally:
            writer.close()
            for left in tmp_path.glob("filmgate.db*"):
                left.unlink()

    return on_memory if request.param == "memory" else on_sqlite


def attempt(status: int | None = 200, at: float = NOW, **more: str) -> Attempt:
    return replace(Attempt(at=at, took_ms=12, status=status), **more)  # type: ignore[arg-type]


async def due(
    store: Store, now: float = NOW, *, out: list[Delivery] | None = None, quota: Quota = ROOMY
) -> list[Delivery]:
    return await store.due(now, lease_s=60, out=out or [], quota=quota)


async def try_once(store: Store, tried: Attempt, now: float = NOW) -> Delivery:
    """One delivery that is due, tried with this outcome."""
    [found] = await due(store, now)
    end = after(found, tried, 0.5)
    assert await store.record(end, tried)
    return end


def test_what_was_added_comes_back_whole(run: Run) -> None:
    async def body(store: Store) -> None:
        added = await store.add(delivery("a", payload='{"text": "\u00fc"}'))
        assert added == replace(delivery("a", payload='{"text": "\u00fc"}'), version=1)
        assert await store.of_task("task") == [added]
        assert await store.of_task("other") == []
        [found] = await due(store)
        assert replace(found, due_at=NOW, version=1) == added

    run(body)


def test_adding_twice_changes_nothing(run: Run) -> None:
    async def body(store: Store) -> None:
        await store.add(delivery("a"))
        end = await try_once(store, attempt())
        again = await store.add(delivery("a"))
        assert again.state is end.state is DeliveryState.DELIVERED
        assert await due(store) == []

    run(body)


def test_longest_due_first_and_nothing_before_its_time(run: Run) -> None:
    async def body(store: Store) -> None:
        for name, early_s in (("a", 1), ("b", 3), ("c", -1), ("d", 2)):
            await store.add(delivery(name, due_at=NOW - early_s))
        assert [found.id for found in await due(store, quota=Quota(in_all=2))] == ["b", "d"]
        assert [found.id for found in await due(store)] == ["a"]

    run(body)


def test_what_is_taken_is_nobody_elses_until_its_lease_ends(run: Run) -> None:
    async def body(store: Store) -> None:
        await store.add(delivery("a"))
        [lost] = await due(store)
        assert await due(store, NOW + 59) == []
        [found] = await due(store, NOW + 60)
        # The first one was only slow: what it has to tell is logged and changes nothing.
        assert not await store.record(after(lost, attempt(410), 0), attempt(410))
        assert await store.record(after(found, attempt(200), 0), attempt(200))
        assert [each.state for each in await store.of_task("task")] == [DeliveryState.DELIVERED]
        assert [each.status for each in await store.attempts("a")] == [410, 200]

    run(body)


def test_the_log_keeps_every_attempt_as_it_was(run: Run) -> None:
    async def body(store: Store) -> None:
        await store.add(delivery("a"))
        first = attempt(None, error="example.com took too long")
        await try_once(store, first)
        second = Attempt(at=NOW + 9, took_ms=3, status=429, snippet="busy", retry_after_s=7.5)
        await try_once(store, second, NOW + 9)
        assert await store.attempts("a") == [first, second]
        assert await store.attempts("b") == []

    run(body)


def test_a_receiver_that_is_gone_gets_no_more(run: Run) -> None:
    async def body(store: Store) -> None:
        for name in ("a", "b"):
            await store.add(delivery(name, endpoint="e", due_at=NOW + (name == "b")))
        await store.add(delivery("c", endpoint="other"))
        await store.add(delivery("d", endpoint="e", due_at=NOW - 9))
        [found, *_] = await due(store, quota=Quota(in_all=1))
        assert found.id == "d"
        gone = attempt(410)
        await store.record(after(found, gone, 0), gone)
        late = await store.add(delivery("late", endpoint="e"))
        assert (late.state, late.due_at) == (DeliveryState.SWITCHED_OFF, None)
        states = {each.id: each.state for each in await store.of_task("task")}
        assert states.pop("c") is DeliveryState.PENDING
        assert set(states.values()) == {DeliveryState.SWITCHED_OFF}
        assert [each.id for each in await due(store, NOW + 1e6)] == ["c"]

    run(body)


def test_an_operator_may_replay_whatever_became_of_it(run: Run) -> None:
    async def body(store: Store) -> None:
        await store.add(delivery("a", endpoint="e"))
        await try_once(store, attempt(410))
        again = await store.replay("a", NOW + 100)
        assert (again.state, again.tries, again.due_at) == (DeliveryState.PENDING, 0, NOW + 100)
        assert again.event.id == "event_a"
        end = await try_once(store, attempt(200), NOW + 100)
        assert end.state is DeliveryState.DELIVERED
        fresh = await store.add(delivery("b", endpoint="e"))
        assert fresh.state is DeliveryState.PENDING
        assert len(await store.attempts("a")) == 2
        with pytest.raises(NotFound):
            await store.replay("unknown", NOW)

    run(body)


def test_a_replay_wins_over_an_attempt_that_is_out(run: Run) -> None:
    async def body(store: Store) -> None:
        await store.add(delivery("a"))
        [out] = await due(store)
        await store.replay("a", NOW + 1)
        assert not await store.record(after(out, attempt(500), 0), attempt(500))
        assert [each.id for each in await due(store, NOW + 1)] == ["a"]

    run(body)


def test_a_host_without_room_holds_up_no_other(run: Run) -> None:
    async def body(store: Store) -> None:
        for number in range(50):
            url = "https://slow.example.com/hook"
            await store.add(delivery(f"s{number:02}", url=url, due_at=NOW - 100))
        await store.add(delivery("fast", url="https://fast.example.com/hook"))
        quota = Quota(in_all=64, per_host=4, per_customer=16)
        first = await due(store, quota=quota)
        assert [each.id for each in first] == ["s00", "s01", "s02", "s03", "fast"]
        assert await due(store, out=first, quota=quota) == []
        assert [each.id for each in await due(store, out=first[1:], quota=quota)] == ["s04"]

    run(body)


def test_a_customer_with_many_hosts_holds_up_no_other(run: Run) -> None:
    async def body(store: Store) -> None:
        for number in range(30):
            url = f"https://h{number}.evil.example.com/hook"
            await store.add(delivery(f"e{number:02}", url=url, customer="evil", due_at=NOW - 100))
        shared = "https://h29.evil.example.com/hook"
        for number in range(8):
            await store.add(delivery(f"f{number}", url=shared, customer="evil", due_at=NOW - 50))
        await store.add(delivery("good", url=shared, customer="good"))
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
    async def body(store: Store) -> None:
        for number, (host, customer, late_s) in enumerate(rows):
            url = f"https://{host}.example.com/"
            await store.add(
                delivery(f"{number:02}", url=url, customer=str(customer), due_at=NOW + late_s)
            )
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
            assert await store.record(after(ended, attempt(), 0), attempt())
            delivered.append(ended.id)
        expected = [f"{place:02}" for place, row in enumerate(rows) if row[2] <= 0]
        assert sorted(delivered) == expected

    run(body)


# --- what only the database has


def test_deliveries_survive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"

    async def first(store: DatabaseDeliveries) -> None:
        await store.add(delivery("a"))
        await store.due(NOW, lease_s=60, out=[], quota=ROOMY)

    async def second(store: DatabaseDeliveries) -> None:
        [found] = await store.due(NOW + 60, lease_s=60, out=[], quota=ROOMY)
        assert found.id == "a"

    for body in (first, second):
        writer = Writer(open_database(path))
        asyncio.run(body(DatabaseDeliveries(writer)))
        writer.close()


def test_an_event_is_announced_in_the_transaction_that_makes_it_true(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "filmgate.db")
    connection.execute("begin immediate")
    assert add_delivery(connection, delivery("undone")).version == 1
    connection.execute("rollback")
    connection.execute("begin immediate")
    add_delivery(connection, delivery("kept"))
    connection.execute("commit")
    writer = Writer(connection)
    found = asyncio.run(DatabaseDeliveries(writer).of_task("task"))
    writer.close()
    assert [each.id for each in found] == ["kept"]


def test_two_processes_never_take_the_same(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    writers = [Writer(open_database(path)) for _ in range(2)]
    stores = [DatabaseDeliveries(writer) for writer in writers]

    async def main() -> None:
        for number in range(40):
            await stores[0].add(delivery(f"{number:02}"))
        quota = Quota(in_all=5, per_host=5, per_customer=5)
        looks = [store.due(NOW, lease_s=60, out=[], quota=quota) for store in stores * 4]
        taken = [each.id for found in await asyncio.gather(*looks) for each in found]
        assert len(taken) == len(set(taken)) == 40

    asyncio.run(main())
    for writer in writers:
        writer.close()


def test_a_long_queue_of_one_host_is_looked_at_quickly(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "filmgate.db")
    connection.execute("begin")
    for number in range(10_000):
        add_delivery(connection, delivery(f"{number:05}"))
    connection.execute("commit")
    writer = Writer(connection)
    began = time.perf_counter()
    found = asyncio.run(DatabaseDeliveries(writer).due(NOW, lease_s=60, out=[], quota=Quota()))
    took_s = time.perf_counter() - began
    writer.close()
    assert len(found) == Quota().per_host
    assert took_s < 1
