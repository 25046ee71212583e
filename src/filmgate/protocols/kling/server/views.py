"""Our tasks as the values that Kling's replies are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from filmgate.domain.errors import FilmgateError
from filmgate.domain.handles import digits_of, uuid_of
from filmgate.domain.request import Extend, Kind, LipSync
from filmgate.domain.task import State, Task
from filmgate.protocols.kling.view import Charge, Family, FilmView, PictureView, SoundView, TaskView
from filmgate.usecases.front import Front

UNIT_USD_MICROS = 140_000
"""What a unit of Kling's packs is worth (design part 10: units = dollars / 0.14)."""
UNIT_PLACES = Decimal("0.0001")

FAMILIES: dict[Kind, Family] = {
    Kind.TEXT_TO_VIDEO: Family.FILM,
    Kind.IMAGE_TO_VIDEO: Family.FILM,
    Kind.MULTI_IMAGE: Family.FILM,
    Kind.OMNI: Family.FILM,
    Kind.MOTION_CONTROL: Family.FILM,
    Kind.EXTEND: Family.CONTINUATION,
    Kind.LIP_SYNC: Family.CONTINUATION,
    Kind.AVATAR: Family.FILM,
    Kind.EFFECT: Family.EFFECT,
    Kind.EDIT_ELEMENTS: Family.EDIT,
    Kind.TRY_ON: Family.PICTURE,
    Kind.SPEECH: Family.SPEECH,
    Kind.TEXT_TO_AUDIO: Family.SOUND,
    Kind.VIDEO_TO_AUDIO: Family.SCORE,
}
PACKAGES: dict[Family, str] = {
    Family.PICTURE: "image",
    Family.SPEECH: "audio",
    Family.SOUND: "audio",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    front: Front

    async def all(self, tasks: Iterable[Task]) -> list[TaskView]:
        return [await self.one(task) for task in tasks]

    async def one(self, task: Task) -> TaskView:
        """Raises SetUp where a task that this one goes on from can't be read."""
        family = FAMILIES[task.request.kind]
        film = self._film(task)
        is_sound = family in {Family.SOUND, Family.SPEECH}
        is_film = film is not None and family is not Family.PICTURE and not is_sound
        return TaskView(
            id=digits_of(task.id),
            family=family,
            state=task.state,
            created_ms=round(task.created_at * 1000),
            updated_ms=round(task.updated_at * 1000),
            external_id=task.external_id or "",
            reason=task.reason or "",
            watermark=bool(getattr(task.request, "watermark", False)),
            films=(film,) if film is not None and is_film else (),
            pictures=(PictureView(url=film.url),) if film and family is Family.PICTURE else (),
            sounds=(_sound(film),) if film and is_sound else (),
            parent=await self._parent(task),
            charge=await self._charge(task, family),
        )

    def _film(self, task: Task) -> FilmView | None:
        url = self.front.links.film(task)
        if url is None or task.result is None:
            return None
        return FilmView(id=uuid_of(task.id), url=url, duration_s=task.result.duration_s)

    async def _parent(self, task: Task) -> FilmView | None:
        """The film that it goes on from, as long as that is kept."""
        request = task.request
        source = request.source_task if isinstance(request, Extend | LipSync) else None
        if source is None:
            return None
        try:
            return self._film(await self.front.service.read(task.customer, source))
        except FilmgateError:
            return None

    async def _charge(self, task: Task, family: Family) -> Charge | None:
        if not task.state.ended or task.charged_credits is None:
            return None
        units = Decimal(0)
        if task.charged_credits and task.state is State.SUCCEEDED:
            units = await self.units(task.customer, task.charged_credits)
        return Charge(units=units, package_type=PACKAGES.get(family, "video"))

    async def units(self, customer: str, credits_: int) -> Decimal:
        """Credits of the customer's plan in Kling's units."""
        terms = await self.front.service.terms(customer)
        units = Decimal(credits_ * terms.credit_usd_micros) / UNIT_USD_MICROS
        return units.quantize(UNIT_PLACES)


def _sound(film: FilmView) -> SoundView:
    return SoundView(id=film.id, mp3_url=film.url, duration_s=film.duration_s)
