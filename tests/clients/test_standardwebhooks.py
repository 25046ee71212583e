"""The reference library of Standard Webhooks verifies our events."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tests.clients.conftest import Sandbox
from tests.pretend.receiver import Receiver

HOOK_SECRET = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMTIzNDU2Nzg5YWI="


def call(sandbox: Sandbox, path: str, body: object) -> Any:
    request = urllib.request.Request(
        sandbox.address + path,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {sandbox.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_openais_events(sandbox: Sandbox, receiver: Receiver) -> None:
    body = {"name": "mine", "url": receiver.url, "event_types": ["video.completed"]}
    made = call(sandbox, "/v1/webhook_endpoints", body)
    call(sandbox, f"/v1/webhook_endpoints/{made['id']}/test", {"event_type": "video.completed"})
    told = receiver.wait(1)[0]
    event = Webhook(made["signing_secret"]).verify(told.body, told.headers)
    assert event["type"] == "video.completed"
    with pytest.raises(WebhookVerificationError):
        Webhook(HOOK_SECRET).verify(told.body, told.headers)
