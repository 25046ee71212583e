"""Which provider a request goes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from filmgate.domain.errors import FixRequest, SetUp
from filmgate.domain.line import Account

AUTO = "auto"
LOCAL = "local"

CREDENTIALS = {
    "kling": "KLING_ACCESS_KEY and KLING_SECRET_KEY, or KLING_API_KEY",
    "kie": "KIE_API_KEY",
    "piapi": "PIAPI_API_KEY",
    "openai": "OPENAI_API_KEY and OPENAI_BASE_URL",
}
"""The settings that make an account at each upstream provider."""


@dataclass(frozen=True, slots=True)
class Choice:
    provider: str
    account: str = LOCAL
    because: str = ""
    rejected: tuple[str, ...] = ()


def choose_provider(
    asked: str,
    *,
    usable: Collection[str],
    accounts: Collection[str],
    offered_by: Collection[str],
    stand_in: bool = True,
) -> Choice:
    """``usable`` are the providers this house can drive, ``offered_by`` those that have the model
    that was asked for (empty if none was). ``stand_in``: whether a film that is rendered here may
    stand in for one of theirs while there is no account. Raises SetUp, or FixRequest."""
    if asked == AUTO and set(offered_by) == {LOCAL}:
        return Choice(LOCAL)
    if asked == AUTO:
        unused = sorted(set(accounts) - set(usable))
        if not unused and (stand_in or not offered_by):
            return Choice(LOCAL)
        if not unused:
            raise SetUp(
                "there is no account that makes films of this model, and none stands in for them",
                field="provider",
                remedy=f"Ask for provider {LOCAL} or model animatic.",
            )
        # Whoever holds an account wants its models; a local film in their place would be a trick.
        raise SetUp(
            _missing(unused[0], accounts), field="provider", remedy=f"Ask for provider {LOCAL}."
        )
    if asked in usable:
        return Choice(asked)
    if asked not in CREDENTIALS:
        known = ", ".join([AUTO, *usable, *CREDENTIALS])
        raise FixRequest(
            f"there is no provider {asked!r}", field="provider", remedy=f"Choose one of {known}."
        )
    remedy = f"Ask for provider {LOCAL}." if asked in accounts else account_remedy(asked)
    raise SetUp(_missing(asked, accounts), field="provider", remedy=remedy)


def account_remedy(provider: str) -> str:
    return f"Set {CREDENTIALS[provider]}; provider {LOCAL} needs no account."


def _missing(asked: str, accounts: Collection[str]) -> str:
    if asked in accounts:
        return f"this version can't use the account at {asked} yet"
    return f"there is no account at {asked}"


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
