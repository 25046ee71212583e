"""A task followed to its end, by whichever command: progress, Ctrl-C, and the film's delivery."""

from __future__ import annotations

import asyncio
import shlex
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING

from filmgate.domain.errors import FixRequest, Unreachable
from filmgate.domain.task import State, Task
from filmgate.entrypoints.cli.destination import Destination
from filmgate.entrypoints.cli.failures import EndedBadly, Interrupted
from filmgate.entrypoints.cli.progress import Display

if TYPE_CHECKING:
    from filmgate.assembly import Embedded
    from filmgate.assembly.stage import Stage
    from filmgate.entrypoints.cli.house import House
    from filmgate.settings import Settings

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def in_house(
    settings: Settings,
    work: Callable[[Embedded], Awaitable[int]],
    *,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    stage: Stage | None = None,
) -> int:
    """Open the house, do the work in it, close it. Ctrl-C and SIGTERM raise Interrupted."""
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(_in_house(settings, work, stage))


async def _in_house(
    settings: Settings, work: Callable[[Embedded], Awaitable[int]], stage: Stage | None
) -> int:
    from filmgate.assembly import Embedded

    listen(asyncio.current_task())
    try:
        async with Embedded.open(settings, stage=stage) as house:
            return await work(house)
    except asyncio.CancelledError:
        raise Interrupted from None


def listen(me: asyncio.Task[int] | None) -> None:
    """The first signal stops the work; more of them must not stop the cleaning up after it."""
    loop = asyncio.get_running_loop()
    heard = False

    def stop() -> None:
        nonlocal heard
        if me is not None and not heard:
            heard = True
            me.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)


async def kept(house: House, submission: Coroutine[None, None, Task], out: str | None) -> Task:
    """The new task, even if Ctrl-C comes while it is being written: then its id is told."""
    writing = asyncio.ensure_future(submission)
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        task = await writing
        raise Interrupted(task.id, go_on(task.id, out, house.place)) from None


async def follow(house: House, task: Task, display: Display, *, out: str | None) -> Task:
    """Watch the task until it has ended well. Raises EndedBadly with its reason, Interrupted."""
    try:
        with display:
            async for sighting in house.watch(task.id):
                display.show(sighting)
                task = sighting.task
    except asyncio.CancelledError:
        raise Interrupted(task.id, go_on(task.id, out, house.place)) from None
    except Unreachable as error:
        error.remedy = f"task {task.id} goes on; come back with {go_on(task.id, out, house.place)}"
        raise
    if task.state is State.SUCCEEDED:
        return task
    ended = "was cancelled" if task.state is State.CANCELLED else "failed"
    raise EndedBadly(
        task.id,
        f"task {task.id} {ended}" + (f": {task.reason}" if task.reason else ""),
        place=house.place,
    )


async def delivered(house: House, task: Task, destination: Destination) -> str:
    """Where the film is now. Raises FixRequest; the film itself is safe in the home."""
    film = await house.fetch_result(task)
    try:
        return destination.deliver(film, getattr(task.request, "prompt", ""))
    except FixRequest as error:
        error.remedy = f"the film is kept: {go_on(task.id, 'ELSEWHERE.mp4', house.place)}"
        raise


def go_on(task_id: str, out: str | None, place: str | None) -> str:
    """The command that takes a task up again and delivers its film as was asked."""
    there = f" --server {shlex.quote(place)}" if place else ""
    return f"filmgate tasks resume {task_id}{there}" + (f" -o {shlex.quote(out)}" if out else "")
