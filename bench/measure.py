"""Timing by ratios: every contender in every round, wall and processor time, the best of each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    wall_ms: float
    cpu_ms: float


def interleaved(
    contenders: Mapping[str, Callable[[], object]], units: int, rounds: int
) -> dict[str, Cost]:
    """Best wall and processor milliseconds a unit (frame) over ``rounds``; contenders take turns,
    so that whatever else the machine does falls on all of them."""
    best: dict[str, Cost] = {}
    for _ in range(rounds):
        for name, work in contenders.items():
            cpu, began = _cpu_s(), time.perf_counter()
            work()
            cost = Cost((time.perf_counter() - began) / units * 1e3, (_cpu_s() - cpu) / units * 1e3)
            last = best.get(name, cost)
            best[name] = Cost(min(last.wall_ms, cost.wall_ms), min(last.cpu_ms, cost.cpu_ms))
    return best


def _cpu_s() -> float:
    """Of this process and of the children it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def table(title: str, head: list[str], rows: list[list[str]]) -> None:
    """One Markdown table on standard output."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
