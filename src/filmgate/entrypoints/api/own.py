"""The server's own paths: health, figures, files behind signed links, and the API's description."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache
from importlib.resources import files
from typing import assert_never

from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from filmgate.domain.errors import FilmgateError, NotFound, Wait
from filmgate.domain.files import FileInfo
from filmgate.domain.ranges import Part, Unsatisfiable, Whole, parse_range
from filmgate.entrypoints.api.figures import Figures
from filmgate.protocols.face import Call, Compose, Trouble
from filmgate.usecases.cabinet import Cabinet, LinkExpired
from filmgate.usecases.vitals import VitalSigns

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Handler = Callable[[Call], Awaitable[Response]]
Ring = Callable[[str, Mapping[str, str], bytes], Awaitable[bool]]
"""A provider's call: the secret of its path, headers and body; whether anybody was meant."""

TROUBLES: dict[Trouble, tuple[int, str]] = {
    Trouble.CRASH: (500, "something went wrong here"),
    Trouble.TOO_LARGE: (413, "the body is too large"),
    Trouble.TOO_SLOW: (408, "the call took too long"),
    Trouble.BROKEN: (400, "the call broke off"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A face like the protocols'; what it doesn't know it refuses as unknown."""

    cabinet: Cabinet
    signs: VitalSigns
    figures: Figures
    document: Callable[[], Mapping[str, object]]
    """The API as an OpenAPI document."""
    ring: Ring
    name: str = "own"

    def claims(self, method: str, path: str) -> bool:
        del method
        return path in _FIXED or path.startswith(("/files/", "/hooks/"))

    async def answer(self, call: Call) -> Response:
        handler, methods = self._route(call.path)
        if call.method not in methods:
            return _error(405, f"{call.path} takes {' and '.join(methods)}", call)
        return await handler(call)

    def refuse(self, call: Call, error: FilmgateError | Trouble) -> Response:
        if isinstance(error, Trouble):
            status, message = TROUBLES[error]
            return _error(status, message, call)
        if isinstance(error, LinkExpired):
            return _error(410, error.message, call)
        if isinstance(error, NotFound):
            return _error(404, error.message, call)
        if isinstance(error, Wait):
            return _error(503, error.message, call)
        return _error(503, "the house is in trouble; its log says more", call)

    @property
    def callbacks(self) -> Mapping[str, Compose]:
        return {}

    def describe(self) -> Mapping[str, object]:
        return {}

    def _route(self, path: str) -> tuple[Handler, tuple[str, ...]]:
        if path.startswith("/files/"):
            return self._file, ("GET", "HEAD")
        if path.startswith("/hooks/"):
            return self._hook, ("POST",)
        handlers: dict[str, Handler] = {
            "/healthz": self._health,
            "/readyz": self._ready,
            "/metrics": self._metrics,
            "/openapi.json": self._openapi,
            "/docs": self._docs,
        }
        return handlers.get(path, self._unknown), ("GET", "HEAD")

    async def _unknown(self, call: Call) -> Response:
        return _error(404, "there is nothing here", call)

    async def _health(self, call: Call) -> Response:
        """Whether this process answers at all."""
        del call
        return JSONResponse({"status": "ok"})

    async def _ready(self, call: Call) -> Response:
        """Whether it can do its work."""
        try:
            await self.signs.check()
        except FilmgateError:
            return _error(503, "the database does not answer", call)
        return JSONResponse({"status": "ready"})

    async def _metrics(self, call: Call) -> Response:
        del call
        return Response(await self.figures.scrape(), headers={"content-type": METRICS_TYPE})

    async def _openapi(self, call: Call) -> Response:
        del call
        return JSONResponse(self.document())

    async def _docs(self, call: Call) -> Response:
        del call
        return HTMLResponse(_docs_page())

    async def _hook(self, call: Call) -> Response:
        secret = call.path.removeprefix("/hooks/")
        body = await call.request.body()
        if not await self.ring(secret, call.request.headers, body):
            return _error(404, "there is nothing here", call)
        return JSONResponse({"status": "heard"})

    async def _file(self, call: Call) -> Response:
        query = call.request.query_params
        found = await self.cabinet.open(
            call.path.removeprefix("/files/"),
            expires=query.get("e", ""),
            signature=query.get("s", ""),
        )
        headers = call.request.headers
        etag = f'"{found.tag}"'
        if headers.get("if-none-match") == etag and "range" not in headers:
            return Response(status_code=304, headers={"etag": etag})
        span = parse_range(
            headers.get("range"), found.size_bytes, if_range=headers.get("if-range"), etag=etag
        )
        match span:
            case Unsatisfiable():
                refused = {"content-range": span.content_range}
                return _error(416, "the range begins behind the end", call, refused)
            case Whole(size):
                return _pieces(call, self._read(call, found, 0, size), found, size, {})
            case Part(start, end):
                pieces = self._read(call, found, start, end)
                told = {"content-range": span.content_range}
                return _pieces(call, pieces, found, end - start, told)
            case _:
                assert_never(span)

    async def _read(
        self, call: Call, found: FileInfo, start: int, end: int
    ) -> AsyncIterator[bytes]:
        if call.method != "HEAD" and end > start:
            async for piece in self.cabinet.read(found.file, start, end):
                yield piece


@cache
def _docs_page() -> str:
    """Reads /openapi.json in the browser; nothing of it comes from elsewhere."""
    return files("filmgate.entrypoints.api").joinpath("docs.html").read_text("utf-8")


_FIXED = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"})


def _pieces(
    call: Call,
    pieces: AsyncIterator[bytes],
    found: FileInfo,
    size_bytes: int,
    told: Mapping[str, str],
) -> Response:
    name = found.file
    if "download" in call.request.query_params:
        told = {**told, "content-disposition": f'attachment; filename="{name}"'}
    headers = {
        "content-length": str(size_bytes),
        "accept-ranges": "bytes",
        "etag": f'"{found.tag}"',
        "last-modified": formatdate(found.changed_at, usegmt=True),
        # The address is the permission, and the bytes behind it never change.
        "cache-control": "private, max-age=3600, immutable",
        # Never a page: a browser must not run what a customer has uploaded.
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
        **told,
    }
    status = 206 if "content-range" in told else 200
    return StreamingResponse(pieces, status, headers=headers, media_type=found.media_type)


def _error(
    status: int, message: str, call: Call, headers: Mapping[str, str] | None = None
) -> Response:
    body = json.dumps({"error": {"message": message, "request_id": call.request_id}})
    return Response(body, status, headers=headers, media_type="application/json")
