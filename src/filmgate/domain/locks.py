"""Who is alive. A lock ends with its holder, however that one ended."""

from __future__ import annotations

from typing import Protocol


class Locks(Protocol):
    async def take(self, name: str) -> bool:
        """False where somebody alive has it; taking what we have is fine. Raises SetUp, Wait."""

    async def release(self, name: str) -> None:
        """Never fails: who can't say so is found out all the same."""

    async def free(self, names: frozenset[str]) -> frozenset[str]:
        """Those that nobody alive has. A name is written into no row before its lock is held.
        Raises SetUp, Wait."""

    async def sweep(self) -> None:
        """Remove what the gone have left."""

    def close(self) -> None:
        """Let go of everything."""
