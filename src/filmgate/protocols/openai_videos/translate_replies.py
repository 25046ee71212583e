"""Tasks as OpenAI's videos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import assert_never

import msgspec

from filmgate.domain.handles import hex_of, number_in_hex
from filmgate.domain.model import Model
from filmgate.domain.order import Progress
from filmgate.domain.request import Extend, Kind
from filmgate.domain.task import Fault, Origin, State, Task
from filmgate.protocols.openai_videos import wire
from filmgate.protocols.openai_videos.errors import Answer
from filmgate.protocols.openai_videos.sizes import seconds_text

PROTOCOL = "openai"
HEAD = "video_"
KINDS = frozenset(Kind) - {Kind.TRY_ON, Kind.SPEECH, Kind.TEXT_TO_AUDIO}
"""What ends in a video, for lists. Who asks for any other task by its id is answered too."""
OWNER = "filmgate"

FAULTS: dict[Fault, str] = {
    Fault.INPUT: "invalid_input",
    Fault.CONTENT: "moderation_blocked",
    Fault.PROVIDER: "video_generation_failed",
    Fault.UNREACHABLE: "server_overloaded",
    Fault.TIMEOUT: "timeout",
    Fault.HOUSE: "server_error",
}
"""``error.code`` of a failed video. Of these only ``moderation_blocked`` and ``server_error`` are
OpenAI's for certain; clients must not rely on a closed list."""
CANCELLED = "cancelled"


def id_of(task_id: str) -> str:
    return HEAD + hex_of(task_id)


def number_of(video_id: str) -> int | None:
    """None for what can't be one of our ids."""
    if not video_id.startswith(HEAD):
        return None
    return number_in_hex(video_id.removeprefix(HEAD))


def status_of(state: State) -> str:
    """A cancelled task has failed, for OpenAI knows no cancel; a start may yet be put off."""
    match state:
        case State.QUEUED | State.STARTING:
            return "queued"
        case State.IN_DOUBT | State.RUNNING | State.FETCHING:
            return "in_progress"
        case State.SUCCEEDED:
            return "completed"
        case State.FAILED | State.CANCELLED:
            return "failed"
        case _:
            assert_never(state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A task, and how far its job is where that is known."""

    task: Task
    progress: Progress | None = None


def video(seen: Seen) -> wire.Video:
    task, request = seen.task, seen.task.request
    done = task.state is State.SUCCEEDED
    made_s = task.result.duration_s if task.result and isinstance(request, Extend) else None
    remix_of = origin_in(task).remix_of
    return wire.Video(
        id=id_of(task.id),
        created_at=floor(task.created_at),
        status=status_of(task.state),
        completed_at=floor(_ended_at(task)) if done else None,
        error=fault_of(task),
        expires_at=None if not done or task.expires_at is None else floor(task.expires_at),
        model=request.model or task.model,
        progress=_percent(seen),
        prompt=getattr(request, "prompt", None) or getattr(request, "text", None),
        remixed_from_video_id=None if remix_of is None else id_of(remix_of),
        seconds=seconds_text(task.output.duration_s if made_s is None else made_s),
        size=f"{task.output.width}x{task.output.height}",
    )


class Said(msgspec.Struct, frozen=True):
    """What a video repeats of how it was asked for, and its request does not hold."""

    remix_of: str | None = None
    """The task that it was remixed from."""


def origin(said: Said) -> Origin:
    return Origin(protocol=PROTOCOL, said=msgspec.json.encode(said).decode())


def origin_in(task: Task) -> Said:
    """Nothing for a task that came in by another protocol."""
    if task.origin is None or task.origin.protocol != PROTOCOL:
        return Said()
    return msgspec.json.decode(task.origin.said, type=Said)


def fault_of(task: Task) -> wire.Fault | None:
    match task.state:
        case State.FAILED:
            code = FAULTS[task.fault or Fault.PROVIDER]
            message = task.reason or "The video could not be generated."
            if task.rescued is not None:
                message += " Its film came late, is not charged, and can be downloaded."
            return wire.Fault(code=code, message=message)
        case State.CANCELLED:
            return wire.Fault(code=CANCELLED, message=task.reason or "The video was cancelled.")
        case _:
            return None


def _percent(seen: Seen) -> int:
    """Work really done, as a whole number; 100 is for a film that can be had."""
    if seen.task.state is State.SUCCEEDED:
        return 100
    if seen.task.state is State.FETCHING:
        return 99
    return 0 if seen.progress is None else max(0, min(99, floor(seen.progress.percent)))


def _ended_at(task: Task) -> float:
    """A remark may be written after the end."""
    return next((step.at for step in task.timeline if step.state is task.state), task.updated_at)


def page(seen: Sequence[Seen], *, has_more: bool) -> bytes:
    videos = [video(each) for each in seen]
    return msgspec.json.encode(
        wire.Page(
            data=videos,
            first_id=videos[0].id if videos else None,
            last_id=videos[-1].id if videos else None,
            has_more=has_more,
        )
    )


def deleted(task: Task) -> bytes:
    return msgspec.json.encode(wire.Deleted(id=id_of(task.id)))


def models(known: Sequence[Model]) -> list[wire.ModelItem]:
    """Every name that a create may have as its ``model``, ours and those of this protocol."""
    items: dict[str, wire.ModelItem] = {}
    for model in known:
        if not model.kinds & MADE:
            continue
        names = [each.name for each in model.names if each.protocol == "openai"]
        created = _seconds(model)
        for name in (model.name, *names):
            items[name] = wire.ModelItem(id=name, created=created, owned_by=OWNER)
    return list(items.values())


MADE = frozenset({Kind.TEXT_TO_VIDEO, Kind.IMAGE_TO_VIDEO})
"""What ``POST /v1/videos`` makes."""


def error_body(answer: Answer) -> bytes:
    item = wire.ErrorItem(
        message=answer.message, type=answer.type, param=answer.param, code=answer.code
    )
    return msgspec.json.encode(wire.ErrorBody(error=item))


def _seconds(model: Model) -> int:
    """Midnight of the day that the facts are of."""
    return (model.dated.toordinal() - UNIX_DAY) * 86_400


UNIX_DAY = 719_163
"""1970-01-01 as an ordinal."""
