"""Models and plans as this protocol shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from filmgate.domain.customer import Caller, Plan, plan_price
from filmgate.domain.ledger import Balance
from filmgate.domain.model import Ability, Feature, Listing, Model, Provider, settle
from filmgate.domain.request import Kind, Mode
from filmgate.domain.sample import SAMPLE_S, kinds_at, sample_quote, samples
from filmgate.protocols.filmgate.wire_replies import (
    AbilityReply,
    AccountReply,
    BalanceReply,
    FrameReply,
    ListingReply,
    ModelReply,
    PlanReply,
    RateReply,
)

Word = TypeVar("Word", bound=StrEnum)


def model_reply(
    model: Model, *, providers: Mapping[str, Provider], usable: frozenset[str], plan: Plan
) -> ModelReply:
    """``usable``: providers that this server can send work to."""
    features = {feature for row in model.abilities for feature in row.features}
    return ModelReply(
        name=model.name,
        title=model.title,
        summary=model.summary,
        source=f"{model.source}, {model.dated.isoformat()}",
        kinds=_sorted(Kind, model.kinds),
        modes={mode: _frame(model, mode) for mode in model.modes},
        default_mode=model.default_mode if model.modes else None,
        durations_s=model.durations_s,
        ratios=model.ratios,
        features=_sorted(Feature, features),
        abilities=tuple(_ability(row) for row in model.abilities),
        prompt_chars=model.limits.prompt_chars,
        names=tuple(sorted({name.name for name in model.names})),
        credits_for_5_s={
            mode: price
            for mode in model.modes
            if (price := _credits(plan, model, mode)) is not None
        },
        providers={
            name: _listing(model, listing, providers[name], usable)
            for name, listing in model.listings.items()
        },
    )


def account_reply(caller: Caller, balance: Balance, unfinished: int) -> AccountReply:
    customer, plan = caller.customer, caller.plan
    return AccountReply(
        id=customer.id,
        name=customer.name,
        role=customer.role,
        key=caller.key.shown,
        plan=PlanReply(
            name=plan.name,
            title=plan.title,
            summary=plan.summary,
            credit_usd_micros=plan.credit_usd_micros,
            concurrency=plan.concurrency,
            queue_limit=plan.queue_max,
            when_full=plan.when_full,
            rates=tuple(
                RateReply(requests=rate.requests, window_s=rate.window_s) for rate in plan.rates
            ),
            retention_days=plan.retention_days,
        ),
        balance=BalanceReply(available_credits=balance.available, held_credits=balance.held),
        priority_max=customer.priority,
        max_task_credits=customer.max_task_credits,
        unfinished_tasks=unfinished,
    )


def _listing(
    model: Model, listing: Listing, provider: Provider, usable: frozenset[str]
) -> ListingReply:
    quotes = {mode: sample_quote(provider, model, mode) for mode in model.modes}
    return ListingReply(
        usable=provider.name in usable and listing.retired is None,
        retired=listing.retired.date.isoformat() if listing.retired else None,
        kinds=_sorted(Kind, kinds_at(model, provider.name)),
        usd_micros_for_5_s={
            mode: quoted.usd_micros
            for mode, quoted in quotes.items()
            if quoted is not None and quoted.usd_micros is not None
        },
        priced=listing.priced.isoformat() if listing.priced else None,
        source=listing.price_source or None,
    )


def _credits(plan: Plan, model: Model, mode: Mode) -> int | None:
    for request in samples(mode):
        rows = [row for row in model.abilities if row.in_mode(mode)]
        if any(request.kind in row.kinds and row.lasts(SAMPLE_S) for row in rows):
            return plan_price(plan, model, request, settle(model, request, seed=0))
    return None


def _frame(model: Model, mode: Mode) -> FrameReply:
    width, height = model.size(mode, model.default_ratio)
    return FrameReply(width=width, height=height, fps=model.modes[mode].fps)


def _ability(row: Ability) -> AbilityReply:
    return AbilityReply(
        kinds=_sorted(Kind, row.kinds),
        modes=_sorted(Mode, row.modes),
        durations_s=row.durations_s,
        range_s=row.range_s,
        features=_sorted(Feature, row.features),
        silent=row.silent,
    )


def _sorted(words: type[Word], some: Iterable[Word]) -> tuple[Word, ...]:
    """In the order of the table of words."""
    there = set(some)
    return tuple(word for word in words if word in there)
