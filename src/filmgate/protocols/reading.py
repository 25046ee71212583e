"""Forgiving reading of JSON bodies, for protocols whose clients write one thing in many ways.

Keys come in either case, numbers as numbers or texts, and "" or null for what is left out
(``reference/kie-piapi-openai.md`` 5). What can't be read is told by the client's own name for it;
which code goes with it is the protocol's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from filmgate.domain.errors import BadInput, FixRequest
from filmgate.domain.media import MediaLimits
from filmgate.domain.request import Asset, Fetch

T = TypeVar("T")
Number = str | int | float
Object = dict[str, object]

URL_CHARS_MAX = 8192
SHOWN_CHARS_MAX = 100
"""A longer value is not sent back."""


class Misread(FixRequest):
    """A body, or a field of it, is not as it must be. ``field`` is in the client's words; None
    where the body as a whole is no JSON object."""


def required(field: str) -> Misread:
    return Misread(f"{field} is required", field=field)


def invalid(field: str, value: object = None, *, remedy: str = "") -> Misread:
    is_short = isinstance(value, (str, int, float)) and len(str(value)) <= SHOWN_CHARS_MAX
    told = f"{field} value '{value}' is invalid" if is_short else f"{field} is invalid"
    return Misread(f"{told}, {remedy}" if remedy else told, field=field)


def read_object(body: bytes) -> Object:
    """The body without what is empty. Raises Misread."""
    try:
        value: object = msgspec.json.decode(body)
        if isinstance(value, dict):
            return {str(key): each for key, each in _tidy(value).items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Misread("the body is not valid JSON") from error
    raise Misread("the body must be a JSON object")


SAID_BYTES_MAX = 256 * 1024
"""What a task keeps of the call that made it: bodies of these protocols hold URLs and no files."""


def said_of(value: Object) -> str:
    """The call as JSON text, to be shown again. Raises Misread."""
    text = msgspec.json.encode(value)
    if len(text) > SAID_BYTES_MAX:
        raise Misread(f"the body is longer than {SAID_BYTES_MAX // 1024} KB")
    return text.decode()


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
    """The keys of one level; where both spellings are given the one in snake case counts."""
    renamed = {_HUMP.sub("_", key).lower(): each for key, each in value.items()}
    return renamed | {key: each for key, each in value.items() if key == key.lower()}


# Two forms of msgspec's messages; tests hold them, should msgspec ever change its words.
_MISSING = re.compile(r"missing required field `(?P<key>[^`]+)`(?: - at `\$\.?(?P<path>.*)`)?$")
_PATH = re.compile(r" - at `\$\.?(?P<path>.*)`$")


def convert(value: Object, kind: type[T], words: Mapping[str, str], *, at: str = "") -> T:
    """``words``: the client's names of fields that are spelled otherwise here; ``at``: where the
    object stands in the body, with a dot behind. Raises Misread."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        message = str(error)
        if missing := _MISSING.search(message):
            parent, key = missing["path"] or "", missing["key"]
            raise required(at + _in_words(f"{parent}.{key}" if parent else key, words)) from error
        found = _PATH.search(message)
        if found is None:
            raise Misread("the body is not as it must be") from error
        raise invalid(at + _in_words(found["path"], words), value.get(found["path"])) from error


def _in_words(path: str, words: Mapping[str, str]) -> str:
    head = re.split(r"[.\[]", path, maxsplit=1)[0]
    return words.get(head, head) + path[len(head) :]


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
        raise invalid(field, text, remedy="give an http or https URL") from None
    is_plain = text.isprintable() and not any(letter.isspace() for letter in text)
    if not is_whole or not is_plain or parts.scheme.lower() not in {"http", "https"}:
        raise invalid(field, text, remedy="give an http or https URL")
    if len(text) > URL_CHARS_MAX:
        raise invalid(field, remedy=f"a URL may have {URL_CHARS_MAX} characters")
    return text


def given(field: str, text: str, limits: MediaLimits) -> Asset:
    """An input by its URL, still to be fetched. Raises BadInput."""
    try:
        url = url_of(field, text)
    except Misread as error:
        raise BadInput(error.message, field=field) from error
    return Asset("", "", 0, fetch=Fetch(url=url, field=field, limits=limits))
