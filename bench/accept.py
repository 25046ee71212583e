"""How fast tasks are accepted without HTTP: who calls, what it costs, hold and row, durable.

usage: python bench/accept.py [--tasks N] [--callers N] [--profile]

The same road that a call takes behind the protocol: the key's owner is found, the request checked,
settled and priced, and task and hold are one durable write.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from filmgate.assembly.house import Embedded
from filmgate.domain.customer import Caller, Issued, KeyKind
from filmgate.domain.request import Mode, TextToVideo
from filmgate.settings import Settings
from filmgate.usecases.callers import Signer
from filmgate.usecases.submit_task import Options

PLENTY = 10**9
PLAN = "infinito"
EACH = 40
"""Tasks of one customer; a plan's queue takes no more than about 50."""
Keys = tuple[Issued, Issued]


async def prepared(house: Embedded, customers: int) -> list[Keys]:
    office = house.office
    made: list[Keys] = []
    for number in range(customers):
        customer = await office.customers.create(f"customer-{number}", plan=PLAN, by="bench")
        await office.credits.adjust(customer, PLENTY, note="to begin with", by="bench")
        token = await office.keys.create(customer, kind=KeyKind.API, label="", by="bench")
        pair = await office.keys.create(customer, kind=KeyKind.PAIR, label="", by="bench")
        made.append((token, pair))
    return made


async def accept(house: Embedded, keys: list[Keys], number: int) -> None:
    token, pair = keys[number % len(keys)]
    if number % 2:
        caller = await house.door.caller_of(token.secret)
        assert isinstance(caller, Caller)
    else:
        signer = await house.door.signer_of(pair.key.shown)
        assert isinstance(signer, Signer)
        caller = signer.caller
        await house.door.used(caller.key)
    request = TextToVideo(
        model="kling-v2-6", prompt="a lake at dawn", mode=Mode.PRO, duration_s=5, cfg_scale=0.5
    )
    await house.service.submit(
        caller.customer.id, request, Options(external_id=f"mine-{number}", provider="local")
    )


async def many(work: Callable[[int], object], number: int, callers: int) -> float:
    todo = iter(range(number))

    async def caller() -> None:
        for each in todo:
            await work(each)  # type: ignore[misc] - a coroutine

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return number / (time.perf_counter() - began)


async def main(tasks: int, callers: int, *, profile: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Embedded.open(Settings(home=Path(folder))) as house:
            keys = await prepared(house, tasks // EACH)
            await many(lambda each: accept(house, keys, -1 - each), len(keys), callers)
            profiler = cProfile.Profile()
            if profile:
                profiler.enable()
            own, all_of_us = time.thread_time(), time.process_time()
            rate = await many(lambda each: accept(house, keys, each), tasks, callers)
            own, all_of_us = time.thread_time() - own, time.process_time() - all_of_us
            profiler.disable()
            print(
                f"{rate:,.0f} tasks accepted a second, {callers} callers; processor for each: "
                f"{1e6 * own / tasks:.0f} us in the loop, {1e6 * all_of_us / tasks:.0f} us in all"
            )
            if profile:
                pstats.Stats(profiler).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=4000)
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--profile", action="store_true")
    said = parser.parse_args()
    asyncio.run(main(said.tasks, said.callers, profile=said.profile))
