"""Every route of OpenAI's server over real HTTP, with bodies that nobody meant."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pretend.calls import Client, Reply, multipart
from tests.pretend.served import Server, served

from filmgate.protocols.openai_videos.routes import TABLE

FILMS = {"video/mp4", "image/webp", "image/jpeg"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
TYPES = ["application/json", "multipart/form-data; boundary=b", "text/plain", ""]
TYPES += ["multipart/form-data", "application/x-www-form-urlencoded", "multipart/form-data; \xff"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("home")) as server:
        yield server
        log = server.log.read_text()
        assert '"event": "crash"' not in log
        assert "Traceback" not in log


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(f"{server.address}/openai", server.keys["rich api"])


@pytest.fixture(scope="module")
def paths(client: Client) -> list[str]:
    """Every route, with a video that is there, one that isn't, and stranger things."""
    mine = client("POST", "/v1/videos", {"prompt": "a lake"}).json["id"]
    ids = [mine, "video_" + "0" * 32, "video_", "x", "%00", "%ff", "..%2f..", "\xe9", "9" * 300]
    found = []
    for pattern, _ in TABLE:
        path = "/v1" + pattern.replace("([^/]+)", "{}").replace("(.+)", "{}")
        found += [path.format(each) for each in ids] if "{}" in path else [path]
    return sorted({path.encode("ascii", "replace").decode() for path in found})


def whole(reply: Reply, method: str) -> None:
    assert reply.status < 500, reply
    if reply.status == 304 or method == "HEAD":
        return
    if reply.status < 300 and reply.headers["content-type"] in FILMS:
        return
    if reply.status >= 400:
        assert set(reply.json) == {"error"}
        assert set(reply.json["error"]) == {"message", "type", "param", "code"}
    else:
        assert reply.json["object"]


QUIET = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@QUIET
@given(data=st.data())
def test_any_body_at_any_route(client: Client, paths: list[str], data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(METHODS))
    path = data.draw(st.sampled_from(paths))
    media_type = data.draw(st.sampled_from(TYPES))
    body = data.draw(st.binary(max_size=80))
    whole(client(method, path, body, headers={"Content-Type": media_type}), method)


@QUIET
@given(data=st.data())
def test_a_good_form_cut_or_stained(client: Client, paths: list[str], data: st.DataObject) -> None:
    parts = [("prompt", "x"), ("seconds", "4"), ("input_reference", b"\x89PNG", "a.png")]
    body, media_type = multipart(parts)
    stained = bytearray(body)
    at = data.draw(st.integers(0, len(body) - 1))
    stained[at] = data.draw(st.integers(0, 255))
    cut = bytes(stained[: data.draw(st.integers(at, len(body)))])
    path = data.draw(st.sampled_from(["/v1/videos", "/v1/videos/edits", "/v1/videos/characters"]))
    whole(client("POST", path, cut, headers={"Content-Type": media_type}), "POST")


@QUIET
@given(
    query=st.dictionaries(
        st.sampled_from(["after", "limit", "order", "variant"]),
        st.sampled_from(["", "1", "-1", "asc", "video_", "%00", "%ff", "thumbnail", "1e9"]),
    ),
    span=st.sampled_from(
        ["", "bytes=0-", "bytes=-1", "bytes=9-1", "bytes=99999-", "x", "bytes=\xe9"]
    ),
    data=st.data(),
)
def test_any_question(
    client: Client, paths: list[str], query: dict[str, str], span: str, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(paths))
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    whole(client("GET", f"{path}?{asked}", headers={"Range": span}), "GET")


@QUIET
@given(
    headers=st.dictionaries(
        st.sampled_from(["Authorization", "Idempotency-Key", "Content-Type", "If-None-Match"]),
        st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=20),
    )
)
def test_any_headers(client: Client, headers: dict[str, str]) -> None:
    body = json.dumps({"prompt": "x"}).encode()
    whole(client("POST", "/v1/videos", body, headers=headers), "POST")
