"""Events on their way to those who asked to be called, and how long we go on trying.

The timetable is that of Standard Webhooks: ten attempts within 75 hours and 35 minutes. Each has a
new timestamp and signature under the same id, by which receivers notice repetitions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from filmgate.domain.change import Event, EventKind
from filmgate.domain.task import State, Task

DELAYS_S = (0, 5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
"""Before each attempt; the first one is made at once."""
JITTER = 0.1
"""Delays vary by this share either way, so that a receiver that comes back is not run over."""
RETRY_AFTER_MAX_S = 24 * 3600.0
GONE = 410
RETRY_AFTER_COUNTS = frozenset({429, 503})


class DeliveryState(StrEnum):
    PENDING = "pending"
    """An attempt is due at ``due_at``, or out just now."""
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    """Every attempt of the timetable failed. Only an operator starts it again."""
    SWITCHED_OFF = "switched_off"
    """The receiver said that it is gone; only an operator switches it on again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One line of the delivery log."""

    at: float
    took_ms: int
    status: int | None = None
    """None where no answer came."""
    error: str = ""
    """In words; empty for success."""
    snippet: str = ""
    """The beginning of the answer, without secrets."""
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far the telling of an event is; one for each event that somebody wants to be called for,
    written in the commit that makes the event true."""

    event: Event
    """Its id is the same over all attempts: receivers tell repetitions by it."""
    state: DeliveryState = DeliveryState.PENDING
    tries: int = 0
    """Attempts of the present round; a replay begins a new one."""
    due_at: float | None
    """None once it has ended."""
    version: int = 1
    """Raised by the store whenever somebody takes or changes the delivery."""

    @property
    def id(self) -> str:
        return self.event.id

    @property
    def url(self) -> str:
        assert self.event.url is not None, f"nobody is to be called for {self.event.id}"
        return self.event.url

    @property
    def endpoint(self) -> tuple[str, str]:
        """What "gone" switches off. A customer can't do that to another one's receiver."""
        return self.event.customer, self.url

    @property
    def host(self) -> str:
        """Who must not be overrun, and who must hold up nobody else."""
        return host_of(self.url)


def host_of(url: str) -> str:
    """The rest of a webhook's URL may be a secret."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return url


def first_delivery(event: Event, *, switched_off: bool) -> Delivery | None:
    """None where nobody asked to be called."""
    if event.url is None:
        return None
    if switched_off:
        return Delivery(event=event, state=DeliveryState.SWITCHED_OFF, due_at=None)
    return Delivery(event=event, due_at=event.at)


STATE_TOLD = {
    EventKind.ACCEPTED: State.QUEUED,
    EventKind.STARTED: State.RUNNING,
    EventKind.SUCCEEDED: State.SUCCEEDED,
    EventKind.FAILED: State.FAILED,
    EventKind.CANCELLED: State.CANCELLED,
    EventKind.RESCUED: State.FAILED,
}


def as_told(event: Event, task: Task) -> Task:
    """The task as it stood when the event happened, so that a late attempt, or a replay after
    days, says what the first one said."""
    then = replace(
        task,
        state=STATE_TOLD[event.kind],
        updated_at=event.at,
        timeline=tuple(step for step in task.timeline if step.at <= event.at),
        rescued=task.rescued if event.kind is EventKind.RESCUED else None,
    )
    if then.state.ended:
        return then
    return replace(then, result=None, reason=None, fault=None, charged_credits=None)


def after(delivery: Delivery, attempt: Attempt, chance: float) -> Delivery:
    """The delivery after an attempt; ``chance`` is drawn evenly from 0 to 1."""
    tries = delivery.tries + 1
    if attempt.status is not None and 200 <= attempt.status < 300:
        state = DeliveryState.DELIVERED
    elif attempt.status == GONE:
        state = DeliveryState.SWITCHED_OFF
    elif tries >= len(DELAYS_S):
        state = DeliveryState.GIVEN_UP
    else:
        wait_s = DELAYS_S[tries] * (1 + JITTER * (2 * chance - 1))
        if attempt.status in RETRY_AFTER_COUNTS and attempt.retry_after_s is not None:
            wait_s = max(wait_s, min(attempt.retry_after_s, RETRY_AFTER_MAX_S))
        return replace(delivery, tries=tries, due_at=attempt.at + wait_s)
    return replace(delivery, state=state, tries=tries, due_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many may be under way at once, so that nobody's slow receiver takes all places."""

    in_all: int = 64
    per_host: int = 4
    per_customer: int = 16
    """A customer may have any number of host names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryQuery:
    """Which deliveries are wanted; a condition left out holds for all. Newest first."""

    states: frozenset[DeliveryState] = frozenset(DeliveryState)
    customer: str | None = None
    task: str | None = None
    id_prefix: str = ""
    limit: int = 100


class Deliveries(Protocol):
    """The deliveries as a courier sees them; what is written here survives a power cut."""

    async def due(
        self, now: float, *, lease_s: float, out: list[Delivery], quota: Quota
    ) -> list[Delivery]:
        """Take what is due and fits into the quota beside what is ``out``, longest due first.

        Nobody else gets them before the lease ends. Whoever dies with them loses only time.
        """

    async def record(self, delivery: Delivery, attempt: Attempt) -> bool:
        """Log the attempt and write the delivery as it stands after it.

        False where somebody took or changed it meanwhile: then that counts, and only the log grows.
        Nothing grows where the event is no longer kept. A switched-off delivery takes all that is
        pending for its endpoint with it.
        """


class DeliveryLog(Protocol):
    """What customers and operators see of the deliveries."""

    async def select(self, wanted: DeliveryQuery) -> list[Delivery]: ...

    async def attempts(self, event_id: str) -> list[Attempt]:
        """Oldest first."""

    async def replay(self, event_id: str, now: float) -> Delivery:
        """Begin the timetable anew under the same id, and switch the endpoint on. Raises NotFound.

        What else waits for that endpoint goes on only with a replay of its own.
        """
