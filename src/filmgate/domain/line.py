"""Who goes next: slots of accounts, models and customers, and a line that is fair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from filmgate.domain.change import Limit
from filmgate.domain.task import IN_SLOTS, OPEN, Task

AT_ONCE_MAX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A seat at a provider: how much of it may be used at once."""

    id: str
    provider: str
    slots: int
    slots_of_model: Mapping[str, int] = field(default_factory=dict[str, int])
    customer: str | None = None
    """Whose own it is; None for the operator's, which serve everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """So many requests in any window of this length."""

    requests: int
    window_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a customer's plan allows."""

    plan: str
    concurrency: int | None = None
    """How many tasks may be at work at once; None for no limit."""
    queue_max: int = 50
    """How many more may wait; 0 where the plan refuses instead."""
    retention_s: float | None = None
    priority_max: int = 0
    rates: tuple[RateLimit, ...] = ()
    query_rates: tuple[RateLimit, ...] = ()
    credit_usd_micros: int = 5_000
    """What one credit stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A customer in an account's line."""

    customer: str
    tasks: tuple[str, ...]
    """The first of the customer's tasks there, the next one first."""
    served: int
    """When the customer was last served there; 0 for never. Counts turns, not seconds."""
    busy: int
    """How many slots the customer has in use, over all accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfetched:
    """A customer with tasks that can't start before what they were given is fetched."""

    customer: str
    tasks: tuple[str, ...]
    """Some of them, the next one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How many slots of an account are taken, and who waits for the others."""

    in_use: int
    waiting: tuple[Waiting, ...]
    """The customer served longest ago first."""


def tasks_at_once(free: int, customers: int) -> int:
    """How many tasks of each customer are worth a look."""
    return min(AT_ONCE_MAX, 1 + max(0, free) // max(1, customers))


def next_in_line(line: Line, free: int, concurrency: Mapping[str, int | None]) -> list[str]:
    """The tasks that may start now: in turns, one of each customer before a second of anybody."""
    lines: list[tuple[str, ...]] = []
    for each in line.waiting:
        most = concurrency[each.customer]
        lines.append(each.tasks if most is None else each.tasks[: max(0, most - each.busy)])
    turns = (task for turn in zip_longest(*lines) for task in turn if task is not None)
    return [task for _, task in zip(range(max(0, free)), turns, strict=False)]


def queue_limits(task: Task, terms: Terms) -> tuple[Limit, ...]:
    """What must hold for a task to be accepted."""
    if terms.concurrency is None:
        return ()
    return (
        Limit(at_most=terms.concurrency + terms.queue_max, states=OPEN, customer=task.customer),
    )


def slot_limits(
    task: Task, account: Account, terms: Terms, *, besides_runners: frozenset[str]
) -> tuple[Limit, ...]:
    """What must hold for a task to start, whoever else starts one at the same moment."""
    limits = [
        Limit(
            at_most=account.slots,
            states=IN_SLOTS,
            account=account.id,
            besides_runners=besides_runners,
        )
    ]
    if task.model in account.slots_of_model:
        limits.append(
            Limit(
                at_most=account.slots_of_model[task.model],
                states=IN_SLOTS,
                account=account.id,
                model=task.model,
                besides_runners=besides_runners,
            )
        )
    if terms.concurrency is not None:
        limits.append(Limit(at_most=terms.concurrency, states=IN_SLOTS, customer=task.customer))
    return tuple(limits)
