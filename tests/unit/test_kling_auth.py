"""Who calls: tokens and keys told apart, and every fault with its own code."""

from __future__ import annotations

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgate.protocols.kling.auth import (
    LEEWAY_S,
    ApiKey,
    Design,
    Token,
    authenticate,
    check_token,
    read_bearer,
    token,
)
from filmgate.protocols.kling.errors import Code, KlingRefusal

NOW = 1_700_000_000
SECRETS = {"ak_1": "sandbox-secret-key-0123456789abcdef0123456789", "ak_short": "short"}
NEW_SENTENCE = (
    "Authentication error. The current API does not support AK/SK; please go to the console "
    "(https://kling.ai/dev/api-key) to create API key."
)


def call(
    header: str | None, design: Design = Design.LEGACY, now: float = NOW
) -> ApiKey | Token | tuple[Code, str]:
    try:
        return authenticate(
            header, design, secret_of=SECRETS.get, is_key=lambda key: key == "api-key-1", now=now
        )
    except KlingRefusal as refusal:
        return refusal.code, refusal.message


def signed(
    claims: dict[str, object], secret: str = SECRETS["ak_1"], algorithm: str = "HS256"
) -> str:
    return "Bearer " + jwt.encode(claims, secret, algorithm=algorithm)


GOOD: dict[str, object] = {"iss": "ak_1", "exp": NOW + 1800, "nbf": NOW - 5}


def test_s3_11_a_token_and_an_api_key_are_both_read() -> None:
    who = call("Bearer " + token("ak_1", SECRETS["ak_1"], NOW))
    assert isinstance(who, Token)
    assert who.access_key == "ak_1"
    assert call("Bearer api-key-1") == ApiKey("api-key-1")
    assert call("bearer  api-key-1 ", Design.NEW) == ApiKey("api-key-1")


def test_a_short_secret_key_works_without_a_warning() -> None:
    assert isinstance(call("Bearer " + token("ak_short", "short", NOW)), Token)


@pytest.mark.parametrize("header", [None, "", "   ", "Bearer", "Bearer   "])
def test_1001_empty(header: str | None) -> None:
    assert call(header) == (Code.AUTHORIZATION_EMPTY, "Authorization is empty")


@pytest.mark.parametrize(
    ("secret", "parts"),
    [("garbage", "0"), ("one.dot", "2"), ("a.b.c.d", "> 3"), ("ak_1:sk_1", "0")],
)
def test_1002_a_key_that_nobody_owns_is_taken_for_a_broken_token(secret: str, parts: str) -> None:
    assert call(f"Bearer {secret}") == (
        Code.AUTHORIZATION_INVALID,
        f"The token was expected to have 3 parts, but got {parts}",
    )


@pytest.mark.parametrize(
    "header",
    [
        "Basic abc",
        "Bearer a.b.c",
        "Bearer ..",
        signed({"exp": NOW + 9}),
        signed({"iss": "", "exp": NOW + 9}),
        signed({"iss": "ak_unknown", "exp": NOW + 9}),
        signed({"iss": "ak_1"}),
        signed({"iss": "ak_1", "exp": True}),
        signed(GOOD, SECRETS["ak_1"] * 2, "HS512"),
        "Bearer " + jwt.encode(GOOD, None, algorithm="none"),
    ],
)
def test_1002_invalid(header: str) -> None:
    assert call(header) == (Code.AUTHORIZATION_INVALID, "Authorization is invalid")


def test_1000_wrong_signature() -> None:
    assert call(signed(GOOD, "x" * 40)) == (Code.AUTHENTICATION_FAILED, "Authentication failed")


def test_1003_and_1004_with_leeway() -> None:
    header = signed(GOOD)
    assert isinstance(call(header, now=NOW - 5 - LEEWAY_S), Token)
    assert call(header, now=NOW - 6 - LEEWAY_S) == (
        Code.TOKEN_TOO_EARLY,
        "Authorization is not yet valid",
    )
    assert isinstance(call(header, now=NOW + 1799 + LEEWAY_S), Token)
    assert call(header, now=NOW + 1800 + LEEWAY_S) == (
        Code.TOKEN_EXPIRED,
        "Authorization has expired",
    )


def test_a_token_without_nbf_is_valid_at_once() -> None:
    assert isinstance(call(signed({"iss": "ak_1", "exp": NOW + 60})), Token)


def test_an_expired_token_with_a_wrong_signature_tells_nothing_about_its_times() -> None:
    assert call(signed({**GOOD, "exp": 1}, "x" * 40)) == (
        Code.AUTHENTICATION_FAILED,
        "Authentication failed",
    )


@pytest.mark.parametrize("header", [signed(GOOD), "Bearer garbage", "Bearer a.b.c"])
def test_the_new_design_refuses_tokens_and_garbage_in_klings_words(header: str) -> None:
    assert call(header, Design.NEW) == (Code.AUTHORIZATION_INVALID, NEW_SENTENCE)


def test_the_steps_can_be_taken_one_by_one() -> None:
    who = read_bearer(signed(GOOD), Design.LEGACY)
    assert isinstance(who, Token)
    assert check_token(who, SECRETS["ak_1"], NOW) == "ak_1"
    with pytest.raises(KlingRefusal) as caught:
        check_token(who, None, NOW)
    assert caught.value.code is Code.AUTHORIZATION_INVALID


@given(st.text(max_size=60) | st.text("abc.=-_ey", max_size=60).map("Bearer {}".format))
def test_any_header_ends_in_one_of_klings_codes(header: str) -> None:
    answer = call(header)
    assert isinstance(answer, tuple)
    assert answer[0] in {Code.AUTHORIZATION_EMPTY, Code.AUTHORIZATION_INVALID}
