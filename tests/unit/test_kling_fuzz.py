"""Whatever is sent, the answer is a request or one of Kling's refusals."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.kling_bodies import CLIP, JPEG, MINIMAL, PNG, URL
from tests.unit.test_kling_media import asset

from filmgate.protocols.kling.endpoints import find_route, read_create
from filmgate.protocols.kling.errors import KlingRefusal, answer_to
from filmgate.protocols.kling.references import Wanted, with_assets
from filmgate.protocols.kling.translate_queries import read_page, task_ids

PATHS = sorted(MINIMAL)


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in keys_in(each)}
    if isinstance(value, list):
        return {key for each in value for key in keys_in(each)}
    return set()


KEYS = sorted(
    keys_in(list(MINIMAL.values()))
    | {"camera_control", "config", "zoom", "type", "multi_shot", "shot_type", "multi_prompt"}
    | {"image_tail", "dynamic_masks", "trajectories", "mask", "static_mask", "cfg_scale", "mode"}
    | {"duration", "sound", "voice_list", "element_list", "video_list", "callback_url", "options"}
    | {"external_task_id", "watermark_info", "settings", "resolution", "audio", "aspect_ratio"}
)
WORDS = ["", "5", "10", "std", "pro", "4k", "on", "simple", "16:9", "1080p", PNG, JPEG, URL, CLIP]
WORDS += [
    "hug",
    "customize",
    "intelligence",
    "base",
    "shot 1, 5, x",
    "data:image/png;base64," + PNG,
]
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
    max_leaves=12,
)


def status(read: Callable[[], object]) -> int | None:
    """The HTTP status of the refusal, if it is one."""
    try:
        read()
    except KlingRefusal as refusal:
        return answer_to(refusal).status
    return None


def answered(path: str, body: bytes) -> None:
    try:
        call = read_create(path, body)
    except KlingRefusal as refusal:
        answer = answer_to(refusal)
        assert answer.status in {400, 404}
        assert 0 < len(answer.message) < 600
        return
    if isinstance(call, Wanted):
        with_assets(call, {ref.field: asset(ref) for ref in call.media})
        for ref in call.media:
            assert sum(each is not None for each in (ref.url, ref.inline, ref.made)) == 1


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
def test_a_good_body_with_strange_changes(path: str, changes: dict[str, object]) -> None:
    answered(path, json.dumps({**MINIMAL[path], **changes}).encode())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATHS), JSON)
def test_any_json(path: str, value: object) -> None:
    answered(path, json.dumps(value).encode())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATHS), st.binary(max_size=60))
def test_any_bytes(path: str, body: bytes) -> None:
    answered(path, body)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATHS), st.data())
def test_a_good_body_cut_or_stained(path: str, data: st.DataObject) -> None:
    body = bytearray(json.dumps(MINIMAL[path]).encode())
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] = data.draw(st.integers(0, 255))
    answered(path, bytes(body[: data.draw(st.integers(at, len(body)))]))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT"]), st.lists(st.sampled_from(PATHS) | st.text(max_size=9))
)
def test_any_path(method: str, parts: list[str]) -> None:
    assert status(lambda: find_route(method, "/".join(parts))) in {None, 404}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=9), st.text(max_size=30))
def test_any_page_and_any_ids(number: str, ids: str) -> None:
    assert status(lambda: read_page(number, ids)) in {None, 400}
    assert status(lambda: task_ids(number, ids)) in {None, 400}
