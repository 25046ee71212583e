"""Uploads: a file as the body itself, or as the one file of a form."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import Response

from filmgate.domain.errors import FixRequest, NotFound
from filmgate.domain.request import Asset
from filmgate.protocols.filmgate.media_rules import ANYTHING
from filmgate.protocols.filmgate.server.asking import Ask, answer, no_such
from filmgate.protocols.filmgate.translate import digest_of
from filmgate.protocols.filmgate.view import asset_reply
from filmgate.protocols.filmgate.wire import ASSET_HEAD, ROOT
from filmgate.protocols.filmgate.wire_replies import AssetReply
from filmgate.protocols.filmgate.wire_requests import NAME_CHARS_MAX, NoQuery, UploadQuery

FIELD = "file"
PIECE_BYTES = 1 << 18


async def keep_asset(ask: Ask) -> Response:
    name = _fit_name(ask.query(UploadQuery).name or "")
    if ask.call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        asset = await _from_form(ask, name)
    else:
        asset = await _keep(ask, ask.call.request.stream(), name)
    return answer(
        await _reply(ask, asset), 201, {"Location": f"{ROOT}/assets/{ASSET_HEAD}{asset.digest}"}
    )


async def read_asset(ask: Ask) -> Response:
    ask.query(NoQuery)
    asset_id = ask.name("asset")
    try:
        asset = await ask.front.intake.recall(digest_of(asset_id))
    except NotFound as error:
        raise no_such("asset", asset_id, "asset") from error
    return answer(await _reply(ask, asset))


async def _from_form(ask: Ask, name: str) -> Asset:
    try:
        form = await ask.call.request.form(max_files=1, max_fields=10)
    except MultiPartException as error:
        raise FixRequest(f"the form can't be read: {error.message}", field=FIELD) from error
    try:
        file = next((part for part in form.values() if isinstance(part, UploadFile)), None)
        if file is None:
            raise FixRequest(
                "the form holds no file", field=FIELD, remedy="Send one: -F file=@NAME"
            )
        return await _keep(ask, _pieces(file), name or _fit_name(file.filename or ""))
    finally:
        await form.close()


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece


async def _keep(ask: Ask, chunks: AsyncIterator[bytes], name: str) -> Asset:
    return await ask.front.intake.keep_stream(chunks, field=FIELD, limits=ANYTHING, name=name)


async def _reply(ask: Ask, asset: Asset) -> AssetReply:
    return asset_reply(asset, await ask.front.intake.facts(asset))


def _fit_name(text: str) -> str:
    """Only ever shown: what can't be shown is left out."""
    return "".join(sign for sign in text if sign.isprintable())[:NAME_CHARS_MAX]
