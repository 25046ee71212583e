"""Servers on loopback for tests: well-behaved ones, and ones that say whatever a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from io import BytesIO
from pathlib import Path

from aiohttp import web

from filmgate.transport.egress import Egress, Fetched
from filmgate.transport.policy import Policy

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OPEN = Policy(allow_loopback=True, answer_read_s=0.2)
BOMB = gzip.compress(bytes(10_000_000))


async def fetch_from(
    port: int,
    into: Path | BytesIO,
    *,
    policy: Policy = OPEN,
    max_bytes: int = 100_000,
    deadline_s: float = 5.0,
) -> Fetched:
    async with Egress(policy) as egress:
        return await egress.fetch(
            f"http://127.0.0.1:{port}/a",
            into=into,
            max_bytes=max_bytes,
            deadline_s=deadline_s,
            accept=("image/", "video/"),
        )


@contextlib.asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a real HTTP server."""
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def speaking(script: Script) -> AsyncIterator[int]:
    """The port of a server that reads one request's head and then does what the script says."""
    tasks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await reader.readuntil(b"\r\n\r\n")
                await script(reader, writer)
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def saying(*pieces: bytes, every_s: float = 0.0, forever: bytes = b"") -> Script:
    """Sends the pieces, then the last one again and again, or hangs up."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every_s)
        while forever:
            writer.write(forever)
            await writer.drain()
            await asyncio.sleep(every_s)

    return script


class Names:
    """A name server that may change its mind: each answer is used once, the last one for good."""

    def __init__(self, **answers: Sequence[Sequence[str] | OSError]) -> None:
        self._answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        left = self._answers[host]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, OSError):
            raise answer
        return answer
