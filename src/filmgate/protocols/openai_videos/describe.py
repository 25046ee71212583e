"""OpenAI's paths for the OpenAPI document, made of the table of routes and the wire's records."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from filmgate.protocols.openai_videos import wire
from filmgate.protocols.openai_videos.queries import LIMIT_MAX, Variant
from filmgate.protocols.openai_videos.routes import TABLE, VERSION, Action

Node = dict[str, object]
PREFIX = "OpenAI"
SUMMARIES: dict[Action, str] = {
    Action.CREATE: "Make a video from a prompt, and a picture if there is one.",
    Action.LIST: "Your videos, the newest first.",
    Action.SYNC: "Make a video and wait for its film.",
    Action.EDIT: "Change a video by a prompt.",
    Action.EXTEND: "Go on from the end of a video.",
    Action.MAKE_CHARACTER: "Make a character of a clip.",
    Action.GET_CHARACTER: "One character.",
    Action.GET: "One video.",
    Action.DELETE: "Take a video back, done or not.",
    Action.CONTENT: "The film, a thumbnail or a sheet of stills; Range works.",
    Action.REMIX: "The same video by another prompt.",
    Action.MODELS: "Every model that a create may name.",
    Action.MODEL: "One model.",
    Action.ENDPOINTS: "Your webhook endpoints.",
    Action.MAKE_ENDPOINT: "Be told of your videos.",
    Action.GET_ENDPOINT: "One webhook endpoint.",
    Action.CHANGE_ENDPOINT: "Change a webhook endpoint.",
    Action.DELETE_ENDPOINT: "Be told no more.",
    Action.ROTATE_ENDPOINT: "A new signing secret.",
    Action.TEST_ENDPOINT: "Send an event that tells of nothing.",
    Action.EVENT_TYPES: "What an endpoint can be told.",
}
BODIES: dict[Action, type[msgspec.Struct]] = {
    Action.CREATE: wire.CreateBody,
    Action.SYNC: wire.CreateBody,
    Action.EDIT: wire.EditBody,
    Action.EXTEND: wire.ExtendBody,
    Action.REMIX: wire.RemixBody,
    Action.MAKE_CHARACTER: wire.CharacterBody,
    Action.MAKE_ENDPOINT: wire.EndpointBody,
    Action.CHANGE_ENDPOINT: wire.EndpointChanges,
    Action.ROTATE_ENDPOINT: wire.RotateBody,
    Action.TEST_ENDPOINT: wire.TestBody,
}
REPLIES: dict[Action, type[msgspec.Struct]] = {
    **dict.fromkeys(
        (Action.CREATE, Action.EDIT, Action.EXTEND, Action.GET, Action.REMIX), wire.Video
    ),
    **dict.fromkeys((Action.MAKE_CHARACTER, Action.GET_CHARACTER), wire.Character),
    Action.LIST: wire.Page,
    Action.DELETE: wire.Deleted,
    Action.MODELS: wire.ModelList,
    Action.MODEL: wire.ModelItem,
    Action.ENDPOINTS: wire.EndpointPage,
    Action.MAKE_ENDPOINT: wire.EndpointWithSecret,
    Action.ROTATE_ENDPOINT: wire.EndpointWithSecret,
    Action.GET_ENDPOINT: wire.Endpoint,
    Action.CHANGE_ENDPOINT: wire.Endpoint,
    Action.DELETE_ENDPOINT: wire.EndpointDeleted,
    Action.TEST_ENDPOINT: wire.EndpointTest,
    Action.EVENT_TYPES: wire.EventTypes,
}
FILMS = frozenset({Action.SYNC, Action.CONTENT})
FORMS = frozenset({Action.CREATE, Action.SYNC, Action.EDIT, Action.EXTEND, Action.MAKE_CHARACTER})
QUERIES: dict[Action, tuple[tuple[str, Node], ...]] = {
    Action.LIST: (
        ("after", {"type": "string"}),
        ("limit", {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX}),
        ("order", {"enum": ["asc", "desc"]}),
    ),
    Action.CONTENT: (("variant", {"enum": [each.value for each in Variant]}),),
}


def describe() -> Mapping[str, object]:
    records = (*dict.fromkeys((*BODIES.values(), *REPLIES.values())), wire.ErrorBody)
    _, schemas = msgspec.json.schema_components(
        records, ref_template=f"#/components/schemas/{PREFIX}{{name}}"
    )
    paths: Node = {}
    for pattern, actions in TABLE:
        path = VERSION + pattern.replace("([^/]+)", "{id}").replace("(.+)", "{id}")
        paths[path] = {method.lower(): _call(action, path) for method, action in actions.items()}
    return {
        "tags": [{"name": "OpenAI", "description": "OpenAI Videos, and what engines add to it."}],
        "paths": paths,
        "components": {"schemas": {f"{PREFIX}{name}": each for name, each in schemas.items()}},
    }


VIDEO = f"{VERSION}/videos/{{id}}"
VIDEO_ID = "^video_[0-9A-Za-z_-]+$"
"""Without its head an id under that path is one of Kling's words."""


def _call(action: Action, path: str) -> Node:
    parameters: list[Node] = []
    if "{id}" in path:
        text: Node = {"type": "string"}
        if path.startswith(VIDEO):
            text["pattern"] = VIDEO_ID
        parameters.append({"name": "id", "in": "path", "required": True, "schema": text})
    for name, schema in QUERIES.get(action, ()):
        parameters.append({"name": name, "in": "query", "schema": schema})
    call: Node = {
        "tags": ["OpenAI"],
        "summary": SUMMARIES[action],
        "security": [{"bearer": []}],
        "responses": {
            "200": {"description": "Done.", "content": _content(action)},
            "4XX": {"description": "Refused.", "content": _json(wire.ErrorBody)},
            "5XX": {"description": "Our own trouble.", "content": _json(wire.ErrorBody)},
        },
    }
    if parameters:
        call["parameters"] = parameters
    if body := BODIES.get(action):
        content = _json(body)
        if action in FORMS:
            content["multipart/form-data"] = content["application/json"]
        call["requestBody"] = {"required": True, "content": content}
    return call


def _content(action: Action) -> Node:
    if action in FILMS:
        film: Node = {"type": "string", "format": "binary"}
        return {"video/mp4": {"schema": film}}
    reply = REPLIES.get(action)
    return {"application/json": {"schema": {"type": "object"}}} if reply is None else _json(reply)


def _json(record: type[msgspec.Struct]) -> Node:
    schema: Node = {"$ref": f"#/components/schemas/{PREFIX}{record.__name__}"}
    return {"application/json": {"schema": schema}}
