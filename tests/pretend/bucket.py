"""A bucket as S3 speaks of it, in a thread of the test: puts, gets with ranges, lists, deletes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket:
    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.refuses = False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, text: str, *args: object) -> None:
        return

    def do_PUT(self) -> None:
        if self.refused():
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bucket.objects[self.key()] = (body, datetime.now(UTC))
        self.reply(200, b"", ETag=f'"{len(body)}"')

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.refused():
            return
        question = parse_qs(urlsplit(self.path).query)
        if "list-type" in question:
            self.list(question.get("prefix", [""])[0])
            return
        found = self.bucket.objects.get(self.key())
        if found is None:
            self.reply(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        body, at = found
        headers = {"ETag": f'"{len(body)}"', "Last-Modified": format_datetime(at, usegmt=True)}
        if asked := self.headers.get("Range"):
            start, end = asked.removeprefix("bytes=").split("-")
            headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
            self.reply(206, body[int(start) : int(end) + 1], **headers)
        else:
            self.reply(200, body, **headers)

    def do_DELETE(self) -> None:
        if not self.refused():
            self.bucket.objects.pop(self.key(), None)
            self.reply(204, b"")

    def list(self, prefix: str) -> None:
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size><ETag>&quot;1&quot;</ETag>"
            f"<LastModified>{at.strftime('%Y-%m-%dT%H:%M:%S.000Z')}</LastModified></Contents>"
            for key, (body, at) in sorted(self.bucket.objects.items())
            if key.startswith(prefix)
        )
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        self.reply(200, text.encode())

    def refused(self) -> bool:
        if self.bucket.refuses:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.reply(403, b"<Error><Code>AccessDenied</Code></Error>")
        return self.bucket.refuses

    def key(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def bucket_server() -> Iterator[tuple[Bucket, str]]:
    """The bucket, and the storage URL that means it."""
    bucket = Bucket()
    handler = type("BoundHandler", (Handler,), {"bucket": bucket})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        yield bucket, f"s3://films/here?region=eu-central-1&endpoint=http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
