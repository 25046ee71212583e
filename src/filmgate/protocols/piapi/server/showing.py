"""What PiAPI's answers show beyond the task itself, looked up."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.errors import NotFound
from filmgate.domain.model import Name
from filmgate.domain.request import Generation
from filmgate.domain.task import Task
from filmgate.protocols.piapi.translate_replies import PROTOCOL
from filmgate.protocols.piapi.view import Shown
from filmgate.usecases.front import Front


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    front: Front

    async def of(self, task: Task, credit_usd_micros: int) -> Shown:
        """``credit_usd_micros``: what a credit of the customer's plan is worth."""
        links = self.front.links
        is_own = task.origin is not None and task.origin.protocol == PROTOCOL
        name = None if is_own else self._known(task)
        account = self.front.service.accounts.get(task.account)
        return Shown(
            model=name.task_model if name and name.task_model else "kling",
            version=name.name if name else None,
            credit_usd_micros=credit_usd_micros,
            secret=await self._secret(task),
            is_private=account is not None and account.customer == task.customer,
            film_url=links.film(task),
            poster_url=links.poster(task),
            preview_url=links.preview(task),
        )

    async def _secret(self, task: Task) -> str:
        """Kept encrypted; its owner alone gets here."""
        name = task.callback.secret if task.callback else None
        if name is None:
            return ""
        try:
            return await self.front.door.register.secrets.reveal(name, task.customer)
        except NotFound:
            return ""

    def _known(self, task: Task) -> Name | None:
        request = task.request
        model = self.front.service.catalogue().find(task.model)
        mode = request.mode if isinstance(request, Generation) else None
        return model.name_at(PROTOCOL, request.kind, mode or model.default_mode)
