"""A server's first customer: somebody must be able to call it before anybody has read a manual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.customer import Customer, Issued, KeyKind
from filmgate.domain.task import OWNER
from filmgate.usecases.admin_keys import Given
from filmgate.usecases.office import Office

FIRST_CREDITS = 10_000
"""200 films at the flat 50 credits of the default plan."""
KINDS = (KeyKind.API, KeyKind.PAIR, KeyKind.WEBHOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """What is shown once."""

    customer: Customer
    credits: int
    keys: Mapping[KeyKind, Issued]


async def welcome(
    office: Office,
    *,
    name: str,
    credits_: int = FIRST_CREDITS,
    given: Mapping[KeyKind, Given] | None = None,
    by: str,
) -> Welcome | None:
    """Make the first customer with one key of each kind; None where there are customers.

    ``given``: keys that are known beforehand, as a sandbox has them.
    """
    known = [each for each in await office.customers.all() if each.id != OWNER]
    if known:
        return None
    customer = await office.customers.create(name, by=by)
    await office.credits.adjust(customer, credits_, note="to begin with", by=by)
    keys = {
        kind: await office.keys.create(
            customer, kind=kind, label=name, given=(given or {}).get(kind), by=by
        )
        for kind in KINDS
    }
    return Welcome(customer=customer, credits=credits_, keys=keys)
