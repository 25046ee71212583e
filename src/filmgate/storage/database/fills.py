"""What a migration fills in that SQL can't work out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from filmgate.domain.handles import number_of
from filmgate.storage.database.rows import Cell, text
from filmgate.storage.database.session import Found

HANDFUL = 10_000


class Hand(Protocol):
    """As much of a session as a migration has."""

    def execute(self, statement: str, values: Sequence[Cell] = (), /) -> Found: ...


def _numbers(hand: Hand) -> None:
    last = ""
    while True:
        found = hand.execute(
            "select id from task where id > ? order by id limit ?", (last, HANDFUL)
        ).fetchall()
        ids = [text(row[0]) for row in found]
        for task_id in ids:
            hand.execute("update task set number = ? where id = ?", (number_of(task_id), task_id))
        if len(ids) < HANDFUL:
            return
        last = ids[-1]


FILLS: dict[str, Callable[[Hand], None]] = {"0006_handles.sql": _numbers}
"""By the migration that each comes after, in its transaction."""
