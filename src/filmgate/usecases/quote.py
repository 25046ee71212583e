"""What the same request would cost at each provider, and why some can't do it."""

from __future__ import annotations

from collections.abc import Collection

from filmgate.catalogue.load import Catalogue
from filmgate.domain.errors import FixRequest
from filmgate.domain.order import Offer
from filmgate.domain.ports import Assets
from filmgate.domain.request import Request
from filmgate.usecases.choose_provider import CREDENTIALS, account_remedy
from filmgate.usecases.submit_task import settle_request

# No price hangs on the seed, so a quote needs no fresh one.
ANY_SEED = 0


async def offers(
    request: Request, *, catalogue: Catalogue, assets: Assets, accounts: Collection[str]
) -> list[Offer]:
    """One offer per provider of the catalogue, in its order. Raises FixRequest, BadInput.

    A priced offer with a remedy can be had once the remedy is done.
    """
    if request.model is not None:
        catalogue.find(request.model)  # a name that nobody knows is the caller's mistake
    return [
        await _offer(request, name, catalogue=catalogue, assets=assets, accounts=accounts)
        for name in catalogue.providers
    ]


async def _offer(
    request: Request,
    provider: str,
    *,
    catalogue: Catalogue,
    assets: Assets,
    accounts: Collection[str],
) -> Offer:
    asked = request.model or catalogue.providers[provider].recommended_model
    model = catalogue.find(asked).name
    try:
        settled = await settle_request(
            request, provider=provider, catalogue=catalogue, assets=assets, seed=ANY_SEED
        )
    except FixRequest as error:
        return Offer(provider=provider, model=model, why_not=error.message, remedy=error.remedy)
    if settled.price_usd_micros is None:
        return Offer(provider=provider, model=model, why_not="its price is not known")
    wanting = provider in CREDENTIALS and provider not in accounts
    return Offer(
        provider=provider,
        model=model,
        price_usd_micros=settled.price_usd_micros,
        remedy=account_remedy(provider) if wanting else None,
    )
