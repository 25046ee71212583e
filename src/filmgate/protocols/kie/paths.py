"""Every path of KIE's that we serve, and the shape of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from filmgate.protocols.kie.errors import Design, KieRefusal, Sort


class Action(StrEnum):
    GENERATE = "generate"
    SEED_RECORD = "seed-record"
    CREATE_TASK = "create-task"
    RECORD = "record"
    CREDIT = "credit"
    DOWNLOAD_URL = "download-url"
    BASE64_UPLOAD = "base64-upload"
    STREAM_UPLOAD = "stream-upload"
    URL_UPLOAD = "url-upload"


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    action: Action
    design: Design


ROUTES: dict[str, Route] = {
    "/api/v1/kling/generate": Route("POST", Action.GENERATE, Design.SEED),
    "/api/v1/kling/record-info": Route("GET", Action.SEED_RECORD, Design.SEED),
    "/api/v1/jobs/createTask": Route("POST", Action.CREATE_TASK, Design.MARKET),
    "/api/v1/jobs/recordInfo": Route("GET", Action.RECORD, Design.MARKET),
    "/api/v1/chat/credit": Route("GET", Action.CREDIT, Design.MARKET),
    "/api/v1/user/credits": Route("GET", Action.CREDIT, Design.MARKET),
    "/api/v1/common/download-url": Route("POST", Action.DOWNLOAD_URL, Design.MARKET),
    "/api/file-base64-upload": Route("POST", Action.BASE64_UPLOAD, Design.UPLOAD),
    "/api/file-stream-upload": Route("POST", Action.STREAM_UPLOAD, Design.UPLOAD),
    "/api/file-url-upload": Route("POST", Action.URL_UPLOAD, Design.UPLOAD),
}

_OWN = tuple(f"/api/v1/{word}" for word in ("kling", "jobs", "chat", "user", "common"))
_UPLOADS = "/api/file-"


def is_kies(path: str) -> bool:
    """Also what KIE will then refuse as unknown (design.md part 10)."""
    return path.startswith(_UPLOADS) or any(
        path == each or path.startswith(f"{each}/") for each in _OWN
    )


def find_route(method: str, path: str) -> Route:
    """Raises KieRefusal."""
    route = ROUTES.get(path.rstrip("/"))
    if route is None:
        raise KieRefusal(Sort.NO_PATH, f"there is no {path[:100]} here")
    if method != route.method:
        raise KieRefusal(Sort.METHOD, f"{path[:100]} takes {route.method}")
    return route


def design_of(path: str) -> Design:
    """The shape in which a refusal on this path is told."""
    if path.startswith("/api/v1/kling"):
        return Design.SEED
    return Design.UPLOAD if path.startswith(_UPLOADS) else Design.MARKET
