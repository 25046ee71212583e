"""PiAPI's bodies against its documents, as ``make_aggregators.py`` took them from there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.golden.agreeing import agrees, read, under
from tests.golden.test_golden_kie import DONE, FRESH

from filmgate.domain.errors import Unsupported
from filmgate.domain.handles import number_in_uuid, number_of
from filmgate.domain.request import Camera, Effect, ImageToVideo, LipSync, Mode, Ratio, TextToVideo
from filmgate.domain.task import Origin, Result
from filmgate.protocols.piapi import translate_replies as replies
from filmgate.protocols.piapi.errors import TABLE, Code, answer_to
from filmgate.protocols.piapi.translate_create import TASK_TYPES, Wanted, create
from filmgate.protocols.piapi.view import Shown
from filmgate.protocols.piapi.wire import Input

SHOWN = Shown(
    credit_usd_micros=5_000,
    film_url="https://x.example/a.mp4",
    poster_url="https://x.example/a.jpg",
    preview_url="https://x.example/a.gif",
)
FILM = Result(
    path="a",
    digest="0" * 64,
    size_bytes=12458752,
    width=1024,
    height=576,
    fps=24.0,
    duration_s=5.1,
)


def wanted(sample: object) -> Wanted:
    return create(json.dumps(sample).encode())


def asked(section: str) -> Wanted:
    (sample,) = under("piapi", section)
    return wanted(sample)


SAID = Origin(protocol="piapi", said=asked("Text-to-Video Request Example").said)
MADE = replace(FRESH, origin=SAID, hold_credits=32)
READY = replace(DONE, origin=SAID, result=FILM)


def test_s4_01_the_requests_of_the_guide() -> None:
    text = asked("Text-to-Video Request Example")
    assert text.request == TextToVideo(
        prompt="A majestic eagle soaring through mountain peaks at sunset",
        negative_prompt="blurry, low quality, distorted",
        duration_s=5.0,
        mode=Mode.STD,
        ratio=Ratio.WIDE,
        camera=Camera(zoom=-5.0),
    )
    assert (text.endpoint, text.secret) == ("https://your-webhook.com/kling", "webhook_secret")
    assert "webhook_secret" not in text.said
    picture = asked("Image-to-Video Request Example")
    assert isinstance(picture.request, ImageToVideo)
    assert (picture.request.mode, picture.request.ratio) == (Mode.PRO, Ratio.TALL)


def test_s4_07_the_brush_of_the_guide_is_refused_honestly() -> None:
    with pytest.raises(Unsupported, match="motion_data is not supported here yet"):
        asked("Motion Brush API")


def test_s4_08_the_lip_sync_of_the_guide() -> None:
    request = asked("Lip Sync Generation").request
    assert isinstance(request, LipSync)
    assert (request.text, request.voice) == (
        "Hello, welcome to our demonstration",
        "professional_female",
    )
    assert request.image is not None


def test_s4_09_the_effect_of_the_guide() -> None:
    request = asked("Kling Effects").request
    assert isinstance(request, Effect)
    assert (request.scene, request.intensity, request.timing) == ("fire_explosion", 0.8, "middle")
    assert request.video is not None


def test_s4_10_the_creation_reply_of_the_guide() -> None:
    (sample,) = under("piapi", "Successful Task Creation")
    ours = json.loads(replies.task_reply(MADE, SHOWN))
    agrees(sample, ours, exact=False)
    assert ours["data"]["task_type"] == sample["data"]["task_type"]
    assert ours["data"]["meta"]["usage"]["frozen"] == 32 * 50_000  # $0.16


def test_s4_11_the_completed_reply_of_the_guide() -> None:
    (sample,) = under("piapi", "Completed Task Response")
    ours = json.loads(replies.task_reply(READY, SHOWN))
    agrees(sample, ours, exact=False)
    output = ours["data"]["output"]
    assert (output["resolution"], output["duration"]) == ("1024x576", 5.1)
    assert output["file_size"] == sample["data"]["output"]["file_size"]


def test_s4_17_the_codes_of_the_guide() -> None:
    ours = [[code.value, TABLE[code].meaning] for code in Code if code.value > Code.BAD_REQUEST]
    assert ours == read("piapi", "codes")


def test_s4_17_the_error_of_the_guide() -> None:
    (sample,) = under("piapi", "Error Response Example")
    body: Any = {"model": "kling", "task_type": "txt2video", "input": {"prompt": "x" * 2501}}
    with pytest.raises(Exception, match="2500") as caught:
        wanted(body)
    ours = json.loads(replies.error_body(answer_to(caught.value)))  # type: ignore[arg-type]
    agrees(sample, ours, exact=False)
    assert ours["data"]["error"]["detail"] == sample["data"]["error"]["detail"]
    assert ours["data"]["error"]["message"] == sample["data"]["error"]["message"]


def test_s4_06_every_parameter_of_the_guide_is_read() -> None:
    assert {name for found in read("piapi", "parameters") for name in found} <= set(
        Input.__struct_fields__
    )


# --- today's API


def test_every_task_type_of_today_is_read() -> None:
    assert set(read("piapi", "task_types")) <= set(TASK_TYPES)


def test_the_task_object_has_every_documented_key() -> None:
    ours = json.loads(replies.task_reply(READY, SHOWN))["data"]
    assert set(read("piapi", "record")) | {"task_type"} == set(ours)
    assert ours["error"] == {"code": 0, "raw_message": "", "message": "", "detail": None}
    for state, shown in (("created_at", True), ("started_at", True), ("ended_at", True)):
        assert bool(re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d{1,9})?Z", ours["meta"][state])) is shown


def shape(text: str) -> set[str]:
    return set(re.findall(r"(\w+)(?=[:,}])", text)) - {"100", "99", "0", "null", "string", "status"}


def keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in keys(each)}
    if isinstance(value, list):
        return {key for each in value for key in keys(each)}
    return set()


def test_the_output_is_the_union_of_all_live_shapes() -> None:
    output = json.loads(replies.task_reply(READY, SHOWN))["data"]["output"]
    classic = read("piapi", "outputs")[0]
    assert {"works", "cover", "video", "resource_without_watermark", "duration"} <= keys(output)
    assert shape(classic) <= keys(output)
    assert output["works"][0]["video"]["duration"] == 5100  # milliseconds there, seconds above
    for field in ("video_url", "video", "preview_url"):
        assert output[field].startswith("https://")


def test_before_there_is_a_film_the_shell_is_empty() -> None:
    ours = json.loads(replies.task_reply(MADE, SHOWN))["data"]
    assert ours["output"] == {"type": "", "status": 0, "works": None}
    assert read("piapi", "outputs")[-1] == '{type:"", status:0, works:null}'
    assert ours["meta"]["started_at"] == "0001-01-01T00:00:00Z"


def test_ids_are_random_uuids_that_lead_back() -> None:
    ours = json.loads(replies.task_reply(MADE, SHOWN))["data"]["task_id"]
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ours
    )
    assert number_in_uuid(ours) == number_of(MADE.id)
