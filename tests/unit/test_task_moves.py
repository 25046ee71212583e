"""The table of moves, pair by pair, written down a second time."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from itertools import product

import pytest
from tests.pretend.rooms import new_task

from filmgate.domain.task import ENDED, MOVES, Fault, IllegalMove, Result, State, move, written

ALLOWED = {
    "queued": "starting failed cancelled",
    "starting": "queued running in_doubt failed cancelled",
    "in_doubt": "running failed cancelled",
    "running": "fetching failed cancelled",
    "fetching": "succeeded failed cancelled",
    "succeeded": "",
    "failed": "",
    "cancelled": "",
}


def at_state(state: State):
    task = new_task()
    object.__setattr__(task, "state", state)
    return task


def fault_of(state: State) -> Fault | None:
    return Fault.HOUSE if state is State.FAILED else None


@pytest.mark.parametrize(("start", "to"), list(product(State, State)))
def test_every_pair(start: State, to: State) -> None:
    task = at_state(start)
    if to.value in ALLOWED[start.value].split():
        assert move(task, to, 5.0, fault=fault_of(to)).state is to
    else:
        with pytest.raises(IllegalMove, match=f"from {start.value} to {to.value}"):
            move(task, to, 5.0)


def test_ended_states_are_those_without_a_way_out() -> None:
    assert {state for state in State if not MOVES[state]} == ENDED
    assert all(state.ended == (state in ENDED) for state in State)


def test_every_state_can_be_reached_from_queued() -> None:
    seen, todo = set(), [State.QUEUED]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo.extend(MOVES[state])
    assert seen == set(State)


def test_a_move_tells_when_and_why_and_leaves_the_rest() -> None:
    task = new_task()
    starting = move(task, State.STARTING, 2.0, note="first try")
    running = move(starting, State.RUNNING, 3.0, job="job-1")
    failed = move(running, State.FAILED, 4.0, reason="out of paint", fault=Fault.PROVIDER)
    assert [(step.at, step.state.value, step.note) for step in failed.timeline] == [
        (1.0, "queued", ""),
        (2.0, "starting", "first try"),
        (3.0, "running", ""),
        (4.0, "failed", "out of paint"),
    ]
    assert (failed.job, failed.reason, failed.updated_at) == ("job-1", "out of paint", 4.0)
    assert task.state is State.QUEUED
    assert (failed.version, failed.id, failed.output) == (task.version, task.id, task.output)


def test_a_failure_has_a_fault_and_nothing_else_has() -> None:
    with pytest.raises(AssertionError):
        move(new_task(), State.FAILED, 2.0, reason="x")
    with pytest.raises(AssertionError):
        move(new_task(), State.CANCELLED, 2.0, fault=Fault.HOUSE)


def test_a_result_stays_with_the_task() -> None:
    result = Result(
        path="results/x.mp4", digest="d", size_bytes=1, width=2, height=2, fps=1, duration_s=1.0
    )
    done = move(at_state(State.FETCHING), State.SUCCEEDED, 9.0, result=result)
    assert done.result == result


def test_a_written_task_is_the_same_but_for_its_version() -> None:
    task = replace(new_task(), external_id="mine", version=3)
    assert written(task) == replace(task, version=4)
    assert task.version == 3
    with pytest.raises(FrozenInstanceError):
        written(task).version = 9  # type: ignore[misc] - that is the point
