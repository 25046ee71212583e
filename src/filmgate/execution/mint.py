"""New keys. Each has at least 160 random bits, so that nobody guesses one or meets one twice."""

from __future__ import annotations

import base64
import secrets
import string

from filmgate.domain.customer import CUSTOMER_HEAD, KEY_HEAD
from filmgate.domain.receivers import RECEIVER_HEAD
from filmgate.execution.clock import ulid

LETTERS = string.ascii_letters + string.digits
"""No sign that a double click stops at, or that means something in a URL or a shell."""
TOKEN_LENGTH = 43
"""256 bits; the shortest that HS256 takes without a warning is 256 as well."""
ACCESS_KEY_LENGTH = 27
"""160 bits; it is no secret."""
WEBHOOK_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""


class RandomMint:
    def customer_id(self) -> str:
        return f"{CUSTOMER_HEAD}{ulid()}"

    def key_id(self) -> str:
        return f"{KEY_HEAD}{ulid()}"

    def token(self) -> str:
        return f"fg_{_letters(TOKEN_LENGTH)}"

    def access_key(self) -> str:
        return f"ak_{_letters(ACCESS_KEY_LENGTH)}"

    def secret_key(self) -> str:
        return f"sk_{_letters(TOKEN_LENGTH)}"

    def receiver_id(self) -> str:
        return f"{RECEIVER_HEAD}{ulid()}"

    def webhook_secret(self) -> str:
        return f"whsec_{base64.b64encode(secrets.token_bytes(WEBHOOK_BYTES)).decode()}"


def _letters(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
