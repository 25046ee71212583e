"""``filmgate admin audit``: who did what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from filmgate.domain.customer import Deed
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.admin.asking import Json, Limit, at_least_one, at_work
from filmgate.entrypoints.cli.failures import DONE

if TYPE_CHECKING:
    from filmgate.assembly import Embedded


def audit(
    *,
    subject: Annotated[
        str | None, Parameter(name="--of", help="Only what was done to this id.")
    ] = None,
    limit: Limit = 100,
    json: Json = False,
) -> int:
    """Everything that operators did, newest first. Nothing can be taken out of it."""
    at_least_one(limit)

    async def work(house: Embedded) -> int:
        found = await house.office.trail.all(subject=subject, limit=limit)
        if json:
            telling.say_json([_facts(deed) for deed in found])
        elif found:
            telling.say_table(
                ("WHEN", "WHO", "WHAT", "TO", "WITH"),
                [
                    (
                        telling.clock_time(deed.at),
                        deed.by,
                        deed.action,
                        deed.subject,
                        ", ".join(f"{word}={said}" for word, said in deed.details.items()),
                    )
                    for deed in found
                ],
            )
        else:
            telling.remark("nothing was done by hand yet")
        return DONE

    return at_work(work)


def _facts(deed: Deed) -> dict[str, object]:
    return {
        "at": telling.iso_time(deed.at),
        "by": deed.by,
        "action": deed.action,
        "subject": deed.subject,
        "details": dict(deed.details),
    }
