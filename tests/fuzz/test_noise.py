"""The short form of the noise proof; ``make soak`` runs 100,000 cases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.fuzz.proof import prove

CASES = 1500


# Starlette leaves a file of a form that breaks off in its middle to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile")
@pytest.mark.parametrize("seed", [1, 2])
def test_noise_breaks_nothing(tmp_path: Path, seed: int) -> None:
    ears = asyncio.run(prove(tmp_path / "home", seed=seed, cases=CASES))
    answered = {protocol for protocol, _ in ears.statuses}
    assert answered == {"kling", "kie", "piapi", "openai", "infinito", "filmgate", "own"}
    assert any(status == 200 for _, status in ears.statuses), "nothing was ever accepted"
