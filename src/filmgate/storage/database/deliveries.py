# ruff: noqa: S608 - names come from this package alone; every value is bound
"""The deliveries: rows of events, as far as their telling is concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from filmgate.domain.change import Event
from filmgate.domain.delivery import (
    Attempt,
    Delivery,
    DeliveryQuery,
    DeliveryState,
    Quota,
    first_delivery,
)
from filmgate.domain.errors import NotFound
from filmgate.storage.database.question import BEHIND_ID, Where, listed, marks
from filmgate.storage.database.rows import (
    EVENT_COLUMNS,
    Cell,
    Row,
    event_cells,
    event_of,
    maybe,
    number,
    text,
    time,
)
from filmgate.storage.database.session import Database, Session

_OWN = ("version", "state", "tries", "due_at")
_NAMES = ", ".join((*EVENT_COLUMNS, *_OWN))
_ATTEMPT = ("at", "took_ms", "status", "error", "snippet", "retry_after_s")
_SELECT = f"select {_NAMES} from event"
_INSERT_EVENT = f"insert into event ({', '.join(EVENT_COLUMNS)}) values ({marks(EVENT_COLUMNS)})"
_INSERT = f"insert into event ({_NAMES}, host) values ({marks((*EVENT_COLUMNS, *_OWN))}, ?)"
_UPDATE = f"update event set ({', '.join(_OWN)}) = ({marks(_OWN)}) where id = ? and version = ?"
_LOG = f"insert into attempt (event, {', '.join(_ATTEMPT)}) values (?, {marks(_ATTEMPT)})"
# Rows that have to wait must not take the places of rows that could go: so customers without room
# are left out first, then hosts, and only what is left is counted by customer.
_DUE = f"""
with busy_host (name, times) as (HOSTS), busy_customer (name, times) as (CUSTOMERS),
of_hosts as (
  select {_NAMES}, host,
    row_number() over (partition by host order by due_at, id)
      + coalesce((select times from busy_host where name = host), 0) as host_place
  from event
  where due_at is not null and due_at <= ?
    and coalesce((select times from busy_customer where name = customer), 0) < ?
), of_customers as (
  select {_NAMES},
    row_number() over (partition by customer order by due_at, id)
      + coalesce((select times from busy_customer where name = customer), 0) as place
  from of_hosts where host_place <= ?
)
select {_NAMES} from of_customers where place <= ? order by due_at, id limit ?
"""
_ANY_DUE = "select 1 from event where due_at is not null and due_at <= ? limit 1"
_OFF = "select 1 from receiver_off where customer = ? and url = ?"
_SWITCH_OFF = """
insert into receiver_off (customer, url, off_at) values (?, ?, ?)
on conflict (customer, url) do nothing
"""
_ALL_OFF = """
update event set version = version + 1, state = ?, due_at = null
where customer = ? and url = ? and due_at is not null
"""


def write_event(session: Session, event: Event) -> None:
    """The event with its delivery, inside the transaction that makes it true."""
    if event.url is None:
        session.execute(_INSERT_EVENT, event_cells(event))
        return
    off = session.execute(_OFF, (event.customer, event.url)).fetchone() is not None
    if (delivery := first_delivery(event, switched_off=off)) is not None:
        session.execute(_INSERT, (*event_cells(event), *_own_cells(delivery), delivery.host))


class DatabaseDeliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(
        self, now: float, *, lease_s: float, out: list[Delivery], quota: Quota
    ) -> list[Delivery]:
        hosts = Counter(delivery.host for delivery in out)
        customers = Counter(delivery.event.customer for delivery in out)
        statement = _DUE.replace("HOSTS", _counts(hosts)).replace("CUSTOMERS", _counts(customers))
        values: list[Cell] = [cell for pair in hosts.items() for cell in pair]
        values += [cell for pair in customers.items() for cell in pair]
        values += [now, quota.per_customer, quota.per_host, quota.per_customer]
        values.append(max(0, quota.in_all - len(out)))

        def look(session: Session) -> bool:
            return session.execute(_ANY_DUE, (now,)).fetchone() is not None

        def take(session: Session) -> list[Delivery]:
            # Of several processes one chooses after the other, or else all would choose the same.
            session.alone("deliveries")
            found = [_delivery_of(row) for row in session.execute(statement, values).fetchall()]
            taken = [replace(each, due_at=now + lease_s) for each in found]
            return [next_version(each) for each in taken if _write(session, each)]

        # Nothing is written, and no other process kept waiting, while there is nothing to do.
        return await self._database.write(take) if await self._database.read(look) else []

    async def record(self, delivery: Delivery, attempt: Attempt) -> bool:
        def work(session: Session) -> bool:
            counts = _write(session, delivery)
            if not counts and _read(session, delivery.id) is None:
                return False
            session.execute(_LOG, (delivery.id, *_attempt_cells(attempt)))
            if counts and delivery.state is DeliveryState.SWITCHED_OFF:
                session.execute(_SWITCH_OFF, (*delivery.endpoint, attempt.at))
                session.execute(_ALL_OFF, (delivery.state.value, *delivery.endpoint))
            return counts

        return await self._database.write(work)

    async def select(self, wanted: DeliveryQuery) -> list[Delivery]:
        where = Where(["url is not null"])
        where.add_if("customer = ?", wanted.customer)
        where.add_if("task = ?", wanted.task)
        if wanted.id_prefix:
            where.add("id >= ? and id < ?", wanted.id_prefix, wanted.id_prefix + BEHIND_ID)
        if wanted.states != frozenset(DeliveryState):
            where.add(f"state in ({listed(wanted.states)})")
        statement = f"{_SELECT}{where.sql()} order by at desc, id desc limit ?"

        def work(session: Session) -> list[Delivery]:
            rows = session.execute(statement, (*where.values, wanted.limit)).fetchall()
            return [_delivery_of(row) for row in rows]

        return await self._database.read(work)

    async def attempts(self, event_id: str) -> list[Attempt]:
        statement = f"select {', '.join(_ATTEMPT)} from attempt where event = ? order by seq"

        def work(session: Session) -> list[Attempt]:
            return [_attempt_of(row) for row in session.execute(statement, (event_id,)).fetchall()]

        return await self._database.read(work)

    async def replay(self, event_id: str, now: float) -> Delivery:
        def work(session: Session) -> Delivery:
            # Until it is written: somebody may take the delivery between the two.
            while (there := _read(session, event_id)) is not None:
                again = replace(there, state=DeliveryState.PENDING, tries=0, due_at=now)
                if _write(session, again):
                    off = "delete from receiver_off where customer = ? and url = ?"
                    session.execute(off, there.endpoint)
                    return next_version(again)
            raise NotFound(f"there is no delivery {event_id!r}", field="delivery")

        return await self._database.write(work)


def next_version(delivery: Delivery) -> Delivery:
    return replace(delivery, version=delivery.version + 1)


def _counts(names: Counter[str]) -> str:
    """A table of the bound values, two for each name; the types are said for PostgreSQL."""
    row = "select cast(? as text), cast(? as integer)"
    return " union all ".join([row] * len(names)) or "select '', 0 where 1 = 0"


def _read(session: Session, event_id: str) -> Delivery | None:
    statement = f"{_SELECT} where id = ? and url is not null"
    row = session.execute(statement, (event_id,)).fetchone()
    return None if row is None else _delivery_of(row)


def _write(session: Session, delivery: Delivery) -> bool:
    """False where it is no longer the version that was read."""
    cells = _own_cells(next_version(delivery))
    return session.execute(_UPDATE, (*cells, delivery.id, delivery.version)).rowcount == 1


def _own_cells(delivery: Delivery) -> Row:
    return delivery.version, delivery.state.value, delivery.tries, delivery.due_at


def _delivery_of(row: Row) -> Delivery:
    version, state, tries, due_at = row[len(EVENT_COLUMNS) :]
    return Delivery(
        event=event_of(row[: len(EVENT_COLUMNS)]),
        version=number(version),
        state=DeliveryState(text(state)),
        tries=number(tries),
        due_at=maybe(due_at, float),
    )


def _attempt_cells(attempt: Attempt) -> Sequence[Cell]:
    return (
        attempt.at,
        attempt.took_ms,
        attempt.status,
        attempt.error,
        attempt.snippet,
        attempt.retry_after_s,
    )


def _attempt_of(row: Row) -> Attempt:
    at, took_ms, status, error, snippet, retry_after_s = row
    return Attempt(
        at=time(at),
        took_ms=number(took_ms),
        status=maybe(status, int),
        error=text(error),
        snippet=text(snippet),
        retry_after_s=maybe(retry_after_s, float),
    )
