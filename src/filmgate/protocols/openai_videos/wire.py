"""OpenAI's objects on the wire, and what a create may hold.

Source: the types of the SDKs (``reference/kie-piapi-openai.md`` 3.2 to 3.5). Replies hold every
key, null where there is nothing to say.
"""

from __future__ import annotations

import re
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from filmgate.protocols.openai_videos.errors import OpenAIRefusal, missing, refused, wrong_type
from filmgate.protocols.openai_videos.forms import Fields

T = TypeVar("T")
Number = str | int | float
"""Lengths come as "5" and as 5."""
Prompt = Annotated[str, Meta(min_length=1, max_length=32_000)]
Text = Annotated[str, Meta(max_length=32_000)]
Count = Annotated[int, Meta(ge=1, le=36_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class CreateBody(Struct, kw_only=True):
    """OpenAI's own fields first; then what vLLM-Omni, SGLang, LiteLLM and new-api add and what has
    a meaning here. All else is passed over, as those engines do."""

    prompt: Prompt
    model: Name | None = None
    seconds: Number | None = None
    size: str | None = None

    width: int | None = None
    height: int | None = None
    fps: Annotated[int, Meta(ge=1, le=60)] | None = None
    num_frames: Count | None = None
    negative_prompt: Text | None = None
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    guidance_scale: Annotated[float, Meta(ge=0, le=20)] | None = None
    generate_sound: bool | None = None
    resolution: str | None = None
    duration: Number | None = None
    mode: str | None = None


class RemixBody(Struct):
    prompt: Prompt


class EditBody(Struct):
    prompt: Prompt
    model: Name | None = None


class ExtendBody(Struct):
    prompt: Prompt
    seconds: Number
    model: Name | None = None


class EndpointBody(Struct):
    url: Annotated[str, Meta(min_length=1, max_length=2048)]
    event_types: Annotated[list[str], Meta(min_length=1, max_length=100)]
    name: Name


class EndpointChanges(Struct):
    url: Annotated[str, Meta(min_length=1, max_length=2048)] | None = None
    event_types: Annotated[list[str], Meta(min_length=1, max_length=100)] | None = None
    name: Name | None = None


class RotateBody(Struct):
    keep_old_secret_active_for_24_hours: bool = False


class TestBody(Struct):
    event_type: Name


class Fault(Struct):
    code: str
    message: str


class Video(Struct, kw_only=True):
    id: str
    object: str = "video"
    created_at: int
    status: str
    completed_at: int | None
    error: Fault | None
    expires_at: int | None
    model: str
    progress: int
    prompt: str | None
    remixed_from_video_id: str | None
    seconds: str
    size: str


class Page(Struct, kw_only=True):
    object: str = "list"
    data: list[Video]
    first_id: str | None
    last_id: str | None
    has_more: bool


class Character(Struct, kw_only=True):
    id: str
    name: str
    created_at: int


class CharacterBody(Struct):
    name: Name


class Deleted(Struct, kw_only=True):
    id: str
    object: str = "video.deleted"
    deleted: bool = True


class ModelItem(Struct, kw_only=True):
    id: str
    object: str = "model"
    created: int
    owned_by: str


class ModelList(Struct, kw_only=True):
    object: str = "list"
    data: list[ModelItem]


class ErrorItem(Struct, kw_only=True):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(Struct):
    error: ErrorItem


class EventData(Struct):
    id: str


class Event(Struct, kw_only=True):
    """What webhooks bring: never the video itself."""

    id: str
    object: str = "event"
    created_at: int
    type: str
    data: EventData


class Endpoint(Struct, kw_only=True):
    id: str
    object: str = "webhook_endpoint"
    name: str
    url: str
    event_types: list[str]
    created_at: int
    updated_at: int
    signing_secret_hint: str


class EndpointWithSecret(Endpoint, kw_only=True):
    signing_secret: str


class EndpointPage(Struct, kw_only=True):
    object: str = "list"
    data: list[Endpoint]
    first_id: str | None
    last_id: str | None
    has_more: bool


class EndpointDeleted(Struct, kw_only=True):
    id: str
    object: str = "webhook_endpoint.deleted"
    deleted: bool = True


class EndpointTest(Struct, kw_only=True):
    object: str = "webhook_endpoint.test"
    webhook_endpoint_id: str
    event_type: str
    status_code: int
    success: bool = True


class EventTypes(Struct, kw_only=True):
    object: str = "list"
    data: list[str]


# The forms of msgspec's messages; tests hold them, should msgspec ever change its words.
_MISSING = re.compile(r"^Object missing required field `(?P<key>[^`]+)`")
_LENGTH = re.compile(r"`(?P<what>str|array)` of length (?P<sign><=|>=) (?P<limit>\d+)")
_BOUND = re.compile(r"Expected `(?:int|float)` (?P<bound>[<>]=? -?[\d.]+)")
_PATH = re.compile(r" - at `\$\.?(?P<path>.*)`$")
_KINDS = {"str": "a string", "int": "an integer", "float": "a number", "bool": "a boolean"}
_KIND = re.compile(r"Expected `(?P<kinds>[^`]+)`")


def take(fields: Fields, kind: type[T]) -> T:
    """Numbers and truth values may be text. Raises OpenAIRefusal with the parameter's name."""
    try:
        return msgspec.convert(fields, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _told(str(error)) from error


def _told(message: str) -> OpenAIRefusal:
    if found := _MISSING.match(message):
        return missing(found["key"])
    path = _PATH.search(message)
    param = path["path"] if path else "body"
    if length := _LENGTH.search(message):
        is_long = length["sign"] == "<="
        unit = "characters" if length["what"] == "str" else "items"
        reason = f"it must have at {'most' if is_long else 'least'} {length['limit']} {unit}"
        code = "string_above_max_length" if is_long and unit == "characters" else "invalid_value"
        return refused(param, reason, code)
    if bound := _BOUND.search(message):
        return refused(param, f"it must be {bound['bound']}")
    kinds = _KIND.search(message)
    names = (kinds["kinds"] if kinds else "str").split(" | ")
    return wrong_type(param, " or ".join(_KINDS.get(name, name) for name in names[:2]))
