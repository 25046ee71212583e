"""Who goes next, and when a job is looked at again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pretend.rooms import new_task

from filmgate.domain.line import (
    Account,
    Line,
    Terms,
    Waiting,
    next_in_line,
    queue_limits,
    slot_limits,
    tasks_at_once,
)
from filmgate.domain.pace import LOOK_MAX_S, QUIET_MAX_S, next_doubt_s, next_look_s

NOBODY: frozenset[str] = frozenset()


def line_of(**customers: tuple[int, int]) -> Line:
    """For each customer: how many wait, and how many slots are in use."""
    return Line(
        in_use=0,
        waiting=tuple(
            Waiting(
                customer=name,
                tasks=tuple(f"{name}{n}" for n in range(number)),
                served=place,
                busy=busy,
            )
            for place, (name, (number, busy)) in enumerate(customers.items())
        ),
    )


def unlimited(line: Line) -> dict[str, int | None]:
    return dict.fromkeys(each.customer for each in line.waiting)


@pytest.mark.parametrize(
    ("free", "chosen"),
    [
        (-1, []),
        (0, []),
        (1, ["a0"]),
        (4, ["a0", "b0", "c0", "a1"]),
        (9, ["a0", "b0", "c0", "a1", "c1", "a2"]),
    ],
)
def test_one_of_each_before_a_second_of_anybody(free: int, chosen: list[str]) -> None:
    line = line_of(a=(3, 0), b=(1, 0), c=(2, 0))
    assert next_in_line(line, free, unlimited(line)) == chosen


def test_a_plan_s_concurrency_counts_what_runs() -> None:
    line = line_of(a=(3, 1), b=(3, 2), c=(3, 5))
    assert next_in_line(line, 9, {"a": 2, "b": 4, "c": 2}) == ["a0", "b0", "b1"]


@given(free=st.integers(-5, 10**6), customers=st.integers(0, 10**6))
def test_a_look_at_the_line_is_small_and_never_too_small(free: int, customers: int) -> None:
    each = tasks_at_once(free, customers)
    assert 1 <= each <= 32
    assert each == 32 or each * max(1, customers) >= free


def test_limits_of_a_plan() -> None:
    task = new_task(customer="ann")
    assert queue_limits(task, Terms(plan="x")) == ()
    (limit,) = queue_limits(task, Terms(plan="x", concurrency=3, queue_max=50))
    assert (limit.at_most, limit.customer) == (53, "ann")
    (refusing,) = queue_limits(task, Terms(plan="x", concurrency=3, queue_max=0))
    assert refusing.at_most == 3


def test_limits_of_a_start() -> None:
    task = new_task(customer="ann")
    seat = Account(id="local", provider="local", slots=4, slots_of_model={"animatic": 2})
    limits = slot_limits(task, seat, Terms(plan="x", concurrency=1), besides_runners=NOBODY)
    assert [(each.at_most, each.account, each.model, each.customer) for each in limits] == [
        (4, "local", None, None),
        (2, "local", "animatic", None),
        (1, None, None, "ann"),
    ]


def test_looks_come_often_when_the_film_is_likely_done() -> None:
    known = [float(n) for n in range(90, 150)]
    assert next_look_s(0.0, known, 1.0) == QUIET_MAX_S
    assert next_look_s(80.0, known, 1.0) < 7
    assert 4 < next_look_s(120.0, known, 1.0) < 6
    assert next_look_s(1000.0, known, 1.0) == LOOK_MAX_S
    assert next_look_s(3.0, [], 1.0) == 1.0
    assert next_look_s(1e6, [], 1.0) == LOOK_MAX_S
    assert next_look_s(4.0, [4.0] * 9, 0.05) == 0.2


@given(age=st.floats(0, 1e7), known=st.lists(st.floats(0, 1e6)), floor=st.floats(0.001, 5))
def test_a_look_is_never_too_early_and_never_far(
    age: float, known: list[float], floor: float
) -> None:
    assert floor <= next_look_s(age, sorted(known), floor) <= QUIET_MAX_S
    assert 5 <= next_doubt_s(age) <= 300
