"""What only PostgreSQL promises: many processes on many machines, and a server that goes away."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from tests.pretend import cluster
from tests.pretend.postgres import Server, server
from tests.pretend.rooms import accept, bring_to, give_credits, new_task

from filmgate.domain.change import Limit, QueueFull
from filmgate.domain.errors import BadInput, SetUp, Wait
from filmgate.domain.handles import number_of
from filmgate.domain.ledger import Balance
from filmgate.domain.ports import Store, TaskQuery
from filmgate.domain.task import IN_SLOTS, OPEN, Fault, State, Task
from filmgate.storage.database import items
from filmgate.storage.database.opening import open_house
from filmgate.storage.database.postgres import schema
from filmgate.storage.database.postgres import session as session_module
from filmgate.storage.database.postgres.database import PostgresDatabase
from filmgate.storage.database.postgres.errors import Lost
from filmgate.storage.database.postgres.leases import Leases
from filmgate.storage.database.postgres.session import PostgresSession
from filmgate.storage.database.rows import Row
from filmgate.storage.database.schema import MIGRATIONS
from filmgate.storage.database.session import Session
from filmgate.storage.database.store import open_store, store_on

ROOT = Path(__file__).parents[2]
SHORT_S = 0.4


@pytest.fixture
def url() -> Iterator[str]:
    with server().schema() as url:
        yield url


@pytest.fixture
def own() -> Iterator[Server]:
    """A server of this test alone, to be stopped in the middle."""
    own = Server()
    yield own
    own.close()


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase.open(url)
    yield database
    database.close()


def process(role: str, url: str, *said: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.pretend.cluster", role, url, *map(str, said)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
    )


def sums(processes: list[subprocess.Popen[bytes]]) -> list[int]:
    return [int(each.communicate(timeout=60)[0]) for each in processes]


def _asked(database: PostgresDatabase, statement: str) -> list[Row]:
    return database.submit(lambda each: each.execute(statement).fetchall(), writes=False).result()


async def until(true: Callable[[], Awaitable[bool]], within_s: float = 30.0) -> None:
    async with asyncio.timeout(within_s):
        while not await true():  # noqa: ASYNC110 - other processes set no events here
            await asyncio.sleep(0.01)


# --- the schema


def test_both_databases_have_the_same_tables(database: PostgresDatabase, tmp_path: Path) -> None:
    _, other = open_store(tmp_path / "filmgate.db")
    here = sqlite3.connect(tmp_path / "filmgate.db")
    names = [row[0] for row in here.execute("select name from sqlite_master where type = 'table'")]
    columns = {
        (table, name, bool(required or key))
        for table in names
        for _, name, _, required, _, key in here.execute(f"pragma table_info({table})")
    }
    indexes = {row[0] for row in here.execute("select name from sqlite_master where type='index'")}
    here.close()
    other.close()
    rows = _asked(
        database,
        "select table_name, column_name, is_nullable from information_schema.columns "
        "where table_schema = current_schema()",
    )
    found = _asked(database, "select indexname from pg_indexes where schemaname = current_schema()")
    theirs = {(table, name, able == "NO") for table, name, able in rows if table != "lease"}
    assert theirs == columns
    assert {name for name in indexes if not name.startswith("sqlite_")} <= {row[0] for row in found}


def test_a_new_database_opened_by_many_at_once(url: str) -> None:
    opened: list[PostgresDatabase] = []
    threads = [
        threading.Thread(target=lambda: opened.append(PostgresDatabase.open(url))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    task = asyncio.run(accept(store_on(opened[0]), new_task()))
    assert asyncio.run(store_on(opened[5]).tasks.read(task.id)) == task
    for each in opened:
        each.close()


def test_a_database_of_a_newer_version_is_refused(url: str, database: PostgresDatabase) -> None:
    statement = f"insert into migration values ({len(MIGRATIONS) + 1}, 'from the future')"
    database.submit(lambda each: each.execute(statement), writes=True).result()
    with pytest.raises(SetUp, match="newer version"):
        PostgresDatabase.open(url)


@pytest.mark.parametrize("statement", ["update transfer set credits = 1", "delete from transfer"])
def test_a_transfer_is_written_for_ever(database: PostgresDatabase, statement: str) -> None:
    store = store_on(database)
    asyncio.run(give_credits(store, "ann", 100))
    with pytest.raises(asyncpg.RestrictViolationError, match="a transfer is never"):
        database.submit(lambda each: each.execute(statement), writes=True).result()
    assert asyncio.run(store.ledger.balance("ann")) == Balance(available=100)


def test_tasks_of_an_older_version_get_their_numbers(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS[:5])
    old = PostgresDatabase.open(url)
    ids = [f"task_{number:026d}" for number in range(3)]
    statement = (
        "insert into task (id, version, state, provider, model, kind, quote_usd_micros, created_at,"
        " updated_at, request, output, notes, understood, timeline) values (?, 1, 'failed',"
        " 'local', 'animatic', 'text-to-video', 0, 1.0, 1.0, '{}', ?, '[]', '{}', '[]')"
    )
    output = '{"width":64,"height":36,"fps":10,"duration_s":1.0,"seed":1}'
    for each in ids:
        row = (each, output)
        old.submit(lambda session, row=row: session.execute(statement, row), writes=True).result()
    old.close()
    monkeypatch.undo()
    new = PostgresDatabase.open(url)
    store = store_on(new)
    for each in ids:
        found = asyncio.run(store.tasks.select(TaskQuery(number=number_of(each))))
        assert [(task.id, task.fault) for task in found] == [(each, Fault.PROVIDER)]
    new.close()


# --- opening


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("mysql://me:hidden@host/x", "none that filmgate knows"),
        ("postgresql://me:hidden@127.0.0.1:99999/x", "not written as it should be"),
        ("postgresql://me:hid/den@127.0.0.1/x", "not written as it should be"),
        ("postgresql://me:hidden@127.0.0.1/x?sslmode=odd", "can't be opened"),
    ],
)
def test_a_wrong_url_is_said_without_its_password(said: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SetUp, match=words) as caught:
        open_house(said, tmp_path)
    assert caught.value.field == "FILMGATE_DATABASE_URL"
    assert "hid" not in f"{caught.value} {caught.value.remedy}"


def test_no_such_database_and_no_server(tmp_path: Path) -> None:
    with pytest.raises(SetUp, match='"nothing" does not exist'):
        open_house(server().url().replace("/postgres?", "/nothing?"), tmp_path)
    with pytest.raises(Wait, match="can't be reached"):
        open_house(f"postgresql://me@/x?host={tmp_path}", tmp_path)


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [
        each for each in sys.modules if each.startswith("filmgate.storage.database.postgres.")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(SetUp, match="asyncpg") as caught:
        open_house("postgresql://me@/x", tmp_path)
    assert caught.value.remedy == "pip install 'filmgate[postgres]'"


def test_what_text_can_t_hold_is_the_caller_s_mistake(database: PostgresDatabase) -> None:
    store = store_on(database)
    with pytest.raises(BadInput):
        asyncio.run(give_credits(store, "a\0b", 1))
    assert asyncio.run(store.ledger.check()).transfers == 0


# --- many processes


def test_two_hundred_submits_of_four_processes_on_a_balance_for_fifty(
    url: str, database: PostgresDatabase
) -> None:
    store = store_on(database)
    asyncio.run(give_credits(store, "ann", 50 * 7 + 6))
    accepted = sums([process("submit", url, 7, 50) for _ in range(4)])
    assert sum(accepted) == 50
    assert asyncio.run(store.ledger.balance("ann")) == Balance(available=6, held=350)
    assert asyncio.run(store.tasks.count(TaskQuery(customer="ann"))) == 50
    assert asyncio.run(store.ledger.check()).sound


def test_three_processes_share_out_the_queue_and_no_slot_is_taken_twice(
    url: str, database: PostgresDatabase
) -> None:
    store = store_on(database)

    async def fill() -> None:
        await asyncio.gather(*(accept(store, new_task(provider="scripted")) for _ in range(120)))

    asyncio.run(fill())
    won = sums([process("claim", url, 2) for _ in range(3)])
    assert sum(won) == 120
    tasks = asyncio.run(store.tasks.select(TaskQuery()))
    assert {task.version for task in tasks} == {3}


def test_limits_hold_for_many_connections(url: str) -> None:
    """Also where two of them count in another order."""
    databases = [PostgresDatabase.open(url) for _ in range(3)]
    stores = [store_on(each) for each in databases]
    limits = (Limit(at_most=9, customer="ann"), Limit(at_most=9, account="local"))

    async def body() -> None:
        answers = await asyncio.gather(
            *(
                accept(store, new_task(customer="ann"), *limits[:: 1 if n % 2 else -1])
                for n in range(20)
                for store in stores
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(answer, Task) for answer in answers) == 9
        assert sum(isinstance(answer, QueueFull) for answer in answers) == 51

    asyncio.run(body())
    for each in databases:
        each.close()


# --- news


def test_another_process_is_heard_at_once_and_this_one_is_not(url: str) -> None:
    one, two = PostgresDatabase.open(url), PostgresDatabase.open(url)

    async def body() -> None:
        store = store_on(one)
        before = await store.news.mark()
        task = await accept(store, new_task())
        await asyncio.sleep(0.1)
        assert await store.news.mark() == before
        began = time.monotonic()
        await bring_to(store_on(two), task, State.CANCELLED)

        async def heard() -> bool:
            return await store.news.mark() != before

        await until(heard)
        assert time.monotonic() - began < 1.0

    asyncio.run(body())
    one.close()
    two.close()


# --- a server that goes away


def test_a_restart_in_the_middle_loses_nothing(own: Server) -> None:
    database = PostgresDatabase.open(own.url())
    store = store_on(database)

    async def body() -> None:
        await give_credits(store, "ann", 10_000)
        mark = await store.news.mark()
        accepted: list[Task] = []
        stop = asyncio.Event()

        async def keep_submitting() -> None:
            while not stop.is_set():
                accepted.append(await accept(store, new_task(customer="ann", credits=1)))

        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(keep_submitting())
            for _ in range(3):
                await asyncio.sleep(0.15)
                await asyncio.to_thread(own.stop)
                await asyncio.sleep(0.2)
                await asyncio.to_thread(own.start)
            before = len(accepted)

            async def goes_on() -> bool:
                return len(accepted) > before + 40

            await until(goes_on)
            stop.set()
        # Nobody was told of a failure, and what was said to be accepted is there, once.
        rows = await store.tasks.select(TaskQuery(limit=100_000))
        assert {task.id for task in rows} == {task.id for task in accepted}
        assert len(rows) == len(accepted)
        assert await store.ledger.balance("ann") == Balance(
            available=10_000 - len(rows), held=len(rows)
        )
        assert (await store.ledger.check()).sound

        async def looks_again() -> bool:
            return await store.news.mark() != mark

        await until(looks_again, 5)

    asyncio.run(body())
    database.close()


def test_a_server_that_stays_away_is_a_matter_of_waiting(
    own: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items.Item.__init__, "__defaults__", _with_patience(0.3))
    database = PostgresDatabase.open(own.url())
    store = store_on(database)

    async def body() -> None:
        kept = await accept(store, new_task())
        await asyncio.to_thread(own.stop)
        attempts = [
            accept(store, new_task()),
            bring_to(store, kept, State.STARTING),
            store.tasks.read(kept.id),
        ]
        began = time.monotonic()
        answers = await asyncio.gather(*attempts, return_exceptions=True)
        assert [type(each) for each in answers] == [Wait] * 3
        assert time.monotonic() - began < 3
        await asyncio.to_thread(own.start)
        assert await store.tasks.select(TaskQuery()) == [kept]
        await bring_to(store, kept, State.STARTING)

    asyncio.run(body())
    database.close()


def _with_patience(patience_s: float) -> tuple[object, ...]:
    defaults = items.Item.__init__.__defaults__
    assert defaults is not None
    assert defaults[-1] == items.PATIENCE_S
    return (*defaults[:-1], patience_s)


@pytest.mark.parametrize("arrives", [True, False])
def test_a_commit_whose_answer_is_lost_is_asked_about(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    execute = PostgresSession.execute
    torn: list[str] = []

    def tear(session: PostgresSession, statement: str, values: tuple[object, ...] = ()) -> object:
        if statement == "commit" and not torn:
            torn.append(statement)
            if arrives:
                execute(session, statement)
            session.drop()
            raise Lost("torn off")
        return execute(session, statement, values)

    store = store_on(database)

    async def body() -> None:
        await give_credits(store, "ann", 10)
        monkeypatch.setattr(PostgresSession, "execute", tear)
        task = await accept(store, new_task(customer="ann", credits=4))
        assert torn
        assert await store.tasks.select(TaskQuery()) == [task]
        assert task.version == 1
        assert await store.ledger.balance("ann") == Balance(available=6, held=4)

    asyncio.run(body())


def test_who_freezes_in_the_middle_of_a_write_holds_nobody_up_for_ever(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its own work is done again, once it wakes."""
    settings = {"idle_in_transaction_session_timeout": "200ms"}
    monkeypatch.setattr(session_module, "SERVER_SETTINGS", settings)
    database = PostgresDatabase.open(url)
    times: list[float] = []

    def freezes(session: Session) -> None:
        session.alone("something")
        times.append(time.monotonic())
        if len(times) == 1:
            time.sleep(0.5)
        session.execute("insert into turn (account, customer, served) values ('a', 'b', 1)")

    frozen = database.submit(freezes, writes=True)
    while not times:
        time.sleep(0.01)
    database.submit(lambda session: session.alone("something"), writes=True).result(5)
    frozen.result(5)
    assert (_asked(database, "select count(*) from turn"), len(times)) == ([(1,)], 2)
    database.close()


# --- who is alive


def test_a_lease_belongs_to_one_and_is_free_when_let_go(database: PostgresDatabase) -> None:
    one, two = database.leases(), database.leases()

    async def body() -> None:
        assert await one.take("runner_1")
        assert await one.take("runner_1")
        assert not await two.take("runner_1")
        assert await two.free(frozenset({"runner_1", "runner_2"})) == {"runner_2"}
        assert await one.free(frozenset({"runner_1"})) == frozenset()
        await two.release("runner_1")
        assert not await two.take("runner_1")
        await one.release("runner_1")
        assert await two.free(frozenset({"runner_1"})) == {"runner_1"}
        assert await two.take("runner_1")
        await one.sweep()

    asyncio.run(body())
    one.close()
    two.close()


def test_a_lease_is_renewed_and_runs_out_with_its_holder(own: Server) -> None:
    """And while the server was away, nobody could renew, so nobody is thought gone."""
    database = PostgresDatabase.open(own.url())
    one, two = Leases(own.url(), SHORT_S), Leases(own.url(), SHORT_S)
    name = frozenset({"runner_1"})

    async def free_within(most_s: float) -> bool:
        until = time.monotonic() + most_s
        while time.monotonic() < until:
            if await two.free(name):
                return True
            await asyncio.sleep(0.02)
        return False

    async def body() -> None:
        assert await one.take("runner_1")
        assert not await free_within(3 * SHORT_S)
        await asyncio.to_thread(own.stop)
        await asyncio.sleep(2 * SHORT_S)
        await asyncio.to_thread(own.start)
        assert not await free_within(3 * SHORT_S)
        one.close()  # as if it had been killed: nothing is released
        assert await free_within(3 * SHORT_S)

    asyncio.run(body())
    two.close()
    database.close()


def test_runners_on_one_database_a_kill_and_a_restart(own: Server, tmp_path: Path) -> None:
    database = PostgresDatabase.open(own.url())
    store = store_on(database)
    names = ("runner_one", "runner_two")
    runners = {name: process("run", own.url(), tmp_path, name) for name in names}

    async def body() -> None:
        async def both_are_up() -> bool:
            return _asked(database, "select count(*) from lease") == [(2,)]

        await until(both_are_up)
        await give_credits(store, "ann", 1000)
        for _ in range(60):
            await accept(store, new_task(customer="ann", credits=1, provider="scripted"))
        await _until(store, 15)
        # Slots go to whoever is quicker; the one with most in its hands dies.
        at_work = await store.tasks.select(TaskQuery(states=IN_SLOTS))
        ((victim, _),) = Counter(task.runner for task in at_work).most_common(1)
        assert victim is not None
        runners[victim].send_signal(signal.SIGKILL)
        await _until(store, 30)
        await asyncio.to_thread(own.stop)
        await asyncio.sleep(0.3)
        await asyncio.to_thread(own.start)

        def jobs() -> dict[str, int]:
            return {
                path.name.removeprefix("job-"): len(path.read_text().splitlines())
                for path in tmp_path.glob("job-*")
            }

        async def done() -> bool:
            made = jobs()
            # What was claimed by the dead and never sent is in doubt until its deadline.
            return all(
                task.state is State.IN_DOUBT and task.id not in made
                for task in await store.tasks.select(TaskQuery(states=OPEN))
            )

        await until(done)
        assert set(jobs().values()) <= {0, 1}  # none: killed before it was written down
        ended = await store.tasks.select(TaskQuery(states=frozenset({State.SUCCEEDED})))
        assert {task.id for task in ended} == jobs().keys()
        assert len({task.runner for task in ended}) == 2
        balance = await store.ledger.balance("ann")
        assert balance == Balance(available=940, held=60 - len(ended))
        assert (await store.ledger.check()).sound

    try:
        asyncio.run(body())
    finally:
        for each in runners.values():
            each.kill()
            each.communicate()
        database.close()


async def _until(store: Store, enough: int) -> None:
    """So many have succeeded, and at no time were there more at work than slots."""

    async def true() -> bool:
        assert await store.tasks.count(TaskQuery(states=IN_SLOTS)) <= cluster.ACCOUNT.slots
        succeeded = TaskQuery(states=frozenset({State.SUCCEEDED}))
        return await store.tasks.count(succeeded) >= enough

    await until(true)
