"""Accept a request: nothing is written before everything has been checked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.catalogue.load import Catalogue
from filmgate.domain.errors import TopUp
from filmgate.domain.model import Model, settle
from filmgate.domain.order import assets_of
from filmgate.domain.ports import Assets, Clock, Ids, Tasks
from filmgate.domain.pricing import quote, usd
from filmgate.domain.request import Asset, Generation, Request
from filmgate.domain.routing import decide
from filmgate.domain.rules import picture_refusal
from filmgate.domain.task import Output, State, Step, Task
from filmgate.usecases.choose_provider import LOCAL

PICTURE_FIELDS = ("image", "image_tail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A request with everything decided that a task needs."""

    request: Request
    model: Model
    output: Output
    price_usd_micros: int | None
    notes: tuple[str, ...]


async def submit_task(
    request: Request,
    *,
    provider: str,
    max_cost_usd_micros: int | None,
    catalogue: Catalogue,
    tasks: Tasks,
    assets: Assets,
    clock: Clock,
    ids: Ids,
) -> Task:
    """Raises FixRequest for what can't be done, TopUp where the price is above the ceiling."""
    settled = await settle_request(
        request, provider=provider, catalogue=catalogue, assets=assets, seed=ids.seed()
    )
    price = _accepted_price(settled, provider, max_cost_usd_micros)
    now = clock.now()
    return await tasks.write(
        Task(
            id=ids.task_id(),
            request=settled.request,
            model=settled.model.name,
            provider=provider,
            output=settled.output,
            quote_usd_micros=price,
            created_at=now,
            updated_at=now,
            notes=(*_stand_in(settled, provider, catalogue), *settled.notes),
            timeline=(Step(at=now, state=State.QUEUED),),
        )
    )


def _stand_in(settled: Settled, provider: str, catalogue: Catalogue) -> tuple[str, ...]:
    """A local film is never passed off as another model's work."""
    name = settled.model.name
    if provider != LOCAL or name == catalogue.providers[LOCAL].recommended_model:
        return ()
    return (f"A stand-in for {name}, rendered by the local engine; {name} itself was not asked.",)


async def settle_request(
    request: Request, *, provider: str, catalogue: Catalogue, assets: Assets, seed: int
) -> Settled:
    """What exactly would be made, and its price. Raises FixRequest."""
    entry = catalogue.providers[provider]
    name = request.model or entry.recommended_model
    model = catalogue.find(name)
    request = _with_mode_of_name(request, name, catalogue)
    decision = decide(catalogue.models, model, request, provider=provider)
    if error := decision.error():
        raise error
    output = settle(
        model, request, seed=seed, picture_size=await _picture_size(request, model, assets)
    )
    return Settled(
        request=request,
        model=model,
        output=output,
        price_usd_micros=quote(model, entry, request, output).usd_micros,
        notes=decision.notes,
    )


def _with_mode_of_name(request: Request, name: str, catalogue: Catalogue) -> Request:
    """A name such as ``kling/v2-1-pro`` says the mode too; an explicit mode wins."""
    alias = catalogue.alias(name)
    if alias and len(alias.modes) == 1 and isinstance(request, Generation) and request.mode is None:
        (mode,) = alias.modes
        return replace(request, mode=mode)
    return request


async def _picture_size(request: Request, model: Model, assets: Assets) -> tuple[int, int] | None:
    """The size of the picture that gives the film its shape, if the request has one."""
    for field in PICTURE_FIELDS:
        asset = getattr(request, field, None)
        if isinstance(asset, Asset):
            width, height = await assets.picture_size(asset)
            if refused := picture_refusal(model, width=width, height=height, field=field):
                raise refused.error()
    pictures = (asset for asset in assets_of(request) if asset.media_type.startswith("image/"))
    first = next(pictures, None)
    return None if first is None else await assets.picture_size(first)


def _accepted_price(settled: Settled, provider: str, ceiling: int | None) -> int:
    price = settled.price_usd_micros
    if price is None:
        raise TopUp(
            f"nobody knows what {settled.model.name} costs at {provider}, so nothing is spent",
            field="model",
            remedy="Choose a model with a known price (filmgate models).",
        )
    if ceiling is not None and price > ceiling:
        raise TopUp(
            f"this costs {usd(price)} at {provider}, above the ceiling of {usd(ceiling)}",
            field="max_cost",
            remedy="Raise the ceiling, or choose a shorter film, a cheaper mode or provider local.",
        )
    return price
