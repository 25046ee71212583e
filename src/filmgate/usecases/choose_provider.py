"""Which provider a request goes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from filmgate.domain.errors import FixRequest, SetUp, Unsupported
from filmgate.domain.line import Account
from filmgate.domain.order import Offer
from filmgate.domain.pricing import usd

AUTO = "auto"
LOCAL = "local"

CREDENTIALS = {
    "kling": "KLING_ACCESS_KEY and KLING_SECRET_KEY, or KLING_API_KEY",
    "kie": "KIE_API_KEY",
    "piapi": "PIAPI_API_KEY",
    "openai": "OPENAI_API_KEY and OPENAI_BASE_URL",
}
"""The settings that make an account at each upstream provider."""

NOT_SET = {
    # INFINITO's own sentence (seed S0), which people search for.
    "kling": "KLING_ACCESS_KEY and KLING_SECRET_KEY environment variables are not set",
    "kie": "KIE_API_KEY is not set",
    "piapi": "PIAPI_API_KEY is not set",
    "openai": "OPENAI_API_KEY and OPENAI_BASE_URL are not both set",
}


@dataclass(frozen=True, slots=True)
class Choice:
    provider: str
    account: str = LOCAL
    because: str = ""
    rejected: tuple[str, ...] = ()


def choose_provider(
    asked: str, *, usable: Collection[str], offered_by: Collection[str], stand_in: bool = True
) -> Choice | None:
    """``usable`` are the providers this house can drive, ``offered_by`` those that have the model
    that was asked for (empty if none was). ``stand_in``: whether a film that is rendered here may
    stand in for one of theirs. None: their prices decide. Raises SetUp, FixRequest."""
    is_alone = set(usable) <= {LOCAL}
    if asked == AUTO and is_alone and not stand_in and set(offered_by) - {LOCAL}:
        raise SetUp(
            "there is no account that makes films of this model, and none stands in for them",
            field="provider",
            remedy=f"Ask for provider {LOCAL} or model animatic.",
        )
    if asked == AUTO and (set(offered_by) == {LOCAL} or is_alone):
        return Choice(LOCAL, because="the only one here")
    if asked == AUTO:
        # Whoever holds an account wants its models; a local film in their place would be a trick.
        return None
    if asked in usable:
        return Choice(asked, because="it was asked for")
    if asked not in CREDENTIALS:
        known = ", ".join([AUTO, *usable, *CREDENTIALS])
        raise FixRequest(
            f"there is no provider {asked!r}", field="provider", remedy=f"Choose one of {known}."
        )
    raise SetUp(
        f"there is no account at {asked}: {NOT_SET[asked]}",
        field="provider",
        remedy=account_remedy(asked),
    )


def cheapest(offers: Sequence[Offer], usable: Collection[str]) -> Choice:
    """The one that does it for least, of those that there is an account at. Raises Unsupported."""
    asked = [each for each in offers if each.provider in usable and each.provider != LOCAL]
    able = [each for each in asked if each.price_usd_micros is not None]
    if not able:
        told = "; ".join(f"{each.provider}: {each.why_not}" for each in asked)
        remedy = next((each.remedy for each in asked if each.remedy), None)
        raise Unsupported(
            f"no account can do this ({told})",
            field="provider",
            remedy=remedy or f"Ask for provider {LOCAL}.",
        )
    best = min(able, key=lambda each: each.price_usd_micros or 0)
    rejected = [each for each in asked if each is not best]
    return Choice(
        best.provider,
        because=f"the cheapest that can do it, at {usd(best.price_usd_micros)}",
        rejected=tuple(
            f"{each.provider}: {each.why_not or usd(each.price_usd_micros)}" for each in rejected
        ),
    )


def account_remedy(provider: str) -> str:
    return f"Set {CREDENTIALS[provider]}; provider {LOCAL} needs no account."


def choose_account(
    able: Sequence[Account], *, customer: str, load: Mapping[str, float]
) -> tuple[Account, str]:
    """One of the accounts at the chosen provider, and why: the customer's own, else the one with
    the least to do. ``load`` is unfinished tasks for each slot, by account."""
    assert able, "a provider was chosen that has no account"
    own = [each for each in able if each.customer == customer]
    if own:
        return own[0], "the customer's own account"
    if len(able) == 1:
        return able[0], "the only account there"
    best = min(able, key=lambda each: (load[each.id], each.id))
    return best, f"the least to do of {len(able)} accounts there"
