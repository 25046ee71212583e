"""The kill proof at full length; `make soak` prints its tables for docs/performance.md."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.kill.proof import RANDOM, Place, Plan, postgres_place, prove, sqlite_place
from tests.kill.runner import POINTS

DATABASES: dict[str, Callable[[Path], AbstractContextManager[Place]]] = {
    "SQLite": sqlite_place,
    "PostgreSQL": postgres_place,
}


@pytest.mark.parametrize("database", DATABASES)
def test_two_thousand_tasks_survive_a_hundred_kills(database: str, tmp_path: Path) -> None:
    plan = Plan(
        database=database,
        tasks=2000,
        random_kills=50,
        kills_of_point=10,
        runners=3,
        patience_s=440.0,
    )
    with DATABASES[database](tmp_path) as place:
        proof = prove(plan, place)
    print(f"\n{proof.table()}\n")
    assert proof.broken() == {}
    assert proof.kills[RANDOM] == plan.random_kills
    assert {proof.kills[point] for point in POINTS} == {plan.kills_of_point}
    assert proof.tasks >= plan.tasks
