"""How often somebody may ask, as sliding windows in this process's memory.

Each process counts for itself: behind several servers a plan's rate holds for each of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import ceil

from filmgate.domain.errors import Wait
from filmgate.domain.line import RateLimit
from filmgate.domain.ports import Clock

KNOWN_MAX = 10_000
"""So many windows are kept before those that are over are thrown out."""


class Rates:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, RateLimit], deque[float]] = {}

    def take(self, who: str, limits: Sequence[RateLimit], *, what: str) -> None:
        """Count one of ``what``. Raises Wait, and then counts nothing."""
        if not limits:
            return
        now = self._clock.now()
        windows = [(limit, self._window(who, limit, now)) for limit in limits]
        for limit, times in windows:
            if len(times) >= limit.requests:
                wait_s = times[0] + limit.window_s - now
                raise Wait(
                    f"there may be {limit.requests} {what} in {limit.window_s} s",
                    retry_after_s=float(ceil(max(wait_s, 0.001))),
                    field="rate",
                    remedy="Send it again after a pause.",
                )
        for _, times in windows:
            times.append(now)

    def _window(self, who: str, limit: RateLimit, now: float) -> deque[float]:
        times = self._windows.get((who, limit))
        if times is None:
            if len(self._windows) >= KNOWN_MAX:
                self._throw_out(now)
            times = self._windows[who, limit] = deque()
        if times and times[-1] > now:
            times.clear()  # the clock was set back: nobody must wait until it is where it was
        while times and times[0] <= now - limit.window_s:
            times.popleft()
        return times

    def _throw_out(self, now: float) -> None:
        self._windows = {
            (who, limit): times
            for (who, limit), times in self._windows.items()
            if times and times[-1] > now - limit.window_s
        }
