"""What holds for every test: no call leaves this computer, and what ends with the session."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from tests.pretend.postgres import close_server

from filmgate.transport.addresses import LOOPBACK, why_not_public

# Commands in processes of their own read it too.
os.environ["FILMGATE_UPSTREAMS"] = "off"


def _nobody_outside(event: str, given: tuple[object, ...]) -> None:
    """Whatever a test or the code under it does: a connection to another host is its failure."""
    if event not in {"socket.connect", "socket.sendto"}:
        return
    address = given[1]
    if isinstance(address, tuple) and address:
        host = str(address[0])
        if host != "localhost" and why_not_public(host) != LOOPBACK:
            raise PermissionError(f"a test tried to reach {host}")


sys.addaudithook(_nobody_outside)


@pytest.fixture(scope="session", autouse=True)
def _postgres_ends() -> Iterator[None]:
    yield
    close_server()
