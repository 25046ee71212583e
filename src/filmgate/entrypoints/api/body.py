"""A call's body under limits: of size, of time, and of what all calls together may hold."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope


class BodyTooLarge(Exception):
    """More than this server reads."""


class BodyTooSlow(Exception):
    """Nothing came for a while, or too little in all."""


class HouseFull(Exception):
    """The bodies of other calls fill what memory there is for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    bytes_max: int = 288 * 1024 * 1024
    """The largest that any protocol takes: a clip of 256 MB with a form around it."""
    silence_s: float = 20.0
    """How long nothing may come."""
    whole_s: float = 600.0
    held_bytes_max: int = 1024 * 1024 * 1024
    """Of all bodies that are being read at once."""

    def check(self, announced_bytes: int) -> None:
        """Before anything is read. Raises BodyTooLarge."""
        if announced_bytes > self.bytes_max:
            raise BodyTooLarge


class Pantry:
    """How much all bodies together hold at the moment."""

    def __init__(self, bytes_max: int) -> None:
        self._free = bytes_max

    def take(self, size_bytes: int) -> None:
        if size_bytes > self._free:
            raise HouseFull
        self._free -= size_bytes

    def give_back(self, size_bytes: int) -> None:
        self._free += size_bytes


class LimitedBody:
    """Stands between the server and whoever reads the body."""

    def __init__(self, receive: Receive, limits: BodyLimits, pantry: Pantry) -> None:
        self._receive = receive
        self._limits = limits
        self._pantry = pantry
        self._size_bytes = 0
        self._is_whole = False
        self._until: float | None = None

    async def __call__(self) -> Message:
        if self._is_whole:
            return await self._receive()  # waits for the client to leave
        loop = asyncio.get_running_loop()
        if self._until is None:
            self._until = loop.time() + self._limits.whole_s
        patience_s = min(self._limits.silence_s, self._until - loop.time())
        try:
            async with asyncio.timeout(patience_s):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow from None
        if message["type"] == "http.request":
            self._take(len(message.get("body", b"")))
            self._is_whole = not message.get("more_body", False)
        return message

    def close(self) -> None:
        self._pantry.give_back(self._size_bytes)

    def _take(self, size_bytes: int) -> None:
        if self._size_bytes + size_bytes > self._limits.bytes_max:
            raise BodyTooLarge
        self._pantry.take(size_bytes)
        self._size_bytes += size_bytes


def announced_bytes(scope: Scope) -> int:
    """What the call says that its body has; 0 where it says nothing readable."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 20 else 0
    return 0
