"""A service on a stage: what a script says of the create happens before or after the real one."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, fields

from filmgate.domain.errors import FilmgateError, TopUp, Unreachable, Wait
from filmgate.domain.rehearsal import Cue, Script, rehearsed, with_script
from filmgate.domain.request import Request
from filmgate.domain.task import Task
from filmgate.usecases.service import Service
from filmgate.usecases.submit_task import Options

RETRY_S = 2.0
header_script: ContextVar[Script] = ContextVar("header_script", default=frozenset())
"""What came beside the request, in the header of the call that is being answered."""
reply_is_lost: ContextVar[list[str] | None] = ContextVar("reply_is_lost", default=None)
"""Where the service tells the server that the answer to this call is to break off."""


class SandboxCrash(RuntimeError):
    """Asked for."""


def _trouble(script: Script) -> Exception | None:
    """What the create ends with instead of a task."""
    troubles: dict[Cue, FilmgateError] = {
        Cue.THROTTLED: Wait(
            "too many requests; asked for by the sandbox's script",
            field="rate",
            retry_after_s=RETRY_S,
        ),
        Cue.FULL: Wait("too many tasks; asked for by the sandbox's script", retry_after_s=RETRY_S),
        Cue.EMPTY_BALANCE: TopUp(
            "not enough credits; asked for by the sandbox's script",
            needed_credits=1,
            available_credits=0,
        ),
        Cue.DOWN: Unreachable("asked for by the sandbox's script"),
    }
    if Cue.CRASH in script:
        return SandboxCrash("asked for by the sandbox's script")
    return next((error for cue, error in troubles.items() if cue in script), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedService(Service):
    async def submit(self, customer: str, request: Request, options: Options | None = None) -> Task:
        request = with_script(request, header_script.get())
        script = rehearsed(request).script
        if (trouble := _trouble(script)) is not None:
            raise trouble
        # What is not allowed, too long or too dear is refused as without a script.
        task = await Service.submit(self, customer, request, options)
        lost = reply_is_lost.get()
        if lost is not None and Cue.LOST_REPLY in script:
            lost.append(task.id)
        return task


def on_stage(service: Service) -> RehearsedService:
    parts = {each.name: getattr(service, each.name) for each in fields(Service) if each.init}
    return RehearsedService(**parts)
