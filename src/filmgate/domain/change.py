"""What must be true together: one step of a task with its money, its news and its limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from filmgate.domain.ledger import Transfer, transfers_of
from filmgate.domain.task import OPEN, Callback, State, Task


class Stale(Exception):
    """Somebody else wrote the task since it was read: read it again and decide again."""


class AlreadyPosted(Exception):
    """The ledger has this transfer: the same kind for the same task, or the same reference."""


class NotEnough(Exception):
    """The customer's available credits don't cover it."""

    def __init__(self, *, needed: int, available: int) -> None:
        super().__init__(f"{needed} credits are needed and {available} are available")
        self.needed = needed
        self.available = available


class ExternalIdTaken(Exception):
    """The customer has another task of this name."""


class IdempotencyConflict(Exception):
    """The key was used before, for another request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many tasks may be in these states, counted inside the transaction; every condition that
    is left out holds for all."""

    at_most: int
    states: frozenset[State] = OPEN
    customer: str | None = None
    account: str | None = None
    model: str | None = None
    besides_runners: frozenset[str] = frozenset()
    """Tasks of these runners don't count: their work ended with them."""


class Full(Exception):
    """One more task would break this limit."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(f"there may be {limit.at_most} at most")
        self.limit = limit


class QueueFull(Full):
    """The customer has as many tasks waiting as the plan allows."""


class NoSlot(Full):
    """The account, the model or the customer's plan has no slot free."""


class EventKind(StrEnum):
    ACCEPTED = "accepted"
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RESCUED = "rescued"
    """A film came after its task had failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to announce, written with the step that it tells of; its id stays the same however
    often it is told."""

    id: str
    customer: str
    task: str
    kind: EventKind
    url: str | None
    """None: nobody asked to be called; the owner finds it in the list of events."""
    protocol: str
    """In whose words the body is written."""
    secret: str | None
    at: float


class Next(StrEnum):
    """What has to be done for a task next."""

    START = "start"
    LOOK = "look"
    """Ask the provider what has become of the job, or whether there is one."""
    FETCH = "fetch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """A hint that may come late, twice or not at all: the row is the truth."""

    what: Next
    task: str
    account: str
    at: float


NEXT = {
    State.QUEUED: Next.START,
    State.IN_DOUBT: Next.LOOK,
    State.RUNNING: Next.LOOK,
    State.FETCHING: Next.FETCH,
}

ANNOUNCED = {
    State.QUEUED: EventKind.ACCEPTED,
    State.RUNNING: EventKind.STARTED,
    State.SUCCEEDED: EventKind.SUCCEEDED,
    State.FAILED: EventKind.FAILED,
    State.CANCELLED: EventKind.CANCELLED,
}
"""States that a customer is called for; the others look the same from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One atomic write. Transfers and events follow from the step itself, so that nobody can
    move a task and forget the money, or move money and forget the task."""

    before: Task | None
    """As it was read; None for a new task. Its version must still stand when this is written."""
    task: Task
    limits: tuple[Limit, ...] = ()
    """Raised as QueueFull for a new task and as NoSlot for one that starts."""

    def __post_init__(self) -> None:
        if self.before is None:
            assert self.task.version == 0, f"task {self.task.id} was written before"
            assert self.task.state is State.QUEUED, f"task {self.task.id} begins {self.task.state}"
        else:
            assert self.before.id == self.task.id, f"{self.before.id} becomes {self.task.id}"
            assert self.before.version == self.task.version, self.task.id
            assert self.before.customer == self.task.customer, self.task.id
            assert self.before.hold_credits == self.task.hold_credits, self.task.id
            moved = self.before.state is not self.task.state
            assert not (moved and self.before.state.ended), f"task {self.task.id} has ended"
            anew = self.asks_anew
            assert not anew or self.task.state is State.QUEUED, f"task {self.task.id} was begun"

    @property
    def asks_anew(self) -> bool:
        """Whether the request itself is another one: what it was given has been fetched."""
        before, after = self.before, self.task
        # Tuples compare what is the same object without looking into it.
        asked = (after.request, after.output)
        return before is not None and (before.request, before.output) != asked

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        return transfers_of(self.before, self.task)

    @property
    def events(self) -> tuple[Event, ...]:
        return events_of(self.before, self.task)

    @property
    def wake(self) -> Wake | None:
        """None where nothing is left to do, and while a call is out."""
        task = self.task
        what = NEXT.get(task.state)
        if task.state.ended and task.rescue_until is not None:
            what = Next.LOOK
        if what is None:
            return None
        return Wake(what=what, task=task.id, account=task.account, at=task.updated_at)


def events_of(before: Task | None, after: Task) -> tuple[Event, ...]:
    """One for everybody who wants to hear of it."""
    callbacks = () if after.callback is None else (after.callback, *after.callback.also)
    if before is not None and before.rescued is None and after.rescued is not None:
        # Who heard of the end alone has heard of it. Told even where nobody asked to be called: a
        # film that is there must be found.
        hearing = tuple(each for each in callbacks if each.states is None)
        return _events(after, EventKind.RESCUED, hearing or (None,))
    moved = before is None or before.state is not after.state
    returned = before is not None and after.state is State.QUEUED
    if not moved or returned or after.state not in ANNOUNCED:
        return ()
    hears = (each for each in callbacks if each.states is None or after.state in each.states)
    return _events(after, ANNOUNCED[after.state], hears)


def _events(task: Task, kind: EventKind, callbacks: Iterable[Callback | None]) -> tuple[Event, ...]:
    """Each has an id of its own, as each is told apart."""
    return tuple(_event(task, kind, each, number) for number, each in enumerate(callbacks))


def _event(task: Task, kind: EventKind, callback: Callback | None, number: int) -> Event:
    head = f"evt_{task.id.removeprefix('task_')}-{len(task.timeline)}"
    return Event(
        id=f"{head}.{number}" if number else head,
        customer=task.customer,
        task=task.id,
        kind=kind,
        url=callback.url if callback else None,
        protocol=callback.protocol if callback else "",
        secret=callback.secret if callback else None,
        at=task.updated_at,
    )
