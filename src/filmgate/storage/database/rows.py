"""Between a task and its row."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from filmgate.domain.request import KINDS, Kind
from filmgate.domain.task import Output, Result, State, Step, Task

COLUMNS = (
    "id",
    "version",
    "state",
    "provider",
    "runner",
    "job",
    "model",
    "kind",
    "quote_usd_micros",
    "created_at",
    "updated_at",
    "reason",
    "request",
    "output",
    "result",
    "notes",
    "understood",
    "timeline",
)

Cell = str | int | float | None
Row = tuple[Cell, ...]
T = TypeVar("T")


def to_row(task: Task) -> Row:
    return (
        task.id,
        task.version,
        task.state.value,
        task.provider,
        task.runner,
        task.job,
        task.model,
        task.request.kind.value,
        task.quote_usd_micros,
        task.created_at,
        task.updated_at,
        task.reason,
        _json(task.request),
        _json(task.output),
        _json(task.result),
        _json(task.notes),
        _json(task.understood),
        _json(task.timeline),
    )


def from_row(row: Row) -> Task:
    cells = dict(zip(COLUMNS, row, strict=True))
    kind = KINDS[Kind(_as(cells["kind"], str))]
    return Task(
        id=_as(cells["id"], str),
        version=_as(cells["version"], int),
        state=State(_as(cells["state"], str)),
        provider=_as(cells["provider"], str),
        runner=_text(cells["runner"]),
        job=_text(cells["job"]),
        model=_as(cells["model"], str),
        quote_usd_micros=_as(cells["quote_usd_micros"], int),
        created_at=_as(cells["created_at"], float),
        updated_at=_as(cells["updated_at"], float),
        reason=_text(cells["reason"]),
        request=_read(cells["request"], kind),
        output=_read(cells["output"], Output),
        result=_read(cells["result"], Result) if cells["result"] != "null" else None,
        notes=_read(cells["notes"], tuple[str, ...]),
        understood=_read(cells["understood"], dict[str, str]),
        timeline=_read(cells["timeline"], tuple[Step, ...]),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _read(cell: Cell, kind: type[T]) -> T:
    return msgspec.json.decode(_as(cell, str), type=kind)


def _as(cell: Cell, kind: type[T]) -> T:
    if not isinstance(cell, kind):
        raise TypeError(f"the task table holds {cell!r} where {kind.__name__} belongs")
    return cell


def _text(cell: Cell) -> str | None:
    return None if cell is None else _as(cell, str)
