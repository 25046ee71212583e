"""KIE's JSON: bytes to typed records and back.

Clients write keys in either case, numbers as numbers or texts, and "" or null for what they leave
out (``reference/kie-piapi-openai.md`` 1.3 and 5); all of it is read as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from filmgate.protocols.kie.errors import KieRefusal, Sort, invalid, required

T = TypeVar("T")
Number = str | int | float
Object = dict[str, object]

URL_CHARS_MAX = 8192


def read_object(body: bytes) -> Object:
    """The body without what is empty. Raises KieRefusal where it is no JSON object."""
    try:
        value: object = msgspec.json.decode(body)
        if isinstance(value, dict):
            return {str(key): each for key, each in _tidy(value).items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KieRefusal(Sort.BODY, "the body is not valid JSON") from error
    raise KieRefusal(Sort.BODY, "the body must be a JSON object")


def _tidy(value: dict[object, object]) -> dict[object, object]:
    return {key: _tidied(each) for key, each in value.items() if not is_empty(each)}


def _tidied(value: object) -> object:
    if isinstance(value, dict):
        return _tidy(value)
    if isinstance(value, list):
        return [_tidied(each) for each in value if not is_empty(each)]
    return value


def is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def in_snake_case(value: Mapping[str, object]) -> Object:
    """The keys of one level; where both spellings are given the written one counts."""
    return {_HUMP.sub("_", key).lower(): each for key, each in value.items()} | {
        key: each for key, each in value.items() if key == key.lower()
    }


_MISSING = re.compile(r"missing required field `(?P<key>[^`]+)`")
_PATH = re.compile(r" - at `\$\.?(?P<path>.*)`$")


def convert(value: Object, kind: type[T], words: Mapping[str, str]) -> T:
    """Raises KieRefusal that names the field as the client knows it."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        message = str(error)
        if missing := _MISSING.search(message):
            raise required(words.get(missing["key"], missing["key"])) from error
        found = _PATH.search(message)
        path = found["path"] if found else "body"
        head = re.split(r"[.\[]", path, maxsplit=1)[0]
        named = words.get(head, head) + path[len(head) :]
        raise invalid(named, value.get(path)) from error


_WHOLE = re.compile(r"[0-9]{1,4}(\.0+)?")


def seconds(field: str, value: Number | None) -> float | None:
    """Whole seconds, as text or number; which lengths there are is the catalogue's business."""
    if value is None:
        return None
    text = str(value).strip()
    if _WHOLE.fullmatch(text) is None:
        raise invalid(field, value)
    return float(text)


def url_of(field: str, text: str) -> str:
    """An http(s) address with a host; whether it may be visited is not ours to say."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
    is_plain = text.isprintable() and not any(letter.isspace() for letter in text)
    if not is_whole or not is_plain or parts.scheme.lower() not in {"http", "https"}:
        raise invalid(field, text, remedy="give an http or https URL")
    if len(text) > URL_CHARS_MAX:
        raise invalid(field, remedy=f"a URL may have {URL_CHARS_MAX} characters")
    return text


class SeedReply(Struct):
    """Around every answer of the guide's paths."""

    code: int
    message: str
    data: object


class MarketReply(Struct):
    """Around every answer of today's API."""

    code: int
    msg: str
    data: object


class UploadReply(Struct, omit_defaults=True):
    success: bool
    code: int
    msg: str
    data: object = None
