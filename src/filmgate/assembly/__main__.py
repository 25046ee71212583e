"""``python -m filmgate.assembly HOME``: what ``detach`` leaves behind."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from filmgate.assembly import Embedded
from filmgate.domain.errors import FilmgateError
from filmgate.settings import load


async def _main(home: Path) -> None:
    os.chdir(home)
    async with Embedded.open(load(folder=home)) as house:
        await house.run_detached()


if __name__ == "__main__":
    try:
        asyncio.run(_main(Path(sys.argv[1])))
    except FilmgateError as error:
        sys.exit(f"{error.message} {error.remedy or ''}")
