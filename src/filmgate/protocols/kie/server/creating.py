"""KIE's create calls carried out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.domain.errors import Conflict, FilmgateError, NotFound, TopUp, Wait
from filmgate.domain.task import ENDED, Callback, Origin, Task
from filmgate.protocols.kie.errors import Design, KieRefusal, in_words, sort_of
from filmgate.protocols.kie.names import number_in
from filmgate.protocols.kie.wanted import Wanted
from filmgate.usecases.front import Front
from filmgate.usecases.submit_task import Options
from filmgate.usecases.take_in import take_in

PROVIDER = "kie"
"""Whose defaults hold where a call names no model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    front: Front

    async def create(
        self, customer: str, wanted: Wanted, design: Design, idempotency_key: str | None
    ) -> Task:
        """Raises FilmgateError; faults of fields in the call's own words."""
        request = await take_in(wanted.request, self.front)
        if request.model is None:
            defaults = self.front.service.catalogue().providers[PROVIDER].default_models
            request = replace(request, model=defaults.get(request.kind))
        callback = None
        if wanted.callback_url is not None:
            # Never looked at here: what becomes of a callback must not touch the task.
            callback = Callback(url=wanted.callback_url, protocol=design, states=ENDED)
        options = Options(
            callback=callback,
            origin=Origin(protocol=design, said=wanted.said),
            idempotency_key=idempotency_key,
        )
        try:
            return await self.front.service.submit(customer, request, options)
        except (TopUp, Wait, KieRefusal, Conflict):
            raise
        except FilmgateError as error:
            raise _in_words(error, wanted) from error


def _in_words(error: FilmgateError, wanted: Wanted) -> FilmgateError:
    told = in_words(error, wanted.words)
    return error if told == error.message else KieRefusal(sort_of(error), told, field=error.field)


async def find_task(front: Front, customer: str, asked: str) -> Task:
    """Raises NotFound, alike for what is somebody else's."""
    number = number_in(asked)
    if number is None:
        raise NotFound("there is no such task", field="task")
    return await front.service.read_numbered(customer, number)
