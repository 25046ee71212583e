"""A house that answers calls."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from filmgate.assembly.stage import Stage
from filmgate.domain.files import Files
from filmgate.entrypoints.api import serving
from filmgate.entrypoints.api.journal import LoggedJournal
from filmgate.entrypoints.api.logs import Lines, configure
from filmgate.entrypoints.api.own import Ring
from filmgate.entrypoints.api.whole import build_app
from filmgate.protocols.all import faces
from filmgate.usecases.cabinet import Cabinet
from filmgate.usecases.front import Front
from filmgate.usecases.vitals import VitalSigns


@dataclass(frozen=True, slots=True)
class Listening:
    """A server's place, taken before anything else is done."""

    socket: socket.socket
    address: str
    """As somebody on this computer reaches it."""
    lines: Lines
    """Where the calls' lines go."""


def listen(host: str, port: int, *, json_log: bool) -> Listening:
    """Take the port and set up the log. Raises SetUp."""
    bound = serving.bind(host, port)
    lines = configure(as_json=json_log)
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - not bound here, only told
        host = "localhost"
    return Listening(bound, f"http://{f'[{host}]' if ':' in host else host}:{port}", lines)


async def serve(
    front: Front,
    files: Files,
    signs: VitalSigns,
    run_forever: Callable[[], Awaitable[None]],
    listening: Listening,
    *,
    stage: Stage,
    look_again: Callable[[], None],
    ring: Ring,
    ready: Callable[[], Awaitable[None]],
) -> None:
    """Until SIGINT or SIGTERM, or until nothing would be rendered any more, which is raised."""
    app = build_app(
        stage.faces(faces(front), look_again),
        cabinet=Cabinet(files=files, verdict=front.links.verdict),
        signs=signs,
        ring=ring,
        public_url=front.public_url,
        journal=stage.journal(lambda registry: LoggedJournal(registry, listening.lines)),
    )
    running = asyncio.ensure_future(run_forever())
    answering = asyncio.create_task(
        serving.serve(app, [listening.socket], ready=ready, stopping=app.stopping)
    )
    try:
        await asyncio.wait({running, answering}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        await answering
    finally:
        answering.cancel()
        running.cancel()
        await asyncio.gather(answering, running, return_exceptions=True)
        listening.lines.flush()
