"""A runner that drives real clients, as a program: `python -m tests.kill.chaos_runner HOME URL...`.

The URLs are of services in the order of `ACCOUNTS`. Real are the runner, the store, the locks, the
results on disk, the clients and the network; what is shortened are pauses, so that a proof takes
seconds.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.pretend.remote import open_remote
from tests.pretend.rooms import FixedPlans, nothing_to_fetch
from tests.pretend.upstream import measure_sealed

from filmgate.domain import pace
from filmgate.domain.line import Account
from filmgate.execution import lane as lane_rooms
from filmgate.execution import runner as runner_rooms
from filmgate.execution.clock import SystemClock, ulid
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import Runner
from filmgate.storage.database.opening import FILE
from filmgate.storage.database.store import open_store
from filmgate.storage.files.opening import open_drive
from filmgate.storage.files.results import StoredResults
from filmgate.transport.upstream import Terms
from filmgate.usecases.patience import Patience

ACCOUNTS = ("kling", "kie", "piapi")
SLOTS = 24
TERMS = Terms(connect_s=2.0, answer_s=0.6)


def hook(task_id: str) -> str:
    """Nobody listens there: what counts is that PiAPI repeats it."""
    return f"http://127.0.0.1:9/hooks/{task_id}.x"


async def main(home: Path, urls: list[str], patience: Patience) -> None:
    store, _ = open_store(home / FILE)
    locks = RunnerLocks(home)
    house = House(
        store=store,
        results=StoredResults(*open_drive(None, home), measure_sealed),
        accounts={name: Account(id=name, provider=name, slots=SLOTS) for name in ACCOUNTS},
        providers={
            name: open_remote(
                name, url, terms=TERMS, vanished_looks=4, check_interval_s=0.05, hook=hook
            )
            for name, url in zip(ACCOUNTS, urls, strict=True)
        },
        plans=FixedPlans(),
        clock=SystemClock(),
        locks=locks,
        gather=nothing_to_fetch,
        patience=patience,
    )
    await locks.sweep()
    print("up", flush=True)
    await Runner(f"runner_{ulid()}", house).run_forever()


if __name__ == "__main__":
    # In this process alone: whoever imports this file for its names keeps the real pace.
    pace.DOUBT_FIRST_S, pace.DOUBT_MAX_S = 0.3, 10.0
    pace.LOOK_MAX_S = 0.5
    runner_rooms.ROUND_S = 0.5
    lane_rooms.REST_S = 0.2
    lane_rooms.FETCH_REST_MAX_S = 1.0
    words = argparse.ArgumentParser()
    words.add_argument("home", type=Path)
    words.add_argument("urls", nargs=len(ACCOUNTS))
    words.add_argument("--in-doubt-s", type=float, required=True)
    told = words.parse_args()
    asyncio.run(main(told.home, told.urls, Patience(in_doubt_s=told.in_doubt_s)))
