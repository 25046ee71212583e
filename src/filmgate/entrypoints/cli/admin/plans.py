"""``filmgate admin plans``: limits and prices, as the files have them."""

from __future__ import annotations

from filmgate.domain.customer import Plan, PlanPrice
from filmgate.domain.pricing import usd
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import Json
from filmgate.entrypoints.cli.failures import DONE

NO_QUEUE = 1_000_000
"""A queue longer than this has no end for a reader."""


def plans(*, json: Json = False) -> int:
    """Every plan; --json tells the price lists too."""
    from filmgate.assembly import plans as all_plans

    found = list(all_plans().by_name.values())
    if json:
        telling.say_json([_facts(plan) for plan in found])
        return DONE
    telling.say_table(
        ("PLAN", "AT ONCE", "WAITING", "DAYS KEPT", "A CREDIT", "A MONTH", "PRICES"),
        [
            (
                plan.name,
                "-" if plan.concurrency is None else str(plan.concurrency),
                _queue(plan),
                "-" if plan.retention_days is None else str(plan.retention_days),
                usd(plan.credit_usd_micros),
                f"${plan.usd_per_month}",
                plan.summary,
            )
            for plan in found
        ],
    )
    return DONE


def _queue(plan: Plan) -> str:
    if plan.queue_max == 0:
        return "refused"
    return "-" if plan.queue_max > NO_QUEUE else str(plan.queue_max)


def _facts(plan: Plan) -> dict[str, object]:
    seat = plan.usd_per_hosted_seat
    return {
        "plan": plan.name,
        "title": plan.title,
        "summary": plan.summary,
        "source": plan.source,
        "credit_usd": telling.dollars(plan.credit_usd_micros),
        "concurrency": plan.concurrency,
        "queue_limit": plan.queue_max,
        "when_full": plan.when_full.value,
        "rates": [{"requests": rate.requests, "window_s": rate.window_s} for rate in plan.rates],
        "retention_days": plan.retention_days,
        "usd_per_month": float(plan.usd_per_month),
        "hosted_concurrency": plan.hosted_concurrency,
        "usd_per_hosted_seat": None if seat is None else float(seat),
        "prices": [_line(line) for line in plan.prices],
    }


def _line(line: PlanPrice) -> dict[str, object]:
    return {
        "credits": line.credits,
        "block_s": line.block_s,
        "models": sorted(line.models),
        "kinds": sorted(line.kinds),
        "modes": sorted(line.modes),
        "durations_s": list(line.durations_s),
        "with_features": sorted(line.with_features),
    }
