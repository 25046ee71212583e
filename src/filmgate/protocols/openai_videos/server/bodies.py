"""A call's body as fields, and the files that came with it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from filmgate.protocols.openai_videos.errors import OpenAIRefusal
from filmgate.protocols.openai_videos.forms import Fields, Upload, file_name, read_form, read_json
from filmgate.protocols.openai_videos.media_rules import URL_CHARS_MAX

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
FILES_MAX = 16
FIELDS_MAX = 200
PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Body:
    fields: Fields
    files: list[UploadFile] = field(default_factory=list[UploadFile])

    async def pieces(self, upload: Upload) -> AsyncIterator[bytes]:
        file = self.files[upload.part]
        while piece := await file.read(PIECE_BYTES):
            yield piece


@contextlib.asynccontextmanager
async def body_of(request: Request) -> AsyncIterator[Body]:
    """Its files are gone afterwards. Raises OpenAIRefusal."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in FORMS:
        yield Body(read_json(await request.body()))
        return
    try:
        form = await request.form(
            max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=URL_CHARS_MAX + 1024
        )
    except HTTPException as error:
        raise _unreadable(error.detail) from error
    except MultiPartException as error:
        raise _unreadable(error.message) from error
    except (FormParserError, ValueError) as error:
        raise _unreadable("it is not a proper form") from error
    try:
        files: list[UploadFile] = []
        pairs: list[tuple[str, str | Upload]] = []
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                pairs.append((name, Upload(len(files), file_name(value.filename or ""))))
                files.append(value)
            else:
                pairs.append((name, value))
        yield Body(read_form(pairs), files)
    finally:
        await form.close()


def _unreadable(reason: str) -> OpenAIRefusal:
    return OpenAIRefusal(f"We could not parse the form in the body of your request: {reason}.")
