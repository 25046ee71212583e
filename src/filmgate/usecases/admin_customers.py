"""What an operator does with customers. Whatever is done stands in the trail, in the same write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from filmgate.catalogue.load_plans import DEFAULT_PLAN, Plans
from filmgate.domain.customer import (
    CUSTOMER_HEAD,
    PRIORITY_MAX,
    THE_OWNER,
    Customer,
    Deed,
    Role,
)
from filmgate.domain.customer_ports import Mint, Register
from filmgate.domain.errors import Conflict, FixRequest, NotFound
from filmgate.domain.ports import Clock, Ledger

NAME_CHARS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerOffice:
    register: Register
    plans: Callable[[], Plans]
    ledger: Ledger
    clock: Clock
    mint: Mint

    async def create(
        self,
        name: str,
        *,
        plan: str | None = None,
        role: Role = Role.CUSTOMER,
        priority: int = 0,
        max_task_credits: int | None = None,
        by: str,
    ) -> Customer:
        """Raises FixRequest, NotFound for the plan, Conflict for a name that is taken."""
        name = one_line(name, field="name")
        if not name or name.startswith(CUSTOMER_HEAD):
            raise FixRequest(f"{name!r} is no name for a customer", field="name")
        if role is Role.OWNER:
            raise FixRequest("there is one owner, who sits at the computer", field="role")
        if not 0 <= priority <= PRIORITY_MAX:
            raise FixRequest(f"a priority is from 0 to {PRIORITY_MAX}", field="priority")
        if max_task_credits is not None and max_task_credits < 0:
            raise FixRequest("a ceiling is not below 0", field="max_task_credits")
        customer = Customer(
            id=self.mint.customer_id(),
            name=name,
            plan=self.plans().find(plan or DEFAULT_PLAN).name,
            role=role,
            created_at=self.clock.now(),
            priority=priority,
            max_task_credits=max_task_credits,
        )
        details = {"name": name, "plan": customer.plan, "role": role.value}
        if priority:
            details["priority"] = str(priority)
        if max_task_credits is not None:
            details["max_task_credits"] = str(max_task_credits)
        await self.register.customers.add(
            customer, self._deed(by, "customers create", customer.id, details)
        )
        return customer

    async def all(self) -> list[Customer]:
        return await self.register.customers.all()

    async def find(self, text: str) -> Customer:
        """By id or by name. Raises NotFound."""
        customers = self.register.customers
        found = await customers.read(text) or await customers.named(text)
        if found is None:
            raise NotFound(
                f"there is no customer {text!r}",
                field="customer",
                remedy="filmgate admin customers list",
            )
        return found

    async def disable(self, text: str, *, by: str) -> Customer:
        """From now on none of the customer's keys opens anything; what runs goes on, because it
        is paid for."""
        now = self.clock.now()

        def become(customer: Customer) -> Customer:
            if customer.disabled_at is not None:
                raise Conflict(f"{customer.name} is disabled already", field="customer")
            return replace(customer, disabled_at=now)

        found = await self._theirs(text)
        deed = self._deed(by, "customers disable", found.id, {})
        return await self.register.customers.change(found.id, become, deed)

    async def enable(self, text: str, *, by: str) -> Customer:
        def become(customer: Customer) -> Customer:
            if customer.disabled_at is None:
                raise Conflict(f"{customer.name} is not disabled", field="customer")
            return replace(customer, disabled_at=None)

        found = await self._theirs(text)
        deed = self._deed(by, "customers enable", found.id, {})
        return await self.register.customers.change(found.id, become, deed)

    async def set_plan(self, text: str, plan: str, *, by: str) -> Customer:
        """Raises Conflict where credits are there that would change their worth."""
        found, new = await self._theirs(text), self.plans().find(plan)
        worth_before = self.plans().find(found.plan).credit_usd_micros
        balance = await self.ledger.balance(found.id)
        if worth_before != new.credit_usd_micros and (balance.available or balance.held):
            raise Conflict(
                f"a credit of plan {new.name} is worth something else than one of {found.plan}, "
                f"and {found.name} has {balance.available + balance.held}",
                field="plan",
                remedy="take them off first, with a note (filmgate admin credits adjust)",
            )
        deed = self._deed(
            by, "customers set-plan", found.id, {"plan": new.name, "before": found.plan}
        )
        return await self.register.customers.change(
            found.id, lambda each: replace(each, plan=new.name), deed
        )

    async def _theirs(self, text: str) -> Customer:
        found = await self.find(text)
        if found.id == THE_OWNER.id:
            raise Conflict("the owner stays as it is", field="customer")
        return found

    def _deed(self, by: str, action: str, subject: str, details: dict[str, str]) -> Deed:
        return Deed(at=self.clock.now(), by=by, action=action, subject=subject, details=details)


def one_line(text: str, *, field: str) -> str:
    """What operators write is shown in terminals, where control signs would do things."""
    text = text.strip()
    if not text.isprintable():
        raise FixRequest("there are signs in it that can't be shown", field=field)
    if len(text) > NAME_CHARS:
        raise FixRequest(f"it is longer than {NAME_CHARS} characters", field=field)
    return text
