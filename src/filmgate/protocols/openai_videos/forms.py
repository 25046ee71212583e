"""Bodies of calls as nested fields: JSON, or forms with brackets as the SDKs write them.

``input_reference[image_url]`` is a field within a field, ``extra[a][]`` one more item of a list
(``reference/kie-piapi-openai.md`` 3.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from filmgate.protocols.openai_videos.errors import OpenAIRefusal, broken_json, refused, wrong_type

Fields = dict[str, object]
DEPTH_MAX = 6
NAME_CHARS_MAX = 200
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form; its bytes stay with whoever read the form."""

    part: int
    """Its number among the form's files."""
    name: str = ""
    """The last part of what the client called it: LiteLLM sends whole local paths."""


def read_json(body: bytes) -> Fields:
    """Raises OpenAIRefusal. No body at all is no field at all."""
    if not body.strip():
        return {}
    try:
        found: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise broken_json() from error
    if not isinstance(found, dict):
        raise OpenAIRefusal("The body of your request must be a JSON object.")
    return _without_nothing(found)


def read_form(pairs: Iterable[tuple[str, str | Upload]]) -> Fields:
    """Raises OpenAIRefusal."""
    fields: Fields = {}
    for name, value in pairs:
        path = _path(name)
        if value == "":
            continue
        _put(fields, name, path, value)
    return fields


def file_name(claimed: str) -> str:
    """Shown, never used as a path."""
    return re.split(r"[/\\]", claimed)[-1][:NAME_CHARS_MAX]


def unpacked(fields: Fields, name: str) -> Fields:
    """A field that is an object, or JSON text of one; nothing where it is not given."""
    value = fields.get(name)
    if value is None:
        return {}
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError) as error:
            raise refused(name, "it is not valid JSON") from error
    if not isinstance(value, dict):
        raise wrong_type(name, "an object")
    return _without_nothing(value)


def _path(name: str) -> list[str]:
    found = _NAME.fullmatch(name) if len(name) <= NAME_CHARS_MAX else None
    if found is None:
        raise refused(name[:NAME_CHARS_MAX], "no field can have this name")
    path = [found[1], *_STEP.findall(found[2])]
    if len(path) > DEPTH_MAX:
        raise refused(name, "it lies too deep")
    return path


def _put(fields: Fields, name: str, path: list[str], value: str | Upload) -> None:
    place: object = fields
    for at, step in enumerate(path):
        is_last = at == len(path) - 1
        inside: object = value if is_last else [] if _is_item(path[at + 1]) else {}
        if isinstance(place, list) and _is_item(step):
            place = _item(place, step, inside, is_new=is_last)
        elif isinstance(place, dict) and (at == 0 or not _is_item(step)):
            if is_last and step in place:
                raise refused(name, "it is given twice")
            place = place.setdefault(step, inside)
        else:
            raise refused(name, "it is given twice, in two shapes")


def _item(items: list[object], step: str, inside: object, *, is_new: bool) -> object:
    """An empty bracket is one more item; numbered ones come in their order."""
    at = int(step) if step else len(items)
    if is_new or at >= len(items):
        items.append(inside)
        return inside
    return items[at]


def _is_item(step: str) -> bool:
    return not step or (step.isascii() and step.isdigit() and len(step) < 5)


def _without_nothing(fields: dict[object, object]) -> Fields:
    """Null and empty text are as good as absent."""
    return {str(key): value for key, value in fields.items() if value is not None and value != ""}
