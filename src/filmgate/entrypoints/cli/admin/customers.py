"""``filmgate admin customers``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.customer import Customer, Role
from filmgate.domain.errors import FixRequest
from filmgate.domain.ledger import Balance
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import CustomerName, Json, Yes, at_work, confirm
from filmgate.entrypoints.cli.admin.asking import operator as me
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.parsing import group

if TYPE_CHECKING:
    from filmgate.assembly import Embedded

app = group("customers", "Who may call, under which plan.")

_PLAN = "A plan's name; filmgate admin plans lists them."


@app.command
def create(
    name: Annotated[str, Parameter(name="NAME", help="What to call the customer.")],
    /,
    *,
    plan: Annotated[str | None, Parameter(name="--plan", help=f"{_PLAN} Else infinito.")] = None,
    role: Annotated[str, Parameter(name="--role", help="customer, or admin.")] = "customer",
    priority: Annotated[
        int, Parameter(name="--priority", help="The highest the customer may give a task.")
    ] = 0,
    max_task_credits: Annotated[
        int | None, Parameter(name="--max-task-credits", help="The most that a task may cost.")
    ] = None,
    json: Json = False,
) -> int:
    """Make a customer; filmgate admin keys create makes its first key."""
    wanted = _role(role)

    async def work(house: Embedded) -> int:
        made = await house.office.customers.create(
            name,
            plan=plan,
            role=wanted,
            priority=priority,
            max_task_credits=max_task_credits,
            by=me(),
        )
        if json:
            telling.say_json(facts(made, Balance()))
        else:
            telling.say(made.id)
            telling.hint(f"now make a key: filmgate admin keys create {made.id}")
        return DONE

    return at_work(work)


@app.command(name="list")
def list_customers(*, json: Json = False) -> int:
    """Every customer, with plan and credits."""

    async def work(house: Embedded) -> int:
        office = house.office
        found = [
            (each, await office.credits.balance(each)) for each in await office.customers.all()
        ]
        if json:
            telling.say_json([facts(*each) for each in found])
            return DONE
        telling.say_table(
            ("CUSTOMER", "PLAN", "ROLE", "CREDITS", "HELD", "STATE", "NAME"),
            [
                (
                    each.id,
                    each.plan,
                    each.role.value,
                    str(balance.available),
                    str(balance.held),
                    "disabled" if each.disabled_at is not None else "active",
                    each.name,
                )
                for each, balance in found
            ],
        )
        return DONE

    return at_work(work)


@app.command
def show(customer: CustomerName, /, *, json: Json = False) -> int:
    """One customer with limits, credits and keys."""

    async def work(house: Embedded) -> int:
        office = house.office
        found = await office.customers.find(customer)
        balance = await office.credits.balance(found)
        keys = await office.keys.all(found.id)
        if json:
            from filmgate.entrypoints.cli.admin.keys import facts as key_facts

            now = time.time()
            telling.say_json(
                {**facts(found, balance), "keys": [key_facts(key, now) for key in keys]}
            )
            return DONE
        _tell(found, balance)
        working = sum(key.works_at(time.time()) for key in keys)
        telling.say_facts({"keys": f"{working} of {len(keys)} work"})
        return DONE

    return at_work(work)


@app.command
def disable(customer: CustomerName, /, *, yes: Yes = False, json: Json = False) -> int:
    """Lock a customer out: no key opens anything. What was paid for is still made."""
    confirm(f"Every key of {customer} stops working at once.", yes=yes)

    async def work(house: Embedded) -> int:
        found = await house.office.customers.disable(customer, by=me())
        return await _told(house, found, as_json=json)

    return at_work(work)


@app.command
def enable(customer: CustomerName, /, *, json: Json = False) -> int:
    """Let a disabled customer in again."""

    async def work(house: Embedded) -> int:
        found = await house.office.customers.enable(customer, by=me())
        return await _told(house, found, as_json=json)

    return at_work(work)


@app.command(name="set-plan")
def set_plan(
    customer: CustomerName,
    plan: Annotated[str, Parameter(name="PLAN", help=_PLAN)],
    /,
    *,
    json: Json = False,
) -> int:
    """Give a customer another plan; it holds from the next task on."""

    async def work(house: Embedded) -> int:
        found = await house.office.customers.set_plan(customer, plan, by=me())
        return await _told(house, found, as_json=json)

    return at_work(work)


def facts(customer: Customer, balance: Balance) -> dict[str, object]:
    return {
        "customer": customer.id,
        "name": customer.name,
        "plan": customer.plan,
        "role": customer.role.value,
        "available_credits": balance.available,
        "held_credits": balance.held,
        "priority": customer.priority,
        "max_task_credits": customer.max_task_credits,
        "created_at": telling.iso_time(customer.created_at),
        "disabled_at": None
        if customer.disabled_at is None
        else telling.iso_time(customer.disabled_at),
    }


async def _told(house: Embedded, customer: Customer, *, as_json: bool) -> int:
    balance = await house.office.credits.balance(customer)
    if as_json:
        telling.say_json(facts(customer, balance))
    else:
        _tell(customer, balance)
    return DONE


def _tell(customer: Customer, balance: Balance) -> None:
    ceiling, since = customer.max_task_credits, customer.disabled_at
    telling.say(customer.id)
    telling.say_facts(
        {
            "name": customer.name,
            "plan": customer.plan,
            "role": customer.role.value,
            "state": "active" if since is None else f"disabled {telling.clock_time(since)}",
            "credits": f"{balance.available}, and {balance.held} held for tasks",
            "priority": str(customer.priority),
            "ceiling": None if ceiling is None else f"{ceiling} credits a task",
        }
    )


def _role(text: str) -> Role:
    try:
        return Role(text.lower())
    except ValueError:
        raise FixRequest(
            f"there is no role {text!r}", field="--role", remedy="choose customer or admin"
        ) from None
