"""Hears at once, as a rule, that another process has written; and looks again anyway."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import Future

import asyncpg

from filmgate.storage.database.postgres.errors import Lost, is_gone
from filmgate.storage.database.postgres.session import connect
from filmgate.storage.database.session import Session

CHANNEL = "filmgate"
NOTIFY_S = 0.05
"""At most so often one process calls, where it writes without a pause."""
LOOK_S = 5.0
"""A call may be lost with its caller or on its way; the rows are not: after this time whoever asks
is told to look, whether anybody called or not."""
RECONNECT_S = 0.5
FIRST_WAIT_S = 3.0


class Caller:
    """Calls out what this process has written; never inside the transactions themselves, because
    those that call are committed one after the other by the server."""

    def __init__(self, me: str) -> None:
        self._me = me
        self._lock = threading.Lock()
        self._called_at = 0.0
        self._uncalled = False

    def written(self, session: Session, *, more_to_come: bool) -> None:
        with self._lock:
            now = time.monotonic()
            if more_to_come and now - self._called_at < NOTIFY_S:
                return  # whoever carries out what is to come will call
            self._called_at = now
        session.execute("select pg_notify(?, ?)", (CHANNEL, self._me))


class Herald:
    """Listens from the first question on, in a thread and on a connection of its own."""

    def __init__(self, url: str, me: str) -> None:
        self._url = url
        self._me = me
        self._heard = 0
        self._changed_at = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._closing = False
        self._ready: Future[None] = Future()
        self._thread: threading.Thread | None = None

    async def mark(self) -> int:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="filmgate-herald", daemon=True)
            self._thread.start()
        if not self._ready.done():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FIRST_WAIT_S):
                    await asyncio.shield(asyncio.wrap_future(self._ready))
        if time.monotonic() - self._changed_at >= LOOK_S:
            self._turn_page()
        return self._heard

    def close(self) -> None:
        self._closing = True
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._wake.set)
            self._thread.join()
        self._loop.close()

    def _turn_page(self) -> None:
        self._heard += 1
        self._changed_at = time.monotonic()

    def _run(self) -> None:
        self._loop.run_until_complete(self._listen())

    async def _listen(self) -> None:
        while not self._closing:
            self._wake.clear()
            try:
                await self._listen_once()
            except Exception as error:
                if not is_gone(error) and not isinstance(error, asyncpg.PostgresError | Lost):
                    raise
            finally:
                if not self._ready.done():
                    self._ready.set_result(None)
            if not self._closing:
                await asyncio.sleep(RECONNECT_S)

    async def _listen_once(self) -> None:
        connection = await connect(self._url)
        try:
            connection.add_termination_listener(lambda _: self._wake.set())
            await connection.add_listener(CHANNEL, self._hear)
            self._turn_page()  # who knows what was called while nobody listened
            if not self._ready.done():
                self._ready.set_result(None)
            await self._wake.wait()
            await connection.close(timeout=1)
        finally:
            connection.terminate()

    def _hear(self, _connection: object, _pid: int, _channel: str, caller: object) -> None:
        if caller != self._me:
            self._turn_page()
