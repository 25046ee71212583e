"""What the sweep needs of the world: records that are over, and files that may be nobody's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from filmgate.domain.task import Task


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that was found; whether anybody needs it is for the sweep to find out."""

    owner: str
    """The task it was made for, or the digest of an input."""
    changed_at: float
    """When it was last written or used."""
    keys: tuple[str, ...] = ()


class Records(Protocol):
    """The tasks' rows, as far as their end is concerned."""

    async def expired(self, before: float, limit: int) -> list[Task]:
        """Ended tasks that expired before then, the first to expire first."""

    async def remove(self, task: Task) -> bool:
        """Row, events and their deliveries; the ledger keeps its transfers. False where the row
        has changed."""

    async def forget_told(self, before: float, limit: int) -> int:
        """Remove so many events from before then that are told, given up or were never to be told
        to anybody, with the log of their deliveries. Returns how many went."""

    async def claiming(self, task_ids: frozenset[str]) -> frozenset[str]:
        """Those with a film of theirs in our storage, or one that may yet come."""

    async def alive(self, task_ids: frozenset[str]) -> frozenset[str]:
        """Those that are not done with, late films included."""

    async def uses(self, digest: str) -> bool:
        """Whether any record names this input: a task, or a library's item that is not deleted."""


class Stock(Protocol):
    """What lies in our storage; listed in handfuls, so that nothing waits long."""

    def results(self) -> AsyncIterator[Sequence[Leftover]]: ...

    def inputs(self) -> AsyncIterator[Sequence[Leftover]]: ...

    def incoming(self) -> AsyncIterator[Sequence[Leftover]]:
        """Films and uploads on their way in."""

    async def remove_result(self, task_id: str) -> None:
        """The film and everything made of it; what is not there is fine."""

    async def remove_input(self, found: Leftover) -> bool:
        """False where somebody used it since it was listed."""

    async def use_input(self, digest: str) -> None:
        """As if somebody had just used it."""

    async def remove_incoming(self, found: Leftover) -> None: ...

    async def drop_copies(self, before: float) -> int:
        """Local copies of what is stored elsewhere, not used since then."""


@runtime_checkable
class KeepsJobs(Protocol):
    """What a provider has that keeps files of its own for its jobs in our home."""

    async def kept_jobs(self) -> list[str]:
        """Each by the id of the task it was made for."""

    async def forget(self, job: str) -> None: ...
