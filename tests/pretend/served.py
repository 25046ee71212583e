"""A real server on loopback, as a program: ``python -m tests.pretend.served HOME [real]``.

Its first line tells address and keys as JSON; SIGTERM ends it. Films come from the slow engine,
unless real ones are asked for.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.pretend.house import ENGINE, PretendedMeasure

CUSTOMERS = ("ann", "bob", "cid")
CREDITS = 1_000_000


@dataclass(frozen=True)
class Served:
    url: str
    keys: dict[str, str]
    """An API key for each customer; cid has no credits."""


@contextmanager
def serving(home: Path, *, real: bool = False) -> Iterator[Served]:
    command = [sys.executable, "-P", "-m", "tests.pretend.served", str(home)]
    process = subprocess.Popen(
        [*command, "real"] if real else command,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": f"{Path(__file__).parents[2]}:{':'.join(sys.path)}"},
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Served(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


async def main(home: Path, *, real: bool) -> None:
    from filmgate.assembly.house import Embedded  # noqa: PLC0415
    from filmgate.assembly.serving import Listening  # noqa: PLC0415
    from filmgate.entrypoints.api.logs import configure  # noqa: PLC0415
    from filmgate.entrypoints.api.serving import bind  # noqa: PLC0415
    from filmgate.settings import Settings  # noqa: PLC0415

    configure(as_json=True)
    settings = Settings(home=home, allow_loopback=True)
    pretended = {} if real else {"engine": ENGINE, "measure": PretendedMeasure()}
    async with Embedded.open(settings, **pretended) as house:
        keys = {}
        for name in CUSTOMERS:
            customer = await house.office.customers.create(name, by="test")
            if name != "cid":
                await house.office.credits.adjust(customer, CREDITS, note="test", by="test")
            keys[name] = (await house.office.keys.create(customer, by="test")).secret
        bound = bind("127.0.0.1", 0)
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"

        async def ready() -> None:
            print(json.dumps({"url": url, "keys": keys}), flush=True)

        await house.serve(Listening(bound, url), public_url=None, ready=ready, drain_s=0.0)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), real="real" in sys.argv))
