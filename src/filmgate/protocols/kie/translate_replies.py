"""Tasks as the answers and callbacks of KIE's two designs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

import msgspec
from msgspec import UNSET, Struct, UnsetType

from filmgate.domain.task import Fault, State, Task
from filmgate.protocols.kie.errors import Answer, Design
from filmgate.protocols.kie.names import market_id, seed_id
from filmgate.protocols.kie.view import Shown, ended_at, resolution
from filmgate.protocols.kie.wire import MarketReply, SeedReply, UploadReply

SUCCESS = "success"


def reply(data: object, design: Design) -> bytes:
    match design:
        case Design.SEED:
            return msgspec.json.encode(SeedReply(0, SUCCESS, data))
        case Design.MARKET:
            return msgspec.json.encode(MarketReply(200, SUCCESS, data))
        case Design.UPLOAD:
            told = "File uploaded successfully"
            return msgspec.json.encode(UploadReply(success=True, code=200, msg=told, data=data))


def error_body(answer: Answer, design: Design) -> bytes:
    match design:
        case Design.SEED:
            return msgspec.json.encode(SeedReply(answer.code, answer.message, None))
        case Design.MARKET:
            return msgspec.json.encode(MarketReply(answer.code, answer.message, None))
        case Design.UPLOAD:
            return msgspec.json.encode(
                UploadReply(success=False, code=answer.code, msg=answer.message)
            )


# --- the guide's paths


class SeedCreated(Struct, rename="camel"):
    task_id: str
    status: int


class SeedTask(Struct, rename="camel", kw_only=True):
    """``record-info`` and, without two of the keys, the callback."""

    task_id: str
    status: int
    video_url: str | UnsetType = UNSET
    duration: int | float | UnsetType = UNSET
    resolution: str | UnsetType = UNSET
    created_at: str | UnsetType = UNSET
    completed_at: str | UnsetType = UNSET
    error_code: int | UnsetType = UNSET
    error_message: str | UnsetType = UNSET
    """The guide shows no failure; these two are ours and stand in failures alone."""


FAULT_CODES: dict[Fault, tuple[int, str]] = {
    Fault.INPUT: (1002, "422"),
    Fault.CONTENT: (1001, "422"),
    Fault.PROVIDER: (501, "501"),
    Fault.UNREACHABLE: (1005, "455"),
    Fault.TIMEOUT: (1005, "408"),
    Fault.HOUSE: (1005, "500"),
}
"""The guide's code and today's ``failCode`` of a failed task."""
CANCELLED_CODES = (1004, "400")


def seed_status(state: State) -> int:
    match state:
        case State.QUEUED | State.STARTING | State.IN_DOUBT | State.RUNNING | State.FETCHING:
            return 0
        case State.SUCCEEDED:
            return 1
        case State.FAILED | State.CANCELLED:
            return 2
        case _:
            assert_never(state)


def seed_created(task: Task) -> bytes:
    # A repeated call with the same Idempotency-Key may find the task further on.
    return reply(SeedCreated(seed_id(task.id), seed_status(task.state)), Design.SEED)


def seed_record(task: Task, shown: Shown) -> bytes:
    return reply(_seed_task(task, shown, is_callback=False), Design.SEED)


def seed_callback(task: Task, shown: Shown) -> bytes:
    """The bare body that goes to ``callBackUrl``, for success and failure."""
    return msgspec.json.encode(_seed_task(task, shown, is_callback=True))


def _seed_task(task: Task, shown: Shown, *, is_callback: bool) -> SeedTask:
    status, end = seed_status(task.state), ended_at(task)
    record = SeedTask(
        task_id=seed_id(task.id),
        status=status,
        duration=_plain(task.output.duration_s),
        completed_at=UNSET if end is None else _iso(end),
    )
    if not is_callback:
        record.resolution = resolution(task) or UNSET
        record.created_at = _iso(task.created_at)
    if status == 1 and shown.film_url is not None:
        record.video_url = shown.film_url
    if status == 2:
        record.error_code = fault_codes(task)[0]
        record.error_message = reason_of(task)
    return record


# --- today's API


class MarketCreated(Struct, rename="camel"):
    task_id: str


class MarketTask(Struct, rename="camel", kw_only=True):
    task_id: str
    snake_task_id: str = msgspec.field(name="task_id")
    """KIE's own sample of a verification reads the id under this key."""
    model: str
    state: str
    param: str
    result_json: str
    fail_code: str
    fail_msg: str
    cost_time: int | None
    complete_time: int | None
    create_time: int
    update_time: int
    progress: int
    credits_consumed: int | UnsetType = UNSET
    consume_credits: int | UnsetType = UNSET
    remained_credits: int | UnsetType = UNSET


class _Results(Struct, rename="camel"):
    result_urls: list[str]


def market_state(state: State) -> str:
    match state:
        case State.QUEUED:
            return "waiting"
        case State.STARTING:
            return "queuing"
        case State.IN_DOUBT | State.RUNNING | State.FETCHING:
            return "generating"
        case State.SUCCEEDED:
            return "success"
        case State.FAILED | State.CANCELLED:
            return "fail"
        case _:
            assert_never(state)


def market_created(task: Task) -> bytes:
    return reply(MarketCreated(market_id(task.id)), Design.MARKET)


def market_record(task: Task, shown: Shown) -> bytes:
    record = _market_task(task, shown)
    if task.charged_credits is not None:
        record.credits_consumed = task.charged_credits
    return reply(record, Design.MARKET)


def market_callback(task: Task, shown: Shown) -> bytes:
    """The answer of recordInfo, with a code that tells how the task ended."""
    record = _market_task(task, shown)
    record.consume_credits = task.charged_credits or 0
    if shown.balance_credits is not None:
        record.remained_credits = shown.balance_credits
    if task.state is State.SUCCEEDED:
        return reply(record, Design.MARKET)
    return msgspec.json.encode(MarketReply(501, reason_of(task), record))


def _market_task(task: Task, shown: Shown) -> MarketTask:
    state, end = market_state(task.state), ended_at(task)
    is_done = state == SUCCESS and shown.film_url is not None
    has_failed = state == "fail"
    return MarketTask(
        task_id=market_id(task.id),
        snake_task_id=market_id(task.id),
        model=shown.model,
        state=state,
        param=param_of(task, shown),
        result_json=_text(_Results([shown.film_url or ""])) if is_done else "",
        fail_code=fault_codes(task)[1] if has_failed else "",
        fail_msg=reason_of(task) if has_failed else "",
        cost_time=None if end is None else _ms(end - task.created_at),
        complete_time=None if end is None else _ms(end),
        create_time=_ms(task.created_at),
        update_time=_ms(task.updated_at),
        progress=100 if state == SUCCESS else min(shown.percent, 99),
    )


class _Param(Struct):
    model: str
    input: dict[str, str]


def param_of(task: Task, shown: Shown) -> str:
    """The whole call as it came; of a task that came over another protocol, what KIE has too."""
    if task.origin is not None and task.origin.protocol in {Design.SEED, Design.MARKET}:
        return task.origin.said
    prompt: object = getattr(task.request, "prompt", "")
    return _text(_Param(shown.model, {"prompt": str(prompt)}))


def model_word(task: Task, known: str | None) -> str:
    """What the client called it, else what KIE calls it (``known``), else our own name."""
    if task.origin is not None and task.origin.protocol == Design.MARKET:
        said: object = msgspec.json.decode(task.origin.said)
        if isinstance(said, dict) and isinstance(word := said.get("model"), str):
            return word
    return known or task.model


def fault_codes(task: Task) -> tuple[int, str]:
    return FAULT_CODES[task.fault] if task.fault is not None else CANCELLED_CODES


def reason_of(task: Task) -> str:
    return task.reason or "the task was cancelled"


# --- the rest


class StoredFile(Struct, rename="camel", kw_only=True):
    """An upload; ``file_url`` is what an older page of KIE's calls it."""

    file_name: str
    file_path: str
    download_url: str
    file_url: str
    file_size: int
    mime_type: str
    uploaded_at: str


def stored_file(
    *, name: str, path: str, url: str, size_bytes: int, media_type: str, at: float
) -> bytes:
    """``at`` in seconds since 1970."""
    record = StoredFile(
        file_name=name,
        file_path=path,
        download_url=url,
        file_url=url,
        file_size=size_bytes,
        mime_type=media_type,
        uploaded_at=_iso(at),
    )
    return reply(record, Design.UPLOAD)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(number: float) -> int | float:
    """``10`` and not ``10.0``: the guide's lengths are whole."""
    return int(number) if number.is_integer() else number
