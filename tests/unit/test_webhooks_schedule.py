"""The timetable, without any network: what follows from an attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.webhooks import delivery

from filmgate.domain.delivery import DELAYS_S, RETRY_AFTER_MAX_S, Attempt, DeliveryState, after
from filmgate.webhooks.deliver import retry_after_s

NOW = 1_800_000_000.0


def failed(**how: float) -> Attempt:
    return replace(Attempt(at=NOW, took_ms=1, status=500), **how)  # type: ignore[arg-type]


def test_ten_attempts_in_seventy_five_hours_and_a_half() -> None:
    found = delivery("d")
    gaps: list[float] = []
    while found.due_at is not None:
        at = found.due_at
        found = after(found, Attempt(at=at, took_ms=1, status=500), chance=0.5)
        if found.due_at is not None:
            gaps.append(found.due_at - at)
    assert gaps == pytest.approx([5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400])
    assert sum(gaps) // 60 == 75 * 60 + 35
    assert (found.state, found.tries) == (DeliveryState.GIVEN_UP, 10)


@pytest.mark.parametrize("status", [None, 100, 199, 300, 301, 304, 400, 404, 429, 500, 503])
def test_all_but_a_success_is_tried_again(status: int | None) -> None:
    found = after(delivery("d"), Attempt(at=NOW, took_ms=1, status=status), chance=0)
    assert (found.state, found.due_at) == (DeliveryState.PENDING, NOW + 4.5)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_two_hundred_is_a_success(status: int) -> None:
    found = after(delivery("d"), Attempt(at=NOW, took_ms=1, status=status), chance=0)
    assert (found.state, found.due_at) == (DeliveryState.DELIVERED, None)


def test_gone_is_for_good() -> None:
    found = after(delivery("d"), failed(status=410), chance=0)
    assert (found.state, found.due_at) == (DeliveryState.SWITCHED_OFF, None)


@settings(deadline=None)
@given(st.integers(0, len(DELAYS_S) - 2), st.floats(0, 1))
def test_jitter_moves_a_delay_by_a_tenth(tries: int, chance: float) -> None:
    found = after(replace(delivery("d"), tries=tries), failed(), chance)
    assert found.due_at is not None
    delay_s = DELAYS_S[tries + 1]
    assert 0.9 * delay_s - 1e-3 <= found.due_at - NOW <= 1.1 * delay_s + 1e-3


@pytest.mark.parametrize(
    ("status", "asked_s", "waits_s"),
    [
        (429, 60.0, 60.0),
        (503, 60.0, 60.0),
        (429, 1.0, 5.0),  # never sooner than the timetable
        (429, 1e12, RETRY_AFTER_MAX_S),
        (500, 60.0, 5.0),  # only where the receiver speaks of load
        (429, None, 5.0),
    ],
)
def test_a_busy_receiver_may_ask_for_time(
    status: int, asked_s: float | None, waits_s: float
) -> None:
    attempt = replace(failed(status=status), retry_after_s=asked_s)
    found = after(delivery("d"), attempt, chance=0.5)
    assert found.due_at == pytest.approx(NOW + waits_s)


def test_the_time_asked_for_is_read_in_both_its_forms() -> None:
    date = format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True)
    assert retry_after_s("120", NOW) == 120
    assert retry_after_s(date, NOW) == 90
    assert retry_after_s(date, NOW + 100) == 0
    for nothing in (None, "", "soon", "-5", "1.5", "\u0661", "Mon, 99 Foo 10000 00:00:00"):
        assert retry_after_s(nothing, NOW) is None


@settings(deadline=None)
@given(st.one_of(st.text(), st.text("0123456789 :+-,GMTJanSu", max_size=40)))
def test_whatever_stands_there_the_attempt_can_be_recorded(text: str) -> None:
    found = retry_after_s(text, NOW)
    assert found is None or found >= 0


@settings(deadline=None)
@given(st.text())
def test_any_url_has_a_host_to_count_by(url: str) -> None:
    assert isinstance(delivery("d", url=url).host, str)
