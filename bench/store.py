"""What tasks cost: durable writes against a bare SQL table in the same run, and 10,000 at once.

usage: python bench/store.py [--rounds N] [--tasks N] [--running N]

The bare table is the least that could do the job: one thread, group commit, five writes a task and
nothing checked (no versions, limits, balances or timelines). It is the speed of the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import queue
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path

from filmgate.domain.change import Change
from filmgate.domain.ledger import top_up
from filmgate.domain.line import Account, Terms
from filmgate.domain.order import Order, Rendered
from filmgate.domain.ports import Done, Made, Running, Seen, Store, TaskQuery
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import Callback, Output, Result, State, Step, Task, move
from filmgate.execution.clock import RandomIds, SystemClock
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import Runner
from filmgate.storage.database.store import open_store
from filmgate.usecases.gather_inputs import Gathered
from measure import interleaved, table

AT_ONCE = 64
PRICE = 10
IDS = RandomIds()
FILM = Result(path="r", digest="0" * 64, size_bytes=9, width=2, height=2, fps=1.0, duration_s=5.0)
Rows = list[tuple[str, tuple[object, ...]]]


class BareTable:
    """One connection, one thread, one commit for all that is queued."""

    TABLES = (
        """create table task(id text primary key, account text, customer text, state text,
        wake real, owner text, job text, body text, created real)""",
        "create index task_due on task(state, wake)",
        "create index task_of_account on task(account, state)",
        "create table ledger(id text primary key, task text, kind text, amount int)",
        "create table outbox(id text primary key, task text, body text, next real)",
    )

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[tuple[Rows, asyncio.Future[None]] | None] = (
            queue.SimpleQueue()
        )
        self._path = path
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full"):
            connection.execute(f"pragma {pragma}")
        for statement in self.TABLES:
            connection.execute(statement)
        item = self._queue.get()
        while item is not None:
            batch = [item]
            while len(batch) < 512 and not self._queue.empty():
                if (more := self._queue.get()) is not None:
                    batch.append(more)
            connection.execute("begin immediate")
            for rows, _ in batch:
                for statement, values in rows:
                    connection.execute(statement, values)
            connection.execute("commit")
            self._loop.call_soon_threadsafe(self._tell, [future for _, future in batch])
            item = self._queue.get()
        connection.close()

    @staticmethod
    def _tell(futures: list[asyncio.Future[None]]) -> None:
        for future in futures:
            future.set_result(None)

    async def write(self, *rows: tuple[str, tuple[object, ...]]) -> None:
        future = self._loop.create_future()
        self._queue.put((list(rows), future))
        await future

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()


async def bare_life(bare: BareTable) -> None:
    task, now = IDS.task_id(), time.time()
    await bare.write(
        (
            "insert into task values(?,?,?,'queued',?,null,null,?,?)",
            (task, "a", "c", now, '{"prompt":"x"}', now),
        ),
        ("insert into ledger values(?,?,'hold',10)", ("h" + task, task)),
    )
    for state in ("starting", "running", "fetching"):
        await bare.write(("update task set state=?, owner=? where id=?", (state, "me", task)))
    await bare.write(
        ("update task set state='done', owner=null where id=?", (task,)),
        ("insert into ledger values(?,?,'capture',10)", ("c" + task, task)),
        ("insert into outbox values(?,?,'{}',?)", ("o" + task, task, now)),
    )


def new_task(account: str = "bench") -> Task:
    now = time.time()
    return Task(
        id=IDS.task_id(),
        customer="ann",
        request=TextToVideo(prompt="a lake at dawn"),
        model="kling-v3",
        provider="bench",
        account=account,
        output=Output(width=1280, height=720, fps=24, duration_s=5.0, seed=1),
        quote_usd_micros=350_000,
        hold_credits=PRICE,
        callback=Callback(url="https://example.org/hook", protocol="kling"),
        created_at=now,
        updated_at=now,
        timeline=(Step(at=now, state=State.QUEUED),),
    )


async def our_life(store: Store) -> None:
    task = await store.tasks.commit(Change(before=None, task=new_task()))
    for state in (State.STARTING, State.RUNNING, State.FETCHING, State.SUCCEEDED):
        film = FILM if state is State.SUCCEEDED else None
        after = move(task, state, time.time(), job="job", result=film)
        task = await store.tasks.commit(Change(before=task, task=replace(after, runner="me")))


async def many(life: Callable[[], Coroutine[None, None, None]], number: int) -> None:
    todo = iter(range(number))

    async def worker() -> None:
        for _ in todo:
            await life()

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


def run_bare(number: int) -> None:
    async def body(folder: str) -> None:
        bare = BareTable(Path(folder) / "bare.db")
        await many(lambda: bare_life(bare), number)
        bare.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(body(folder))


def run_ours(number: int) -> None:
    async def body(folder: str) -> None:
        store, database = open_store(Path(folder) / "filmgate.db")
        await store.ledger.post(top_up("txn_0", "ann", PRICE * number, 1.0, reference="bench"))
        await many(lambda: our_life(store), number)
        assert (await store.ledger.check()).sound
        database.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(body(folder))


def throughput(tasks: int, rounds: int) -> None:
    contenders: Mapping[str, Callable[[], object]] = {
        "bare table": lambda: run_bare(tasks),
        "filmgate": lambda: run_ours(tasks),
    }
    costs = interleaved(contenders, tasks, rounds)
    bare = costs["bare table"]
    table(
        f"A task's life: 5 durable commits, hold, capture, 3 events ({AT_ONCE} at once)",
        ["", "tasks/s", "commits/s", "processor ms a task", "of the bare table's speed"],
        [
            [
                name,
                f"{1000 / cost.wall_ms:,.0f}",
                f"{5000 / cost.wall_ms:,.0f}",
                f"{cost.cpu_ms:.2f}",
                f"{bare.wall_ms / cost.wall_ms:.2f}x",
            ]
            for name, cost in costs.items()
        ],
    )


# --- many at once, each part in a process of its own


class StillProvider:
    """Jobs run until somebody names them done."""

    name = "bench"
    start_finds_job = False
    work_ends_with_runner = False
    check_interval_s = 0.5

    def __init__(self) -> None:
        self.done: dict[str, float] = {}
        self.looks = 0

    async def start(self, order: Order) -> Made:
        return Made(f"job-{order.task_id}")

    async def check(self, job: str) -> Seen:
        self.looks += 1
        return Done(Rendered(frames=1)) if job in self.done else Running()

    async def fetch(self, job: str, target: str) -> None:
        pass

    async def cancel(self, job: str) -> bool:
        return job not in self.done

    async def forget(self, job: str) -> None:
        pass


class NoResults:
    async def make_room(self, task_id: str) -> str:
        return task_id

    async def keep(self, task_id: str) -> Result:
        return replace(FILM, path=task_id)

    async def discard(self, task_id: str) -> None:
        pass


class FreePlans:
    async def terms(self, customer: str) -> Terms:
        return Terms(plan=customer)

    async def price_credits(self, customer: str, **asked: object) -> int:
        return PRICE if customer and asked else 0


def seats(number: int) -> dict[str, Account]:
    return {f"a{n}": Account(id=f"a{n}", provider="bench", slots=10**6) for n in range(number)}


def house_on(store: Store, home: Path, provider: StillProvider) -> House:
    accounts = seats(10)
    return House(
        store=store,
        results=NoResults(),
        accounts=accounts,
        providers=dict.fromkeys(accounts, provider),
        plans=FreePlans(),
        clock=SystemClock(),
        locks=RunnerLocks(home),
        gather=nothing_to_fetch,
    )


async def nothing_to_fetch(task: Task) -> Gathered:
    raise AssertionError(f"nothing was to be fetched for {task.id}")


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor_s() -> float:
    spent = os.times()
    return spent.user + spent.system


async def fill(store: Store, number: int) -> None:
    await store.ledger.post(top_up("txn_0", "ann", PRICE * number, 1.0, reference="bench"))
    numbers = iter(range(number))

    async def life() -> None:
        task = replace(new_task(f"a{next(numbers) % 10}"), callback=None)
        await store.tasks.commit(Change(before=None, task=task))

    await many(life, number)


async def part_running(home: Path, number: int) -> dict[str, float]:
    """Start them, let them be, finish some, and die with the rest in hand."""
    store, _ = open_store(home / "filmgate.db")
    provider = StillProvider()
    runner = Runner("runner_bench", house_on(store, home, provider))
    told: dict[str, float] = {}
    store.news.listen(lambda task: told.setdefault(f"{task.id}{task.state}", time.monotonic()))
    loop = asyncio.create_task(runner.run_forever())
    await asyncio.sleep(1)
    spent = processor_s()
    await asyncio.sleep(2)
    idle_cpu, before_mb = (processor_s() - spent) / 2, resident_mb()
    began = time.monotonic()
    await fill(store, number)
    while sum(name.endswith("running") for name in told) < number:  # noqa: ASYNC110 - simplest
        await asyncio.sleep(0.1)
    started_s = time.monotonic() - began
    told.clear()
    await asyncio.sleep(15)
    looks, spent, since = provider.looks, processor_s(), time.monotonic()
    await asyncio.sleep(5)
    passed = time.monotonic() - since
    busy_cpu, looks = (processor_s() - spent) / passed, provider.looks - looks
    after_mb = resident_mb()
    running = await store.tasks.select(TaskQuery(states=frozenset({State.RUNNING}), limit=200))
    for task in running:
        provider.done[f"job-{task.id}"] = time.monotonic()
        await asyncio.sleep(0.01)
    await asyncio.sleep(8)
    delays = sorted(
        told[f"{task.id}fetching"] - provider.done[f"job-{task.id}"] for task in running
    )
    age_s = time.monotonic() - began
    loop.cancel()
    return {
        "started_s": started_s,
        "above_idle_mb": after_mb - before_mb,
        "idle_cpu": idle_cpu,
        "busy_cpu": busy_cpu,
        "looks_s": looks / passed,
        "interval_s": age_s / 10,
        "notice_p50_s": delays[len(delays) // 2],
        "notice_max_s": delays[-1],
    }


async def part_recovery(home: Path, number: int) -> dict[str, float]:
    """A new process takes over what a killed one had in hand."""
    began = time.monotonic()
    store, _ = open_store(home / "filmgate.db")
    runner = Runner("runner_heir", house_on(store, home, StillProvider()))
    loop = asyncio.create_task(runner.run_forever())
    owned = 0
    while owned < number:
        await asyncio.sleep(0.02)
        owned = sum(len(lane.held()) for lane in runner._lanes.values())  # noqa: SLF001
    recovered_s = time.monotonic() - began
    loop.cancel()
    return {"recovered_s": recovered_s}


PARTS = {"running": part_running, "recovery": part_recovery}


def part(name: str, home: Path, number: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", name, str(home), str(number)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def at_once(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ran = part("running", Path(folder), number)
        recovered = part("recovery", Path(folder), number - 200)
    table(
        f"{number:,} running tasks over 10 accounts",
        ["what", "measured", "budget"],
        [
            ["memory above idle", f"{ran['above_idle_mb']:.0f} MB", "100 MB, wanted 50 MB"],
            [
                "notice of completion, median / longest",
                f"{ran['notice_p50_s']:.2f} s / {ran['notice_max_s']:.2f} s",
                f"an interval ({ran['interval_s']:.1f} s at this age) + 1 s",
            ],
            [
                "owned again after kill -9 (from import to the last)",
                f"{recovered['recovered_s']:.2f} s",
                "5 s, wanted 1 s",
            ],
            ["accepted, claimed and started", f"{number / ran['started_s']:,.0f} a second", ""],
            [
                "processor while all run",
                f"{ran['busy_cpu']:.0%} of a core at {ran['looks_s']:,.0f} looks a second",
                "",
            ],
            ["processor with nothing to do", f"{ran['idle_cpu']:.1%} of a core", ""],
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--running", type=int, default=10_000)
    parser.add_argument("--part", nargs=3, metavar=("NAME", "HOME", "NUMBER"))
    asked = parser.parse_args()
    if asked.part:
        name, home, number = asked.part
        print(json.dumps(asyncio.run(PARTS[name](Path(home), int(number)))), flush=True)
        os._exit(0)  # as if killed: nothing is let go of in order
    throughput(asked.tasks, asked.rounds)
    at_once(asked.running)


if __name__ == "__main__":
    main()
