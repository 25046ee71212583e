"""Webhooks of ours, as whoever receives them checks them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

from filmgate.domain.errors import FixRequest
from filmgate.domain.standard_webhooks import NotGenuine, verify

__all__ = ["NotGenuine", "verify_webhook"]


def verify_webhook(
    headers: Mapping[str, str], body: bytes, secrets: str | Sequence[str]
) -> dict[str, object]:
    """The event that a call to your webhook announces: ``type``, ``timestamp`` and ``data``.

    ``body`` is as it came, before anything parsed it; ``secrets`` are the ``whsec_...`` that
    `filmgate admin keys create` printed, two of them while you change from one to the other.
    Raises NotGenuine for a call that is forged, changed or older than five minutes, and
    FixRequest for one that is signed and yet no event.
    """
    keys = [secrets] if isinstance(secrets, str) else list(secrets)
    verify(keys, headers, body, time.time())
    try:
        event: object = json.loads(body)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise FixRequest("the webhook's body is no event")
    return {str(key): value for key, value in event.items()}
