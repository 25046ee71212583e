"""KIE's create calls: what is read, what is refused and with which code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from filmgate.domain.errors import Disallowed, FilmgateError, SetUp, TopUp, Unreachable, Wait
from filmgate.domain.request import Avatar, ImageToVideo, Mode, MotionControl, Ratio, TextToVideo
from filmgate.domain.task import Fault
from filmgate.protocols.kie.errors import Answer, Design, answer_to
from filmgate.protocols.kie.translate_market import create_task
from filmgate.protocols.kie.translate_replies import FAULT_CODES
from filmgate.protocols.kie.translate_seed import generate
from filmgate.protocols.kie.translate_upload import base64_upload, place_of, url_upload
from filmgate.protocols.kie.wanted import Wanted

PICTURE = "https://x.example/a.png"
VOICE = "https://x.example/a.mp3"


def seed(**said: object) -> Wanted:
    return generate(json.dumps({"prompt": "a lake", **said}).encode())


def market(model: str, **said: object) -> Wanted:
    return create_task(json.dumps({"model": model, "input": said}).encode())


def refused(call: Any, design: Design = Design.SEED) -> Answer:
    with pytest.raises(FilmgateError) as caught:
        call()
    return answer_to(caught.value, design)


def code(**said: object) -> int:
    return refused(lambda: seed(**said)).code


def test_s2_11_prompts_are_too_short_empty_or_too_long() -> None:
    for prompt in ("", "  ", "a", "hi", None, "x" * 1001):
        assert code(prompt=prompt) == 1001
    for prompt in ("sea", "日落", "猫", "x" * 1000):
        assert seed(prompt=prompt).request.kind.value == "text-to-video"


def test_s2_11_everything_else_that_is_wrong() -> None:
    wrong = (
        {"duration": 7},
        {"duration": "long"},
        {"duration": [5]},
        {"resolution": "4k"},
        {"aspectRatio": "4:3"},
        {"seed": 9999},
        {"seed": 100_000},
        {"seed": "many"},
        {"callBackUrl": "no address"},
        {"model": 5},
    )
    assert {code(**said) for said in wrong} == {1004}


def test_s2_02_the_seed_and_numbers_as_text() -> None:
    request = seed(seed="45678", duration="10").request
    assert isinstance(request, TextToVideo)
    assert (request.seed, request.duration_s) == (45678, 10.0)


def test_s2_02_what_each_model_is_for() -> None:
    assert refused(lambda: seed(model="kling-2-1-pro")).code == 1004
    assert isinstance(seed(model="kling-2-1-pro", imageUrl=PICTURE).request, ImageToVideo)
    loud = seed(model="kling-2-6").request
    assert isinstance(loud, TextToVideo)
    assert loud.sound is True
    silent = seed(model="kling-2-5-turbo").request
    assert isinstance(silent, TextToVideo)
    assert silent.sound is None
    spoken = seed(model="kling-2-6", imageUrl=PICTURE, voiceUrl=VOICE).request
    assert isinstance(spoken, Avatar)
    assert spoken.model == "kling-2-6"


def test_s2_05_an_avatar_needs_a_picture_and_a_voice() -> None:
    assert "voiceUrl" in refused(lambda: seed(model="kling-avatar", imageUrl=PICTURE)).message
    assert "imageUrl" in refused(lambda: seed(model="kling-avatar", voiceUrl=VOICE)).message
    body = {"imageUrl": PICTURE, "voiceUrl": VOICE, "resolution": "720p"}
    request = generate(json.dumps(body).encode()).request
    assert isinstance(request, Avatar)
    assert (request.model, request.mode) == ("kling-avatar", Mode.STD)


def test_s2_07_pictures_are_addresses_of_files_up_to_10_mb() -> None:
    assert code(imageUrl="data:image/png;base64,AAAA") == 1002
    assert code(imageUrl="ftp://x.example/a.png") == 1002
    request = seed(imageUrl=PICTURE).request
    assert isinstance(request, ImageToVideo)
    assert request.image is not None
    assert request.image.fetch is not None
    limits = request.image.fetch.limits
    assert limits.bytes_max == 10 * 1024 * 1024
    assert limits.types == ("image/jpeg", "image/png", "image/webp")


def test_keys_in_either_case() -> None:
    request = seed(aspect_ratio="9:16", image_url=PICTURE, callback_url=PICTURE)
    assert isinstance(request.request, ImageToVideo)
    assert request.request.ratio is Ratio.TALL
    assert request.callback_url == PICTURE


# --- today's API


def test_modes_defaults_and_sizes_of_3_0() -> None:
    modes = [market("kling-3.0/video", prompt="a", mode=each).request for each in ("std", "4K")]
    assert [getattr(each, "mode", None) for each in modes] == [Mode.STD, Mode.UHD]
    plain = market("kling-3.0/video", prompt="a").request
    assert isinstance(plain, TextToVideo)
    assert (plain.mode, plain.sound) == (Mode.PRO, False)


def test_shots_of_3_0() -> None:
    shots = [{"prompt": "one", "duration": 3}, {"prompt": "two", "duration": "4"}]
    request = market(
        "kling-3.0/video",
        prompt="left out",
        multi_shots=True,
        multi_prompt=shots,
        image_urls=[PICTURE, VOICE],
    ).request
    assert isinstance(request, ImageToVideo)
    assert [(each.prompt, each.duration_s) for each in request.shots] == [("one", 3), ("two", 4)]
    assert request.image_tail is None, "with shots only the first picture counts"
    assert request.sound is True
    for wrong in ([], [{"prompt": "one", "duration": 13}], shots * 3):
        call = refused(
            lambda wrong=wrong: market("kling-3.0/video", multi_shots=True, multi_prompt=wrong),
            Design.MARKET,
        )
        assert call.code == 422


def test_two_pictures_are_first_and_last() -> None:
    request = market("kling-3.0/video", prompt="a", image_urls=[PICTURE, VOICE]).request
    assert isinstance(request, ImageToVideo)
    assert request.image_tail is not None
    assert request.image_tail.fetch is not None
    assert request.image_tail.fetch.url == VOICE


def test_the_documented_defaults() -> None:
    request = market("kling-2.6/text-to-video", prompt="a").request
    assert isinstance(request, TextToVideo)
    assert request.ratio is Ratio.SQUARE


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("kling/v2-1-pro", {"prompt": "a"}),
        ("kling/v2-1-pro", {"image_url": PICTURE}),
        ("kling/ai-avatar-pro", {"image_url": PICTURE}),
        ("kling-3.0/motion-control", {"input_urls": [PICTURE]}),
        ("kling-3.0/motion-control", {"input_urls": [PICTURE] * 2, "video_urls": [VOICE]}),
        ("kling-3.0/video", {"prompt": "a", "image_urls": [PICTURE] * 3}),
        ("kling-3.0/video", {"prompt": "a", "kling_elements": [{"name": "x"}]}),
        ("kling-3.0/video", {"prompt": "a", "mode": "8k"}),
        ("veo3/fast", {"prompt": "a"}),
    ],
)
def test_what_is_missing_or_wrong_is_422(model: str, said: dict[str, object]) -> None:
    answer = refused(lambda: market(model, **said), Design.MARKET)
    assert (answer.status, answer.code) == (422, 422)


def test_motion_control_follows_picture_or_clip() -> None:
    said = {"input_urls": [PICTURE], "video_urls": [VOICE], "mode": "1080p"}
    request = market("kling-2.6/motion-control", **said).request
    assert isinstance(request, MotionControl)
    assert (request.mode, request.follow_video_orientation) == (Mode.PRO, True)
    still = market("kling-2.6/motion-control", character_orientation="image", **said).request
    assert isinstance(still, MotionControl)
    assert not still.follow_video_orientation
    assert still.video.fetch is not None
    assert still.video.fetch.limits.length_s == (3, 10)


# --- errors


@pytest.mark.parametrize(
    ("error", "of_seed", "of_market"),
    [
        (Disallowed("no"), (400, 1001), (422, 422)),
        (TopUp("poor"), (402, 1003), (402, 402)),
        (Wait("full", retry_after_s=3), (429, 1005), (429, 429)),
        (Wait("often", retry_after_s=3, field="rate"), (429, 1005), (429, 429)),
        (Unreachable("dark"), (503, 1005), (503, 455)),
        (SetUp("empty"), (503, 1005), (503, 455)),
        (FilmgateError("odd"), (500, 500), (500, 500)),
    ],
)
def test_every_error_of_ours(
    error: FilmgateError, of_seed: tuple[int, int], of_market: tuple[int, int]
) -> None:
    for design, wanted in ((Design.SEED, of_seed), (Design.MARKET, of_market)):
        answer = answer_to(error, design)
        assert (answer.status, answer.code) == wanted
    hidden = isinstance(error, (Unreachable, SetUp)) or type(error) is FilmgateError
    assert (error.message in answer_to(error, Design.SEED).message) is not hidden


def test_every_fault_has_its_codes() -> None:
    assert set(FAULT_CODES) == set(Fault)


# --- uploads


def test_base64_with_and_without_prefix() -> None:
    for text in ("aGVsbG8=", "data:text/plain;base64,aGVsbG8=", "aGVs\nbG8"):
        body = {"base64Data": text, "uploadPath": "a/b", "fileName": "x.png"}
        data, place = base64_upload(json.dumps(body).encode())
        assert data == b"hello"
        assert (place.path, place.name) == ("a/b", "x.png")


def test_names_are_never_paths() -> None:
    assert place_of("/images/", "../../etc/passwd").name == "passwd"
    assert place_of("images", "C:\\dir\\a.png").name == "a.png"
    for path, name in (("", "a"), ("a\nb", "a"), ("a", "x" * 201)):
        with pytest.raises(FilmgateError):
            place_of(path, name)
    for body in ({"fileUrl": "no", "uploadPath": "a"}, {"fileUrl": PICTURE}):
        assert refused(lambda body=body: url_upload(json.dumps(body).encode()), Design.UPLOAD)
