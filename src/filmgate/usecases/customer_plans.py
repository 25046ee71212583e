"""Customers' plans, as far as tasks need to know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from filmgate.catalogue.load import Catalogue
from filmgate.catalogue.load_plans import Plans
from filmgate.domain.customer import THE_OWNER, Customer, Plan, plan_price
from filmgate.domain.customer_ports import Customers
from filmgate.domain.errors import NotFound, TopUp
from filmgate.domain.line import Terms
from filmgate.domain.request import Request
from filmgate.domain.task import Output
from filmgate.usecases.choose_provider import LOCAL


@dataclass(frozen=True, slots=True)
class CustomerPlans:
    customers: Customers
    plans: Callable[[], Plans]
    catalogue: Callable[[], Catalogue]
    """Both read on first use."""
    stand_in: bool = True
    """Whether films that are rendered here stand in for those of paid models."""

    async def terms(self, customer: str) -> Terms:
        """Raises NotFound. A disabled customer's terms still hold for what was accepted before."""
        found, plan = await self._plan_of(customer)
        return Terms(
            plan=plan.name,
            concurrency=plan.concurrency,
            queue_max=plan.queue_max,
            retention_s=plan.retention_s,
            priority_max=found.priority,
            rates=plan.rates,
            query_rates=plan.query_rates,
            credit_usd_micros=plan.credit_usd_micros,
        )

    async def price_credits(
        self, customer: str, *, provider: str, model: str, request: Request, output: Output
    ) -> int:
        """In whole credits, the same at every provider. Raises TopUp where the plan has no price,
        and above the customer's own ceiling for a task.

        A film that is rendered here is free, unless it stands in for the model's own: then it is a
        rehearsal, at the price of the play.
        """
        if provider == LOCAL and not self.stand_in:
            return 0
        found, plan = await self._plan_of(customer)
        price = plan_price(plan, self.catalogue().find(model), request, output)
        if price is None:
            raise TopUp(
                f"plan {plan.name} has no price for {request.kind.value} with {model}, "
                "and what has no price is not served",
                field="model",
                remedy="Choose another model, or ask the operator for another plan.",
            )
        if found.max_task_credits is not None and price > found.max_task_credits:
            raise TopUp(
                f"this takes {price} credits, and no task of yours may take more than "
                f"{found.max_task_credits}",
                field="max_credits",
                needed_credits=price,
                remedy="Choose a shorter film or a cheaper mode, or ask the operator.",
            )
        return price

    async def _plan_of(self, customer: str) -> tuple[Customer, Plan]:
        # Whoever sits at the computer needs no look into the database.
        found = THE_OWNER if customer == THE_OWNER.id else await self.customers.read(customer)
        if found is None:
            raise NotFound(f"there is no customer {customer}", field="customer")
        return found, self.plans().find(found.plan)
