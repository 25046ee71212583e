"""``filmgate estimate``: what the same request would cost, and why some can't do it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from filmgate.domain.order import Offer
from filmgate.domain.pricing import usd
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.failures import DONE, joined
from filmgate.entrypoints.cli.house import House, Server, at
from filmgate.entrypoints.cli.wishes import Wish


def estimate(
    prompt: Annotated[str, Parameter(help="What is to be seen; - reads it from stdin.")] = "",
    /,
    *,
    wish: Wish | None = None,
    json: Annotated[bool, Parameter(name="--json", help="Tell it as JSON.")] = False,
    server: Server = None,
) -> int:
    """What the same request would cost at each provider, and why some can't do it."""
    reading = (wish or Wish()).read(prompt)

    async def work(house: House) -> int:
        offers = await house.estimate(await reading.request(house.store_asset))
        asked = reading.wish.provider
        offers = [offer for offer in offers if asked in {"auto", offer.provider}]
        if json:
            telling.say_json([_facts(offer) for offer in offers])
        else:
            telling.say_table(("PROVIDER", "MODEL", "PRICE", ""), [_row(offer) for offer in offers])
        return DONE

    return at(server, work)


def _row(offer: Offer) -> tuple[str, str, str, str]:
    said = joined(offer.why_not, offer.remedy)
    if offer.why_not is not None:
        return offer.provider, offer.model, "-", said
    price = usd(offer.price_usd_micros)
    if offer.credits is not None:
        price = f"{offer.credits:,} credits"
    return offer.provider, offer.model, price, said


def _facts(offer: Offer) -> dict[str, object]:
    price = offer.price_usd_micros
    return {
        "provider": offer.provider,
        "model": offer.model,
        "possible": offer.why_not is None,
        "credits": offer.credits,
        "price_usd": telling.dollars(price) if price is not None else None,
        "why_not": offer.why_not,
        "remedy": offer.remedy,
    }
