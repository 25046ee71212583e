"""Runners that share a home are killed again and again; the provider's own log is the oracle."""

from __future__ import annotations

import asyncio
import collections
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.pretend.rooms import accept, give_credits, new_task

from filmgate.domain.delivery import DeliveryQuery
from filmgate.domain.ledger import Balance
from filmgate.domain.ports import TaskQuery
from filmgate.domain.task import OPEN, Callback, State
from filmgate.storage.database.store import open_store

ROOT = Path(__file__).parents[2]
TASKS, KILLS, RUNNERS, PRICE = 120, 12, 2, 3
SEED = 20_261_121

RUNNER = """
import asyncio, os, random, sys, time
from pathlib import Path
from tests.pretend.rooms import FixedPlans
from filmgate.domain.line import Account
from filmgate.domain.order import Rendered
from filmgate.domain.ports import Done, Made, Running, Unclear, Vanished
from filmgate.domain.task import Result
from filmgate.execution.clock import SystemClock, ulid
from filmgate.execution.house import House
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import Runner
from filmgate.storage.database.store import open_store

home, provider_home = Path(sys.argv[1]), Path(sys.argv[2])
dice = random.Random(int(sys.argv[3]))

class Provider:
    # Outside our house: what it wrote down stays, whoever of us is killed.
    name, start_finds_job, work_ends_with_runner, check_interval_s = "upstream", False, False, 0.02

    def path(self, job):
        return provider_home / job

    async def start(self, order):
        with (provider_home / "creates.log").open("a") as log:
            log.write(order.task_id + "\\n")
        self.path(order.task_id).write_text("job")
        await asyncio.sleep(dice.random() * 0.04)  # the answer is on its way
        return Unclear("torn") if dice.random() < 0.1 else Made(order.task_id)

    async def find(self, task_id):
        # The log alone says what there is: a runner may be killed before the next file is written.
        log = provider_home / "creates.log"
        return Made(task_id) if task_id in log.read_text().split() else Vanished()

    async def check(self, job):
        age_s = time.time() - self.path(job).stat().st_mtime if self.path(job).exists() else 1.0
        return Done(Rendered(frames=1)) if age_s > 0.1 else Running()

    async def fetch(self, job, target):
        await asyncio.sleep(dice.random() * 0.02)

    async def cancel(self, job):
        return True

    async def forget(self, job):
        pass

class Results:
    async def make_room(self, task_id):
        return task_id

    async def keep(self, task_id):
        (home / f"{task_id}.mp4").write_text("film")
        return Result(path=task_id, digest="d", size_bytes=4, width=1, height=1, fps=1.0,
                      duration_s=1.0)

    async def discard(self, task_id):
        (home / f"{task_id}.mp4").unlink(missing_ok=True)

async def main():
    store, _ = open_store(home / "filmgate.db")
    accounts = {"local": Account(id="local", provider="upstream", slots=16)}
    house = House(store=store, results=Results(), accounts=accounts, plans=FixedPlans(),
                  providers={"local": Provider()}, clock=SystemClock(), locks=RunnerLocks(home))
    await Runner(f"runner_{ulid()}", house).run_forever()

asyncio.run(main())
"""


def test_nothing_is_lost_or_paid_twice_however_often_runners_die(tmp_path: Path) -> None:
    home, upstream = tmp_path / "home", tmp_path / "upstream"
    home.mkdir()
    upstream.mkdir()
    (upstream / "creates.log").touch()
    dice = random.Random(SEED)
    store, database = open_store(home / "filmgate.db")
    runners: list[subprocess.Popen[bytes]] = []

    def spawn() -> None:
        runners.append(
            subprocess.Popen(
                [sys.executable, "-c", RUNNER, str(home), str(upstream), str(dice.random())[2:9]],
                env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            )
        )

    async def unfinished() -> int:
        return await store.tasks.count(TaskQuery(states=OPEN))

    async def body() -> None:
        await give_credits(store, "ann", TASKS * PRICE)
        hook = Callback(url="https://example.org/h", protocol="kling")
        for _ in range(RUNNERS):
            spawn()
        kills = 0
        for number in range(TASKS):
            task = new_task(customer="ann", credits=PRICE, at=time.time())
            await accept(store, replace(task, callback=hook))
            if number % (TASKS // KILLS) == 0:
                await asyncio.sleep(0.1 + dice.random() * 0.3)
                victim = runners.pop(dice.randrange(len(runners)))
                victim.kill()
                victim.wait()
                kills += 1
                spawn()
        assert kills == KILLS
        deadline = time.monotonic() + 40
        while await unfinished() and time.monotonic() < deadline:
            for task in await store.tasks.select(TaskQuery(states=frozenset({State.IN_DOUBT}))):
                assert task.job is None
            await asyncio.sleep(0.2)

    try:
        asyncio.run(body())
        tasks = asyncio.run(store.tasks.select(TaskQuery()))
        assert collections.Counter(task.state for task in tasks) == {State.SUCCEEDED: TASKS}
        creates = (upstream / "creates.log").read_text().split()
        assert sorted(creates) == sorted(task.id for task in tasks)
        assert all((home / f"{task.id}.mp4").read_text() == "film" for task in tasks)
        assert asyncio.run(store.ledger.check()).sound
        assert asyncio.run(store.ledger.balance("ann")) == Balance()
        told = asyncio.run(store.delivery_log.select(DeliveryQuery(limit=10_000)))
        kinds = collections.Counter(each.event.kind.value for each in told)
        assert kinds == {"accepted": TASKS, "started": TASKS, "succeeded": TASKS}
    finally:
        for runner in runners:
            runner.kill()
            runner.wait()
        database.close()
