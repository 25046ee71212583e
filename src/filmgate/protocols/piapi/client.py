"""A client of PiAPI's unified API: its own accounts (``public``) or hosted ones (``private``).

Source: PiAPI's own pages as restated in ``reference/kie-piapi-openai.md`` 2, and seed S4 for the
numbers of errors.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import quote

from filmgate.domain.loose import Loose
from filmgate.domain.ports import Failed, Made, Refused, Running, Throttled, Unclear, Vanished
from filmgate.domain.request import Asset
from filmgate.domain.standard_webhooks import NotGenuine
from filmgate.domain.task import Fault
from filmgate.domain.upstream import (
    Call,
    Closed,
    Created,
    Form,
    Looked,
    Ready,
    Reply,
    Silent,
    Trouble,
    Work,
)
from filmgate.protocols.piapi.wire_client import body_of

OK = 200
REASON_CHARS_MAX = 300
RATE_REST_S, UNAVAILABLE_REST_S = 10.0, 30.0
BAD_PICTURE = 1600
REFUSALS = frozenset({400, 404, 422, 1100, BAD_PICTURE, 1700})
EMPTY = frozenset({402, 1300})
REJECTED = frozenset({401, 403, 1200})
THROTTLED = frozenset({429, 1400})
UNAVAILABLE = 1500
POINTS_PER_USD_MICRO = Decimal(10)
"""10,000,000 points are a dollar."""
HISTORY_PAGE = 100
HISTORY_PAGES = 3
"""The newest come first; an order in doubt is a few minutes old when it is looked for."""
CLOSED_WORDS = {
    Trouble.EMPTY: "Top the account up at https://piapi.ai/workspace",
    Trouble.REJECTED: "Check PIAPI_API_KEY",
}
SHOWN_UNDER = (
    ("output", "video_url"),
    ("output", "video"),
    ("output", "works", 0, "video", "resource_without_watermark"),
    ("output", "works", 0, "video", "resource"),
)
"""Where a film's address may stand: the service has three shapes (page "Kling", and newer ones)."""


class PiApiClient:
    service = "PiAPI"
    protocols = ("piapi",)

    def __init__(self, key: str, *, service_mode: str = "", hook_secret: str = "") -> None:
        """``service_mode``: ``public``, ``private``, or empty for the workspace's own default.
        ``hook_secret`` comes back with every callback."""
        self._headers = {"x-api-key": key}
        self._service_mode = service_mode
        self._hook_secret = hook_secret

    def forms(self, asset: Asset) -> tuple[Form, ...]:  # noqa: ARG002 - the same for all
        return (Form.URL,)

    def create(self, work: Work) -> Call:
        body = body_of(work)
        # Real clients send empty strings for what they don't want.
        hook = {"endpoint": work.callback_url or "", "secret": self._hook_secret}
        config: dict[str, object] = {"webhook_config": hook}
        if self._service_mode:
            config["service_mode"] = self._service_mode
        return Call(
            method="POST",
            path="/api/v1/task",
            headers=self._headers | {"Content-Type": "application/json"},
            body=json.dumps({**body, "config": config}, ensure_ascii=False).encode(),
        )

    def read_create(self, call: Call, reply: Reply) -> Created:
        answer = Loose.read(reply.body)
        said = _said(answer, reply)
        if answer.at("code").whole() == OK:
            job = answer.at("data", "task_id").text()
            hook = answer.at("data", "config", "webhook_config", "endpoint").text()
            if hook and json.dumps(hook).encode() not in (call.body or b""):
                return Unclear("PiAPI answered with another order than ours")
            return Made(job) if job else Unclear("PiAPI took the order and named no task")
        code = _code(answer)
        if code in EMPTY:
            return _closed(Trouble.EMPTY, said)
        if code in REJECTED:
            return _closed(Trouble.REJECTED, said)
        if code in THROTTLED or code == UNAVAILABLE:
            rest_s = UNAVAILABLE_REST_S if code == UNAVAILABLE else RATE_REST_S
            return Throttled(said, retry_after_s=rest_s)
        fault = Fault.INPUT if code == BAD_PICTURE else Fault.PROVIDER
        return Refused(said, fault) if code in REFUSALS else Unclear(said)

    def look(self, job: str) -> Call:
        return self._task_call("GET", job)

    def read_look(self, job: str, reply: Reply) -> Looked:
        answer = Loose.read(reply.body)
        data = answer.at("data")
        word = data.at("status").word()
        if answer.at("code").whole() != OK or not word:
            is_unknown = answer.at("code").whole() == 404 and "not found" in _words(answer).lower()
            return Vanished() if is_unknown else Silent(_said(answer, reply))
        if data.at("task_id").text() not in {job, ""}:
            return Silent("PiAPI told of another task than the one asked for")
        if word in {"pending", "staged", "processing"}:
            return Running()
        if word == "failed":
            return Failed(_reason(data.at("error")))
        is_done = word == "completed"
        return _ready(data) if is_done else Silent(f"PiAPI says {word[:40]!r} of the job")

    def cancel(self, job: str) -> Call:
        return self._task_call("DELETE", job)

    def read_cancel(self, reply: Reply) -> bool:
        """Only what is still pending can be stopped."""
        return Loose.read(reply.body).at("code").whole() == OK

    def find(self, task_id: str) -> Sequence[Call]:  # noqa: ARG002 - it is known by its callback
        path = f"/api/open/tasks/histories?page_size={HISTORY_PAGE}&page="
        return tuple(
            Call(method="GET", path=f"{path}{page}", headers=self._headers)
            for page in range(1, HISTORY_PAGES + 1)
        )

    def read_find(
        self,
        task_id: str,
        call: Call,  # noqa: ARG002
        reply: Reply,
    ) -> Made | Vanished | Silent:
        """By the address of the task's own callback, which the service repeats."""
        answer = Loose.read(reply.body)
        if answer.at("code").whole() != OK:
            return Silent(_said(answer, reply))
        data = answer.at("data")
        for item in data.items() or data.first("tasks", "list", "items").items():
            endpoint = item.at("config", "webhook_config", "endpoint").text()
            job = item.at("task_id").text()
            if job and f"/{task_id}." in endpoint:
                return Made(job)
        return Vanished()

    def hear(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The secret comes back word for word in a header (its page "Webhook")."""
        given = {name.lower(): value for name, value in headers.items()}
        told = given.get("x-webhook-secret", "")
        if self._hook_secret and not hmac.compare_digest(self._hook_secret.encode(), told.encode()):
            raise NotGenuine("the secret is another one")
        return Loose.read(body).at("data", "task_id").text() or None

    def _task_call(self, method: str, job: str) -> Call:
        path = f"/api/v1/task/{quote(job, safe='')}"
        return Call(method=method, path=path, headers=self._headers)


def _code(answer: Loose) -> int | None:
    """The error's own number says more than the envelope's, where it is a known one."""
    inner = answer.at("data", "error", "code").whole()
    known = REFUSALS | EMPTY | REJECTED | THROTTLED | {UNAVAILABLE}
    return inner if inner in known else answer.at("code").whole()


def _words(answer: Loose) -> str:
    error = answer.at("data", "error")
    message = answer.at("message").text()
    inner = error.first("message", "raw_message").text()
    return (inner if message in {"", "failed"} else message) or inner or message


def _reason(error: Loose) -> str:
    told = error.first("message", "raw_message").text() or "PiAPI told no reason"
    return told[:REASON_CHARS_MAX]


def _ready(data: Loose) -> Ready | Silent:
    url = next((url for each in SHOWN_UNDER if (url := data.at(*each).text())), "")
    if not url:
        return Silent("PiAPI says that the film is done, and not where it is")
    return Ready(url=url, cost_usd_micros=_cost(data))


def _cost(data: Loose) -> int | None:
    usage = data.at("meta", "usage")
    points = usage.at("consume").number()
    if points is None or usage.at("type").word() != "point":
        return None
    return int(points / POINTS_PER_USD_MICRO)


def _closed(trouble: Trouble, said: str) -> Closed:
    return Closed(trouble, f"{said}. {CLOSED_WORDS[trouble]}")


def _said(answer: Loose, reply: Reply) -> str:
    code = _code(answer)
    words = _words(answer)[:REASON_CHARS_MAX] or "no reason"
    return f"PiAPI error: {reply.status if code is None else code} - {words}"
