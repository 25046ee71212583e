"""``filmgate admin credits``: balances, and the transfers that people post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.customer import Customer
from filmgate.domain.ledger import Account, Transfer
from filmgate.domain.pricing import usd
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import (
    CustomerName,
    Json,
    Limit,
    Yes,
    at_least_one,
    at_work,
    confirm,
)
from filmgate.entrypoints.cli.admin.asking import operator as me
from filmgate.entrypoints.cli.failures import DONE, FAILED
from filmgate.entrypoints.cli.parsing import group

if TYPE_CHECKING:
    from filmgate.assembly import Embedded

app = group("credits", "Balances and what moved them.")


@app.command
def show(customer: CustomerName, /, *, limit: Limit = 20, json: Json = False) -> int:
    """A customer's balance and newest transfers, with the ids that customers can quote."""
    at_least_one(limit)

    async def work(house: Embedded) -> int:
        office = house.office
        found = await office.customers.find(customer)
        balance = await office.credits.balance(found)
        moved = await office.credits.transfers(found, limit)
        worth = office.plans.find(found.plan).credit_usd_micros * balance.available
        if json:
            telling.say_json(
                {
                    "customer": found.id,
                    "available_credits": balance.available,
                    "held_credits": balance.held,
                    "available_usd": telling.dollars(worth),
                    "transfers": [transfer_facts(each) for each in moved],
                }
            )
            return DONE
        telling.say(
            f"{found.name}: {balance.available} credits ({usd(worth)}), "
            f"and {balance.held} held for tasks"
        )
        if moved:
            _tell_transfers(moved)
        return DONE

    return at_work(work)


@app.command(name="top-up")
def top_up(
    customer: CustomerName,
    amount: Annotated[int, Parameter(name="CREDITS", help="How many were bought.")],
    /,
    *,
    reference: Annotated[
        str, Parameter(name="--reference", help="The payment's own id; it counts only once.")
    ],
    json: Json = False,
) -> int:
    """Add credits that were bought. The same reference again changes nothing."""

    async def work(house: Embedded) -> int:
        found = await house.office.customers.find(customer)
        posted = await house.office.credits.top_up(found, amount, reference=reference, by=me())
        return await _told(house, found, posted, as_json=json)

    return at_work(work)


@app.command
def adjust(
    customer: CustomerName,
    change: Annotated[
        int,
        Parameter(name="CHANGE", allow_leading_hyphen=True, help="Credits to give, or -N to take."),
    ],
    /,
    *,
    note: Annotated[str, Parameter(name="--note", help="Why; the customer can read it.")],
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Correct a balance, with a note. Never below nothing."""
    direction = "gets" if change > 0 else "loses"
    confirm(f"{customer} {direction} {abs(change)} credits.", yes=yes)

    async def work(house: Embedded) -> int:
        found = await house.office.customers.find(customer)
        posted = await house.office.credits.adjust(found, change, note=note, by=me())
        return await _told(house, found, posted, as_json=json)

    return at_work(work)


@app.command
def refund(
    task: Annotated[str, Parameter(name="TASK", help="A task that succeeded.")],
    /,
    *,
    reason: Annotated[str, Parameter(name="--reason", help="Why; the customer can read it.")],
    amount: Annotated[
        int | None, Parameter(name="--credits", help="How many; else all that it took.")
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Give back what a task took, once."""
    confirm(f"What {task} took is given back, which can't be undone.", yes=yes)

    async def work(house: Embedded) -> int:
        office = house.office
        posted = await office.credits.refund(task, amount, reason=reason, by=me())
        found = await office.customers.find(posted.customer)
        return await _told(house, found, posted, as_json=json)

    return at_work(work)


@app.command
def check(*, json: Json = False) -> int:
    """Count every row of the ledger again. Exit code 1 when anything doesn't add up."""

    async def work(house: Embedded) -> int:
        found = await house.office.credits.check()
        told = {
            "difference": found.difference,
            "open_holds_of_ended_tasks": found.open_holds_of_ended_tasks,
            "open_tasks_without_hold": found.open_tasks_without_hold,
            "holds_ended_twice": found.holds_ended_twice,
            "transfers": found.transfers,
        }
        if json:
            telling.say_json({"sound": found.sound, **told})
        else:
            telling.say("the ledger adds up" if found.sound else "the ledger does NOT add up")
            for word, number in told.items():
                telling.say(f"  {word.replace('_', ' '):<26} {number}")
        return DONE if found.sound else FAILED

    return at_work(work)


def transfer_facts(transfer: Transfer) -> dict[str, object]:
    return {
        "transaction": transfer.id,
        "kind": transfer.kind.value,
        "customer": transfer.customer,
        "from": transfer.source.value,
        "to": transfer.target.value,
        "credits": transfer.credits,
        "at": telling.iso_time(transfer.at),
        "task": transfer.task,
        "reference": transfer.reference,
        "note": transfer.note,
        "by": transfer.by,
    }


async def _told(house: Embedded, customer: Customer, posted: Transfer, *, as_json: bool) -> int:
    balance = await house.office.credits.balance(customer)
    if as_json:
        after = {"available_credits": balance.available, "held_credits": balance.held}
        telling.say_json({**transfer_facts(posted), **after})
    else:
        telling.say(posted.id)
        telling.remark(f"{customer.name} has {balance.available} credits now")
    return DONE


def _tell_transfers(transfers: list[Transfer]) -> None:
    telling.say_table(
        ("TRANSACTION", "WHEN", "KIND", "AVAILABLE", "HELD", "BY", "ABOUT"),
        [
            (
                each.id,
                telling.clock_time(each.at),
                each.kind.value,
                f"{each.change(Account.AVAILABLE):+d}",
                f"{each.change(Account.HELD):+d}",
                each.by or "-",
                " ".join(filter(None, (each.task, each.reference, each.note))),
            )
            for each in transfers
        ],
    )
