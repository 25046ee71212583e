"""The server under measurement: python bench/api_server.py HOME PORT. Its runner rests, as the
peer's upstream answers at once: what is measured is accepting a task and telling of it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path

import uvloop

from filmgate.assembly import Embedded, house, kling_token
from filmgate.assembly.serving import listen
from filmgate.catalogue.load_plans import Plans, load_plans
from filmgate.domain.customer import Given, KeyKind
from filmgate.domain.request import TextToVideo
from filmgate.settings import Settings

SECRET = "s" * 43
NEVER_FULL = 10**9
CREDITS = 10**12


def endless() -> Plans:
    """The default plan without its limit on the queue, which a benchmark would hit at once."""
    plans = load_plans()
    plan = plans.find("infinito")
    wide = replace(plan, queue_limit=NEVER_FULL, concurrency=None, rates=())
    return replace(plans, by_name={**plans.by_name, plan.name: wide})


async def main(home: Path, port: int) -> None:
    house.load_plans = endless
    async with Embedded.open(Settings(home=home)) as opened:
        opened.run_forever = _rest  # type: ignore[method-assign]
        welcome = await opened.welcome(
            name="bench",
            credits_=CREDITS,
            given={KeyKind.PAIR: Given(secret=SECRET, access_key="ak_bench")},
            by="bench",
        )
        assert welcome is not None, "the home is new"
        task = await opened.service.submit(welcome.customer.id, TextToVideo(prompt="a lake"))
        token, _ = kling_token("ak_bench", SECRET, now=int(time.time()))
        listening = listen("127.0.0.1", port, json_log=True)

        async def ready() -> None:
            told = {
                "address": listening.address,
                "token": token,
                "key": welcome.keys[KeyKind.API].secret,
                "task": task.id,
            }
            print(json.dumps(told), flush=True)

        await opened.serve(listening, public_url=None, ready=ready, drain_s=0)


def _rest() -> Awaitable[None]:
    return asyncio.Event().wait()  # type: ignore[return-value]


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1]), int(sys.argv[2])))
