"""Media in a call: an upload, a URL, the bytes as base64, or an earlier video of ours.

A translated request first carries placeholders, each for one ``MediaRef``; the server turns those
into assets and puts them in with ``with_assets``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from filmgate.domain.media import MediaLimits
from filmgate.domain.request import Asset, Request
from filmgate.protocols.openai_videos.errors import invalid, refused, unavailable, wrong_type
from filmgate.protocols.openai_videos.forms import Fields, Upload, unpacked
from filmgate.protocols.openai_videos.media_rules import CLIP, IMAGE, URL_CHARS_MAX

PLACEHOLDER = "openai:"
"""No digest begins like this, so a placeholder is never taken for a stored asset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """Something given: exactly one of ``upload``, ``url`` and ``inline``."""

    param: str
    limits: MediaLimits
    upload: Upload | None = None
    url: str | None = None
    inline: bytes | None = None

    @property
    def placeholder(self) -> Asset:
        return Asset(PLACEHOLDER + self.param, "", 0)


def with_assets(request: Request, assets: Mapping[str, Asset]) -> Request:
    """The request with the asset of every param in its place. Raises KeyError for one left out."""
    changed = {each.name: _filled(getattr(request, each.name), assets) for each in fields(request)}
    return replace(request, **changed)  # type: ignore[arg-type]  # same fields, same types


def _filled(part: object, assets: Mapping[str, Asset]) -> object:
    if isinstance(part, Asset) and part.digest.startswith(PLACEHOLDER):
        return assets[part.digest.removeprefix(PLACEHOLDER)]
    if isinstance(part, tuple):
        return tuple(_filled(item, assets) for item in part)
    return part


SOURCES = ("input_reference", "image_reference", "reference_url", "image")
"""Each the one picture, in the words of OpenAI, vLLM-Omni, SGLang and new-api."""


def picture_refs(given: Fields) -> tuple[MediaRef, ...]:
    """None, one, or the several of new-api's ``images``. Raises OpenAIRefusal."""
    named = [name for name in SOURCES if name in given]
    images = given.get("images")
    if named and images is not None:
        named.append("images")
    if len(named) > 1:
        raise refused(named[1], f"it can't be given together with '{named[0]}'")
    if named:
        return (_picture(named[0], given),)
    if images is None:
        return ()
    if not isinstance(images, list):
        raise wrong_type("images", "an array")
    return tuple(
        _reference(f"images[{at}]", value) for at, value in enumerate(images) if value != ""
    )


def _picture(name: str, given: Fields) -> MediaRef:
    value = given[name]
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = unpacked(given, name)
    if isinstance(value, dict):
        keys = [key for key in ("image_url", "file_id") if value.get(key)]
        if len(keys) != 1:
            raise refused(name, "it must hold exactly one of 'image_url' and 'file_id'")
        if keys == ["file_id"]:
            raise unavailable("Files of the Files API are", f"{name}.file_id")
        return _reference(f"{name}.image_url", value["image_url"])
    return _reference(name, value)


def _reference(param: str, value: object) -> MediaRef:
    if isinstance(value, Upload):
        return MediaRef(param=param, limits=IMAGE, upload=value)
    if not isinstance(value, str):
        raise wrong_type(param, "a file, a URL or a data URL")
    if len(value) > URL_CHARS_MAX:
        raise refused(param, f"it must have at most {URL_CHARS_MAX} characters")
    text = value.strip()
    if _URL.match(text):
        return MediaRef(param=param, limits=IMAGE, url=read_url(param, text))
    prefix = _DATA.match(text)
    data = _from_base64(param, text[prefix.end() :] if prefix else text)
    return MediaRef(param=param, limits=IMAGE, inline=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A video to go on from: exactly one of the two."""

    video_id: str | None = None
    media: MediaRef | None = None


def video_source(given: Fields) -> Source | None:
    """None where none is given. Raises OpenAIRefusal."""
    value = given.get("video")
    if value is None:
        return None
    if isinstance(value, Upload):
        return Source(media=MediaRef(param="video", limits=CLIP, upload=value))
    if isinstance(value, str):
        if _URL.match(value):
            url = read_url("video", value)
            return Source(media=MediaRef(param="video", limits=CLIP, url=url))
        value = unpacked(given, "video") if value.startswith("{") else {"id": value}
    video_id = value.get("id") if isinstance(value, dict) else None
    if not isinstance(video_id, str) or not video_id:
        raise wrong_type("video", "a file or an object with the 'id' of a video")
    return Source(video_id=video_id)


_URL = re.compile(r"https?://", re.IGNORECASE)
_DATA = re.compile(r"data:[^,]*,", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_ADDRESS_CHARS_MAX = 8192


def read_url(param: str, text: str) -> str:
    """An http(s) address with a host. Whether it may be visited is not ours to say."""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        has_host = False
    # Blanks and control characters could hide another address.
    is_plain = text.isprintable() and _SPACE.search(text) is None and text.isascii()
    is_web = _URL.match(text) is not None and len(text) <= _ADDRESS_CHARS_MAX
    if not (has_host and is_plain and is_web):
        raise invalid(param, text)
    return text


def _from_base64(param: str, text: str) -> bytes:
    """Both alphabets, with or without padding and line breaks: what clients send in practice."""
    compact = _SPACE.sub("", text).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        raise refused(param, "it is neither a URL nor base64", "invalid_base64")
    return data
