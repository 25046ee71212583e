"""A paid service in a process of its own: `python -m tests.pretend.service FOLDER DIALECT`.

It takes everything and writes down what it was asked: one line of JSON for every create, before it
is answered, and one for every film that is fetched. What it really made, and for whom, stands in
that log whatever became of the answer. With `--chaos N` one call in N hits a fault (see `Chaos`).
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import logging
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from aiohttp import web
from tests.pretend.dialects import DIALECTS, Asked, Dialect, Kie, Kling, OpenAi, PiApi
from tests.pretend.upstream import ROOT, START_S, film_of

PORT, LOG = "port", "log.jsonl"
SLOW_S = 30.0
VANISHED = {
    Kling: "/v1/videos/text2video/none",
    Kie: "/api/v1/jobs/recordInfo",
    PiApi: "/api/v1/task/none",
    OpenAi: "/v1/videos/none",
}
"""Where each of them is asked for a job that does not exist."""
BUSINESS = ("throttled", "empty", "refused", "policy", "internal", "unavailable", "auth", "unknown")


class Service:
    def __init__(
        self,
        folder: Path,
        dialect: Dialect,
        job_s: float,
        chaos: Chaos,
        film: Path | None = None,
        only: str = "",
    ) -> None:
        """``only``: how every create is answered; ``hang``: none, but no look is answered.
        ``film``: what every job makes; else each makes a sealed one of its own."""
        self._hangs = only == "hang"
        self._film_file = film
        self._only = "" if self._hangs else only
        self._log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._dialect = dialect
        self._job_s = job_s
        self._chaos = chaos

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/_do":
            return self._do(await request.json())
        if request.path.startswith("/films/") or request.path.endswith("/content"):
            return await self._film(request)
        asked = Asked(
            method=request.method,
            path=request.path,
            query=request.query_string,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await _body(request),
        )
        if self._dialect.is_create(asked):
            return await self._create(request, asked)
        fault = "slow" if self._hangs else self._chaos.of_look()
        if fault is not None:
            return await self._faulty(request, fault, self._look(request, asked))
        return _json(*self._look(request, asked))

    async def _create(self, request: web.BaseRequest, asked: Asked) -> web.StreamResponse:
        dialect = self._dialect
        name = dialect.name_of(asked)
        if isinstance(dialect, Kling) and any(job.name == name for job in dialect.jobs.values()):
            self._note(do="again", name=name)
            return _json(*dialect.exists(name))
        fault = self._only or self._chaos.of_create()
        if fault == "reset-before":
            _abort(request)
            return web.Response()
        if fault in BUSINESS:
            self._note(do="refuse", name=name, fault=fault)
            return _json(*dialect.fault(fault))
        job = dialect.make(asked)
        job.done_at = time.monotonic() + self._job_s * self._chaos.pace()
        if fault == "fails-later":
            job.reason = "it could not be done"
        self._note(
            do="create", name=job.name, job=job.id, asked=dataclasses.asdict(asked), fault=fault
        )
        others = [each for each in dialect.jobs.values() if each is not job]
        is_twin = fault == "twin" and others and not isinstance(dialect, Kie)
        status, told = dialect.created(others[0] if is_twin else job)
        if is_twin:
            return _json(status, told)
        if fault is None or fault == "fails-later":
            return _json(status, told)
        return await self._faulty(request, fault, (status, told))

    def _look(self, request: web.BaseRequest, asked: Asked) -> tuple[int, object]:
        now = time.monotonic()
        for job in self._dialect.jobs.values():
            if job.state == "running" and self._job_s and now >= job.done_at:
                job.state = "failed" if job.reason.startswith("it could not") else "done"
        root = f"http://{request.host}"
        return self._dialect.answer(asked, root)

    async def _faulty(
        self, request: web.BaseRequest, fault: str, told: tuple[int, object]
    ) -> web.StreamResponse:
        status, body = told
        match fault:
            case "reset-after":
                _abort(request)
                return web.Response()
            case "torn":
                return await _torn(request, json.dumps(body).encode())
            case "slow":
                await asyncio.sleep(SLOW_S)
                return _json(status, body)
            case "endless":
                return await _endless(request)
            case "lying-status":
                return _json(500 if status == 200 else 200, body)
            case "html":
                return web.Response(status=502, text="<html>Bad Gateway</html>")
            case "vanish":
                nobody = Asked("GET", VANISHED[type(self._dialect)], "taskId=none", {}, {})
                return _json(*self._dialect.answer(nobody, ""))
            case "nonsense":
                return _json(200, {"hello": ["world"], "code": None})
            case "odd-word":
                return web.Response(
                    status=status,
                    text=json.dumps(body)
                    .replace('"processing"', '"pondering"')
                    .replace('"generating"', '"pondering"')
                    .replace('"in_progress"', '"pondering"'),
                    content_type="application/json",
                )
        return _json(*self._dialect.fault("internal" if fault == "twin" else fault))

    async def _film(self, request: web.BaseRequest) -> web.StreamResponse:
        parts = request.path.strip("/").split("/")
        job_id = parts[2] if parts[-1] == "content" else parts[1].removesuffix(".mp4")
        job = self._dialect.known(job_id)
        if job is None or job.state != "done":
            return _json(404, {"detail": "Generation is still in-progress"})
        self._note(do="fetch", job=job_id)
        film = self._film_file.read_bytes() if self._film_file else film_of(job_id)
        match self._chaos.of_film():
            case "torn":
                return await _torn(request, film)
            case "html":
                return web.Response(status=503, text="later")
        return web.Response(body=film, content_type="video/mp4")

    def _do(self, told: dict[str, str]) -> web.Response:
        job = self._dialect.jobs.get(told["job"])
        if job is None:
            return _json(404, {})
        job.state = told["state"]
        return _json(200, {})

    def _note(self, **facts: object) -> None:
        os.write(self._log, json.dumps(facts).encode() + b"\n")


class Chaos:
    """Which calls go wrong, and how; the dice are seeded."""

    CREATES = (
        *("reset-before", "reset-after", "torn", "slow", "endless", "lying-status", "html"),
        *("nonsense", "fails-later", "twin"),
        *BUSINESS,
    )
    LOOKS = (
        *("reset-after", "torn", "endless", "lying-status", "html", "nonsense", "odd-word"),
        "vanish",
        *("throttled", "internal", "unavailable", "unknown"),
    )
    FILMS = ("torn", "html")

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._dice = random.Random(seed)

    def of_create(self) -> str | None:
        return self._pick(self.CREATES)

    def of_look(self) -> str | None:
        return self._pick(self.LOOKS)

    def of_film(self) -> str | None:
        return self._pick(self.FILMS)

    def pace(self) -> float:
        return self._dice.uniform(0.5, 1.5) if self._share else 1.0

    def _pick(self, faults: tuple[str, ...]) -> str | None:
        if self._dice.random() >= self._share:
            return None
        return self._dice.choice(faults)


async def _body(request: web.BaseRequest) -> dict[str, object]:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return {
            name: value
            if isinstance(value, str)
            else f"file {value.filename} {value.content_type} {len(value.file.read())}"
            for name, value in form.items()
        }
    raw = await request.read()
    return json.loads(raw) if raw else {}


def _json(status: int, body: object) -> web.Response:
    return web.json_response(body, status=status)


def _abort(request: web.BaseRequest) -> None:
    assert request.transport is not None
    request.transport.abort()


async def _torn(request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _abort(request)
    return response


async def _endless(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(200):
        await response.write(b" " * 65_536)
    return response


async def main(folder: Path, service: Service) -> None:
    runner = web.ServerRunner(web.Server(service.answer, access_log=None), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    partial = folder / f".{PORT}"
    partial.write_text(str(runner.addresses[0][1]))
    partial.rename(folder / PORT)
    await asyncio.Event().wait()


# --- what our side has of it


class ServiceProcess:
    """Started here, and ended here."""

    def __init__(
        self,
        folder: Path,
        dialect: str,
        *,
        job_s: float = 0.0,
        chaos: float = 0.0,
        seed: int = 1,
        film: Path | None = None,
        only: str = "",
    ) -> None:
        """``job_s`` 0: jobs end when they are told to."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        words = ["--job-s", str(job_s), "--chaos", str(chaos), "--seed", str(seed)]
        words += ["--film", str(film)] if film else []
        words += ["--only", only] if only else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.pretend.service", str(folder), dialect, *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        )
        deadline = time.monotonic() + START_S
        while not (folder / PORT).exists():
            assert self._process.poll() is None, "the service ended"
            assert time.monotonic() < deadline, "the service did not start"
            time.sleep(0.02)
        self.url = f"http://127.0.0.1:{(folder / PORT).read_text()}"

    def do(self, job: str, state: str) -> None:
        """``job`` may be a handle of ours: its last part is the service's own id."""
        body = json.dumps({"job": job.rpartition("/")[2], "state": state}).encode()
        try:
            urlopen(Request(f"{self.url}/_do", data=body), timeout=5).close()
        except HTTPError as error:
            error.close()

    def log(self) -> list[dict[str, object]]:
        path = self.folder / LOG
        return [json.loads(line) for line in path.read_text().splitlines()]

    def asked(self) -> list[Asked]:
        """What the creates that it took were, in order."""
        return [Asked(**each["asked"]) for each in self.log() if each["do"] == "create"]

    def creates(self) -> Counter[str]:
        """How many jobs it made for each task, by the name it knows the task under."""
        return Counter(str(each["name"]) for each in self.log() if each["do"] == "create")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("dialect", choices=DIALECTS)
    words.add_argument("--job-s", type=float, default=0.0)
    words.add_argument("--chaos", type=float, default=0.0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--film", type=Path)
    words.add_argument("--only", default="")
    told = words.parse_args()
    chaos = Chaos(told.chaos, told.seed)
    dialect = DIALECTS[told.dialect]()
    logging.disable()  # of callers that hang up: many do so on purpose here
    service = Service(told.folder, dialect, told.job_s, chaos, film=told.film, only=told.only)
    asyncio.run(main(told.folder, service))
