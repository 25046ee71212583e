"""The native protocol as its part of the OpenAPI 3.1 document, made from the endpoint table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec
from msgspec import Struct

from filmgate.protocols.filmgate.endpoints import ENDPOINTS, Endpoint, Sort, Takes
from filmgate.protocols.filmgate.wire_replies import ErrorReply, ProgressReply, TaskReply

Json = dict[str, object]
TAG = "filmgate"
ABOUT = (
    "Filmgate's own protocol: every kind of request with every control, quotes, percent, events. "
    'An error\'s body is always `{"error": {"code", "message", "field", "remedy", '
    '"request_id"}}`; decide by `code`.'
)
HEAD = f"{TAG}."
"""Of every schema's name: other protocols have a Camera, too."""
COMMON_REFUSALS = {
    400: "What was sent won't do; `field` says where, `remedy` what would do.",
    401: "No key, or none that opens anything here.",
    408: "The body did not come in time.",
    500: "A defect of ours; tell us the `request_id`.",
    503: "The server is not in order.",
}
REFUSALS = {
    402: "Not enough credits, or more than the ceiling that was set.",
    404: "There is no such thing, or it belongs to somebody else.",
    409: "Not possible in the present state, or the name or key was used before.",
    413: "Too many bytes.",
    502: "Who had to be asked can't be reached.",
    429: "Too much at once; `Retry-After` tells when it will do.",
}
IDEMPOTENCY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key and body again give the same task, made once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}


@cache
def describe() -> Mapping[str, object]:
    paths: dict[str, Json] = {}
    for each in ENDPOINTS.values():
        paths.setdefault(each.template, {})[each.method.lower()] = _operation(each)
    return {
        "tags": [{"name": TAG, "description": ABOUT}],
        "paths": paths,
        "components": {"schemas": _schemas()[1]},
    }


def _operation(endpoint: Endpoint) -> Json:
    told: Json = {
        "operationId": f"{TAG}_{endpoint.name}",
        "tags": [TAG],
        "summary": endpoint.told,
        "security": [{"bearer": []}],
        "responses": {**_success(endpoint), **_refusals(endpoint)},
    }
    if parameters := [*_path_parameters(endpoint), *_query_parameters(endpoint)]:
        told["parameters"] = parameters
    if endpoint.idempotent:
        told["parameters"] = [*parameters, IDEMPOTENCY]
    if endpoint.takes is not Takes.NOTHING:
        told["requestBody"] = {"required": True, "content": _body(endpoint)}
    return told


def _body(endpoint: Endpoint) -> Json:
    if endpoint.takes is Takes.JSON:
        content: Json = {"schema": _schema_of(endpoint.body), "example": endpoint.example}
        return {"application/json": content}
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "properties": {"file": file}, "required": ["file"]}
    return {
        "application/octet-stream": {"schema": {}},
        "multipart/form-data": {"schema": form},
    }


def _success(endpoint: Endpoint) -> Json:
    match endpoint.sort:
        case Sort.JSON:
            content: Json = {"application/json": {"schema": _schema_of(endpoint.answer)}}
            answer: Json = {"description": endpoint.told, "content": content}
        case Sort.EVENTS:
            events = (
                "`task` carries a TaskReply, `progress` a ProgressReply, `error` an ErrorReply."
            )
            stream = {"text/event-stream": {"schema": {"type": "string"}}}
            answer = {"description": f"Server-sent events: {events}", "content": stream}
        case Sort.REDIRECT:
            link = {"description": "A signed link; no key is needed there.", "schema": _URI}
            answer = {"description": "See there.", "headers": {"Location": link}}
    return {str(endpoint.status): answer}


_URI: Json = {"type": "string", "format": "uri"}


def _refusals(endpoint: Endpoint) -> Json:
    content = {"application/json": {"schema": _schema_of(ErrorReply)}}
    told = {**COMMON_REFUSALS, **{status: REFUSALS[status] for status in endpoint.refusals}}
    return {
        str(status): {"description": words, "content": content}
        for status, words in sorted(told.items())
    }


def _path_parameters(endpoint: Endpoint) -> Iterable[Json]:
    for part in endpoint.path.split("/"):
        if part.startswith("{"):
            schema = {"type": "string", "minLength": 1}
            yield {"name": part.strip("{*}"), "in": "path", "required": True, "schema": schema}


def _query_parameters(endpoint: Endpoint) -> Iterable[Json]:
    record = _plain_schema(endpoint.query)
    properties = record["properties"]
    assert isinstance(properties, dict)
    for name, schema in properties.items():
        yield {"name": name, "in": "query", "schema": _without_null(schema)}


def _without_null(schema: Json) -> Json:
    """Null can't be said in a query: it is said by saying nothing."""
    some = schema.get("anyOf")
    if not isinstance(some, list):
        return schema
    found: Json = next(each for each in some if each != {"type": "null"})
    return found


def _plain_schema(record: type[Struct]) -> Json:
    _, parts = msgspec.json.schema_components([record], ref_template=f"{REF}{{name}}")
    found: Json = parts[record.__name__]
    return found


REF = f"#/components/schemas/{HEAD}"


@cache
def _schemas() -> tuple[dict[object, Json], Json]:
    """By type, and all parts by name."""
    types: list[object] = [
        ErrorReply,
        TaskReply,
        ProgressReply,
        *(each.body for each in ENDPOINTS.values() if each.body is not None),
        *(each.answer for each in ENDPOINTS.values() if each.answer is not None),
        *(each.query for each in ENDPOINTS.values()),
    ]
    found, parts = msgspec.json.schema_components(types, ref_template=f"{REF}{{name}}")
    by_type = dict(zip(types, found, strict=True))
    return by_type, {HEAD + name: part for name, part in parts.items()}


def _schema_of(kind: object) -> Json:
    return _schemas()[0][kind]
