"""What all of the operator's commands share: their options, who is at work, and a last question."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.errors import FixRequest
from filmgate.entrypoints.cli.following import in_house

if TYPE_CHECKING:
    from filmgate.assembly import Embedded

Json = Annotated[bool, Parameter(name="--json", help="Tell it as JSON.")]
Yes = Annotated[bool, Parameter(name=["-y", "--yes"], help="Do it without asking.")]
CustomerName = Annotated[
    str, Parameter(name="CUSTOMER", help="A customer's name or id; 'owner' is who sits here.")
]
Limit = Annotated[int, Parameter(name="--limit", help="At most so many.")]


def operator() -> str:
    """Who is at work, as the operating system knows it: no variable can say otherwise."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def at_work(work: Callable[[Embedded], Awaitable[int]]) -> int:
    from filmgate.settings import load

    return in_house(load(), work)


def confirm(what: str, *, yes: bool) -> None:
    """``what`` is a whole sentence. Raises FixRequest where nobody says yes.

    Asked before the house is opened, so that nothing waits for the answer.
    """
    if yes:
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        sys.stderr.write(f"{what} Go on? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() in {"y", "yes"}:
            return
        raise FixRequest("nothing was done")
    raise FixRequest(f"{what.rstrip('.')}, and nobody can be asked here", remedy="say --yes")


def at_least_one(limit: int) -> int:
    if limit < 1:
        raise FixRequest(f"{limit} won't do", field="--limit", remedy="give 1 or more")
    return limit
