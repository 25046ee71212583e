"""Somebody who receives webhooks on loopback, and writes down what came."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    url: str
    calls: list[Received] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    """What to answer, by path; else 200."""

    def wait(self, count: int, path: str | None = None, within_s: float = 20.0) -> list[Received]:
        end = time.monotonic() + within_s
        while True:
            found = [each for each in self.calls if path in {None, each.path}]
            if len(found) >= count:
                return found
            assert time.monotonic() < end, f"{len(found)} of {count} calls came"
            time.sleep(0.02)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver: Receiver

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            told = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append(Received(self.path, told, body))
            self.send_response(receiver.statuses.get(self.path, 200))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
