"""What the server asks of a protocol: which paths are its own, and answers in its own shape.

Around every face the server puts the same things (``entrypoints/api``): limits on size and time,
one request id per call, a log line, metrics, and the rule that whatever goes wrong is told by
``refuse`` of the face whose path was called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from filmgate.domain.delivery import Delivery
from filmgate.domain.errors import FilmgateError


class Trouble(StrEnum):
    """What goes wrong outside of the protocol's own code."""

    CRASH = "crash"
    """A defect of ours; what it was stands in the log."""
    TOO_LARGE = "too-large"
    """The body is larger than the server reads."""
    TOO_SLOW = "too-slow"
    """The body did not come in time, or the answer did not."""
    BROKEN = "broken"
    """The call is no proper HTTP, or its body broke off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as a face sees it."""

    request: Request
    """Its body is read with ``await request.body()``, or by ``stream`` or ``form``."""
    method: str
    path: str
    """Begins at the protocol's root, whatever prefix it was called under; percent-decoded."""
    request_id: str
    is_prefixed: bool
    """Called under the protocol's own prefix (``/kling``), where no other protocol can be meant."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the server stops: whoever answers for long must come to an end soon."""
    told: dict[str, str] = field(default_factory=dict[str, str])
    """What the call's log line is to tell beside path and status: ``customer``, ``task``, ``code``.
    Never a secret."""


Compose = Callable[[Delivery, float], Awaitable[tuple[Mapping[str, str], bytes]]]
"""Headers, signature among them, and body of an attempt at that time to tell a customer."""


class Face(Protocol):
    """One protocol's server."""

    @property
    def name(self) -> str:
        """Also its prefix: ``kling`` is served under ``/`` and under ``/kling``."""

    def claims(self, method: str, path: str) -> bool:
        """Whether a call of this path, outside of every prefix, is for this protocol.

        Decides by the path alone, quickly, and also for paths that the protocol will then refuse
        as unknown: every path has at most one protocol (design part 10, "unknown paths").
        """

    async def answer(self, call: Call) -> Response:
        """Raises FilmgateError for everything that ``refuse`` tells."""

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        """The protocol's own error body and status. Never raises, and names no secret."""

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        """How customers are told of tasks, by what stands as ``protocol`` in a task's callback."""

    def describe(self) -> Mapping[str, object]:
        """Its paths for the OpenAPI document: ``paths``, ``components`` and ``tags`` as there."""
