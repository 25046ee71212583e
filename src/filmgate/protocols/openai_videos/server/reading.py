"""Questions about videos and models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from filmgate.domain.errors import UnknownModel
from filmgate.domain.ports import TaskQuery
from filmgate.domain.task import Task
from filmgate.protocols.openai_videos import wire
from filmgate.protocols.openai_videos.errors import unknown_model
from filmgate.protocols.openai_videos.queries import list_query
from filmgate.protocols.openai_videos.server.finding import find_video
from filmgate.protocols.openai_videos.translate_replies import KINDS, Seen, models, page
from filmgate.usecases.front import Front


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    front: Front

    def seen(self, task: Task) -> Seen:
        return Seen(task=task, progress=self.front.service.progress(task))

    async def listed(self, customer: str, query: Mapping[str, str]) -> bytes:
        """Raises OpenAIRefusal, for an unknown ``after`` too."""
        asked = list_query(query)
        past = None
        if asked.after is not None:
            past = (await find_video(self.front, customer, asked.after)).id
        wanted = TaskQuery(
            kinds=KINDS, past_id=past, oldest_first=asked.oldest_first, limit=asked.limit + 1
        )
        tasks = await self.front.service.tasks(customer, wanted)
        shown = [self.seen(task) for task in tasks[: asked.limit]]
        return page(shown, has_more=len(tasks) > asked.limit)

    def models(self) -> bytes:
        return msgspec.json.encode(wire.ModelList(data=self._models()))

    def model(self, name: str) -> bytes:
        """Raises OpenAIRefusal."""
        try:
            found = self.front.service.catalogue().find(name)
        except UnknownModel:
            raise unknown_model(name) from None
        items = {item.id: item for item in models([found])}
        item = items.get(name) or items.get(found.name)
        if item is None:
            raise unknown_model(name)
        item.id = name
        return msgspec.json.encode(item)

    def _models(self) -> list[wire.ModelItem]:
        return models(self.front.service.catalogue().models)
