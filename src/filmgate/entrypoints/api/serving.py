"""Listening: a socket, uvicorn, and what uvicorn leaves out about slow and swollen heads."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from filmgate.domain.errors import SetUp

HEAD_S = 15.0
"""How long a client may take for request line and headers."""
HEAD_BYTES_MAX = 64 * 1024
KEEP_ALIVE_S = 75
BACKLOG = 2048
GRACE_S = 30
"""How long calls under way may take to end when the server stops."""


class HurriedProtocol(HttpToolsProtocol):
    """Hangs up on clients that never finish saying what they want."""

    _head_bytes = 0
    _hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        # (uvicorn declares it narrower than asyncio does)
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._hurry is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
                self.send_400_response("Headers too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._hurry is None:
            self._begin_head()

    def on_headers_complete(self) -> None:
        self._end_head()
        super().on_headers_complete()

    def _begin_head(self) -> None:
        self._head_bytes = 0
        self._hurry = self.loop.call_later(HEAD_S, self._hang_up)

    def _end_head(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, and tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(host: str, port: int) -> socket.socket:
    """Raises SetUp in words for whoever typed the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is said, because asyncio sets TCP_NODELAY only on sockets that say it: without it
    # an answer's body waits 40 ms for the other side's word about the head.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except (OSError, OverflowError) as error:
        found.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SetUp(
            f"can't listen at {host}:{port}: {reason}",
            field="port",
            remedy="Choose another one with --port, or end whoever uses it.",
        ) from error
    found.setblocking(False)  # noqa: FBT003 - takes no keyword
    return found


async def serve(
    app: ASGIApp,
    sockets: list[socket.socket],
    *,
    ready: Callable[[], Awaitable[None]],
    stopping: asyncio.Event,
) -> None:
    """Until SIGINT or SIGTERM, which sets ``stopping``; a second one ends at once what is under
    way."""
    config = uvicorn.Config(
        app,
        http=HurriedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config, ready)

    def stop() -> None:
        stopping.set()
        server.force_exit = server.should_exit
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await server.serve(sockets)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
