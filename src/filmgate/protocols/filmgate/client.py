"""A client of the native protocol that sends nothing itself: calls to make, and replies read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from filmgate.domain.errors import FilmgateError, Unreachable
from filmgate.domain.request import Request
from filmgate.domain.task import State
from filmgate.domain.upstream import Call, Reply
from filmgate.protocols.filmgate.endpoints import ENDPOINTS, path_of
from filmgate.protocols.filmgate.errors import error_of
from filmgate.protocols.filmgate.translate import sent_request
from filmgate.protocols.filmgate.wire_replies import (
    ErrorReply,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What may be said beside a request."""

    provider: str = "auto"
    max_credits: int | None = None
    external_id: str | None = None
    webhook: str | None = None
    priority: int = 0
    deadline_s: float | None = None


class NativeClient:
    def __init__(self, key: str) -> None:
        self._key = key

    def create(self, request: Request, wish: Wish, *, idempotency_key: str) -> Call:
        """Safe to send again: the same key makes no second task."""
        headers = {"Idempotency-Key": idempotency_key}
        return self._call("create_task", _said(request, wish), headers=headers)

    def quote(self, request: Request) -> Call:
        return self._call("quote", _said(request, Wish()))

    def task(self, task_id: str) -> Call:
        return self._call("read_task", task=task_id)

    def tasks(
        self, *, state: State | None = None, limit: int = 50, cursor: str | None = None
    ) -> Call:
        query = {"state": state and state.value, "limit": limit, "cursor": cursor}
        return self._call("list_tasks", query=query)

    def cancel(self, task_id: str) -> Call:
        return self._call("cancel_task", task=task_id)

    def follow(self, task_id: str) -> Call:
        return self._call("follow_task", task=task_id)

    def upload(self, data: bytes, *, name: str) -> Call:
        headers = {"Content-Type": "application/octet-stream"}
        return self._call("keep_asset", data, headers=headers, query={"name": name})

    def models(self) -> Call:
        return self._call("list_models")

    def model(self, name: str) -> Call:
        return self._call("read_model", model=name)

    def account(self) -> Call:
        return self._call("read_account")

    def read(self, reply: Reply, kind: type[T]) -> T:
        """Raises what the server told, or Unreachable for what is no answer of such a server."""
        if reply.status >= 300:
            raise self.refusal(reply)
        try:
            return msgspec.json.decode(reply.body, type=kind)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise _foreign(reply) from error

    def refusal(self, reply: Reply) -> FilmgateError:
        try:
            told = msgspec.json.decode(reply.body, type=ErrorReply)
        except (msgspec.DecodeError, UnicodeError):
            return _foreign(reply)
        return error_of(reply.status, told.error)

    def _call(
        self,
        name: str,
        body: Mapping[str, object] | bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        **names: str,
    ) -> Call:
        path = path_of(name, **{word: quote(said, safe="") for word, said in names.items()})
        if given := {word: said for word, said in (query or {}).items() if said is not None}:
            path = f"{path}?{urlencode(given)}"
        sent = {"Authorization": f"Bearer {self._key}", **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        return Call(method=ENDPOINTS[name].method, path=path, headers=sent, body=body)


def _said(request: Request, wish: Wish) -> dict[str, object]:
    said = {
        "provider": wish.provider,
        "max_credits": wish.max_credits,
        "external_id": wish.external_id,
        "webhook": {"url": wish.webhook} if wish.webhook else None,
        "priority": wish.priority or None,
        "deadline_s": wish.deadline_s,
    }
    return {
        **sent_request(request),
        **{word: value for word, value in said.items() if value is not None},
    }


def _foreign(reply: Reply) -> Unreachable:
    return Unreachable(
        f"what answers there is no Filmgate server (status {reply.status})",
        remedy="Check the server's address.",
    )


@dataclass(frozen=True, slots=True)
class Happening:
    """One server-sent event."""

    name: str
    data: bytes


class HappeningReader:
    """Puts events together from whatever pieces they come in (HTML standard, 9.2.6)."""

    def __init__(self) -> None:
        self._pending = b""
        self._name = ""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[Happening]:
        *lines, self._pending = (self._pending + piece).split(b"\n")
        for line in lines:
            yield from self._line(line.removesuffix(b"\r"))

    def _line(self, line: bytes) -> Iterator[Happening]:
        if not line:
            if self._data:
                yield Happening(self._name or "message", b"\n".join(self._data))
            self._name, self._data = "", []
            return
        word, _, rest = line.partition(b":")
        said = rest.removeprefix(b" ")
        if word == b"event":
            self._name = said.decode(errors="replace")
        elif word == b"data":
            self._data.append(said)
