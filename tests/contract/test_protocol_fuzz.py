"""Whatever is sent to any route of KIE, PiAPI and INFINITO: an answer in that protocol's shape,
never a 5xx, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.protocols import SPEAKERS, Media
from tests.pretend.able import able_houses
from tests.pretend.server import Reply, Served, served

MEDIA = Media(*(f"https://x.example/{name}" for name in ("a.png", "b.png", "a.mp4", "a.wav")), "id")
URL = "https://x.example/a.png"

AGGREGATORS = ("kie-seed", "kie", "piapi", "infinito")
GOOD: dict[str, list[object]] = {
    SPEAKERS[name].path: list(SPEAKERS[name].kinds(MEDIA).values()) for name in AGGREGATORS
} | {
    "/api/v1/common/download-url": [{"url": URL}],
    "/api/file-base64-upload": [{"base64Data": "aGVsbG8=", "uploadPath": "a", "fileName": "b"}],
    "/api/file-url-upload": [{"fileUrl": "http://[::1]:1/a", "uploadPath": "a"}],
    "/api/file-stream-upload": [{}],
}
QUERIES = {
    "/api/v1/kling/record-info": ("GET", "taskId"),
    "/api/v1/jobs/recordInfo": ("GET", "taskId"),
    "/api/kling": ("GET", "taskId"),
    "/api/v1/tasks": ("DELETE", "created_before"),
    "/api/open/tasks/histories": ("GET", "page_size"),
    "/account/info": ("GET", "x"),
    "/api/v1/chat/credit": ("GET", "x"),
}


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in keys_in(each)}
    if isinstance(value, list):
        return {key for each in value for key in keys_in(each)}
    return set()


KEYS = sorted(
    keys_in(list(GOOD.values()))
    | {"negative_prompt", "cfg_scale", "seed", "multi_shots", "multi_prompt", "kling_elements"}
    | {"camera_control", "camera_movement", "motion_brush", "motion_data", "path", "frame", "zoom"}
    | {"mask_url", "dynamic_masks", "points", "x", "y", "origin_task_id", "tts_text", "tts_speed"}
    | {"config", "webhook_config", "endpoint", "secret", "service_mode", "callBackUrl", "model"}
    | {"resolution", "aspectRatio", "imageTail", "negativePrompt", "creativity", "version"}
)
WORDS = ["", "5", "10", "std", "pro", "4K", "16:9", "1080p", URL, "nan", "1e400", "simple", "auto"]
WORDS += ["kling", "kling-turbo", "kling-2-6", "kling-avatar", "2.0", "private", "zoom_in", "video"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=12)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=10,
)
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with able_houses(), served(tmp_path_factory.mktemp("fuzzed"), drives=False) as running:
        running.person("fuzzer", plan="owner", credits=10**9)
        yield running


def headers(server: Served) -> dict[str, str]:
    token = server.people["fuzzer"].token
    return {"Authorization": f"Bearer {token}", "X-API-Key": token}


def check(path: str, reply: Reply) -> None:
    assert reply.status < 500, reply.body
    assert b"Traceback" not in reply.body
    told = reply.json
    if path.startswith("/api/file-"):
        wanted = {"success", "code", "msg"} | ({"data"} if reply.status == 200 else set())
    elif path.startswith("/api/v1/kling/"):
        wanted = {"code", "message", "data"}
    elif path.startswith(("/api/v1/jobs", "/api/v1/chat", "/api/v1/common")):
        wanted = {"code", "msg", "data"}
    elif path == "/api/kling":
        assert told["success"] is (reply.status == 200)
        wanted = set(told)
    else:
        assert told["code"] == reply.status
        wanted = {"code", "message"} | ({"data"} & set(told))
    assert set(told) == wanted


@MANY
@given(data=st.data())
def test_a_good_body_with_strange_changes(server: Served, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(GOOD)))
    body = json.loads(json.dumps(data.draw(st.sampled_from(GOOD[path]))))
    changes = data.draw(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=3))
    inner = body.get("input")
    if isinstance(inner, dict) and data.draw(st.booleans()):
        inner.update(changes)
    else:
        body.update(changes)
    check(path, server.call("POST", path, body, headers(server)))


@MANY
@given(path=st.sampled_from(sorted(GOOD)), value=JSON)
def test_any_json(server: Served, path: str, value: object) -> None:
    check(path, server.call("POST", path, json.dumps(value).encode(), headers(server)))


@MANY
@given(path=st.sampled_from(sorted(GOOD)), body=st.binary(max_size=60))
def test_any_bytes(server: Served, path: str, body: bytes) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b"} if body[:1] > b"\x80" else {}
    check(path, server.call("POST", path, body, headers(server) | kind))


@MANY
@given(data=st.data())
def test_a_good_body_cut_or_stained(server: Served, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(GOOD)))
    body = bytearray(json.dumps(data.draw(st.sampled_from(GOOD[path]))).encode())
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(at, len(body)))
    check(path, server.call("POST", path, bytes(body[:cut]), headers(server)))


@MANY
@given(path=st.sampled_from(sorted(QUERIES)), text=st.text(max_size=20))
def test_any_query(server: Served, path: str, text: str) -> None:
    method, field = QUERIES[path]
    asked = f"{path}?{field}={quote(text, errors='replace')}"
    check(path, server.call(method, asked, headers=headers(server)))


@MANY
@given(
    head=st.sampled_from(["/api/v1/task/", "/api/v1/kling/", "/api/v1/jobs/", "/api/file-"]),
    text=st.text(max_size=20),
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"]),
)
def test_any_path_and_method(server: Served, head: str, text: str, method: str) -> None:
    path = head + quote(text, safe="/", errors="replace")
    check(head, server.call(method, path, headers=headers(server)))


@MANY
@given(
    path=st.sampled_from(sorted(GOOD)),
    token=st.text(
        st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=30
    ),
)
def test_any_key(server: Served, path: str, token: str) -> None:
    told = {"Authorization": f"Bearer {token}", "X-API-Key": token}
    reply = server.call("POST", path, {}, told)
    check(path, reply)
    assert reply.status == 401


@pytest.mark.parametrize("path", sorted(GOOD))
def test_nests_of_brackets(server: Served, path: str) -> None:
    for body in (b"[" * 100_000, b'{"input":' * 50_000, b'{"prompt":' + b"[" * 900 + b"]" * 900):
        check(path, server.call("POST", path, body, headers(server)))
    deep = b'{"prompt":' + b"[" * 900 + b"1" + b"]" * 900 + b"}"
    check(path, server.call("POST", path, deep, headers(server)))
