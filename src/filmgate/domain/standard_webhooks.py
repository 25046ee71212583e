"""Signatures by Standard Webhooks (github.com/standard-webhooks, version 1), both directions.

Here because several protocols sign like this, and none of them may know another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence

from filmgate.domain.errors import SetUp

PREFIX = "whsec_"
TOLERANCE_S = 5 * 60
KEY_BYTES = (24, 64)
"""Least and most, by the specification."""


class NotGenuine(Exception):
    """A message whose signature does not hold, or that is too old: treat it as never received."""


def sign(keys: Sequence[str], message_id: str, at: float, body: bytes) -> dict[str, str]:
    """The headers of one attempt. During a rotation each secret signs. Raises SetUp."""
    if not keys:
        raise SetUp("there is no secret to sign the webhook with")
    sent_at = str(math.floor(at))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": sent_at,
        "webhook-signature": " ".join(_signature(key, message_id, sent_at, body) for key in keys),
    }


def verify(keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Raises NotGenuine unless one of the secrets signed exactly this, within five minutes."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id = given["webhook-id"]
        sent_at = given["webhook-timestamp"]
        signatures = given["webhook-signature"].split()
    except KeyError as missing:
        raise NotGenuine(f"the header {missing} is missing") from None
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        raise NotGenuine("the timestamp is no number of seconds")
    if abs(now - int(sent_at)) > TOLERANCE_S:
        raise NotGenuine("the message is older or newer than five minutes")
    # Every pair is compared, so that the time tells nothing about which one fits.
    matches = [
        hmac.compare_digest(_signature(key, message_id, sent_at, body).encode(), one.encode())
        for key in keys
        for one in signatures
    ]
    if not any(matches):
        raise NotGenuine("no signature fits")


def _signature(key: str, message_id: str, sent_at: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), sent_at.encode(), body))
    mac = hmac.new(_key_bytes(key), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def _key_bytes(key: str) -> bytes:
    try:
        found = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    least, most = KEY_BYTES
    if not least <= len(found) <= most:
        raise SetUp(f"a webhook secret is {PREFIX} and {least} to {most} bytes in base64")
    return found
