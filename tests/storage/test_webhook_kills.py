"""Killed between a webhook's delivery and its record, with the receiver's own log as the oracle."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pretend.postgres import server
from tests.pretend.rooms import accept, new_task

from filmgate.domain.customer import KeyKind
from filmgate.domain.delivery import DeliveryQuery, DeliveryState
from filmgate.domain.task import OWNER, Callback
from filmgate.execution.clock import SystemClock
from filmgate.execution.mint import RandomMint
from filmgate.storage.database.customers import register_on
from filmgate.storage.database.opening import open_house
from filmgate.storage.database.store import store_on
from filmgate.storage.vault import Keyring
from filmgate.usecases.admin_keys import KeyOffice

ROOT = Path(__file__).parents[2]
EVENTS, KILLS = 30, 6
SEED = 20_261_121

RECEIVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from filmgate.domain.standard_webhooks import verify

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        verify([sys.argv[2]], self.headers, body, time.time())
        with open(sys.argv[1], "a") as log:
            log.write(self.headers["webhook-id"] + "\\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *said):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
"""

HOUSE = """
import asyncio, os, signal, sys
from filmgate.assembly import Embedded
from filmgate.settings import load
from filmgate.webhooks.deliver import Terms

async def main():
    async with Embedded.open(load()) as house:
        deliveries, left = house._store.deliveries, [int(sys.argv[1])]
        record = deliveries.record

        async def mortal(delivery, attempt):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return await record(delivery, attempt)

        deliveries.record = mortal
        house._rounds._terms = Terms(deadline_s=2.0, lease_s=2.5, pause_s=0.1)
        await house.run_forever()

asyncio.run(main())
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "sqlite":
        yield None
        return
    with server().schema() as found:
        yield found


def test_every_event_arrives_however_often_its_carrier_dies(
    tmp_path: Path, url: str | None
) -> None:
    dice = random.Random(SEED)
    database, _ = open_house(url, tmp_path)
    store, register = store_on(database), register_on(database, Keyring(tmp_path))
    log = tmp_path / "received.log"
    env = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "FILMGATE_HOME": str(tmp_path)}
    env |= {"FILMGATE_ALLOW_LOOPBACK": "on"} | ({"FILMGATE_DATABASE_URL": url} if url else {})

    async def fill(hook: str) -> None:
        for _ in range(EVENTS):
            task = new_task(provider="upstream", at=time.time())
            await accept(store, replace(task, callback=Callback(url=hook, protocol="filmgate")))

    async def secret() -> str:
        owner = await register.customers.read(OWNER)
        assert owner is not None
        office = KeyOffice(register=register, clock=SystemClock(), mint=RandomMint())
        return (await office.create(owner, kind=KeyKind.WEBHOOK, by="test")).secret

    async def pending() -> int:
        waits = DeliveryQuery(states=frozenset({DeliveryState.PENDING}))
        return len(await store.delivery_log.select(waits))

    with contextlib.ExitStack() as stack:
        stack.callback(database.close)

        def spawn(script: str, *words: str) -> subprocess.Popen[str]:
            command = [sys.executable, "-c", script, *words]
            started = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
            stack.callback(started.communicate)
            stack.callback(started.kill)
            return started

        receiver = spawn(RECEIVER, str(log), asyncio.run(secret()))
        assert receiver.stdout is not None
        asyncio.run(fill(f"http://127.0.0.1:{receiver.stdout.readline().strip()}/hook"))
        for _ in range(KILLS):
            assert spawn(HOUSE, str(dice.randint(1, 4))).wait(30) == -9
        spawn(HOUSE, "1000000")
        deadline = time.monotonic() + 30
        while asyncio.run(pending()) and time.monotonic() < deadline:
            time.sleep(0.1)
        told = asyncio.run(store.delivery_log.select(DeliveryQuery()))

    assert collections.Counter(each.state for each in told) == {DeliveryState.DELIVERED: EVENTS}
    times = collections.Counter(log.read_text().split())
    assert times.keys() == {each.id for each in told}
    # Each death was after a delivery, which so was made twice, under the same id.
    assert times.total() >= EVENTS + KILLS
