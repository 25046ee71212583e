"""What a request would cost. Money is a whole number of micro-dollars, rounded up, never down."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from filmgate.domain.model import Model, Provider
from filmgate.domain.request import Request
from filmgate.domain.task import Output


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
    """How the sum came about, e.g. ``5 s x 0.5 units x $0.14``."""
    source: str
    date: datetime.date | None


def quote(model: Model, provider: Provider, request: Request, output: Output) -> Quote:
    """The price of ``request`` rendered as ``output`` at the provider's list price."""
    raise NotImplementedError


def usd(micros: int | None) -> str:
    """``$0.35``; more than two decimals only where they are not zero; ``unknown`` for None."""
    raise NotImplementedError
