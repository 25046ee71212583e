"""Deliveries for tests, and a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import replace

from tests.pretend.rooms import accept, new_task

from filmgate.domain.change import Event, EventKind
from filmgate.domain.delivery import Delivery, DeliveryQuery
from filmgate.domain.ports import Store
from filmgate.domain.task import Callback, State, Step

NOW = 1_800_000_000.0
URL = "https://example.com/hook"


class HandClock:
    def __init__(self, now: float = NOW) -> None:
        self.at = now

    def now(self) -> float:
        return self.at


def delivery(name: str, *, url: str = URL) -> Delivery:
    event = Event(
        id=event_id(name),
        kind=EventKind.ACCEPTED,
        customer="customer",
        task=f"task_{name}",
        at=NOW,
        url=url,
        protocol="standard",
        secret=None,
    )
    return Delivery(event=event, due_at=NOW)


def event_id(name: str) -> str:
    return f"evt_{name}-1"


async def announce(
    store: Store, name: str, *, url: str = URL, customer: str = "customer", at: float = NOW
) -> Delivery:
    """A task whose customer wants to hear that it was accepted."""
    task = replace(
        new_task(customer=customer, at=at),
        id=f"task_{name}",
        callback=Callback(url=url, protocol="standard"),
        timeline=(Step(at=at, state=State.QUEUED),),
    )
    await accept(store, task)
    return await stands(store, name)


async def stands(store: Store, name: str) -> Delivery:
    [found] = await store.delivery_log.select(DeliveryQuery(id_prefix=event_id(name)))
    return found
