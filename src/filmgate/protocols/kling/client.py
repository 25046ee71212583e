"""A client of Kling's API, both designs: calls out of orders, and what replies come to.

Sources: Kling's pages as restated in ``reference/kling.md`` 2 to 6 and 12. A job's handle is the
path under which it is asked for, and its id: ``v1/videos/text2video/8672...`` or ``tasks/8672...``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from urllib.parse import quote

from filmgate.domain.loose import Loose
from filmgate.domain.ports import Failed, Made, Running, Unclear, Vanished
from filmgate.domain.request import Asset
from filmgate.domain.standard_webhooks import verify
from filmgate.domain.upstream import (
    Call,
    Created,
    Form,
    Looked,
    Ready,
    Reply,
    Silent,
    Work,
)
from filmgate.protocols.kling.auth import LIFETIME_S, token
from filmgate.protocols.kling.client_verdicts import created, says_unknown_task, wrong
from filmgate.protocols.kling.errors import Code
from filmgate.protocols.kling.wire_client import body_of, path_of
from filmgate.protocols.kling.wire_client_new import new_body_of, new_path_of

LEGACY, NEW = "kling", "kling-new"
RENEW_BEFORE_S = 300
"""A token is made anew this long before it ends: a call may wait for its turn meanwhile."""
USD_MICROS_PER_UNIT = Decimal(140_000)
"""Kling's list of 2026-09-20: a video unit is $0.14."""
TOKEN_AGE = frozenset({Code.TOKEN_TOO_EARLY, Code.TOKEN_EXPIRED})
LEGACY_PATHS = tuple(
    f"v1/videos/{word}"
    for word in (
        *("text2video", "image2video", "omni-video", "motion-control", "multi-image2video"),
        *("avatar/image2video", "effects", "lip-sync"),
    )
)
"""Where a job may be whose kind nobody remembers."""


class ApiKey:
    """A static key, which both designs take."""

    works_with_new = True

    def __init__(self, key: str) -> None:
        self._key = key

    def bearer(self) -> str:
        return self._key

    def renew(self) -> None:
        pass


class KeyPair:
    """Access key and secret key: a token is made of them, kept, and renewed before it ends."""

    works_with_new = False
    """New-design endpoints refuse tokens with 401/1002 (seen live on 2026-09-20)."""

    def __init__(self, access_key: str, secret_key: str, now: Callable[[], float]) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._now = now
        self._token = ""
        self._ends_at = 0.0

    def bearer(self) -> str:
        now = self._now()
        if now >= self._ends_at - RENEW_BEFORE_S:
            self._token = token(self._access_key, self._secret_key, int(now))
            self._ends_at = int(now) + LIFETIME_S
        return self._token

    def renew(self) -> None:
        """The service says that it is too old, or too new: perhaps our clock was set."""
        self._ends_at = 0.0


class KlingClient:
    service = "Kling"

    def __init__(
        self,
        credentials: ApiKey | KeyPair,
        *,
        hook_secret: str = "",
        now: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """``hook_secret``: what the account signs its callbacks with, and ``now`` the time to
        judge them by; without one, callbacks come unsigned."""
        self._credentials = credentials
        self._hook_secret = hook_secret
        self._now = now
        # The legacy design takes both credentials and has controls that the new one dropped.
        self.protocols = (LEGACY, NEW) if credentials.works_with_new else (LEGACY,)

    # --- orders

    def forms(self, asset: Asset) -> tuple[Form, ...]:
        """Clips go by URL alone; pictures and sound also in base64, without a prefix."""
        if asset.media_type.startswith("video/"):
            return (Form.URL,)
        return (Form.INLINE, Form.URL)

    def create(self, work: Work) -> Call:
        if work.name.protocol == NEW:
            return self._post(new_path_of(work), new_body_of(work))
        return self._post(path_of(work), body_of(work))

    def read_create(self, call: Call, reply: Reply) -> Created:
        answer = Loose.read(reply.body)
        verdict = created(answer, reply)
        if isinstance(verdict, Made):
            told = answer.at("data").first("external_id").text()
            told = told or answer.at("data", "task_info", "external_task_id").text()
            if told and f'"{told}"'.encode() not in (call.body or b""):
                return Unclear("Kling answered with another order than ours")
            path = call.path.strip("/")
            return Made(f"{path if path in LEGACY_PATHS else 'tasks'}/{verdict.job}")
        if answer.at("code").whole() in TOKEN_AGE:
            self._credentials.renew()
        return verdict

    # --- jobs

    def look(self, job: str) -> Call:
        path, _, number = job.rpartition("/")
        if path == "tasks" or (not path and self._credentials.works_with_new):
            return self._get(f"/tasks?task_ids={quote(number, safe='')}")
        return self._get(f"/{path or LEGACY_PATHS[0]}/{quote(number, safe='')}")

    def read_look(self, job: str, reply: Reply) -> Looked:
        answer = Loose.read(reply.body)
        number = job.rpartition("/")[2]
        if (fault := self._fault(answer, reply)) is not None:
            return fault
        data = answer.at("data")
        if items := data.items():
            data = next((each for each in items if each.at("id").text() == number), Loose())
        elif data.is_given and not data.is_object:
            return Vanished()  # an empty list: unknown ids are simply missing
        told = data.first("task_id", "id").text()
        if told and told != number:
            return Silent(f"Kling told of job {told[:40]!r} when asked for another")
        return _state(data)

    def _fault(self, answer: Loose, reply: Reply) -> Vanished | Silent | None:
        code = answer.at("code").whole()
        if code == 0:
            return None
        if code in TOKEN_AGE:
            self._credentials.renew()
        if says_unknown_task(answer):
            return Vanished()
        return Silent(wrong(answer, reply))

    # --- jobs by our own id

    def find(self, task_id: str) -> Sequence[Call]:
        name = quote(task_id, safe="")
        calls = [self._get(f"/{path}/{name}") for path in LEGACY_PATHS]
        if self._credentials.works_with_new:
            # One call that knows the jobs of both designs (seen live on 2026-09-20).
            calls.insert(0, self._get(f"/tasks?external_task_ids={name}"))
        return calls

    def read_find(self, task_id: str, call: Call, reply: Reply) -> Made | Vanished | Silent:
        answer = Loose.read(reply.body)
        if (fault := self._fault(answer, reply)) is not None:
            return fault
        data = answer.at("data")
        if call.path.startswith("/tasks?"):
            return _found_in_list(task_id, data)
        told = data.at("task_info", "external_task_id").text()
        number = data.at("task_id").text()
        if not number or (told and told != task_id):
            return Silent("Kling answered with another task than the one asked for")
        return Made(f"{call.path.strip('/').rpartition('/')[0]}/{number}")

    # --- callbacks

    def hear(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Standard Webhooks (``reference/kling.md`` 5.3). A legacy body names no path, and jobs
        are asked for by our own id: there is nothing in it that we would need."""
        if self._hook_secret:
            verify([self._hook_secret], headers, body, self._now())
        return None

    # --- calls

    def _get(self, path: str) -> Call:
        return Call(method="GET", path=path, headers=self._headers())

    def _post(self, path: str, body: Mapping[str, object]) -> Call:
        return Call(
            method="POST",
            path=path,
            headers=self._headers() | {"Content-Type": "application/json"},
            body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._credentials.bearer()}"}


def _found_in_list(task_id: str, data: Loose) -> Made | Vanished | Silent:
    for item in data.items():
        number = item.at("id").text()
        if number and item.at("external_id").text() in {task_id, ""}:
            return Made(f"tasks/{number}")
    return Vanished()


def _state(data: Loose) -> Looked:
    """Both designs: ``succeed`` and ``task_result``, ``succeeded`` and ``outputs``."""
    word = data.first("task_status", "status").word()
    if word in {"submitted", "processing"}:
        return Running()
    if word == "failed":
        return Failed(data.first("task_status_msg", "message").text() or "Kling told no reason")
    if word not in {"succeed", "succeeded"}:
        return Silent(f"Kling says {word[:40]!r} of the job")
    videos = data.at("task_result", "videos").items() + [
        each for each in data.at("outputs").items() if each.at("type").word() == "video"
    ]
    url = next((url for each in videos if (url := each.at("url").text())), "")
    if not url:
        return Silent("Kling says that the film is done, and not where it is")
    return Ready(url=url, cost_usd_micros=_cost(data))


def _cost(data: Loose) -> int | None:
    units = data.at("final_unit_deduction").number()
    if units is None:
        spent = [
            each.at("amount").number()
            for each in data.at("billing").items()
            if each.at("charge_type").word() == "unit"
        ]
        units = sum((each for each in spent if each is not None), Decimal(0)) if spent else None
    return None if units is None else int(units * USD_MICROS_PER_UNIT)
