"""One who follows one task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from filmgate.domain.order import Sighting

News = Sighting | Exception | None


class Watcher:
    """Keeps the newest news only: who looks away for a while misses steps, never the end."""

    def __init__(self) -> None:
        self._latest: News = None
        self._ended = False
        self._arrived = asyncio.Event()

    def tell(self, news: Sighting | Exception) -> None:
        if news != self._latest and not self._ended:
            self._latest = news
            self._ended = isinstance(news, Exception) or news.task.state.ended
            self._arrived.set()

    def end(self) -> None:
        self._ended = True
        self._arrived.set()

    async def news(self) -> AsyncIterator[Sighting]:
        """Every change, up to the task's end; raises what was told as an exception."""
        shown: News = None
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            latest = self._latest
            if isinstance(latest, Exception):
                raise latest
            if latest is not None and latest is not shown:
                shown = latest
                yield latest
            if self._ended:
                return
