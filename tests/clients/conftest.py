"""A real server for other people's clients: ``filmgate sandbox`` on loopback, rendering real films.

The clients live in an environment of their own, so nothing of Filmgate is imported here.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.pretend.receiver import Receiver, receiving

LISTENS = re.compile(r"listens at (http://\S+)")
KEY = "sandbox-api-key"
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Sandbox:
    address: str
    key: str = KEY


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    log = tmp_path_factory.mktemp("sandbox") / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [os.environ["FILMGATE"], "sandbox", "--port", "0", "--log", "json"], stderr=out
        )
    try:
        end = time.monotonic() + PATIENCE_S
        while (found := LISTENS.search(log.read_text())) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield Sandbox(found[1])
        assert "Traceback" not in log.read_text()
    finally:
        process.terminate()
        process.wait(40)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture(scope="session")
def picture() -> bytes:
    return (Path(__file__).parent / "picture.png").read_bytes()
