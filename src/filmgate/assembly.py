"""The only file that sees every room: it wires the house by hand.

Nothing heavy is imported here: the catalogue and the libraries that open pictures and films load on
first use, and rendering happens in a process of its own.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from filmgate.domain.errors import Conflict, FilmgateError, SetUp
from filmgate.domain.order import Offer, Sighting
from filmgate.domain.ports import Measured, Provider, TaskQuery
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import State, Task
from filmgate.engines.all import ANIMATIC, ENGINES
from filmgate.execution.clock import RandomIds, SystemClock, ulid
from filmgate.execution.locks import RunnerLocks
from filmgate.execution.runner import House, Runner
from filmgate.providers.local import LocalProvider
from filmgate.settings import Settings
from filmgate.storage.database.store import DatabaseTasks
from filmgate.storage.files.assets import FolderAssets, Picture
from filmgate.storage.files.results import FolderResults
from filmgate.usecases.cancel_task import cancel_task
from filmgate.usecases.choose_provider import AUTO, choose_provider
from filmgate.usecases.read_task import read_task

if TYPE_CHECKING:
    from filmgate.catalogue.load import Catalogue

# A render uses all cores by itself, so a second one at once would only make both late.
SLOTS = {LocalProvider.name: 1}
DETACHED = "detached"


class Measure(Protocol):
    def prepare(self) -> None: ...

    def __call__(self, path: Path) -> Measured: ...


class FilmMeasure:
    """Measures films by decoding them."""

    def prepare(self) -> None:
        """Load what measuring needs, while a render is going on and nobody waits for it."""
        import filmgate.media.probe  # noqa: F401, PLC0415 - heavy, see above

    def __call__(self, path: Path) -> Measured:
        from filmgate.media.probe import probe  # noqa: PLC0415 - heavy, see above

        found = probe(path)
        return Measured(
            width=found.width, height=found.height, fps=found.fps, duration_s=found.duration_s
        )


def check_picture(path: Path) -> Picture:
    from filmgate.media.images import check_image  # noqa: PLC0415 - heavy, see above

    found = check_image(path)
    return Picture(found.width, found.height, found.media_type)


class Embedded:
    """The whole house in one process."""

    def __init__(self, settings: Settings, *, engine: str, measure: Measure) -> None:
        self._settings = settings
        self._measure = measure
        self._preparation: asyncio.Task[None] | None = None
        self._home = _make_home(settings.home)
        self._clock = SystemClock()
        self._ids = RandomIds()
        self._tasks = DatabaseTasks.open(self._home / "filmgate.db")
        self._assets = FolderAssets(self._home, check_picture)
        self._local = LocalProvider(self._home, self._assets, engine)
        self._providers: dict[str, Provider] = {self._local.name: self._local}
        self._locks = RunnerLocks(self._home)
        house = House(
            tasks=self._tasks,
            results=FolderResults(self._home, measure),
            providers=self._providers,
            clock=self._clock,
            locks=self._locks,
        )
        self._runner = Runner(f"runner_{ulid()}", house, slots=SLOTS)

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        engine: str = ENGINES[ANIMATIC],
        measure: Measure | None = None,
    ) -> Self:
        """Make the home where there is none, and open it. Raises SetUp."""
        return cls(settings, engine=engine, measure=measure or FilmMeasure())

    @property
    def catalogue(self) -> Catalogue:
        """Read on first use: looking at tasks needs none of it."""
        return catalogue()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def store_asset(self, path: Path) -> Asset:
        """Check a picture and keep its bytes. Raises BadInput, or SetUp on disk trouble."""
        return await self._assets.put(str(path))

    async def estimate(self, request: Request) -> list[Offer]:
        """One offer per provider: a price, or why it can't do this. Raises FixRequest."""
        from filmgate.usecases.quote import offers  # noqa: PLC0415 - heavy, see above

        return await offers(
            request,
            catalogue=self.catalogue,
            assets=self._assets,
            accounts=self._settings.accounts,
        )

    async def submit(
        self, request: Request, *, provider: str = AUTO, max_cost_usd_micros: int | None = None
    ) -> Task:
        """Accept the request as a queued task. Raises FixRequest, TopUp or SetUp."""
        from filmgate.usecases.submit_task import submit_task  # noqa: PLC0415 - heavy, see above

        chosen = choose_provider(
            provider,
            usable=self._providers,
            accounts=self._settings.accounts,
            offered_by=self.catalogue.find(request.model).listings if request.model else (),
        )
        return await submit_task(
            request,
            provider=chosen,
            max_cost_usd_micros=max_cost_usd_micros,
            catalogue=self.catalogue,
            tasks=self._tasks,
            assets=self._assets,
            clock=self._clock,
            ids=self._ids,
        )

    async def watch(self, task_id: str) -> AsyncIterator[Sighting]:
        """Drive this one task, or look on where another runner does, until it has ended.

        Raises NotFound; and SetUp for trouble of our own house, with the task resumable.
        """
        task = await self.task(task_id)
        async for sighting in self._runner.watch(task.id):
            if sighting.task.state is State.RUNNING and self._preparation is None:
                self._preparation = asyncio.create_task(asyncio.to_thread(self._measure.prepare))
            yield sighting

    async def cancel(self, task_id: str) -> Task:
        """Raises NotFound, or Conflict when it has ended otherwise."""
        return await cancel_task(
            task_id, providers=self._providers, tasks=self._tasks, clock=self._clock
        )

    async def task(self, task_id: str) -> Task:
        """By its id or a beginning of it that no other id shares. Raises NotFound."""
        return await read_task(task_id, tasks=self._tasks)

    async def tasks(self, *, state: State | None = None, limit: int = 50) -> list[Task]:
        """Newest first."""
        states = frozenset(State) if state is None else frozenset({state})
        return await self._tasks.select(TaskQuery(states=states, limit=limit))

    def result_path(self, task: Task) -> Path:
        """Where the film of a succeeded task lies. Raises Conflict for any other."""
        if task.result is None:
            raise Conflict(f"task {task.id} is {task.state.value} and has no film")
        return self._home / task.result.path

    def is_interrupted(self, task: Task) -> bool:
        """Whether it was begun and nobody alive is at it, so that somebody must take it up."""
        begun = not task.state.ended and task.state is not State.QUEUED
        return begun and (task.runner is None or self._locks.is_free(task.runner))

    async def run_until_idle(self) -> None:
        """Drive every task that no living runner looks after, until there is none.

        Raises the first SetUp that was in the way, after everything else is done.
        """
        self._locks.sweep()
        await self._runner.run_until_idle()

    async def run_detached(self) -> None:
        """Run until idle, unless another detached runner of this home is at it already."""
        while self._locks.take(DETACHED):
            try:
                await self.run_until_idle()
            finally:
                self._locks.release(DETACHED)
            # Whoever found the lock held just now relies on us to see the task.
            if not await self._runner.has_work():
                return

    def detach(self) -> None:
        """Leave a process behind that runs until idle."""
        log = self._home / "log" / "runner.txt"
        log.parent.mkdir(exist_ok=True)
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # Not subprocess, which would insist on waiting for a child that is meant to outlive us.
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-m", "filmgate.assembly", str(self._home)],
            os.environ,
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )

    async def close(self) -> None:
        """Stop what runs here; its tasks stay resumable."""
        await self._runner.close()
        await self._local.close()
        # Only now: whoever takes a task over must not meet a render of ours still going on.
        self._locks.retire(self._runner.id)
        if self._preparation is not None:
            await asyncio.wait([self._preparation])
        await asyncio.to_thread(self._tasks.close)


def _make_home(home: Path) -> Path:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetUp(
            f"the home {home} can't be made: {error.strerror or error}",
            field="FILMGATE_HOME",
            remedy="Give write access there, or set FILMGATE_HOME to another folder.",
        ) from error
    return home.resolve()


def catalogue() -> Catalogue:
    """Every model and provider, without a house."""
    from filmgate.catalogue.load import load_catalogue  # noqa: PLC0415 - heavy, see above

    return load_catalogue()


def kling_token(access_key: str, secret_key: str, *, now: int) -> tuple[str, int]:
    """A bearer token for Kling, and when it ends in seconds since 1970."""
    from filmgate.protocols.kling.auth import LIFETIME_S, token  # noqa: PLC0415 - heavy, see above

    return token(access_key, secret_key, now), now + LIFETIME_S


def check_engine() -> None:
    """Load the engine as a render would, in a process of its own. Raises SetUp."""
    module = ENGINES[ANIMATIC].partition(":")[0]
    command = [sys.executable, "-P", "-c", f"import {module}"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    if tried.returncode:
        last = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
        raise SetUp(
            f"the engine {ANIMATIC} can't be loaded ({last})", remedy="Install filmgate again."
        )


async def _main(home: Path) -> None:
    os.chdir(home)
    async with Embedded.open(Settings(home=home)) as house:
        await house.run_detached()


if __name__ == "__main__":
    try:
        asyncio.run(_main(Path(sys.argv[1])))
    except FilmgateError as error:
        sys.exit(f"{error.message} {error.remedy or ''}")
