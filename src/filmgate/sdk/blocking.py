"""Filmgate for programs without a loop of their own: the same verbs, each returns when it is done.

``with Blocking(Remote(server, key)) as films: ...``
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from filmgate.domain.errors import RenderFailed
from filmgate.domain.order import Offer, Sighting
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import State, Task
from filmgate.sdk.face import Filmgate

T = TypeVar("T")


class Blocking:
    """Not to be shared among threads, nor used where a loop runs already."""

    def __init__(self, films: Filmgate) -> None:
        self._films = films
        self._runner = asyncio.Runner()

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

    def store_asset(self, path: Path) -> Asset:
        return self._run(self._films.store_asset(path))

    def estimate(self, request: Request) -> list[Offer]:
        return self._run(self._films.estimate(request))

    def submit(
        self,
        request: Request,
        *,
        provider: str = "auto",
        max_cost_usd_micros: int | None = None,
        webhook: str | None = None,
    ) -> Task:
        return self._run(
            self._films.submit(
                request,
                provider=provider,
                max_cost_usd_micros=max_cost_usd_micros,
                webhook=webhook,
            )
        )

    def watch(self, task_id: str) -> Iterator[Sighting]:
        """As for ``face.Filmgate``; between two sightings nothing is read."""
        sightings = self._films.watch(task_id)

        async def following() -> Sighting | None:
            return await anext(sightings, None)

        while (sighting := self._run(following())) is not None:
            yield sighting

    def wait(self, task_id: str) -> Task:
        """The task once it has succeeded. Raises RenderFailed with the reason if it has not."""
        task = self.task(task_id)
        for sighting in self.watch(task.id):
            task = sighting.task
        if task.state is not State.SUCCEEDED:
            raise RenderFailed(task.reason or f"task {task.id} is {task.state.value}")
        return task

    def task(self, task_id: str) -> Task:
        return self._run(self._films.task(task_id))

    def tasks(self, *, state: State | None = None, limit: int = 50) -> list[Task]:
        return self._run(self._films.tasks(state=state, limit=limit))

    def cancel(self, task_id: str) -> Task:
        return self._run(self._films.cancel(task_id))

    def fetch_result(self, task: Task) -> Path:
        return self._run(self._films.fetch_result(task))

    def _run(self, work: Coroutine[None, None, T]) -> T:
        return self._runner.run(work)
