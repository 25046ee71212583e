"""HTTP calls as any client makes them, byte by byte where a test wants that."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Part = tuple[str, str | bytes] | tuple[str, str | bytes, str]
"""Name and value of a form's field, with a file name for a file."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Client:
    url: str
    key: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self._prefix = parts.path.rstrip("/")
        self._host = parts.hostname or ""
        self._port = parts.port

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        form: Sequence[Part] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """``body``: bytes as they are, everything else as JSON."""
        sent: dict[str, str] = dict(self.headers)
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        data = body if isinstance(body, bytes) else None
        if form is not None:
            data, sent["Content-Type"] = multipart(form)
        elif body is not None and data is None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        sent |= headers or {}
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        try:
            connection.request(method, self._prefix + path, data, sent)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, told, answer.read())
        finally:
            connection.close()

    def until(self, path: str, done: Callable[[Reply], bool], within_s: float = 30.0) -> Reply:
        end = time.monotonic() + within_s
        while True:
            reply = self("GET", path)
            if done(reply):
                return reply
            assert time.monotonic() < end, reply
            time.sleep(0.05)


def multipart(parts: Sequence[Part]) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    out = b""
    for name, value, *file_name in parts:
        head = f'form-data; name="{name}"'
        kind = ""
        if file_name:
            head += f'; filename="{file_name[0]}"'
            kind = "Content-Type: application/octet-stream\r\n"
        data = value if isinstance(value, bytes) else value.encode()
        out += f"--{boundary}\r\nContent-Disposition: {head}\r\n{kind}\r\n".encode()
        out += data + b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
