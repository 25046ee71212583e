"""Fetch what a waiting task was given by its address, before anything is started for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from filmgate.catalogue.load import Catalogue
from filmgate.domain.change import Change
from filmgate.domain.errors import BadInput, FixRequest, Unreachable
from filmgate.domain.limits import limit_refusal
from filmgate.domain.model import settle
from filmgate.domain.order import assets_of, is_unfetched, with_assets
from filmgate.domain.ports import Assets, Clock, Fetcher, Tasks
from filmgate.domain.request import Asset, Request
from filmgate.domain.task import Fault, State, Task, move, remark
from filmgate.usecases.check_pictures import check_pictures

PAUSES_S = (5.0, 20.0, 60.0)
"""Between the attempts; after the last one the task has failed."""
UNREACHED = "to be fetched again: "
"""Tells attempts that came to nothing in the timeline: they are counted there, where neither a
kill nor another runner forgets them."""


@dataclass(frozen=True, slots=True)
class Gathered:
    task: Task
    rest_s: float = 0.0
    """How long nobody needs to try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputGathering:
    """A slow host holds up nobody here: no slot is taken, and no call made that could cost."""

    fetcher: Fetcher
    assets: Assets
    catalogue: Callable[[], Catalogue]
    tasks: Tasks
    clock: Clock

    async def gather(self, task: Task) -> Gathered:
        """May be repeated after a kill at any point, and done by two at once: one of them gets
        Stale. Raises Stale, and SetUp with the task as it was."""
        if task.state is not State.QUEUED or not is_unfetched(task.request):
            return Gathered(task)
        rest_s = _rest_s(task, self.clock.now())
        if rest_s > 0:
            return Gathered(task, rest_s)
        wanted = list(dict.fromkeys(each.fetch for each in assets_of(task.request) if each.fetch))
        answers = await asyncio.gather(
            *(self.fetcher.fetch(each) for each in wanted), return_exceptions=True
        )
        here = dict(zip(wanted, answers, strict=True))

        def arrived(asset: Asset) -> Asset:
            answer = here[asset.fetch] if asset.fetch else asset
            return replace(answer, name=asset.name) if isinstance(answer, Asset) else asset

        trouble = _worst(answers)
        if trouble is None:
            return await self._settle(task, with_assets(task.request, arrived))
        if isinstance(trouble, BadInput) or _tries(task) >= len(PAUSES_S):
            return await self._fail(task, trouble.message)
        # What did come is not fetched again.
        part = replace(task, request=with_assets(task.request, arrived))
        again = remark(part, self.clock.now(), f"{UNREACHED}{trouble.message}")
        return Gathered(await self._write(task, again), PAUSES_S[_tries(task)])

    async def _settle(self, task: Task, request: Request) -> Gathered:
        """The film's shape may hang on a picture that nobody had seen before."""
        model = self.catalogue().find(task.model)
        try:
            size = await check_pictures(request, model, self.assets)
            if refused := limit_refusal(model, request):
                raise refused.error()
        except FixRequest as error:
            return await self._fail(task, error.message)
        output = settle(model, request, seed=task.output.seed, picture_size=size)
        ready = replace(task, request=request, output=output, updated_at=self.clock.now())
        return Gathered(await self._write(task, ready))

    async def _fail(self, task: Task, reason: str) -> Gathered:
        now = self.clock.now()
        failed = move(task, State.FAILED, now, reason=reason, fault=Fault.INPUT)
        return Gathered(await self._write(task, failed))

    async def _write(self, before: Task, after: Task) -> Task:
        return await self.tasks.commit(Change(before=before, task=after))


def _worst(answers: list[Asset | BaseException]) -> BadInput | Unreachable | None:
    """What can't be mended counts more than what may. Raises all that is neither."""
    found = [each for each in answers if not isinstance(each, Asset)]
    for each in found:
        if not isinstance(each, BadInput | Unreachable):
            raise each
    known = [each for each in found if isinstance(each, BadInput | Unreachable)]
    known.sort(key=lambda each: isinstance(each, Unreachable))
    return known[0] if known else None


def _tries(task: Task) -> int:
    return sum(step.note.startswith(UNREACHED) for step in task.timeline)


def _rest_s(task: Task, now: float) -> float:
    tries = _tries(task)
    if tries == 0:
        return 0.0
    last = max(step.at for step in task.timeline if step.note.startswith(UNREACHED))
    # A clock that was set back makes nobody wait longer than the pause.
    return min(PAUSES_S[tries - 1], last + PAUSES_S[tries - 1] - now)
