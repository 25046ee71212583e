"""Runners that share a home are killed again and again; the provider's own log is the oracle.

The long form, with figures for the book, is `make soak`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kill.proof import RANDOM, Plan, Proof, postgres_place, prove, sqlite_place
from tests.kill.runner import POINTS

SQLITE = Plan(
    database="SQLite", tasks=160, random_kills=8, kills_of_point=5, runners=2, patience_s=90.0
)
POSTGRES = Plan(
    database="PostgreSQL", tasks=60, random_kills=3, kills_of_point=1, runners=2, patience_s=90.0
)


def holds(plan: Plan, proof: Proof) -> None:
    assert proof.broken() == {}, proof.table()
    assert proof.kills[RANDOM] == plan.random_kills
    assert {proof.kills[point] for point in POINTS} == {plan.kills_of_point}
    assert proof.tasks >= plan.tasks
    # It was worth something: there were doubts, some were resolved, and most films came.
    assert proof.doubted > proof.unsent + proof.unknowable > 0
    assert proof.results > proof.tasks * 0.5


@pytest.mark.slow
def test_nothing_is_lost_or_paid_twice_however_often_runners_die(tmp_path: Path) -> None:
    with sqlite_place(tmp_path) as place:
        holds(SQLITE, prove(SQLITE, place))


@pytest.mark.slow
def test_nothing_is_lost_or_paid_twice_on_postgresql(tmp_path: Path) -> None:
    with postgres_place(tmp_path) as place:
        holds(POSTGRES, prove(POSTGRES, place))
