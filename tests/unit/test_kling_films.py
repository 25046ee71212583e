"""Kling's legacy film calls: what they read, and every rule with its sentence."""

from __future__ import annotations

import json

import pytest
from tests.unit.kling_bodies import GIF, JPEG, MINIMAL, PNG, URL, WEBP, Body, ask, told, want

from filmgate.domain.request import (
    Camera,
    CameraPreset,
    ImageToVideo,
    Mode,
    Ratio,
    ShotPrompt,
    TextToVideo,
)
from filmgate.protocols.kling.endpoints import ENDPOINTS, read_create
from filmgate.protocols.kling.errors import Code, KlingRefusal
from filmgate.protocols.kling.references import Wanted

T2V, I2V = "/v1/videos/text2video", "/v1/videos/image2video"
OMNI, MOTION = "/v1/videos/omni-video", "/v1/videos/motion-control"
MULTI, EXTEND, EFFECTS = (
    "/v1/videos/multi-image2video",
    "/v1/videos/video-extend",
    "/v1/videos/effects",
)
FULL: Body = {
    "model_name": "kling-v1-6",
    "prompt": "a cat",
    "negative_prompt": "dogs",
    "sound": "off",
    "cfg_scale": 0.5,
    "mode": "pro",
    "aspect_ratio": "9:16",
    "duration": "10",
    "callback_url": "https://h/cb",
    "external_task_id": "e1",
    "watermark_info": {"enabled": True},
}


def text2video(changes: Body) -> TextToVideo:
    request = want(T2V, changes).request
    assert isinstance(request, TextToVideo)
    return request


def image2video(changes: Body) -> ImageToVideo:
    request = want(I2V, changes).request
    assert isinstance(request, ImageToVideo)
    return request


@pytest.mark.parametrize("path", MINIMAL)
def test_the_smallest_body_of_every_path_is_taken(path: str) -> None:
    ask(path)


def test_no_path_is_without_a_smallest_body() -> None:
    assert {each.path for each in ENDPOINTS.values() if each.read} <= set(MINIMAL)


def test_a_full_body_is_read_to_the_last_key() -> None:
    wanted = want(T2V, FULL)
    assert wanted.request == TextToVideo(
        model="kling-v1-6",
        prompt="a cat",
        negative_prompt="dogs",
        mode=Mode.PRO,
        duration_s=10,
        ratio=Ratio.TALL,
        cfg_scale=0.5,
        sound=False,
        watermark=True,
    )
    assert (wanted.options.external_task_id, wanted.options.callback_url) == ("e1", "https://h/cb")
    assert wanted.options.watermark


def test_what_was_left_out_stays_open_for_the_model_to_fill_in() -> None:
    assert text2video({}) == TextToVideo(prompt="a cat")


def test_s1_06_the_skill_seeds_bodies() -> None:
    """kling-v1-5 in std with a negative prompt; a picture behind a data: prefix; a flat camera."""
    request = text2video(
        {
            "model_name": "kling-v1-5",
            "mode": "std",
            "aspect_ratio": "16:9",
            "duration": "5",
            "negative_prompt": "blurry, low quality",
        }
    )
    assert (request.model, request.mode) == ("kling-v1-5", Mode.STD)
    wanted = want(I2V, {"image": f"data:image/png;base64,{PNG}", "aspect_ratio": "16:9"})
    assert wanted.media[0].inline is not None
    assert wanted.media[0].inline.startswith(b"\x89PNG")
    flat = {"type": "simple", "horizontal": 5, "vertical": 0, "zoom": 1.2}
    assert text2video({"camera_control": flat}).camera == Camera(horizontal=5, zoom=1.2)


@pytest.mark.parametrize(
    ("given", "read"),
    [(0, 0.0), (0.3, 0.3), (1, 1.0), (5, 0.5), (7.5, 0.75), (10, 1.0), ("0.5", 0.5), (None, None)],
)
def test_s1_08_cfg_scale_from_0_to_1_or_from_1_to_10(given: object, read: float | None) -> None:
    assert text2video({"cfg_scale": given}).cfg_scale == read


def test_s3_02_an_image_or_an_image_tail_by_url_or_base64() -> None:
    assert told(I2V, {"image": None}) == "image or image_tail is required"
    assert told(I2V, {"image": ""}) == "image or image_tail is required"
    for text in (
        URL,
        PNG,
        f"data:image/png;base64,{PNG}",
        PNG.rstrip("="),
        f"{PNG[:20]}\n{PNG[20:]}",
    ):
        assert image2video({"image": text}).image is not None
        assert image2video({"image": None, "image_tail": text}).image is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": None}, "prompt is required"),
        ({"prompt": "  "}, "prompt is required"),
        ({"prompt": "x" * 2501}, "prompt must have at most 2500 characters"),
        ({"negative_prompt": "x" * 2501}, "negative_prompt must have at most 2500 characters"),
        ({"prompt": 5}, "prompt value '5' is invalid"),
        ({"mode": "standard"}, "mode value 'standard' is invalid"),
        ({"duration": "2"}, "duration value '2' is invalid"),
        ({"duration": 16}, "duration value '16' is invalid"),
        ({"duration": "5.5"}, "duration value '5.5' is invalid"),
        ({"duration": "five"}, "duration value 'five' is invalid"),
        ({"duration": []}, "duration is invalid"),
        ({"cfg_scale": -0.1}, "cfg_scale value '-0.1' is invalid"),
        ({"cfg_scale": 10.5}, "cfg_scale value '10.5' is invalid"),
        ({"cfg_scale": "nan"}, "cfg_scale value 'nan' is invalid"),
        ({"cfg_scale": "high"}, "cfg_scale value 'high' is invalid"),
        ({"aspect_ratio": "7:3"}, "aspect_ratio value '7:3' is invalid"),
        ({"sound": "loud"}, "sound value 'loud' is invalid"),
        ({"callback_url": "ftp://h/x"}, "callback_url value 'ftp://h/x' is invalid"),
        ({"callback_url": "https://"}, "callback_url value 'https://' is invalid"),
        ({"callback_url": "https://h:99999/"}, "callback_url value 'https://h:99999/' is invalid"),
        ({"external_task_id": "x" * 513}, "external_task_id is invalid"),
        (
            {"watermark_info": {"enabled": "maybe"}},
            "watermark_info.enabled value 'maybe' is invalid",
        ),
        ({"watermark_info": "on"}, "watermark_info value 'on' is invalid"),
    ],
)
def test_s3_03_parameters_of_text2video(changes: Body, message: str) -> None:
    assert told(T2V, changes) == message


@pytest.mark.parametrize(
    ("given", "read"),
    [("5", 5), (5, 5), (5.0, 5), ("10", 10), ("15", 15), ("", None), (None, None)],
)
def test_s3_03_duration_as_a_string_or_a_number(given: object, read: float | None) -> None:
    assert text2video({"duration": given}).duration_s == read


def test_s3_03_lengths_are_counted_in_characters() -> None:
    assert len(text2video({"prompt": "雪" * 2500}).prompt) == 2500


def test_empty_texts_and_unknown_keys_say_nothing() -> None:
    wanted = want(
        T2V,
        {
            "external_task_id": "",
            "callback_url": "",
            "settings": {"mode": "x"},
            "model": "kling-v9",
        },
    )
    assert wanted.options.external_task_id is None
    assert wanted.options.callback_url is None
    assert wanted.request.model is None


def test_a_number_that_is_too_large_to_show() -> None:
    with pytest.raises(KlingRefusal, match=r"^cfg_scale is invalid$"):
        read_create(T2V, b'{"prompt":"x","cfg_scale":1e400}')


def test_an_external_id_may_be_a_number() -> None:
    assert want(T2V, {"external_task_id": 42}).options.external_task_id == "42"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "request body is not valid JSON"),
        (b"{", "request body is not valid JSON"),
        (b'{"prompt":"\xff"}', "request body is not valid JSON"),
        (b'{"a":' + b"[" * 5000, "request body is not valid JSON"),
        (b"[]", "request body must be a JSON object"),
        (b"null", "request body must be a JSON object"),
        (b'"prompt"', "request body must be a JSON object"),
    ],
)
def test_1200_for_what_is_no_json_object(body: bytes, message: str) -> None:
    with pytest.raises(KlingRefusal) as caught:
        read_create(T2V, body)
    assert (caught.value.code, caught.value.message) == (Code.BAD_REQUEST, message)


@pytest.mark.parametrize("preset", list(CameraPreset))
def test_camera_presets(preset: CameraPreset) -> None:
    assert text2video({"camera_control": {"type": preset.value}}).camera == Camera(preset=preset)


def test_camera_axes_nested_flat_mixed_and_still() -> None:
    axes = {"horizontal": -1, "vertical": 2, "pan": -3.5, "tilt": 4, "roll": -10, "zoom": 10}
    asked = Camera(horizontal=-1, vertical=2, pan=-3.5, tilt=4, roll=-10, zoom=10)
    assert text2video({"camera_control": {"type": "simple", "config": axes}}).camera == asked
    assert text2video({"camera_control": {"type": "simple", **axes}}).camera == asked
    assert text2video({"camera_control": {"config": axes}}).camera == asked
    assert text2video({"camera_control": {"type": "simple"}}).camera == Camera()
    assert text2video({"camera_control": {}}).camera is None
    both = {"type": "simple", "zoom": 1, "config": {"zoom": 2}}
    assert text2video({"camera_control": both}).camera == Camera(zoom=2)


@pytest.mark.parametrize("axis", Camera.AXES)
def test_camera_values_stay_in_their_range(axis: str) -> None:
    nested = {"camera_control": {"type": "simple", "config": {axis: 10.5}}}
    assert told(T2V, dict(nested)) == f"camera_control.config.{axis} value '10.5' is invalid"
    flat: Body = {"camera_control": {"type": "simple", axis: -11}}
    assert told(T2V, flat) == f"camera_control.{axis} value '-11' is invalid"


def test_camera_faults() -> None:
    assert (
        told(T2V, {"camera_control": {"type": "fly"}})
        == "camera_control.type value 'fly' is invalid"
    )
    preset = {"type": "down_back", "config": {"zoom": 1}}
    assert (
        told(T2V, {"camera_control": preset})
        == "camera_control.config is not supported with type down_back"
    )


SHOTS = [
    {"index": 2, "prompt": "a dog", "duration": "3"},
    {"index": 1, "prompt": "a cat", "duration": 2},
]


def test_multi_shot() -> None:
    board = {"multi_shot": True, "shot_type": "customize", "multi_prompt": SHOTS, "duration": "5"}
    request = text2video(board)
    assert request.shots == (
        ShotPrompt(prompt="a cat", duration_s=2),
        ShotPrompt(prompt="a dog", duration_s=3),
    )
    assert request.prompt == ""
    clever = text2video({"multi_shot": True, "shot_type": "intelligence"})
    assert (clever.prompt, clever.shots, clever.auto_shots) == ("a cat", (), True)
    ignored = text2video({"multi_shot": False, "multi_prompt": SHOTS, "shot_type": "customize"})
    assert (ignored.shots, ignored.auto_shots) == ((), False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "shot_type is required"),
        ({"shot_type": "film"}, "shot_type value 'film' is invalid"),
        ({"shot_type": "intelligence", "prompt": ""}, "prompt is required"),
        ({"shot_type": "customize"}, "multi_prompt is required"),
        ({"shot_type": "customize", "multi_prompt": []}, "multi_prompt is required"),
        (
            {"shot_type": "customize", "multi_prompt": [{"prompt": "x", "duration": 1}] * 7},
            "multi_prompt must have at most 6 items",
        ),
        (
            {"shot_type": "customize", "multi_prompt": [{"prompt": "x" * 513, "duration": 5}]},
            "multi_prompt[0].prompt must have at most 512 characters",
        ),
        (
            {"shot_type": "customize", "multi_prompt": [{"duration": 5}]},
            "multi_prompt[0].prompt is required",
        ),
        (
            {"shot_type": "customize", "multi_prompt": [{"prompt": "x"}]},
            "multi_prompt[0].duration is required",
        ),
        (
            {"shot_type": "customize", "multi_prompt": [{"prompt": "x", "duration": "0"}]},
            "multi_prompt[0].duration value '0' is invalid",
        ),
        (
            {"shot_type": "customize", "multi_prompt": SHOTS, "duration": "10"},
            "multi_prompt durations sum to 5 seconds, they must sum to duration (10)",
        ),
    ],
)
def test_multi_shot_faults(changes: Body, message: str) -> None:
    assert told(T2V, {"multi_shot": True, **changes}) == message


def points(count: int) -> list[dict[str, int]]:
    return [{"x": at, "y": at} for at in range(count)]


def mask(count: int) -> dict[str, object]:
    return {"mask": PNG, "trajectories": points(count)}


def test_s3_07_masks_and_their_points() -> None:
    request = image2video({"static_mask": PNG, "dynamic_masks": [mask(2), mask(77)] * 3})
    assert request.static_mask is not None
    assert [len(stroke.path) for stroke in request.strokes] == [2, 77] * 3
    path = "dynamic_masks[1].trajectories"
    assert told(I2V, {"dynamic_masks": [mask(2), mask(1)]}) == f"{path} must have at least 2 items"
    assert told(I2V, {"dynamic_masks": [mask(2), mask(78)]}) == f"{path} must have at most 77 items"
    assert told(I2V, {"dynamic_masks": [mask(2)] * 7}) == "dynamic_masks must have at most 6 items"
    assert (
        told(I2V, {"dynamic_masks": [{"trajectories": points(2)}]})
        == "dynamic_masks[0].mask is required"
    )
    assert told(I2V, {"dynamic_masks": [{"mask": GIF, "trajectories": points(2)}]}).startswith(
        "dynamic_masks[0].mask format is not supported"
    )


CAMERA: Body = {"camera_control": {"type": "simple", "config": {"zoom": 1}}}
TAIL: Body = {"image_tail": JPEG}
MASKS: Body = {"dynamic_masks": [mask(2)]}
STATIC: Body = {"static_mask": PNG}


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (TAIL, MASKS, "image_tail and dynamic_masks/static_mask"),
        (TAIL, STATIC, "image_tail and dynamic_masks/static_mask"),
        (TAIL, CAMERA, "image_tail and camera_control"),
        (MASKS, CAMERA, "dynamic_masks/static_mask and camera_control"),
        (STATIC, CAMERA, "dynamic_masks/static_mask and camera_control"),
        (
            {"voice_list": [{"voice_id": 1}], "sound": "on"},
            {"element_list": [{"element_id": 1}]},
            "element_list and voice_list",
        ),
    ],
)
def test_s3_09_what_excludes_each_other(one: Body, other: Body, names: str) -> None:
    image2video(one)
    image2video(other)
    assert told(I2V, {**one, **other}) == f"{names} can't be used together"


def test_voices_and_elements_of_image2video() -> None:
    voiced = image2video({"voice_list": [{"voice_id": "7"}, {"voice_id": 8}], "sound": "on"})
    assert (voiced.voices, voiced.sound) == (("7", "8"), True)
    assert told(I2V, {"voice_list": [{"voice_id": "7"}]}) == "voice_list needs sound on"
    assert (
        told(I2V, {"voice_list": [{"voice_id": 1}] * 3}) == "voice_list must have at most 2 items"
    )
    assert image2video({"element_list": [{"element_id": 829836802793406551}]}).elements == (
        "829836802793406551",
    )
    assert (
        told(I2V, {"element_list": [{"element_id": 1}] * 4})
        == "element_list must have at most 3 items"
    )
    assert told(I2V, {"element_list": [{}]}) == "element_list[0].element_id is required"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GIF, "format is not supported, use .jpg, .jpeg or .png"),
        (WEBP, "format is not supported, use .jpg, .jpeg or .png"),
        ("aGVsbG8gd29ybGQ=", "format is not supported, use .jpg, .jpeg or .png"),
        ("not base64!", "is neither a URL nor base64"),
        ("ftp://h/a.png", "is neither a URL nor base64"),
        ("data:image/png;base64,", "is neither a URL nor base64"),
        ("https://", "value 'https://' is invalid"),
        ("https://h /a.png", "value 'https://h /a.png' is invalid"),
        ("http://[bad/a.png", "value 'http://[bad/a.png' is invalid"),
    ],
)
def test_pictures_that_are_none(text: str, reason: str) -> None:
    assert told(I2V, {"image": text}) == f"image {reason}"


def test_a_refused_picture_is_not_sent_back() -> None:
    assert len(told(I2V, {"image": "%" * 100_000})) < 200


def test_a_wanted_is_made_of_plain_values() -> None:
    call = read_create(I2V, json.dumps({"image": PNG}).encode())
    assert isinstance(call, Wanted)
    assert hash(call) == hash(read_create(I2V, json.dumps({"image": PNG}).encode()))
