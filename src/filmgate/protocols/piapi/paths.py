"""Every path of PiAPI's that we serve."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from filmgate.protocols.piapi.errors import unknown_path, wrong_method


class Action(StrEnum):
    CREATE = "create"
    FETCH = "fetch"
    CANCEL = "cancel"
    PURGE = "purge"
    HISTORY = "history"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Route:
    action: Action
    task_id: str = ""


_TASK = "/api/v1/task"
_FIXED: dict[str, tuple[str, Action]] = {
    _TASK: ("POST", Action.CREATE),
    "/api/v1/tasks": ("DELETE", Action.PURGE),
    "/api/open/tasks/histories": ("GET", Action.HISTORY),
    "/account/info": ("GET", Action.ACCOUNT),
}
_OF_TASK = {"GET": Action.FETCH, "DELETE": Action.CANCEL}
_OWN = ("/api/v1/", "/api/open/")


def is_piapis(path: str) -> bool:
    """Whatever else begins with ``/api/v1/`` is refused as PiAPI's (design.md part 10)."""
    return path in _FIXED or path == "/api/v1" or path.startswith(_OWN)


def find_route(method: str, path: str) -> Route:
    """Raises PiapiRefusal."""
    path = path.rstrip("/")
    if fixed := _FIXED.get(path):
        if method != fixed[0]:
            raise wrong_method(method)
        return Route(fixed[1])
    task_id = path.removeprefix(f"{_TASK}/")
    if task_id == path or not task_id or "/" in task_id:
        raise unknown_path(path)
    action = _OF_TASK.get(method)
    if action is None:
        raise wrong_method(method)
    return Route(action, task_id)
