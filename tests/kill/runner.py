"""A runner that can be told where to die, as a program:

    python -m tests.kill.runner HOME SOCKET [--database URL] [--die-at POINT:N]

Everything is real but the provider's client: the runner, the store, the locks, the results on
disk. What is shortened are pauses, so that a proof takes seconds: nothing is decided by them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

from tests.pretend.rooms import FixedPlans, nothing_to_fetch
from tests.pretend.upstream import BlindClient, Client, measure_sealed

from filmgate.domain import pace
from filmgate.domain.change import Change
from filmgate.domain.line import Account
from filmgate.domain.locks import Locks
from filmgate.domain.ports import Results, Store, Tasks
from filmgate.domain.task import Result, State, Task
from filmgate.execution import runner as runner_rooms
from filmgate.execution.clock import SystemClock, ulid
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import Runner
from filmgate.storage.database.opening import FILE
from filmgate.storage.database.postgres.database import PostgresDatabase
from filmgate.storage.database.postgres.leases import Leases
from filmgate.storage.database.store import open_store, store_on
from filmgate.storage.files.opening import open_drive
from filmgate.storage.files.results import StoredResults
from filmgate.usecases.patience import Patience

POINTS = ("starting", "create", "fetch", "capture", "after-capture")
"""starting: the intent is committed and the call is not out. create: the provider has taken it and
its answer is not recorded. fetch: half of the film is written. capture: the film is kept and its
success is not committed. after-capture: it is committed and the provider is not told.

Deliveries of webhooks are killed in a proof of their own, with a real receiver."""
SEEING, BLIND = "seeing", "blind"
"""The accounts: where a job can be asked for by our own id, and where it can't."""
SLOTS = 16
LEASE_S = 2.0
IN_DOUBT_S = 3.0


class Death:
    """Comes when its point is passed for the nth time."""

    def __init__(self, point: str, passes: int) -> None:
        self._point = point
        self._left = passes

    def at(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalTasks:
    def __init__(self, inner: Tasks, death: Death) -> None:
        self._inner = inner
        self._death = death
        self.read = inner.read
        self.select = inner.select
        self.count = inner.count

    async def commit(self, change: Change) -> Task:
        written = await self._inner.commit(change)
        if change.task.state is State.SUCCEEDED:
            self._death.at("after-capture")
        return written


class MortalResults:
    def __init__(self, inner: Results, death: Death) -> None:
        self._inner = inner
        self._death = death
        self.make_room = inner.make_room
        self.discard = inner.discard

    async def keep(self, task_id: str) -> Result:
        kept = await self._inner.keep(task_id)
        self._death.at("capture")
        return kept


def open_rooms(home: Path, url: str | None) -> tuple[Store, Locks]:
    if url is None:
        return open_store(home / FILE)[0], RunnerLocks(home)
    return store_on(PostgresDatabase.open(url)), Leases(url, LEASE_S)


async def main(home: Path, socket: Path, url: str | None, death: Death) -> None:
    store, locks = open_rooms(home, url)
    drive, staging = open_drive(None, home)
    house = House(
        store=replace(store, tasks=MortalTasks(store.tasks, death)),
        results=MortalResults(StoredResults(drive, staging, measure_sealed), death),
        accounts={name: Account(id=name, provider=name, slots=SLOTS) for name in (SEEING, BLIND)},
        providers={
            SEEING: Client(socket, name=SEEING, at=death.at),
            BLIND: BlindClient(socket, name=BLIND, at=death.at),
        },
        plans=FixedPlans(),
        clock=SystemClock(),
        locks=locks,
        gather=nothing_to_fetch,
        patience=Patience(in_doubt_s=IN_DOUBT_S),
    )
    await locks.sweep()
    print("up", flush=True)
    await Runner(f"runner_{ulid()}", house).run_forever()


if __name__ == "__main__":
    # In this process alone: whoever imports this file for its names keeps the real pace.
    pace.DOUBT_FIRST_S = 0.5
    runner_rooms.ROUND_S = 0.5
    words = argparse.ArgumentParser()
    words.add_argument("home", type=Path)
    words.add_argument("socket", type=Path)
    words.add_argument("--database")
    words.add_argument("--die-at", default=":0")
    told = words.parse_args()
    place, _, times = told.die_at.partition(":")
    assert place in {"", *POINTS}, f"there is no point {place}"
    asyncio.run(main(told.home, told.socket, told.database, Death(place, int(times))))
