"""Providers' callbacks: whoever can't know the address is not heard, and nobody is believed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

import pytest
from tests.pretend.rooms import accept, new_task

from filmgate.domain.standard_webhooks import NotGenuine
from filmgate.domain.task import State
from filmgate.protocols.kie.client import KieClient
from filmgate.protocols.kling.client import ApiKey, KlingClient
from filmgate.protocols.piapi.client import PiApiClient
from filmgate.storage.memory import memory_store
from filmgate.usecases.ring_doorbell import Hooks, ring

NEW, OLD = b"n" * 32, b"o" * 32
HOOKS = Hooks("https://films.example", lambda: [NEW, OLD])


class Bell:
    """A provider that hears the job's name, or refuses."""

    def __init__(self, job: str | None = None, *, is_genuine: bool = True) -> None:
        self._job = job
        self._is_genuine = is_genuine

    def heard(self, headers: Mapping[str, str], body: bytes) -> str | None:
        if not self._is_genuine:
            raise NotGenuine("no signature fits")
        return self._job


def rung(secret: str | None, provider: object) -> tuple[bool, list[tuple[str, str | None]], str]:
    """Whether it was heard, who was knocked for, and the task's id."""
    knocks: list[tuple[str, str | None]] = []

    async def body() -> tuple[bool, str]:
        store = memory_store()
        task = await accept(store, new_task())
        heard = await ring(
            HOOKS.address(task.id).rpartition("/")[2] if secret is None else secret,
            {},
            b"{}",
            hooks=HOOKS,
            tasks=store.tasks,
            providers={task.account: provider},
            knock=lambda task_id, job: knocks.append((task_id, job)),
        )
        unchanged = await store.tasks.read(task.id)
        assert unchanged is not None
        assert unchanged.state is State.QUEUED
        return heard, task.id

    heard, task_id = asyncio.run(body())
    return heard, knocks, task_id


def test_the_right_address_knocks_and_changes_nothing() -> None:
    heard, knocks, task_id = rung(None, Bell("job-7"))
    assert heard
    assert knocks == [(task_id, "job-7")]


def test_a_provider_that_has_nothing_to_say_is_a_bell_all_the_same() -> None:
    heard, knocks, task_id = rung(None, object())
    assert (heard, knocks) == (True, [(task_id, None)])


def test_a_wrong_signature_of_the_provider_s_own_is_not_heard() -> None:
    heard, knocks, _ = rung(None, Bell("job-7", is_genuine=False))
    assert (heard, knocks) == (False, [])


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "task_00000000000000000000000001",
        "task_00000000000000000000000001." + "A" * 43,
        "../../etc/passwd",
        "task_1." + "Ä" * 43,
        Hooks("", lambda: [NEW]).address("task_unknown").rpartition("/")[2],
    ],
)
def test_nothing_else_is_a_doorbell(secret: str) -> None:
    assert rung(secret, Bell("job-7"))[:2] == (False, [])


def test_a_bell_belongs_to_one_task_and_outlasts_a_change_of_key() -> None:
    bell = Hooks("https://h", lambda: [OLD]).address("task_1").rpartition("/")[2]
    assert HOOKS.task_of(bell) == "task_1"
    assert HOOKS.task_of(bell.replace("task_1", "task_2")) is None
    assert Hooks("", lambda: [NEW]).task_of(bell) is None
    assert HOOKS.address("task_1") == HOOKS.address("task_1")


def test_kling_s_signature_is_the_one_of_its_own_page() -> None:
    # reference/kling.md 5.3: the vector of Kling's page, recomputed there.
    body = (
        b'{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,'
        b'"update_time":1781080794151}'
    )
    headers = {
        "Webhook-Id": "9876543210",
        "Webhook-Timestamp": "1781080794",
        "Webhook-Signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
    }
    secret = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
    kling = KlingClient(ApiKey("k"), hook_secret=secret, now=lambda: 1781080800.0)
    assert kling.hear(headers, body) is None
    with pytest.raises(NotGenuine):
        kling.hear(headers, body + b" ")
    with pytest.raises(NotGenuine):
        kling.hear({}, body)
    assert KlingClient(ApiKey("k")).hear({}, body) is None


def test_kie_s_signature_covers_task_and_time() -> None:
    # reference/kie-piapi-openai.md 1.6, with both spellings of the task's id.
    now = 1_781_080_794
    kie = KieClient("k", hook_key="hook", now=lambda: now + 10.0)
    digest = hmac.new(b"hook", f"t1.{now}".encode(), hashlib.sha256).digest()
    headers = {
        "X-Webhook-Timestamp": str(now),
        "X-Webhook-Signature": base64.b64encode(digest).decode(),
    }
    for key in ("taskId", "task_id"):
        assert kie.hear(headers, json.dumps({"data": {key: "t1"}}).encode()) == "t1"
    with pytest.raises(NotGenuine):
        kie.hear(headers, json.dumps({"data": {"taskId": "t2"}}).encode())
    late = KieClient("k", hook_key="hook", now=lambda: now + 400.0)
    with pytest.raises(NotGenuine):
        late.hear(headers, json.dumps({"data": {"taskId": "t1"}}).encode())


def test_piapi_sends_our_secret_back() -> None:
    body = json.dumps({"timestamp": 1, "data": {"task_id": "t1"}}).encode()
    piapi = PiApiClient("k", hook_secret="s3cret")
    assert piapi.hear({"X-Webhook-Secret": "s3cret"}, body) == "t1"
    for headers in ({}, {"x-webhook-secret": "other"}):
        with pytest.raises(NotGenuine):
            piapi.hear(headers, body)
