"""Kling's token: a JWT made from an access key and a secret key."""

from __future__ import annotations

import warnings

import jwt
from jwt.warnings import InsecureKeyLengthWarning

LIFETIME_S = 1800
_EARLY_S = 5
"""Valid from a little before now, for a server whose clock is behind ours."""


def token(access_key: str, secret_key: str, now: int) -> str:
    """The bearer token that Kling's reference asks for: these three claims and no others."""
    claims = {"iss": access_key, "exp": now + LIFETIME_S, "nbf": now - _EARLY_S}
    header = {"alg": "HS256", "typ": "JWT"}
    with warnings.catch_warnings():
        # Kling chooses the key's length; our customer can't mend it.
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return jwt.encode(claims, secret_key, algorithm="HS256", headers=header)
