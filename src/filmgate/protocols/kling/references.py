"""Media in a request: on the wire a URL, base64 or the id of an earlier result; in ours an asset.

A translated request first carries placeholders. Each stands for one ``MediaRef``; the server turns
those into assets and puts them in with ``with_assets``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from urllib.parse import urlsplit

from filmgate.domain.request import Asset, BrushStroke, Request
from filmgate.protocols.kling.errors import invalid, refused, required
from filmgate.protocols.kling.media_rules import INLINE, RULES, Sort, check_size

PLACEHOLDER = "kling:"
"""No digest begins like this, so a placeholder is never taken for a stored asset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """Something given: exactly one of ``url``, ``inline`` and ``made``."""

    field: str
    """The parameter's path in the client's own words, e.g. ``image_list[0].image_url``."""
    sort: Sort
    url: str | None = None
    inline: bytes | None = None
    made: str | None = None
    """The id of an earlier result of ours (video_id, audio_id) or session (session_id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOptions:
    external_task_id: str | None = None
    callback_url: str | None = None
    watermark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A create call, read and found in order; nothing was looked up or fetched yet."""

    request: Request
    """With placeholders for every asset of ``media``."""
    media: tuple[MediaRef, ...] = ()
    options: CreateOptions
    source: MediaRef | None = None
    """Where the request goes on from an earlier film: what its ``source_task`` is to name."""


def with_assets(wanted: Wanted, assets: Mapping[str, Asset]) -> Request:
    """The request with the asset of every field in its place. Raises KeyError for one left out."""
    by_digest = {PLACEHOLDER + ref.field: assets[ref.field] for ref in wanted.media}
    request = wanted.request
    changed = {
        each.name: _filled(getattr(request, each.name), by_digest) for each in fields(request)
    }
    return replace(request, **changed)  # type: ignore[arg-type]  # same fields, same types


def _filled(part: object, assets: Mapping[str, Asset]) -> object:
    if isinstance(part, Asset):
        return assets.get(part.digest, part)
    if isinstance(part, tuple):
        return tuple(_filled(item, assets) for item in part)
    if isinstance(part, BrushStroke):
        return replace(part, mask=assets.get(part.mask.digest, part.mask))
    return part


def is_placeholder(part: object) -> bool:
    """Whether an asset is still missing somewhere in there."""
    if isinstance(part, Asset):
        return part.digest.startswith(PLACEHOLDER)
    if isinstance(part, tuple):
        return any(map(is_placeholder, part))
    if is_dataclass(part):
        return any(is_placeholder(getattr(part, each.name)) for each in fields(part))
    return False


class Collector:
    """Takes the media of one call and hands out the placeholders."""

    def __init__(self) -> None:
        self._refs: list[MediaRef] = []

    @property
    def refs(self) -> tuple[MediaRef, ...]:
        return tuple(self._refs)

    def take(self, field: str, text: str | None, sort: Sort) -> Asset | None:
        """None where nothing was given; an empty text is nothing. Raises KlingRefusal."""
        if text is None or not text.strip():
            return None
        return self.add(read_reference(field, text, sort))

    def need(self, field: str, text: str | None, sort: Sort) -> Asset:
        asset = self.take(field, text, sort)
        if asset is None:
            raise required(field)
        return asset

    def made(self, field: str, result_id: str, sort: Sort) -> Asset:
        """An earlier result as an input."""
        return self.add(MediaRef(field=field, sort=sort, made=result_id))

    def add(self, ref: MediaRef) -> Asset:
        self._refs.append(ref)
        return Asset(PLACEHOLDER + ref.field, "", 0)


_URL = re.compile(r"https?://", re.IGNORECASE)
_DATA = re.compile(r"data:[^,]*,", re.IGNORECASE)
_URL_CHARS_MAX = 8192
_SPACE = re.compile(r"\s+")


def read_reference(field: str, text: str, sort: Sort) -> MediaRef:
    """A URL, raw base64, or base64 behind a ``data:`` prefix. Raises KlingRefusal (1201)."""
    text = text.strip()
    if _URL.match(text):
        return MediaRef(field=field, sort=sort, url=read_url(field, text))
    if sort not in INLINE:
        raise refused(field, "must be a URL")
    prefix = _DATA.match(text)
    data = _from_base64(field, text[prefix.end() :] if prefix else text)
    check_size(sort, field, len(data))
    kind, types = media_type_of(data), RULES[sort].types
    # Pictures always show what they are; a sound may need its decoder.
    is_unknown = kind is None and all(each.startswith("image/") for each in types)
    if is_unknown or (kind is not None and kind not in types):
        raise refused(field, f"format is not supported, use {RULES[sort].formats}")
    return MediaRef(field=field, sort=sort, inline=data)


def read_url(field: str, text: str) -> str:
    """An http(s) address with a host. Whether it may be visited is not ours to say."""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        has_host = False
    is_whole = parts_are_plain(text) and _URL.match(text) is not None
    if not has_host or not is_whole or len(text) > _URL_CHARS_MAX:
        raise invalid(field, text)
    return text


def parts_are_plain(text: str) -> bool:
    """No blanks and no control characters, which could hide another address."""
    return text.isprintable() and _SPACE.search(text) is None


def _from_base64(field: str, text: str) -> bytes:
    """Both alphabets, with or without padding and line breaks: what clients send in practice."""
    compact = _SPACE.sub("", text).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        raise refused(field, "is neither a URL nor base64")
    return data


_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"BM....\0\0\0\0", re.DOTALL), "image/bmp"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"....ftypM4A", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftypqt", re.DOTALL), "video/quicktime"),
    (re.compile(rb"ID3"), "audio/mpeg"),
)


def media_type_of(data: bytes) -> str | None:
    """By the first bytes, as far as they tell; the decoder has the last word."""
    return next((kind for magic, kind in _MAGIC if magic.match(data)), None)
