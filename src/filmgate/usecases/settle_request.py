"""What exactly would be made of a request, and its price."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.catalogue.load import Catalogue
from filmgate.domain.model import Model, settle
from filmgate.domain.ports import Assets
from filmgate.domain.pricing import quote
from filmgate.domain.request import Generation, Request
from filmgate.domain.routing import decide
from filmgate.domain.task import Output
from filmgate.usecases.check_pictures import check_pictures
from filmgate.usecases.choose_provider import LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A request with everything decided that a task needs."""

    request: Request
    model: Model
    output: Output
    price_usd_micros: int | None
    notes: tuple[str, ...]


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
    request = decision.request
    output = settle(
        model, request, seed=seed, picture_size=await check_pictures(request, model, assets)
    )
    return Settled(
        request=request,
        model=model,
        output=output,
        price_usd_micros=quote(model, entry, request, output).usd_micros,
        notes=(*_stand_in(model, provider, catalogue), *decision.notes),
    )


def _with_mode_of_name(request: Request, name: str, catalogue: Catalogue) -> Request:
    """A name such as ``kling/v2-1-pro`` says the mode too; an explicit mode wins."""
    alias = catalogue.alias(name)
    if alias and len(alias.modes) == 1 and isinstance(request, Generation) and request.mode is None:
        (mode,) = alias.modes
        return replace(request, mode=mode)
    return request


def _stand_in(model: Model, provider: str, catalogue: Catalogue) -> tuple[str, ...]:
    """A local film is never passed off as another model's work."""
    name = model.name
    if provider != LOCAL or name == catalogue.providers[LOCAL].recommended_model:
        return ()
    return (f"A stand-in for {name}, rendered by the local engine; {name} itself was not asked.",)
