"""Between requests on the wire and ours. Nothing here looks anything up or fetches anything."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from filmgate.domain.errors import FixRequest, NotFound
from filmgate.domain.media import MediaLimits
from filmgate.domain.request import KINDS, Asset, Kind, Request
from filmgate.protocols.filmgate.media_rules import LIMITS
from filmgate.protocols.filmgate.wire import ASSET_HEAD
from filmgate.protocols.filmgate.wire_replies import TOLD, GivenAsset
from filmgate.protocols.filmgate.wire_requests import CREATE, Input

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

INPUT_WAYS = ("asset", "url", "base64", "task")
DIGEST_SIGNS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An input that a request refers to, and where in it: ``strokes[0].mask``."""

    path: str
    given: Input
    limits: MediaLimits


def inputs_of(body: Struct) -> list[Wanted]:
    """Every input of a request, in order. Raises FixRequest where one is not exactly one thing."""
    found = []
    for path, given in _inputs(body, ""):
        ways = [way for way in INPUT_WAYS if getattr(given, way) is not None]
        if len(ways) != 1:
            raise FixRequest(
                f"{path} must have exactly one of {', '.join(INPUT_WAYS)}, and has {len(ways)}",
                field=path,
                remedy='Send it like {"url": "https://..."}.',
            )
        name = path.partition("[")[0] if path.endswith("]") else path.rpartition(".")[2]
        found.append(Wanted(path=path, given=given, limits=LIMITS[name]))
    return found


def request_of(body: Struct, assets: Mapping[str, Asset]) -> Request:
    """The request with the asset of every input in its place, by path. Raises FixRequest."""
    kind = kind_of(body)
    cls = KINDS[kind]
    said = {each.name: _plain(getattr(body, each.name), each.name, assets) for each in fields(cls)}
    return msgspec.convert(said, cls, from_attributes=True)


def kind_of(body: Struct) -> Kind:
    return Kind(str(type(body).__struct_config__.tag))


def bytes_of(base64_text: str, *, field: str) -> bytes:
    """Both alphabets, with or without padding, line breaks and ``data:`` prefix. Raises
    FixRequest."""
    text = base64_text
    if text.startswith("data:"):
        text = text.partition(",")[2]
    text = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        raise FixRequest(f"{field} is no base64", field=f"{field}.base64")
    return data


def digest_of(asset_id: str) -> str:
    """Raises NotFound for anything that is no id of ours."""
    digest = asset_id.removeprefix(ASSET_HEAD)
    if digest == asset_id or len(digest) != 64 or not DIGEST_SIGNS.issuperset(digest):
        raise NotFound(f"{asset_id!r} is no id of an upload")
    return digest


def told_request(request: Request) -> Struct:
    """The request as it is shown to its owner."""
    return _told(request, TOLD.kinds[request.kind])


def sent_request(request: Request) -> dict[str, object]:
    """The request as a client sends it: its assets are in the server's keeping already."""
    shape = CREATE.kinds[request.kind]
    said = {each.name: _sent(getattr(request, each.name)) for each in fields(request)}
    defaults = {each.name: each.default for each in msgspec.structs.fields(shape)}
    return {
        "kind": request.kind.value,
        **{name: value for name, value in said.items() if value != _sent(defaults[name])},
    }


def shown_request(told: Struct) -> Request:
    """The request as a client reads it in a task."""
    cls = KINDS[kind_of(told)]
    said = {each.name: _shown(getattr(told, each.name)) for each in fields(cls)}
    return msgspec.convert(said, cls, from_attributes=True)


def _inputs(part: object, path: str) -> Iterator[tuple[str, Input]]:
    if isinstance(part, Input):
        yield path, part
    elif isinstance(part, Struct):
        for name in part.__struct_fields__:
            yield from _inputs(getattr(part, name), f"{path}.{name}" if path else name)
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from _inputs(item, f"{path}[{index}]")


def _plain(part: object, path: str, assets: Mapping[str, Asset]) -> object:
    if isinstance(part, Input):
        return assets[path]
    if isinstance(part, Struct):
        return {
            name: _plain(getattr(part, name), f"{path}.{name}", assets)
            for name in part.__struct_fields__
        }
    if isinstance(part, tuple):
        return [_plain(item, f"{path}[{index}]", assets) for index, item in enumerate(part)]
    return part


def _told(part: DataclassInstance, shape: type[Struct]) -> Struct:
    return shape(**{each.name: _told_value(getattr(part, each.name)) for each in fields(part)})


def _told_value(part: object) -> object:
    if isinstance(part, Asset):
        return _told_asset(part)
    if isinstance(part, tuple):
        return tuple(_told_value(item) for item in part)
    if is_dataclass(part) and not isinstance(part, type):
        return _told(part, TOLD.parts[type(part)])
    return part


def _told_asset(asset: Asset) -> GivenAsset:
    fetch = asset.fetch
    return GivenAsset(
        asset=None if fetch else ASSET_HEAD + asset.digest,
        url=fetch.url if fetch else None,
        media_type=None if fetch else asset.media_type,
        size_bytes=None if fetch else asset.size_bytes,
        name=asset.name,
    )


def _sent(part: object) -> object:
    if isinstance(part, Asset):
        return {"asset": ASSET_HEAD + part.digest}
    if isinstance(part, tuple):
        return [_sent(item) for item in part]
    if is_dataclass(part):
        return {each.name: _sent(getattr(part, each.name)) for each in fields(part)}
    return part


def _shown(part: object) -> object:
    if isinstance(part, GivenAsset):
        digest = (part.asset or "").removeprefix(ASSET_HEAD)
        return Asset(digest, part.media_type or "", part.size_bytes or 0, part.name)
    if isinstance(part, tuple):
        return [_shown(item) for item in part]
    if isinstance(part, Struct):
        return {name: _shown(getattr(part, name)) for name in part.__struct_fields__}
    return part
