"""What a look at a job costs us: real clients over HTTP, ten accounts, one core of ours.

The service runs in a process of its own and is no part of the figure; our own processor time is.
10,000 running jobs that are looked at every ten seconds are 1,000 looks a second.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.pretend.remote import open_remote, order_for
from tests.pretend.service import ServiceProcess

from filmgate.domain.ports import Made
from filmgate.providers.remote import RemoteProvider
from filmgate.transport.upstream import Terms

ACCOUNTS, LOOKS, AT_ONCE = 10, 20_000, 64
WANTED_PER_S = 1000


async def measure(dialect: str, url: str) -> tuple[float, float]:
    """Looks a second, and our processor time of each in microseconds."""
    seats = [open_remote(dialect, url, terms=Terms()) for _ in range(ACCOUNTS)]
    jobs = []
    for seat in seats:
        made = await seat.start(order_for(f"lake {len(jobs)}", dialect))
        assert isinstance(made, Made)
        jobs.append(made.job)

    async def keep_looking(seat: RemoteProvider, job: str, times: int) -> None:
        for _ in range(times):
            await seat.check(job)

    at_once = AT_ONCE // ACCOUNTS
    times = LOOKS // (ACCOUNTS * at_once)
    began, spent = time.monotonic(), time.process_time()
    await asyncio.gather(
        *(
            keep_looking(seat, job, times)
            for seat, job in zip(seats, jobs, strict=True)
            for _ in range(at_once)
        )
    )
    looks = times * at_once * ACCOUNTS
    seconds, spent = time.monotonic() - began, time.process_time() - spent
    for seat in seats:
        await seat.close()
    return looks / seconds, spent / looks * 1e6


def main() -> None:
    print("| looks at jobs | a second | processor time each | share of a core at 1,000 a second |")
    print("| --- | ---: | ---: | ---: |")
    for dialect in ("kling", "kie", "piapi", "openai"):
        with tempfile.TemporaryDirectory(prefix="filmgate-looks-") as folder:
            service = ServiceProcess(Path(folder), dialect)
            try:
                per_s, each_us = asyncio.run(measure(dialect, service.url))
            finally:
                service.close()
        share = each_us * WANTED_PER_S / 1e6
        print(f"| {dialect} | {per_s:,.0f} | {each_us:.0f} us | {share:.0%} |")


if __name__ == "__main__":
    main()
