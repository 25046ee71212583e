"""The plans' files, read as strictly as the rest of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from filmgate.catalogue.load import BadCatalogue, read_all
from filmgate.domain.customer import Plan
from filmgate.domain.errors import NotFound

DEFAULT_PLAN = "infinito"


@dataclass(frozen=True, slots=True)
class Plans:
    """Every plan we know, in the order they are shown."""

    by_name: Mapping[str, Plan]

    def find(self, name: str) -> Plan:
        """Raises NotFound, with close names in the remedy."""
        if plan := self.by_name.get(name.strip().casefold()):
            return plan
        close = get_close_matches(name.strip().casefold(), self.by_name, n=1, cutoff=0.5)
        near = f"did you mean {close[0]}?" if close else f"there are {', '.join(self.by_name)}"
        raise NotFound(f"there is no plan '{name}'", field="plan", remedy=near)


@cache
def load_plans() -> Plans:
    """All plans of the package, parsed on the first call of the process."""
    return read_plans(files("filmgate.catalogue") / "plans")


def read_plans(folder: Traversable) -> Plans:
    """Raises BadCatalogue."""
    found = [plan for file in read_all(folder, _PlanFile) for plan in _expanded(file)]
    found.sort(key=lambda plan: plan.name != DEFAULT_PLAN)
    for plan in found:
        if not plan.prices:
            raise BadCatalogue(f"plan {plan.name} has no prices")
        if any(line.credits < 0 for line in plan.prices):
            raise BadCatalogue(f"plan {plan.name} has a price below nothing")
    by_name = {plan.name: plan for plan in found}
    if len(by_name) != len(found):
        raise BadCatalogue("two plans share a name")
    return Plans(by_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tier:
    """One step of a plan: the same prices, other limits."""

    name: str
    usd_per_month: Decimal
    concurrency: int
    hosted_concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlanFile(Plan):
    tiers: tuple[_Tier, ...] = ()


def _expanded(file: _PlanFile) -> Iterator[Plan]:
    base = Plan(**{each.name: getattr(file, each.name) for each in fields(Plan)})
    if not file.tiers:
        yield base
    for number, tier in enumerate(file.tiers):
        yield replace(
            base,
            name=f"{base.name}-{tier.name}" if number else base.name,
            title=f"{base.title} {tier.name.capitalize()}",
            tier=tier.name,
            usd_per_month=tier.usd_per_month,
            concurrency=tier.concurrency,
            hosted_concurrency=tier.hosted_concurrency,
        )
