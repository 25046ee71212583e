"""The film of a video, and the pictures of it, whole or in parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import assert_never

from starlette.responses import Response, StreamingResponse

from filmgate.domain.files import FileInfo, file_of
from filmgate.domain.ranges import Part, Unsatisfiable, Whole, parse_range
from filmgate.domain.task import Result, Task
from filmgate.protocols.face import Call
from filmgate.protocols.openai_videos.errors import OpenAIRefusal
from filmgate.protocols.openai_videos.queries import Variant
from filmgate.protocols.openai_videos.translate_replies import id_of
from filmgate.usecases.front import Front


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    front: Front

    async def send(self, call: Call, task: Task, variant: Variant) -> Response:
        """Raises OpenAIRefusal: 404 where there is no such file, yet or at all; 416."""
        found = await self._find(task, variant)
        headers = call.request.headers
        etag = f'"{found.tag}"'
        if headers.get("if-none-match") == etag and "range" not in headers:
            return Response(status_code=304, headers={"etag": etag})
        span = parse_range(
            headers.get("range"), found.size_bytes, if_range=headers.get("if-range"), etag=etag
        )
        match span:
            case Unsatisfiable():
                raise RangeBeyond(span.content_range)
            case Whole(size):
                return self._pieces(call, found, 0, size, {})
            case Part(start, end):
                return self._pieces(call, found, start, end, {"content-range": span.content_range})
            case _:
                assert_never(span)

    async def _find(self, task: Task, variant: Variant) -> FileInfo:
        # A film that came after we gave up is its owner's all the same.
        result = task.result or task.rescued
        if result is None and not task.state.ended:
            raise OpenAIRefusal(
                "Video is not ready yet, use GET /v1/videos/{video_id} to check status.",
                status=404,
                param="video_id",
            )
        key = None if result is None else _key(result, variant)
        found = None if key is None else await self.front.files.about(file_of(key))
        if found is None:
            raise OpenAIRefusal(
                f"Video '{id_of(task.id)}' has no {variant.value} to download.",
                status=404,
                param="variant",
            )
        return found

    def _pieces(
        self, call: Call, found: FileInfo, start: int, end: int, told: dict[str, str]
    ) -> Response:
        headers = {
            "content-length": str(end - start),
            "accept-ranges": "bytes",
            "etag": f'"{found.tag}"',
            "last-modified": formatdate(found.changed_at, usegmt=True),
            "cache-control": "private, max-age=3600",
            "x-content-type-options": "nosniff",
            **told,
        }
        pieces = self._read(call, found, start, end)
        status = 206 if told else 200
        return StreamingResponse(pieces, status, headers=headers, media_type=found.media_type)

    async def _read(
        self, call: Call, found: FileInfo, start: int, end: int
    ) -> AsyncIterator[bytes]:
        if call.method != "HEAD" and end > start:
            async for piece in self.front.files.open_range(found.file, start, end):
                yield piece


class RangeBeyond(OpenAIRefusal):
    """The range begins behind the end."""

    def __init__(self, content_range: str) -> None:
        super().__init__("The requested range begins behind the end of the file.", status=416)
        self.content_range = content_range


def _key(result: Result, variant: Variant) -> str | None:
    match variant:
        case Variant.VIDEO:
            return result.path
        case Variant.THUMBNAIL:
            return result.thumbnail
        case Variant.SPRITESHEET:
            return result.sheet
        case _:
            assert_never(variant)
