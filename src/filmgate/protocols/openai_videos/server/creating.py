"""Calls that make a video, carried out: media taken in, the task accepted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.domain.errors import NotFound, UnknownModel
from filmgate.domain.library import Item, ItemKind
from filmgate.domain.request import Asset, Extend, ImageToVideo, Omni, Request
from filmgate.domain.task import Origin, State, Task
from filmgate.protocols.openai_videos.characters import HEAD, ROLE, number_of, read_character
from filmgate.protocols.openai_videos.errors import OpenAIRefusal, unknown_model, unknown_thing
from filmgate.protocols.openai_videos.references import MediaRef, with_assets
from filmgate.protocols.openai_videos.server.bodies import Body
from filmgate.protocols.openai_videos.server.finding import find_video
from filmgate.protocols.openai_videos.translate_create import (
    Wanted,
    going_on_from,
    read_remix,
    remixed,
)
from filmgate.protocols.openai_videos.translate_replies import PROTOCOL, Said, id_of, origin
from filmgate.protocols.openai_videos.webhook import STATES
from filmgate.usecases.front import Front
from filmgate.usecases.library import Draft
from filmgate.usecases.submit_task import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    front: Front

    async def create(self, customer: str, wanted: Wanted, body: Body, key: str | None) -> Task:
        """``key``: the call's Idempotency-Key. Raises FilmgateError."""
        source = None
        if wanted.source_video is not None:
            source = await self._finished(customer, wanted.source_video, "video")
        await self._check_characters(customer, wanted.request)
        assets = {ref.param: await self._asset(ref, body) for ref in wanted.media}
        request = with_assets(wanted.request, assets)
        if source is not None:
            film = None
            if not isinstance(request, Extend):
                film = await self.front.intake.keep_film(source)
            request = going_on_from(request, source, film)
        return await self._submit(customer, Wanted(request=request), key, None)

    async def remix(self, customer: str, video_id: str, body: Body, key: str | None) -> Task:
        """Raises FilmgateError."""
        prompt = read_remix(body.fields)
        source = await self._finished(customer, video_id, "video_id")
        wanted = Wanted(request=remixed(source, prompt))
        return await self._submit(customer, wanted, key, origin(Said(remix_of=source.id)))

    async def character(self, customer: str, body: Body) -> Item:
        """Raises FilmgateError."""
        name, ref = read_character(body.fields)
        clip = replace(await self._asset(ref, body), name=ROLE)
        draft = Draft(kind=ItemKind.ELEMENT, name=name, assets=(clip,))
        return await self.front.library.make(customer, draft)

    async def find_character(self, customer: str, character_id: str) -> Item:
        """Raises OpenAIRefusal."""
        try:
            number = number_of(character_id)
            return await self.front.library.find(customer, number, ItemKind.ELEMENT)
        except NotFound:
            raise unknown_thing("character", character_id) from None

    async def _check_characters(self, customer: str, request: Request) -> None:
        if isinstance(request, ImageToVideo | Omni):
            for number in request.elements:
                await self.find_character(customer, f"{HEAD}{number}")

    async def _submit(
        self, customer: str, wanted: Wanted, key: str | None, how: Origin | None
    ) -> Task:
        receivers = await self.front.receivers.callbacks(customer, PROTOCOL, STATES)
        options = Options(idempotency_key=key, origin=how, receivers=receivers)
        try:
            return await self.front.service.submit(customer, wanted.request, options)
        except UnknownModel as error:
            raise unknown_model(wanted.request.model or "") from error

    async def _finished(self, customer: str, video_id: str, param: str) -> Task:
        task = await find_video(self.front, customer, video_id)
        if task.state is not State.SUCCEEDED:
            raise OpenAIRefusal(
                f"Video '{id_of(task.id)}' is not completed.",
                param=param,
                code="video_not_completed",
            )
        return task

    async def _asset(self, ref: MediaRef, body: Body) -> Asset:
        intake = self.front.intake
        if ref.upload is not None:
            pieces = body.pieces(ref.upload)
            return await intake.keep_stream(
                pieces, field=ref.param, limits=ref.limits, name=ref.upload.name
            )
        if ref.inline is not None:
            return await intake.keep(ref.inline, field=ref.param, limits=ref.limits)
        assert ref.url is not None, f"{ref.param} has nothing to fetch"
        return intake.promise(ref.url, field=ref.param, limits=ref.limits)
