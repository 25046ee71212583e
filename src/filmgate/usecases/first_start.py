"""A server's first customer: somebody must be able to call it before anybody has read a manual."""

from __future__ import annotations

from collections.abc import Mapping

from filmgate.domain.customer import Given, KeyKind, Welcome
from filmgate.domain.task import OWNER
from filmgate.usecases.office import Office

KINDS = (KeyKind.API, KeyKind.PAIR, KeyKind.WEBHOOK)


async def welcome(
    office: Office,
    *,
    name: str,
    credits_: int,
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
