"""What only the database promises."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pretend.rooms import accept, bring_to, give_credits, new_task

from filmgate.domain.change import Stale
from filmgate.domain.errors import NotFound, SetUp, Wait
from filmgate.domain.handles import number_of
from filmgate.domain.ledger import Balance
from filmgate.domain.ports import TaskQuery
from filmgate.domain.task import OWNER, Callback, State, Task
from filmgate.storage.database import schema
from filmgate.storage.database.customers import register_on
from filmgate.storage.database.store import open_store
from filmgate.storage.database.writer import CAREFUL_BATCHES, Writer
from filmgate.storage.vault import Keyring

ROOT = Path(__file__).parents[2]


def test_survives_closing(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    store, database = open_store(path)
    written = asyncio.run(accept(store, new_task()))
    database.close()
    again, database = open_store(path)
    assert asyncio.run(again.tasks.read(written.id)) == written
    database.close()


def test_power_cuts_are_taken_seriously(tmp_path: Path) -> None:
    connection = schema.open_database(tmp_path / "filmgate.db")
    assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    assert connection.execute("pragma synchronous").fetchone() == (2,)  # FULL
    connection.close()


def test_a_new_home_opened_by_many_at_once(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    with ThreadPoolExecutor(8) as pool:
        for connection in pool.map(lambda _: schema.open_database(path), range(8)):
            count = len(schema.MIGRATIONS)
            assert connection.execute("select count(*) from migration").fetchone() == (count,)
            connection.close()


class Taken:
    """A connection to a file that somebody is just closing for the last time."""

    def __init__(self, times: int, code: int = sqlite3.SQLITE_BUSY) -> None:
        self.times, self.code = times, code

    def execute(self, statement: str) -> None:
        if self.times:
            self.times -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = self.code
            raise error


def test_a_home_that_another_process_is_just_leaving_is_asked_for_again() -> None:
    taken = Taken(3)
    schema._write_ahead(taken)  # type: ignore[arg-type] - as much of one as is used
    assert taken.times == 0
    with pytest.raises(sqlite3.OperationalError):
        schema._write_ahead(Taken(1, sqlite3.SQLITE_FULL))  # type: ignore[arg-type] - the same


def test_a_home_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    connection = schema.open_database(path)
    connection.execute("insert into migration values (99, 'from the future')")
    connection.close()
    with pytest.raises(SetUp, match="newer version"):
        open_store(path)


def test_every_migration_file_is_listed() -> None:
    folder = Path(schema.__file__).with_name("migrations")
    assert tuple(sorted(path.name for path in folder.glob("*.sql"))) == schema.MIGRATIONS


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, None])
def test_a_broken_file_is_said_plainly(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "filmgate.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(SetUp, match="the database can't be used"):
        open_store(path)


def test_one_refusal_in_a_batch_leaves_the_others(tmp_path: Path) -> None:
    store, database = open_store(tmp_path / "filmgate.db")

    async def body() -> None:
        old = await accept(store, new_task())
        new = await bring_to(store, old, State.STARTING)
        many = [accept(store, new_task()) for _ in range(50)]
        answers = await asyncio.gather(
            *many[:25], bring_to(store, old, State.STARTING), *many[25:], return_exceptions=True
        )
        assert isinstance(answers[25], Stale)
        assert sum(isinstance(answer, Task) for answer in answers) == 50
        assert len(await store.tasks.select(TaskQuery())) == 51
        assert await store.tasks.read(old.id) == new

    asyncio.run(body())
    database.close()


def test_after_a_refusal_each_has_a_savepoint_and_later_none_again(tmp_path: Path) -> None:
    connection = schema.open_database(tmp_path / "filmgate.db")
    connection.execute("create table said (word text not null unique)")
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    writer = Writer(connection)

    def say(word: str | None) -> Future[object]:
        statement = "insert into said values (?)"
        return writer.submit(lambda each: each.execute(statement, (word,)), writes=True)

    say("a").result(5)
    assert not any("savepoint" in each for each in seen)
    with pytest.raises(sqlite3.IntegrityError):
        say(None).result(5)
    assert any("savepoint" in each for each in seen)
    for number in range(CAREFUL_BATCHES):
        say(f"b{number}").result(5)
    seen.clear()
    say("c").result(5)
    assert not any("savepoint" in each for each in seen)
    count = writer.submit(lambda each: each.execute("select count(*) from said"), writes=False)
    assert count.result(5).fetchone() == (CAREFUL_BATCHES + 2,)
    writer.close()


def test_callers_that_come_together_share_a_commit(tmp_path: Path) -> None:
    connection = schema.open_database(tmp_path / "filmgate.db")
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    writer = Writer(connection)

    def slow(_: sqlite3.Connection) -> None:
        gate.result(5)

    with ThreadPoolExecutor(1) as pool:
        gate = pool.submit(lambda: [writer.submit(lambda _: None, writes=True) for _ in range(100)])
        first = writer.submit(slow, writes=False)
        first.result(5)
        for future in gate.result(5):
            future.result(5)
    writer.close()
    assert sum(statement == "commit" for statement in seen) <= 2


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    store, database = open_store(tmp_path / "filmgate.db")

    async def body() -> None:
        await give_credits(store, "ann", 100)
        kept = await accept(store, new_task(customer="ann", credits=40))

        def shrink(connection: sqlite3.Connection) -> None:
            pages: tuple[int] = connection.execute("pragma page_count").fetchone()
            connection.execute(f"pragma max_page_count = {pages[0] + 2}").fetchone()

        await asyncio.wrap_future(database.writer.submit(shrink, writes=False))
        with pytest.raises(SetUp, match="full"):
            await accept(store, new_task("x" * 100_000, customer="ann", credits=40))
        assert await store.tasks.select(TaskQuery()) == [kept]
        assert await store.ledger.balance("ann") == Balance(available=60, held=40)
        await bring_to(store, kept, State.CANCELLED)
        assert await store.ledger.balance("ann") == Balance(available=100)
        assert (await store.ledger.check()).sound

    asyncio.run(body())
    database.close()


def test_a_disk_that_takes_no_writes_is_told_and_reading_goes_on(tmp_path: Path) -> None:
    store, database = open_store(tmp_path / "filmgate.db")

    async def body() -> None:
        await give_credits(store, "ann", 100)
        kept = await accept(store, new_task(customer="ann", credits=40))

        def switch(word: str) -> None:
            work = lambda connection: connection.execute(f"pragma query_only = {word}")  # noqa: E731
            database.writer.submit(work, writes=False).result(5)

        switch("on")
        for attempt in (accept(store, new_task()), bring_to(store, kept, State.CANCELLED)):
            with pytest.raises(SetUp, match="readonly"):
                await attempt
        assert await store.tasks.select(TaskQuery()) == [kept]
        switch("off")
        await bring_to(store, kept, State.CANCELLED)
        assert (await store.ledger.check()).sound

    asyncio.run(body())
    database.close()


def test_a_database_that_stays_locked_is_a_matter_of_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "filmgate.db"
    store, database = open_store(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Wait):
        asyncio.run(accept(store, new_task()))
    asyncio.run(store.tasks.select(TaskQuery()))
    other.close()
    asyncio.run(accept(store, new_task()))
    database.close()


@pytest.mark.parametrize("statement", ["update transfer set credits = 1", "delete from transfer"])
def test_a_transfer_is_written_for_ever(tmp_path: Path, statement: str) -> None:
    store, database = open_store(tmp_path / "filmgate.db")
    asyncio.run(give_credits(store, "ann", 100))
    work = lambda connection: connection.execute(statement)  # noqa: E731
    with pytest.raises(sqlite3.IntegrityError, match="a transfer is never"):
        database.writer.submit(work, writes=True).result(5)
    assert asyncio.run(store.ledger.balance("ann")) == Balance(available=100)
    database.close()


def test_a_check_finds_what_somebody_changed_by_hand(tmp_path: Path) -> None:
    store, database = open_store(tmp_path / "filmgate.db")

    async def body() -> None:
        await give_credits(store, "ann", 100)
        task = await accept(store, new_task(customer="ann", credits=40))
        orphan = await accept(store, new_task(customer="ann", credits=10))
        await accept(store, new_task(customer="ann", credits=1))

        def meddle(connection: sqlite3.Connection) -> None:
            connection.execute("update balance set available = available + 7")
            connection.execute("update task set state = 'failed' where id = ?", (task.id,))
            connection.execute("drop trigger transfer_is_not_removed")
            connection.execute("delete from transfer where task = ?", (orphan.id,))
            connection.execute("update balance set held = 41, available = 59 + 7")

        await asyncio.wrap_future(database.writer.submit(meddle, writes=True))
        audit = await store.ledger.check()
        assert (audit.difference, audit.sound) == (7, False)
        assert (audit.open_holds_of_ended_tasks, audit.open_tasks_without_hold) == (1, 1)

    asyncio.run(body())
    database.close()


def test_another_process_is_noticed_and_this_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    (store, database), (other, others) = open_store(path), open_store(path)

    async def body() -> None:
        before = await store.news.mark()
        task = await accept(store, new_task())
        assert await store.news.mark() == before
        assert await other.tasks.read(task.id) == task
        await bring_to(other, task, State.CANCELLED)
        assert await store.news.mark() != before

    asyncio.run(body())
    database.close()
    others.close()


def test_a_home_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("create table migration (number integer primary key, name text not null)")
    for statement in schema.statements("0001_tasks.sql"):
        connection.execute(statement)
    connection.execute("insert into migration values (1, '0001_tasks.sql')")
    task = new_task()
    connection.execute(
        "insert into task values (?, 3, 'running', 'local', 'r', 'j', 'animatic', 'text-to-video',"
        " 0, 1.0, 2.0, null, '{\"prompt\":\"a lake\"}', ?, 'null', '[]', '{}',"
        ' \'[{"at":1.0,"state":"queued","note":""}]\')',
        (task.id, '{"width":64,"height":36,"fps":10,"duration_s":1.0,"seed":1}'),
    )
    connection.close()
    store, database = open_store(path)

    async def body() -> None:
        (found,) = await store.tasks.select(TaskQuery())
        assert (found.customer, found.account, found.state) == ("owner", "local", State.RUNNING)
        assert (found.result, found.job, found.version) == (None, "j", 3)
        assert await store.tasks.select(TaskQuery(number=number_of(task.id))) == [found]
        assert await store.tasks.select(TaskQuery(number=-1)) == []
        await bring_to(store, found, State.FAILED)

    asyncio.run(body())
    database.close()


CLAIMER = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from filmgate.domain.change import Change, NoSlot, Stale
from filmgate.domain.line import Account, Terms, slot_limits
from filmgate.domain.task import Fault, IllegalMove, State, move
from filmgate.storage.database.store import open_store

ACCOUNT = Account(id="local", provider="local", slots=5)

async def main():
    store, database = open_store(Path(sys.argv[1]))
    won = 0
    while (line := await store.work.line(ACCOUNT, besides_runners=frozenset())).waiting:
        assert line.in_use <= ACCOUNT.slots, line.in_use
        for task_id in line.waiting[0].tasks[:3]:
            task = await store.tasks.read(task_id)
            limits = slot_limits(task, ACCOUNT, Terms(plan="x"), besides_runners=frozenset())
            try:
                claimed = replace(move(task, State.STARTING, 2.0), runner=sys.argv[2])
                claimed = await store.tasks.commit(Change(before=task, task=claimed, limits=limits))
            except (Stale, NoSlot, IllegalMove):
                continue
            won += 1
            ended = move(claimed, State.FAILED, 3.0, reason="done", fault=Fault.HOUSE)
            await store.tasks.commit(Change(before=claimed, task=ended))
    print(won)
    database.close()

asyncio.run(main())
"""


def test_two_processes_share_out_the_queue_without_a_double_claim(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    store, database = open_store(path)

    async def fill() -> None:
        await asyncio.gather(*(accept(store, new_task()) for _ in range(200)))

    asyncio.run(fill())
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, str(path), name],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT / "src")},
        )
        for name in ("one", "two")
    ]
    won = [int(claimer.communicate(timeout=30)[0]) for claimer in claimers]
    assert sum(won) == 200
    tasks = asyncio.run(store.tasks.select(TaskQuery()))
    assert {task.version for task in tasks} == {3}
    assert sum(task.runner == "one" for task in tasks) == won[0]
    database.close()


def test_a_callbacks_secret_goes_with_its_task(tmp_path: Path) -> None:
    async def body() -> None:
        store, database = open_store(tmp_path / "filmgate.db")
        secrets = register_on(database, Keyring(tmp_path)).secrets
        await secrets.keep("callback_a", OWNER, "hush")
        await secrets.keep("callback_b", OWNER, "hush")
        hook = Callback(url="https://example.org/h", protocol="piapi", secret="callback_a")
        task = await accept(store, replace(new_task(), callback=hook))
        ended = await bring_to(store, task, State.CANCELLED)
        assert await store.records.remove(ended)
        with pytest.raises(NotFound):
            await secrets.reveal("callback_a", OWNER)
        assert await secrets.reveal("callback_b", OWNER) == "hush"
        database.close()

    asyncio.run(body())
