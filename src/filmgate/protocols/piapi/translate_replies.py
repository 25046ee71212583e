"""Tasks as PiAPI's answers and callbacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import assert_never

import msgspec

from filmgate.domain.handles import uuid_of
from filmgate.domain.request import ImageToVideo, Kind, TextToVideo
from filmgate.domain.task import Fault, State, Task
from filmgate.protocols.piapi import wire_replies as wire
from filmgate.protocols.piapi.errors import TABLE, Answer, Code
from filmgate.protocols.piapi.view import POINTS_PER_USD_MICRO, Shown
from filmgate.protocols.reading import Object

PROTOCOL = "piapi"
UNSET_TIME = "0001-01-01T00:00:00Z"
WORK_DONE = 99
"""The classic API's status of a finished work."""

FAULT_CODES: dict[Fault, Code] = {
    Fault.INPUT: Code.PICTURE,
    Fault.CONTENT: Code.BAD_REQUEST,
    Fault.PROVIDER: Code.UNAVAILABLE,
    Fault.UNREACHABLE: Code.UNAVAILABLE,
    Fault.TIMEOUT: Code.UNAVAILABLE,
    Fault.HOUSE: Code.UNAVAILABLE,
}

TASK_TYPES: dict[Kind, str] = {
    Kind.TEXT_TO_VIDEO: "video_generation",
    Kind.IMAGE_TO_VIDEO: "video_generation",
    Kind.MULTI_IMAGE: "video_generation",
    Kind.OMNI: "omni_video_generation",
    Kind.MOTION_CONTROL: "motion_control",
    Kind.EXTEND: "extend_video",
    Kind.LIP_SYNC: "lip_sync",
    Kind.AVATAR: "avatar",
    Kind.EFFECT: "effects",
    Kind.EDIT_ELEMENTS: "edit_elements",
    Kind.TRY_ON: "ai_try_on",
    Kind.SPEECH: "tts",
    Kind.TEXT_TO_AUDIO: "text_to_audio",
    Kind.VIDEO_TO_AUDIO: "sound",
}
"""For tasks that came over another protocol; PiAPI has no word for some of them, so these are ours:
avatar, edit_elements, tts, text_to_audio."""


def status_of(state: State) -> str:
    """In lower case, as every real answer has it; PiAPI knows no cancelled task."""
    match state:
        case State.QUEUED | State.STARTING:
            return "pending"
        case State.IN_DOUBT | State.RUNNING | State.FETCHING:
            return "processing"
        case State.SUCCEEDED:
            return "completed"
        case State.FAILED | State.CANCELLED:
            return "failed"
        case _:
            assert_never(state)


def task_reply(task: Task, shown: Shown) -> bytes:
    return _reply(record_of(task, shown))


def cancelled_reply(task: Task) -> bytes:
    return msgspec.json.encode(wire.Cancelled(200, f"task {uuid_of(task.id)} canceled"))


def bulk_cancelled_reply(count: int) -> bytes:
    return msgspec.json.encode(wire.Cancelled(200, f"{count} tasks canceled"))


def history_reply(
    records: Iterable[wire.TaskRecord], *, page: int, page_size: int, total: int
) -> bytes:
    return _reply(wire.History(page=page, page_size=page_size, total=total, tasks=list(records)))


def account_reply(
    *, name: str, account_id: str, plan: str, credit_count: int, credit_usd_micros: int
) -> bytes:
    return _reply(
        wire.AccountInfo(
            account_name=name,
            account_id=account_id,
            plan=plan,
            credits=credit_count,
            equivalent_in_usd=credit_count * credit_usd_micros / 1_000_000,
        )
    )


def error_body(answer: Answer) -> bytes:
    error = wire.Error(answer.code.value, answer.detail, answer.message, answer.detail)
    return msgspec.json.encode(wire.Reply(answer.status, wire.Refused(error), "failed"))


def callback(task: Task, shown: Shown, at: float) -> bytes:
    """``at``: of the event, so that repetitions look the same."""
    return msgspec.json.encode(wire.Call(int(at), record_of(task, shown)))


def record_of(task: Task, shown: Shown) -> wire.TaskRecord:
    said = _said(task, shown)
    config = said["config"]
    assert isinstance(config, dict)
    if isinstance(hook := config.get("webhook_config"), dict):
        config = {**config, "webhook_config": {**hook, "secret": shown.secret}}
    given = said["input"]
    assert isinstance(given, dict)
    return wire.TaskRecord(
        task_id=uuid_of(task.id),
        model=str(said["model"]),
        task_type=str(said["task_type"]),
        status=status_of(task.state),
        config=config,
        input=given,
        output=_output(task, shown),
        meta=_meta(task, shown),
        error=_error(task),
    )


def _said(task: Task, shown: Shown) -> Object:
    """The call as it came; of a task that came over another protocol, what PiAPI has too."""
    if task.origin is not None and task.origin.protocol == PROTOCOL:
        said: object = msgspec.json.decode(task.origin.said)
        assert isinstance(said, dict), f"{task.id} has lost how it was asked for"
        return said
    config = {"service_mode": "", "webhook_config": {"endpoint": "", "secret": ""}}
    return {
        "model": shown.model,
        "task_type": TASK_TYPES[task.request.kind],
        "input": _input(task, shown),
        "config": config,
    }


def _input(task: Task, shown: Shown) -> Object:
    request = task.request
    prompt: object = getattr(request, "prompt", "")
    given: Object = {"prompt": prompt}
    if isinstance(request, (TextToVideo, ImageToVideo)):
        given |= {
            "negative_prompt": request.negative_prompt,
            "duration": int(task.output.duration_s),
            "mode": request.mode or "std",
        }
        if request.ratio is not None:
            given["aspect_ratio"] = request.ratio
    if shown.version is not None:
        given["version"] = shown.version
    return given


def _output(task: Task, shown: Shown) -> wire.EmptyOutput | wire.Output:
    film, url = task.result, shown.film_url
    if task.state is not State.SUCCEEDED or film is None or url is None:
        return wire.EmptyOutput()
    kind = "m2v_img2video_hq" if task.request.kind is Kind.IMAGE_TO_VIDEO else "m2v_txt2video_hq"
    poster = shown.poster_url or ""
    work = wire.Work(
        status=WORK_DONE,
        type=kind,
        cover=wire.Cover(poster, poster, film.height, film.width),
        video=wire.Video(url, url, film.height, film.width, round(film.duration_s * 1000)),
    )
    return wire.Output(
        type=kind,
        status=WORK_DONE,
        works=[work],
        video_url=url,
        video=url,
        preview_url=shown.preview_url or poster,
        duration=float(film.duration_s),
        resolution=f"{film.width}x{film.height}",
        file_size=film.size_bytes,
    )


def _meta(task: Task, shown: Shown) -> wire.Meta:
    started = _first(task, frozenset({State.RUNNING}))
    ended = next((step.at for step in task.timeline if step.state.ended), None)
    points_per_credit = shown.credit_usd_micros * POINTS_PER_USD_MICRO
    meta = wire.Meta(
        created_at=_time(task.created_at),
        started_at=UNSET_TIME if started is None else _time(started),
        ended_at=UNSET_TIME if ended is None else _time(ended),
        usage=wire.Usage(
            type="point",
            frozen=0 if task.state.ended else task.hold_credits * points_per_credit,
            # The guide shows the price from the first answer on; what is not taken in the end is 0.
            consume=(task.hold_credits if task.charged_credits is None else task.charged_credits)
            * points_per_credit,
        ),
        is_using_private_pool=shown.is_private,
    )
    if ended is not None:
        meta.processing_time = round(ended - (task.created_at if started is None else started))
    return meta


def _error(task: Task) -> wire.Error:
    if task.state is State.CANCELLED:
        return wire.Error(Code.BAD_REQUEST.value, task.reason or "", "task canceled")
    if task.state is not State.FAILED:
        return wire.Error()
    code = FAULT_CODES[task.fault or Fault.PROVIDER]
    reason = task.reason or TABLE[code].meaning
    return wire.Error(code.value, reason, reason)


def _first(task: Task, states: frozenset[State]) -> float | None:
    return next((step.at for step in task.timeline if step.state in states), None)


def _reply(data: object) -> bytes:
    return msgspec.json.encode(wire.Reply(200, data, "success"))


def _time(at: float) -> str:
    """RFC 3339; the fraction only where there is one."""
    text = datetime.fromtimestamp(at, UTC).isoformat()
    return text.removesuffix("+00:00") + "Z"
