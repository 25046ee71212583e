"""What a caller wants done on a connection, handed to the thread that has one."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

S = TypeVar("S")
"""What the work is done on."""
T = TypeVar("T")
Tell = Callable[[], None]
PATIENCE_S = 6.0
"""How long a caller waits for a server that is away; a restart takes two or three seconds."""


@dataclass(frozen=True, slots=True)
class Item(Generic[S]):
    claim: Callable[[], bool]
    """False when the caller has gone away before the work began."""
    run: Callable[[S], Tell]
    """Does the work and returns what tells the caller, which happens after the commit."""
    fail: Callable[[BaseException], None]
    writes: bool
    loop: asyncio.AbstractEventLoop | None = None
    """Where the caller is told; None for this thread."""
    at_one_moment: bool = False
    since: float = field(default_factory=time.monotonic)
    patience_s: float = PATIENCE_S


def promised(
    work: Callable[[S], T], *, writes: bool, patience_s: float = PATIENCE_S
) -> tuple[Item[S], Future[T]]:
    """For callers without a loop."""
    future: Future[T] = Future()

    def run(session: S) -> Tell:
        answer = work(session)
        return lambda: future.set_result(answer)

    claim = future.set_running_or_notify_cancel
    return Item(claim, run, future.set_exception, writes, patience_s=patience_s), future


def awaited(
    work: Callable[[S], T],
    *,
    writes: bool,
    after: Callable[[T], None] | None = None,
    at_one_moment: bool = False,
) -> tuple[Item[S], asyncio.Future[T]]:
    """``after`` is called in the caller's loop once the work is safe, even if the caller has gone
    away meanwhile."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def run(session: S) -> Tell:
        answer = work(session)

        def tell() -> None:
            if after is not None:
                after(answer)
            if not future.done():
                future.set_result(answer)

        return tell

    def fail(error: BaseException) -> None:
        if not future.done():
            future.set_exception(error)

    waits = lambda: not future.cancelled()  # noqa: E731
    return Item(waits, run, fail, writes, loop, at_one_moment), future


def failing(item: Item[S], error: Exception) -> Tell:
    return lambda: item.fail(error)


def tell_all(told: list[tuple[Item[S], Tell]]) -> None:
    """One call into each loop for the whole batch: waking a loop is a system call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Tell]] = {}
    for item, tell in told:
        if item.loop is None:
            tell()
        else:
            by_loop.setdefault(item.loop, []).append(tell)
    for loop, tells in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_tell_in_turn, tells)


def _tell_in_turn(tells: list[Tell]) -> None:
    for tell in tells:
        tell()
