from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from filmgate.domain.errors import SetUp
from filmgate.domain.standard_webhooks import NotGenuine, sign, verify
from filmgate.execution.mint import RandomMint

KEY = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
OTHER = "whsec_" + base64.b64encode(b"o" * 24).decode()
AT = 1781080794
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"",'
    b'"create_time":1781080778802,"update_time":1781080794151}'
)
"""Kling's published example (Webhook Signature, 2026-08-07)."""
HEADERS = {
    "webhook-id": "9876543210",
    "webhook-timestamp": "1781080794",
    "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
}


def test_klings_published_example_comes_out() -> None:
    assert sign([KEY], "9876543210", AT + 0.9, BODY) == HEADERS
    verify([KEY], HEADERS, BODY, AT)


@pytest.mark.parametrize("late_s", [-300, 0, 300])
def test_five_minutes_either_way_are_borne(late_s: int) -> None:
    verify([KEY], HEADERS, BODY, AT + late_s)


@pytest.mark.parametrize("late_s", [-301, 301, 10**9])
def test_more_than_five_minutes_are_not(late_s: int) -> None:
    with pytest.raises(NotGenuine, match="older or newer"):
        verify([KEY], HEADERS, BODY, AT + late_s)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"webhook-id": "9876543211"}, "no signature fits"),
        ({"webhook-timestamp": "1781080795"}, "no signature fits"),
        ({"webhook-timestamp": "1781080794.0"}, "no number of seconds"),
        ({"webhook-timestamp": "-1781080794"}, "no number of seconds"),
        ({"webhook-timestamp": "\u0661781080794"}, "no number of seconds"),
        ({"webhook-timestamp": "nan"}, "no number of seconds"),
        ({"webhook-timestamp": ""}, "no number of seconds"),
        ({"webhook-timestamp": "9" * 5000}, "no number of seconds"),
        ({"webhook-signature": ""}, "no signature fits"),
        ({"webhook-signature": "v1,"}, "no signature fits"),
        ({"webhook-signature": "v1a," + HEADERS["webhook-signature"][3:]}, "no signature fits"),
        ({"webhook-signature": HEADERS["webhook-signature"][3:]}, "no signature fits"),
        ({"webhook-signature": HEADERS["webhook-signature"][:-1]}, "no signature fits"),
        ({"webhook-signature": "v1,\u00e9\u00e9"}, "no signature fits"),
    ],
)
def test_a_changed_header_is_noticed(change: dict[str, str], reason: str) -> None:
    with pytest.raises(NotGenuine, match=reason):
        verify([KEY], {**HEADERS, **change}, BODY, AT)


@pytest.mark.parametrize("missing", HEADERS)
def test_a_missing_header_is_noticed(missing: str) -> None:
    left = {name: value for name, value in HEADERS.items() if name != missing}
    with pytest.raises(NotGenuine, match=missing):
        verify([KEY], left, BODY, AT)


def test_a_changed_body_or_secret_is_noticed() -> None:
    for keys, body in (([KEY], BODY + b" "), ([OTHER], BODY), ([], BODY)):
        with pytest.raises(NotGenuine, match="no signature fits"):
            verify(keys, HEADERS, body, AT)


def test_header_names_may_be_written_in_any_case() -> None:
    verify([KEY], {name.title(): value for name, value in HEADERS.items()}, BODY, AT)


def test_during_a_rotation_old_and_new_secrets_both_hold() -> None:
    both = sign([OTHER, KEY], "m", AT, BODY)
    assert both["webhook-signature"].count("v1,") == 2
    for keys in ([KEY], [OTHER], [RandomMint().webhook_secret(), KEY]):
        verify(keys, both, BODY, AT)
    verify([OTHER, KEY], sign([OTHER], "m", AT, BODY), BODY, AT)


@pytest.mark.parametrize("key", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_***", "w" * 200])
def test_a_secret_that_is_none_is_the_operators_matter(key: str) -> None:
    with pytest.raises(SetUp):
        sign([key], "m", AT, BODY)


def test_nothing_goes_out_unsigned_by_mistake() -> None:
    with pytest.raises(SetUp):
        sign([], "m", AT, BODY)


@settings(deadline=None)
@given(st.text(max_size=200), st.text("abc_0123456789", min_size=1, max_size=40))
def test_the_reference_library_and_ours_agree(text: str, message_id: str) -> None:
    key, now, body = RandomMint().webhook_secret(), time.time(), text.encode()
    headers = sign([key], message_id, now, body)
    Webhook(key).verify(body, headers, json_parse=False)
    verify([key], headers, body, now)
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(body + b"x", headers, json_parse=False)
