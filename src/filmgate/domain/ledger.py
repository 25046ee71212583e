"""Credits: an append-only double-entry ledger of whole numbers.

Every transfer moves an amount from one account to another and is never changed or removed; a
mistake gets a correcting transfer. Transfers of a task follow from what becomes of the task
(``transfers_of``) and from nothing else; their ids follow from the task's, so that the same
transfer can't be written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from filmgate.domain.task import State, Task

TASK_HEAD = "task_"
TRANSACTION_HEAD = "txn_"


class Kind(StrEnum):
    HOLD = "hold"
    """Set aside when a task is accepted."""
    CAPTURE = "capture"
    """Taken for a task that succeeded; ends the hold."""
    REST = "rest"
    """What a capture left of its hold, given back together with it."""
    RELEASE = "release"
    """The whole hold given back; ends the hold."""
    REFUND = "refund"
    """Something captured, given back for a reason."""
    TOP_UP = "top_up"
    """Credits bought; its reference is the payment system's and never comes twice."""
    ADJUSTMENT = "adjustment"
    """A correction by the operator, either way, with a note."""


class Account(StrEnum):
    """The first two are kept for each customer, the others are the house's."""

    AVAILABLE = "available"
    HELD = "held"
    REVENUE = "revenue"
    TOP_UPS = "topups"
    ADJUSTMENTS = "adjustments"


ENDS_HOLD = frozenset({Kind.CAPTURE, Kind.RELEASE})
BY_HAND = frozenset({Kind.REFUND, Kind.TOP_UP, Kind.ADJUSTMENT})
"""What people and payment systems may post; everything else follows from a task."""

PATHS: dict[Kind, frozenset[tuple[Account, Account]]] = {
    Kind.HOLD: frozenset({(Account.AVAILABLE, Account.HELD)}),
    Kind.CAPTURE: frozenset({(Account.HELD, Account.REVENUE)}),
    Kind.REST: frozenset({(Account.HELD, Account.AVAILABLE)}),
    Kind.RELEASE: frozenset({(Account.HELD, Account.AVAILABLE)}),
    Kind.REFUND: frozenset({(Account.REVENUE, Account.AVAILABLE)}),
    Kind.TOP_UP: frozenset({(Account.TOP_UPS, Account.AVAILABLE)}),
    Kind.ADJUSTMENT: frozenset(
        {(Account.ADJUSTMENTS, Account.AVAILABLE), (Account.AVAILABLE, Account.ADJUSTMENTS)}
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    id: str
    """``txn_...``, which a customer can quote."""
    kind: Kind
    customer: str
    source: Account
    target: Account
    credits: int
    at: float
    task: str | None = None
    reference: str | None = None
    """The payment system's own id of a top-up."""
    note: str = ""
    by: str = ""
    """Who did it: an operator's name, or empty for the house itself."""

    def __post_init__(self) -> None:
        assert self.credits > 0, f"{self.id} would move {self.credits} credits"
        assert (self.source, self.target) in PATHS[self.kind], f"{self.id} goes a way of its own"
        assert (self.kind in BY_HAND - {Kind.REFUND}) == (self.task is None), self.id

    def change(self, account: Account) -> int:
        """What it does to an account of its customer."""
        return self.credits * ((self.target is account) - (self.source is account))


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    available: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a look at every row of ledger and tasks found; all zero in a sound house."""

    difference: int = 0
    """Kept balances against the sums of the transfers, over all customers, in credits."""
    open_holds_of_ended_tasks: int = 0
    open_tasks_without_hold: int = 0
    holds_ended_twice: int = 0
    transfers: int = 0
    """How many rows were looked at."""

    @property
    def sound(self) -> bool:
        return not (
            self.difference
            or self.open_holds_of_ended_tasks
            or self.open_tasks_without_hold
            or self.holds_ended_twice
        )


def transaction_id(task_id: str, kind: Kind) -> str:
    """Follows from the task, so that a repeat meets itself: ``txn_01J...-hold``."""
    return f"{TRANSACTION_HEAD}{task_id.removeprefix(TASK_HEAD)}-{kind.value}"


def transfers_of(before: Task | None, after: Task) -> tuple[Transfer, ...]:
    """What this step of the task's life does to its customer's credits."""
    if after.hold_credits == 0:
        return ()
    if before is None:
        assert not after.state.ended, f"task {after.id} ends before it begins"
        return (_of_task(after, Kind.HOLD, after.hold_credits),)
    if before.state.ended or not after.state.ended:
        return ()
    charge = after.charged_credits
    assert charge is not None, f"task {after.id} ended without settling its hold"
    assert 0 <= charge <= after.hold_credits, f"task {after.id} is charged above its hold"
    if charge == 0:
        return (_of_task(after, Kind.RELEASE, after.hold_credits),)
    captured = _of_task(after, Kind.CAPTURE, charge)
    if charge == after.hold_credits:
        return (captured,)
    return captured, _of_task(after, Kind.REST, after.hold_credits - charge)


def refund(task: Task, credits_back: int, at: float, *, reason: str, by: str) -> Transfer:
    """Once a task, and never more than it was charged."""
    assert task.state is State.SUCCEEDED, f"task {task.id} is {task.state}"
    assert 0 < credits_back <= (task.charged_credits or 0), f"{credits_back} of {task.id}"
    return _of_task(task, Kind.REFUND, credits_back, at=at, note=reason, by=by)


def top_up(
    transaction: str, customer: str, bought: int, at: float, *, reference: str, by: str = ""
) -> Transfer:
    """``by``: the operator who posted it; nobody where a payment system did."""
    return Transfer(
        id=transaction,
        kind=Kind.TOP_UP,
        customer=customer,
        source=Account.TOP_UPS,
        target=Account.AVAILABLE,
        credits=bought,
        at=at,
        reference=reference,
        by=by,
    )


def adjustment(
    transaction: str, customer: str, change: int, at: float, *, note: str, by: str
) -> Transfer:
    """``change`` may be negative; it can't take more than is available."""
    gives = change > 0
    return Transfer(
        id=transaction,
        kind=Kind.ADJUSTMENT,
        customer=customer,
        source=Account.ADJUSTMENTS if gives else Account.AVAILABLE,
        target=Account.AVAILABLE if gives else Account.ADJUSTMENTS,
        credits=abs(change),
        at=at,
        note=note,
        by=by,
    )


def _of_task(
    task: Task, kind: Kind, amount: int, *, at: float | None = None, note: str = "", by: str = ""
) -> Transfer:
    ((source, target),) = PATHS[kind]
    return Transfer(
        id=transaction_id(task.id, kind),
        kind=kind,
        customer=task.customer,
        source=source,
        target=target,
        credits=amount,
        at=task.updated_at if at is None else at,
        task=task.id,
        note=note,
        by=by,
    )
