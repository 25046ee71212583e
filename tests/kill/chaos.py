"""Services that do everything wrong, and runners that are killed meanwhile; then all is counted.

The services' own logs, not our rows, say what was bought and for whom.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from tests.kill.chaos_runner import ACCOUNTS
from tests.pretend.rooms import accept, give_credits, new_task
from tests.pretend.service import ServiceProcess
from tests.pretend.upstream import ROOT, film_of

from filmgate.domain.ledger import Audit, Kind
from filmgate.domain.ports import Store, TaskQuery, TransferQuery
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import OPEN, State, Task
from filmgate.storage.database.opening import FILE
from filmgate.storage.database.store import open_store

PRICE, FUNDS = 3, 1_000_000
CUSTOMER = "ann"
MANY = 1_000_000
MODELS = {"kling": "kling-v2-5-turbo", "kie": "kling-v3", "piapi": "kling-v1-6"}
REFUSALS = frozenset({"refused", "policy", "empty", "auth"})
BLIND = "kie"
"""Where nobody can ask for a job by our own id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    tasks: int
    kills: int
    share: float
    runners: int
    patience_s: float
    in_doubt_s: float
    job_s: float = 0.3
    seed: int = 20_261_121


@dataclass(slots=True, kw_only=True)
class Proof:
    """What came out; `broken` says what must not be."""

    tasks: int
    kills: int
    creates: int
    doubles: list[str]
    """Bought more than once, or sent again to a service that refused the twin."""
    lost: list[str]
    """Not ended, or ended badly for no reason that the services' logs know."""
    films: int
    false_films: list[str]
    doubted: int
    refused: int
    failed_there: int
    given_up: Counter[str]
    """After a doubt that nobody could settle in time, by account: bought, or never sent."""
    rescued: int
    audit: Audit
    missing_credits: int
    held: int
    seconds: float

    def broken(self) -> dict[str, object]:
        found = {
            "doubles": self.doubles,
            "lost": self.lost,
            "false films": self.false_films,
            "audit": () if self.audit.sound else self.audit,
            "missing credits": self.missing_credits,
            "held": self.held,
        }
        return {name: value for name, value in found.items() if value}

    def table(self) -> str:
        rows = {
            "tasks": self.tasks,
            "kills of a runner": self.kills,
            "creates in the services' logs": self.creates,
            "sent or bought twice": len(self.doubles),
            "lost": len(self.lost),
            "films, hash-true": f"{self.films - len(self.false_films)} of {self.films}",
            "refused by the service": self.refused,
            "failed at the service": self.failed_there,
            "were in doubt": self.doubted,
            **{f"given up in doubt, {name}": times for name, times in self.given_up.items()},
            "films that came late and were kept": self.rescued,
            "ledger difference": self.audit.difference + self.missing_credits,
            "credits still held": self.held,
            "seconds": f"{self.seconds:.0f}",
        }
        lines = ["| | |", "| --- | ---: |"]
        return "\n".join(lines + [f"| {name} | {value} |" for name, value in rows.items()])


class Killing:
    def __init__(self, plan: Plan, home: Path, urls: list[str], store: Store) -> None:
        self._plan, self._home, self._urls, self._store = plan, home, urls, store
        self._dice = random.Random(plan.seed)
        self._runners: list[subprocess.Popen[bytes]] = []
        self._spawned = 0
        self.kills = 0
        self.accepted: list[Task] = []

    async def go_on(self) -> None:
        plan = self._plan
        await give_credits(self._store, CUSTOMER, FUNDS)
        for _ in range(plan.runners):
            self._spawn()
        began = time.monotonic()
        while time.monotonic() < began + plan.patience_s:
            unfinished = await self._store.tasks.count(TaskQuery(states=OPEN))
            done = len(self.accepted) - unfinished
            wanted = min(plan.tasks, max(done + 120, plan.tasks // 8))
            for _ in range(wanted - len(self.accepted)):
                await self._submit()
            if self.kills < plan.kills and done >= plan.tasks * (self.kills + 1) // (
                plan.kills + 1
            ):
                self._kill()
            if not unfinished and len(self.accepted) >= plan.tasks and self.kills == plan.kills:
                return
            await asyncio.sleep(0.05)

    def close(self) -> None:
        for each in self._runners:
            each.kill()
            each.wait()

    async def _submit(self) -> None:
        number = len(self.accepted)
        account = ACCOUNTS[number % len(ACCOUNTS)]
        task = new_task(provider=account, customer=CUSTOMER, credits=PRICE, at=time.time())
        request = TextToVideo(prompt=f"lake {number}", duration_s=5)
        task = replace(task, request=request, model=MODELS[account])
        self.accepted.append(await accept(self._store, task))

    def _kill(self) -> None:
        victim = self._runners.pop(self._dice.randrange(len(self._runners)))
        victim.kill()
        victim.wait()
        self.kills += 1
        self._spawn()

    def _spawn(self) -> None:
        self._spawned += 1
        words = [str(self._home), *self._urls, "--in-doubt-s", str(self._plan.in_doubt_s)]
        with (self._home / f"runner-{self._spawned}.txt").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.chaos_runner", *words],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
                stdout=out,
                stderr=out,
            )
        self._runners.append(process)


def prove(plan: Plan, home: Path) -> Proof:
    folder = Path(tempfile.mkdtemp(prefix="filmgate-chaos-"))
    services = {
        name: ServiceProcess(
            folder / name, name, job_s=plan.job_s, chaos=plan.share, seed=plan.seed + at
        )
        for at, name in enumerate(ACCOUNTS)
    }
    store, database = open_store(home / FILE)
    killing = Killing(plan, home, [services[name].url for name in ACCOUNTS], store)
    began = time.monotonic()

    async def work() -> Proof:
        try:
            await killing.go_on()
            await _late_films(killing, services, store)
        finally:
            killing.close()
        return await _count(killing, services, store, home, time.monotonic() - began)

    try:
        return asyncio.run(work())
    finally:
        database.close()
        for each in services.values():
            each.close()
        shutil.rmtree(folder)


GRACE_S = 45.0
"""For films of doubts that were given up and that the service has after all: they are still looked
for, and this is how long the proof waits for them."""


async def _late_films(killing: Killing, services: dict[str, ServiceProcess], store: Store) -> None:
    deadline = time.monotonic() + GRACE_S
    while time.monotonic() < deadline:
        logs = _by_name(services)
        tasks = {task.id: task for task in await store.tasks.select(TaskQuery(limit=MANY))}
        mine = [tasks.get(each.id, each) for each in killing.accepted]
        if all(_verdict(task, _known_of(task, logs)) for task in mine):
            return
        await asyncio.sleep(1.0)


Logs = dict[str, dict[str, list[dict[str, object]]]]


def _by_name(services: dict[str, ServiceProcess]) -> Logs:
    found: Logs = {}
    for account, service in services.items():
        found[account] = {}
        for each in service.log():
            found[account].setdefault(str(each.get("name")), []).append(each)
    return found


def _name_of(task: Task) -> str:
    """What the service knows it by."""
    assert isinstance(task.request, TextToVideo)
    return task.id if task.account == "kling" else task.request.prompt


def _known_of(task: Task, logs: Logs) -> Known:
    name = _name_of(task)
    return _known(logs[task.account].get(name, []), name)


@dataclass(slots=True)
class Known:
    """What a service's log says of one task."""

    creates: list[dict[str, object]]
    sends_after: int
    """Sent again although it had been made."""
    refusals: list[str]


def _known(log: list[dict[str, object]], name: str) -> Known:
    mine = [each for each in log if each.get("name") == name]
    return Known(
        creates=[each for each in mine if each["do"] == "create"],
        sends_after=sum(each["do"] == "again" for each in mine),
        refusals=[str(each["fault"]) for each in mine if each["do"] == "refuse"],
    )


async def _count(
    killing: Killing, services: dict[str, ServiceProcess], store: Store, home: Path, seconds: float
) -> Proof:
    logs = _by_name(services)
    tasks = {task.id: task for task in await store.tasks.select(TaskQuery(limit=MANY))}
    doubles, lost, false_films = [], [], []
    counts: Counter[str] = Counter()
    given_up: Counter[str] = Counter()
    for accepted in killing.accepted:
        task = tasks.get(accepted.id, accepted)
        name, known = _name_of(task), _known_of(task, logs)
        if len(known.creates) > 1 or known.sends_after:
            doubles.append(f"{task.account} {name}: {len(known.creates)}+{known.sends_after}")
        verdict = _verdict(task, known)
        if verdict is None:
            lost.append(f"{task.id} {task.account} {task.state.value} {task.reason} {known}")
        else:
            counts[verdict] += 1
        if verdict == "given up":
            given_up[f"{task.account} {'bought' if known.creates else 'never sent'}"] += 1
        film = task.result or task.rescued
        if film is not None and not _is_true(home, task, known):
            false_films.append(task.id)
        counts["doubted"] += any(step.state is State.IN_DOUBT for step in task.timeline)
        counts["rescued"] += task.rescued is not None
    balance = await store.ledger.balance(CUSTOMER)
    taken = await store.ledger.transfers(TransferQuery(kinds=frozenset({Kind.CAPTURE}), limit=MANY))
    assert sum(each.credits for each in taken) == PRICE * counts["film"]
    return Proof(
        tasks=len(killing.accepted),
        kills=killing.kills,
        creates=sum(service.creates().total() for service in services.values()),
        doubles=doubles,
        lost=lost,
        films=counts["film"],
        false_films=false_films,
        doubted=counts["doubted"],
        refused=counts["refused"],
        failed_there=counts["failed there"],
        given_up=given_up,
        rescued=counts["rescued"],
        audit=await store.ledger.check(),
        missing_credits=FUNDS - PRICE * counts["film"] - balance.available,
        held=balance.held,
        seconds=seconds,
    )


def _verdict(task: Task, known: Known) -> str | None:
    """Why the task ended as it did, as far as the service's own log bears it out."""
    was_doubted = any(step.state is State.IN_DOUBT for step in task.timeline)
    if task.state is State.SUCCEEDED:
        return "film" if len(known.creates) == 1 else None
    if task.state is not State.FAILED or task.charged_credits != 0:
        return None
    if any(create["fault"] == "fails-later" for create in known.creates):
        return "failed there"
    if set(known.refusals) & REFUSALS and not known.creates:
        return "refused"
    if was_doubted and (not known.creates or task.account == BLIND or task.rescued is not None):
        return "given up"
    return None


def _is_true(home: Path, task: Task, known: Known) -> bool:
    """The film is the one that this task's own job made."""
    result = task.result or task.rescued
    assert result is not None
    jobs = {str(create["job"]) for create in known.creates}
    film = home / result.path
    return film.is_file() and any(film.read_bytes() == film_of(job) for job in jobs)
