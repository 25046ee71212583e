"""One body for every store of customers, keys, secrets and the trail."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pretend.postgres import server

from filmgate.domain.customer import (
    THE_OWNER,
    ApiKey,
    Customer,
    Deed,
    KeyKind,
    Role,
    StoredKey,
    token_handle,
)
from filmgate.domain.customer_ports import Register
from filmgate.domain.errors import Conflict, NotFound
from filmgate.storage.database.customers import register_on
from filmgate.storage.database.postgres.database import PostgresDatabase
from filmgate.storage.database.session import Database
from filmgate.storage.database.store import open_store
from filmgate.storage.memory_customers import memory_register
from filmgate.storage.remembered import KEPT_S, Memory, remembered
from filmgate.storage.vault import Keyring

Body = Callable[[Register], Coroutine[None, None, None]]
Run = Callable[[Body], None]

ALICE = Customer(id="cus_1", name="alice", plan="kie", created_at=10.0)
BOB = Customer(
    id="cus_2",
    name="Bob, Küste & Co",
    plan="piapi-pro",
    role=Role.ADMIN,
    created_at=20.0,
    disabled_at=21.0,
    priority=4,
    max_task_credits=0,
)
SECRET = "sk_0123456789abcdef0123456789abcdef"


@pytest.fixture(params=["memory", "sqlite", "postgres", "remembered"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    with ExitStack() as stack:
        if request.param == "memory":
            register = memory_register()
        else:
            database: Database
            if request.param in {"sqlite", "remembered"}:
                _, database = open_store(tmp_path / "filmgate.db")
            else:
                database = PostgresDatabase.open(stack.enter_context(server().schema()))
            stack.callback(database.close)
            register = register_on(database, Keyring(tmp_path))
            if request.param == "remembered":
                # Time stands still: whatever is not forgotten by what this process writes shows.
                register = remembered(register, lambda: 0.0)
        yield lambda body: asyncio.run(body(register))


def deed(action: str = "test", subject: str = "x", at: float = 100.0) -> Deed:
    return Deed(at=at, by="me", action=action, subject=subject, details={"why": "a 'test'; --"})


def pair(number: int = 1, customer: str = "cus_1", kind: KeyKind = KeyKind.PAIR) -> StoredKey:
    key = ApiKey(
        id=f"key_{number}",
        customer=customer,
        kind=kind,
        shown=f"ak_{number}",
        label="for tests",
        created_at=float(number),
    )
    return StoredKey(key=key, handle=f"ak_{number}")


def test_customers_are_read_as_they_were_written(run: Run) -> None:
    async def body(register: Register) -> None:
        for customer in (ALICE, BOB):
            await register.customers.add(customer, deed())
            assert await register.customers.read(customer.id) == customer
            assert await register.customers.named(customer.name) == customer
        assert await register.customers.all() == [THE_OWNER, ALICE, BOB]
        assert await register.customers.read("cus_9") is None
        assert await register.customers.named("ALICE") is None

    run(body)


def test_the_owner_is_there_from_the_beginning(run: Run) -> None:
    async def body(register: Register) -> None:
        assert await register.customers.read("owner") == THE_OWNER

    run(body)


def test_a_name_belongs_to_one_customer(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.customers.add(ALICE, deed())
        with pytest.raises(Conflict):
            await register.customers.add(replace(BOB, name="alice"), deed("never"))
        await register.customers.add(BOB, deed())
        with pytest.raises(Conflict):
            await register.customers.change(
                BOB.id, lambda each: replace(each, name="alice"), deed("never")
            )
        assert await register.customers.read(BOB.id) == BOB
        assert {each.action for each in await register.trail.all()} == {"test"}

    run(body)


def test_a_change_sees_the_row_as_it_stands(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.customers.add(ALICE, deed())

        async def raise_priority() -> None:
            await register.customers.change(
                ALICE.id, lambda each: replace(each, priority=each.priority + 1), deed()
            )

        await asyncio.gather(*(raise_priority() for _ in range(20)))
        found = await register.customers.read(ALICE.id)
        assert found == replace(ALICE, priority=20)

    run(body)


def test_what_a_change_raises_undoes_all(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.customers.add(ALICE, deed())

        def refuse(customer: Customer) -> Customer:
            raise Conflict(f"{customer.name} stays")

        with pytest.raises(Conflict, match="alice stays"):
            await register.customers.change(ALICE.id, refuse, deed("never"))
        with pytest.raises(NotFound):
            await register.customers.change("cus_9", lambda each: each, deed("never"))
        with pytest.raises(NotFound):
            await register.keys.change("key_9", lambda each: each, deed("never"))
        assert [each.action for each in await register.trail.all()] == ["test"]

    run(body)


def test_keys_are_found_by_their_handle(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.keys.add(pair(1), SECRET, deed())
        handle = token_handle("fg_token")
        token = StoredKey(key=replace(pair(2).key, kind=KeyKind.API), handle=handle)
        await register.keys.add(token, None, deed())
        assert await register.keys.find("ak_1") == pair(1)
        assert await register.keys.find(handle) == token
        assert await register.keys.find("fg_token") is None
        assert await register.keys.read("key_1") == pair(1).key
        assert await register.keys.all() == [pair(1).key, token.key]
        assert await register.keys.all("cus_1", KeyKind.PAIR) == [pair(1).key]
        assert await register.keys.all("cus_9") == []

    run(body)


def test_a_handle_is_one_keys_alone(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.keys.add(pair(1), SECRET, deed())
        twin = StoredKey(key=pair(2).key, handle="ak_1")
        with pytest.raises(Conflict):
            await register.keys.add(twin, "other", deed("never"))
        with pytest.raises(Conflict):
            await register.keys.replace(
                "key_1", lambda each: replace(each, revoked_at=1.0), twin, "other", deed("never")
            )
        assert await register.keys.all() == [pair(1).key]
        assert await register.keys.secret(pair(1).key) == SECRET
        assert [each.action for each in await register.trail.all()] == ["test"]

    run(body)


def test_the_secret_of_a_key_lives_as_long_as_the_key_works(run: Run) -> None:
    async def body(register: Register) -> None:
        key = pair(1).key
        await register.keys.add(pair(1), SECRET, deed())
        later = await register.keys.change(
            key.id, lambda each: replace(each, revoked_at=200.0), deed(at=100.0)
        )
        assert await register.keys.secret(later) == SECRET
        await register.keys.change(
            key.id, lambda each: replace(each, revoked_at=150.0), deed(at=150.0)
        )
        with pytest.raises(NotFound):
            await register.keys.secret(key)

    run(body)


def test_replacing_a_key_is_one_write(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.keys.add(pair(1), SECRET, deed())
        old = await register.keys.replace(
            "key_1", lambda each: replace(each, revoked_at=500.0), pair(2), "new", deed("rotate")
        )
        assert old == replace(pair(1).key, revoked_at=500.0)
        assert await register.keys.all() == [old, pair(2).key]
        assert await register.keys.secret(pair(2).key) == "new"
        assert await register.keys.secret(old) == SECRET

    run(body)


def test_touch_tells_when_a_key_was_used(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.keys.add(pair(1), SECRET, deed())
        await register.keys.touch("key_1", 77.0)
        await register.keys.touch("key_9", 77.0)
        assert await register.keys.read("key_1") == replace(pair(1).key, last_used_at=77.0)

    run(body)


def test_secrets_open_for_their_owner_alone(run: Run) -> None:
    async def body(register: Register) -> None:
        await register.secrets.keep("hook_1", "cus_1", "wärme \N{SNOWMAN}")
        assert await register.secrets.reveal("hook_1", "cus_1") == "wärme \N{SNOWMAN}"
        for name, owner in (("hook_1", "cus_2"), ("hook_2", "cus_1")):
            with pytest.raises(NotFound):
                await register.secrets.reveal(name, owner)
        await register.secrets.keep("hook_1", "cus_1", "another")
        assert await register.secrets.reveal("hook_1", "cus_1") == "another"
        await register.secrets.rotate()
        assert await register.secrets.reveal("hook_1", "cus_1") == "another"
        await register.secrets.forget("hook_1")
        with pytest.raises(NotFound):
            await register.secrets.reveal("hook_1", "cus_1")

    run(body)


def test_the_trail_tells_newest_first(run: Run) -> None:
    async def body(register: Register) -> None:
        deeds = [deed(f"act {n}", subject=f"cus_{n % 2}", at=float(n)) for n in range(5)]
        for each in deeds:
            await register.trail.add(each)
        assert await register.trail.all() == deeds[::-1]
        assert await register.trail.all(limit=2) == [deeds[4], deeds[3]]
        assert await register.trail.all(subject="cus_1") == [deeds[3], deeds[1]]

    run(body)


def test_nothing_can_be_taken_out_of_the_trail(tmp_path: Path) -> None:
    _, database = open_store(tmp_path / "filmgate.db")
    asyncio.run(register_on(database, Keyring(tmp_path)).trail.add(deed()))
    database.close()
    connection = sqlite3.connect(tmp_path / "filmgate.db")
    for statement in ("delete from trail", "update trail set by_whom = 'somebody else'"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(statement)
    connection.close()


# --- what is remembered for a moment


def test_another_process_s_change_is_seen_after_a_second_and_this_one_s_at_once() -> None:
    now = 100.0
    inner = memory_register()
    here = remembered(inner, lambda: now)

    async def body() -> None:
        nonlocal now
        await inner.customers.add(ALICE, deed())
        await inner.keys.add(pair(), SECRET, deed())
        assert await here.customers.read(ALICE.id) == ALICE
        stored = await here.keys.find("ak_1")
        assert stored is not None
        assert await here.keys.secret(stored.key) == SECRET

        def locked(customer: Customer) -> Customer:
            return replace(customer, disabled_at=5.0)

        await inner.customers.change(ALICE.id, locked, deed())
        await inner.keys.change("key_1", lambda key: replace(key, revoked_at=1.0), deed())
        now += KEPT_S - 0.01
        assert await here.customers.read(ALICE.id) == ALICE
        assert await here.keys.find("ak_1") == stored
        now += 0.01
        assert (await here.customers.read(ALICE.id) or ALICE).disabled_at == 5.0
        assert (await here.keys.find("ak_1") or stored).key.revoked_at == 1.0
        with pytest.raises(NotFound):
            await here.keys.secret(stored.key)

        def free(customer: Customer) -> Customer:
            return replace(customer, disabled_at=None)

        await here.customers.change(ALICE.id, free, deed())
        assert await here.customers.read(ALICE.id) == ALICE

    asyncio.run(body())


def test_what_was_read_while_somebody_wrote_is_not_remembered() -> None:
    async def body() -> None:
        memory: Memory[str, str] = Memory(lambda: 0.0)
        written = asyncio.Event()

        async def slow() -> str:
            await written.wait()
            return "old"

        reading = asyncio.create_task(memory.fill("x", slow))
        await asyncio.sleep(0)
        memory.forget()
        written.set()
        assert await reading == "old"
        assert memory.find("x") is None

    asyncio.run(body())


def test_keys_that_nobody_has_are_not_remembered() -> None:
    async def body() -> None:
        inner = memory_register()
        here = remembered(inner, lambda: 0.0)
        assert await here.keys.find("ak_1") is None
        await inner.keys.add(pair(), SECRET, deed())
        assert await here.keys.find("ak_1") is not None

    asyncio.run(body())
