"""OpenAI's characters, which are elements made of a clip here."""

from __future__ import annotations

import re
from math import floor

import msgspec

from filmgate.domain.library import Item
from filmgate.protocols.openai_videos import wire
from filmgate.protocols.openai_videos.errors import missing, unknown_thing, wrong_type
from filmgate.protocols.openai_videos.forms import Fields, Upload
from filmgate.protocols.openai_videos.media_rules import CLIP
from filmgate.protocols.openai_videos.references import MediaRef

HEAD = "char_"
ROLE = "clip"
"""What the clip is to the element; Kling's paths show it by this word."""
_DIGITS = re.compile(r"[0-9]{18}", re.ASCII)


def read_character(fields: Fields) -> tuple[str, MediaRef]:
    """Name and clip. Raises OpenAIRefusal."""
    plain = {key: value for key, value in fields.items() if key != "video"}
    name = wire.take(plain, wire.CharacterBody).name
    video = fields.get("video")
    if video is None:
        raise missing("video")
    if not isinstance(video, Upload):
        raise wrong_type("video", "a file")
    return name, MediaRef(param="video", limits=CLIP, upload=video)


def read_characters(given: object) -> tuple[str, ...]:
    """The numbers of what a create names by ids, as text or in objects. Raises OpenAIRefusal."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise wrong_type("characters", "an array")
    found = []
    for each in given:
        character_id = each.get("id") if isinstance(each, dict) else each
        if not isinstance(character_id, str):
            raise wrong_type("characters", "an array of objects with an 'id'")
        found.append(str(number_of(character_id)))
    return tuple(found)


def number_of(character_id: str) -> int:
    """Raises OpenAIRefusal (404) for what can't be one of our ids."""
    digits = character_id.removeprefix(HEAD)
    if digits == character_id or _DIGITS.fullmatch(digits) is None:
        raise unknown_thing("character", character_id)
    return int(digits)


def character(item: Item) -> bytes:
    return msgspec.json.encode(
        wire.Character(id=f"{HEAD}{item.number}", name=item.name, created_at=floor(item.created_at))
    )
