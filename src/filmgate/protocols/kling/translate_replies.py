"""Tasks as replies and callbacks of Kling's legacy design."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

import msgspec
from msgspec import UNSET, UnsetType

from filmgate.domain.task import State
from filmgate.protocols.kling import wire_replies as wire
from filmgate.protocols.kling.errors import Answer
from filmgate.protocols.kling.view import (
    Charge,
    ElementView,
    Family,
    FilmView,
    SoundView,
    TaskView,
    VoiceView,
)
from filmgate.protocols.kling.wire import encode_error, encode_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a family's replies have beyond the common keys (``reference/kling.md`` 4)."""

    results: frozenset[str]
    has_watermark: bool = False
    has_parent: bool = False
    has_session: bool = False
    has_duration: bool = True


_VIDEOS = frozenset({"videos"})

SHAPES: dict[Family, Shape] = {
    Family.FILM: Shape(results=_VIDEOS, has_watermark=True),
    Family.EDIT: Shape(results=_VIDEOS, has_watermark=True, has_session=True),
    Family.EFFECT: Shape(results=_VIDEOS, has_watermark=True, has_duration=False),
    Family.CONTINUATION: Shape(results=_VIDEOS, has_watermark=True, has_parent=True),
    Family.SOUND: Shape(results=frozenset({"audios"})),
    Family.SCORE: Shape(results=frozenset({"videos", "audios"}), has_parent=True),
    Family.SPEECH: Shape(results=frozenset({"audios"})),
    Family.PICTURE: Shape(results=frozenset({"images"})),
    Family.VOICE: Shape(results=frozenset({"voices"})),
    Family.ELEMENT: Shape(results=frozenset({"elements"})),
}


def status_of(state: State) -> str:
    """A cancelled task has failed, for Kling knows no cancel; doubt is still work."""
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


def created(task: TaskView, request_id: str) -> bytes:
    """The answer to a create; speech is done by then and comes with its result."""
    if task.family is Family.SPEECH:
        return encode_reply(_single(task), request_id)
    data = wire.Created(
        task_id=task.id,
        task_status=status_of(task.state),
        task_info=wire.TaskInfo(external_task_id=task.external_id),
        created_at=task.created_ms,
        updated_at=task.updated_ms,
    )
    return encode_reply(data, request_id)


def single(task: TaskView, request_id: str) -> bytes:
    return encode_reply(_single(task), request_id)


def listed(tasks: Iterable[TaskView], request_id: str) -> bytes:
    """A bare array of the single shape, with no total."""
    return encode_reply([_single(task) for task in tasks], request_id)


def callback(task: TaskView) -> bytes:
    """The body that goes to ``callback_url`` at every change of status."""
    whole = _single(task)
    return msgspec.json.encode(
        wire.Callback(
            task_id=whole.task_id,
            task_status=whole.task_status,
            task_status_msg=whole.task_status_msg,
            created_at=whole.created_at,
            updated_at=whole.updated_at,
            final_unit_deduction=whole.final_unit_deduction,
            final_balance_deduction=whole.final_balance_deduction,
            task_info=whole.task_info,
            task_result=whole.task_result,
        )
    )


def error_body(answer: Answer, request_id: str) -> bytes:
    return encode_error(answer.code, answer.message, request_id)


def _single(task: TaskView) -> wire.Single:
    shape = SHAPES[task.family]
    charge = deduction(task.charge) if task.charge is not None else None
    return wire.Single(
        task_id=task.id,
        task_status=status_of(task.state),
        task_status_msg=reason_of(task),
        task_info=_info(task, shape),
        task_result=_result(task, shape) if task.state is State.SUCCEEDED else UNSET,
        watermark_info=wire.WatermarkInfo(task.watermark) if shape.has_watermark else UNSET,
        final_unit_deduction=charge[0] if charge else UNSET,
        final_balance_deduction=charge[1] if charge else UNSET,
        created_at=task.created_ms,
        updated_at=task.updated_ms,
    )


def reason_of(task: TaskView) -> str:
    """Only failed tasks have a reason to tell."""
    return task.reason if task.state in {State.FAILED, State.CANCELLED} else ""


def _info(task: TaskView, shape: Shape) -> wire.TaskInfo:
    parent = task.parent if shape.has_parent else None
    film: wire.TaskInfoFilm | UnsetType = UNSET
    if parent is not None:
        film = wire.TaskInfoFilm(parent.id, parent.url, seconds_text(parent.duration_s))
    return wire.TaskInfo(parent_video=film, external_task_id=task.external_id)


def _result(task: TaskView, shape: Shape) -> wire.TaskResult:
    result = wire.TaskResult()
    if "videos" in shape.results:
        result.videos = [_film(film, shape) for film in task.films]
    if "audios" in shape.results:
        result.audios = _sounds(task)
    if "images" in shape.results:
        result.images = [
            wire.PictureItem(index, picture.url, picture.watermark_url)
            for index, picture in enumerate(task.pictures)
        ]
    if "voices" in shape.results:
        result.voices = [voice_item(voice) for voice in task.voices]
    if "elements" in shape.results:
        result.elements = [element_item(element) for element in task.elements]
    return result


def _film(film: FilmView, shape: Shape) -> wire.FilmItem:
    return wire.FilmItem(
        id=film.id,
        session_id=film.session_id if shape.has_session else UNSET,
        url=film.url,
        watermark_url=film.watermark_url if shape.has_watermark else UNSET,
        duration=seconds_text(film.duration_s) if shape.has_duration else UNSET,
    )


def _sounds(task: TaskView) -> list[wire.SoundItem] | list[wire.SpeechItem]:
    if task.family is Family.SPEECH:
        return [_speech(sound) for sound in task.sounds]
    return [
        wire.SoundItem(
            id=sound.id,
            url_mp3=sound.mp3_url,
            url_wav=sound.wav_url,
            duration_mp3=seconds_text(sound.duration_s),
            duration_wav=seconds_text(sound.duration_s),
        )
        for sound in task.sounds
    ]


def _speech(sound: SoundView) -> wire.SpeechItem:
    return wire.SpeechItem(sound.id, sound.mp3_url, seconds_text(sound.duration_s))


def voice_item(voice: VoiceView) -> wire.VoiceItem:
    return wire.VoiceItem(voice.id, voice.name, voice.trial_url, voice.owned_by)


def element_item(element: ElementView) -> wire.ElementItem:
    is_clip = bool(element.clip_urls)
    voice = element.voice
    return wire.ElementItem(
        element_id=element.id,
        element_name=element.name,
        element_description=element.description,
        reference_type="video_refer" if is_clip else "image_refer",
        element_image_list=wire.ElementImages()
        if is_clip
        else wire.ElementImages(element.front_url, _image_urls(element.refer_urls)),
        element_video_list=wire.ElementVideos([wire.VideoUrl(url) for url in element.clip_urls])
        if is_clip
        else wire.ElementVideos(),
        element_voice_info=wire.ElementVoice(voice.id, voice.name, voice.trial_url, voice.owned_by)
        if voice
        else wire.ElementVoice(),
        tag_list=[wire.Tag(f"o_{tag.id}", tag.name, tag.description) for tag in element.tags],
        owned_by=element.owned_by,
        status="deleted" if element.is_deleted else "succeed",
    )


def _image_urls(urls: Sequence[str]) -> list[wire.ImageUrl]:
    return [wire.ImageUrl(url) for url in urls]


def deduction(charge: Charge) -> tuple[str, wire.BalanceDeduction]:
    """``final_unit_deduction`` and ``final_balance_deduction``: decimal numbers as strings."""
    if charge.quota is None:
        return number_text(charge.units), wire.BalanceDeduction()
    listed_at = charge.quota if charge.list_price is None else charge.list_price
    balance = wire.BalanceDeduction(number_text(charge.quota), number_text(listed_at))
    return "0", balance


def number_text(value: Decimal) -> str:
    """``2.5``, ``10``: never an exponent, no zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds_text(duration_s: float) -> str:
    """``5.0``, ``5.1``, ``3.041``: lengths are strings with a fraction."""
    return str(round(float(duration_s), 3))
