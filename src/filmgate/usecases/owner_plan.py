"""The plan of whoever sits at this computer: no limits, and no credits."""

from __future__ import annotations

from filmgate.domain.errors import NotFound
from filmgate.domain.line import Terms
from filmgate.domain.request import Request
from filmgate.domain.task import OWNER, Output

PRIORITY_MAX = 9
TERMS = Terms(plan=OWNER, priority_max=PRIORITY_MAX)


class OwnerPlan:
    async def terms(self, customer: str) -> Terms:
        if customer != OWNER:
            raise NotFound(f"there is no customer {customer!r}")
        return TERMS

    async def price_credits(
        self,
        customer: str,
        *,
        provider: str,  # noqa: ARG002 - nothing costs credits here
        model: str,  # noqa: ARG002
        request: Request,  # noqa: ARG002
        output: Output,  # noqa: ARG002
    ) -> int:
        if customer != OWNER:
            raise NotFound(f"there is no customer {customer!r}")
        return 0
