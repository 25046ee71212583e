"""Stored files: what is known of them, and the ids under which the world may ask for them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from filmgate.domain.task import Task

RESULTS = "results/"
INPUTS = "assets/"
MEDIA_TYPES = {
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}
_OF_TASK = re.compile(r"(task_[0-9A-Za-z]{1,40})\.([a-z0-9]{3,4})", re.ASCII)
_INPUT = re.compile(r"asset_([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """A stored file as it is about to be sent."""

    file: str
    media_type: str
    size_bytes: int
    tag: str
    """Another one for other bytes; fit for a strong ETag once it is quoted."""
    changed_at: float


class Files(Protocol):
    """Stored files for whoever holds a signed link."""

    async def about(self, file: str) -> FileInfo | None:
        """None where there is no such file, and for anything that is no id. Raises SetUp."""

    def open_range(self, file: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to, and without, ``end``. Raises NotFound and SetUp."""


def film_key(task_id: str) -> str:
    return f"{RESULTS}{task_id}.mp4"


def input_key(digest: str) -> str:
    return f"{INPUTS}{digest[:2]}/{digest}"


def file_of(key: str) -> str:
    """The id of what is stored under this key: of a result's film, of its pictures, of an input."""
    name = key.rpartition("/")[2]
    return f"asset_{name}" if key.startswith(INPUTS) else name


def key_of(file: str) -> str | None:
    """None for anything that is no id of ours: nothing else may ever become a path."""
    if (found := _OF_TASK.fullmatch(file)) and found[2] in MEDIA_TYPES:
        return RESULTS + file
    if found := _INPUT.fullmatch(file):
        return input_key(found[1])
    return None


def is_expired(task: Task, now: float) -> bool:
    """From that second on record and film are gone for everybody, swept or not."""
    return task.state.ended and task.expires_at is not None and task.expires_at <= now
