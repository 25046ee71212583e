"""What OpenAI's webhooks say: which video, and how it ended (reference 3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import msgspec

from filmgate.domain.change import Event, EventKind
from filmgate.domain.standard_webhooks import sign
from filmgate.domain.task import State
from filmgate.protocols.openai_videos import wire
from filmgate.protocols.openai_videos.translate_replies import id_of

TYPES: dict[EventKind, str] = {
    EventKind.SUCCEEDED: "video.completed",
    EventKind.FAILED: "video.failed",
    EventKind.CANCELLED: "video.failed",
}
"""Only ends are told, and each once: a film that came late belongs to a failed video."""
EVENT_TYPES = ("video.completed", "video.failed")
STATES: dict[str, frozenset[State]] = {
    "video.completed": frozenset({State.SUCCEEDED}),
    "video.failed": frozenset({State.FAILED, State.CANCELLED}),
}
NOBODYS = "task_test"
"""Stands for a video in events that only try an endpoint."""


def body(event_id: str, kind: str, video_task: str, at: float) -> bytes:
    """The same for every attempt."""
    told = wire.Event(
        id=event_id, created_at=floor(at), type=kind, data=wire.EventData(id_of(video_task))
    )
    return msgspec.json.encode(told)


def body_of(event: Event) -> bytes:
    return body(event.id, TYPES[event.kind], event.task, event.at)


def headers(message_id: str, secrets: Sequence[str], at: float, sent: bytes) -> dict[str, str]:
    """With the signature of an attempt. Raises SetUp where there is no secret to sign with."""
    return {"Content-Type": "application/json", **sign(secrets, message_id, at, sent)}
