"""What a lane learns as it goes: how long models take, and customers' terms for a few seconds."""

from __future__ import annotations

import asyncio
import bisect
from collections import deque
from collections.abc import Sequence

from filmgate.domain.errors import NotFound
from filmgate.domain.line import Terms
from filmgate.domain.ports import Plans

DURATIONS_MAX = 64
TERMS_S = 5.0
"""How long a change of a customer's plan may go unnoticed here."""
ORPHANED = Terms(plan="", concurrency=1)


class Durations:
    """The latest ones of each model."""

    def __init__(self) -> None:
        self._sorted: dict[str, list[float]] = {}
        self._recent: dict[str, deque[float]] = {}

    def of(self, model: str) -> Sequence[float]:
        """In ascending order."""
        return self._sorted.get(model, ())

    def add(self, model: str, duration_s: float) -> None:
        recent = self._recent.setdefault(model, deque(maxlen=DURATIONS_MAX))
        known = self._sorted.setdefault(model, [])
        if len(recent) == DURATIONS_MAX:
            known.remove(recent[0])
        recent.append(duration_s)
        bisect.insort(known, duration_s)


class KnownTerms:
    """Kept for a few seconds: a line of a thousand customers is looked at many times."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._known: dict[str, tuple[float, Terms]] = {}

    async def of(self, customer: str) -> Terms:
        now = asyncio.get_running_loop().time()
        known = self._known.get(customer)
        if known is not None and now < known[0]:
            return known[1]
        try:
            terms = await self._plans.terms(customer)
        except NotFound:
            terms = ORPHANED  # what was accepted is carried out, whoever is gone
        self._known[customer] = (asyncio.get_running_loop().time() + TERMS_S, terms)
        return terms
