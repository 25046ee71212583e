"""Sweeps now and then, beside the runner."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from filmgate.domain.errors import FilmgateError
from filmgate.usecases.sweep import Rooms, sweep_expired, sweep_leftovers

EXPIRED_EVERY_S = 300.0
LEFTOVERS_EVERY_S = 6 * 3600.0
FIRST_AFTER_S = 30.0
"""Whoever has just started has better things to do."""


@dataclass(slots=True)
class Sweeper:
    rooms: Rooms
    trouble: FilmgateError | None = None
    """What was in the way of the last sweep; the next one tries again."""

    async def run_forever(self) -> None:
        """Until it is cancelled, which may happen at any step."""
        await asyncio.sleep(FIRST_AFTER_S)
        since_leftovers_s = LEFTOVERS_EVERY_S
        while True:
            try:
                await sweep_expired(self.rooms)
                if since_leftovers_s >= LEFTOVERS_EVERY_S:
                    await sweep_leftovers(self.rooms)
                    since_leftovers_s = 0.0
                self.trouble = None
            except FilmgateError as error:
                self.trouble = error
            await asyncio.sleep(EXPIRED_EVERY_S)
            since_leftovers_s += EXPIRED_EVERY_S
