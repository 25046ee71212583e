"""Links that open one file for a while: whoever has one needs no key, and can't make another."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from enum import StrEnum
from math import floor
from urllib.parse import quote

DIGITS_MAX = 12
"""Of a time in seconds since 1970: enough for 30,000 years."""
SIGNATURE_LENGTH = 43
"""32 bytes in base64 without padding."""


class Purpose(StrEnum):
    """What a link is for; one made for one purpose opens nothing of another."""

    FILE = "file"
    UPLOAD = "upload"


class Verdict(StrEnum):
    GOOD = "good"
    EXPIRED = "expired"
    """Ours, and too old."""
    FORGED = "forged"
    """Not ours, or not for this file."""


def sign_link(
    file: str,
    expires_at: float,
    secret: bytes,
    *,
    purpose: Purpose = Purpose.FILE,
    record_expires_at: float | None = None,
) -> str:
    """The path and query that open the file until then.

    ``record_expires_at``: no link outlives the record whose file it opens.
    """
    ends = floor(expires_at if record_expires_at is None else min(expires_at, record_expires_at))
    folder = "files" if purpose is Purpose.FILE else "uploads"
    signature = _signature(file, str(ends), secret, purpose)
    return f"/{folder}/{quote(file, safe='')}?e={ends}&s={signature}"


def verify_link(
    file: str,
    expires: str,
    signature: str,
    *,
    secrets: Iterable[bytes],
    now: float,
    purpose: Purpose = Purpose.FILE,
) -> Verdict:
    """``expires`` and ``signature`` as they stand in the query.

    ``secrets``: today's, and while keys are being changed yesterday's too.
    """
    readable = expires.isascii() and expires.isdigit() and len(expires) <= DIGITS_MAX
    given = signature.encode() if signature.isascii() else b""
    # All are tried, so that the time it takes tells nothing of which one was nearly right.
    right = [
        hmac.compare_digest(_signature(file, expires, secret, purpose).encode(), given)
        for secret in secrets
    ]
    if not (readable and len(given) == SIGNATURE_LENGTH and any(right)):
        return Verdict.FORGED
    return Verdict.GOOD if now < int(expires) else Verdict.EXPIRED


def _signature(file: str, expires: str, secret: bytes, purpose: Purpose) -> str:
    # A key of its own, so that a signature made here says nothing anywhere else the secret serves.
    key = hmac.digest(secret, f"filmgate link {purpose.value} 1".encode(), hashlib.sha256)
    # A zero byte stands in no id and in no number: no two pairs make the same message.
    message = f"{file}\0{expires}".encode("utf-8", "surrogatepass")
    digest = hmac.digest(key, message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
