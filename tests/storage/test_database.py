"""What only the database promises."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.pretend.rooms import new_task

from filmgate.domain.errors import SetUp, Wait
from filmgate.domain.ports import Stale, TaskQuery
from filmgate.domain.task import State, Task, move
from filmgate.storage.database import schema
from filmgate.storage.database.store import DatabaseTasks
from filmgate.storage.database.writer import Writer

ROOT = Path(__file__).parents[2]


def test_survives_closing(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    store = DatabaseTasks.open(path)
    written = asyncio.run(store.write(new_task()))
    store.close()
    again = DatabaseTasks.open(path)
    assert asyncio.run(again.read(written.id)) == written
    again.close()


def test_power_cuts_are_taken_seriously(tmp_path: Path) -> None:
    connection = schema.open_database(tmp_path / "filmgate.db")
    assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    assert connection.execute("pragma synchronous").fetchone() == (2,)  # FULL
    connection.close()


def test_a_new_home_opened_by_many_at_once(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    with ThreadPoolExecutor(8) as pool:
        for connection in pool.map(lambda _: schema.open_database(path), range(8)):
            assert connection.execute("select count(*) from migration").fetchone() == (1,)
            connection.close()


def test_a_home_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    connection = schema.open_database(path)
    connection.execute("insert into migration values (99, 'from the future')")
    connection.close()
    with pytest.raises(SetUp, match="newer version"):
        DatabaseTasks.open(path)


def test_every_migration_file_is_listed() -> None:
    assert tuple(sorted(path.name for path in schema.FOLDER.glob("*.sql"))) == schema.MIGRATIONS


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, None])
def test_a_broken_file_is_said_plainly(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "filmgate.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(SetUp, match="the database can't be used"):
        DatabaseTasks.open(path)


def test_one_refusal_in_a_batch_leaves_the_others(tmp_path: Path) -> None:
    store = DatabaseTasks.open(tmp_path / "filmgate.db")

    async def body() -> None:
        old = await store.write(new_task())
        new = await store.write(move(old, State.STARTING, 2.0))
        many = [store.write(new_task()) for _ in range(50)]
        answers = await asyncio.gather(
            *many[:25], store.write(old), *many[25:], return_exceptions=True
        )
        assert isinstance(answers[25], Stale)
        assert sum(isinstance(answer, Task) for answer in answers) == 50
        assert len(await store.select(TaskQuery())) == 51
        assert await store.read(old.id) == new

    asyncio.run(body())
    store.close()


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
    store = DatabaseTasks.open(tmp_path / "filmgate.db")

    async def body() -> None:
        kept = await store.write(new_task())

        def shrink(connection: sqlite3.Connection) -> None:
            connection.execute("pragma max_page_count = 12").fetchone()

        await asyncio.wrap_future(store._writer.submit(shrink, writes=False))
        with pytest.raises(SetUp, match="full"):
            await store.write(new_task("x" * 100_000))
        assert await store.select(TaskQuery()) == [kept]
        await store.write(move(kept, State.CANCELLED, 2.0))

    asyncio.run(body())
    store.close()


def test_a_database_that_stays_locked_is_a_matter_of_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "filmgate.db"
    store = DatabaseTasks.open(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Wait):
        asyncio.run(store.write(new_task()))
    other.close()
    asyncio.run(store.write(new_task()))
    store.close()


CLAIMER = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from filmgate.domain.ports import Stale, TaskQuery
from filmgate.domain.task import State, move
from filmgate.storage.database.store import DatabaseTasks

async def main():
    store = DatabaseTasks.open(Path(sys.argv[1]))
    won = 0
    while queued := await store.select(TaskQuery(states=frozenset({State.QUEUED}))):
        for task in queued:
            try:
                await store.write(replace(move(task, State.STARTING, 2.0), runner=sys.argv[2]))
                won += 1
            except Stale:
                pass
    print(won)
    store.close()

asyncio.run(main())
"""


def test_two_processes_share_out_the_queue_without_a_double_claim(tmp_path: Path) -> None:
    path = tmp_path / "filmgate.db"
    store = DatabaseTasks.open(path)

    async def fill() -> None:
        await asyncio.gather(*(store.write(new_task()) for _ in range(200)))

    asyncio.run(fill())
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, str(path), name], stdout=subprocess.PIPE, cwd=ROOT
        )
        for name in ("one", "two")
    ]
    won = [int(claimer.communicate(timeout=30)[0]) for claimer in claimers]
    assert sum(won) == 200
    tasks = asyncio.run(store.select(TaskQuery()))
    assert {task.version for task in tasks} == {2}
    assert sum(task.runner == "one" for task in tasks) == won[0]
    store.close()
