"""Filmgate as a program uses it, whether it works in this process or at a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from filmgate.domain.order import Offer, Sighting
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import State, Task


class Filmgate(Protocol):
    """Every method raises FilmgateError, the class saying what to do about it."""

    async def store_asset(self, path: Path) -> Asset:
        """Check a picture, clip or sound and keep its bytes. Raises BadInput."""

    async def estimate(self, request: Request) -> list[Offer]:
        """One offer per provider: a price, or why it can't do this. Raises FixRequest."""

    async def submit(
        self,
        request: Request,
        *,
        provider: str = "auto",
        max_cost_usd_micros: int | None = None,
        webhook: str | None = None,
    ) -> Task:
        """Accept the request as a queued task. Raises FixRequest, TopUp, Wait.

        The ceiling is on what the caller pays: dollars at a provider, or the dollars that a
        plan's credits stand for.
        """

    def watch(self, task_id: str) -> AsyncIterator[Sighting]:
        """Every change until its end. Raises NotFound, Unreachable."""

    async def task(self, task_id: str) -> Task:
        """By its id or a beginning of it that no other id shares. Raises NotFound."""

    async def tasks(self, *, state: State | None = None, limit: int = 50) -> list[Task]:
        """Newest first."""

    async def cancel(self, task_id: str) -> Task:
        """Raises NotFound, or Conflict when it has ended otherwise."""

    async def fetch_result(self, task: Task) -> Path:
        """A local file with the film, there as long as this is open. Raises Conflict, NotFound."""

    async def close(self) -> None: ...
