"""Calls that nobody should send, drawn from a seed: real paths with broken insides."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WORDS = (
    *(
        "prompt",
        "model",
        "model_name",
        "image",
        "image_tail",
        "duration",
        "mode",
        "input",
        "config",
    ),
    *("task_type", "settings", "contents", "options", "url", "text", "kind", "limit"),
    *("cursor",),
    *("aspect_ratio", "seconds", "size", "seed", "callback_url", "callBackUrl", "taskId", "type"),
    *("negative_prompt", "cfg_scale", "camera_control", "multi_prompt", "filters", "start_time"),
    *("end_time", "external_task_id", "input_reference", "voice_id", "element_id", "service_mode"),
)
VALUES: tuple[object, ...] = (
    *("", " ", "a cat", "5", "10", "kling", "kling-v1", "std", "pro", "16:9", "\0", "\ud800", "💥"),
    *(0, 1, -1, 5, 10**30, -(10**30), 0.5, 1e308, True, False, None, [], {}, [[]], [{}], [None]),
    *("http://127.0.0.1/x", "https://example.com/a.png", "file:///etc/passwd", "data:,x"),
    *(
        "../../etc/passwd",
        "x" * 3000,
        "NaN",
        "null",
        "0x10",
        "1e9",
        "١٢",
        "kling-2.6",
        "iVBORw0KGgo=",
    ),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "")
TYPES = (
    *("application/json", "application/x-www-form-urlencoded", "text/plain", "image/png", ""),
    *("multipart/form-data", "multipart/form-data; boundary=x", "application/json; charset=utf-16"),
)


@dataclass(frozen=True)
class Noise:
    method: str
    path: str
    query: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    def told(self) -> str:
        """To be sent again by whoever reads a failure."""
        return f"{self.method} {self.path}?{self.query!r} {self.headers} {self.body[:400]!r}"


class Drawer:
    def __init__(
        self,
        seed: int,
        paths: Sequence[str],
        creates: Sequence[tuple[str, object]],
        keys: Sequence[str],
    ) -> None:
        """``creates``: paths with a body that is good there."""
        self._chance = random.Random(seed)
        self._paths, self._creates, self._keys = paths, creates, keys

    def draw(self) -> Noise:
        chance = self._chance
        create, good = chance.choice(self._creates)
        fits = chance.random() < 0.5
        body, kind = self._body(good)
        headers = [
            (b"host", b"localhost"),
            (b"content-length", str(len(body)).encode()),
            *self._who(),
        ]
        if kind:
            headers.append((b"content-type", kind.encode()))
        if chance.random() < 0.1:
            headers.append(
                (b"range", chance.choice([b"bytes=0-", b"bytes=9-1", b"x", b"bytes=-0"]))
            )
        if chance.random() < 0.1:
            headers.append((b"idempotency-key", self._text(chance.choice([0, 5, 300])).encode()))
        usual = "POST" if fits else chance.choice(["POST", "GET"])
        return Noise(
            method=usual if chance.random() < 0.85 else chance.choice(METHODS),
            path=create if fits else self._path(),
            query=self._query(),
            headers=headers,
            body=body,
        )

    def _path(self) -> str:
        chance = self._chance
        path = chance.choice(self._paths)
        while "{" in path:
            head, _, rest = path.partition("{")
            path = head + self._piece() + rest.partition("}")[2]
        if chance.random() < 0.1:
            prefix = chance.choice(["kling", "kie", "piapi", "openai", "infinito", "x", "", "."])
            path = f"/{prefix}{path}"
        if chance.random() < 0.05:
            path += chance.choice(["/", "//", "/..", "/%00", "\0", "é", "/" + "x" * 500])
        return path

    def _piece(self) -> str:
        return self._chance.choice(
            ["1", "x", "8" + "1" * 17, "video_" + "a" * 32, "task_01", "", "..", "%2e", "ü", "\0"]
        )

    def _query(self) -> bytes:
        chance = self._chance
        if chance.random() < 0.6:
            return b""
        names = [
            "pageNum",
            "pageSize",
            "limit",
            "after",
            "taskId",
            "task_ids",
            "start_time",
            "page",
        ]
        pairs = [f"{chance.choice(names)}={chance.choice(['1', '-1', 'x', '', '9' * 30, '%ff'])}"]
        return "&".join(pairs * chance.choice([1, 1, 2])).encode()

    def _who(self) -> list[tuple[bytes, bytes]]:
        chance = self._chance
        key = chance.choice(self._keys)
        if chance.random() < 0.1:
            key = chance.choice(["", "x", "a.b.c", "\xff", "e30.e30.e30", "x" * 5000])
        raw = key.encode("latin-1", "replace")
        return [(b"authorization", b"Bearer " + raw), (b"x-api-key", raw)]

    def _body(self, good: object) -> tuple[bytes, str]:
        chance = self._chance
        roll = chance.random()
        if roll < 0.7:
            value = self._spoilt(good)
            return json.dumps(value).encode("utf-8", "surrogatepass"), "application/json"
        if roll < 0.8:
            return self._torn(json.dumps(good).encode()), "application/json"
        if roll < 0.9:
            return bytes(chance.randrange(256) for _ in range(chance.randrange(64))), chance.choice(
                TYPES
            )
        return self._form(), "multipart/form-data; boundary=x"

    def _form(self) -> bytes:
        chance = self._chance
        parts = []
        for _ in range(chance.randrange(5)):
            name = chance.choice(WORDS)
            file = '; filename="a.png"' if chance.random() < 0.3 else ""
            value = str(chance.choice(VALUES)).encode("utf-8", "replace")
            head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            parts.append(head.encode() + value + b"\r\n")
        return self._torn(b"".join(parts) + b"--x--\r\n", often=0.2)

    def _torn(self, body: bytes, *, often: float = 1.0) -> bytes:
        chance = self._chance
        if not body or chance.random() >= often:
            return body
        at = chance.randrange(len(body))
        return body[:at] + bytes([chance.randrange(256)]) + body[at + chance.randrange(3) :]

    def _spoilt(self, value: object) -> object:
        """The body with one or a few of its parts changed, taken away or added."""
        for _ in range(self._chance.choice([0, 1, 1, 1, 2, 4])):
            value = self._changed(value)
        return value

    def _changed(self, value: object) -> object:
        chance = self._chance
        if isinstance(value, Mapping) and value and chance.random() < 0.85:
            name = chance.choice(list(value))
            changed = dict(value)
            roll = chance.random()
            if roll < 0.2:
                del changed[name]
            elif roll < 0.4:
                changed[chance.choice(WORDS)] = chance.choice(VALUES)
            else:
                changed[name] = self._changed(changed[name])
            return changed
        if isinstance(value, list) and value and chance.random() < 0.7:
            at = chance.randrange(len(value))
            return [*value[:at], self._changed(value[at]), *value[at + 1 :]]
        return chance.choice(VALUES)

    def _text(self, length: int) -> str:
        return "".join(self._chance.choice(string.printable) for _ in range(length))
