"""What a request would cost. Money is a whole number of micro-dollars, rounded up, never down.

A begun block (a second, five seconds) counts as a whole one and a begun micro-dollar as a whole
one, so that a quote is never less than what a provider takes: Kling itself rounds the seconds of
avatars and motion control to the nearest (price list of 2026-09-20).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import ceil

from filmgate.domain.model import Asked, Charge, Model, Price, Provider, asked
from filmgate.domain.request import Request
from filmgate.domain.task import Output

MICROS_PER_USD = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The most a request will cost at a provider."""

    provider: str
    model: str
    usd_micros: int | None
    """None: nobody knows. Unknown is never zero, and must never be spent unseen."""
    native_amount: str | None
    """The provider's own count as an exact decimal, e.g. ``2.5``."""
    native_unit: str
    """``units``, ``credits``, ``USD``."""
    explanation: str
    """How the sum came about, e.g. ``5 s x 0.5 units = 2.5 units at $0.14``."""
    source: str
    date: dt.date | None
    """The day the price list was stamped or read."""


def quote(model: Model, provider: Provider, request: Request, output: Output) -> Quote:
    """The price of ``request`` rendered as ``output`` at the provider's list price."""
    listing = model.listings.get(provider.name)
    want = asked(model, request)
    prices = listing.prices if listing else ()
    price = next((p for p in prices if fits(p, want, output.duration_s)), None)
    if listing is None or price is None:
        return Quote(
            provider=provider.name,
            model=model.name,
            usd_micros=None,
            native_amount=None,
            native_unit=provider.unit,
            explanation=f"the price of {model.name} at {provider.title} is not known",
            source="",
            date=None,
        )
    blocks = blocks_of(price, output.duration_s)
    amount = price.amount * blocks
    return Quote(
        provider=provider.name,
        model=model.name,
        usd_micros=_micros(amount * provider.usd_per_unit),
        native_amount=_plain(amount),
        native_unit=provider.unit,
        explanation=_explanation(price, blocks, amount, provider),
        source=listing.price_source,
        date=listing.priced,
    )


def usd(micros: int | None) -> str:
    """``$0.35``; more than two decimals only where they are not zero; ``unknown`` for None."""
    if micros is None:
        return "unknown"
    whole, rest = divmod(abs(micros), MICROS_PER_USD)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}${whole:,}.{decimals}"


def fits(charge: Charge, want: Asked, duration_s: float) -> bool:
    used = want.features | want.wishes
    return (
        (not charge.kinds or want.kind in charge.kinds)
        and (not charge.modes or want.mode in charge.modes)
        and (not charge.durations_s or duration_s in charge.durations_s)
        and charge.with_features <= used
    )


def blocks_of(charge: Charge, duration_s: float) -> int:
    """How often the line counts: a begun block is a whole one."""
    return ceil(duration_s / charge.block_s) if charge.block_s else 1


def _micros(dollars: Decimal) -> int:
    return int((dollars * MICROS_PER_USD).to_integral_value(rounding=ROUND_CEILING))


def _explanation(price: Price, blocks: int, amount: Decimal, provider: Provider) -> str:
    if not amount:
        return "free"
    total = _money(amount, provider)
    if price.block_s == 0:
        words = f"{total} for the clip" if price.durations_s else f"{total} each time"
    elif price.block_s == 1:
        words = f"{blocks} s x {_money(price.amount, provider)} = {total}"
    else:
        words = f"{blocks} x {price.block_s} s x {_money(price.amount, provider)} = {total}"
    return words if provider.unit == "USD" else f"{words} at {usd(_micros(provider.usd_per_unit))}"


def _money(amount: Decimal, provider: Provider) -> str:
    if provider.unit == "USD":
        return usd(_micros(amount))
    return f"{_plain(amount)} {provider.unit}"


def _plain(amount: Decimal) -> str:
    """``2.5``, ``50``: no exponent, no zeros behind."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
