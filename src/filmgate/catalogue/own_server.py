"""The catalogue with what the operator says of a server of their own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from filmgate.catalogue.load import Catalogue
from filmgate.domain.model import Model, Name, Price

MODEL, PROVIDER, PROTOCOL = "own-server", "openai", "openai"


def with_own_server(
    catalogue: Catalogue, *, model: str | None, usd_per_second: Decimal | None
) -> Catalogue:
    """``model``: what the server calls it; ``usd_per_second``: None where nobody knows."""
    told = _told(catalogue.find(MODEL), model, usd_per_second)
    return catalogue.with_model(told)


def _told(entry: Model, model: str | None, usd_per_second: Decimal | None) -> Model:
    listing = entry.listings[PROVIDER]
    if usd_per_second is not None:
        price = Price(amount=usd_per_second)
        listing = replace(listing, prices=(price,), price_source="OPENAI_USD_PER_SECOND")
    return replace(
        entry,
        names=(Name(protocol=PROTOCOL, name=model or ""),),
        listings={**entry.listings, PROVIDER: listing},
    )
