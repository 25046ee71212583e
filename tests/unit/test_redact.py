from __future__ import annotations

import time

import pytest

from filmgate.transport.redact import redact_text, redact_url

WORD = "Tr0ub4dor3"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {WORD}",
        f"authorization: AWS4-HMAC-SHA256 Credential={WORD}, Signature={WORD}",
        f"Proxy-Authorization: Basic {WORD}==",
        f"x-api-key: {WORD}",
        f"X-API-Key={WORD}&a=1",
        f"X-Webhook-Secret: {WORD}",
        f"webhook-signature: v1,{WORD * 5}= v1,{WORD * 5}=",
        f"Cookie: a=1; session={WORD}",
        f"Set-Cookie: {WORD}=1; b=2",
        f'{{"api_key": "{WORD}", "a": 1}}',
        f'{{"secretKey":"{WORD}\\"{WORD}"}}',
        f'{{"access_token": "{WORD}',
        f"{{'Authorization': 'Bearer {WORD}'}}",
        f"secret_key = '{WORD}'",
        f"password={WORD}",
        f"note: the token: {WORD}",
        f"it was Bearer {WORD}",
        f"whsec_{WORD}+/=",
        f"sk-{WORD}",
        f"eyJ{WORD}.{WORD}.{WORD}",
        f"see https://user:{WORD}@example.com/x",
        f"see https://example.com/x?X-Amz-Signature={WORD}&b={WORD}#{WORD}",
        f"https://hooks.example.com/services/T00/{WORD}{WORD}{WORD}",
        f"https://example.com/hooks/{WORD}{WORD}/x: not found",
    ],
)
def test_no_secret_is_left(text: str) -> None:
    assert WORD not in redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "all fine: status 404",
        '{"error": "no such hook", "code": 12}',
        "see https://example.com/docs/webhooks.html",
        "it took 20 s at 12:30",
    ],
)
def test_other_words_are_left_alone(text: str) -> None:
    assert redact_text(text) == text


def test_a_url_keeps_what_helps_to_find_it() -> None:
    url = "https://user:word@cdn.example.com/films/1.mp4?Expires=1&Signature=a%2Bb#part"
    assert redact_url(url) == "https://***@cdn.example.com/films/1.mp4?Expires=***&Signature=***"


@pytest.mark.parametrize(
    "piece", ["a-", "secret-", "a://", "/a1", '"secret":"\\', "@", "sk-", "?a", "eyJa.", "token: "]
)
def test_no_text_makes_it_slow(piece: str) -> None:
    began = time.perf_counter()
    redact_text(piece * (20_000 // len(piece)))
    assert time.perf_counter() - began < 1
