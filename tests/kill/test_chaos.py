"""Everything that a paid service can do wrong, while runners die; its own log is the oracle.

The long form, with figures for the book, is `make soak`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kill.chaos import Plan, Proof, prove

SHORT = Plan(tasks=120, kills=3, share=0.3, runners=2, patience_s=90.0, in_doubt_s=6.0)


def holds(plan: Plan, proof: Proof) -> None:
    assert proof.broken() == {}, proof.table()
    assert proof.tasks == plan.tasks
    assert proof.kills == plan.kills
    # It was worth something: there were doubts, most of them were settled, and most films came.
    assert proof.doubted > proof.given_up.total() > 0
    assert proof.films > proof.tasks * 0.5


@pytest.mark.slow
def test_nothing_is_lost_or_bought_twice_whatever_services_do(tmp_path: Path) -> None:
    proof = prove(SHORT, tmp_path)
    print(proof.table())
    holds(SHORT, proof)
