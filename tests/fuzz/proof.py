"""Noise against the whole server, without sockets: never a 5xx, a crash, a hang, an odd shape."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.noise import Drawer, Noise
from tests.pretend.house import ENGINE, PretendedMeasure
from tests.unit.kling_bodies import MINIMAL, PNG

from filmgate.assembly import Embedded
from filmgate.domain.customer import KeyKind
from filmgate.domain.errors import FilmgateError
from filmgate.entrypoints.api.app import App
from filmgate.entrypoints.api.journal import Line
from filmgate.entrypoints.api.whole import build_app, describe
from filmgate.protocols.all import faces
from filmgate.protocols.face import Call
from filmgate.settings import Settings
from filmgate.usecases.cabinet import Cabinet

HERE = Path(__file__).parents[2]
PATIENCE_S = 20.0
SLOW_S = 5.0
CREDITS = 10**9
OWN_PATHS = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/files/{id}",
    "/hooks/{id}",
)
Shape = Callable[[dict], bool]
SHAPES: dict[str, Shape] = {
    "kling": lambda told: set(told) == {"code", "message", "request_id"} and told["code"] > 999,
    "kie": lambda told: isinstance(told["code"], int) and bool({"msg", "message"} & set(told)),
    "piapi": lambda told: isinstance(told["code"], int) and isinstance(told["message"], str),
    "openai": lambda told: {"message", "type"} <= set(told["error"]),
    "infinito": lambda told: told["success"] is False and isinstance(told["error"], str),
    "filmgate": lambda told: {"code", "message"} <= set(told["error"]),
    "own": lambda told: "message" in told["error"],
}
"""How each protocol's refusals look."""


@dataclass
class Ears:
    """A journal that keeps what must never happen."""

    crashes: list[Exception] = field(default_factory=list)
    statuses: dict[tuple[str, int], int] = field(default_factory=dict)

    def write(self, line: Line) -> None:
        key = line.protocol, line.status
        self.statuses[key] = self.statuses.get(key, 0) + 1

    def refused(self, call: Call, error: FilmgateError) -> None:
        pass

    def crash(self, request_id: str, error: Exception) -> None:
        self.crashes.append(error)


@dataclass(frozen=True)
class Told:
    status: int
    body: bytes
    took_s: float


async def ask(app: App, noise: Noise) -> Told:
    """One call, as uvicorn would hand it over."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": noise.method,
        "scheme": "http",
        "path": noise.path,
        "raw_path": noise.path.encode("utf-8", "replace"),
        "query_string": noise.query,
        "root_path": "",
        "headers": list(noise.headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    pending = [{"type": "http.request", "body": noise.body, "more_body": False}]
    sent: list[dict] = []

    async def receive() -> dict:
        if pending:
            return pending.pop()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for ever")

    async def send(message: dict) -> None:
        sent.append(message)

    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE_S):
        await app(scope, receive, send)
    took_s = time.perf_counter() - began
    assert sent, "no answer at all"
    body = b"".join(each.get("body", b"") for each in sent[1:])
    return Told(sent[0]["status"], body, took_s)


async def prove(home: Path, *, seed: int, cases: int) -> Ears:
    """Raises AssertionError with the call that broke the server."""
    ears = Ears()
    # Renders are processes of their own, and find the pretended engine by this.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    settings = Settings(home=home, allow_loopback=False)
    async with Embedded.open(settings, engine=ENGINE, measure=PretendedMeasure()) as house:
        customer = await house.office.customers.create("noisy", by="test")
        await house.office.credits.adjust(customer, CREDITS, note="for tests", by="test")
        key = await house.office.keys.create(customer, kind=KeyKind.API, by="test")
        front = house.front("http://testserver")
        app = build_app(
            faces(front),
            cabinet=Cabinet(files=house.files, verdict=front.links.verdict),
            signs=house.signs,
            ring=_nobody,
            public_url=front.public_url,
            journal=lambda _: ears,
        )
        paths = [*describe(faces(front), "")["paths"], *OWN_PATHS, *MINIMAL]
        drawer = Drawer(seed, paths, [*MINIMAL.items(), *CREATES], [key.secret])
        for number in range(cases):
            noise = drawer.draw()
            try:
                _check(app, noise, await ask(app, noise), ears)
            except BaseException as error:
                where = f"seed {seed}, case {number}: {noise.told()}"
                raise AssertionError(f"{where}\n{error!r} {ears.crashes}") from error
    return ears


def _check(app: App, noise: Noise, told: Told, ears: Ears) -> None:
    assert not ears.crashes, ears.crashes
    assert told.status < 500, told
    assert told.took_s < SLOW_S, told
    if told.status >= 400 and noise.method != "HEAD" and told.status != 416:
        face, _, _ = app.find(noise.method, noise.path)
        assert SHAPES[face.name](json.loads(told.body)), (face.name, told)


async def _nobody(*given: object) -> bool:
    return False


CREATES: tuple[tuple[str, object], ...] = (
    ("/text-to-video/kling-2.5-turbo", {"prompt": "a cat", "settings": {"duration": 5}}),
    (
        "/api/v1/task",
        {
            "model": "kling",
            "task_type": "txt2video",
            "input": {"prompt": "a cat", "version": "1.6"},
        },
    ),
    (
        "/api/v1/task",
        {
            "model": "kling",
            "task_type": "video_generation",
            "input": {"prompt": "a cat", "duration": 5, "aspect_ratio": "16:9"},
            "config": {"service_mode": "public", "webhook_config": {"endpoint": "", "secret": ""}},
        },
    ),
    (
        "/api/v1/kling/generate",
        {"prompt": "a cat walks", "model": "kling-2-1", "duration": 5, "resolution": "720p"},
    ),
    (
        "/api/v1/jobs/createTask",
        {
            "model": "kling/v2-5-turbo-text-to-video-pro",
            "input": {"prompt": "a cat", "duration": "5", "aspect_ratio": "16:9"},
        },
    ),
    ("/api/v1/common/download-url", {"url": "https://example.com/a.mp4"}),
    (
        "/api/file-base64-upload",
        {"base64Data": PNG, "uploadPath": "x", "fileName": "a.png"},
    ),
    ("/v1/videos", {"model": "sora-2", "prompt": "a cat", "seconds": "4", "size": "1280x720"}),
    (
        "/api/filmgate/v1/tasks",
        {"kind": "text-to-video", "prompt": "a cat", "model": "animatic", "seed": 7},
    ),
    ("/api/filmgate/v1/quotes", {"kind": "text-to-video", "prompt": "a cat"}),
    ("/api/kling", {"prompt": "a cat", "duration": "5", "aspectRatio": "16:9", "mode": "pro"}),
)
