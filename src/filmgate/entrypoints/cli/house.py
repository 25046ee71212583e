"""Where commands have their work done: in a house of their own, or at a server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Protocol

from cyclopts import Parameter

from filmgate.domain.errors import SetUp
from filmgate.sdk.face import Filmgate

if TYPE_CHECKING:
    from filmgate.domain.delivery import Attempt, Delivery
    from filmgate.domain.task import Task
    from filmgate.sdk.remote import Remote
    from filmgate.settings import Settings

Server = Annotated[
    str | None,
    Parameter(
        name="--server",
        metavar="URL",
        help="Have it done at this Filmgate server; FILMGATE_API_KEY is your key there.",
    ),
]


class House(Filmgate, Protocol):
    """What commands use beside what programs do."""

    @property
    def place(self) -> str | None:
        """The server's address; None at home."""

    async def check_webhook(self, url: str) -> None:
        """Whether the caller can be called there, as far as that is known now. Raises
        FixRequest."""

    def detach(self) -> None:
        """See to it that tasks go on when this command has ended."""

    def film_place(self, task: Task) -> str | None:
        """Where the film of a task is kept."""

    async def interrupted(self, tasks: Iterable[Task]) -> frozenset[str]:
        """Those that were begun and nobody alive is at."""

    async def calls_of(self, task: Task) -> list[tuple[Delivery, list[Attempt]]]:
        """Webhooks that this computer makes, oldest first, after a short wait for the first
        attempt at each."""


def at(server: str | None, work: Callable[[House], Awaitable[int]]) -> int:
    """Do the work there, or at home. Ctrl-C and SIGTERM raise Interrupted."""
    if server is not None:
        return at_server(server, work)
    from filmgate.entrypoints.cli.following import in_house
    from filmgate.settings import load

    return in_house(load(), work)


def at_server(server: str, work: Callable[[Remote], Awaitable[int]]) -> int:
    """Raises SetUp where there is no key for it."""
    from filmgate.settings import load

    return asyncio.run(_at_server(load(), server, work))


async def _at_server(
    settings: Settings, server: str, work: Callable[[Remote], Awaitable[int]]
) -> int:
    from filmgate.entrypoints.cli.failures import Interrupted
    from filmgate.entrypoints.cli.following import listen
    from filmgate.sdk.remote import Remote

    if settings.api_key is None:
        raise SetUp(
            "there is no key for the server",
            field="FILMGATE_API_KEY",
            remedy="set FILMGATE_API_KEY to the key that its operator gave you",
        )
    listen(asyncio.current_task())
    try:
        async with Remote(server, settings.api_key.reveal()) as remote:
            return await work(remote)
    except asyncio.CancelledError:
        raise Interrupted from None
