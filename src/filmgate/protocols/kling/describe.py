"""Kling's paths for the OpenAPI document, made of the table of endpoints and the wire's records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from filmgate.protocols.kling import wire_legacy, wire_library, wire_replies
from filmgate.protocols.kling.auth import Design
from filmgate.protocols.kling.endpoints import ENDPOINTS, Endpoint
from filmgate.protocols.kling.faces import FACES
from filmgate.protocols.kling.wire import ErrorBody

Node = dict[str, object]
BODIES: dict[str, type[msgspec.Struct]] = {
    "/v1/videos/text2video": wire_legacy.Text2Video,
    "/v1/videos/image2video": wire_legacy.Image2Video,
    "/v1/videos/multi-image2video": wire_legacy.MultiImageBody,
    "/v1/videos/video-extend": wire_legacy.ExtendBody,
    "/v1/videos/effects": wire_legacy.EffectsBody,
    "/account/billing/balance": wire_library.BillingBody,
    "/account/billing/package": wire_library.BillingBody,
    "/tasks": wire_library.TasksBody,
}
"""Bodies whose record is one and the same for every reader of the path."""
PREFIX = "Kling"
_V, _G = "/v1/videos", "/v1/general"
SUMMARIES: dict[str, str] = {
    f"{_V}/text2video": "A film from words.",
    f"{_V}/image2video": "A film from a picture, or from its first and last one.",
    f"{_V}/omni-video": "A film from references of every sort.",
    f"{_V}/motion-control": "A person in a picture moves like the person in a clip.",
    f"{_V}/multi-image2video": "A film from up to four pictures.",
    f"{_V}/video-extend": "Go on from the end of a film.",
    f"{_V}/effects": "A named effect on one or two pictures.",
    f"{_V}/lip-sync": "Put words in a mouth.",
    f"{_V}/advanced-lip-sync": "Put words in the mouth of a face that was found.",
    f"{_V}/identify-face": "Find the faces of a clip.",
    f"{_V}/avatar/image2video": "A portrait that speaks.",
    f"{_V}/multi-elements": "Add, swap or remove things in a clip.",
    f"{_V}/multi-elements/init-selection": "Begin to mark things in a clip.",
    f"{_V}/multi-elements/add-selection": "Mark a thing.",
    f"{_V}/multi-elements/delete-selection": "Take a mark back.",
    f"{_V}/multi-elements/clear-selection": "Take all marks back.",
    f"{_V}/multi-elements/preview-selection": "See what is marked.",
    "/v1/images/kolors-virtual-try-on": "A person wearing a garment.",
    "/v1/audio/tts": "Speech from words, at once.",
    "/v1/audio/text-to-audio": "Sound from words.",
    "/v1/audio/video-to-audio": "Sound for a clip.",
    f"{_G}/custom-voices": "Keep a voice.",
    f"{_G}/presets-voices": "Everybody's voices.",
    f"{_G}/delete-voices": "Delete a voice.",
    f"{_G}/advanced-custom-elements": "Keep an element: a person or a thing to refer to.",
    f"{_G}/advanced-presets-elements": "Everybody's elements.",
    f"{_G}/delete-advanced-elements": "Delete an element.",
    f"{_G}/custom-elements": "Keep an element, in the older form.",
    f"{_G}/presets-elements": "Everybody's elements, in the older form.",
    f"{_G}/delete-elements": "Delete an element.",
    "/account/costs": "What is left of your credits.",
    "/account/billing/balance": "What was taken from a money balance.",
    "/account/billing/package": "What was taken from your credits, task by task.",
    "/tasks": "Tasks by their ids, or by a search.",
    "/solutions": "Tasks by their ids, or by a search.",
    "/solutions/virtual_try_on": "A person wearing garments, in the newer form.",
}


def describe() -> Mapping[str, object]:
    records = (*dict.fromkeys(BODIES.values()), ErrorBody, wire_replies.Created)
    _, schemas = msgspec.json.schema_components(
        records, ref_template=f"#/components/schemas/{PREFIX}{{name}}"
    )
    paths: Node = {}
    for endpoint in ENDPOINTS.values():
        paths |= dict(_paths(endpoint))
    for product, model in sorted(FACES):
        path = f"/{product}/{model}"
        paths[path] = {"post": _create(path, Design.NEW, f"A film by {model}.")}
    return {
        "tags": [{"name": "Kling", "description": "Both designs of Kling's API."}],
        "paths": paths,
        "components": {"schemas": {f"{PREFIX}{name}": each for name, each in schemas.items()}},
    }


def _paths(endpoint: Endpoint) -> Iterator[tuple[str, Node]]:
    calls: Node = {}
    if endpoint.read is not None:
        calls["post"] = _create(endpoint.path, endpoint.design, SUMMARIES[endpoint.path])
    if endpoint.is_get:
        calls["get"] = _call(endpoint.design, SUMMARIES[endpoint.path])
    elif endpoint.has_tasks:
        calls["get"] = _call(endpoint.design, "The newest tasks.", _PAGES)
        one = _call(endpoint.design, "One task, by our id or your own.", [_ID])
        yield f"{endpoint.path}/{{id}}", {"get": one}
    if calls:
        yield endpoint.path, calls


def _create(path: str, design: Design, summary: str) -> Node:
    record = BODIES.get(path)
    schema: Node = {"type": "object"}
    if record is not None:
        schema = {"$ref": f"#/components/schemas/{PREFIX}{record.__name__}"}
    call = _call(design, summary)
    call["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return call


def _call(design: Design, summary: str, parameters: list[Node] | None = None) -> Node:
    both: list[Node] = [{"klingKey": []}]
    if design is Design.LEGACY:
        both.append({"klingToken": []})
    told: Node = {"$ref": f"#/components/schemas/{PREFIX}ErrorBody"}
    fault: Node = {
        "description": "Refused; decide by ``code``, never by the status.",
        "content": {"application/json": {"schema": told}},
    }
    call: Node = {
        "tags": ["Kling"],
        "summary": summary,
        "security": both,
        "responses": {
            "200": {
                "description": "``code`` 0, and what was asked for under ``data``.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "4XX": fault,
            "5XX": fault,
        },
    }
    if parameters:
        call["parameters"] = parameters
    return call


_ID: Node = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_PAGES: list[Node] = [
    {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": most}}
    for name, most in (("pageNum", 1000), ("pageSize", 500))
]
