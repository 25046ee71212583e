"""The chaos proof at full length; `make soak` prints its table for docs/performance.md."""

from __future__ import annotations

from pathlib import Path

from tests.kill.chaos import Plan, prove

LONG = Plan(tasks=5000, kills=20, share=0.3, runners=2, patience_s=1500.0, in_doubt_s=30.0)


def test_five_thousand_tasks_at_three_services_that_do_everything_wrong(tmp_path: Path) -> None:
    proof = prove(LONG, tmp_path)
    print(f"\n{proof.table()}\n")
    assert proof.broken() == {}
    assert proof.tasks == LONG.tasks
    assert proof.kills == LONG.kills
    assert proof.doubted > proof.given_up.total() > 0
