"""Processes of a cluster, for tests that start and kill them: ``python -m``, a role, a database.

The upstream is a folder that all of them see: one file a job, with one line for each create.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.contract.test_stores import FILM
from tests.pretend.rooms import FixedPlans, MemoryResults, accept, new_task, nothing_to_fetch

from filmgate.domain.change import Change, NoSlot, NotEnough, Stale
from filmgate.domain.line import Account, Terms, slot_limits
from filmgate.domain.order import Order, Rendered
from filmgate.domain.ports import Done, Made, Running, Seen, Started, Store, Vanished
from filmgate.domain.task import Fault, IllegalMove, Result, State, move
from filmgate.execution.clock import SystemClock, ulid
from filmgate.execution.house import House
from filmgate.execution.runner import Runner
from filmgate.storage.database.postgres.database import PostgresDatabase
from filmgate.storage.database.postgres.leases import Leases
from filmgate.storage.database.store import store_on

ACCOUNT = Account(id="scripted", provider="scripted", slots=12)
LEASE_S = 1.0
RENDER_S = 0.1


class FolderProvider:
    name = "scripted"
    start_finds_job = False
    work_ends_with_runner = False
    check_interval_s = 0.02

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def start(self, order: Order) -> Started:
        job = f"job-{order.task_id}"
        with (self.folder / job).open("a") as log:
            log.write("created\n")
        return Made(job)

    async def find(self, task_id: str) -> Made | Vanished:
        job = f"job-{task_id}"
        return Made(job) if (self.folder / job).exists() else Vanished()

    async def check(self, job: str) -> Seen:
        age_s = time.time() - (self.folder / job).stat().st_mtime
        return Done(Rendered(frames=10, understood={})) if age_s > RENDER_S else Running()

    async def fetch(self, job: str, target: str) -> None:
        await asyncio.sleep(0.01)

    async def cancel(self, job: str) -> bool:
        return False

    async def forget(self, job: str) -> None:
        pass


class Results(MemoryResults):
    async def keep(self, task_id: str) -> Result:
        return FILM


async def run(store: Store, url: str, folder: Path, name: str) -> None:
    """A runner until it is killed."""
    house = House(
        store=store,
        results=Results(),
        accounts={ACCOUNT.id: ACCOUNT},
        providers={ACCOUNT.id: FolderProvider(folder)},
        plans=FixedPlans(),
        clock=SystemClock(),
        locks=Leases(url, LEASE_S),
        gather=nothing_to_fetch,
    )
    await Runner(name, house).run_forever()


async def submit(store: Store, price: int, times: int) -> None:
    """Prints how many of these were accepted."""
    tasks = [
        replace(new_task(customer="ann", credits=price), id=f"task_{ulid()}") for _ in range(times)
    ]
    answers = await asyncio.gather(*(accept(store, task) for task in tasks), return_exceptions=True)
    strange = [each for each in answers if isinstance(each, BaseException)]
    assert all(isinstance(each, NotEnough) for each in strange), strange
    print(len(answers) - len(strange))


async def claim(store: Store, slots: int) -> None:
    """Claims and ends what waits; prints how many it got."""
    account = replace(ACCOUNT, slots=slots)
    won = 0
    while (line := await store.work.line(account, besides_runners=frozenset())).waiting:
        assert line.in_use <= slots, line.in_use
        for task_id in line.waiting[0].tasks[:8]:
            task = await store.tasks.read(task_id)
            assert task is not None
            limits = slot_limits(task, account, Terms(plan="x"), besides_runners=frozenset())
            try:
                claimed = replace(move(task, State.STARTING, 2.0), runner="me")
                claimed = await store.tasks.commit(Change(before=task, task=claimed, limits=limits))
            except (Stale, NoSlot, IllegalMove):
                continue
            won += 1
            assert (await store.work.line(account, besides_runners=frozenset())).in_use <= slots
            ended = move(claimed, State.FAILED, 3.0, reason="done", fault=Fault.HOUSE)
            await store.tasks.commit(Change(before=claimed, task=ended))
    print(won)


async def main(role: str, url: str, *said: str) -> None:
    database = PostgresDatabase.open(url)
    store = store_on(database)
    if role == "run":
        await run(store, url, Path(said[0]), said[1])
    elif role == "submit":
        await submit(store, *(int(number) for number in said))
    else:
        await claim(store, int(said[0]))
    database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
