"""PiAPI's paths for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping

from filmgate.protocols.describing import Described, Tag, described
from filmgate.protocols.piapi.wire import Create
from filmgate.protocols.piapi.wire_replies import Cancelled, Reply

_TAG = Tag(name="PiAPI", description="PiAPI's unified API, for Kling.", security="xApiKey")
_TASK = "/api/v1/task"
_CALLS = (
    Described(method="POST", path=_TASK, summary="A task of any type.", body=Create, reply=Reply),
    Described(method="GET", path=f"{_TASK}/{{task_id}}", summary="One task.", reply=Reply),
    Described(
        method="DELETE",
        path=f"{_TASK}/{{task_id}}",
        summary="Cancel a task that is still pending.",
        reply=Cancelled,
    ),
    Described(
        method="DELETE",
        path="/api/v1/tasks",
        summary="Cancel all pending tasks that are older.",
        query=("created_before", "model"),
        reply=Cancelled,
    ),
    Described(
        method="GET",
        path="/api/open/tasks/histories",
        summary="Tasks, the newest first.",
        query=("page", "page_size", "model", "start_time", "end_time"),
        reply=Reply,
    ),
    Described(method="GET", path="/account/info", summary="Plan and balance.", reply=Reply),
)


def describe() -> Mapping[str, object]:
    return described(_TAG, _CALLS)
