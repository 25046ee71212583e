"""The token that `filmgate token` prints, claim by claim."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from filmgate.protocols.kling.auth import LIFETIME_S, token

NOW = 1_700_000_000
SECRET = "sandbox-secret-key-0123456789abcdef0123456789"


def part(text: str, index: int) -> object:
    piece = text.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))


def test_s0_02_claims_and_header_to_the_letter() -> None:
    made = token("ak_1", SECRET, NOW)
    assert part(made, 0) == {"alg": "HS256", "typ": "JWT"}
    assert part(made, 1) == {"iss": "ak_1", "exp": NOW + 1800, "nbf": NOW - 5}


def test_s0_02_signature_is_hs256_of_the_secret_key() -> None:
    made = token("ak_1", SECRET, NOW)
    skip_times = {"verify_exp": False, "verify_nbf": False}
    assert jwt.decode(made, SECRET, algorithms=["HS256"], options=skip_times)["iss"] == "ak_1"
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(made, SECRET + "x", algorithms=["HS256"], options=skip_times)


def test_s0_02_a_later_token_lives_later() -> None:
    """Renewal is a new token: nothing but the times changes."""
    first, second = part(token("ak", SECRET, NOW), 1), part(token("ak", SECRET, NOW + 1770), 1)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert second["nbf"] < first["exp"] == NOW + LIFETIME_S
    assert second["exp"] - first["exp"] == 1770


def test_a_short_secret_key_is_kling_s_choice_and_no_warning() -> None:
    assert token("ak", "sk", NOW).count(".") == 2
