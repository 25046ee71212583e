"""Reply records of Kling's new design (``reference/kling.md`` 11, 12.2 and 12.3)."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class NewCreated(Struct):
    id: str
    status: str
    create_time: int
    update_time: int
    external_id: str


class TryOnCreated(Struct):
    """Try-On 3.0 writes ``task_id`` where the other paths of the new design write ``id``."""

    task_id: str
    status: str
    create_time: int
    update_time: int
    external_id: str


class FilmOutput(Struct):
    type: str
    id: str
    url: str
    watermark_url: str
    duration: str


class PictureOutput(Struct):
    type: str
    url: str
    watermark_url: str


class SoundOutput(Struct):
    type: str
    id: str
    mp3_url: str
    wav_url: str
    mp3_duration: str
    wav_duration: str


class VoiceOutput(Struct):
    type: str
    id: str
    name: str
    url: str
    owned_by: str
    status: str


class NewTag(Struct):
    id: int
    name: str
    description: str


class Material(Struct):
    type: str
    role: str
    url: str
    id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    owned_by: str | UnsetType = UNSET


class ElementOutput(Struct):
    """Queries have ``references`` where callbacks have ``materials``."""

    type: str
    id: str
    name: str
    description: str
    element_type: str
    references: list[Material] | UnsetType
    materials: list[Material] | UnsetType
    owned_by: str
    status: str
    tags: list[NewTag]


Output = FilmOutput | PictureOutput | SoundOutput | VoiceOutput | ElementOutput


class Billing(Struct):
    charge_type: str
    cash_type: str | UnsetType = UNSET
    amount: str = ""
    currency: str | UnsetType = UNSET
    package_type: str | UnsetType = UNSET
    list_price: str | UnsetType = UNSET


class NewTask(Struct):
    id: str
    status: str
    message: str
    create_time: int
    update_time: int
    external_id: str
    outputs: list[Output]
    billing: list[Billing]


class NewTasks(Struct):
    result: list[NewTask]
    count: int
    next_cursor: str
    has_more: bool
