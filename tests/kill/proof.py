"""Runners are killed under load, and afterwards everything is counted. The upstream's log, not
our own rows, says how often anything was bought."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.kill.runner import BLIND, POINTS, SEEING, SLOTS
from tests.pretend.postgres import server
from tests.pretend.rooms import accept, give_credits, new_task
from tests.pretend.upstream import UpstreamProcess, film_of

from filmgate.domain.ledger import Audit, Balance, Kind
from filmgate.domain.ports import Store, TaskQuery, TransferQuery
from filmgate.domain.task import OPEN, Callback, State, Task
from filmgate.storage.database.opening import FILE
from filmgate.storage.database.postgres.database import PostgresDatabase
from filmgate.storage.database.store import open_store, store_on
from filmgate.storage.files.disk import sha256_of

ROOT = Path(__file__).parents[2]
PRICE, FUNDS = 3, 100_000
CUSTOMERS = ("ann", "bob", "cleo")
HOOK = Callback(url="https://example.org/h", protocol="kling")
RANDOM = "random"
BLIND_EVERY = 8
"""One task in so many goes where a job can't be asked for by our own id."""
MANY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    database: str
    tasks: int
    random_kills: int
    kills_of_point: int
    runners: int
    patience_s: float
    job_s: float = 0.2
    seed: int = 20_261_121


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the runners work, and our own look into it."""

    home: Path
    store: Store
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Proof:
    """What came out; `broken` says what must not be."""

    database: str
    tasks: int
    kills: Counter[str]
    creates: int
    doubles: int
    lost: list[str]
    """Not ended, or ended without a film and without a good reason."""
    doubted: int
    """How many were in doubt at some time."""
    unsent: int
    """Failed, and the upstream's log agrees that it never had them."""
    unknowable: int
    """Failed where nobody can be asked; made by the upstream, and not charged."""
    audit: Audit
    held: int
    """Credits still set aside, though every task has ended."""
    missing_credits: int
    results: int
    false_results: list[str]
    seconds: float
    wrong_events: list[str] = field(default_factory=list)

    def broken(self) -> dict[str, object]:
        found = {
            "doubles": self.doubles,
            "lost": self.lost,
            "audit": () if self.audit.sound else self.audit,
            "held": self.held,
            "missing credits": self.missing_credits,
            "false results": self.false_results,
            "wrong events": self.wrong_events,
        }
        return {name: value for name, value in found.items() if value}

    def table(self) -> str:
        audit = self.audit
        holds_open = audit.open_holds_of_ended_tasks + audit.open_tasks_without_hold
        rows = {
            "tasks": self.tasks,
            "kills at random": self.kills[RANDOM],
            **{f"kills at `{point}`": self.kills[point] for point in POINTS},
            "creates in the provider's log": self.creates,
            "doubles": self.doubles,
            "lost": len(self.lost),
            "were in doubt": self.doubted,
            "failed: never sent": self.unsent,
            "failed: nobody could say": self.unknowable,
            "ledger difference": audit.difference + self.missing_credits,
            "holds open": max(holds_open, self.held // PRICE),
            "results hash-true": f"{self.results - len(self.false_results)} of {self.results}",
            "seconds": f"{self.seconds:.0f}",
        }
        lines = [f"| | {self.database} |", "| --- | ---: |"]
        return "\n".join(lines + [f"| {name} | {value} |" for name, value in rows.items()])


@contextmanager
def sqlite_place(home: Path) -> Iterator[Place]:
    store, database = open_store(home / FILE)
    try:
        yield Place(home=home, store=store)
    finally:
        database.close()


@contextmanager
def postgres_place(home: Path) -> Iterator[Place]:
    with server().schema() as url:
        database = PostgresDatabase.open(url)
        try:
            yield Place(home=home, store=store_on(database), url=url)
        finally:
            database.close()


@dataclass(slots=True, kw_only=True)
class Victim:
    process: subprocess.Popen[bytes]
    told: Path
    fate: str
    lives_s: float
    """Where its fate is chance: how long after it is up."""
    up_at: float | None = None

    def has_died(self, now: float) -> bool:
        if self.up_at is None and self.told.stat().st_size:
            self.up_at = now
        is_due = self.up_at is not None and now >= self.up_at + self.lives_s
        if self.fate == RANDOM and is_due:
            assert self.process.poll() is None, self.told.read_text()
            self.process.kill()
            self.process.wait()
            return True
        if self.process.poll() is None:
            return False
        # It was told to kill itself; every other end is a defect.
        assert self.process.returncode == -signal.SIGKILL, self.told.read_text()
        assert self.fate in POINTS, f"a runner for ever was killed: {self.fate}"
        return True


class Killing:
    def __init__(self, plan: Plan, place: Place, upstream: UpstreamProcess) -> None:
        self._plan = plan
        self._place = place
        self._upstream = upstream
        self._dice = random.Random(plan.seed)
        self._fates = [*POINTS * plan.kills_of_point, *[RANDOM] * plan.random_kills]
        self._dice.shuffle(self._fates)
        self._kills_planned = len(self._fates)
        self._runners: list[Victim] = []
        self._spawned = 0
        self.kills: Counter[str] = Counter()
        self.accepted: list[str] = []

    async def go_on(self) -> None:
        plan, store = self._plan, self._place.store
        for customer in CUSTOMERS:
            await give_credits(store, customer, FUNDS)
        for _ in range(plan.runners):
            self._spawn()
        deadline = time.monotonic() + plan.patience_s
        while True:
            unfinished = await store.tasks.count(TaskQuery(states=OPEN))
            kills = self.kills.total()
            if kills == self._kills_planned and len(self.accepted) >= plan.tasks and not unfinished:
                return
            if time.monotonic() > deadline:
                return  # the audit tells what is not done
            # As the kills go on, so does the load; who waits to die at a point must get there.
            wanted = min(plan.tasks, plan.tasks * (kills + 1) // self._kills_planned)
            for _ in range(max(wanted - len(self.accepted), 0)):
                await self._submit()
            if kills < self._kills_planned and unfinished < SLOTS // 2:
                await self._submit()
            self._bury()
            await asyncio.sleep(0.02)

    def close(self) -> None:
        for each in self._runners:
            each.process.kill()
            each.process.wait()

    async def _submit(self) -> None:
        number = len(self.accepted)
        account = BLIND if number % BLIND_EVERY == 0 else SEEING
        customer = CUSTOMERS[number % len(CUSTOMERS)]
        task = new_task(provider=account, customer=customer, credits=PRICE, at=time.time())
        accepted = await accept(self._place.store, replace(task, callback=HOOK))
        self.accepted.append(accepted.id)

    def _bury(self) -> None:
        now = time.monotonic()
        for victim in [each for each in self._runners if each.has_died(now)]:
            self._runners.remove(victim)
            self.kills[victim.fate] += 1
            self._spawn()

    def _spawn(self) -> None:
        fate = self._fates.pop() if self._fates else "old age"
        place = self._place
        command = [sys.executable, "-m", "tests.kill.runner", place.home, self._upstream.socket]
        if place.url is not None:
            command += ["--database", place.url]
        if fate in POINTS:
            command += ["--die-at", f"{fate}:{self._dice.randint(1, 3)}"]
        self._spawned += 1
        told = place.home / f"runner-{self._spawned}.txt"
        with told.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
                stdout=out,
                stderr=out,
            )
        lives_s = self._dice.uniform(0.0, 1.0)
        self._runners.append(Victim(process=process, told=told, fate=fate, lives_s=lives_s))


def prove(plan: Plan, place: Place) -> Proof:
    # Not in the test's own folder, whose name is longer than a socket's may be.
    folder = Path(tempfile.mkdtemp(prefix="filmgate-up-"))
    upstream = UpstreamProcess(folder, job_s=plan.job_s)
    killing = Killing(plan, place, upstream)
    began = time.monotonic()

    async def work() -> Proof:
        try:
            await killing.go_on()
        finally:
            killing.close()
        return await _count(plan, place, upstream, killing, time.monotonic() - began)

    try:
        return asyncio.run(work())
    finally:
        upstream.close()
        shutil.rmtree(folder)


async def _count(
    plan: Plan, place: Place, upstream: UpstreamProcess, killing: Killing, seconds: float
) -> Proof:
    store, creates = place.store, upstream.creates()
    tasks = await store.tasks.select(TaskQuery(limit=MANY))
    there = {task.id for task in tasks}
    unsent = [task for task in tasks if _is_unsent(task, creates)]
    unknowable = [task for task in tasks if _is_unknowable(task, creates)]
    films = [task for task in tasks if task.state is State.SUCCEEDED]
    ended_well = {task.id for task in (*films, *unsent, *unknowable)}
    balances = [await store.ledger.balance(each) for each in CUSTOMERS]
    whole = Balance(
        available=sum(each.available for each in balances), held=sum(each.held for each in balances)
    )
    taken = await store.ledger.transfers(TransferQuery(kinds=frozenset({Kind.CAPTURE}), limit=MANY))
    assert sum(each.credits for each in taken) == PRICE * len(films)
    return Proof(
        database=plan.database,
        tasks=len(killing.accepted),
        kills=killing.kills,
        creates=creates.total(),
        doubles=sum(times - 1 for times in creates.values()),
        lost=sorted((there | set(killing.accepted) | set(creates)) - ended_well),
        doubted=sum(_was_in_doubt(task) for task in tasks),
        unsent=len(unsent),
        unknowable=len(unknowable),
        audit=await store.ledger.check(),
        held=whole.held,
        missing_credits=FUNDS * len(CUSTOMERS) - PRICE * len(films) - whole.available,
        results=len(films),
        false_results=[task.id for task in films if not _is_true(place.home, task)],
        wrong_events=await _wrong_events(store, tasks),
        seconds=seconds,
    )


def _was_in_doubt(task: Task) -> bool:
    return any(step.state is State.IN_DOUBT for step in task.timeline)


def _is_doubt_s_end(task: Task) -> bool:
    """Given up after a doubt, called once at most, and free."""
    starts = sum(step.state is State.STARTING for step in task.timeline)
    given_up = task.state is State.FAILED and task.charged_credits == 0
    return given_up and _was_in_doubt(task) and starts == 1


def _is_unsent(task: Task, creates: Counter[str]) -> bool:
    return _is_doubt_s_end(task) and creates[task.id] == 0


def _is_unknowable(task: Task, creates: Counter[str]) -> bool:
    return _is_doubt_s_end(task) and creates[task.id] == 1 and task.account == BLIND


def _is_true(home: Path, task: Task) -> bool:
    assert task.result is not None
    assert task.job is not None
    film = home / task.result.path
    return (
        film.is_file()
        and film.read_bytes() == film_of(task.job)
        and sha256_of(film) == task.result.digest
        and film.stat().st_size == task.result.size_bytes
    )


async def _wrong_events(store: Store, tasks: list[Task]) -> list[str]:
    """Each step that a customer is called for is announced once."""
    announced: Counter[tuple[str, str]] = Counter()
    for customer in CUSTOMERS:
        for event in await store.events.of_customer(customer, MANY):
            announced[event.task, event.kind.value] += 1
    due: Counter[tuple[str, str]] = Counter()
    for task in tasks:
        due[task.id, "accepted"] += 1
        due[task.id, "started"] += any(step.state is State.RUNNING for step in task.timeline)
        due[task.id, task.state.value] += task.state.ended
    return sorted(f"{task} {kind}" for task, kind in ((announced - due) + (due - announced)))
