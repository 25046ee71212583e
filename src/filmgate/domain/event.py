"""What is announced to customers' webhooks, and how long we go on trying.

The timetable is that of Standard Webhooks: ten attempts within 75 hours and 35 minutes. Each has a
new timestamp and signature under the same id, by which receivers notice repetitions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

DELAYS_S = (0, 5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
"""Before each attempt; the first one is made at once."""
JITTER = 0.1
"""Delays vary by this share either way, so that a receiver that comes back is not run over."""
RETRY_AFTER_MAX_S = 24 * 3600.0
GONE = 410
RETRY_AFTER_COUNTS = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    id: str
    """The same over all attempts: receivers tell repetitions by it."""
    kind: str
    """``task.succeeded`` and the like; protocols have their own words."""
    customer: str
    task_id: str
    at: float
    payload: str
    """What the protocol's body is made from, as it was when the event happened."""


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
    """An event on its way to one receiver."""

    id: str
    event: Event
    protocol: str
    """Whose body and signature it has."""
    url: str
    endpoint: str
    """What "gone" switches off: a registered endpoint, or a customer's URL."""
    state: DeliveryState = DeliveryState.PENDING
    tries: int = 0
    """Attempts of the present round; a replay begins a new one."""
    due_at: float | None
    """None once it has ended."""
    version: int = 0
    """Raised by the store whenever somebody takes or changes the delivery."""

    @property
    def host(self) -> str:
        """Who must not be overrun, and who must hold up nobody else."""
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2].lower()
        except ValueError:
            return self.url


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


class Deliveries(Protocol):
    """The rows of all deliveries; what is written here survives a power cut."""

    async def add(self, delivery: Delivery) -> Delivery:
        """As it was written: switched off if its endpoint is. Adding it again changes nothing."""

    async def due(
        self, now: float, *, lease_s: float, out: list[Delivery], quota: Quota
    ) -> list[Delivery]:
        """Take what is due and fits into the quota beside what is ``out``, longest due first.

        Nobody else gets them before the lease ends. Whoever dies with them loses only time.
        """

    async def record(self, delivery: Delivery, attempt: Attempt) -> bool:
        """Log the attempt and write the delivery as it stands after it.

        False where somebody took or changed it meanwhile: then that counts, and only the log grows.
        A switched-off delivery takes its endpoint and all that is pending there with it.
        """


class DeliveryLog(Protocol):
    """What customers and operators see of the deliveries."""

    async def of_task(self, task_id: str) -> list[Delivery]:
        """Oldest first."""

    async def attempts(self, delivery_id: str) -> list[Attempt]:
        """Oldest first."""

    async def replay(self, delivery_id: str, now: float) -> Delivery:
        """Begin the timetable anew under the same id, and switch the endpoint on. Raises NotFound.

        What else waits for that endpoint goes on only with a replay of its own.
        """
