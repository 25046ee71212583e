"""Whatever is sent, the answer is a request or one of OpenAI's refusals."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.test_openai_create import DATA_URL

from filmgate.domain.request import Asset
from filmgate.protocols.openai_videos import wire
from filmgate.protocols.openai_videos.errors import OpenAIRefusal, answer_to
from filmgate.protocols.openai_videos.forms import Upload, read_form, read_json
from filmgate.protocols.openai_videos.queries import list_query, variant_of
from filmgate.protocols.openai_videos.references import with_assets
from filmgate.protocols.openai_videos.routes import find_route, is_openais
from filmgate.protocols.openai_videos.translate_create import (
    INNER,
    PICTURES,
    Wanted,
    read_create,
    read_edit,
    read_extend,
    read_remix,
)
from filmgate.protocols.openai_videos.translate_replies import error_body

READERS = {
    "create": read_create,
    "edit": read_edit,
    "extend": read_extend,
    "remix": read_remix,
}
MINIMAL: dict[str, dict[str, object]] = {
    "create": {"prompt": "x"},
    "edit": {"prompt": "x", "video": {"id": "video_1"}},
    "extend": {"prompt": "x", "seconds": "4", "video": {"id": "video_1"}},
    "remix": {"prompt": "x"},
}
KEYS = sorted({*wire.CreateBody.__struct_fields__, *PICTURES, *INNER, "video", "characters", "id"})
WORDS = ["", "4", "1280x720", "true", "1e9", "-1", "pro", "720p", DATA_URL, "https://example.org/a"]
WORDS += ['{"image_url":"x"}', '{"id":"video_1"}', "{", "[]", "null", "\x00"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=12)
    | st.builds(Upload, st.integers(0, 3), st.text(max_size=9))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=10,
)
NAMES = st.builds(
    lambda head, steps: head + "".join(f"[{step}]" for step in steps),
    st.sampled_from(KEYS) | st.text(max_size=6),
    st.lists(st.sampled_from(["", "0", "7", "99999", "image_url", "id"]) | st.text(max_size=3)),
)


def answered(call: str, fields: dict[str, object]) -> None:
    try:
        wanted = READERS[call](fields)
    except OpenAIRefusal as refusal:
        whole(refusal)
        return
    if isinstance(wanted, Wanted):
        assets = {ref.param: Asset(ref.param, "image/png", 1) for ref in wanted.media}
        with_assets(wanted.request, assets)


def whole(refusal: OpenAIRefusal) -> None:
    answer = answer_to(refusal)
    assert answer.status in {400, 404, 405}
    assert 0 < len(answer.message) < 700
    error = json.loads(error_body(answer))["error"]
    assert set(error) == {"message", "type", "param", "code"}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(READERS)), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_a_good_call_with_strange_changes(call: str, changes: dict[str, object]) -> None:
    answered(call, {**MINIMAL[call], **changes})


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=60))
def test_any_bytes_as_json(call: str, body: bytes) -> None:
    try:
        fields = read_json(body)
    except OpenAIRefusal as refusal:
        whole(refusal)
        return
    answered(call, fields)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(sorted(READERS)),
    st.lists(
        st.tuples(
            NAMES,
            st.sampled_from(WORDS) | st.text(max_size=9) | st.builds(Upload, st.integers(0, 3)),
        ),
        max_size=6,
    ),
)
def test_any_form(call: str, pairs: list[tuple[str, str | Upload]]) -> None:
    try:
        fields = read_form(pairs)
    except OpenAIRefusal as refusal:
        whole(refusal)
        return
    answered(call, {**MINIMAL[call], **fields})


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"]),
    st.lists(
        st.sampled_from(["v1", "videos", "video_1", "content", "models", "edits", ""])
        | st.text(max_size=9)
    ),
)
def test_any_path(method: str, parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    is_openais(path)
    try:
        find_route(method, path)
    except OpenAIRefusal as refusal:
        whole(refusal)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["after", "limit", "order", "variant"]), st.text()))
def test_any_question(query: dict[str, str]) -> None:
    for read in (list_query, variant_of):
        try:
            read(query)
        except OpenAIRefusal as refusal:
            whole(refusal)
