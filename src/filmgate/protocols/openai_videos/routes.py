"""Which paths are OpenAI's, and what each of them is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from filmgate.protocols.openai_videos.errors import unknown_path, unknown_video, wrong_method


class Action(StrEnum):
    CREATE = "create"
    LIST = "list"
    SYNC = "sync"
    EDIT = "edit"
    EXTEND = "extend"
    MAKE_CHARACTER = "make-character"
    GET_CHARACTER = "get-character"
    GET = "get"
    DELETE = "delete"
    CONTENT = "content"
    REMIX = "remix"
    MODELS = "models"
    MODEL = "model"
    ENDPOINTS = "endpoints"
    MAKE_ENDPOINT = "make-endpoint"
    GET_ENDPOINT = "get-endpoint"
    CHANGE_ENDPOINT = "change-endpoint"
    DELETE_ENDPOINT = "delete-endpoint"
    ROTATE_ENDPOINT = "rotate-endpoint"
    TEST_ENDPOINT = "test-endpoint"
    EVENT_TYPES = "event-types"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    action: Action
    thing: str = ""
    """The id in the path."""


_ID = r"([^/]+)"
_V, _E = "/videos", "/webhook_endpoints"
TABLE: tuple[tuple[str, dict[str, Action]], ...] = (
    (_V, {"POST": Action.CREATE, "GET": Action.LIST}),
    # Fixed words win over ids.
    (f"{_V}/sync", {"POST": Action.SYNC}),
    (f"{_V}/edits", {"POST": Action.EDIT}),
    (f"{_V}/extensions", {"POST": Action.EXTEND}),
    (f"{_V}/characters", {"POST": Action.MAKE_CHARACTER}),
    (f"{_V}/characters/{_ID}", {"GET": Action.GET_CHARACTER}),
    (f"{_V}/{_ID}", {"GET": Action.GET, "DELETE": Action.DELETE}),
    (f"{_V}/{_ID}/content", {"GET": Action.CONTENT}),
    (f"{_V}/{_ID}/remix", {"POST": Action.REMIX}),
    ("/models", {"GET": Action.MODELS}),
    ("/models/(.+)", {"GET": Action.MODEL}),
    (_E, {"GET": Action.ENDPOINTS, "POST": Action.MAKE_ENDPOINT}),
    (
        f"{_E}/{_ID}",
        {
            "GET": Action.GET_ENDPOINT,
            "POST": Action.CHANGE_ENDPOINT,
            "DELETE": Action.DELETE_ENDPOINT,
        },
    ),
    (f"{_E}/{_ID}/rotate_secret", {"POST": Action.ROTATE_ENDPOINT}),
    (f"{_E}/{_ID}/test", {"POST": Action.TEST_ENDPOINT}),
    ("/webhook_event_types", {"GET": Action.EVENT_TYPES}),
)
_ROUTES = tuple((re.compile(path), actions) for path, actions in TABLE)
VERSION = "/v1"
_OURS = re.compile(
    r"/v1/(?:videos(?:/(?:video_[^/]*|sync|edits|extensions|characters)(?:/.*)?)?"
    r"|models(?:/.*)?|webhook_endpoints(?:/.*)?|webhook_event_types)",
    re.DOTALL,  # an id with a line break in it is still asked for here
)
"""Under ``/v1/videos/`` all other words are Kling's (design part 10)."""


def is_openais(path: str) -> bool:
    """Outside of every prefix."""
    return _OURS.fullmatch(path) is not None


def find_route(method: str, path: str) -> Route:
    """``path`` begins at the protocol's root; the version may be left out there, as LiteLLM does.

    Raises OpenAIRefusal: 404 or 405.
    """
    asked = path.removeprefix(VERSION) if path.startswith(f"{VERSION}/") else path
    asked = asked.removesuffix("/") or "/"
    for pattern, actions in _ROUTES:
        found = pattern.fullmatch(asked)
        if found is None:
            continue
        action = actions.get("GET" if method == "HEAD" else method)
        if action is None:
            raise wrong_method(method, path)
        return Route(action=action, thing=found[1] if found.groups() else "")
    if asked.startswith(f"{_V}/video_"):
        raise unknown_video(asked.split("/")[2])
    raise unknown_path(method, path)
