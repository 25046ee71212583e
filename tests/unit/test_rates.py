"""How often somebody may ask: any window of that length, and nobody else's questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pretend.rooms import HandClock

from filmgate.domain.errors import Wait
from filmgate.domain.line import RateLimit
from filmgate.usecases import rates
from filmgate.usecases.rates import Rates

THREE_IN_TEN = RateLimit(requests=3, window_s=10)


def taken(one: Rates, who: str, *limits: RateLimit) -> bool:
    try:
        one.take(who, limits, what="requests")
    except Wait:
        return False
    return True


@given(st.lists(st.floats(0, 5), max_size=60))
def test_no_window_of_that_length_holds_more(pauses: list[float]) -> None:
    clock = HandClock()
    one = Rates(clock)
    times: list[float] = []
    for pause_s in pauses:
        clock.time += pause_s
        if taken(one, "ann", THREE_IN_TEN):
            times.append(clock.time)
        else:
            assert sum(clock.time - 10 < each for each in times) == 3
    for begin in times:
        assert sum(begin <= each < begin + 10 for each in times) <= 3


def test_whoever_waits_as_long_as_was_told_is_taken() -> None:
    clock = HandClock()
    one = Rates(clock)
    for pause_s in (0.0, 4.0, 3.5):
        clock.time += pause_s
        assert taken(one, "ann", THREE_IN_TEN)
    with pytest.raises(Wait) as caught:
        one.take("ann", [THREE_IN_TEN], what="requests")
    assert (caught.value.field, caught.value.retry_after_s) == ("rate", 3.0)
    clock.time += caught.value.retry_after_s
    assert taken(one, "ann", THREE_IN_TEN)


def test_of_two_limits_both_hold_and_a_refusal_counts_for_neither() -> None:
    clock = HandClock()
    one = Rates(clock)
    two_in_one = RateLimit(requests=2, window_s=1)
    both = (two_in_one, THREE_IN_TEN)
    assert [taken(one, "ann", *both) for _ in range(3)] == [True, True, False]
    clock.time += 1
    assert [taken(one, "ann", *both) for _ in range(2)] == [True, False]
    assert taken(one, "bob", *both)


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    clock = HandClock()
    one = Rates(clock)
    assert all(taken(one, "ann", THREE_IN_TEN) for _ in range(3))
    clock.time -= 3600
    assert taken(one, "ann", THREE_IN_TEN)


def test_windows_that_are_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "KNOWN_MAX", 5)
    clock = HandClock()
    one = Rates(clock)
    for number in range(100):
        clock.time += 11
        assert taken(one, f"customer-{number}", THREE_IN_TEN)
    assert len(one._windows) <= 6


def test_nothing_is_counted_where_nothing_is_limited() -> None:
    one = Rates(HandClock())
    assert taken(one, "ann")
    assert one._windows == {}
