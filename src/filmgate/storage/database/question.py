"""Turns queries into SQL. Names and states come from this program alone; every value is bound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from filmgate.domain.change import Limit
from filmgate.domain.ports import TaskQuery, TransferQuery
from filmgate.domain.task import OPEN, State
from filmgate.storage.database.rows import Cell

OPEN_ONLY = "state in ('queued', 'starting', 'in_doubt', 'running', 'fetching')"
"""Word for word as the partial indexes have it, because only then they are used."""
BEHIND_ID = "\U0010ffff"
"""Sorts behind everything an id may go on with."""


@dataclass(frozen=True, slots=True)
class Where:
    conditions: list[str] = field(default_factory=list[str])
    values: list[Cell] = field(default_factory=list[Cell])

    def add(self, condition: str, *values: Cell) -> None:
        self.conditions.append(condition)
        self.values.extend(values)

    def add_if(self, condition: str, value: Cell) -> None:
        if value is not None:
            self.add(condition, value)

    def sql(self) -> str:
        return f" where {' and '.join(self.conditions)}" if self.conditions else ""


def listed(words: Iterable[StrEnum]) -> str:
    """For ``in (...)``; none at all is a word that nothing is: SQL takes no empty list."""
    return ", ".join(f"'{word.value}'" for word in sorted(words)) or "''"


def marks(values: Iterable[object]) -> str:
    """The same for bound values."""
    return ", ".join("?" for _ in values) or "''"


def of_states(where: Where, states: frozenset[State]) -> None:
    if states == frozenset(State):
        return
    where.add(f"state in ({listed(states)})")
    if states <= OPEN and states:
        where.add(OPEN_ONLY)


def tasks_wanted(wanted: TaskQuery) -> Where:
    where = Where()
    of_states(where, wanted.states)
    where.add_if("customer = ?", wanted.customer)
    where.add_if("provider = ?", wanted.provider)
    where.add_if("account = ?", wanted.account)
    where.add_if("runner = ?", wanted.runner)
    where.add_if("external_id = ?", wanted.external_id)
    where.add_if("idempotency_key = ?", wanted.idempotency_key)
    where.add_if("number = ?", wanted.number)
    where.add_if("created_at >= ?", wanted.created_from)
    where.add_if("created_at < ?", wanted.created_before)
    where.add_if(f"(expires_at is null or expires_at > ? or {OPEN_ONLY})", wanted.kept_at)
    if wanted.id_prefix:
        where.add("id >= ? and id < ?", wanted.id_prefix, wanted.id_prefix + BEHIND_ID)
    if wanted.kinds:
        where.add(f"kind in ({listed(wanted.kinds)})")
    if wanted.past_id is not None:
        sign = ">" if wanted.oldest_first else "<"
        where.add(
            f"(created_at, id) {sign} (select created_at, id from task where id = ?)",  # noqa: S608
            wanted.past_id,
        )
    return where


def tasks_ordered(wanted: TaskQuery) -> str:
    order = "asc" if wanted.oldest_first else "desc"
    return f" order by created_at {order}, id {order} limit ? offset ?"


def transfers_wanted(wanted: TransferQuery) -> Where:
    where = Where()
    where.add_if("customer = ?", wanted.customer)
    where.add_if("task = ?", wanted.task)
    where.add_if("id = ?", wanted.id)
    where.add_if("reference = ?", wanted.reference)
    where.add_if("at >= ?", wanted.at_from)
    where.add_if("at < ?", wanted.at_before)
    if wanted.kinds:
        where.add(f"kind in ({listed(wanted.kinds)})")
    return where


def counted(limit: Limit) -> Where:
    where = Where()
    of_states(where, limit.states)
    where.add_if("customer = ?", limit.customer)
    where.add_if("account = ?", limit.account)
    where.add_if("model = ?", limit.model)
    if limit.besides_runners:
        gone = sorted(limit.besides_runners)
        where.add(f"(runner is null or runner not in ({marks(gone)}))", *gone)
    return where
