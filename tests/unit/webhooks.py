"""Deliveries for tests, and a clock that is moved by hand."""

from __future__ import annotations

from filmgate.domain.event import Delivery, Event

NOW = 1_800_000_000.0


class HandClock:
    def __init__(self, now: float = NOW) -> None:
        self.at = now

    def now(self) -> float:
        return self.at


def delivery(
    name: str,
    *,
    url: str = "https://example.com/hook",
    endpoint: str = "",
    customer: str = "customer",
    due_at: float = NOW,
    payload: str = "{}",
) -> Delivery:
    return Delivery(
        id=name,
        event=Event(
            id=f"event_{name}",
            kind="task.succeeded",
            customer=customer,
            task_id="task",
            at=NOW,
            payload=payload,
        ),
        protocol="standard",
        url=url,
        endpoint=endpoint or f"{customer} {url}",
        due_at=due_at,
    )
