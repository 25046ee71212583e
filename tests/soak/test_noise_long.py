"""100,000 broken calls against the whole server."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.fuzz.proof import prove

CASES, SEEDS = 10_000, range(100, 110)


# Starlette leaves a file of a form that breaks off in its middle to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile")
def test_noise(tmp_path: Path) -> None:
    statuses: Counter[tuple[str, int]] = Counter()
    for seed in SEEDS:
        began = time.monotonic()
        ears = asyncio.run(prove(tmp_path / f"home-{seed}", seed=seed, cases=CASES))
        statuses.update(ears.statuses)
        print(f"seed {seed}: {CASES} calls in {time.monotonic() - began:.0f} s")
    print("| protocol | status | calls |\n| --- | --- | --- |")
    for (protocol, status), calls in sorted(statuses.items()):
        print(f"| {protocol} | {status} | {calls} |")
