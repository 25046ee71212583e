"""Kling's JSON: bytes to typed records and back, faults told in Kling's sentences."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from filmgate.protocols.kling.errors import Code, KlingRefusal, invalid, refused, required

T = TypeVar("T")

Prompt = Annotated[str, Meta(max_length=2500)]
Number = str | int | float
"""Lengths come as "5" in the legacy design and as 5 in the new one; both read both."""
Id = str | int


class Watermark(Struct):
    enabled: bool | None = None


class Envelope(Struct):
    """Around every reply; the key order is the one seen live in 2026-03."""

    code: int
    message: str
    request_id: str
    data: msgspec.Raw


class ErrorBody(Struct):
    """No ``data``: as in the sample of Kling's page "Concurrency Rules"."""

    code: int
    message: str
    request_id: str


def encode_reply(data: object, request_id: str) -> bytes:
    """``request_id`` is a UUID in lower case."""
    raw = msgspec.Raw(msgspec.json.encode(data))
    return msgspec.json.encode(Envelope(Code.OK.value, "SUCCEED", request_id, raw))


def encode_error(code: Code, message: str, request_id: str) -> bytes:
    return msgspec.json.encode(ErrorBody(code.value, message, request_id))


def decode(body: bytes, kind: type[T]) -> T:
    """Read a request body; numbers and truth values may be strings, unknown keys are ignored.

    Raises KlingRefusal: 1200 where it is no JSON object, 1201 with the parameter's path.
    """
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except msgspec.ValidationError as error:
        try:
            # Clients send "" for what they leave out; only then is the body read a second time.
            return msgspec.convert(_filled(msgspec.json.decode(body)), kind, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise _told(body, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KlingRefusal(Code.BAD_REQUEST, "request body is not valid JSON") from error


def _filled(value: object) -> object:
    """Without empty texts, at any depth."""
    if isinstance(value, dict):
        return {key: _filled(each) for key, each in value.items() if each != ""}
    if isinstance(value, list):
        return [_filled(each) for each in value]
    return value


# The three forms of msgspec's messages; tests hold them, should msgspec ever change its words.
_MISSING = re.compile(
    r"^Object missing required field `(?P<key>[^`]+)`(?: - at `\$(?P<path>.*)`)?$"
)
_LENGTH = re.compile(r"`(?P<what>str|array)` of length (?P<sign><=|>=) (?P<limit>\d+) - at `\$")
_PATH = re.compile(r" - at `\$\.?(?P<path>.*)`$")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def _told(body: bytes, message: str) -> KlingRefusal:
    if missing := _MISSING.match(message):
        parent = (missing["path"] or "").lstrip(".")
        return required(f"{parent}.{missing['key']}" if parent else missing["key"])
    found = _PATH.search(message)
    if found is None:
        return KlingRefusal(Code.BAD_REQUEST, "request body must be a JSON object")
    path = found["path"]
    if length := _LENGTH.search(message):
        side = "at most" if length["sign"] == "<=" else "at least"
        unit = "characters" if length["what"] == "str" else "items"
        return refused(path, f"must have {side} {length['limit']} {unit}")
    return invalid(path, _value_at(body, path))


def _value_at(body: bytes, path: str) -> object:
    """What the client sent there, to be named in the sentence; None for what can't be shown."""
    try:
        value: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    for key, index in _STEP.findall(path):
        if key and isinstance(value, dict):
            value = value.get(key)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value


class Tail(Struct, kw_only=True):
    """What nearly every legacy create takes."""

    callback_url: str | None = None
    external_task_id: Id | None = None
    watermark_info: Watermark | None = None


LegacyMode = Literal["std", "pro", "4k"]
AspectRatio = Literal["16:9", "9:16", "1:1"]
Switch = Literal["on", "off"]
YesNo = Literal["yes", "no"]
