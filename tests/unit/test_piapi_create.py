"""PiAPI's create call: what is read, what is refused and with which code."""

from __future__ import annotations

import json

import pytest

from filmgate.domain.errors import (
    Disallowed,
    FilmgateError,
    RenderFailed,
    SetUp,
    TopUp,
    Unreachable,
    Wait,
)
from filmgate.domain.request import (
    Camera,
    CameraPreset,
    Extend,
    ImageToVideo,
    LipSync,
    Mode,
    MultiImage,
    Omni,
    TextToVideo,
    TryOn,
)
from filmgate.domain.task import Fault
from filmgate.protocols.piapi.errors import Code, answer_to
from filmgate.protocols.piapi.queries import page_of, purge_of
from filmgate.protocols.piapi.translate_create import Wanted, create
from filmgate.protocols.piapi.translate_replies import FAULT_CODES

PICTURE = "https://x.example/a.png"
CLIP = "https://x.example/a.mp4"


def call(task_type: str = "txt2video", config: object = None, **said: object) -> Wanted:
    body = {"model": "kling", "task_type": task_type, "input": {"prompt": "a lake", **said}}
    return create(json.dumps({**body, "config": config}).encode())


def text(**said: object) -> TextToVideo:
    request = call(**said).request
    assert isinstance(request, TextToVideo)
    return request


def code(task_type: str = "txt2video", config: object = None, **said: object) -> int:
    with pytest.raises(FilmgateError) as caught:
        call(task_type, config, **said)
    answer = answer_to(caught.value)
    assert answer.status == 400
    return answer.code.value


def test_s4_04_prompts_from_1_to_2500() -> None:
    assert code(prompt="") == code(prompt="x" * 2501) == 1100
    assert text(prompt="x").prompt == "x"
    assert text(prompt="x" * 2500)


def test_s4_04_ratios_modes_and_lengths() -> None:
    assert text().ratio == "16:9"
    assert text(aspect_ratio="9:16").ratio == "9:16"
    assert code(aspect_ratio="4:3") == 1700
    assert code(mode="fast") == code(duration="some") == 1000
    assert (text(duration="5").duration_s, text(duration=10).duration_s) == (5, 10)


def test_s4_03_versions() -> None:
    assert [text(version=each).model for each in ("1.0", "1.5", "1.6")] == ["1.0", "1.5", "1.6"]
    assert text(version=1.6).model == "1.6"
    assert text(version="2.0").mode is Mode.PRO
    assert code(version="2.0", mode="std") == 1000
    assert text().model is None
    body = {"model": "kling-turbo", "task_type": "video_generation", "input": {"prompt": "a"}}
    turbo = create(json.dumps(body).encode()).request
    assert isinstance(turbo, TextToVideo)
    assert turbo.model == "2.5-turbo"


def test_s4_05_camera_words() -> None:
    moves = {
        "static": Camera(),
        "zoom_in": Camera(zoom=-5),
        "zoom_out": Camera(zoom=5),
        "pan_left": Camera(tilt=-5),
        "pan_right": Camera(tilt=5),
    }
    assert {word: text(camera_movement=word).camera for word in moves} == moves
    assert code(camera_movement="fly") == 1000


def test_camera_control_nested_flat_and_preset() -> None:
    nested = {"type": "simple", "config": {"zoom": 3, "pan": -2.5}}
    assert text(camera_control=nested).camera == Camera(zoom=3, pan=-2.5)
    assert text(camera_control={"type": "simple", "roll": "4"}).camera == Camera(roll=4)
    preset = text(camera_control={"type": "down_back"}).camera
    assert preset == Camera(preset=CameraPreset.DOWN_BACK)
    assert code(camera_control={"type": "down_back", "config": {"zoom": 1}}) == 1000
    assert text(camera_control={}).camera is None


def test_s4_06_scales() -> None:
    assert text(cfg_scale=0.7).cfg_scale == 0.7
    assert text(cfg_scale="0.7").cfg_scale == 0.7
    assert text(cfg_scale=10).cfg_scale == 0.5
    assert text(cfg_scale=20.0).cfg_scale == 1.0
    assert code(cfg_scale=20.5) == code(cfg_scale="nan") == 1000
    assert text(creativity=0.1).creativity == 0.1
    assert code(creativity=0.05) == code(creativity=1.1) == 1000
    assert text(seed="7").seed == 7


def test_pictures_choose_the_kind() -> None:
    assert isinstance(call("txt2video", image_url=PICTURE).request, ImageToVideo)
    assert code("img2video") == code("img2video", image_url="x") == 1600
    both = call("img2video", image_url=PICTURE, image_tail_url=PICTURE).request
    assert isinstance(both, ImageToVideo)
    assert both.image_tail is not None
    many = call("video_generation", elements=[{"image_url": PICTURE}] * 3).request
    assert isinstance(many, MultiImage)
    assert len(many.images) == 3
    assert code("elements") == 1600


def test_the_brush_of_today() -> None:
    brush = {
        "mask_url": PICTURE,
        "dynamic_masks": [{"points": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}],
    }
    request = call("video_generation", image_url=PICTURE, motion_brush=brush).request
    assert isinstance(request, ImageToVideo)
    assert [(point.x, point.y) for point in request.strokes[0].path] == [(1, 2), (3, 4)]
    assert code("motion_brush", image_url=PICTURE) == 1000


def test_shots_set_prompt_and_length_aside() -> None:
    shots = [{"prompt": "one", "duration": 3}, {"prompt": "two", "duration": 4}]
    request = text(version="3.0", duration=5, multi_shots=shots)
    assert (request.prompt, request.duration_s) == ("", None)
    assert sum(shot.duration_s for shot in request.shots) == 7


def test_omni_has_a_3_0_of_its_own() -> None:
    def omni(**said: object) -> Omni:
        request = call("omni_video_generation", **said).request
        assert isinstance(request, Omni)
        return request

    assert omni(version="3.0").model == omni().model == "3.0-omni"
    assert (
        omni(version="o1", resolution="1080p", image_urls=[PICTURE], video_url=CLIP).mode == "pro"
    )


def test_going_on_from_a_task_or_a_clip() -> None:
    after = call("extend_video", origin_task_id="abc").request
    assert isinstance(after, Extend)
    assert (after.source_task, after.model) == ("abc", None)
    assert isinstance(call("extension", video_url=CLIP).request, Extend)
    assert code("extend_video") == 1000


def test_lip_sync_of_today_with_its_empty_texts() -> None:
    said = {"video_url": CLIP, "tts_text": "Hi", "local_dubbing_url": "", "tts_timbre": "Rock"}
    request = call("lip_sync", origin_task_id="", tts_speed=1.5, **said).request
    assert isinstance(request, LipSync)
    assert (request.text, request.voice, request.speed) == ("Hi", "Rock", 1.5)
    dubbed = call("lip_sync", **{**said, "local_dubbing_url": "https://x.example/a.mp3"}).request
    assert isinstance(dubbed, LipSync)
    assert dubbed.text is None, "a given sound wins over words"
    assert code("lip_sync", tts_text="Hi") == 1000
    assert code("lip_sync", video_url=CLIP, prompt="") == 1100, "tts_text is a text"
    assert code("lipsync", text="Hi", character_image=PICTURE, video_url=CLIP) == 1000


def test_try_on_takes_a_dress_or_two_pieces() -> None:
    request = call("ai_try_on", model_input=PICTURE, upper_input=PICTURE, lower_input=CLIP).request
    assert isinstance(request, TryOn)
    assert len(request.garments) == 2
    assert code("ai_try_on", dress_input=PICTURE) == 1600
    assert code("ai_try_on", model_input=PICTURE) == 1600
    assert code("ai_try_on", model_input=PICTURE, dress_input=PICTURE, upper_input=PICTURE) == 1600
    assert code("ai_try_on", model_input=PICTURE, dress_input=PICTURE, batch_size=5) == 1000


def test_config_with_empty_texts_is_no_config() -> None:
    empty = {"service_mode": "", "webhook_config": {"endpoint": "", "secret": ""}}
    wanted = call(config=empty)
    assert (wanted.service_mode, wanted.endpoint, wanted.secret) == ("", None, None)
    assert code(config={"service_mode": "secret"}) == 1000
    assert code(config={"webhook_config": {"endpoint": "nowhere"}}) == 1000
    hook = {"endpoint": CLIP, "secret": "split\r\nheader"}
    assert code(config={"webhook_config": hook}) == 1000


def test_s4_12_the_secret_stands_in_nothing_that_is_kept() -> None:
    hook = {"endpoint": CLIP, "secret": "between us"}
    wanted = call(config={"webhook_config": hook})
    assert (wanted.endpoint, wanted.secret) == (CLIP, "between us")
    assert "between us" not in wanted.said


def test_unknown_words() -> None:
    assert code("fly_to_the_moon") == 1000
    body = {"model": "luma", "task_type": "txt2video", "input": {}}
    with pytest.raises(FilmgateError, match="model value 'luma' is invalid"):
        create(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("error", "status", "wanted"),
    [
        (Disallowed("no"), 400, Code.BAD_REQUEST),
        (TopUp("poor"), 402, Code.CREDITS),
        (Wait("full", retry_after_s=3), 429, Code.RATE),
        (Unreachable("dark"), 503, Code.UNAVAILABLE),
        (SetUp("empty"), 503, Code.UNAVAILABLE),
        (RenderFailed("torn"), 500, Code.UNAVAILABLE),
        (FilmgateError("odd"), 500, Code.UNAVAILABLE),
    ],
)
def test_every_error_of_ours(error: FilmgateError, status: int, wanted: Code) -> None:
    answer = answer_to(error)
    assert (answer.status, answer.code) == (status, wanted)
    hidden = isinstance(error, (Unreachable, SetUp)) or type(error) is FilmgateError
    assert (error.message in answer.detail) is not hidden


def test_every_fault_has_its_code() -> None:
    assert set(FAULT_CODES) == set(Fault)


def test_pages_and_times() -> None:
    page = page_of({"page": "3", "page_size": "20", "start_time": "5", "model": "kling"})
    assert (page.offset, page.size, page.created_from, page.is_ours) == (40, 20, 5.0, True)
    assert page_of({}).size == 10
    assert not page_of({"model": "suno"}).is_ours
    for wrong in ({"page_size": "101"}, {"page": "0"}, {"page": "x"}, {"start_time": "-1"}):
        with pytest.raises(FilmgateError):
            page_of(wrong)
    assert purge_of({"created_before": "7", "model": "all"}).created_before == 7.0
    with pytest.raises(FilmgateError):
        purge_of({})
