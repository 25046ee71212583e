"""What KIE's answers show beyond the task itself, looked up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.domain.request import Generation
from filmgate.domain.task import Task
from filmgate.protocols.kie.translate_replies import model_word
from filmgate.protocols.kie.view import Shown
from filmgate.usecases.front import Front

PROTOCOL = "kie"
"""Under which the catalogue has KIE's words for models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    front: Front

    def of(self, task: Task) -> Shown:
        progress = self.front.service.progress(task)
        return Shown(
            model=model_word(task, self._known(task)),
            film_url=self.front.links.film(task),
            percent=int(progress.percent) if progress else 0,
        )

    async def in_call(self, task: Task) -> Shown:
        balance = await self.front.service.balance(task.customer)
        return replace(self.of(task), balance_credits=balance.available)

    def _known(self, task: Task) -> str | None:
        request = task.request
        model = self.front.service.catalogue().find(task.model)
        mode = request.mode if isinstance(request, Generation) else None
        name = model.name_at(PROTOCOL, request.kind, mode or model.default_mode)
        return name.name if name else None
