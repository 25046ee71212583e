"""A server with the slow engine, or the real one: `python -m tests.pretend.served HOME S [real]`.

Tells its address and its customers' keys as a line of JSON, and serves until SIGTERM.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
from tests.pretend.house import ENGINE, PretendedMeasure

from filmgate.assembly import Embedded
from filmgate.assembly.serving import listen
from filmgate.assembly.stage import SandboxStage
from filmgate.domain.customer import KeyKind
from filmgate.settings import Settings

HERE = Path(__file__).parents[2]
CREDITS = {"rich": 1_000_000, "other": 1_000_000, "poor": 10}


async def main(home: Path, *, real: bool, sandbox: bool, drain_s: float) -> None:
    settings = Settings(home=home, allow_loopback=True)
    listening = listen("127.0.0.1", 0, json_log=True)
    pretended = {} if real else {"engine": ENGINE, "measure": PretendedMeasure()}
    stage = SandboxStage() if sandbox else None
    async with Embedded.open(settings, **pretended, stage=stage) as house:
        known = home / "keys.json"
        if not known.exists():
            known.write_text(json.dumps(await _keys(house)))
        keys = json.loads(known.read_text())

        async def ready() -> None:
            told = {"address": listening.address, "keys": keys, "pid": os.getpid()}
            print(json.dumps(told), flush=True)

        await house.serve(listening, public_url=None, ready=ready, drain_s=drain_s)


async def _keys(house: Embedded) -> dict[str, str]:
    keys: dict[str, str] = {}
    for name, credits_ in CREDITS.items():
        customer = await house.office.customers.create(name, by="test")
        await house.office.credits.adjust(customer, credits_, note="for tests", by="test")
        for kind in KeyKind:
            issued = await house.office.keys.create(customer, kind=kind, by="test")
            keys[f"{name} {kind.value}"] = issued.secret
            keys[f"{name} {kind.value} shown"] = issued.key.shown
    return keys


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    address: str
    keys: dict[str, str]
    pid: int
    log: Path
    stop: Callable[[], None]

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        who: str | None = "rich",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A JSON body, or bytes as they are."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        extra = {} if who is None else {"Authorization": f"Bearer {self.keys[f'{who} api']}"}
        if body is not None and not isinstance(body, bytes):
            extra["Content-Type"] = "application/json"
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(method, path, sent, {**extra, **(headers or {})})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()


@contextmanager
def served(
    home: Path, *, real: bool = False, sandbox: bool = False, drain_s: float = 0.0
) -> Iterator[Server]:
    """The customers and keys of a home that was served before are the same again."""
    log = home / "server.log"
    home.mkdir(parents=True, exist_ok=True)
    words = [str(home), str(drain_s), *(["real"] * real), *(["sandbox"] * sandbox)]
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.pretend.served", *words],
            cwd=HERE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, sys.path)])},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, log.read_text()
            yield Server(log=log, stop=process.terminate, **json.loads(line))
        finally:
            process.terminate()
            process.wait(40)
            assert process.stdout is not None
            process.stdout.close()


if __name__ == "__main__":
    home, drain_s, *words = sys.argv[1:]
    real, sandbox = "real" in words, "sandbox" in words
    uvloop.run(main(Path(home), drain_s=float(drain_s), real=real, sandbox=sandbox))
