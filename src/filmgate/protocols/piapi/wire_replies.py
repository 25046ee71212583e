"""Records of PiAPI's answers, key by key (``reference/kie-piapi-openai.md`` 2.3 and 2.5)."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from filmgate.protocols.reading import Object


class Reply(Struct):
    code: int
    data: object
    message: str


class Cancelled(Struct):
    """The one answer without ``data``."""

    code: int
    message: str


class Error(Struct):
    """Always there; zero and empty while nothing is wrong."""

    code: int = 0
    raw_message: str = ""
    message: str = ""
    detail: str | None = None


class Usage(Struct):
    type: str
    frozen: int
    consume: int


class Meta(Struct, kw_only=True):
    created_at: str
    started_at: str
    ended_at: str
    usage: Usage
    is_using_private_pool: bool
    processing_time: int | UnsetType = UNSET
    """Seconds (the guide's); stands in what has ended."""


class Cover(Struct):
    resource: str
    resource_without_watermark: str
    height: int
    width: int
    duration: int = 0


class Video(Struct):
    resource: str
    resource_without_watermark: str
    height: int
    width: int
    duration: int
    """In milliseconds."""


class Work(Struct):
    status: int
    type: str
    cover: Cover
    video: Video


class EmptyOutput(Struct):
    """What stands there until there is a film."""

    type: str = ""
    status: int = 0
    works: None = None


class Output(Struct, kw_only=True):
    """The union of all shapes that clients look for: classic, turbo, and the guide's."""

    type: str
    status: int
    works: list[Work]
    video_url: str
    video: str
    preview_url: str
    duration: float
    resolution: str
    file_size: int


class TaskRecord(Struct, kw_only=True):
    task_id: str
    model: str
    task_type: str
    status: str
    config: Object
    input: Object
    output: EmptyOutput | Output
    meta: Meta
    detail: None = None
    logs: list[str] = []
    error: Error


class Refused(Struct):
    """In place of a task: only what went wrong."""

    error: Error
    status: str = "failed"


class History(Struct, kw_only=True):
    """PiAPI documents no answer; the keys are ours."""

    page: int
    page_size: int
    total: int
    tasks: list[TaskRecord]


class AccountInfo(Struct, kw_only=True):
    account_name: str
    account_id: str
    plan: str
    credits: int
    equivalent_in_usd: float


class Call(Struct):
    """A webhook's body."""

    timestamp: int
    data: TaskRecord
