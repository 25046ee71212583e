"""A whole server on loopback in a thread: a real home, real HTTP, an engine without pictures."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import structlog
import uvicorn
from tests.pretend.house import ENGINE, PretendedMeasure

from filmgate.assembly import Embedded
from filmgate.domain.customer import Customer, KeyKind, Role
from filmgate.entrypoints.api.journal import LoggedJournal
from filmgate.entrypoints.api.logs import Lines
from filmgate.entrypoints.api.whole import build_app
from filmgate.protocols.all import faces
from filmgate.settings import Settings
from filmgate.usecases.cabinet import Cabinet
from filmgate.usecases.front import Front
from filmgate.usecases.vitals import VitalSigns

T = TypeVar("T")
BY = "a test"
HERE = Path(__file__).parents[2]
WAIT_S = 20.0


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Person:
    customer: Customer
    token: str
    secret: str
    """What calls to this customer are signed with."""


@dataclass
class Served:
    house: Embedded
    loop: asyncio.AbstractEventLoop
    port: int
    public_url: str
    front: Front
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """In the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT_S)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """``body``: bytes as they are, anything else as JSON."""
        sent = dict(headers or {})
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def person(
        self,
        name: str,
        *,
        plan: str = "infinito",
        credits: int = 10_000,  # noqa: A002
        role: Role = Role.CUSTOMER,
    ) -> Person:
        """Made on the first call."""
        if name not in self.people:
            self.people[name] = self.run(self._new(name, plan, credits, role))
        return self.people[name]

    async def _new(self, name: str, plan: str, credits_: int, role: Role) -> Person:
        office = self.house.office
        customer = await office.customers.create(name, plan=plan, role=role, by=BY)
        if credits_:
            await office.credits.adjust(customer, credits_, note="to begin with", by=BY)
        token = await office.keys.create(customer, by=BY)
        signing = await office.keys.create(customer, kind=KeyKind.WEBHOOK, by=BY)
        return Person(customer, token.secret, signing.secret)


@contextlib.contextmanager
def served(
    home: Path,
    *,
    drives: bool = True,
    engine: str | None = ENGINE,
    settings: Settings | None = None,
) -> Iterator[Served]:
    """``drives``: tasks go on by themselves; else only a test moves them. ``engine`` None: the
    real one."""
    structlog.configure(
        processors=[
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    before = os.environ.get("PYTHONPATH", "")
    # Renders are processes of their own, and find the pretended engine by this.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    started = threading.Event()
    found: list[Served | BaseException] = []
    stop: list[asyncio.Event] = []

    async def body() -> None:
        kept = replace(settings or Settings(home=home), home=home, allow_loopback=True)
        opened = (
            Embedded.open(kept)
            if engine is None
            else Embedded.open(kept, engine=engine, measure=PretendedMeasure())
        )
        async with opened as house:
            bound = socket.create_server(("127.0.0.1", 0))
            port = bound.getsockname()[1]
            house._address = f"http://127.0.0.1:{port}"
            front = house.front(house._address)
            server = uvicorn.Server(_config(house, front))
            answering = asyncio.create_task(server.serve([bound]))
            running = asyncio.create_task(house.run_forever()) if drives else None
            stop.append(asyncio.Event())
            loop = asyncio.get_running_loop()
            found.append(Served(house, loop, port, front.public_url, front))
            started.set()
            await stop[0].wait()
            server.should_exit = True
            await answering
            if running is not None:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    def whole() -> None:
        try:
            asyncio.run(body())
        except BaseException as error:
            found.append(error)
            started.set()
            raise

    thread = threading.Thread(target=whole, daemon=True)
    thread.start()
    assert started.wait(WAIT_S)
    first = found[0]
    if isinstance(first, BaseException):
        raise first
    try:
        yield first
    finally:
        os.environ["PYTHONPATH"] = before
        first.loop.call_soon_threadsafe(stop[0].set)
        thread.join(WAIT_S)
        assert not thread.is_alive()


def _config(house: Embedded, front: Front) -> uvicorn.Config:
    signs = VitalSigns(
        house.service.store,
        house.service.clock,
        progress=lambda task: None,
        poll_lag_s=lambda: 0.0,
    )
    app = build_app(
        faces(front),
        cabinet=Cabinet(files=house.files, verdict=front.links.verdict),
        signs=signs,
        ring=_nobody,
        public_url=front.public_url,
        journal=lambda registry: LoggedJournal(registry, Lines(StringIO(), as_json=True)),
    )
    return uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)


async def _nobody(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    return False
