"""Carries events to customers' receivers, again and again until they take them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol

from filmgate.domain.delivery import Attempt, Deliveries, Delivery, Quota, after
from filmgate.domain.errors import FilmgateError
from filmgate.domain.ports import Clock
from filmgate.transport.redact import redact_text

if TYPE_CHECKING:
    # Not loaded with this: most commands call nobody, and the HTTP client is heavy.
    from filmgate.transport.egress import Answer

SNIPPET_CHARS_MAX = 500

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    headers: Mapping[str, str]
    """With the signature."""
    body: bytes


Compose = Callable[[Delivery, float], Awaitable[Message]]
"""A protocol's body and signature for an attempt at the given time."""


class Post(Protocol):
    """``Egress.post``."""

    async def __call__(
        self, url: str, *, headers: Mapping[str, str], body: bytes, deadline_s: float
    ) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    quota: Quota = field(default_factory=Quota)
    deadline_s: float = 20.0
    """For one attempt, as Standard Webhooks advises."""
    lease_s: float = 60.0
    """Longer than any attempt, or else another process would send the same at the same time."""
    pause_s: float = 1.0
    """Between two looks at what is due, which other processes may have added."""


class Courier:
    def __init__(
        self,
        deliveries: Deliveries,
        post: Post,
        compose: Mapping[str, Compose],
        *,
        clock: Clock,
        chance: Callable[[], float],
        terms: Terms,
    ) -> None:
        """``compose``: by protocol. ``chance``: drawn evenly from 0 to 1, for the jitter."""
        self._deliveries = deliveries
        self._post = post
        self._compose = compose
        self._clock = clock
        self._chance = chance
        self._terms = terms
        self._out: dict[asyncio.Task[None], Delivery] = {}
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Look at once: something was added."""
        self._news.set()

    async def run(self) -> None:
        """Until cancelled. What is out then is sent again when its lease has ended."""
        try:
            while True:
                self._news.clear()
                try:
                    await self._send_due()
                except FilmgateError as trouble:
                    _log.warning("webhooks wait: %s", trouble.message)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._terms.pause_s):
                        await self._news.wait()
        finally:
            for task in self._out:
                task.cancel()
            await asyncio.gather(*self._out, return_exceptions=True)

    async def come_home(self, within_s: float) -> None:
        """Wait for what is out, so that it need not be sent again."""
        if self._out:
            await asyncio.wait(list(self._out), timeout=within_s)

    async def deliver_due(self) -> None:
        """All that is due now, and then return: for a process that ends when it is idle."""
        while await self._send_due() or self._out:
            await asyncio.wait(list(self._out), return_when=asyncio.FIRST_COMPLETED)

    async def _send_due(self) -> bool:
        found = await self._deliveries.due(
            self._clock.now(),
            lease_s=self._terms.lease_s,
            out=list(self._out.values()),
            quota=self._terms.quota,
        )
        for delivery in found:
            task = asyncio.create_task(self._deliver(delivery))
            self._out[task] = delivery
            task.add_done_callback(self._returned)
        return bool(found)

    def _returned(self, task: asyncio.Task[None]) -> None:
        del self._out[task]
        self._news.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nothing was written, so it is sent again when its lease has ended.
            _log.error("a webhook's attempt could not be recorded", exc_info=error)

    async def _deliver(self, delivery: Delivery) -> None:
        attempt = await self._attempt(delivery)
        await self._deliveries.record(after(delivery, attempt, self._chance()), attempt)

    async def _attempt(self, delivery: Delivery) -> Attempt:
        at = self._clock.now()
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            message = await self._compose[delivery.event.protocol](delivery, at)
            answer = await self._post(
                delivery.url,
                headers=message.headers,
                body=message.body,
                deadline_s=self._terms.deadline_s,
            )
        except FilmgateError as error:
            return Attempt(at=at, took_ms=_ms(clock() - began), error=redact_text(error.message))
        except Exception as error:  # noqa: BLE001 - a defect counts as a failed attempt as well
            # A protocol that this version doesn't know counts as one, too.
            trace = redact_text("".join(traceback.format_exception(error)))
            _log.error("a webhook for %s could not be made: %s", delivery.event.protocol, trace)
            return Attempt(at=at, took_ms=_ms(clock() - began), error="an error of our own")
        return Attempt(
            at=at,
            took_ms=_ms(clock() - began),
            status=answer.status,
            error=_error(answer.status),
            snippet=_snippet(answer.body),
            retry_after_s=retry_after_s(answer.headers.get("retry-after"), at),
        )


def retry_after_s(header: str | None, now: float) -> float | None:
    """Seconds or a date (RFC 9110, 10.2.3); None where it says nothing that can be obeyed."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        when = parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return max(0.0, when.timestamp() - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # whatever a stranger writes there, the attempt is recorded


def _error(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"redirected with status {status}, which webhooks never follow: give the final URL"
    if status == 410:
        return "the receiver says that it is gone (status 410); it gets no more"
    return f"answered with status {status}"


def _snippet(body: bytes) -> str:
    text = redact_text(body.decode("utf-8", errors="replace"))
    return "".join(char if char.isprintable() else " " for char in text)[:SNIPPET_CHARS_MAX]


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
