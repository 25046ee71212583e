"""Tells those who listen in this process what was committed."""

from __future__ import annotations

from collections.abc import Callable

from filmgate.domain.task import Task

Told = Callable[[Task], None]


class Bulletin:
    def __init__(self) -> None:
        self._listeners: list[Told] = []

    def listen(self, told: Told) -> Callable[[], None]:
        """Returns what ends the listening."""
        self._listeners.append(told)
        return lambda: self._listeners.remove(told)

    def tell(self, task: Task) -> None:
        for told in tuple(self._listeners):
            told(task)
