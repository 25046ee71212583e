"""INFINITO's bodies to requests, and tasks to its answers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import msgspec

from filmgate.domain.errors import BadInput
from filmgate.domain.media import MB, MediaLimits
from filmgate.domain.request import Asset, ImageToVideo, Mode, Ratio, Request, TextToVideo
from filmgate.domain.task import State, Task
from filmgate.protocols.infinito import wire
from filmgate.protocols.infinito.errors import Answer
from filmgate.protocols.reading import (
    Number,
    convert,
    given,
    in_snake_case,
    invalid,
    read_object,
    required,
    seconds,
)

PICTURE = MediaLimits(
    types=("image/jpeg", "image/png", "image/webp"),
    formats="JPEG, PNG or WebP",
    bytes_max=10 * MB,
    side_px_min=300,
    ratio_max=2.5,
)
MODES = {"std": Mode.STD, "pro": Mode.PRO}
LENGTHS_S = (5, 10)
PLACEHOLDER = "inline:"
"""No digest begins like this, so a placeholder is never taken for a stored asset."""
WORDS = {
    "duration_s": "duration",
    "ratio": "aspectRatio",
    "image_tail": "imageTail",
    "negative_prompt": "negativePrompt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    request: Request
    """Pictures are still URLs, or placeholders for what is ``inline``."""
    inline: Mapping[str, bytes]
    """What came in the call itself, by field."""


def generate(body: bytes) -> Wanted:
    """A picture selects image-to-video. Raises FixRequest."""
    sent = convert(in_snake_case(read_object(body)), wire.Generate, wire.SPELLED)
    inline: dict[str, bytes] = {}
    image = _picture("image", sent.image, inline)
    tail = _picture("imageTail", sent.image_tail, inline)
    if sent.mode is not None and sent.mode not in MODES:
        raise invalid("mode", sent.mode, remedy="use pro or std")
    has_picture = image is not None or tail is not None
    if not sent.prompt and not has_picture:
        raise required("prompt")
    mode, ratio = MODES[sent.mode or "pro"], _ratio(sent.aspect_ratio)
    duration_s = _length(sent.duration)
    if not has_picture:
        request: Request = TextToVideo(
            model=sent.model,
            prompt=sent.prompt,
            negative_prompt=sent.negative_prompt,
            mode=mode,
            duration_s=duration_s,
            ratio=ratio,
        )
    else:
        request = ImageToVideo(
            model=sent.model,
            prompt=sent.prompt,
            negative_prompt=sent.negative_prompt,
            mode=mode,
            duration_s=duration_s,
            ratio=ratio,
            image=image,
            image_tail=tail,
        )
    return Wanted(request=request, inline=inline)


_URL = re.compile(r"https?://", re.IGNORECASE)
_DATA = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def _picture(field: str, text: str | None, inline: dict[str, bytes]) -> Asset | None:
    """A URL, base64, or base64 behind a ``data:`` prefix."""
    if text is None:
        return None
    if _URL.match(text.strip()):
        return given(field, text, PICTURE)
    prefix = _DATA.match(text)
    compact = _SPACE.sub("", text[prefix.end() :] if prefix else text).rstrip("=")
    compact = compact.replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        raise BadInput(f"{field} is neither a URL nor base64", field=field)
    inline[field] = data
    return Asset(PLACEHOLDER + field, "", 0)


def _ratio(value: str | None) -> Ratio | None:
    if value is not None and value not in set(Ratio):
        raise invalid("aspectRatio", value, remedy="use 16:9, 9:16 or 1:1")
    return None if value is None else Ratio(value)


def _length(value: Number | None) -> float | None:
    length_s = seconds("duration", value)
    if length_s is not None and length_s not in LENGTHS_S:
        raise invalid("duration", value, remedy="use 5 or 10")
    return length_s


def status_of(state: State) -> str:
    """Kling's words, which INFINITO hands on (seed S0: 'when task status is "succeed"')."""
    match state:
        case State.QUEUED | State.STARTING:
            return "submitted"
        case State.IN_DOUBT | State.RUNNING | State.FETCHING:
            return "processing"
        case State.SUCCEEDED:
            return "succeed"
        case State.FAILED | State.CANCELLED:
            return "failed"
        case _:
            assert_never(state)


def created(task: Task, *, balance: int, transaction_id: str) -> bytes:
    return msgspec.json.encode(
        wire.Created(
            task_id=task.id,
            status=status_of(task.state),
            credits_charged=task.hold_credits,
            balance=balance,
            transaction_id=transaction_id,
        )
    )


def record(task: Task, *, film_url: str | None, transaction_id: str) -> bytes:
    told = wire.Record(task_id=task.id, status=status_of(task.state), transaction_id=transaction_id)
    if task.state is State.SUCCEEDED and film_url is not None:
        told.video_url = film_url
    if told.status == "failed":
        told.error = task.reason or "the task was cancelled"
        told.refunded = True  # every end but success gives the credits back in the same write
    return msgspec.json.encode(told)


def error_body(answer: Answer, *, transaction_id: str = "", is_admin: bool = False) -> bytes:
    told = wire.Refused(error=answer.message, code=answer.status)
    if transaction_id:
        told.transaction_id = transaction_id
    if is_admin and answer.details:
        told.details = answer.details
    return msgspec.json.encode(told)
