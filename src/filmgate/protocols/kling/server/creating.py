"""A create call carried out: media taken in, the task accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from filmgate.domain.errors import Conflict
from filmgate.domain.request import Asset, Extend, Generation, LipSync, Request
from filmgate.domain.task import Callback, Task
from filmgate.protocols.kling.auth import Design
from filmgate.protocols.kling.endpoints import Endpoint
from filmgate.protocols.kling.errors import external_id_taken
from filmgate.protocols.kling.media_rules import check_mask, check_masks_alike
from filmgate.protocols.kling.references import MediaRef, Wanted, with_assets
from filmgate.protocols.kling.server.media import MediaDesk
from filmgate.protocols.kling.server.shelf import Shelf
from filmgate.usecases.front import Front
from filmgate.usecases.submit_task import Options

CALLBACKS: dict[Design, str] = {Design.LEGACY: "kling", Design.NEW: "kling-new"}
"""The protocol's name in a task's callback tells which of the two bodies is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    front: Front
    media: MediaDesk
    shelf: Shelf

    async def create(
        self, customer: str, endpoint: Endpoint, wanted: Wanted, idempotency_key: str | None
    ) -> Task:
        """Raises FilmgateError; its fields are those of our requests."""
        assets = {ref.field: await self.media.asset(customer, ref) for ref in wanted.media}
        await self._check_masks(assets)
        request = with_assets(wanted, assets)
        request = await self._with_source(customer, request, wanted.source)
        if request.model is None:
            request = replace(request, model=endpoint.default_model)
        await self.shelf.check(
            customer, getattr(request, "voices", ()), getattr(request, "elements", ())
        )
        given = wanted.options
        callback = None
        if given.callback_url is not None:
            self.front.check_callback(given.callback_url)
            callback = Callback(url=given.callback_url, protocol=CALLBACKS[endpoint.design])
        options = Options(
            external_id=given.external_task_id, callback=callback, idempotency_key=idempotency_key
        )
        try:
            return await self.front.service.submit(customer, request, options)
        except Conflict as error:
            if error.field == "external_id" and given.external_task_id:
                raise external_id_taken(given.external_task_id) from error
            raise

    async def _with_source(
        self, customer: str, request: Request, source: MediaRef | None
    ) -> Request:
        """What it goes on from, by our own id; what is left open is that film's."""
        if source is None or not isinstance(request, Extend | LipSync):
            return request
        task = await self.media.source(customer, source)
        if not isinstance(request, Extend):
            return replace(request, source_task=task.id)
        before = task.request
        mode = before.mode if isinstance(before, Generation) else None
        return replace(
            request,
            source_task=task.id,
            model=request.model or task.model,
            mode=request.mode or mode,
        )

    async def _check_masks(self, assets: Mapping[str, Asset]) -> None:
        """Those that are here; what has yet to be fetched is looked at then."""
        sizes = {
            field: await self.front.service.assets.picture_size(asset)
            for field, asset in assets.items()
            if asset.fetch is None and (field == "image" or "mask" in field)
        }
        image = sizes.pop("image", None)
        for field, size in sizes.items():
            if image is not None:
                check_mask(field, size, image)
        check_masks_alike(tuple(sizes.items()))
