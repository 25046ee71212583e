"""Who is alive on any machine: a row that runs out unless its holder renews it.

Only the server's clock counts, so machines may disagree about the time. While the server is away
nobody can renew; so for as long as a lease lasts after its start, everybody counts as alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from filmgate.domain.errors import FilmgateError
from filmgate.storage.database import items
from filmgate.storage.database.postgres.hands import Hands
from filmgate.storage.database.question import marks
from filmgate.storage.database.rows import text
from filmgate.storage.database.session import Session

T = TypeVar("T")

LASTS_S = 20.0
RENEWALS = 4
"""In the time that a lease lasts; all but one may fail."""

_ALIVE = (
    "greatest(lease.runs_out, pg_postmaster_start_time() + make_interval(secs => ?))"
    " > clock_timestamp()"
)
_TAKE = f"""
insert into lease (name, holder, runs_out)
values (?, ?, clock_timestamp() + make_interval(secs => ?))
on conflict (name) do update set holder = excluded.holder, runs_out = excluded.runs_out
where lease.holder = excluded.holder or not {_ALIVE}
"""  # noqa: S608 - no value is in it
_RENEW = "update lease set runs_out = clock_timestamp() + make_interval(secs => ?) where holder = ?"
_RELEASE = "delete from lease where name = ? and holder = ?"
_SWEEP = "delete from lease where runs_out < clock_timestamp() - interval '1 day'"


class Leases:
    """On a connection of its own: whoever waits for nobody else's locks renews in time."""

    def __init__(self, url: str, lasts_s: float = LASTS_S) -> None:
        self._hands = Hands(url, 1)
        self._lasts_s = lasts_s
        self._holder = secrets.token_hex(8)
        self._held: set[str] = set()
        self._closing = threading.Event()
        self._keeper: threading.Thread | None = None

    async def take(self, name: str) -> bool:
        if name in self._held:
            return True
        if not await self._do(lambda session: self._take(session, name)):
            return False
        self._held.add(name)
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep, name="filmgate-leases", daemon=True)
            self._keeper.start()
        return True

    async def release(self, name: str) -> None:
        if name in self._held:
            self._held.discard(name)
            with contextlib.suppress(FilmgateError):
                await self._do(lambda each: each.execute(_RELEASE, (name, self._holder)))

    async def free(self, names: frozenset[str]) -> frozenset[str]:
        asked = sorted(names - self._held)
        if not asked:
            return frozenset()
        found = f"select name from lease where {_ALIVE}"  # noqa: S608
        statement = f"{found} and name in ({marks(asked)})"

        def work(session: Session) -> frozenset[str]:
            rows = session.execute(statement, (self._lasts_s, *asked)).fetchall()
            return frozenset(text(row[0]) for row in rows)

        return frozenset(asked) - await self._do(work)

    async def sweep(self) -> None:
        await self._do(lambda session: session.execute(_SWEEP))

    def close(self) -> None:
        self._closing.set()
        if self._keeper is not None:
            self._keeper.join()
        self._hands.close()

    async def _do(self, work: Callable[[Session], T]) -> T:
        item, future = items.awaited(work, writes=True)
        self._hands.put(item)
        return await asyncio.shield(future)

    def _keep(self) -> None:
        pause_s = self._lasts_s / RENEWALS
        while not self._closing.wait(pause_s):
            item, future = items.promised(self._renew, writes=True)
            self._hands.put(item)
            with contextlib.suppress(FilmgateError):  # the next time, then
                future.result()

    def _renew(self, session: Session) -> None:
        held = sorted(self._held)
        if session.execute(_RENEW, (self._lasts_s, self._holder)).rowcount < len(held):
            # They ran out, and somebody has swept or taken them.
            for name in held:
                self._take(session, name)

    def _take(self, session: Session, name: str) -> bool:
        values = (name, self._holder, self._lasts_s, self._lasts_s)
        return session.execute(_TAKE, values).rowcount == 1
