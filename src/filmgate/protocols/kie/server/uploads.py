"""KIE's uploads carried out: what comes in is kept, and gets an address that inputs may use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from filmgate.domain.request import Asset, Fetch
from filmgate.protocols.kie.errors import KieRefusal, Sort
from filmgate.protocols.kie.media_rules import UPLOAD
from filmgate.protocols.kie.translate_replies import stored_file
from filmgate.protocols.kie.translate_upload import (
    Place,
    base64_upload,
    name_of,
    place_of,
    url_upload,
)
from filmgate.protocols.reading import required
from filmgate.usecases.front import Front
from filmgate.usecases.take_in import FILES, take_in_one

KEPT_S = 3 * 86_400.0
"""How long KIE keeps uploads (``reference/kie-piapi-openai.md`` 1.1)."""
PIECE_BYTES = 1 << 20
FILES_MAX = 4
FIELDS_MAX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    front: Front

    async def base64(self, body: bytes) -> bytes:
        """Raises FilmgateError; all of these."""
        data, place = base64_upload(body)
        kept = await self.front.intake.keep(data, field="base64Data", limits=UPLOAD)
        return self._told(kept, place)

    async def url(self, body: bytes) -> bytes:
        url, place = url_upload(body)
        wanted = Fetch(url=url, field="fileUrl", limits=UPLOAD)
        if url.startswith(self.front.public_url + FILES):
            return self._told(await take_in_one(wanted, self.front), place)
        promised = self.front.intake.promise(url, field=wanted.field, limits=UPLOAD)
        assert promised.fetch is not None, "a promise without an address"
        return self._told(await self.front.intake.fetch(promised.fetch), place)

    async def stream(self, request: Request) -> bytes:
        try:
            async with request.form(max_files=FILES_MAX, max_fields=FIELDS_MAX) as form:
                return await self._kept(form)
        except (MultiPartException, FormParserError, HTTPException) as error:
            raise KieRefusal(Sort.BODY, "the body is no multipart form") from error

    async def _kept(self, form: FormData) -> bytes:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise required("file")
        place = place_of(_text(form, "uploadPath"), _text(form, "fileName") or file.filename or "")
        kept = await self.front.intake.keep_stream(
            _pieces(file), field="file", limits=UPLOAD, name=place.name
        )
        return self._told(kept, place)

    def _told(self, asset: Asset, place: Place) -> bytes:
        name = name_of(place, asset.digest, asset.media_type)
        return stored_file(
            name=name,
            path=f"{place.path}/{name}" if place.path else name,
            url=self.front.links.asset(asset, lifetime_s=KEPT_S),
            size_bytes=asset.size_bytes,
            media_type=asset.media_type,
            at=self.front.clock.now(),
        )


def _text(form: FormData, field: str) -> str:
    value = form.get(field)
    return value if isinstance(value, str) else ""


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece
