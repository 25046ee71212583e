"""Turns: no more calls in a time than a service allows, in the order in which they were wanted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    calls: int
    """This many at once, and then evenly."""
    per_s: float


class Pace:
    """A bucket of turns that fills evenly; without a rate everybody may go at once."""

    def __init__(self, rate: Rate | None = None) -> None:
        self._rate = rate
        self._free_at = 0.0
        """When the bucket will have been full, had nobody come since."""

    async def turn(self) -> None:
        if self._rate is None:
            return
        now = asyncio.get_running_loop().time()
        gap_s = self._rate.per_s / self._rate.calls
        self._free_at = max(self._free_at, now - self._rate.per_s) + gap_s
        if (wait_s := self._free_at - now) > 0:
            await asyncio.sleep(wait_s)

    def rest(self, rest_s: float) -> None:
        """The service asks to be left alone for so long."""
        if self._rate is not None:
            now = asyncio.get_running_loop().time()
            self._free_at = max(self._free_at, now + rest_s)
