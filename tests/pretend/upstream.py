"""A provider that is a process of its own, as a program: `python -m tests.pretend.upstream FOLDER`.

Whoever of us is killed, it goes on, and its log is what really happened: a line is appended for
every `create`, `find`, `fetch` and `forget` before it is answered. It is as unkind as providers
are: a second create for the same task makes a second job, and every tenth answer to a create is
torn off.

One request a connection, on a unix socket: a line of JSON there, a line of JSON back, and after a
`fetch` the bytes of the film.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from filmgate.domain.errors import BadInput, RenderFailed, Unreachable
from filmgate.domain.order import Order, Rendered
from filmgate.domain.ports import (
    Done,
    Made,
    Measured,
    NotReached,
    Running,
    Seen,
    Started,
    Unclear,
    Vanished,
)

ROOT = Path(__file__).parents[2]
SOCKET, LOG = "socket", "log.txt"
FILM_BYTES = 32_768
SEAL_BYTES = 32
START_S = 20.0


def film_of(job: str) -> bytes:
    """No two jobs' films are the same, and one that is cut short is told by its seal."""
    line = f"film of {job}\n".encode()
    body = (line * (FILM_BYTES // len(line) + 1))[:FILM_BYTES]
    return body + hashlib.sha256(body).digest()


def measure_sealed(path: Path) -> Measured:
    film = path.read_bytes()
    if hashlib.sha256(film[:-SEAL_BYTES]).digest() != film[-SEAL_BYTES:]:
        raise BadInput(f"{path.name} is cut short")
    return Measured(width=64, height=36, fps=10.0, duration_s=1.0)


def is_torn(task_id: str) -> bool:
    """Whether the answer to this task's create never comes."""
    return zlib.crc32(task_id.encode()) % 10 == 0


# --- the process


class Upstream:
    def __init__(self, folder: Path, job_s: float) -> None:
        self._log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._job_s = job_s
        self._done_at: dict[str, float] = {}
        self._job_of: dict[str, str] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = json.loads(await reader.readline())
            answer, film = self._answer(asked["do"], asked["what"])
            if answer is not None:
                writer.write(json.dumps(answer).encode() + b"\n" + film)
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # it was killed while it asked, or while it listened
        finally:
            writer.close()

    def _answer(self, do: str, what: str) -> tuple[dict[str, object] | None, bytes]:
        if do == "check":
            return {"state": self._state(what)}, b""
        if do == "create":
            job = f"job-{len(self._done_at)}"
            self._done_at[job] = time.monotonic() + self._job_s
            self._job_of.setdefault(what, job)
            self._note(do, what, job)
            return (None if is_torn(what) else {"job": job}), b""
        self._note(do, what)
        if do == "find":
            return {"job": self._job_of.get(what)}, b""
        if do == "fetch" and self._state(what) == "done":
            film = film_of(what)
            return {"bytes": len(film)}, film
        return {"bytes": 0}, b""

    def _state(self, job: str) -> str:
        done_at = self._done_at.get(job)
        if done_at is None:
            return "unknown"
        return "done" if time.monotonic() >= done_at else "running"

    def _note(self, *words: str) -> None:
        os.write(self._log, (" ".join(words) + "\n").encode())


async def main(folder: Path, job_s: float) -> None:
    upstream = Upstream(folder, job_s)
    server = await asyncio.start_unix_server(upstream.serve, folder / SOCKET, backlog=1024)
    async with server:
        await server.serve_forever()


# --- what our side has of it


class UpstreamProcess:
    """Started here, and ended here."""

    def __init__(self, folder: Path, *, job_s: float) -> None:
        self.folder = folder
        self.socket = folder / SOCKET
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.pretend.upstream", str(folder), str(job_s)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        )
        deadline = time.monotonic() + START_S
        while not self.socket.exists():
            assert self._process.poll() is None, "the upstream ended"
            assert time.monotonic() < deadline, "the upstream did not start"
            time.sleep(0.02)

    def log(self) -> list[list[str]]:
        return [line.split() for line in (self.folder / LOG).read_text().splitlines()]

    def creates(self) -> Counter[str]:
        """How many jobs it made for each task."""
        return Counter(words[1] for words in self.log() if words[0] == "create")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def passed(point: str) -> None:
    """Where nobody wants to die."""


class BlindClient:
    """Our adapter to it. This one can't ask for a job by our own id; ``at`` is told of every
    point where a process may be killed."""

    start_finds_job, work_ends_with_runner = False, False

    def __init__(
        self,
        socket: Path,
        *,
        name: str = "blind",
        check_interval_s: float = 0.05,
        at: Callable[[str], None] = passed,
    ) -> None:
        self.name = name
        self.check_interval_s = check_interval_s
        self._socket = socket
        self._at = at

    async def start(self, order: Order) -> Started:
        self._at("starting")
        try:
            reader, writer = await asyncio.open_unix_connection(self._socket)
        except OSError as error:
            return NotReached(str(error))
        try:
            answer, _ = await _ask(reader, writer, "create", order.task_id)
        except Unreachable:
            return Unclear("the answer was torn off")
        self._at("create")
        return Made(str(answer["job"]))

    async def check(self, job: str) -> Seen:
        answer, _ = await self._call("check", job)
        match answer["state"]:
            case "done":
                return Done(Rendered(frames=10))
            case "running":
                return Running()
        return Vanished()

    async def fetch(self, job: str, target: str) -> None:
        _, film = await self._call("fetch", job)
        if not film:
            raise RenderFailed("the provider no longer has the film")
        half = len(film) // 2
        with Path(target).open("wb", buffering=0) as file:  # noqa: ASYNC230 - small
            file.write(film[:half])
            self._at("fetch")
            await asyncio.sleep(0)
            file.write(film[half:])

    async def cancel(self, job: str) -> bool:
        return False

    async def forget(self, job: str) -> None:
        await self._call("forget", job)

    async def _call(self, do: str, what: str) -> tuple[dict[str, object], bytes]:
        try:
            reader, writer = await asyncio.open_unix_connection(self._socket)
        except OSError as error:
            raise Unreachable(str(error)) from error
        return await _ask(reader, writer, do, what)


class Client(BlindClient):
    """The same where the provider keeps our own id."""

    async def find(self, task_id: str) -> Made | Vanished:
        answer, _ = await self._call("find", task_id)
        job = answer["job"]
        return Vanished() if job is None else Made(str(job))


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, do: str, what: str
) -> tuple[dict[str, object], bytes]:
    try:
        writer.write(json.dumps({"do": do, "what": what}).encode() + b"\n")
        line = await reader.readline()
        if not line:
            raise Unreachable("no answer came")
        return json.loads(line), await reader.read()
    except OSError as error:
        raise Unreachable(str(error)) from error
    finally:
        writer.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
