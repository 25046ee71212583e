"""KIE's bodies against its documents, as ``make_aggregators.py`` took them from there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.golden.agreeing import agrees, read, under
from tests.pretend.rooms import new_task

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.request import Avatar, ImageToVideo, Mode, Ratio, TextToVideo
from filmgate.domain.task import Output, State, Task, move
from filmgate.protocols.kie import translate_replies as replies
from filmgate.protocols.kie.errors import TABLE, Design, Sort, plain_answer
from filmgate.protocols.kie.translate_market import MODELS, create_task
from filmgate.protocols.kie.translate_seed import SPELLED as SEED_SPELLED
from filmgate.protocols.kie.translate_seed import Generate, generate
from filmgate.protocols.kie.view import Shown

SHOWN = Shown(model="kling-2.6/text-to-video", film_url="https://x.example/a.mp4")


def task_in(state: State) -> Task:
    output = Output(width=1920, height=1080, fps=24, duration_s=10.0, seed=1)
    task = replace(new_task(), output=output)
    if state is State.SUCCEEDED:
        for step in (State.STARTING, State.RUNNING, State.FETCHING, State.SUCCEEDED):
            task = move(task, step, 5.0)
    return task


DONE, FRESH = task_in(State.SUCCEEDED), task_in(State.QUEUED)


def test_s2_03_the_replies_of_the_guide() -> None:
    (created,) = under("kie", "Response")[:1]
    (record,) = under("kie", "Response")[1:2]
    agrees(created, json.loads(replies.seed_created(FRESH)))
    agrees(record, json.loads(replies.seed_record(DONE, SHOWN)))
    ours = json.loads(replies.seed_record(DONE, SHOWN))["data"]
    for field in ("createdAt", "completedAt"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", ours[field])
    assert ours["duration"] == record["data"]["duration"]
    assert ours["resolution"] == record["data"]["resolution"]
    assert len(ours["taskId"]) == len(record["data"]["taskId"])


def test_s2_04_the_webhook_of_the_guide() -> None:
    (sample,) = under("kie", "Webhook Callback")
    agrees(sample, json.loads(replies.seed_callback(DONE, SHOWN)))


def test_s2_11_the_codes_of_the_guide() -> None:
    sorts = {
        1001: Sort.PROMPT,
        1002: Sort.PICTURE,
        1003: Sort.CREDITS,
        1004: Sort.PARAMETER,
        1005: Sort.BUSY,
    }
    assert [[code, TABLE[sorts[code]].meaning] for code in sorted(sorts)] == read("kie", "codes")
    assert {code: plain_answer(sort, Design.SEED).code for code, sort in sorts.items()} == {
        code: code for code in sorts
    }


def test_s2_02_every_parameter_of_the_guide_is_read() -> None:
    ours = {SEED_SPELLED.get(name, name) for name in Generate.__struct_fields__}
    assert {name for (name,) in read("kie", "parameters")} <= ours


def body_of(section: str) -> bytes:
    (sample,) = under("kie", section)
    return json.dumps(sample).encode()


def test_s2_01_the_requests_of_the_guide() -> None:
    text = generate(body_of("Request - Text to Video"))
    assert isinstance(text.request, TextToVideo)
    assert text.request.mode is Mode.PRO
    assert text.request.ratio is Ratio.WIDE
    assert (text.request.duration_s, text.request.seed) == (10.0, 45678)
    assert text.callback_url == "https://webhook.your-domain.com/kling"
    picture = generate(body_of("Request - Image to Video"))
    assert isinstance(picture.request, ImageToVideo)
    assert picture.request.image is not None
    assert picture.request.image.fetch is not None
    assert picture.request.image.fetch.url == "https://example.com/image.jpg"


def test_s2_05_the_avatar_of_the_guide() -> None:
    request = generate(body_of("Kling Avatar API")).request
    assert isinstance(request, Avatar)
    assert (request.model, request.mode) == ("kling-avatar", Mode.PRO)
    assert request.audio.fetch is not None
    assert request.audio.fetch.limits.bytes_max == 10 * 1024 * 1024


# --- today's API


def test_every_model_of_the_table_is_read() -> None:
    assert list(MODELS) == read("kie", "models")


@pytest.mark.parametrize("model", list(MODELS))
def test_the_catalogue_knows_every_model_under_its_word(model: str) -> None:
    known = load_catalogue().alias(model)
    assert known is not None
    assert known.protocol == "kie"


FULL: dict[str, Any] = {
    "prompt": "a lake",
    "image_urls": ["https://x.example/a.png"],
    "image_url": "https://x.example/a.png",
    "input_urls": ["https://x.example/a.png"],
    "video_urls": ["https://x.example/a.mp4"],
    "audio_url": "https://x.example/a.mp3",
    "duration": "5",
    "sound": False,
}


@pytest.mark.parametrize("model", list(MODELS))
def test_the_catalogue_lets_every_model_do_what_its_word_says(model: str) -> None:
    wanted = create_task(json.dumps({"model": model, "input": FULL}).encode())
    catalogue = load_catalogue()
    known = catalogue.alias(model)
    assert known is not None
    assert not known.kinds or wanted.request.kind in known.kinds
    assert wanted.request.kind in catalogue.find(model).kinds


def test_the_record_has_every_documented_field() -> None:
    record = json.loads(replies.market_record(DONE, SHOWN))["data"]
    called = json.loads(replies.market_callback(DONE, replace(SHOWN, balance_credits=1)))["data"]
    assert set(read("kie", "record")) <= set(record) | set(called)
    assert json.loads(record["resultJson"]) == {"resultUrls": [SHOWN.film_url]}
    assert json.loads(record["param"])["input"]
    for field in ("costTime", "createTime", "updateTime", "completeTime"):
        assert isinstance(record[field], int)


def test_the_file_object_of_uploads() -> None:
    ours = json.loads(
        replies.stored_file(name="a", path="b/a", url="u", size_bytes=1, media_type="t", at=0.0)
    )
    named = set(re.findall(r"\w+", read("kie", "upload"))) - {"true", "200"}
    assert named <= set(ours) | set(ours["data"])
    assert (ours["success"], ours["code"]) == (True, 200)


def test_a_refused_upload_has_no_data() -> None:
    answer = plain_answer(Sort.KEY, Design.UPLOAD)
    assert json.loads(replies.error_body(answer, Design.UPLOAD)) == {
        "success": False,
        "code": 401,
        "msg": "You do not have access permissions",
    }
