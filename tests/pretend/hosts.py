"""A host on this machine that serves a few files."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Page = tuple[int, str, bytes]
"""Status, media type and body."""


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def host(
    pages: Mapping[str, Page],
    *,
    asked: list[str] | None = None,
    heard: list[Heard] | None = None,
    gate: threading.Event | None = None,
) -> Iterator[str]:
    """Its address; everything that it doesn't have is a 404. It answers once the gate is open.

    Whatever is posted is taken, and kept in ``heard``.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if asked is not None:
                asked.append(self.path)
            if gate is not None:
                gate.wait(60)
            status, kind, body = pages.get(self.path, (404, "text/plain", b"nothing here"))
            with contextlib.suppress(ConnectionError):  # whoever asked may be dead by now
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if heard is not None:
                heard.append(Heard(self.path, dict(self.headers.items()), body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
