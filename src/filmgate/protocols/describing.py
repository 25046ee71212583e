"""A protocol's paths for the OpenAPI document, from a list of its calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

Node = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    method: str
    path: str
    summary: str
    body: type[msgspec.Struct] | None = None
    spelled: Mapping[str, str] | None = None
    """The body's names on the wire, where they are others."""
    is_form: bool = False
    reply: type[msgspec.Struct] | None = None
    query: Sequence[str] = ()
    """Parameters, all of them texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    name: str
    """Also the beginning of its records' names."""
    description: str
    security: str
    """By which of the document's schemes it is opened."""


def described(tag: Tag, calls: Iterable[Described]) -> Mapping[str, object]:
    calls = list(calls)
    records = dict.fromkeys(each for call in calls for each in (call.body, call.reply) if each)
    _, schemas = msgspec.json.schema_components(
        tuple(records),
        ref_template=f"#/components/schemas/{tag.name}{{name}}",
        schema_hook=lambda _: {"description": "Whatever was asked for."},
    )
    paths: dict[str, Node] = {}
    for call in calls:
        if call.body is not None and call.spelled:
            _respell(cast("Node", schemas[call.body.__name__]), call.spelled)
        paths.setdefault(call.path, {})[call.method.lower()] = _call(tag, call)
    return {
        "tags": [{"name": tag.name, "description": tag.description}],
        "paths": paths,
        "components": {"schemas": {f"{tag.name}{name}": each for name, each in schemas.items()}},
    }


def _respell(schema: Node, spelled: Mapping[str, str]) -> None:
    properties = cast("Node", schema["properties"])
    schema["properties"] = {spelled.get(name, name): each for name, each in properties.items()}
    if "required" in schema:
        needed = cast("list[str]", schema["required"])
        schema["required"] = [spelled.get(name, name) for name in needed]


def _call(tag: Tag, call: Described) -> Node:
    told: Node = {
        "tags": [tag.name],
        "summary": call.summary,
        "security": [{tag.security: []}],
        "responses": {
            "200": {"description": "Done.", "content": _content(tag, call.reply)},
            "4XX": {"description": "Refused.", "content": _content(tag, None)},
            "5XX": {"description": "Our trouble.", "content": _content(tag, None)},
        },
    }
    if call.body is not None:
        media_type = "multipart/form-data" if call.is_form else "application/json"
        content = _content(tag, call.body, media_type)
        told["requestBody"] = {"required": True, "content": content}
    if parameters := [*_in_path(call.path), *_in_query(call.query)]:
        told["parameters"] = parameters
    return told


def _content(
    tag: Tag, record: type[msgspec.Struct] | None, media_type: str = "application/json"
) -> Node:
    if record is None:
        return {media_type: {"schema": {"type": "object"}}}
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{tag.name}{record.__name__}"}}}


def _in_path(path: str) -> list[Node]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def _in_query(names: Sequence[str]) -> list[Node]:
    return [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
