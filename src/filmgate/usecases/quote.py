"""What the same request would cost at each provider, and why some can't do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from filmgate.catalogue.load import Catalogue
from filmgate.domain.errors import FixRequest, TopUp
from filmgate.domain.order import Offer
from filmgate.domain.ports import Assets
from filmgate.domain.request import Request
from filmgate.usecases.choose_provider import CREDENTIALS, account_remedy
from filmgate.usecases.settle_request import Settled, settle_request

# No price hangs on the seed, so a quote needs no fresh one.
ANY_SEED = 0
Credits = Callable[[str, Settled], Awaitable[int]]
"""What a customer's plan takes at a provider. Raises TopUp where it has no price."""


async def offers(
    request: Request,
    *,
    catalogue: Catalogue,
    assets: Assets,
    accounts: Collection[str],
    plan_credits: Credits | None = None,
) -> list[Offer]:
    """One offer per provider of the catalogue, in its order. Raises FixRequest, BadInput.

    A priced offer with a remedy can be had once the remedy is done.
    """
    if request.model is not None:
        catalogue.find(request.model)  # a name that nobody knows is the caller's mistake
    return [
        await _offer(
            request,
            name,
            catalogue=catalogue,
            assets=assets,
            accounts=accounts,
            plan_credits=plan_credits,
        )
        for name in catalogue.providers
    ]


async def _offer(
    request: Request,
    provider: str,
    *,
    catalogue: Catalogue,
    assets: Assets,
    accounts: Collection[str],
    plan_credits: Credits | None,
) -> Offer:
    asked = request.model or catalogue.providers[provider].recommended_model
    model = catalogue.find(asked).name
    try:
        settled = await settle_request(
            request, provider=provider, catalogue=catalogue, assets=assets, seed=ANY_SEED
        )
    except FixRequest as error:
        return Offer(provider=provider, model=model, why_not=error.message, remedy=error.remedy)
    offer = Offer(provider=provider, model=model, output=settled.output, notes=settled.notes)
    if settled.price_usd_micros is None:
        return replace(offer, why_not="its price is not known")
    try:
        asked_credits = await plan_credits(provider, settled) if plan_credits else None
    except TopUp as error:
        return replace(offer, why_not=error.message, remedy=error.remedy)
    wanting = provider in CREDENTIALS and provider not in accounts
    return replace(
        offer,
        price_usd_micros=settled.price_usd_micros,
        credits=asked_credits,
        remedy=account_remedy(provider) if wanting else None,
    )
