"""The way out for files that customers point at, opened when the first one is fetched."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from filmgate.transport.policy import Policy

TYPES = ("image/", "video/", "audio/")
"""A page that says what went wrong is no picture, whatever its status."""


class Downloads:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._way_out = contextlib.AsyncExitStack()
        self._opening = asyncio.Lock()
        self._egress: object | None = None

    def check(self, url: str) -> None:
        """As far as a URL shows. Raises BadInput."""
        # Only here: most commands have no URL to read, and it takes a library.
        from filmgate.transport.urls import check_url  # noqa: PLC0415

        check_url(url, self._policy)

    async def fetch(
        self, url: str, into: Path, *, max_bytes: int, deadline_s: float
    ) -> tuple[str, int]:
        """Copy the file; its digest and size. Raises BadInput, Unreachable and SetUp."""
        # Only here: most commands fetch nothing, and the HTTP client is heavy.
        from filmgate.transport.egress import Egress  # noqa: PLC0415

        async with self._opening:
            if self._egress is None:
                self._egress = await self._way_out.enter_async_context(Egress(self._policy))
        assert isinstance(self._egress, Egress)
        fetched = await self._egress.fetch(
            url, into=into, max_bytes=max_bytes, deadline_s=deadline_s, accept=TYPES
        )
        return fetched.digest, fetched.size_bytes

    async def close(self) -> None:
        await self._way_out.aclose()
        self._egress = None
