"""The clients of KIE, PiAPI and /v1/videos servers: bodies and replies as in their documents.

The samples are from ``reference/kie-piapi-openai.md``; nothing of them was made by our own code.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from aiohttp import web
from tests.pretend.remote import open_remote, order_for
from tests.unit.loopback import serving

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.errors import Unsupported
from filmgate.domain.order import assets_of
from filmgate.domain.ports import (
    Failed,
    FindsJobs,
    Made,
    Refused,
    Running,
    Throttled,
    Unclear,
    Vanished,
)
from filmgate.domain.request import (
    Asset,
    Avatar,
    Extend,
    ImageToVideo,
    LipSync,
    Mode,
    MotionControl,
    MultiImage,
    Ratio,
    Request,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.upstream import (
    Call,
    Client,
    Closed,
    Input,
    Ready,
    Reply,
    Silent,
    Trouble,
)
from filmgate.protocols.kie.client import KieClient
from filmgate.protocols.openai_videos.client import openai_videos_client
from filmgate.protocols.openai_videos.client_quirks import QUIRKS
from filmgate.protocols.piapi.client import PiApiClient
from filmgate.usecases.name_work import speaker

PICTURE = Asset("a" * 64, "image/png", 10, name="a.png")
TAIL = Asset("b" * 64, "image/png", 10, name="b.png")
CLIP = Asset("c" * 64, "video/mp4", 10, name="c.mp4")
SOUND = Asset("d" * 64, "audio/mpeg", 10, name="d.mp3")
CALL = Call(method="POST", path="/")
TASK = "3f0b6ad2-2f4d-4d6b-8f2a-1c2d3e4f5a6b"

KIE = KieClient("key")
PIAPI = PiApiClient("key", service_mode="private", hook_secret="s3cret")
OPENAI = openai_videos_client("key", QUIRKS["openai"])


def given(asset: Asset) -> Input:
    extension = asset.name.rpartition(".")[2]
    return Input(
        media_type=asset.media_type,
        name=asset.name,
        url=f"https://h/{asset.digest[0]}.{extension}",
        content=b"bytes",
    )


def sent(client: Client, provider: str, request: Request, source_job: str | None = None) -> Call:
    work = speaker(load_catalogue, provider, client.protocols)(order_for(request, provider))
    inputs = {each.digest: given(each) for each in assets_of(request)}
    return client.create(
        replace(work, inputs=inputs, callback_url="https://h/cb", source_job=source_job)
    )


def body(call: Call) -> dict[str, object]:
    assert call.body is not None
    return json.loads(call.body)


def reply(told: object, status: int = 200, **headers: str) -> Reply:
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=names, body=raw)


# --- KIE: one body for each model of its pages (1.3)

KIE_BODIES: dict[str, tuple[Request, dict[str, object]]] = {
    "kling-3.0/video": (
        ImageToVideo(
            model="kling-v3",
            prompt="go",
            mode=Mode.UHD,
            duration_s=7,
            sound=True,
            image=PICTURE,
            image_tail=TAIL,
        ),
        {
            "prompt": "go",
            "image_urls": ["https://h/a.png", "https://h/b.png"],
            "sound": True,
            "duration": "7",
            "mode": "4K",
            "multi_shots": False,
        },
    ),
    "kling-3.0/video shots": (
        TextToVideo(
            model="kling-v3",
            mode=Mode.PRO,
            duration_s=5,
            ratio=Ratio.TALL,
            sound=True,
            shots=(ShotPrompt(prompt="one", duration_s=2), ShotPrompt(prompt="two", duration_s=3)),
        ),
        {
            "sound": True,
            "duration": "5",
            "aspect_ratio": "9:16",
            "mode": "pro",
            "multi_shots": True,
            "multi_prompt": [{"prompt": "one", "duration": 2}, {"prompt": "two", "duration": 3}],
        },
    ),
    "kling-2.6/text-to-video": (
        TextToVideo(
            model="kling-v2-6",
            prompt="a cat",
            mode=Mode.PRO,
            duration_s=10,
            ratio=Ratio.SQUARE,
            sound=True,
        ),
        {"prompt": "a cat", "sound": True, "aspect_ratio": "1:1", "duration": "10"},
    ),
    "kling/v2-5-turbo-image-to-video-pro": (
        ImageToVideo(
            model="kling-v2-5-turbo",
            prompt="go",
            negative_prompt="a dog",
            cfg_scale=0.25,
            mode=Mode.PRO,
            duration_s=5,
            image=PICTURE,
            image_tail=TAIL,
        ),
        {
            "prompt": "go",
            "image_url": "https://h/a.png",
            "tail_image_url": "https://h/b.png",
            "duration": "5",
            # Kling's v2.x have no cfg_scale (seed S3), though KIE's page still lists it.
            "negative_prompt": "a dog",
        },
    ),
    "kling/v2-1-standard": (
        ImageToVideo(model="kling-v2-1", prompt="go", mode=Mode.STD, duration_s=5, image=PICTURE),
        {"prompt": "go", "image_url": "https://h/a.png", "duration": "5"},
    ),
    "kling/v3-turbo-text-to-video": (
        TextToVideo(
            model="kling-3.0-turbo",
            prompt="a cat",
            mode=Mode.PRO,
            duration_s=3,
            ratio=Ratio.WIDE,
            sound=True,
        ),
        {"prompt": "a cat", "duration": "3", "aspect_ratio": "16:9", "resolution": "1080p"},
    ),
    "kling-2.6/motion-control": (
        MotionControl(
            model="kling-v2-6",
            prompt="dance",
            mode=Mode.PRO,
            image=PICTURE,
            video=CLIP,
            follow_video_orientation=False,
        ),
        {
            "prompt": "dance",
            "input_urls": ["https://h/a.png"],
            "video_urls": ["https://h/c.mp4"],
            "character_orientation": "image",
            "mode": "1080p",
        },
    ),
    "kling/ai-avatar-pro": (
        Avatar(model="kling-avatar", prompt="speak", mode=Mode.PRO, image=PICTURE, audio=SOUND),
        {"prompt": "speak", "image_url": "https://h/a.png", "audio_url": "https://h/d.mp3"},
    ),
}


@pytest.mark.parametrize("model", KIE_BODIES)
def test_kie_s_bodies_are_its_pages_(model: str) -> None:
    request, expected = KIE_BODIES[model]
    call = sent(KIE, "kie", request)
    assert (call.method, call.path) == ("POST", "/api/v1/jobs/createTask")
    assert call.headers["Authorization"] == "Bearer key"
    assert body(call) == {
        "model": model.partition(" ")[0],
        "callBackUrl": "https://h/cb",
        "input": expected,
    }


def test_kie_takes_what_has_no_address_as_an_upload() -> None:
    call = KIE.upload(Input(media_type="image/png", name="../../a.png", content=b"\x89PNG"))
    told = body(call)
    assert (call.path, call.base_url) == (
        "/api/file-base64-upload",
        "https://kieai.redpandaai.co",
    )
    assert told["base64Data"] == "data:image/png;base64,iVBORw=="
    assert ".." not in str(told["fileName"])
    kept = {"success": True, "code": 200, "data": {"downloadUrl": "https://k/a.png"}}
    assert KIE.read_upload(reply(kept)) == "https://k/a.png"
    assert KIE.read_upload(reply({"success": False, "code": 500, "msg": "no"})) is None


# --- what PiAPI is sent, by parts 2.2 and 2.4

PIAPI_BODIES: dict[str, tuple[Request, str | None, dict[str, object]]] = {
    "text": (
        TextToVideo(
            model="kling-v1-6",
            prompt="a cat",
            negative_prompt="a dog",
            cfg_scale=0.5,
            mode=Mode.STD,
            duration_s=10,
            ratio=Ratio.TALL,
        ),
        None,
        {
            "model": "kling",
            "task_type": "video_generation",
            "input": {
                "prompt": "a cat",
                "negative_prompt": "a dog",
                "cfg_scale": 0.5,
                "duration": 10,
                "aspect_ratio": "9:16",
                "mode": "std",
                "version": "1.6",
            },
        },
    ),
    "image": (
        ImageToVideo(
            model="kling-v2-5-turbo",
            prompt="go",
            mode=Mode.PRO,
            duration_s=5,
            image=PICTURE,
            image_tail=TAIL,
        ),
        None,
        {
            "model": "kling-turbo",
            "task_type": "video_generation",
            "input": {
                "prompt": "go",
                "duration": 5,
                "mode": "pro",
                "version": "2.5-turbo",
                "image_url": "https://h/a.png",
                "image_tail_url": "https://h/b.png",
            },
        },
    ),
    "elements": (
        MultiImage(
            model="kling-v1-6",
            prompt="both",
            mode=Mode.STD,
            duration_s=5,
            ratio=Ratio.WIDE,
            images=(PICTURE, TAIL),
        ),
        None,
        {
            "model": "kling",
            "task_type": "video_generation",
            "input": {
                "prompt": "both",
                "duration": 5,
                "aspect_ratio": "16:9",
                "mode": "std",
                "version": "1.6",
                "elements": [{"image_url": "https://h/a.png"}, {"image_url": "https://h/b.png"}],
            },
        },
    ),
    "extend": (
        Extend(model="kling-v1-6", prompt="on", mode=Mode.STD, source_task="task_1"),
        TASK,
        {
            "model": "kling",
            "task_type": "extend_video",
            "input": {"origin_task_id": TASK, "prompt": "on"},
        },
    ),
    "lip sync": (
        LipSync(model="kling-lip-sync", video=CLIP, audio=SOUND),
        None,
        {
            "model": "kling",
            "task_type": "lip_sync",
            "input": {"video_url": "https://h/c.mp4", "local_dubbing_url": "https://h/d.mp3"},
        },
    ),
    "motion": (
        MotionControl(model="kling-v2-6", mode=Mode.PRO, image=PICTURE, video=CLIP),
        None,
        {
            "model": "kling",
            "task_type": "motion_control",
            "input": {
                "image_url": "https://h/a.png",
                "video_url": "https://h/c.mp4",
                "motion_direction": "video",
                "keep_original_sound": True,
                "mode": "pro",
                "version": "2.6",
            },
        },
    ),
}


@pytest.mark.parametrize("name", PIAPI_BODIES)
def test_piapi_s_bodies_are_its_pages_(name: str) -> None:
    request, source_job, expected = PIAPI_BODIES[name]
    call = sent(PIAPI, "piapi", request, source_job)
    assert (call.method, call.path) == ("POST", "/api/v1/task")
    assert call.headers["x-api-key"] == "key"
    config = {
        "service_mode": "private",
        "webhook_config": {"endpoint": "https://h/cb", "secret": "s3cret"},
    }
    assert body(call) == {**expected, "config": config}


def test_piapi_is_found_by_the_address_of_the_task_s_own_callback() -> None:
    call, *others = PIAPI.find("task_1")
    assert {"page=1" in call.path, "page=2" in others[0].path} == {True}
    item = {"task_id": TASK, "config": {"webhook_config": {"endpoint": "https://h/hooks/task_1.x"}}}
    for data in ([item], {"tasks": [item]}, {"list": [item]}):
        told = reply({"code": 200, "data": data})
        assert PIAPI.read_find("task_1", call, told) == Made(TASK)
        assert PIAPI.read_find("task_2", call, told) == Vanished()
    assert isinstance(PIAPI.read_find("task_1", call, reply({"code": 500})), Silent)


# --- /v1/videos (3.2, 3.6)


def form(call: Call) -> dict[str, bytes]:
    return {part.name: part.content for part in call.parts}


def test_a_videos_call_is_the_form_that_the_sdks_send() -> None:
    request = TextToVideo(
        model="kling-v2-5-turbo", prompt="a cat", mode=Mode.STD, duration_s=5, ratio=Ratio.WIDE
    )
    call = sent(OPENAI, "openai", request)
    assert (call.method, call.path) == ("POST", "/v1/videos")
    assert form(call) == {
        "prompt": b"a cat",
        "seconds": b"5",
        "size": b"1280x720",
        "model": b"kling-v2-5-turbo",
    }


def test_a_first_frame_is_a_file() -> None:
    request = ImageToVideo(model="kling-v2-5-turbo", prompt="go", image=PICTURE, mode=Mode.STD)
    (*_, last) = sent(OPENAI, "openai", request).parts
    assert (last.name, last.content, last.media_type) == ("input_reference", b"bytes", "image/png")
    assert last.file_name == "input.png"


@pytest.mark.parametrize("flavour", ["vllm-omni", "sglang", "litellm", "new-api"])
def test_servers_get_what_each_of_them_reads(flavour: str) -> None:
    client = openai_videos_client("key", QUIRKS[flavour])
    request = TextToVideo(
        model="kling-v2-5-turbo", prompt="a cat", negative_prompt="a dog", cfg_scale=0.5
    )
    call = sent(client, "openai", request)
    if flavour in {"sglang", "new-api"}:
        told = body(call)
        assert told["seconds"] == (5 if flavour == "sglang" else "5")
    else:
        told = {name: value.decode() for name, value in form(call).items()}
        assert told["seconds"] == "5"
    knows_more = flavour in {"vllm-omni", "sglang"}
    assert (told.get("negative_prompt") == "a dog") is knows_more
    assert ("seed" in told, "fps" in told) == (knows_more, knows_more)
    assert told.get("guidance_scale") in ({10.0, "10.0"} if knows_more else {None})


def test_new_api_takes_the_picture_within_its_json() -> None:
    client = openai_videos_client("key", QUIRKS["new-api"])
    request = ImageToVideo(model="kling-v2-5-turbo", prompt="go", image=PICTURE)
    assert body(sent(client, "openai", request))["image"] == "data:image/png;base64,Ynl0ZXM="


def test_what_a_videos_server_has_no_word_for_is_not_guessed() -> None:
    both = ImageToVideo(model="kling-v2-5-turbo", prompt="go", image=PICTURE, image_tail=TAIL)
    for request in (both, MultiImage(model="kling-v1-6", prompt="x", images=(PICTURE,))):
        with pytest.raises(Unsupported):
            sent(OPENAI, "openai", request)


# --- replies


def piapi_error(status: int, code: int) -> tuple[int, object]:
    error = {"code": code, "message": "no", "detail": None}
    return status, {"code": status, "data": {"error": error}, "message": "failed"}


def kie_error(code: int) -> tuple[int, object]:
    return 200, {"code": code, "msg": "no", "data": None}


def openai_error(status: int, kind: str, code: str | None = None) -> tuple[int, object]:
    return status, {"error": {"message": "no", "type": kind, "param": None, "code": code}}


@dataclass
class Case:
    client: Client
    told: tuple[int, object]
    wanted: type


CREATES: dict[str, Case] = {
    "kie made": Case(KIE, (200, {"code": 200, "msg": "success", "data": {"taskId": "t"}}), Made),
    "kie made, status lies": Case(KIE, (500, {"code": 200, "data": {"taskId": "t"}}), Made),
    "kie no id": Case(KIE, (200, {"code": 200, "data": {}}), Unclear),
    "kie validation": Case(KIE, kie_error(422), Refused),
    "kie bad request": Case(KIE, kie_error(400), Refused),
    "kie rate": Case(KIE, kie_error(429), Throttled),
    "kie maintenance": Case(KIE, kie_error(455), Throttled),
    "kie internal": Case(KIE, kie_error(500), Unclear),
    "kie failed": Case(KIE, kie_error(501), Unclear),
    "kie odd": Case(KIE, kie_error(777), Unclear),
    "kie empty": Case(KIE, kie_error(402), Closed),
    "kie sub-key": Case(KIE, kie_error(433), Closed),
    "kie key": Case(KIE, kie_error(401), Closed),
    "piapi made": Case(PIAPI, (200, {"code": 200, "data": {"task_id": TASK}}), Made),
    "piapi no id": Case(PIAPI, (200, {"code": 200, "data": None}), Unclear),
    "piapi prompt": Case(PIAPI, piapi_error(400, 1100), Refused),
    "piapi ratio": Case(PIAPI, piapi_error(400, 1700), Refused),
    "piapi key": Case(PIAPI, piapi_error(401, 1200), Closed),
    "piapi empty": Case(PIAPI, piapi_error(402, 1300), Closed),
    "piapi empty, status lies": Case(PIAPI, piapi_error(500, 1300), Closed),
    "piapi rate": Case(PIAPI, piapi_error(429, 1400), Throttled),
    "piapi unavailable": Case(PIAPI, piapi_error(503, 1500), Throttled),
    "piapi unknown number": Case(PIAPI, piapi_error(400, 10000), Refused),
    "piapi internal": Case(PIAPI, piapi_error(500, 10000), Unclear),
    "openai made": Case(OPENAI, (200, {"id": "video_1", "status": "queued"}), Made),
    "openai made, status lies": Case(OPENAI, (500, {"id": "video_1", "status": "queued"}), Made),
    "new-api made": Case(OPENAI, (200, {"task_id": "t", "status": "unknown"}), Made),
    "openai bad": Case(OPENAI, openai_error(400, "invalid_request_error"), Refused),
    "openai moderation": Case(
        OPENAI, openai_error(400, "invalid_request_error", "moderation_blocked"), Refused
    ),
    "openai key": Case(
        OPENAI, openai_error(401, "invalid_request_error", "invalid_api_key"), Closed
    ),
    "openai quota": Case(
        OPENAI, openai_error(429, "insufficient_quota", "insufficient_quota"), Closed
    ),
    "openai rate": Case(OPENAI, openai_error(429, "rate_limit_error"), Throttled),
    "litellm rate": Case(OPENAI, openai_error(429, "None", "429"), Throttled),
    "openai server": Case(OPENAI, openai_error(500, "server_error"), Unclear),
    "fastapi": Case(OPENAI, (422, {"detail": [{"msg": "size", "loc": ["size"]}]}), Refused),
    "fastapi server": Case(OPENAI, (500, {"detail": "boom"}), Unclear),
}


@pytest.mark.parametrize("name", CREATES)
def test_a_create_s_answer_is_read_by_its_words(name: str) -> None:
    case = CREATES[name]
    status, told = case.told
    assert isinstance(case.client.read_create(CALL, reply(told, status)), case.wanted)


@pytest.mark.parametrize("client", [KIE, PIAPI, OPENAI], ids=["kie", "piapi", "openai"])
@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"{}", b"null", b'{"code":null}'])
@pytest.mark.parametrize("status", [200, 400, 429, 502])
def test_what_can_t_be_read_proves_nothing(client: Client, raw: bytes, status: int) -> None:
    assert isinstance(client.read_create(CALL, reply(raw, status)), Unclear)
    assert isinstance(client.read_look("j", reply(raw, status)), Silent)


def kie_record(**data: object) -> object:
    return {"code": 200, "msg": "success", "data": {"taskId": "j", **data}}


def piapi_task(**data: object) -> object:
    return {"code": 200, "message": "success", "data": {"task_id": "j", **data}}


def film_in(**output: object) -> object:
    usage = {"type": "point", "frozen": 1600000, "consume": 1600000}
    return piapi_task(status="completed", output=output, meta={"usage": usage})


URL = "https://h/f.mp4"
WORKS = [{"video": {"resource": "https://h/w.mp4", "resource_without_watermark": URL}}]
KIE_RESULT = json.dumps({"resultUrls": [URL]})
SGLANG_FAILED = {"id": "j", "status": "failed", "error": {"message": "no"}}
LOOKS: dict[str, tuple[Client, object, object]] = {
    "kie waits": (KIE, kie_record(state="queuing"), Running()),
    # 70 credits at half a cent.
    "kie done": (
        KIE,
        kie_record(
            state="success", resultJson=json.dumps({"resultUrls": [URL]}), creditsConsumed=70
        ),
        Ready(url=URL, cost_usd_micros=350_000),
    ),
    "kie failed": (KIE, kie_record(state="fail", failCode="501", failMsg="nsfw"), Failed("nsfw")),
    "kie gone": (KIE, {"code": 404, "msg": "Task not found"}, Vanished()),
    "kie null": (KIE, {"code": 422, "msg": "recordInfo is null", "data": None}, Vanished()),
    "piapi waits": (PIAPI, piapi_task(status="Pending", output=None), Running()),
    # 1,600,000 points of which 10,000,000 are a dollar.
    "piapi works": (PIAPI, film_in(works=WORKS), Ready(url=URL, cost_usd_micros=160_000)),
    "piapi video_url": (PIAPI, film_in(video_url=URL), Ready(url=URL, cost_usd_micros=160_000)),
    "piapi video": (PIAPI, film_in(video=URL), Ready(url=URL, cost_usd_micros=160_000)),
    "piapi failed": (
        PIAPI,
        piapi_task(status="failed", error={"code": 10000, "message": "nsfw"}),
        Failed("nsfw"),
    ),
    "piapi gone": (PIAPI, {"code": 404, "message": "task not found", "data": None}, Vanished()),
    "openai waits": (OPENAI, {"id": "j", "status": "queued", "progress": 0}, Running()),
    "openai done": (OPENAI, {"id": "j", "status": "completed"}, Ready()),
    "new-api done": (OPENAI, {"task_id": "j", "status": "SUCCESS"}, Ready()),
    "openai failed": (
        OPENAI,
        {"id": "j", "status": "failed", "error": {"code": "moderation_blocked", "message": "no"}},
        Failed("no"),
    ),
    "sglang failed": (
        OPENAI,
        {"id": "j", "status": "failed", "error": {"message": "no"}},
        Failed("no"),
    ),
    "sglang deleted": (OPENAI, {"id": "j", "status": "deleted"}, Vanished()),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_s_answer_is_read_by_its_words(name: str) -> None:
    client, told, wanted = LOOKS[name]
    assert client.read_look("j", reply(told)) == wanted


@pytest.mark.parametrize(
    ("client", "told"),
    [
        (KIE, kie_record(state="pondering")),
        (KIE, kie_record(state="success", resultJson="")),
        (KIE, kie_record(state="success", resultJson="{")),
        (KIE, {"code": 200, "data": {"taskId": "other", "state": "fail"}}),
        (KIE, {"code": 500, "msg": "server exception"}),
        (KIE, {"code": 429, "msg": "rate"}),
        (KIE, {"code": 404, "msg": "no such page"}),
        (PIAPI, piapi_task(status="pondering")),
        (PIAPI, piapi_task(status="completed", output=None)),
        (PIAPI, {"code": 200, "data": {"task_id": "other", "status": "failed"}}),
        (PIAPI, {"code": 500, "data": None, "message": "failed"}),
        (PIAPI, {"code": 404, "message": "no route"}),
        (OPENAI, {"id": "j", "status": "unknown"}),
        (OPENAI, {"id": "other", "status": "failed"}),
        (OPENAI, {"error": {"message": "slow down", "type": "rate_limit_error"}}),
        (OPENAI, {"error": {"message": "boom", "type": "server_error"}}),
    ],
)
def test_nothing_else_is_a_verdict(client: Client, told: object) -> None:
    assert isinstance(client.read_look("j", reply(told)), Silent)


def test_a_videos_server_tells_how_far_it_is_and_how_long_to_wait() -> None:
    seen = OPENAI.read_look("j", reply({"id": "j", "status": "in_progress", "progress": 40}))
    assert isinstance(seen, Running)
    assert seen.progress is not None
    assert seen.progress.percent == 40
    status, told = openai_error(429, "rate_limit_error")
    rest = OPENAI.read_create(CALL, reply(told, status, retry_after_ms="1500"))
    assert isinstance(rest, Throttled)
    assert rest.retry_after_s == 1.5


@pytest.mark.parametrize(
    ("make", "trouble", "words"),
    [
        (lambda: KIE.read_create(CALL, reply(kie_error(402)[1])), Trouble.EMPTY, "Top the account"),
        (lambda: KIE.read_create(CALL, reply(kie_error(401)[1])), Trouble.REJECTED, "KIE_API_KEY"),
        (
            lambda: PIAPI.read_create(CALL, reply(piapi_error(401, 1200)[1])),
            Trouble.REJECTED,
            "PIAPI_API_KEY",
        ),
    ],
)
def test_a_closed_account_says_what_helps(
    make: Callable[[], object], trouble: Trouble, words: str
) -> None:
    told = make()
    assert isinstance(told, Closed)
    assert told.trouble is trouble
    assert words in told.reason


def test_a_history_is_asked_once_for_all_who_look_in_it() -> None:
    async def work() -> int:
        asked = 0

        async def handler(request: web.BaseRequest) -> web.Response:
            nonlocal asked
            asked += 1
            await asyncio.sleep(0.05)
            return web.json_response({"code": 200, "data": {"tasks": []}})

        async with serving(handler) as port:
            provider = open_remote("piapi", f"http://127.0.0.1:{port}")
            assert isinstance(provider, FindsJobs)
            found = await asyncio.gather(*(provider.find(f"task_{n}") for n in range(50)))
            await provider.close()
        assert found == [Vanished()] * 50
        return asked

    assert asyncio.run(work()) == 3
