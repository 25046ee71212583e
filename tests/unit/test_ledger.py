"""What each step of a task does to credits, and which transfers can't even be made."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pretend.rooms import new_task

from filmgate.domain.change import Change
from filmgate.domain.ledger import (
    PATHS,
    Account,
    Kind,
    Transfer,
    adjustment,
    refund,
    transfers_of,
)
from filmgate.domain.task import MOVES, Fault, State, Task, move


def paid_task(price: int = 50) -> Task:
    return new_task(customer="ann", credits=price)


def at(state: State, task: Task) -> Task:
    return replace(task, state=state)


@pytest.mark.parametrize(("start", "to"), [(a, b) for a in State for b in sorted(MOVES[a])])
def test_every_move_moves_the_right_credits(start: State, to: State) -> None:
    before = at(start, paid_task())
    fault = Fault.HOUSE if to is State.FAILED else None
    kinds = [each.kind for each in transfers_of(before, move(before, to, 2.0, fault=fault))]
    if to is State.SUCCEEDED:
        assert kinds == [Kind.CAPTURE]
    elif to.ended:
        assert kinds == [Kind.RELEASE]
    else:
        assert kinds == []


@given(price=st.integers(1, 10**9), part=st.floats(0, 1))
def test_an_end_gives_away_exactly_what_was_held(price: int, part: float) -> None:
    task = at(State.FETCHING, paid_task(price))
    charge = int(price * part)
    transfers = transfers_of(task, move(task, State.SUCCEEDED, 2.0, charge_credits=charge))
    assert sum(each.change(Account.HELD) for each in transfers) == -price
    assert sum(each.change(Account.AVAILABLE) for each in transfers) == price - charge
    assert len({each.id for each in transfers}) == len(transfers)


@pytest.mark.parametrize("charge", [-1, 51])
def test_nothing_above_the_hold_is_taken(charge: int) -> None:
    with pytest.raises(AssertionError):
        move(at(State.FETCHING, paid_task()), State.SUCCEEDED, 2.0, charge_credits=charge)


@pytest.mark.parametrize("end", [State.FAILED, State.CANCELLED])
def test_no_other_end_charges(end: State) -> None:
    fault = Fault.HOUSE if end is State.FAILED else None
    with pytest.raises(AssertionError, match="would be charged"):
        move(at(State.RUNNING, paid_task()), end, 2.0, fault=fault, charge_credits=1)


def test_what_costs_nothing_leaves_no_rows() -> None:
    free = at(State.FETCHING, paid_task(0))
    assert transfers_of(None, paid_task(0)) == ()
    assert transfers_of(free, move(free, State.SUCCEEDED, 2.0)) == ()


def test_a_step_that_moves_nothing_moves_no_credits() -> None:
    running = at(State.RUNNING, paid_task())
    assert transfers_of(running, replace(running, runner="other")) == ()
    done = replace(at(State.FAILED, paid_task()), charged_credits=0)
    assert transfers_of(done, replace(done, rescue_until=5.0)) == ()


def test_a_change_is_one_step_of_one_task() -> None:
    one, two = paid_task(), paid_task()
    running = replace(at(State.RUNNING, one), version=3)
    ended = replace(at(State.FAILED, one), version=3, charged_credits=0)
    wrong = [
        (None, running),
        (one, two),
        (running, replace(running, customer="bob")),
        (running, replace(running, hold_credits=1)),
        (running, replace(running, version=4)),
        (ended, at(State.SUCCEEDED, ended)),
    ]
    for before, after in wrong:
        with pytest.raises(AssertionError):
            Change(before=before, task=after)


@pytest.mark.parametrize(("kind", "source", "target"), list(product(Kind, Account, Account)))
def test_every_kind_has_its_way(kind: Kind, source: Account, target: Account) -> None:
    of_task = kind not in {Kind.TOP_UP, Kind.ADJUSTMENT}

    def made() -> Transfer:
        return Transfer(
            id="txn_1",
            kind=kind,
            customer="ann",
            source=source,
            target=target,
            credits=1,
            at=1.0,
            task="task_1" if of_task else None,
        )

    if (source, target) in PATHS[kind]:
        assert made().change(source) == -1
    else:
        with pytest.raises(AssertionError):
            made()


@pytest.mark.parametrize("amount", [0, -5])
def test_no_transfer_moves_nothing_or_backwards(amount: int) -> None:
    done = replace(at(State.SUCCEEDED, paid_task()), charged_credits=50)
    with pytest.raises(AssertionError):
        refund(done, amount, 1.0, reason="x", by="op")
    with pytest.raises(AssertionError):
        adjustment("txn_1", "ann", 0, 1.0, note="x", by="op")


def test_a_refund_is_never_more_than_was_taken() -> None:
    done = replace(at(State.SUCCEEDED, paid_task()), charged_credits=30)
    with pytest.raises(AssertionError):
        refund(done, 31, 1.0, reason="x", by="op")
    with pytest.raises(AssertionError):
        refund(at(State.FAILED, done), 30, 1.0, reason="x", by="op")
    assert refund(done, 30, 1.0, reason="x", by="op").change(Account.AVAILABLE) == 30
