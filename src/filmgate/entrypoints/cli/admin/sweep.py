"""``filmgate admin sweep``: remove now what a server would remove in the next hours."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import Json, at_work
from filmgate.entrypoints.cli.admin.asking import operator as me
from filmgate.entrypoints.cli.failures import DONE

if TYPE_CHECKING:
    from filmgate.assembly import Embedded


def sweep(*, json: Json = False) -> int:
    """Remove what has expired, and what crashes have left. What a living task needs stays."""

    async def work(house: Embedded) -> int:
        swept = dataclasses.asdict(await house.sweep(by=me()))
        if json:
            telling.say_json(swept)
        elif any(swept.values()):
            telling.say_table(
                ("WHAT", "REMOVED"),
                [(what, str(number)) for what, number in swept.items() if number],
            )
        else:
            telling.remark("nothing was there to be removed")
        return DONE

    return at_work(work)
