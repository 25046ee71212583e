"""omni-video, motion-control, multi-image, extend and effects: reading and rules."""

from __future__ import annotations

import pytest
from tests.unit.kling_bodies import CLIP, JPEG, PNG, URL, Body, told, want

from filmgate.domain.request import Effect, Extend, Mode, MotionControl, MultiImage, Omni
from filmgate.protocols.kling.effects import CURRENT, PICTURES

OMNI, MOTION = "/v1/videos/omni-video", "/v1/videos/motion-control"
MULTI, EXTEND, EFFECTS = (
    "/v1/videos/multi-image2video",
    "/v1/videos/video-extend",
    "/v1/videos/effects",
)


def omni(changes: Body) -> Omni:
    request = want(OMNI, changes).request
    assert isinstance(request, Omni)
    return request


def test_omni_sorts_its_pictures_and_counts_frames_first() -> None:
    images = [
        {"image_url": URL},
        {"image_url": PNG, "type": "end_frame"},
        {"image_url": JPEG, "type": "first_frame"},
    ]
    wanted = want(OMNI, {"image_list": images[1:], "prompt": "<<<image_1>>> then <<<image_2>>>"})
    assert isinstance(wanted.request, Omni)
    assert wanted.request.prompt == "<<<image_2>>> then <<<image_1>>>"
    mixed = omni({"image_list": [images[0], images[2]], "prompt": "<<<image_1>>> <<<image_9>>>"})
    assert mixed.prompt == "<<<image_2>>> <<<image_9>>>"
    assert mixed.first_frame is not None
    assert len(mixed.images) == 1


def video(**changes: str) -> dict[str, object]:
    return {"video_list": [{"video_url": CLIP, **changes}]}


def test_omni_clips() -> None:
    base = omni({**video(), "aspect_ratio": None, "duration": "99"})
    assert base.base_video is not None
    assert (base.duration_s, base.keep_original_sound) == (None, True)
    feature = omni(video(refer_type="feature", keep_original_sound="no"))
    assert feature.feature_video is not None
    assert not feature.keep_original_sound


FIRST = {"image_url": PNG, "type": "first_frame"}
END = {"image_url": PNG, "type": "end_frame"}
PLAIN = {"image_url": PNG}
ELEMENT = {"element_id": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aspect_ratio": None}, "aspect_ratio is required"),
        ({"prompt": ""}, "prompt is required"),
        ({"image_list": [END]}, "image_list end_frame needs a first_frame"),
        ({"image_list": [FIRST, FIRST]}, "image_list[1].type first_frame can be given only once"),
        (
            {"image_list": [FIRST, END, PLAIN]},
            "image_list end_frame is not supported with more than 2 images",
        ),
        (
            {"image_list": [FIRST], "element_list": [ELEMENT] * 4},
            "element_list must have at most 3 items with first_frame",
        ),
        (
            {"image_list": [PLAIN] * 4, "element_list": [ELEMENT] * 4},
            "image_list and element_list must have at most 7 items together",
        ),
        (
            {"image_list": [PLAIN] * 5, **video()},
            "image_list and element_list must have at most 4 items together",
        ),
        (
            {"image_list": [FIRST], **video()},
            "video_list refer_type base is not supported with first_frame or end_frame",
        ),
        ({"sound": "on", **video()}, "sound must be off with video_list"),
        (
            {"multi_shot": True, "shot_type": "intelligence", **video()},
            "multi_shot is not supported with refer_type base",
        ),
        (
            {"multi_shot": True, "shot_type": "customize", **video(refer_type="feature")},
            "shot_type must be intelligence with refer_type feature",
        ),
        ({"video_list": [{"video_url": CLIP}] * 2}, "video_list must have at most 1 items"),
        ({"video_list": [{"video_url": PNG}]}, "video_list[0].video_url must be a URL"),
        (video(refer_type="copy"), "video_list[0].refer_type value 'copy' is invalid"),
        (
            video(keep_original_sound="on"),
            "video_list[0].keep_original_sound value 'on' is invalid",
        ),
        ({"image_list": [{"type": "first_frame"}]}, "image_list[0].image_url is required"),
        ({"image_list": [{"image_url": ""}]}, "image_list[0].image_url is required"),
        ({"duration": "2"}, "duration value '2' is invalid"),
    ],
)
def test_omni_rules(changes: Body, message: str) -> None:
    assert told(OMNI, changes) == message


def test_motion_control() -> None:
    request = want(
        MOTION, {"element_list": [ELEMENT], "keep_original_sound": "no", "prompt": "wave"}
    ).request
    assert isinstance(request, MotionControl)
    assert (request.follow_video_orientation, request.keep_original_sound) == (True, False)
    for key in ("image_url", "video_url", "character_orientation", "mode"):
        assert told(MOTION, {key: None}) == f"{key} is required"
    assert told(MOTION, {"mode": "4k"}) == "mode value '4k' is invalid"
    facing: Body = {"character_orientation": "image"}
    assert (
        told(MOTION, {**facing, "element_list": [ELEMENT]})
        == "character_orientation must be video with element_list"
    )
    assert told(MOTION, {"element_list": [ELEMENT] * 2}) == "element_list must have at most 1 items"


def test_multi_image() -> None:
    request = want(MULTI, {"image_list": [{"image": PNG}] * 4, "duration": "10"}).request
    assert isinstance(request, MultiImage)
    assert len(request.images) == 4
    assert told(MULTI, {"image_list": []}) == "image_list must have at least 1 items"
    assert (
        told(MULTI, {"image_list": [{"image": PNG}] * 5}) == "image_list must have at most 4 items"
    )
    assert told(MULTI, {"image_list": None}) == "image_list is required"
    assert told(MULTI, {"prompt": None}) == "prompt is required"


def test_video_extend_names_its_source() -> None:
    wanted = want(EXTEND, {"prompt": "on", "cfg_scale": 0.4})
    assert isinstance(wanted.request, Extend)
    assert wanted.request.source_task == "867283741759111202"
    assert wanted.source is not None
    assert wanted.source.made == "867283741759111202"
    assert wanted.media == ()
    assert told(EXTEND, {"video_id": None}) == "video_id is required"


def test_effects_of_one_and_of_two_pictures() -> None:
    one = want(EFFECTS).request
    assert isinstance(one, Effect)
    assert (one.scene, len(one.images)) == ("zoom_out", 1)
    two = want(EFFECTS, {"effect_scene": "kiss_pro", "input": {"images": [PNG, JPEG]}})
    assert [ref.field for ref in two.media] == ["input.images[0]", "input.images[1]"]
    old: Body = {
        "effect_scene": "hug",
        "input": {
            "model_name": "kling-v1-6",
            "mode": "pro",
            "images": [PNG, PNG],
            "duration": "10",
        },
    }
    request = want(EFFECTS, old).request
    assert isinstance(request, Effect)
    assert (request.model, request.mode, request.duration_s) == ("kling-v1-6", Mode.PRO, 10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"effect_scene": None}, "effect_scene is required"),
        ({"effect_scene": "nosuch"}, "effect_scene value 'nosuch' is invalid"),
        ({"input": None}, "input is required"),
        ({"input": {}}, "input.image or input.images is required"),
        (
            {"input": {"image": PNG, "images": [PNG, PNG]}},
            "input.image and input.images can't be used together",
        ),
        ({"input": {"images": [PNG]}}, "input.images must have at least 2 items"),
        ({"input": {"images": [PNG, PNG]}}, "input.image is required"),
        ({"effect_scene": "hug_pro"}, "input.images is required"),
    ],
)
def test_effect_faults(changes: Body, message: str) -> None:
    assert told(EFFECTS, changes) == message


def test_the_effects_are_klings() -> None:
    assert len(CURRENT) == 219
    assert sum(PICTURES[scene] == 2 for scene in CURRENT) == 15
    assert {"bloombloom", "hug", "celebration", "puff_cheeks"} <= set(PICTURES)
