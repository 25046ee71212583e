"""What ends with the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.pretend.postgres import close_server


@pytest.fixture(scope="session", autouse=True)
def _postgres_ends() -> Iterator[None]:
    yield
    close_server()
