"""A task followed live, as server-sent events (HTML standard, 9.2).

``task`` carries the whole task and comes at once, with every new state, and last; ``progress`` is
what changes in between. Whoever connects again sees the present state first, so that an event id
that comes back needs no history; a stream ends early when the server stops.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from filmgate.domain.errors import FilmgateError, Wait
from filmgate.domain.order import Sighting
from filmgate.domain.task import State
from filmgate.protocols.face import Call
from filmgate.protocols.filmgate.errors import facts_of
from filmgate.protocols.filmgate.server.asking import Ask, Handler
from filmgate.protocols.filmgate.view import Shown, progress_reply, task_reply
from filmgate.protocols.filmgate.wire import encode
from filmgate.protocols.filmgate.wire_replies import ErrorReply
from filmgate.protocols.filmgate.wire_requests import NoQuery

HEARTBEAT_S = 10.0
PATIENCE_S = 30.0
"""How long a reader may leave what was sent to it unread."""
RETRY_MS = 2000
STREAMS_MAX = 1000
STREAMS_OF_CUSTOMER_MAX = 32


class Streams:
    """How many follow a task at this moment."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextlib.contextmanager
    def place(self, customer: str) -> Iterator[None]:
        """Raises Wait where there is none."""
        full = self._open.total() >= STREAMS_MAX
        if full or self._open[customer] >= STREAMS_OF_CUSTOMER_MAX:
            raise Wait(
                f"at most {STREAMS_OF_CUSTOMER_MAX} tasks can be followed at once",
                retry_after_s=5.0,
                field="rate",
                remedy="Read the others with GET /tasks.",
            )
        self._open[customer] += 1
        try:
            yield
        finally:
            self._open[customer] -= 1
            if not self._open[customer]:
                del self._open[customer]


class EventStream(Response):
    """Sends what comes, until it ends, the reader leaves, or reads nothing for too long."""

    def __init__(self, chunks: AsyncIterator[bytes], place: contextlib.ExitStack) -> None:
        super().__init__(
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            media_type="text/event-stream",
        )
        del self.headers["content-length"]
        self._chunks = chunks
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        with self._place:
            sending = asyncio.ensure_future(self._send(send))
            leaving = asyncio.ensure_future(_gone(receive))
            try:
                await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                leaving.cancel()
                sending.cancel()
                await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        async for chunk in self._chunks:
            async with asyncio.timeout(PATIENCE_S):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def follow_task(streams: Streams) -> Handler:
    async def handler(ask: Ask) -> Response:
        ask.query(NoQuery)
        task = await ask.task()
        with contextlib.ExitStack() as stack:
            stack.enter_context(streams.place(ask.customer))
            return EventStream(_news(ask, task.id), stack.pop_all())

    return handler


async def _news(ask: Ask, task_id: str) -> AsyncIterator[bytes]:
    sightings = ask.front.service.watch(ask.customer, task_id)
    waiting: asyncio.Future[Sighting | None] | None = None
    latest: Shown | None = None
    stopping = asyncio.ensure_future(_stopped(ask.call))
    yield b"retry: %d\n\n" % RETRY_MS
    try:
        while not stopping.done():
            waiting = waiting or asyncio.ensure_future(_next(sightings))
            done, _ = await asyncio.wait(
                {waiting, stopping},
                timeout=HEARTBEAT_S,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not done:
                latest, chunk = await _pulse(ask, latest)
                yield chunk
            if waiting not in done:
                continue
            sighting, waiting = waiting.result(), None
            if sighting is None:
                return
            shown = replace(await ask.shown(sighting.task), progress=sighting.progress)
            yield _chunk(shown, latest)
            latest = shown
    except FilmgateError as error:
        facts = facts_of(error, ask.call.request_id)
        yield _event("error", encode(ErrorReply(error=facts)))
    finally:
        under_way = [each for each in (waiting, stopping) if each is not None]
        for each in under_way:
            each.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _next(sightings: AsyncIterator[Sighting]) -> Sighting | None:
    return await anext(sightings, None)


async def _stopped(call: Call) -> Sighting | None:
    await call.stopping.wait()
    return None


async def _pulse(ask: Ask, latest: Shown | None) -> tuple[Shown | None, bytes]:
    """A sign of life; a place in the queue changes without a change of the task."""
    if latest is not None and latest.task.state is State.QUEUED:
        ahead = await ask.front.service.tasks_ahead(latest.task)
        if ahead != latest.tasks_ahead:
            latest = replace(latest, tasks_ahead=ahead)
            return latest, _event("progress", encode(progress_reply(latest)))
    return latest, b": still here\n\n"


def _chunk(shown: Shown, latest: Shown | None) -> bytes:
    if latest is not None and shown.task == latest.task:
        return _event("progress", encode(progress_reply(shown)))
    return _event("task", encode(task_reply(shown)), shown.task.version)


def _event(name: str, data: bytes, number: int | None = None) -> bytes:
    """JSON has no line breaks of its own, so that one ``data`` line is enough."""
    head = b"" if number is None else b"id: %d\n" % number
    return b"%sevent: %s\ndata: %s\n\n" % (head, name.encode(), data)
