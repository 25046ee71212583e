"""Tasks as replies and callbacks of Kling's new design (``reference/kling.md`` 12.2, 12.3, 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

import msgspec
from msgspec import UNSET

from filmgate.domain.task import State
from filmgate.protocols.kling import wire_outputs as wire
from filmgate.protocols.kling.translate_replies import number_text, reason_of, seconds_text
from filmgate.protocols.kling.view import Charge, ElementView, Family, TaskView, VoiceView
from filmgate.protocols.kling.wire import encode_reply


def new_status_of(state: State) -> str:
    match state:
        case State.QUEUED | State.STARTING:
            return "submitted"
        case State.IN_DOUBT | State.RUNNING | State.FETCHING:
            return "processing"
        case State.SUCCEEDED:
            return "succeeded"
        case State.FAILED | State.CANCELLED:
            return "failed"
        case _:
            assert_never(state)


def solution_status_of(state: State) -> str:
    """Try-On 3.0 kept the older spelling of success (its page of 2026-09-15)."""
    return "succeed" if state is State.SUCCEEDED else new_status_of(state)


def new_created(task: TaskView, request_id: str) -> bytes:
    data = wire.NewCreated(
        id=task.id,
        status=new_status_of(task.state),
        create_time=task.created_ms,
        update_time=task.updated_ms,
        external_id=task.external_id,
    )
    return encode_reply(data, request_id)


def solution_created(task: TaskView, request_id: str) -> bytes:
    data = wire.TryOnCreated(
        task_id=task.id,
        status=solution_status_of(task.state),
        create_time=task.created_ms,
        update_time=task.updated_ms,
        external_id=task.external_id,
    )
    return encode_reply(data, request_id)


def tasks_by_id(tasks: Iterable[TaskView], request_id: str) -> bytes:
    """``GET /tasks``: ids that nobody knows are simply missing."""
    return encode_reply([_task(task) for task in tasks], request_id)


def tasks_found(tasks: Iterable[TaskView], next_cursor: str | None, request_id: str) -> bytes:
    """``POST /tasks``: one page. A cursor says that there is more."""
    items = [_task(task) for task in tasks]
    data = wire.NewTasks(items, len(items), next_cursor or "", next_cursor is not None)
    return encode_reply(data, request_id)


def new_callback(task: TaskView) -> bytes:
    """The bare body that goes to ``options.callback_url``."""
    return msgspec.json.encode(_task(task, is_callback=True))


def _task(task: TaskView, *, is_callback: bool = False) -> wire.NewTask:
    is_done = task.state is State.SUCCEEDED
    is_solution = task.family is Family.PICTURE
    return wire.NewTask(
        id=task.id,
        status=(solution_status_of if is_solution else new_status_of)(task.state),
        message=reason_of(task),
        create_time=task.created_ms,
        update_time=task.updated_ms,
        external_id=task.external_id,
        outputs=_outputs(task, is_callback=is_callback) if is_done else [],
        billing=[_billing(task.charge)] if task.charge is not None else [],
    )


def _outputs(task: TaskView, *, is_callback: bool) -> list[wire.Output]:
    outputs: list[wire.Output] = []
    for film in task.films:
        length = seconds_text(film.duration_s)
        outputs.append(wire.FilmOutput("video", film.id, film.url, film.watermark_url, length))
    outputs.extend(
        wire.PictureOutput("image", picture.url, picture.watermark_url) for picture in task.pictures
    )
    for sound in task.sounds:
        length = seconds_text(sound.duration_s)
        outputs.append(
            wire.SoundOutput("audio", sound.id, sound.mp3_url, sound.wav_url, length, length)
        )
    outputs.extend(_voice(voice) for voice in task.voices)
    outputs.extend(_element(element, is_callback=is_callback) for element in task.elements)
    return outputs


def _library_status(*, is_deleted: bool) -> str:
    return "deleted" if is_deleted else "succeeded"


def _voice(voice: VoiceView) -> wire.VoiceOutput:
    return wire.VoiceOutput(
        type="voice",
        id=voice.id,
        name=voice.name,
        url=voice.trial_url,
        owned_by=voice.owned_by,
        status=_library_status(is_deleted=voice.is_deleted),
    )


def _element(element: ElementView, *, is_callback: bool) -> wire.ElementOutput:
    materials = _materials(element)
    is_clip = bool(element.clip_urls)
    return wire.ElementOutput(
        type="element",
        id=str(element.id),
        name=element.name,
        description=element.description,
        element_type="video_character_elements" if is_clip else "multi_image_elements",
        references=UNSET if is_callback else materials,
        materials=materials if is_callback else UNSET,
        owned_by=element.owned_by,
        status=_library_status(is_deleted=element.is_deleted),
        tags=[wire.NewTag(tag.id, tag.name, tag.description) for tag in element.tags],
    )


def _materials(element: ElementView) -> list[wire.Material]:
    materials = [wire.Material("image", "frontal", element.front_url)] if element.front_url else []
    materials += [wire.Material("image", "refer", url) for url in element.refer_urls]
    materials += [wire.Material("video", "refer", url) for url in element.clip_urls]
    if (voice := element.voice) is not None:
        materials.append(
            wire.Material("voice", "refer", voice.trial_url, voice.id, voice.name, voice.owned_by)
        )
    return materials


def _billing(charge: Charge) -> wire.Billing:
    """The keys of money and of units exclude each other (portal, task query page)."""
    if charge.quota is None:
        return wire.Billing(
            charge_type="unit",
            amount=number_text(charge.units),
            package_type=charge.package_type,
        )
    listed_at = charge.quota if charge.list_price is None else charge.list_price
    return wire.Billing(
        charge_type="cash",
        cash_type="balance",
        amount=number_text(charge.quota),
        currency=charge.currency,
        list_price=number_text(listed_at),
    )
