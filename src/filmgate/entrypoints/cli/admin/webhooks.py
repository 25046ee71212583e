"""``filmgate admin webhooks``: who was called for what, how it went, and calling again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.delivery import DELAYS_S, Attempt, Delivery, DeliveryQuery, DeliveryState
from filmgate.domain.errors import FixRequest
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import Json, Limit, at_least_one, at_work
from filmgate.entrypoints.cli.admin.asking import operator as me
from filmgate.entrypoints.cli.calling import line_of
from filmgate.entrypoints.cli.failures import DONE
from filmgate.entrypoints.cli.parsing import group

if TYPE_CHECKING:
    from filmgate.assembly import Embedded

app = group("webhooks", "Calls to customers: look, call again.")

EventId = Annotated[str, Parameter(name="EVENT", help="Its id, or the beginning of it.")]


@app.command(name="list")
def list_webhooks(
    *,
    state: Annotated[
        str | None, Parameter(name="--state", help=f"Only those {', '.join(DeliveryState)}.")
    ] = None,
    customer: Annotated[
        str | None, Parameter(name="--customer", help="Only this customer's.")
    ] = None,
    task: Annotated[str | None, Parameter(name="--task", help="Only this task's.")] = None,
    limit: Limit = 50,
    json: Json = False,
) -> int:
    """The newest webhooks of all customers."""
    states = frozenset(DeliveryState) if state is None else frozenset({_state(state)})
    at_least_one(limit)

    async def work(house: Embedded) -> int:
        office = house.office
        found = await office.webhooks.select(
            DeliveryQuery(
                states=states,
                customer=None if customer is None else (await office.customers.find(customer)).id,
                task=None if task is None else (await office.tasks.find(task)).id,
                limit=limit,
            )
        )
        if json:
            telling.say_json([facts(each) for each in found])
        elif found:
            _tell_webhooks(found)
        else:
            telling.remark("no such webhooks")
        return DONE

    return at_work(work)


@app.command
def show(event: EventId, /, *, json: Json = False) -> int:
    """One webhook with every attempt at it."""

    async def work(house: Embedded) -> int:
        office = house.office.webhooks
        found = await office.find(event)
        attempts = await office.attempts(found)
        if json:
            telling.say_json({**facts(found), "attempts": [_attempt(each) for each in attempts]})
        else:
            _tell_webhook(found, attempts)
        return DONE

    return at_work(work)


@app.command
def replay(event: EventId, /, *, json: Json = False) -> int:
    """Call again, now and by the whole timetable; a receiver that was gone is called again."""

    async def work(house: Embedded) -> int:
        office = house.office.webhooks
        begun = await office.replay(event, by=me())
        [found] = await house.calls(DeliveryQuery(id_prefix=begun.id, limit=1))
        if json:
            telling.say_json(facts(found))
        else:
            telling.say(f"{found.id} {found.state}")
            attempts = await office.attempts(found)
            telling.remark(line_of(found, attempts if found.tries else []))
        return DONE

    return at_work(work)


def facts(delivery: Delivery) -> dict[str, object]:
    event = delivery.event
    return {
        "event": delivery.id,
        "type": f"task.{event.kind.value}",
        "task": event.task,
        "customer": event.customer,
        "protocol": event.protocol,
        "url": delivery.url,
        "state": delivery.state.value,
        "tries": delivery.tries,
        "at": telling.iso_time(event.at),
        "due_at": None if delivery.due_at is None else telling.iso_time(delivery.due_at),
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "at": telling.iso_time(attempt.at),
        "took_ms": attempt.took_ms,
        "status": attempt.status,
        "error": attempt.error or None,
        "answer": attempt.snippet,
    }


def _tell_webhooks(found: list[Delivery]) -> None:
    now = time.time()
    telling.say_table(
        ("EVENT", "AGE", "TYPE", "STATE", "TRIES", "CUSTOMER", "HOST"),
        [
            (
                each.id,
                telling.age(each.event.at, now),
                f"task.{each.event.kind.value}",
                each.state.value,
                str(each.tries),
                each.event.customer,
                each.host,
            )
            for each in found
        ],
    )


def _tell_webhook(found: Delivery, attempts: list[Attempt]) -> None:
    event = found.event
    telling.say(found.id)
    telling.say_facts(
        {
            "state": f"{found.state}, attempt {found.tries} of {len(DELAYS_S)}",
            "type": f"task.{event.kind.value}",
            "task": event.task,
            "customer": event.customer,
            "url": found.url,
            "due": None if found.due_at is None else telling.clock_time(found.due_at),
        }
    )
    telling.say("  attempts")
    for each in attempts:
        outcome = each.error or f"status {each.status}"
        answer = f"  {each.snippet}" if each.snippet else ""
        telling.say(f"    {telling.clock_time(each.at)}  {each.took_ms} ms  {outcome}{answer}")


def _state(text: str) -> DeliveryState:
    try:
        return DeliveryState(text.lower().replace("-", "_"))
    except ValueError:
        raise FixRequest(
            f"there is no state {text}",
            field="--state",
            remedy=f"choose {', '.join(DeliveryState)}",
        ) from None
