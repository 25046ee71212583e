"""The native protocol's bodies, against samples written by hand from the design."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import msgspec
import pytest

from filmgate.domain.errors import FixRequest, SetUp, TopUp, Unsupported, Wait
from filmgate.domain.order import assets_of
from filmgate.domain.request import (
    KINDS,
    Asset,
    BrushStroke,
    Camera,
    Dub,
    EditElements,
    ImageToVideo,
    LipSync,
    Mark,
    Mode,
    Point,
    Ratio,
    ShotPrompt,
    TextToVideo,
    TryOn,
    VideoToAudio,
)
from filmgate.protocols.filmgate.errors import error_of, facts_of, row_of
from filmgate.protocols.filmgate.media_rules import LIMITS
from filmgate.protocols.filmgate.translate import (
    inputs_of,
    request_of,
    sent_request,
    shown_request,
    told_request,
)
from filmgate.protocols.filmgate.wire import decode, encode, iso_time, read_query, time_of
from filmgate.protocols.filmgate.wire_replies import AnyTold
from filmgate.protocols.filmgate.wire_requests import AnyCreate, TaskListQuery

PICTURE = Asset("a" * 64, "image/png", 1234, "photo.png")
MASK = Asset("b" * 64, "image/png", 99)
CLIP = Asset("c" * 64, "video/mp4", 5678)

SAMPLES = [
    (
        """{"kind": "text-to-video", "prompt": "a lake", "negative_prompt": "boats", "mode": "pro",
            "duration_s": 10, "ratio": "9:16", "cfg_scale": 0.5, "creativity": 1, "seed": 7,
            "sound": true, "model": "kling-v2-6", "watermark": true, "size_px": [720, 1280],
            "camera": {"zoom": 5, "pan": -3},
            "shots": [{"prompt": "near", "duration_s": 2}], "auto_shots": true}""",
        {},
        TextToVideo(
            prompt="a lake",
            negative_prompt="boats",
            mode=Mode.PRO,
            duration_s=10.0,
            ratio=Ratio.TALL,
            cfg_scale=0.5,
            creativity=1.0,
            seed=7,
            sound=True,
            model="kling-v2-6",
            watermark=True,
            size_px=(720, 1280),
            camera=Camera(zoom=5.0, pan=-3.0),
            shots=(ShotPrompt(prompt="near", duration_s=2.0),),
            auto_shots=True,
        ),
    ),
    (
        """{"kind": "image-to-video", "image": {"asset": "asset_x"},
            "image_tail": {"url": "https://files.example/tail.png"},
            "static_mask": {"base64": "iVBORw=="},
            "strokes": [{"mask": {"asset": "asset_y"}, "path": [{"x": 1, "y": 2.5}]}]}""",
        {"image": PICTURE, "image_tail": PICTURE, "static_mask": MASK, "strokes[0].mask": MASK},
        ImageToVideo(
            image=PICTURE,
            image_tail=PICTURE,
            static_mask=MASK,
            strokes=(BrushStroke(mask=MASK, path=(Point(1.0, 2.5),)),),
        ),
    ),
    (
        """{"kind": "lip-sync", "video": {"task": "task_1"}, "text": "hello", "speed": 1.2,
            "dub": {"face": "0", "sound_start_ms": 0, "sound_end_ms": 900, "insert_ms": 10}}""",
        {"video": CLIP},
        LipSync(
            video=CLIP,
            text="hello",
            speed=1.2,
            dub=Dub(face="0", sound_start_ms=0, sound_end_ms=900, insert_ms=10),
        ),
    ),
    (
        """{"kind": "try-on", "person": {"asset": "a"}, "garments": [{"asset": "b"}],
            "keep_face": false}""",
        {"person": PICTURE, "garments[0]": MASK},
        TryOn(person=PICTURE, garments=(MASK,), keep_face=False),
    ),
    (
        """{"kind": "edit-elements", "video": {"asset": "a"}, "edit": "swap",
            "marks": [{"frame": 3, "x": 0.5, "y": 0.25}]}""",
        {"video": CLIP},
        EditElements(video=CLIP, edit="swap", marks=(Mark(frame=3, x=0.5, y=0.25),)),
    ),
    (
        """{"kind": "video-to-audio", "video": {"asset": "a"}, "music_prompt": "strings",
            "asmr": true}""",
        {"video": CLIP},
        VideoToAudio(video=CLIP, music_prompt="strings", asmr=True),
    ),
]


@pytest.mark.parametrize(("body", "assets", "request_"), SAMPLES)
def test_bodies_become_requests_and_come_back(body, assets, request_):
    read = decode(body.encode(), AnyCreate)
    assert [each.path for each in inputs_of(read)] == list(assets)
    assert request_of(read, assets) == request_
    shown = decode(encode(told_request(request_)), AnyTold)
    assert shown_request(shown) == request_


@pytest.mark.parametrize(("body", "assets", "request_"), SAMPLES)
def test_a_client_sends_what_the_server_reads(body, assets, request_):
    sent = json.dumps(sent_request(request_)).encode()
    read = decode(sent, AnyCreate)
    # In the order of the fields, so that each input finds its own asset again.
    given = dict(zip([each.path for each in inputs_of(read)], assets_of(request_), strict=True))
    assert request_of(read, given) == request_


def test_every_kind_has_its_record_and_every_input_its_limits():
    (union,), _ = msgspec.json.schema_components([AnyCreate])
    assert set(union["discriminator"]["mapping"]) == {kind.value for kind in KINDS}
    assert {name for cls in KINDS.values() for name in _input_names(cls)} == set(LIMITS)


def _input_names(cls) -> Iterator[str]:
    for name, hint in get_type_hints(cls).items():
        for part in _parts(hint):
            if part is Asset:
                yield name
            elif is_dataclass(part) and name in {each.name for each in fields(cls)}:
                yield from _input_names(part)


def _parts(hint) -> Iterator[object]:
    for each in get_args(hint):
        yield from _parts(each)
    if not get_args(hint):
        yield hint


@pytest.mark.parametrize(
    ("body", "field", "message", "remedy"),
    [
        ('{"prompt": "x"}', "kind", "kind is missing", "Say kind."),
        ('{"kind": "dance"}', "kind", "kind can't be 'dance'", "Choose one of text-to-video,"),
        (
            '{"kind": "text-to-video", "promt": "x"}',
            "promt",
            "there is no field promt",
            "Did you mean prompt?",
        ),
        (
            '{"kind": "text-to-video", "camera": {"zom": 1}}',
            "camera.zom",
            "there is no field camera.zom",
            "Did you mean zoom?",
        ),
        (
            '{"kind": "text-to-video", "camera": {"zoom": 11}}',
            "camera.zoom",
            "camera.zoom must be at most 10.0",
            None,
        ),
        (
            '{"kind": "text-to-video", "mode": "best"}',
            "mode",
            "mode can't be 'best'",
            "Choose one of std, pro, 4k.",
        ),
        (
            '{"kind": "text-to-video", "seed": "7"}',
            "seed",
            "seed must be a whole number or null, and is text",
            None,
        ),
        (
            '{"kind": "text-to-video", "size_px": [64, 100000]}',
            "size_px[1]",
            "size_px[1] must be at most 4096",
            None,
        ),
        ('{"kind": "avatar", "prompt": "x"}', "image", "image is missing", "Say image."),
        (
            '{"kind": "text-to-video", "external_id": ""}',
            "external_id",
            "external_id must have at least 1 characters",
            None,
        ),
        ('["kind"]', None, "the body must be an object, and is a list", None),
        ('{"kind": ', None, "the body is no JSON", "Send one JSON object"),
        ('{"kind": "text-to-video", "prompt": "\\ud800"}', None, "the body is no JSON", None),
        ("[" * 100_000, None, "the body", None),
    ],
)
def test_faults_are_told_by_the_name_of_the_field(body, field, message, remedy):
    with pytest.raises(FixRequest) as caught:
        decode(body.encode(), AnyCreate)
    assert caught.value.field == field
    assert caught.value.message.startswith(message)
    assert remedy is None or (caught.value.remedy or "").startswith(remedy)


@pytest.mark.parametrize("given", ["{}", '{"url": "https://a.example", "asset": "b"}'])
def test_an_input_is_exactly_one_thing(given):
    body = decode(f'{{"kind": "multi-image", "images": [{given}]}}'.encode(), AnyCreate)
    with pytest.raises(FixRequest, match="exactly one of") as caught:
        inputs_of(body)
    assert caught.value.field == "images[0]"


def test_queries_are_read_strictly():
    read = read_query([("state", "queued"), ("state", "running"), ("limit", "7")], TaskListQuery)
    assert [state.value for state in read.state] == ["queued", "running"]
    assert read.limit == 7
    for pairs, field in [
        ([("limit", "0")], "limit"),
        ([("limit", "x")], "limit"),
        ([("limit", "1"), ("limit", "2")], "limit"),
        ([("state", "lost")], "state[0]"),
        ([("colour", "red")], "colour"),
    ]:
        with pytest.raises(FixRequest) as caught:
            read_query(pairs, TaskListQuery)
        assert caught.value.field == field


def test_times_are_iso_with_milliseconds():
    assert iso_time(1_700_000_000.1234) == "2023-11-14T22:13:20.123+00:00"
    assert time_of("2023-11-14T22:13:20Z") == 1_700_000_000
    assert time_of("2023-11-14T22:13:20") == 1_700_000_000


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (FixRequest("x"), 400, "bad_request"),
        (Unsupported("x", field="mode"), 400, "unsupported"),
        (TopUp("x", needed_credits=5, available_credits=1), 402, "not_enough_credits"),
        (TopUp("x", field="max_cost"), 402, "over_ceiling"),
        (Wait("x", retry_after_s=3.0), 429, "too_many_tasks"),
        (Wait("x", retry_after_s=3.0, field="rate"), 429, "too_many_requests"),
        (SetUp("x", field="provider"), 400, "no_account"),
    ],
)
def test_errors_have_their_row_and_come_back_to_the_client(error, status, code):
    assert (row_of(error).status, row_of(error).code) == (status, code)
    facts = facts_of(error, "r1")
    back = error_of(status, facts)
    assert type(back) is type(error)
    assert back.message == facts.message
    if isinstance(error, TopUp):
        assert back.needed_credits == error.needed_credits


def test_what_the_operator_must_mend_is_not_told_to_strangers():
    facts = facts_of(SetUp("/var/lib/filmgate/tasks.db is full"), "r1")
    assert "/var" not in json.dumps(msgspec.to_builtins(facts))
    assert row_of(SetUp("x")).status == 503
