"""Tasks as Kling tells them: every state, every family, both designs."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from filmgate.domain.task import State
from filmgate.protocols.kling import translate_answers as answers
from filmgate.protocols.kling.translate_outputs import (
    new_callback,
    new_created,
    solution_created,
    tasks_by_id,
    tasks_found,
)
from filmgate.protocols.kling.translate_replies import (
    SHAPES,
    callback,
    created,
    listed,
    number_text,
    seconds_text,
    single,
)
from filmgate.protocols.kling.view import (
    Charge,
    DeductionView,
    ElementView,
    FaceView,
    Family,
    FilmView,
    MaskView,
    PackView,
    PictureView,
    SelectionView,
    SoundView,
    TagView,
    TaskView,
    VoiceView,
)

RID = "c0656403-1e6e-4b7e-b8f8-2cdd2595f2b9"
FILM = FilmView(id="f1", url="https://h/f.mp4", duration_s=5.1, session_id="s1")
VOICE = VoiceView(id="v1", name="Ann", trial_url="https://h/v.mp3", owned_by="kling")
MADE = ElementView(
    id=829836802793406551,
    name="Ann",
    description="a girl",
    owned_by="42",
    front_url="https://h/1.png",
    refer_urls=("https://h/2.png",),
    voice=VOICE,
    tags=(TagView(id=101, name="Hottest"),),
)
DONE = TaskView(
    id="867283741759111202",
    family=Family.FILM,
    state=State.SUCCEEDED,
    created_ms=1774805076166,
    updated_ms=1774805099999,
    external_id="e1",
    films=(FILM,),
    pictures=(PictureView(url="https://h/p.png"),),
    sounds=(
        SoundView(id="a1", mp3_url="https://h/a.mp3", wav_url="https://h/a.wav", duration_s=3),
    ),
    voices=(VOICE,),
    elements=(MADE,),
    parent=FilmView(id="f0", url="https://h/0.mp4", duration_s=5),
    charge=Charge(units=Decimal("2.50")),
)


def data(body: bytes) -> dict[str, object]:
    reply = json.loads(body)
    assert list(reply) == ["code", "message", "request_id", "data"]
    assert (reply["code"], reply["message"], reply["request_id"]) == (0, "SUCCEED", RID)
    found = reply["data"]
    assert isinstance(found, dict)
    return found


def items(body: bytes) -> list[dict[str, object]]:
    found = json.loads(body)["data"]
    assert isinstance(found, list)
    return found


LEGACY = {
    State.QUEUED: "submitted",
    State.STARTING: "submitted",
    State.IN_DOUBT: "processing",
    State.RUNNING: "processing",
    State.FETCHING: "processing",
    State.SUCCEEDED: "succeed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}


@pytest.mark.parametrize("state", State)
def test_s1_09_every_state_has_its_word(state: State) -> None:
    task = replace(DONE, state=state, reason="too dark")
    told = data(single(task, RID))
    assert told["task_status"] == LEGACY[state]
    has_failed = state in {State.FAILED, State.CANCELLED}
    assert told["task_status_msg"] == ("too dark" if has_failed else "")
    assert ("task_result" in told) == (state is State.SUCCEEDED)
    (new,) = items(tasks_by_id([task], RID))
    assert new["status"] == LEGACY[state].replace("succeed", "succeeded")
    assert bool(new["outputs"]) == (state is State.SUCCEEDED)
    assert new["message"] == told["task_status_msg"]


def test_s3_10_create_as_seen_live() -> None:
    fresh = replace(DONE, state=State.QUEUED, updated_ms=DONE.created_ms)
    assert created(fresh, RID) == (
        b'{"code":0,"message":"SUCCEED","request_id":"c0656403-1e6e-4b7e-b8f8-2cdd2595f2b9",'
        b'"data":{"task_id":"867283741759111202","task_status":"submitted",'
        b'"task_info":{"external_task_id":"e1"},'
        b'"created_at":1774805076166,"updated_at":1774805076166}}'
    )


def test_s3_10_single_to_the_letter() -> None:
    assert data(single(DONE, RID)) == {
        "task_id": "867283741759111202",
        "task_status": "succeed",
        "task_status_msg": "",
        "task_info": {"external_task_id": "e1"},
        "task_result": {
            "videos": [
                {"id": "f1", "url": "https://h/f.mp4", "watermark_url": "", "duration": "5.1"}
            ]
        },
        "watermark_info": {"enabled": False},
        "final_unit_deduction": "2.5",
        "final_balance_deduction": {"quota": "", "list_price": ""},
        "created_at": 1774805076166,
        "updated_at": 1774805099999,
    }


def test_task_info_is_always_an_object() -> None:
    bare = replace(DONE, external_id="", parent=None, charge=None)
    told = data(single(bare, RID))
    assert told["task_info"] == {"external_task_id": ""}
    assert "final_unit_deduction" not in told


RESULTS: dict[Family, dict[str, list[str]]] = {
    Family.FILM: {"videos": ["id", "url", "watermark_url", "duration"]},
    Family.EDIT: {"videos": ["id", "session_id", "url", "watermark_url", "duration"]},
    Family.EFFECT: {"videos": ["id", "url", "watermark_url"]},
    Family.CONTINUATION: {"videos": ["id", "url", "watermark_url", "duration"]},
    Family.SOUND: {"audios": ["id", "url_mp3", "url_wav", "duration_mp3", "duration_wav"]},
    Family.SCORE: {
        "videos": ["id", "url", "duration"],
        "audios": ["id", "url_mp3", "url_wav", "duration_mp3", "duration_wav"],
    },
    Family.SPEECH: {"audios": ["id", "url", "duration"]},
    Family.PICTURE: {"images": ["index", "url", "watermark_url"]},
    Family.VOICE: {"voices": ["voice_id", "voice_name", "trial_url", "owned_by"]},
    Family.ELEMENT: {
        "elements": [
            *("element_id", "element_name", "element_description", "reference_type"),
            *("element_image_list", "element_video_list", "element_voice_info", "tag_list"),
            *("owned_by", "status"),
        ]
    },
}


@pytest.mark.parametrize("family", Family)
def test_the_results_of_every_family(family: Family) -> None:
    told = data(single(replace(DONE, family=family), RID))
    result = told["task_result"]
    assert isinstance(result, dict)
    assert {word: list(found[0]) for word, found in result.items()} == RESULTS[family]
    info = told["task_info"]
    assert isinstance(info, dict)
    if SHAPES[family].has_parent:
        assert info["parent_video"] == {"id": "f0", "url": "https://h/0.mp4", "duration": "5.0"}
    else:
        assert "parent_video" not in info


def test_lists_are_bare_arrays_of_the_single_shape() -> None:
    assert items(listed([DONE, DONE], RID)) == [data(single(DONE, RID))] * 2
    assert items(listed([], RID)) == []


def test_speech_is_answered_with_its_result() -> None:
    told = data(created(replace(DONE, family=Family.SPEECH), RID))
    assert told["task_result"] == {
        "audios": [{"id": "a1", "url": "https://h/a.mp3", "duration": "3.0"}]
    }


def test_money_from_a_balance() -> None:
    paid = replace(DONE, charge=Charge(quota=Decimal("0.30"), list_price=Decimal("0.35")))
    told = data(single(paid, RID))
    assert told["final_unit_deduction"] == "0"
    assert told["final_balance_deduction"] == {"quota": "0.3", "list_price": "0.35"}
    (new,) = items(tasks_by_id([paid], RID))
    assert new["billing"] == [
        {
            "charge_type": "cash",
            "cash_type": "balance",
            "amount": "0.3",
            "currency": "USD",
            "list_price": "0.35",
        }
    ]


def test_legacy_callback() -> None:
    body = json.loads(callback(replace(DONE, family=Family.CONTINUATION)))
    assert list(body) == [
        *("task_id", "task_status", "task_status_msg", "created_at", "updated_at"),
        *("final_unit_deduction", "final_balance_deduction", "task_info", "task_result"),
    ]
    assert body["task_info"]["parent_video"]["id"] == "f0"
    waiting = json.loads(callback(replace(DONE, state=State.QUEUED, charge=None)))
    assert waiting["task_status"] == "submitted"


def test_new_create_and_query() -> None:
    assert data(new_created(replace(DONE, state=State.QUEUED), RID)) == {
        "id": "867283741759111202",
        "status": "submitted",
        "create_time": 1774805076166,
        "update_time": 1774805099999,
        "external_id": "e1",
    }
    (task,) = items(tasks_by_id([DONE], RID))
    assert list(task) == [
        *("id", "status", "message", "create_time", "update_time", "external_id"),
        *("outputs", "billing"),
    ]
    outputs = task["outputs"]
    assert isinstance(outputs, list)
    assert [output["type"] for output in outputs] == ["video", "image", "audio", "voice", "element"]
    assert list(outputs[0]) == ["type", "id", "url", "watermark_url", "duration"]
    assert outputs[4]["references"][-1]["name"] == "Ann"
    assert outputs[4]["tags"] == [{"id": 101, "name": "Hottest", "description": ""}]
    assert task["billing"] == [{"charge_type": "unit", "amount": "2.5", "package_type": "video"}]


def test_new_callback_has_materials_where_queries_have_references() -> None:
    element = json.loads(new_callback(DONE))["outputs"][4]
    assert "references" not in element
    assert [part["role"] for part in element["materials"]] == ["frontal", "refer", "refer"]


def test_task_pages() -> None:
    assert data(tasks_found([], None, RID)) == {
        "result": [],
        "count": 0,
        "next_cursor": "",
        "has_more": False,
    }
    page = data(tasks_found([DONE], "c1", RID))
    assert (page["count"], page["next_cursor"], page["has_more"]) == (1, "c1", True)


def test_try_on_keeps_the_older_words() -> None:
    done = replace(DONE, family=Family.PICTURE)
    assert data(solution_created(done, RID))["status"] == "succeed"
    assert "task_id" in data(solution_created(done, RID))
    assert items(tasks_by_id([done], RID))[0]["status"] == "succeed"


def test_elements_from_clips_and_deleted_ones() -> None:
    filmed = replace(MADE, clip_urls=("https://h/c.mp4",), voice=None, is_deleted=True)
    told = data(answers.element(filmed, RID))
    assert told["reference_type"] == "video_refer"
    assert told["element_video_list"] == {"refer_videos": [{"video_url": "https://h/c.mp4"}]}
    assert (told["element_image_list"], told["element_voice_info"]) == ({}, {})
    assert told["status"] == "deleted"
    assert len(items(answers.elements([MADE, filmed], RID))) == 2


def test_faces_and_selections() -> None:
    found = [FaceView(id="0", image_url="https://h/0.png", start_ms=0, end_ms=4800)]
    told = data(answers.faces("s1", found, Charge(units=Decimal("0.05")), RID))
    assert list(told) == [
        *("session_id", "final_unit_deduction", "final_balance_deduction", "face_data"),
    ]
    assert told["final_unit_deduction"] == "0.05"
    begun = data(answers.selection(SelectionView(session_id="s1", fps=30), Charge(), RID))
    assert (begun["status"], begun["session_id"], begun["fps"]) == (0, "s1", 30.0)
    mask = MaskView(object_id=0, size=(720, 1280), counts="abc", png_base64="iVBO")
    changed = data(answers.selection_changed("s1", 4, [mask], RID))
    assert changed["res"] == {
        "frame_index": 4,
        "rle_mask_list": [
            {
                "object_id": 0,
                "rle_mask": {"size": [720, 1280], "counts": "abc"},
                "png_mask": {"size": [720, 1280], "base64": "iVBO"},
            }
        ],
    }
    assert "res" not in data(answers.selection_cleared("s1", RID))
    shown = data(answers.selection_preview("s1", "v", "c", "t", RID))
    assert shown["res"] == {"video": "v", "video_cover": "c", "tracking_output": "t"}
    assert data(answers.deleted("9", RID)) == {"task_id": "9", "task_status": "succeed"}


LINE = DeductionView(
    task_id="1",
    api_key_name="k",
    product="Image to Video",
    model="kling-v3",
    resolution="720p",
    duration_s=5.04,
    deducted_ms=1779549455861,
    before=Decimal("13037.3"),
    amount=Decimal(5),
    after=Decimal("13032.3"),
    list_price=Decimal(5),
    package_id="p1",
)


def test_costs_and_bills() -> None:
    pack = PackView(
        name="Trial",
        id="p1",
        total=100,
        remaining=97.5,
        purchased_ms=1,
        effective_ms=2,
        invalid_ms=3,
    )
    told = data(answers.costs([pack], RID))
    packs = told["resource_pack_subscribe_infos"]
    assert isinstance(packs, list)
    assert (told["code"], packs[0]["remaining_quantity"]) == (0, 97.5)
    balance = data(answers.balance_bill([LINE], None, RID))
    result = balance["result"]
    assert isinstance(result, dict)
    assert result["detail"][0]["deduction_time"] == "1779549455861"
    assert result["detail"][0]["balance_after_deduction"] == 13032.3
    assert (result["count"], balance["has_more"]) == (1, False)
    package = data(answers.package_bill([LINE], "c", RID))
    assert (package["next_cursor"], package["has_more"]) == ("c", True)


@pytest.mark.parametrize(
    ("value", "text"),
    [("2.50", "2.5"), ("10", "10"), ("0", "0"), ("1E+3", "1000"), ("0.05", "0.05")],
)
def test_numbers_as_text(value: str, text: str) -> None:
    assert number_text(Decimal(value)) == text


def test_lengths_as_text() -> None:
    assert [seconds_text(each) for each in (5, 5.1, 9.6, 3.0413)] == ["5.0", "5.1", "9.6", "3.041"]
