"""What is due when: a heap entry for each waiting task, and nothing else."""

from __future__ import annotations

import heapq
from itertools import count


class Agenda:
    """Each name is due once; setting it again replaces the old time."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str]] = []
        self._current: dict[str, int] = {}
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._current)

    def __contains__(self, name: str) -> bool:
        return name in self._current

    def set(self, name: str, at: float) -> None:
        number = next(self._numbers)
        self._current[name] = number
        heapq.heappush(self._heap, (at, number, name))
        if len(self._heap) > 64 + 2 * len(self._current):
            # Replaced entries stay until they come up; too many of them are thrown out.
            self._heap = [each for each in self._heap if self._current.get(each[2]) == each[1]]
            heapq.heapify(self._heap)

    def drop(self, name: str) -> None:
        self._current.pop(name, None)

    def next_at(self) -> float | None:
        while self._heap and self._current.get(self._heap[0][2]) != self._heap[0][1]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> str | None:
        """The name that has been due longest, taken off; None where nothing is due."""
        at = self.next_at()
        if at is None or at > now:
            return None
        name = heapq.heappop(self._heap)[2]
        del self._current[name]
        return name
