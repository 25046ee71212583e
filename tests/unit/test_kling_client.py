"""Kling's client: bodies as Kling's pages have them, and replies read by their code alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import jwt
import pytest
from tests.pretend.remote import order_for

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.order import assets_of
from filmgate.domain.ports import Failed, Made, Refused, Running, Throttled, Unclear, Vanished
from filmgate.domain.request import (
    Asset,
    Avatar,
    Camera,
    CameraPreset,
    ImageToVideo,
    Mode,
    MotionControl,
    Omni,
    Ratio,
    Request,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.task import Fault
from filmgate.domain.upstream import Call, Closed, Exists, Input, Ready, Reply, Silent, Trouble
from filmgate.protocols.kling.client import ApiKey, KeyPair, KlingClient
from filmgate.protocols.kling.endpoints import read_create
from filmgate.protocols.kling.references import Wanted
from filmgate.protocols.kling.wire_client import camera_of
from filmgate.usecases.name_work import speaker

PICTURE = Asset("a" * 64, "image/png", 10, name="a.png")
TAIL = Asset("b" * 64, "image/png", 10, name="b.png")
CLIP = Asset("c" * 64, "video/mp4", 10, name="c.mp4")
SOUND = Asset("d" * 64, "audio/mpeg", 10, name="d.mp3")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
MP3 = b"ID3" + bytes(24)
CALL = Call(method="POST", path="/v1/videos/text2video")
HOUR_S = 3600.0


def client(key: str = "") -> KlingClient:
    return KlingClient(ApiKey(key or "static"))


def given(asset: Asset) -> Input:
    if asset.media_type.startswith("video/"):
        return Input(media_type=asset.media_type, name=asset.name, url="https://h/c.mp4")
    content = PNG if asset.media_type.startswith("image/") else MP3
    return Input(media_type=asset.media_type, name=asset.name, content=content)


def sent(request: Request, protocols: tuple[str, ...] = ("kling", "kling-new")) -> Call:
    order = order_for(request)
    work = speaker(load_catalogue, "kling", protocols)(order)
    inputs = {each.digest: given(each) for each in assets_of(request)}
    return client().create(replace(work, inputs=inputs, callback_url="https://h/cb"))


def body(call: Call) -> dict[str, object]:
    assert call.body is not None
    return json.loads(call.body)


# --- bodies, against the documents


def test_text_to_video_as_on_kling_s_page() -> None:
    call = sent(
        TextToVideo(
            model="kling-v2-6",
            prompt="a cat",
            negative_prompt="a dog",
            cfg_scale=0.7,
            mode=Mode.PRO,
            duration_s=10,
            ratio=Ratio.TALL,
            sound=True,
        )
    )
    told = body(call)
    assert (call.method, call.path) == ("POST", "/v1/videos/text2video")
    assert str(told.pop("external_task_id")).startswith("task_")
    # kling.md 6.1; cfg_scale is "not v2.x".
    assert told == {
        "model_name": "kling-v2-6",
        "prompt": "a cat",
        "negative_prompt": "a dog",
        "mode": "pro",
        "sound": "on",
        "duration": "10",
        "aspect_ratio": "9:16",
        "callback_url": "https://h/cb",
    }


def test_image_to_video_has_no_ratio_and_raw_base64() -> None:
    told = body(
        sent(
            ImageToVideo(
                model="kling-v2-5-turbo", image=PICTURE, image_tail=TAIL, prompt="go", mode=Mode.PRO
            )
        )
    )
    assert "aspect_ratio" not in told
    assert str(told["image"]).startswith("iVBORw0KGgo")
    assert set(told) == {
        *("model_name", "image", "image_tail", "prompt", "mode", "duration"),
        *("callback_url", "external_task_id"),
    }


def test_the_newest_models_go_to_the_new_design() -> None:
    call = sent(
        TextToVideo(model="kling-3.0-turbo", prompt="a cat", duration_s=5, ratio=Ratio.WIDE)
    )
    told = body(call)
    options = told["options"]
    assert isinstance(options, dict)
    assert call.path == "/text-to-video/kling-3.0-turbo"
    # kling.md 12.1, the first minimal body; sound can't be chosen there.
    assert told["prompt"] == "a cat"
    assert told["settings"] == {"resolution": "720p", "aspect_ratio": "16:9", "duration": 5}
    assert options.pop("external_task_id")
    assert options == {"callback_url": "https://h/cb"}


def test_a_camera_goes_nested_and_a_preset_alone() -> None:
    zoom = {"horizontal": 0, "vertical": 0, "pan": 0, "tilt": 0, "roll": 0, "zoom": 5}
    assert camera_of(Camera(zoom=5)) == {"type": "simple", "config": zoom}
    assert camera_of(Camera(preset=CameraPreset.DOWN_BACK)) == {"type": "down_back"}


# --- bodies, read again by our own server's reader: every field arrives where it belongs

ROUND_TRIP: Mapping[str, Request] = {
    "text": TextToVideo(
        model="kling-v3",
        prompt="a cat",
        negative_prompt="a dog",
        cfg_scale=0.25,
        mode=Mode.UHD,
        duration_s=7,
        ratio=Ratio.SQUARE,
        sound=True,
        watermark=True,
    ),
    "shots": TextToVideo(
        model="kling-v3",
        mode=Mode.STD,
        duration_s=5,
        ratio=Ratio.WIDE,
        sound=False,
        shots=(ShotPrompt(prompt="one", duration_s=2), ShotPrompt(prompt="two", duration_s=3)),
    ),
    "auto shots": TextToVideo(
        model="kling-v3",
        prompt="a cat",
        mode=Mode.STD,
        duration_s=5,
        ratio=Ratio.WIDE,
        sound=False,
        auto_shots=True,
    ),
    "image": ImageToVideo(
        model="kling-v3",
        prompt="go",
        mode=Mode.PRO,
        duration_s=10,
        sound=True,
        image=PICTURE,
        image_tail=TAIL,
        elements=("829836802793406551",),
    ),
    "voices": ImageToVideo(
        model="kling-v2-6",
        prompt="<<<voice_1>>> speaks",
        mode=Mode.PRO,
        duration_s=5,
        sound=True,
        image=PICTURE,
        voices=("7",),
    ),
    "omni": Omni(
        model="kling-v3-omni",
        prompt="<<<image_1>>> meets <<<image_2>>>",
        mode=Mode.PRO,
        duration_s=5,
        ratio=Ratio.WIDE,
        sound=True,
        images=(PICTURE, TAIL),
        elements=("5",),
    ),
    "omni frames": Omni(
        model="kling-v3-omni",
        prompt="go",
        mode=Mode.PRO,
        duration_s=5,
        sound=False,
        first_frame=PICTURE,
        last_frame=TAIL,
    ),
    "omni feature": Omni(
        model="kling-v3-omni",
        prompt="as in <<<video_1>>>",
        mode=Mode.PRO,
        duration_s=5,
        ratio=Ratio.WIDE,
        sound=False,
        feature_video=CLIP,
        keep_original_sound=False,
    ),
    "motion": MotionControl(
        model="kling-v3",
        prompt="dance",
        mode=Mode.PRO,
        image=PICTURE,
        video=CLIP,
        follow_video_orientation=True,
        keep_original_sound=False,
    ),
    "avatar": Avatar(
        model="kling-avatar", prompt="speak", mode=Mode.PRO, image=PICTURE, audio=SOUND
    ),
}
NEW_DESIGN = ("text", "auto shots", "image", "omni", "omni frames", "omni feature", "motion")
UNSAID = {"model", "cfg_scale", "negative_prompt", "seed", "creativity"}
"""The new design has no such words."""
CLIP_S_OWN = "keep_original_sound"
"""Says nothing where there is no clip."""


def shown(part: object) -> object:
    """Assets and the model compare by what they are, not by their ids."""
    if isinstance(part, Asset):
        return "asset"
    if isinstance(part, tuple):
        return tuple(shown(each) for each in part)
    if is_dataclass(part):
        return {each.name: shown(getattr(part, each.name)) for each in fields(part)}
    return part


@pytest.mark.parametrize("name", ROUND_TRIP)
def test_every_field_arrives(name: str) -> None:
    request = ROUND_TRIP[name]
    call = sent(request)
    assert call.body is not None
    wanted = read_create(call.path, call.body)
    assert isinstance(wanted, Wanted)
    assert wanted.options.callback_url == "https://h/cb"
    expected, found = shown(request), shown(wanted.request)
    assert isinstance(expected, dict)
    assert isinstance(found, dict)
    if isinstance(request, Avatar):  # the page has no model
        expected.pop("model"), found.pop("model")
    assert found == expected


@pytest.mark.parametrize("name", NEW_DESIGN)
def test_every_field_arrives_in_the_new_design(name: str) -> None:
    request = ROUND_TRIP[name]
    call = sent(request, ("kling-new",))
    assert call.body is not None
    wanted = read_create(call.path, call.body)
    assert isinstance(wanted, Wanted)
    expected, found = shown(request), shown(wanted.request)
    assert isinstance(expected, dict)
    assert isinstance(found, dict)
    for word in UNSAID if name.startswith(("omni feature", "motion")) else {*UNSAID, CLIP_S_OWN}:
        expected.pop(word, None), found.pop(word, None)
    assert found == expected


# --- replies to a create

CREATED = {
    "code": 0,
    "message": "SUCCEED",
    "request_id": "c0656403-1e6e-4b7e-b8f8-2cdd2595f2b9",
    "data": {"task_id": "867283741759111202", "task_status": "submitted"},
}


def create(status: int, told: object, **headers: str) -> object:
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client().read_create(CALL, Reply(status=status, headers=names, body=raw))


def fault(code: int, message: str = "no") -> dict[str, object]:
    return {"code": code, "message": message, "request_id": "r"}


@pytest.mark.parametrize("status", [200, 201, 429, 500])
def test_a_job_counts_whatever_the_status_says(status: int) -> None:
    assert create(status, CREATED) == Made("v1/videos/text2video/867283741759111202")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (1200, Refused),
        (1201, Refused),
        (1203, Refused),
        (1301, Refused),
        (1303, Throttled),
        (1302, Throttled),
        (5001, Throttled),
        (1004, Throttled),
        (5000, Unclear),
        (5002, Unclear),
        (9999, Unclear),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 429, 503])
def test_the_code_decides_and_never_the_status(code: int, wanted: type, status: int) -> None:
    assert isinstance(create(status, fault(code)), wanted)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"{}", b'{"code":null}', b'{"code":0}'])
@pytest.mark.parametrize("status", [200, 429, 502])
def test_what_can_t_be_read_leaves_it_in_doubt(raw: bytes, status: int) -> None:
    assert isinstance(create(status, raw), Unclear)


def test_s0_12_an_empty_balance_is_told_in_the_words_people_search_for() -> None:
    told = create(429, fault(1102, "Account balance not enough"))
    assert isinstance(told, Closed)
    assert told.trouble is Trouble.EMPTY
    assert "Kling AI API error: 429 - Account balance not enough" in told.reason


def test_s0_11_and_the_two_credit_systems_are_explained() -> None:
    told = create(429, fault(1102, "Account balance not enough"))
    assert isinstance(told, Closed)
    assert "two separate credit systems" in told.reason
    assert "website credits" in told.reason


def test_s0_12_rejected_keys_name_the_settings() -> None:
    told = create(401, fault(1002, "The token was expected to have 3 parts, but got 0"))
    assert isinstance(told, Closed)
    assert told.trouble is Trouble.REJECTED
    assert "KLING_ACCESS_KEY" in told.reason


def test_a_refusal_of_content_is_told_apart() -> None:
    told = create(400, fault(1301, "content safety"))
    assert isinstance(told, Refused)
    assert told.fault is Fault.CONTENT
    other = create(400, fault(1201))
    assert isinstance(other, Refused)
    assert other.fault is Fault.PROVIDER


def test_an_order_that_is_there_already_is_looked_for() -> None:
    assert create(400, fault(1201, "External_task_id task_1 already exists")) == Exists()


def test_the_service_says_how_long_to_wait() -> None:
    told = create(429, fault(1302), retry_after="17")
    assert isinstance(told, Throttled)
    assert told.retry_after_s == 17


# --- replies to a look


def look(told: object, job: str = "v1/videos/text2video/8", status: int = 200) -> object:
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    return client().read_look(job, Reply(status=status, body=raw))


def seen(**data: object) -> dict[str, object]:
    return {"code": 0, "data": {"task_id": "8", **data}}


def test_a_film_with_what_it_took() -> None:
    films = {"videos": [{"id": "v", "url": "https://h/f.mp4", "duration": "5.1"}]}
    told = seen(task_status="succeed", task_result=films, final_unit_deduction="2.5")
    # 2.5 units at $0.14: seed S0's $0.35.
    assert look(told) == Ready(url="https://h/f.mp4", cost_usd_micros=350_000)


def test_the_new_design_s_list() -> None:
    item = {
        "id": "8",
        "status": "succeeded",
        "outputs": [{"type": "video", "url": "https://h/f.mp4"}],
        "billing": [{"charge_type": "unit", "amount": 2.4, "package_type": "video"}],
    }
    assert look({"code": 0, "data": [item]}, "tasks/8") == Ready(
        url="https://h/f.mp4", cost_usd_micros=336_000
    )
    assert look({"code": 0, "data": []}, "tasks/8") == Vanished()


def test_failed_and_running_and_unknown() -> None:
    assert look(seen(task_status="failed", task_status_msg="risk control")) == Failed(
        "risk control"
    )
    assert look(seen(task_status="processing")) == Running()
    missing = fault(1201, "Task not found by id/external id: 8")
    assert look(missing, status=400) == Vanished()


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"<html>",
        {"code": 0},
        seen(),
        seen(task_status="pondering"),
        seen(task_status="succeed"),
        seen(task_status="succeed", task_result={"videos": [{"url": ""}]}),
        seen(task_status="failed", task_id="9"),
        fault(1102),
        fault(1302),
        fault(5000),
        fault(1203),
        fault(1002),
    ],
)
def test_nothing_else_is_a_verdict(told: object) -> None:
    assert isinstance(look(told), Silent)


# --- credentials


def test_s0_02_a_token_is_kept_and_renewed_before_it_ends() -> None:
    now = [1_000_000.0]
    keys = KeyPair("ak", "sk-0123456789abcdef0123456789abcdef", lambda: now[0])
    first = keys.bearer()
    claims = jwt.decode(first, options={"verify_signature": False})
    assert claims == {"iss": "ak", "exp": 1_001_800, "nbf": 999_995}
    now[0] += 1400
    assert keys.bearer() == first
    now[0] += 200
    assert keys.bearer() != first
    now[0] += HOUR_S
    assert jwt.decode(keys.bearer(), options={"verify_signature": False})["exp"] == 1_007_000


def test_a_token_that_is_called_too_old_is_made_anew() -> None:
    now = [1_000_000.0]
    keys = KeyPair("ak", "sk-0123456789abcdef0123456789abcdef", lambda: now[0])
    kling = KlingClient(keys)
    first = keys.bearer()
    now[0] += 10
    kling.read_create(CALL, Reply(status=401, body=json.dumps(fault(1004)).encode()))
    assert keys.bearer() != first


def test_a_task_is_asked_for_by_our_own_id() -> None:
    kling = client()
    first, *others = kling.find("task_1")
    assert first.path == "/tasks?external_task_ids=task_1"
    assert {call.path for call in others} > {"/v1/videos/text2video/task_1"}
    told = {"task_id": "8", "task_info": {"external_task_id": "task_1"}}
    reply = Reply(status=200, body=json.dumps({"code": 0, "data": told}).encode())
    assert kling.read_find("task_1", others[0], reply) == Made("v1/videos/text2video/8")
    assert isinstance(kling.read_find("task_2", others[0], reply), Silent)
