"""A client of KIE's Market API: one endpoint for all models, and a record to look at.

Source: KIE's own pages as restated in ``reference/kie-piapi-openai.md`` 1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from mimetypes import guess_extension
from urllib.parse import quote

from filmgate.domain.loose import Loose
from filmgate.domain.order import Progress
from filmgate.domain.ports import Failed, Made, Refused, Running, Throttled, Unclear, Vanished
from filmgate.domain.request import Asset
from filmgate.domain.standard_webhooks import TOLERANCE_S, NotGenuine
from filmgate.domain.upstream import (
    Call,
    Closed,
    Created,
    Form,
    Input,
    Looked,
    Ready,
    Reply,
    Silent,
    Trouble,
    Work,
)
from filmgate.protocols.kie.wire_client import body_of

OK = 200
USD_MICROS_PER_CREDIT = Decimal(5000)
"""Seed S2: 50 credits for five seconds at $0.05."""
UPLOAD_URL = "https://kieai.redpandaai.co"
UPLOAD_FOLDER = "filmgate"
REASON_CHARS_MAX = 300
RATE_REST_S = 10.0
"""KIE counts 20 creates in ten seconds (its page "Rate limits")."""
MAINTENANCE_REST_S = 60.0
REFUSALS = frozenset({400, 404, 422, 505})
EMPTY = frozenset({402, 433})
"""433 is a sub-key whose own quota is used up."""
CLOSED_WORDS = {
    Trouble.EMPTY: "Top the account up at https://kie.ai/billing",
    Trouble.REJECTED: "Check KIE_API_KEY",
}


class KieClient:
    service = "KIE"
    protocols = ("kie",)

    def __init__(
        self,
        key: str,
        upload_url: str | None = UPLOAD_URL,
        *,
        hook_key: str = "",
        now: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """``upload_url`` None: uploads go to the account's own host. ``hook_key``: what the account
        signs its callbacks with, and ``now`` the time to judge them by."""
        self._hook_key = hook_key
        self._now = now
        self._headers = {"Authorization": f"Bearer {key}"}
        self._upload_url = upload_url

    def forms(self, asset: Asset) -> tuple[Form, ...]:  # noqa: ARG002 - the same for all
        return (Form.URL, Form.UPLOAD)

    def create(self, work: Work) -> Call:
        return self._post("/api/v1/jobs/createTask", body_of(work))

    def read_create(self, call: Call, reply: Reply) -> Created:  # noqa: ARG002
        answer = Loose.read(reply.body)
        code = answer.at("code").whole()
        said = _said(answer, reply)
        if code == OK:
            job = answer.at("data").first("taskId", "recordId").text()
            return Made(job) if job else Unclear("KIE took the order and named no task")
        if code in EMPTY:
            return _closed(Trouble.EMPTY, said)
        if code == 401:
            return _closed(Trouble.REJECTED, said)
        if code in {429, 455}:
            rest_s = RATE_REST_S if code == 429 else MAINTENANCE_REST_S
            return Throttled(said, retry_after_s=rest_s)
        return Refused(said) if code in REFUSALS else Unclear(said)

    def look(self, job: str) -> Call:
        path = f"/api/v1/jobs/recordInfo?taskId={quote(job, safe='')}"
        return Call(method="GET", path=path, headers=self._headers)

    def read_look(self, job: str, reply: Reply) -> Looked:
        answer = Loose.read(reply.body)
        data = answer.at("data")
        if not data.at("state").is_given:
            return _stateless(answer, reply)
        if data.at("taskId").text() not in {job, ""}:
            return Silent("KIE told of another task than the one asked for")
        word = data.at("state").word()
        if word in {"waiting", "queuing", "generating"}:
            return Running(_progress(data))
        if word == "fail":
            return Failed(_reason(data))
        return _ready(data) if word == "success" else Silent(f"KIE says {word[:40]!r} of the job")

    def upload(self, given: Input) -> Call:
        """Under the name of its bytes, because the same name overwrites."""
        extension = guess_extension(given.media_type) or ""
        name = hashlib.sha256(given.content).hexdigest()[:32] + extension
        data = base64.b64encode(given.content).decode()
        body: dict[str, object] = {
            "base64Data": f"data:{given.media_type};base64,{data}",
            "uploadPath": UPLOAD_FOLDER,
            "fileName": name,
        }
        return self._post("/api/file-base64-upload", body, self._upload_url)

    def read_upload(self, reply: Reply) -> str | None:
        return Loose.read(reply.body).at("data").first("downloadUrl", "fileUrl").text() or None

    def hear(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The signature covers the task and the time, and not the body (its page "Webhook
        Security"): base64 of HMAC-SHA256 over ``taskId.timestamp``."""
        data = Loose.read(body).at("data")
        job = data.first("taskId", "task_id").text()
        if self._hook_key:
            _verify(self._hook_key, job, headers, self._now())
        return job or None

    def _post(self, path: str, body: dict[str, object], base_url: str | None = None) -> Call:
        return Call(
            method="POST",
            path=path,
            headers=self._headers | {"Content-Type": "application/json"},
            body=json.dumps(body, ensure_ascii=False).encode(),
            base_url=base_url,
        )


def _verify(key: str, job: str, headers: Mapping[str, str], now: float) -> None:
    given = {name.lower(): value for name, value in headers.items()}
    sent_at, signature = given.get("x-webhook-timestamp", ""), given.get("x-webhook-signature", "")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        raise NotGenuine("the timestamp is no number of seconds")
    if abs(now - int(sent_at)) > TOLERANCE_S:
        raise NotGenuine("the message is older or newer than five minutes")
    digest = hmac.new(key.encode(), f"{job}.{sent_at}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(base64.b64encode(digest), signature.encode()):
        raise NotGenuine("no signature fits")


def _progress(data: Loose) -> Progress | None:
    percent = data.at("progress").number()
    if percent is None or not 0 < percent <= 100:
        return None
    return Progress(stage="rendering", percent=float(percent))


def _ready(data: Loose) -> Ready | Silent:
    """The result is JSON written as text."""
    result = Loose.read(data.at("resultJson").text())
    url = next((each.text() for each in result.at("resultUrls").items() if each.text()), "")
    if not url:
        return Silent("KIE says that the film is done, and not where it is")
    credits_taken = data.first("creditsConsumed", "consumeCredits").number()
    cost = None if credits_taken is None else int(credits_taken * USD_MICROS_PER_CREDIT)
    return Ready(url=url, cost_usd_micros=cost)


def _stateless(answer: Loose, reply: Reply) -> Vanished | Silent:
    """Two ways to say that there is no such task: "Task not found", "recordInfo is null"."""
    words = answer.first("msg", "message").word()
    is_unknown = answer.at("code").whole() in {404, 422}
    if is_unknown and ("not found" in words or "recordinfo is null" in words):
        return Vanished()
    return Silent(_said(answer, reply))


def _reason(data: Loose) -> str:
    told = data.first("failMsg", "failCode").text() or "KIE told no reason"
    return told[:REASON_CHARS_MAX]


def _closed(trouble: Trouble, said: str) -> Closed:
    return Closed(trouble, f"{said}. {CLOSED_WORDS[trouble]}")


def _said(answer: Loose, reply: Reply) -> str:
    code = answer.at("code").text()
    words = answer.first("msg", "message").text()[:REASON_CHARS_MAX] or "no reason"
    return f"KIE API error: {code or reply.status} - {words}"
