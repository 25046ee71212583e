"""Remove what is over: expired tasks with their films, inputs nobody names, what crashes left.

Every step is small and stands for itself: the sweep may stop or be killed between any two, run
twice at once, and begin again from the start. What a living task needs is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, replace

from filmgate.domain.customer import Deed
from filmgate.domain.customer_ports import Trail
from filmgate.domain.errors import FilmgateError
from filmgate.domain.housekeeping import KeepsJobs, Leftover, Records, Stock
from filmgate.domain.ports import Clock, TaskQuery, Tasks
from filmgate.domain.request import Kind
from filmgate.domain.task import OPEN

HANDFUL = 50
GRACE_S = 3600.0
"""An expired film still plays for those who began in time, and a request that named it in time
gets in; a file younger than that may belong to a row that is being written."""
UNUSED_INPUT_S = 3 * 86400.0
"""How long an upload waits for the request that names it (KIE: three days)."""
COPY_S = 86400.0
TOLD_S = 30 * 86400.0
"""How long an event is kept once nobody waits for it; it goes sooner with its task."""
FROM_A_TASK = frozenset({Kind.EXTEND, Kind.LIP_SYNC})
"""Kinds that may go on from another task's film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Where there is something to sweep."""

    tasks: Tasks
    records: Records
    stock: Stock
    providers: Iterable[object]
    """Those that keep jobs are asked for them."""
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How much was removed."""

    tasks: int = 0
    results: int = 0
    """Films and pictures that no task claimed."""
    inputs: int = 0
    incoming: int = 0
    jobs: int = 0
    copies: int = 0
    events: int = 0
    """With the log of their deliveries."""

    @property
    def total(self) -> int:
        return sum(astuple(self))


async def sweep(rooms: Rooms) -> Swept:
    """Everything that is to be removed now. Raises SetUp on disk trouble."""
    tasks = await sweep_expired(rooms)
    return replace(await sweep_leftovers(rooms), tasks=tasks)


async def sweep_expired(rooms: Rooms) -> int:
    """The cheap half, for every few minutes: what has expired, by an index."""
    removed = 0
    needed = await _films_needed(rooms.tasks)
    before = rooms.clock.now() - GRACE_S
    while True:
        found = await rooms.records.expired(before, HANDFUL + len(needed))
        gone = 0
        for task in found:
            if task.id in needed:
                continue
            # The row first: a film without a row is found by the next sweep, while a row without
            # its film would promise what is not there.
            if await rooms.records.remove(task):
                await rooms.stock.remove_result(task.id)
                gone += 1
        removed += gone
        if not gone:
            return removed


async def sweep_leftovers(rooms: Rooms) -> Swept:
    """The thorough half, for every few hours: looks at every stored file."""
    results = await _sweep_results(rooms)
    jobs = await _sweep_jobs(rooms)
    incoming = await _sweep_incoming(rooms)
    inputs = await _sweep_inputs(rooms)
    copies = await rooms.stock.drop_copies(rooms.clock.now() - COPY_S)
    events = await _sweep_events(rooms)
    return Swept(
        results=results, jobs=jobs, incoming=incoming, inputs=inputs, copies=copies, events=events
    )


async def note_sweep(swept: Swept, *, by: str, trail: Trail, clock: Clock) -> None:
    """For the trail, where an operator wanted it."""
    details = {what: str(number) for what, number in asdict(swept).items() if number}
    await trail.add(Deed(at=clock.now(), by=by, action="sweep", subject="house", details=details))


async def _sweep_events(rooms: Rooms) -> int:
    """Tasks that are kept for ever would else keep all that was ever told of them."""
    removed = 0
    before = rooms.clock.now() - TOLD_S
    while gone := await rooms.records.forget_told(before, HANDFUL):
        removed += gone
    return removed


async def _films_needed(tasks: Tasks) -> frozenset[str]:
    """Tasks whose film another one, still open, is to go on from."""
    needed: set[str] = set()
    wanted = TaskQuery(states=OPEN, kinds=FROM_A_TASK, oldest_first=True, limit=HANDFUL)
    while True:
        page = await tasks.select(wanted)
        sources = (getattr(task.request, "source_task", None) for task in page)
        needed.update(source for source in sources if source is not None)
        if len(page) < HANDFUL:
            return frozenset(needed)
        wanted = replace(wanted, past_id=page[-1].id)


async def _sweep_results(rooms: Rooms) -> int:
    removed = 0
    before = rooms.clock.now() - GRACE_S
    async for handful in rooms.stock.results():
        old = frozenset(found.owner for found in handful if found.changed_at < before)
        if old:
            for task_id in sorted(old - await rooms.records.claiming(old)):
                await rooms.stock.remove_result(task_id)
                removed += 1
    return removed


async def _sweep_jobs(rooms: Rooms) -> int:
    removed = 0
    for provider in rooms.providers:
        if not isinstance(provider, KeepsJobs):
            continue
        kept = await provider.kept_jobs()
        for start in range(0, len(kept), HANDFUL):
            handful = frozenset(kept[start : start + HANDFUL])
            for job in sorted(handful - await rooms.records.alive(handful)):
                try:
                    await provider.forget(job)
                except (FilmgateError, OSError):
                    continue  # the next sweep tries again
                removed += 1
    return removed


async def _sweep_incoming(rooms: Rooms) -> int:
    removed = 0
    before = rooms.clock.now() - GRACE_S
    async for handful in rooms.stock.incoming():
        old = [found for found in handful if found.changed_at < before]
        alive = await rooms.records.alive(frozenset(found.owner for found in old))
        for found in old:
            if found.owner not in alive:
                await rooms.stock.remove_incoming(found)
                removed += 1
    return removed


async def _sweep_inputs(rooms: Rooms) -> int:
    removed = 0
    before = rooms.clock.now() - UNUSED_INPUT_S
    async for handful in rooms.stock.inputs():
        for found in handful:
            if found.changed_at < before:
                removed += await _sweep_input(rooms, found)
    return removed


async def _sweep_input(rooms: Rooms, found: Leftover) -> bool:
    if await rooms.records.uses(found.owner):
        # Not asked about again before another while has passed: looking for it is not cheap.
        await rooms.stock.use_input(found.owner)
        return False
    # Whoever took it up since the question was asked has touched it, and then it stays.
    return await rooms.stock.remove_input(found)
