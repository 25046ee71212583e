"""The peer's upstream: answers every call at once with a video job. An ASGI program."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

JOB = (
    b'{"id":"video_123","object":"video","model":"sora-2","status":"in_progress","progress":33,'
    b'"created_at":1712697600,"size":"1280x720","seconds":"8"}'
)
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(JOB)).encode())]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": JOB})
