"""The SDK for programs without a loop: a thin driver of the asynchronous one.

with Filmgate() as filmgate:
    filmgate.generate("a lake at dawn").download("lake.mp4")
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, Unpack

from filmgate.domain.order import Offer, Sighting
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import Result, State, Task
from filmgate.sdk.films import AsyncFilm, AsyncFilmgate, AsyncJob, Watch
from filmgate.sdk.wishes import Wishes

T = TypeVar("T")


class Filmgate:
    """Every method as of ``AsyncFilmgate``; each returns when it is done.

    Not to be shared among threads, nor used where a loop runs already.
    """

    def __init__(
        self,
        *,
        server: str | None = None,
        key: str | None = None,
        home: str | Path | None = None,
    ) -> None:
        self._runner = asyncio.Runner()
        try:
            self._films = self._run(_opened(server, key, home))
        except BaseException:
            self._runner.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        try:
            self._run(self._films.close())
        finally:
            self._runner.close()

    def generate(
        self,
        wanted: str | Request,
        *,
        on_change: Watch | None = None,
        **wishes: Unpack[Wishes],
    ) -> Film:
        return self.submit(wanted, **wishes).wait(on_change)

    def submit(self, wanted: str | Request, **wishes: Unpack[Wishes]) -> Job:
        return Job(self._run(self._films.submit(wanted, **wishes)), self._runner)

    def estimate(self, wanted: str | Request, **wishes: Unpack[Wishes]) -> list[Offer]:
        return self._run(self._films.estimate(wanted, **wishes))

    def resume(self, task_id: str) -> Job:
        return Job(self._run(self._films.resume(task_id)), self._runner)

    def tasks(self, *, state: State | None = None, limit: int = 50) -> list[Task]:
        return self._run(self._films.tasks(state=state, limit=limit))

    def keep(self, path: str | Path) -> Asset:
        return self._run(self._films.keep(path))

    def _run(self, work: Coroutine[None, None, T]) -> T:
        return self._runner.run(work)


@dataclass(frozen=True, slots=True)
class Job:
    _job: AsyncJob
    _runner: asyncio.Runner

    @property
    def id(self) -> str:
        return self._job.id

    @property
    def task(self) -> Task:
        """As it was last seen."""
        return self._job.task

    def wait(self, on_change: Watch | None = None) -> Film:
        return Film(self._runner.run(self._job.wait(on_change)), self._runner)

    def watch(self) -> Iterator[Sighting]:
        """Every change until its end; between two sightings nothing goes on here."""
        sightings = self._job.watch()

        async def following() -> Sighting | None:
            return await anext(sightings, None)

        while (sighting := self._runner.run(following())) is not None:
            yield sighting

    def cancel(self) -> Task:
        return self._runner.run(self._job.cancel())


@dataclass(frozen=True, slots=True)
class Film:
    _film: AsyncFilm
    _runner: asyncio.Runner

    @property
    def task(self) -> Task:
        return self._film.task

    @property
    def result(self) -> Result:
        return self._film.result

    def download(self, to: str | Path) -> Path:
        return self._runner.run(self._film.download(to))


async def _opened(server: str | None, key: str | None, home: str | Path | None) -> AsyncFilmgate:
    return AsyncFilmgate(server=server, key=key, home=home)
