"""What our own webhooks say: the event's kind, its time, and the task as it stood then."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from filmgate.domain.change import ANNOUNCED, Event
from filmgate.domain.delivery import as_told
from filmgate.domain.standard_webhooks import sign
from filmgate.domain.task import Result, State, Task

PROTOCOL = "filmgate"
"""Of a callback that a create names; signed with the customer's webhook keys."""
RECEIVER = "filmgate-receiver"
"""Of a receiver that stands; signed with its own secret."""
STATES: dict[str, frozenset[State]] = {
    f"task.{kind.value}": frozenset({state}) for state, kind in ANNOUNCED.items()
}
"""What a receiver can ask for, and which step of a task each tells of."""


def body(event: Event, task: Task) -> bytes:
    """The same for every attempt, however much has happened to the task since."""
    told = {
        "type": f"task.{event.kind.value}",
        "timestamp": _time(event.at),
        "data": _task(as_told(event, task)),
    }
    return json.dumps(told, ensure_ascii=False).encode()


def trial(receiver_id: str, at: float) -> bytes:
    """What a receiver is tried with."""
    told = {"type": "test", "timestamp": _time(at), "data": {"receiver": receiver_id}}
    return json.dumps(told).encode()


def headers(event: Event, secrets: Sequence[str], at: float, sent: bytes) -> dict[str, str]:
    """With the signature of an attempt. Raises SetUp where there is no secret to sign with."""
    return {"Content-Type": "application/json", **sign(secrets, event.id, at, sent)}


def _task(task: Task) -> dict[str, object]:
    return {
        "task": task.id,
        "state": task.state.value,
        "kind": task.request.kind.value,
        "model": task.model,
        "provider": task.provider,
        "external_id": task.external_id,
        "prompt": getattr(task.request, "prompt", None),
        "seed": task.output.seed,
        "film": _film(task.result),
        "rescued": _film(task.rescued),
        "reason": task.reason,
        "fault": task.fault.value if task.fault else None,
        "notes": list(task.notes),
        "held_credits": task.hold_credits,
        "charged_credits": task.charged_credits,
        "created_at": _time(task.created_at),
        "updated_at": _time(task.updated_at),
    }


def _film(result: Result | None) -> dict[str, object] | None:
    if result is None:
        return None
    return {
        "width": result.width,
        "height": result.height,
        "fps": result.fps,
        "duration_s": result.duration_s,
        "size_bytes": result.size_bytes,
        "sha256": result.digest,
    }


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
