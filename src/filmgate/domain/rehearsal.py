"""What can be made to happen in a sandbox, by name, so that a client's answer to it can be tried.

A script stands in the header ``Filmgate-Sandbox`` or in the prompt: ``a cat [sandbox: stuck]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from filmgate.domain.errors import FixRequest
from filmgate.domain.request import Mode, Request


class Cue(StrEnum):
    """One thing that is to happen; the value is its name."""

    REAL = "real"
    """It takes as long as at the provider."""
    STUCK = "stuck"
    """It is never done."""
    FAILED = "failed"
    """It fails when it is nearly done."""
    LATE_MODERATION = "late-moderation"
    """It is refused for its content when it is nearly done."""
    THROTTLED = "throttled"
    """Too many calls: nothing was accepted."""
    FULL = "full"
    """Too many tasks at once: nothing was accepted."""
    EMPTY_BALANCE = "empty-balance"
    DOWN = "down"
    """The service can't be reached: nothing was accepted."""
    CRASH = "crash"
    """An internal error, and nothing was accepted."""
    LOST_REPLY = "lost-reply"
    """The task is accepted, and the answer breaks off."""


AT_CREATE = frozenset(
    {Cue.THROTTLED, Cue.FULL, Cue.EMPTY_BALANCE, Cue.DOWN, Cue.CRASH, Cue.LOST_REPLY}
)
Script = frozenset[Cue]
_MAGIC = re.compile(r"\s*\[sandbox:([^\]]{0,200})\]", re.IGNORECASE)

TIMES_S: dict[Mode, tuple[float, float]] = {
    Mode.STD: (90.0, 150.0),
    Mode.PRO: (120.0, 200.0),
    Mode.UHD: (120.0, 200.0),
}
"""Least and most (seed S4, "Processing times"; it has no row for 4k)."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    script: Script
    request: Request
    """Without the script in its prompt."""


def read_script(text: str) -> Script:
    """Names separated by commas. Raises FixRequest for one that there is not."""
    names = [name for each in text.split(",") if (name := each.strip().lower())]
    unknown = [name for name in names if name not in set(Cue)]
    if unknown:
        raise FixRequest(
            f"the sandbox knows no {unknown[0]!r}",
            field="prompt",
            remedy=f"It knows {', '.join(Cue)}.",
        )
    return frozenset(Cue(name) for name in names)


def rehearsed(request: Request) -> Rehearsed:
    """What the prompt asks for. Raises FixRequest."""
    prompt: str = getattr(request, "prompt", "")
    found = _MAGIC.findall(prompt)
    if not found:
        return Rehearsed(frozenset(), request)
    script = frozenset[Cue]().union(*map(read_script, found))
    clean = _MAGIC.sub("", prompt)
    return Rehearsed(script, replace(request, prompt=clean))  # type: ignore[arg-type]  # it has one


def with_script(request: Request, script: Script) -> Request:
    """The request with a script that came beside it; one without words can't be told."""
    if not script or not hasattr(request, "prompt"):
        return request
    told = f"{request.prompt} [sandbox: {', '.join(sorted(script))}]"
    return replace(request, prompt=told)  # type: ignore[arg-type]  # it has one
