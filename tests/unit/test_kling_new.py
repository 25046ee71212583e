"""Kling's new design: a table of paths, each cell asked for."""

from __future__ import annotations

import json

import pytest
from tests.unit.kling_bodies import CLIP, PNG, URL, WEBP, Body, told, want

from filmgate.domain.request import (
    ImageToVideo,
    Mode,
    MotionControl,
    Omni,
    ShotPrompt,
    TextToVideo,
    TryOn,
)
from filmgate.protocols.kling.endpoints import read_create
from filmgate.protocols.kling.errors import KlingRefusal
from filmgate.protocols.kling.faces import FACES
from filmgate.protocols.kling.storyboard import read_storyboard

T2V, I2V, OVG, MC = (
    "/text-to-video/kling-3.0",
    "/image-to-video/kling-3.0",
    "/omni-video/kling-3.0-omni",
    "/motion-control/kling-3.0",
)
PROMPT = {"type": "prompt", "text": "a cat"}
FIRST = {"type": "first_frame", "url": PNG}
LAST = {"type": "last_frame", "url": PNG}
BASE = {"type": "base_video", "url": CLIP}
FEATURE = {"type": "feature_video", "url": CLIP}
REFER = {"type": "refer_image", "url": PNG}


def element(at: int) -> dict[str, object]:
    return {"type": "element", "element_id": at, "id": f"e{at}"}


def contents(*items: dict[str, object] | dict[str, str], **settings: object) -> Body:
    return {"contents": list(items), "settings": settings}


def settings(**given: object) -> Body:
    return {"settings": given}


def smallest(product: str) -> Body:
    if product == "text-to-video":
        return {"prompt": "a cat"}
    if product == "motion-control":
        return contents(
            {"type": "image", "url": URL},
            {"type": "video", "url": CLIP},
            character_orientation="video",
        )
    return contents(PROMPT, FIRST)


def takes(product: str, model: str, **given: object) -> bool:
    body = smallest(product)
    old = body.get("settings")
    body["settings"] = {**(old if isinstance(old, dict) else {}), **given}
    try:
        read_create(f"/{product}/{model}", json.dumps(body).encode())
    except KlingRefusal:
        return False
    return True


@pytest.mark.parametrize(("product", "model"), FACES)
def test_every_cell_of_the_table(product: str, model: str) -> None:
    face = FACES[product, model]
    for resolution in ("720p", "1080p", "4k"):
        assert takes(product, model, resolution=resolution) == (resolution in face.resolutions)
    for audio in ("native", "original", "off"):
        assert takes(product, model, audio=audio) == (audio in face.audio or not face.audio)
    for duration in range(1, 18):
        known = not face.durations_s or duration in face.durations_s
        assert takes(product, model, duration=duration) == known


def test_text_to_video_to_the_last_key() -> None:
    wanted = want(
        T2V,
        {
            "settings": {
                "resolution": "4k",
                "aspect_ratio": "1:1",
                "duration": 7,
                "audio": "native",
                "multi_shot": True,
            },
            "options": {
                "callback_url": "https://h/cb",
                "external_task_id": "e1",
                "watermark_info": {"enabled": True},
            },
        },
    )
    request = wanted.request
    assert isinstance(request, TextToVideo)
    assert (request.model, request.mode, request.duration_s) == ("kling-3.0", Mode.UHD, 7)
    assert (request.sound, request.auto_shots, request.watermark) == (True, True, True)
    assert (wanted.options.external_task_id, wanted.options.callback_url) == ("e1", "https://h/cb")


def test_defaults_of_the_new_design() -> None:
    request = want(T2V).request
    assert isinstance(request, TextToVideo)
    assert (request.mode, request.sound, request.auto_shots) == (Mode.STD, False, False)
    turbo = want("/text-to-video/kling-3.0-turbo", {"prompt": "a cat"}).request
    assert isinstance(turbo, TextToVideo)
    assert turbo.sound is None  # it always has sound: that is the model's business


@pytest.mark.parametrize(
    ("path", "changes", "message"),
    [
        (T2V, {"prompt": None}, "prompt is required"),
        (T2V, {"prompt": "x" * 3073}, "prompt must have at most 3072 characters"),
        (T2V, settings(resolution="9000p"), "settings.resolution value '9000p' is invalid"),
        (T2V, settings(audio="bogus"), "settings.audio value 'bogus' is invalid"),
        (T2V, settings(aspect_ratio="7:3"), "settings.aspect_ratio value '7:3' is invalid"),
        (T2V, settings(duration=2), "settings.duration value '2' is invalid"),
        (T2V, settings(multi_shot="often"), "settings.multi_shot value 'often' is invalid"),
        (T2V, {"options": {"callback_url": "x"}}, "options.callback_url value 'x' is invalid"),
        (I2V, {"contents": None}, "contents is required"),
        (I2V, contents(PROMPT), "contents first_frame is required"),
        (I2V, contents(LAST), "contents first_frame is required"),
        (I2V, contents(FIRST, FIRST), "contents must have at most 1 item of type first_frame"),
        (I2V, contents(FIRST, PROMPT, PROMPT), "contents must have at most 1 item of type prompt"),
        (I2V, contents({"type": "song"}), "contents[0].type value 'song' is invalid"),
        (I2V, contents({"url": PNG}), "contents[0].type is required"),
        (I2V, contents(FIRST, BASE), "contents[1].type value 'base_video' is invalid"),
        (I2V, contents({"type": "first_frame"}), "contents[0].url is required"),
        (
            I2V,
            contents(FIRST, *map(element, range(4))),
            "contents must have at most 3 items of type element",
        ),
        (I2V, contents(FIRST, {"type": "element"}), "contents[1].element_id is required"),
        (I2V, contents(FIRST, element(1), element(1)), "contents[2].id must not be given twice"),
        (OVG, contents(FIRST), "prompt is required"),
        (OVG, contents(PROMPT, LAST), "contents last_frame needs a first_frame"),
        (OVG, contents(PROMPT, BASE, FEATURE), "contents must have at most 1 reference video"),
        (
            OVG,
            contents(PROMPT, BASE, FIRST),
            "contents base_video is not supported with first_frame or last_frame",
        ),
        (
            OVG,
            contents(PROMPT, BASE, audio="native"),
            "settings.audio native is not supported with base_video",
        ),
        (
            OVG,
            contents({"type": "prompt", "text": "shot 1, 5, x"}, BASE),
            "prompt multi-shot is not supported with base_video",
        ),
        (
            OVG,
            contents(PROMPT, FEATURE, audio="original"),
            "settings.audio must be off with feature_video",
        ),
        (
            OVG,
            contents(PROMPT, FIRST, *map(element, range(4))),
            "contents must have at most 3 items of type element with first_frame",
        ),
        (
            OVG,
            contents(PROMPT, *[REFER] * 8),
            "contents must have at most 7 images and elements together",
        ),
        (
            OVG,
            contents(PROMPT, FEATURE, *[REFER] * 5),
            "contents must have at most 4 images and elements together",
        ),
        (OVG, contents(PROMPT, {**BASE, "url": PNG}), "contents[1].url must be a URL"),
        (MC, settings(), "settings.character_orientation is required"),
        (
            MC,
            contents({"type": "video", "url": CLIP}, character_orientation="image"),
            "contents image is required",
        ),
        (
            MC,
            contents({"type": "image", "url": PNG}, character_orientation="image"),
            "contents video is required",
        ),
        (
            MC,
            contents(
                {"type": "image", "url": PNG},
                {"type": "video", "url": CLIP},
                element(1),
                character_orientation="image",
            ),
            "settings.character_orientation must be video with element",
        ),
        (
            "/image-to-video/kling-2.6",
            contents(FIRST, {"type": "voice", "voice_id": 1}),
            "settings.audio must not be off with voice",
        ),
        (
            "/image-to-video/kling-2.6",
            contents(FIRST, *[{"type": "voice", "voice_id": 1}] * 3, audio="native"),
            "contents must have at most 2 items of type voice",
        ),
        (
            "/image-to-video/kling-3.0-turbo",
            contents(FIRST, LAST),
            "contents[1].type value 'last_frame' is invalid",
        ),
        (
            "/motion-control/kling-2.6",
            contents(element(1)),
            "contents[0].type value 'element' is invalid",
        ),
    ],
)
def test_rules(path: str, changes: Body, message: str) -> None:
    assert told(path, changes) == message


def test_references_by_name_become_our_marks() -> None:
    named = [
        {"type": "refer_image", "url": PNG, "id": "Zhang"},
        {"type": "first_frame", "url": PNG, "id": "Zh"},
        {"type": "element", "element_id": "7", "id": "hat"},
    ]
    text = {"type": "prompt", "text": "@Zhang walks to @Zh with @hat, mail me@x.org"}
    wanted = want(OVG, contents(text, *named))
    assert isinstance(wanted.request, Omni)
    assert wanted.request.prompt == (
        "<<<image_2>>> walks to <<<image_1>>> with <<<element_1>>>, mail me@x.org"
    )
    assert wanted.request.elements == ("7",)


def test_original_sound_and_edited_clips() -> None:
    omni = want(OVG, contents(PROMPT, BASE, audio="original", duration=9)).request
    assert isinstance(omni, Omni)
    assert (omni.keep_original_sound, omni.sound, omni.duration_s) == (True, False, None)
    moved = want(MC, settings(character_orientation="video", audio="off")).request
    assert isinstance(moved, MotionControl)
    assert not moved.keep_original_sound


def test_voices_in_the_new_design() -> None:
    body = contents(
        {"type": "prompt", "text": "@Ann sings"},
        FIRST,
        {"type": "voice", "voice_id": "7", "id": "Ann"},
        audio="native",
    )
    request = want("/image-to-video/kling-2.6", body).request
    assert isinstance(request, ImageToVideo)
    assert (request.prompt, request.voices) == ("<<<voice_1>>> sings", ("7",))


def test_a_model_that_the_table_does_not_have_is_the_catalogues_business() -> None:
    request = want("/text-to-video/kling-9", {"prompt": "a cat"}).request
    assert isinstance(request, TextToVideo)
    assert request.model == "kling-9"


BOARD = "shot 2, 3, a dog; it barks; Shot 1, 2s, a cat;"


def test_storyboards() -> None:
    shots = (
        ShotPrompt(prompt="a cat", duration_s=2),
        ShotPrompt(prompt="a dog; it barks", duration_s=3),
    )
    assert read_storyboard(BOARD, 5) == shots
    assert read_storyboard("a shot of a cat; and a dog", 5) == ()
    assert read_storyboard("", None) == ()
    request = want(T2V, {"prompt": BOARD, "settings": {"duration": 5}}).request
    assert isinstance(request, TextToVideo)
    assert (request.shots, request.prompt, request.auto_shots) == (shots, "", False)
    plain = want(T2V, {"prompt": BOARD, "settings": {"multi_shot": False}}).request
    assert isinstance(plain, TextToVideo)
    assert (plain.shots, plain.prompt) == ((), BOARD)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("shot 1, 2, a", "prompt shot durations sum to 2 seconds, they must sum to duration (5)"),
        ("shot 1, 0, a; shot 2, 5, b", "prompt shot 1 is invalid"),
        ("shot 1, 5,  ", "prompt shot 1 is invalid"),
        (f"shot 1, 5, {'x' * 513}", "prompt shot 1 is invalid"),
        (
            ";".join(f"shot {at}, 1, a" for at in range(1, 8)),
            "prompt must have at most 6 shots, each with a number of its own",
        ),
        (
            "shot 1, 2, a; shot 1, 3, b",
            "prompt must have at most 6 shots, each with a number of its own",
        ),
    ],
)
def test_storyboard_faults(prompt: str, message: str) -> None:
    assert told(T2V, {"prompt": prompt, "settings": {"duration": 5}}) == message


TRY_ON = "/solutions/virtual_try_on"
PRODUCT, PERSON = {"type": "product_image", "url": URL}, {"type": "person_image", "url": URL}


def test_try_on() -> None:
    wanted = want(
        TRY_ON, {"settings": {"keep_pose": False}, "options": {"watermark": {"enabled": True}}}
    )
    assert isinstance(wanted.request, TryOn)
    assert (wanted.request.keep_face, wanted.request.keep_pose) == (True, False)
    assert wanted.options.watermark
    assert told(TRY_ON, {"contents": [PRODUCT]}) == "contents person_image is required"
    assert told(TRY_ON, {"contents": None}) == "contents product_image is required"
    assert (
        told(TRY_ON, {"contents": [PRODUCT, PRODUCT, PERSON]})
        == "contents must have exactly 1 item of type product_image"
    )
    assert (
        told(TRY_ON, {"contents": [{**PRODUCT, "url": WEBP}, PERSON]})
        == "contents[0].url must be a URL"
    )
