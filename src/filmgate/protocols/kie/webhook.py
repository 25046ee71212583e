"""KIE's callbacks: bodies, and the signature that today's API adds where a key exists.

The signature covers the task's id and the time, and not the body (``reference/kie-piapi-openai.md``
1.6). Whoever must be sure asks recordInfo.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from filmgate.domain.change import Event
from filmgate.domain.delivery import as_told
from filmgate.domain.task import Task
from filmgate.protocols.kie.errors import Design
from filmgate.protocols.kie.names import market_id
from filmgate.protocols.kie.translate_replies import market_callback, seed_callback
from filmgate.protocols.kie.view import Shown

PROTOCOLS = (Design.SEED.value, Design.MARKET.value)
"""What a callback's protocol is called, by the path that the task came in."""


def body(event: Event, task: Task, shown: Shown) -> bytes:
    """The same for every attempt, however much has happened to the task since."""
    then = as_told(event, task)
    if event.protocol == Design.SEED:
        return seed_callback(then, shown)
    return market_callback(then, shown)


def headers(event: Event, secrets: Sequence[str], at: float) -> dict[str, str]:
    """``secrets``: the customer's webhook keys, the newest first; without one nothing is signed."""
    told = {"Content-Type": "application/json"}
    if event.protocol == Design.SEED or not secrets:
        return told
    timestamp = str(int(at))
    message = f"{market_id(event.task)}.{timestamp}".encode()
    digest = hmac.new(secrets[0].encode(), message, hashlib.sha256).digest()
    return told | {
        "X-Webhook-Timestamp": timestamp,
        "X-Webhook-Signature": base64.b64encode(digest).decode(),
    }
