"""Media of Kling's calls: inline bytes checked now, addresses promised, earlier films found."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.errors import BadInput
from filmgate.domain.request import Asset, Fetch
from filmgate.domain.task import Task
from filmgate.protocols.kling.errors import Code, KlingRefusal, invalid, refused
from filmgate.protocols.kling.media_rules import RULES, Sort
from filmgate.protocols.kling.references import MediaRef
from filmgate.protocols.kling.server.finding import find_film
from filmgate.usecases.front import Front
from filmgate.usecases.take_in import take_in_one


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaDesk:
    front: Front

    async def asset(self, customer: str, ref: MediaRef) -> Asset:
        """What was given; for an address, only the promise of it. Raises FilmgateError."""
        limits = RULES[ref.sort]
        if ref.sort is Sort.SESSION:
            raise refused(ref.field, "is unknown: this server keeps no sessions of clips yet")
        try:
            if ref.inline is not None:
                return await self.front.intake.keep(ref.inline, field=ref.field, limits=limits)
            if ref.url is not None:
                wanted = Fetch(url=ref.url, field=ref.field, limits=limits)
                return await take_in_one(wanted, self.front)
            return await self.front.intake.keep_film(await self.source(customer, ref))
        except KlingRefusal:
            raise
        except BadInput as error:
            # Kling's sentences begin with the parameter.
            told = error.message
            told = told if told.startswith(ref.field) else f"{ref.field} {told}"
            raise KlingRefusal(Code.BAD_PARAMETER, told, field=ref.field) from error

    async def source(self, customer: str, ref: MediaRef) -> Task:
        """The task whose film is meant. Raises KlingRefusal (1201)."""
        task = await find_film(self.front, customer, ref.made or "")
        if task is None or task.result is None:
            raise invalid(ref.field, ref.made)
        return task
