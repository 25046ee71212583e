"""KIE's uploads (``reference/kie-piapi-openai.md`` 1.2): bodies to bytes or a URL, and a name."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from msgspec import Struct

from filmgate.protocols.kie.errors import KieRefusal, Sort
from filmgate.protocols.reading import convert, in_snake_case, read_object, required, url_of

SPELLED = {
    "base64_data": "base64Data",
    "file_url": "fileUrl",
    "upload_path": "uploadPath",
    "file_name": "fileName",
}
NAME_CHARS_MAX = 200
_DATA = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/vnd.wave": ".wav",
    "audio/aac": ".aac",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the client wants to find it. Shown again, and never used as a path."""

    path: str
    name: str
    """Empty: we choose one."""


class Base64Upload(Struct, kw_only=True):
    base64_data: str
    upload_path: str
    file_name: str = ""


class UrlUpload(Struct, kw_only=True):
    file_url: str
    upload_path: str
    file_name: str = ""


def base64_upload(body: bytes) -> tuple[bytes, Place]:
    """Plain base64 or a data URL. Raises FixRequest."""
    wire = convert(in_snake_case(read_object(body)), Base64Upload, SPELLED)
    prefix = _DATA.match(wire.base64_data)
    text = wire.base64_data[prefix.end() :] if prefix else wire.base64_data
    compact = _SPACE.sub("", text).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        raise KieRefusal(Sort.PARAMETER, "base64Data is not valid base64", field="base64Data")
    return data, place_of(wire.upload_path, wire.file_name)


def url_upload(body: bytes) -> tuple[str, Place]:
    """Raises FixRequest."""
    wire = convert(in_snake_case(read_object(body)), UrlUpload, SPELLED)
    return url_of("fileUrl", wire.file_url), place_of(wire.upload_path, wire.file_name)


def place_of(path: str, name: str) -> Place:
    """Only the last piece of a name counts: browsers send whole paths. Raises FixRequest."""
    if not path.strip():
        raise required("uploadPath")
    last = re.split(r"[/\\]", name.strip())[-1]
    for field, text in (("uploadPath", path), ("fileName", last)):
        if not text.isprintable() or len(text) > NAME_CHARS_MAX:
            raise KieRefusal(Sort.PARAMETER, f"{field} is invalid", field=field)
    return Place(path=path.strip().strip("/"), name=last)


def name_of(place: Place, digest: str, media_type: str) -> str:
    return place.name or digest[:16] + _ENDINGS.get(media_type, "")


class DownloadUrl(Struct, kw_only=True):
    url: str


def download_url(body: bytes) -> str:
    """The URL of a film of ours. Raises FixRequest."""
    return convert(in_snake_case(read_object(body)), DownloadUrl, {}).url.strip()
