"""``filmgate generate``: from words, or from a picture and words, to a file."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Annotated

from cyclopts import Parameter

from filmgate.domain.errors import FixRequest, TopUp
from filmgate.domain.request import Request
from filmgate.domain.task import Task
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.calling import tell_calls
from filmgate.entrypoints.cli.destination import STDOUT, Destination, check_destination
from filmgate.entrypoints.cli.failures import DONE, EndedBadly
from filmgate.entrypoints.cli.following import delivered, follow, kept
from filmgate.entrypoints.cli.house import House, Server, at
from filmgate.entrypoints.cli.progress import display_for
from filmgate.entrypoints.cli.wishes import Wish, option, read_ceiling


def generate(
    prompt: Annotated[str, Parameter(help="What is to be seen; - reads it from stdin.")] = "",
    /,
    *,
    out: Annotated[
        str | None,
        Parameter(
            name=["-o", "--out"],
            metavar="FILE",
            allow_leading_hyphen=True,
            help="File to write; - is stdout. Default: a new file named after the prompt.",
        ),
    ] = None,
    wish: Wish | None = None,
    max_cost: Annotated[
        str | None, option("--max-cost", takes="USD", help="Spend at most this many dollars.")
    ] = None,
    yes: Annotated[bool, Parameter(name="--yes", help="Spend without asking.")] = False,
    webhook: Annotated[
        str | None,
        option("--webhook", takes="URL", help="Call this, signed, as the task moves on."),
    ] = None,
    json: Annotated[bool, Parameter(name="--json", help="Tell the result as JSON.")] = False,
    no_wait: Annotated[
        bool, Parameter(name="--no-wait", help="Print the task's id and go; it goes on by itself.")
    ] = False,
    server: Server = None,
) -> int:
    """Make a film from words, or from a picture and words, and print the file's name.

    With a picture (-i) the film begins with it; otherwise it is painted from the words.
    """
    reading = (wish or Wish()).read(prompt)
    ceiling = read_ceiling(max_cost)
    destination = _destination(out, reading.files, as_json=json, no_wait=no_wait)

    async def work(house: House) -> int:
        if webhook is not None:
            await house.check_webhook(webhook)
        request = await reading.request(house.store_asset)
        payment = Payment(provider=reading.wish.provider, ceiling=ceiling, yes=yes, webhook=webhook)
        task = await kept(house, payment.submit(house, request), out)
        if no_wait:
            house.detach()
            _tell_id(task, as_json=json)
            return DONE
        try:
            task = await follow(house, task, display_for(quiet=json), out=out)
        except EndedBadly:
            await tell_calls(house, task)
            raise
        tell_film(task, await delivered(house, task, destination), as_json=json)
        await tell_calls(house, task)
        return DONE

    return at(server, work)


class Payment:
    """Whom the film is asked of, how much may be spent on it, and who is called about it."""

    def __init__(
        self, *, provider: str, ceiling: int | None, yes: bool, webhook: str | None = None
    ) -> None:
        self._provider = provider
        self._ceiling = ceiling
        self._yes = yes
        self._webhook = webhook

    async def submit(self, house: House, request: Request) -> Task:
        """Without a ceiling nothing may be spent before somebody said yes."""
        unasked = self._ceiling is None and not self._yes
        try:
            return await house.submit(
                request,
                provider=self._provider,
                max_cost_usd_micros=0 if unasked else self._ceiling,
                webhook=self._webhook,
            )
        except TopUp as error:
            if not unasked or error.field != "max_cost":
                raise
            if not _agreed(error.message):
                error.remedy = "say --yes, or set a ceiling with --max-cost"
                raise
        return await house.submit(request, provider=self._provider, webhook=self._webhook)


def tell_film(task: Task, file: str, *, as_json: bool) -> None:
    """The result on stdout; what was understood and noted, on stderr."""
    if as_json:
        telling.say_json(telling.task_facts(task, file=file))
        return
    for line in (telling.understood_line(task), *(f"note: {note}" for note in task.notes)):
        if line:
            telling.remark(line)
    if file != STDOUT:
        telling.say(telling.short_path(file))


def _tell_id(task: Task, *, as_json: bool) -> None:
    if as_json:
        telling.say_json(telling.task_facts(task, file=None))
    else:
        telling.say(task.id)


def _agreed(price: str) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    # Until it is answered, Ctrl-C must end the reading and not wait for it.
    asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
    sys.stderr.write(f"{price[:1].upper()}{price[1:]}. Spend it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _destination(
    out: str | None, inputs: tuple[object, ...], *, as_json: bool, no_wait: bool
) -> Destination:
    from pathlib import Path

    if no_wait and out is not None:
        raise FixRequest(
            "nothing is written with --no-wait",
            field="out",
            remedy="leave one out; filmgate tasks resume TASK -o FILE delivers the film later",
        )
    if as_json and out == STDOUT:
        raise FixRequest("stdout can't take both film and JSON", field="out", remedy="name a file")
    if no_wait:
        return Destination()
    return check_destination(out, inputs=[path for path in inputs if isinstance(path, Path)])
