"""Between values and their rows."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from filmgate.domain.change import Event, EventKind
from filmgate.domain.handles import number_of
from filmgate.domain.ledger import Account, Transfer
from filmgate.domain.ledger import Kind as TransferKind
from filmgate.domain.order import is_unfetched
from filmgate.domain.request import KINDS, Kind
from filmgate.domain.task import Callback, Chosen, Fault, Origin, Output, Result, State, Step, Task

SETTLED = (
    "id",
    "customer",
    "kind",
    "model",
    "quote_usd_micros",
    "hold_credits",
    "priority",
    "external_id",
    "idempotency_key",
    "body_digest",
    "callback",
    "origin",
    "deadline_at",
    "created_at",
)
"""Written once, when the task is accepted."""

ASKED = ("request", "output")
"""What is wanted. Written when the task is accepted, and once more when what was given by its
address has been fetched: then the request names the stored inputs, and a picture's size has
settled the film's."""

LIVING = (
    "version",
    "state",
    "provider",
    "account",
    "runner",
    "job",
    "updated_at",
    "chosen",
    "give_up_at",
    "rescue_until",
    "reason",
    "fault",
    "result",
    "rescued",
    "charged_credits",
    "expires_at",
    "notes",
    "understood",
    "timeline",
)

COLUMNS = SETTLED + ASKED + LIVING
FOUND_BY = ("number", "unfetched")
"""These follow from the others: written for the indexes, and never read back."""
TRANSFER_COLUMNS = (
    "id",
    "kind",
    "customer",
    "source",
    "target",
    "credits",
    "at",
    "task",
    "reference",
    "note",
    "by_whom",
)
EVENT_COLUMNS = ("id", "customer", "task", "kind", "url", "protocol", "secret", "at")

Cell = str | int | float | None
Row = tuple[Cell, ...]
T = TypeVar("T")


def settled_cells(task: Task) -> Row:
    return (
        task.id,
        task.customer,
        task.request.kind.value,
        task.model,
        task.quote_usd_micros,
        task.hold_credits,
        task.priority,
        task.external_id,
        task.idempotency_key,
        task.body_digest,
        _json(task.callback),
        _json(task.origin),
        task.deadline_at,
        task.created_at,
    )


def asked_cells(task: Task) -> Row:
    return _json(task.request), _json(task.output)


def found_by_cells(task: Task) -> Row:
    return number_of(task.id), int(is_unfetched(task.request))


def living_cells(task: Task) -> Row:
    return (
        task.version,
        task.state.value,
        task.provider,
        task.account,
        task.runner,
        task.job,
        task.updated_at,
        _json(task.chosen),
        task.give_up_at,
        task.rescue_until,
        task.reason,
        task.fault,
        _json(task.result),
        _json(task.rescued),
        task.charged_credits,
        task.expires_at,
        _json(task.notes),
        _json(task.understood),
        _json(task.timeline),
    )


def task_of(row: Row) -> Task:
    cells = dict(zip(COLUMNS, row, strict=True))
    kind = KINDS[Kind(text(cells["kind"]))]
    return Task(
        id=text(cells["id"]),
        customer=text(cells["customer"]),
        request=_read(cells["request"], kind),
        model=text(cells["model"]),
        output=_read(cells["output"], Output),
        quote_usd_micros=number(cells["quote_usd_micros"]),
        hold_credits=number(cells["hold_credits"]),
        priority=number(cells["priority"]),
        external_id=maybe(cells["external_id"], str),
        idempotency_key=maybe(cells["idempotency_key"], str),
        body_digest=maybe(cells["body_digest"], str),
        callback=_maybe_read(cells["callback"], Callback),
        origin=_maybe_read(cells["origin"], Origin),
        deadline_at=maybe(cells["deadline_at"], float),
        created_at=time(cells["created_at"]),
        version=number(cells["version"]),
        state=State(text(cells["state"])),
        provider=text(cells["provider"]),
        account=text(cells["account"]),
        runner=maybe(cells["runner"], str),
        job=maybe(cells["job"], str),
        updated_at=time(cells["updated_at"]),
        chosen=_maybe_read(cells["chosen"], Chosen),
        give_up_at=maybe(cells["give_up_at"], float),
        rescue_until=maybe(cells["rescue_until"], float),
        reason=maybe(cells["reason"], str),
        fault=None if cells["fault"] is None else Fault(text(cells["fault"])),
        result=_maybe_read(cells["result"], Result),
        rescued=_maybe_read(cells["rescued"], Result),
        charged_credits=maybe(cells["charged_credits"], int),
        expires_at=maybe(cells["expires_at"], float),
        notes=_read(cells["notes"], tuple[str, ...]),
        understood=_read(cells["understood"], dict[str, str]),
        timeline=_read(cells["timeline"], tuple[Step, ...]),
    )


def transfer_cells(transfer: Transfer) -> Row:
    return (
        transfer.id,
        transfer.kind.value,
        transfer.customer,
        transfer.source.value,
        transfer.target.value,
        transfer.credits,
        transfer.at,
        transfer.task,
        transfer.reference,
        transfer.note,
        transfer.by,
    )


def transfer_of(row: Row) -> Transfer:
    cells = dict(zip(TRANSFER_COLUMNS, row, strict=True))
    return Transfer(
        id=text(cells["id"]),
        kind=TransferKind(text(cells["kind"])),
        customer=text(cells["customer"]),
        source=Account(text(cells["source"])),
        target=Account(text(cells["target"])),
        credits=number(cells["credits"]),
        at=time(cells["at"]),
        task=maybe(cells["task"], str),
        reference=maybe(cells["reference"], str),
        note=text(cells["note"]),
        by=text(cells["by_whom"]),
    )


def event_cells(event: Event) -> Row:
    return (
        event.id,
        event.customer,
        event.task,
        event.kind.value,
        event.url,
        event.protocol,
        event.secret,
        event.at,
    )


def event_of(row: Row) -> Event:
    cells = dict(zip(EVENT_COLUMNS, row, strict=True))
    return Event(
        id=text(cells["id"]),
        customer=text(cells["customer"]),
        task=text(cells["task"]),
        kind=EventKind(text(cells["kind"])),
        url=maybe(cells["url"], str),
        protocol=text(cells["protocol"]),
        secret=maybe(cells["secret"], str),
        at=time(cells["at"]),
    )


def text(cell: Cell) -> str:
    return _as(cell, str)


def number(cell: Cell) -> int:
    return _as(cell, int)


def time(cell: Cell) -> float:
    return _as(cell, float)


def maybe(cell: Cell, kind: type[T]) -> T | None:
    return None if cell is None else _as(cell, kind)


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _read(cell: Cell, kind: type[T]) -> T:
    return msgspec.json.decode(_as(cell, str), type=kind)


def _maybe_read(cell: Cell, kind: type[T]) -> T | None:
    # "null" stands in rows of the first version.
    return None if cell in {None, "null"} else _read(cell, kind)


def _as(cell: Cell, kind: type[T]) -> T:
    if not isinstance(cell, kind):
        raise TypeError(f"a row holds {cell!r} where {kind.__name__} belongs")
    return cell
