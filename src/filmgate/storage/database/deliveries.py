"""The deliveries in SQLite."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from filmgate.domain.errors import NotFound
from filmgate.domain.event import Attempt, Delivery, DeliveryState, Event, Quota
from filmgate.storage.database.writer import Writer

_NAMES = (
    "id, version, state, endpoint, protocol, url, tries, due_at,"
    " event, kind, customer, task, happened_at, payload"
)
# Names come from this file alone; every value is bound.
_SELECT = f"select {_NAMES} from webhook_delivery"  # noqa: S608
_INSERT = (
    f"insert into webhook_delivery ({_NAMES}, host)"  # noqa: S608
    f" values ({', '.join('?' * 15)}) on conflict (id) do nothing"
)
# Rows that have to wait must not take the places of rows that could go: so customers without room
# are left out first, then hosts, and only what is left is counted by customer.
_DUE = f"""
with of_hosts as (
  select {_NAMES}, host,
    row_number() over (partition by host order by due_at, id)
      + coalesce((select value from json_each(:hosts) where key = host), 0) as host_place
  from webhook_delivery
  where due_at <= :now
    and coalesce((select value from json_each(:customers) where key = customer), 0)
      < :per_customer
), of_customers as (
  select {_NAMES},
    row_number() over (partition by customer order by due_at, id)
      + coalesce((select value from json_each(:customers) where key = customer), 0) as place
  from of_hosts where host_place <= :per_host
)
select {_NAMES} from of_customers where place <= :per_customer order by due_at, id limit :room
"""  # noqa: S608

_Row = tuple[str, int, str, str, str, str, int, float | None, str, str, str, str, float, str]
_AttemptRow = tuple[float, int, int | None, str, str, float | None]
T = TypeVar("T")


def add_delivery(connection: sqlite3.Connection, delivery: Delivery) -> Delivery:
    """For a transaction that writes more than this: the task's change and what it announces."""
    written = replace(delivery, version=1)
    off = "select 1 from webhook_endpoint_off where endpoint = ?"
    if connection.execute(off, (delivery.endpoint,)).fetchone() is not None:
        written = replace(written, state=DeliveryState.SWITCHED_OFF, due_at=None)
    cursor = connection.execute(_INSERT, (*_to_row(written), written.host))
    if cursor.rowcount == 1:
        return written
    there = _read(connection, delivery.id)
    assert there is not None
    return there


class DatabaseDeliveries:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def add(self, delivery: Delivery) -> Delivery:
        return await self._do(lambda connection: add_delivery(connection, delivery), writes=True)

    async def due(
        self, now: float, *, lease_s: float, out: list[Delivery], quota: Quota
    ) -> list[Delivery]:
        values = {
            "now": now,
            "hosts": json.dumps(Counter(delivery.host for delivery in out)),
            "customers": json.dumps(Counter(delivery.event.customer for delivery in out)),
            "per_host": quota.per_host,
            "per_customer": quota.per_customer,
            "room": max(0, quota.in_all - len(out)),
        }

        def look(connection: sqlite3.Connection) -> bool:
            first = "select 1 from webhook_delivery where due_at <= ? limit 1"
            return connection.execute(first, (now,)).fetchone() is not None

        def take(connection: sqlite3.Connection) -> list[Delivery]:
            rows: list[_Row] = connection.execute(_DUE, values).fetchall()
            taken = [_taken(_from_row(row), now + lease_s) for row in rows]
            for delivery in taken:
                _write(connection, delivery)
            return taken

        # Nothing is written, and no other process kept waiting, while there is nothing to do.
        return await self._do(take, writes=True) if await self._do(look, writes=False) else []

    async def record(self, delivery: Delivery, attempt: Attempt) -> bool:
        def work(connection: sqlite3.Connection) -> bool:
            connection.execute(
                "insert into webhook_attempt"
                " (delivery, at, took_ms, status, error, snippet, retry_after_s)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (delivery.id, *_attempt_row(attempt)),
            )
            there = _read(connection, delivery.id)
            if there is None or there.version != delivery.version:
                return False
            _write(connection, replace(delivery, version=delivery.version + 1))
            if delivery.state is DeliveryState.SWITCHED_OFF:
                _switch_off(connection, delivery.endpoint, attempt.at)
            return True

        return await self._do(work, writes=True)

    async def of_task(self, task_id: str) -> list[Delivery]:
        def work(connection: sqlite3.Connection) -> list[Delivery]:
            rows: list[_Row] = connection.execute(
                f"{_SELECT} where task = ? order by happened_at, id", (task_id,)
            ).fetchall()
            return [_from_row(row) for row in rows]

        return await self._do(work, writes=False)

    async def attempts(self, delivery_id: str) -> list[Attempt]:
        def work(connection: sqlite3.Connection) -> list[Attempt]:
            rows: list[_AttemptRow] = connection.execute(
                "select at, took_ms, status, error, snippet, retry_after_s"
                " from webhook_attempt where delivery = ? order by number",
                (delivery_id,),
            ).fetchall()
            return [_to_attempt(row) for row in rows]

        return await self._do(work, writes=False)

    async def replay(self, delivery_id: str, now: float) -> Delivery:
        def work(connection: sqlite3.Connection) -> Delivery:
            there = _read(connection, delivery_id)
            if there is None:
                raise NotFound("there is no such delivery")
            connection.execute(
                "delete from webhook_endpoint_off where endpoint = ?", (there.endpoint,)
            )
            again = replace(_taken(there, now), state=DeliveryState.PENDING, tries=0)
            _write(connection, again)
            return again

        return await self._do(work, writes=True)

    async def _do(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        return await asyncio.wrap_future(self._writer.submit(work, writes=writes))


def _taken(delivery: Delivery, due_at: float) -> Delivery:
    return replace(delivery, due_at=due_at, version=delivery.version + 1)


def _read(connection: sqlite3.Connection, delivery_id: str) -> Delivery | None:
    row: _Row | None = connection.execute(f"{_SELECT} where id = ?", (delivery_id,)).fetchone()
    return None if row is None else _from_row(row)


def _write(connection: sqlite3.Connection, delivery: Delivery) -> None:
    connection.execute(
        "update webhook_delivery set version = ?, state = ?, tries = ?, due_at = ? where id = ?",
        (delivery.version, delivery.state.value, delivery.tries, delivery.due_at, delivery.id),
    )


def _switch_off(connection: sqlite3.Connection, endpoint: str, at: float) -> None:
    connection.execute(
        "insert into webhook_endpoint_off (endpoint, off_at) values (?, ?)"
        " on conflict (endpoint) do nothing",
        (endpoint, at),
    )
    connection.execute(
        "update webhook_delivery set version = version + 1, state = ?, due_at = null"
        " where endpoint = ? and due_at is not null",
        (DeliveryState.SWITCHED_OFF.value, endpoint),
    )


def _to_row(delivery: Delivery) -> _Row:
    event = delivery.event
    return (
        delivery.id,
        delivery.version,
        delivery.state.value,
        delivery.endpoint,
        delivery.protocol,
        delivery.url,
        delivery.tries,
        delivery.due_at,
        event.id,
        event.kind,
        event.customer,
        event.task_id,
        event.at,
        event.payload,
    )


def _from_row(row: _Row) -> Delivery:
    delivery_id, version, state, endpoint, protocol, url, tries, due_at, *_ = row
    _, _, _, _, _, _, _, _, event, kind, customer, task_id, happened_at, payload = row
    return Delivery(
        id=delivery_id,
        version=version,
        state=DeliveryState(state),
        endpoint=endpoint,
        protocol=protocol,
        url=url,
        tries=tries,
        due_at=due_at,
        event=Event(
            id=event,
            kind=kind,
            customer=customer,
            task_id=task_id,
            at=happened_at,
            payload=payload,
        ),
    )


def _attempt_row(attempt: Attempt) -> _AttemptRow:
    return (
        attempt.at,
        attempt.took_ms,
        attempt.status,
        attempt.error,
        attempt.snippet,
        attempt.retry_after_s,
    )


def _to_attempt(row: _AttemptRow) -> Attempt:
    at, took_ms, status, error, snippet, retry_after_s = row
    return Attempt(
        at=at,
        took_ms=took_ms,
        status=status,
        error=error,
        snippet=snippet,
        retry_after_s=retry_after_s,
    )
