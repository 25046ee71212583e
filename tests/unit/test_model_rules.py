"""What is refused, in which words, on which field; and what the film will be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.model import settle
from filmgate.domain.request import (
    Asset,
    Avatar,
    BrushStroke,
    Camera,
    CameraPreset,
    ImageToVideo,
    LipSync,
    Mode,
    MultiImage,
    Omni,
    Point,
    Ratio,
    Request,
    ShotPrompt,
    Speech,
    TextToAudio,
    TextToVideo,
)
from filmgate.domain.rules import Refusal, notes, picture_refusal, refusal

CATALOGUE = load_catalogue()
PICTURE = Asset("0" * 64, "image/png", 1000)
CLIP = Asset("1" * 64, "video/mp4", 1000)
PRESET = Camera(preset=CameraPreset.FORWARD_UP)
T2V = TextToVideo(prompt="x")
I2V = ImageToVideo(prompt="x", image=PICTURE)
TAIL = ImageToVideo(prompt="x", image=PICTURE, image_tail=PICTURE)


def stroke(points: int) -> BrushStroke:
    return BrushStroke(mask=PICTURE, path=tuple(Point(i, i) for i in range(points)))


def told(name: str, request: Request, provider: str = "local") -> Refusal | None:
    return refusal(CATALOGUE.find(name), request, provider=provider)


SENTENCES = [
    # Kling's own, to the letter
    (
        "kling-v2-5-turbo",
        TAIL,
        "kling",
        "model/mode/duration(kling-v2-5-turbo/std/5) is not supported with image_tail",
        "image_tail",
    ),
    (
        "kling-v2-5-turbo",
        replace(TAIL, duration_s=10),
        "local",
        "model/mode/duration(kling-v2-5-turbo/std/10) is not supported with image_tail",
        "image_tail",
    ),
    (
        "kling-3.0-turbo",
        TAIL,
        "kling",
        "Image tail is not supported by the current model",
        "image_tail",
    ),
    (
        "kling-v1",
        replace(T2V, camera=PRESET, mode=Mode.PRO),
        "piapi",
        "camera_control is only supported in std mode with 5s duration and kling-v1",
        "camera",
    ),
    (
        "kling-v1",
        T2V,
        "kling",
        "The model 'kling-v1' has been discontinued and is no longer available.",
        "model",
    ),
    # ours, in the same manner
    (
        "kling-v2-6",
        replace(T2V, sound=True),
        "kling",
        "model/mode/duration(kling-v2-6/std/5) is not supported with sound",
        "sound",
    ),
    (
        "kling-v2-6",
        replace(TAIL, mode=Mode.PRO, sound=True),
        "kling",
        "image_tail and sound can't be used together",
        "sound",
    ),
    (
        "kling-v2-6",
        replace(I2V, mode=Mode.PRO, voices=("a",)),
        "kling",
        "voice_list needs sound on",
        "sound",
    ),
    (
        "kling-3.0-turbo",
        replace(T2V, sound=False),
        "kling",
        "kling-3.0-turbo at kling always makes sound",
        "sound",
    ),
    (
        "kling-v2-5-turbo",
        replace(T2V, mode=Mode.UHD),
        "kling",
        "mode value '4k' is invalid",
        "mode",
    ),
    (
        "2.0",
        replace(T2V, mode=Mode.STD),
        "piapi",
        "mode value 'std' is invalid: text-to-video by kling-v2-master at piapi has pro",
        "mode",
    ),
    (
        "animatic",
        replace(T2V, duration_s=7),
        "local",
        "duration value '7' is invalid: animatic makes 5 or 10 seconds",
        "duration_s",
    ),
    (
        "kling-v3",
        replace(T2V, duration_s=16),
        "kling",
        "duration value '16' is invalid: kling-v3 makes 3 to 15 seconds",
        "duration_s",
    ),
    (
        "kling-v3",
        replace(T2V, duration_s=4.5),
        "kling",
        "duration value '4.5' is invalid: kling-v3 makes 3 to 15 seconds",
        "duration_s",
    ),
    (
        "kling-video-o1",
        Omni(prompt="x", duration_s=7),
        "kling",
        "model/mode/duration(kling-video-o1/pro/7) is not supported with a prompt alone",
        "duration_s",
    ),
    (
        "kling-v2-1",
        T2V,
        "kie",
        "text-to-video is not supported by kling-v2-1 at kie",
        "model",
    ),
    ("kling-v3", T2V, "openai", "kling-v3 is not offered by openai", "model"),
    # what the local engine has yet to learn
    (
        "kling-v2-5-turbo",
        replace(TAIL, mode=Mode.PRO),
        "local",
        "the local engine does not render image_tail yet",
        "image_tail",
    ),
    (
        "kling-v1",
        replace(I2V, strokes=(stroke(2),)),
        "local",
        "the local engine does not render dynamic_masks/static_mask yet",
        "strokes",
    ),
    (
        "kling-v2-6",
        replace(I2V, mode=Mode.PRO, sound=True, voices=("a",)),
        "local",
        "the local engine does not render voice_list yet",
        "voices",
    ),
    (
        "kling-avatar",
        Avatar(image=PICTURE, audio=CLIP),
        "local",
        "the local engine does not render avatar yet",
        "model",
    ),
    (
        "kling-v3",
        replace(T2V, mode=Mode.UHD),
        "local",
        "the local engine does not render mode 4k yet",
        "mode",
    ),
    # limits
    ("animatic", TextToVideo(prompt=" \n"), "local", "prompt is empty", "prompt"),
    (
        "kling-v1",
        TextToVideo(prompt="x" * 2501),
        "local",
        "prompt has 2501 characters; kling-v1 takes at most 2500",
        "prompt",
    ),
    (
        "kling-v2-5-turbo",
        TextToVideo(prompt="x" * 1001, model="kling-2-5-turbo"),
        "local",
        "prompt has 1001 characters; kling-2-5-turbo takes at most 1000",
        "prompt",
    ),
    (
        "kling-v1",
        TextToVideo(prompt="x", negative_prompt="y" * 2600),
        "local",
        "negative_prompt has 2600 characters; kling-v1 takes at most 2500",
        "negative_prompt",
    ),
    (
        "animatic",
        ImageToVideo(prompt="x"),
        "local",
        "at least one of image and image_tail is required",
        "image",
    ),
    (
        "animatic",
        replace(T2V, camera=Camera(zoom=10.5)),
        "local",
        "camera_control.config.zoom value '10.5' is invalid",
        "camera",
    ),
    (
        "animatic",
        replace(T2V, camera=Camera(pan=float("nan"))),
        "local",
        "camera_control.config.pan value 'nan' is invalid",
        "camera",
    ),
    (
        "animatic",
        replace(T2V, camera=Camera(preset=CameraPreset.DOWN_BACK, zoom=1)),
        "local",
        "camera_control.config is not supported with type down_back",
        "camera",
    ),
    (
        "kling-v1",
        replace(T2V, cfg_scale=1.01),
        "local",
        "cfg_scale value '1.01' is invalid",
        "cfg_scale",
    ),
    (
        "kling-v1",
        replace(T2V, creativity=-1),
        "local",
        "creativity value '-1' is invalid",
        "creativity",
    ),
    ("kling-v1", replace(T2V, seed=-1), "local", "seed value '-1' is invalid", "seed"),
    ("kling-v1", replace(T2V, seed=2**32), "local", "seed value '4294967296' is invalid", "seed"),
    (
        "kling-v1",
        replace(I2V, strokes=(stroke(2),) * 7),
        "piapi",
        "strokes has 7 items; kling-v1 takes 0 to 6",
        "strokes",
    ),
    (
        "kling-v1",
        replace(I2V, strokes=(stroke(78),)),
        "piapi",
        "strokes.path has 78 items; kling-v1 takes 2 to 77",
        "strokes.path",
    ),
    (
        "kling-v1-6",
        MultiImage(prompt="x", images=(PICTURE,) * 5),
        "local",
        "images has 5 items; kling-v1-6 takes 1 to 4",
        "images",
    ),
    (
        "animatic",
        replace(I2V, image=Asset("0" * 64, "image/gif", 10)),
        "local",
        "image is image/gif, which is not supported",
        "image",
    ),
    (
        "kling-v1",
        replace(I2V, image=Asset("0" * 64, "image/png", 10 * 1024 * 1024 + 1)),
        "local",
        "image has 10485761 bytes; at most 10 MB are taken",
        "image",
    ),
    (
        "kling-v3",
        replace(T2V, shots=(ShotPrompt(prompt="a", duration_s=2),) * 2, duration_s=5),
        "kling",
        "the shots last 4 s together; duration is 5 s",
        "shots",
    ),
    (
        "kling-v3",
        replace(T2V, shots=(ShotPrompt(prompt="a" * 513, duration_s=3),)),
        "kling",
        "shots has 513 characters; kling-v3 takes at most 512",
        "shots",
    ),
    (
        "kling-v3-omni",
        Omni(prompt="x", last_frame=PICTURE),
        "kling",
        "an end frame needs a first frame",
        "last_frame",
    ),
    (
        "kling-v3-omni",
        Omni(prompt="x", sound=True, feature_video=CLIP),
        "kling",
        "sound and video_list can't be used together",
        "base_video",
    ),
    (
        "kling-lip-sync",
        LipSync(video=CLIP),
        "kling",
        "exactly one of text and audio is required",
        "text",
    ),
    ("kling-tts", Speech(text="x", speed=3), "kling", "speed value '3' is invalid", "speed"),
    (
        "kling-text-to-audio",
        TextToAudio(prompt="x", duration_s=11),
        "kling",
        "duration value '11' is invalid: kling-text-to-audio makes 3 to 10 seconds",
        "duration_s",
    ),
]


@pytest.mark.parametrize(
    ("name", "request_", "provider", "message", "field"),
    SENTENCES,
    ids=[message[:60] for *_, message, _ in SENTENCES],
)
def test_every_refusal_says_what_where_and_what_helps(
    name: str, request_: Request, provider: str, message: str, field: str
) -> None:
    refused = told(name, request_, provider)
    assert refused is not None
    assert (refused.message, refused.field) == (message, field)
    assert refused.remedy


def test_the_remedy_names_the_cells_that_work() -> None:
    assert told("kling-v2-5-turbo", TAIL, "kling").remedy == (
        "kling-v2-5-turbo does this in pro with 5 or 10 seconds"
    )
    # Our server takes S3's "pro and 10 seconds" as well as the map's 5.
    assert told("kling-v1", replace(TAIL, mode=Mode.STD, duration_s=10)).remedy == (
        "kling-v1 does this in std with 5 seconds, or pro with 5 or 10 seconds"
    )


@pytest.mark.parametrize("name", ["kling-v1", "kling-v1-5", "kling-v1-6"])
def test_end_frame_masks_and_camera_exclude_one_another(name: str) -> None:
    one, other = replace(TAIL, mode=Mode.PRO, duration_s=5), replace(I2V, strokes=(stroke(2),))
    for request in (
        replace(one, strokes=(stroke(2),)),
        replace(one, static_mask=PICTURE),
        replace(one, camera=PRESET),
        replace(one, camera=Camera(zoom=1)),
        replace(other, camera=PRESET),
    ):
        refused = told(name, request)
        assert refused is not None
        assert refused.message.endswith("can't be used together")


def test_the_skill_s_own_example_works_here_and_not_at_kling() -> None:
    request = TextToVideo(
        prompt="A serene mountain landscape with flowing clouds",
        model="kling-v1-5",
        mode=Mode.STD,
        ratio=Ratio.WIDE,
        duration_s=5,
        negative_prompt="blurry, low quality",
    )
    assert told("kling-v1-5", request) is None
    assert told("kling-v1-5", request, "kling") is not None


@pytest.mark.parametrize("camera", [PRESET, Camera(), Camera(zoom=5), Camera(zoom=5, pan=-3)])
def test_animatic_takes_every_camera(camera: Camera) -> None:
    for request in (replace(T2V, camera=camera), replace(I2V, camera=camera)):
        for mode in (Mode.STD, Mode.PRO):
            for seconds in (5, 10):
                each = replace(request, mode=mode, duration_s=seconds, seed=2**32 - 1)
                assert told("animatic", each) is None


def test_what_has_no_effect_is_noted() -> None:
    request = replace(T2V, cfg_scale=0.7, seed=5, negative_prompt="fog")
    v1, turbo = CATALOGUE.find("kling-v1"), CATALOGUE.find("kling-v2-5-turbo")
    assert notes(v1, request, provider="local") == (
        "cfg_scale was taken and left out: the local engine has no such control",
    )
    assert notes(turbo, request, provider="kling") == (
        "cfg_scale was taken and left out: kling-v2-5-turbo has no such control",
        "seed was taken and left out: kling-v2-5-turbo at kling has no such control",
    )
    assert notes(turbo, T2V, provider="kling") == ()


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ((300, 300), None),
        ((750, 300), None),
        ((300, 750), None),
        ((299, 400), "image is 299x400; each side must be at least 300 px"),
        ((751, 300), "image is 751x300; its ratio must be between 1:2.5 and 2.5:1"),
        ((300, 751), "image is 300x751; its ratio must be between 1:2.5 and 2.5:1"),
    ],
)
def test_a_picture_s_sides_and_ratio(size: tuple[int, int], message: str | None) -> None:
    refused = picture_refusal(CATALOGUE.find("kling-v1"), width=size[0], height=size[1])
    assert (refused.message if refused else None) == message


def test_settling_fills_in_the_model_s_defaults() -> None:
    film = settle(CATALOGUE.find("animatic"), T2V, seed=7)
    assert (film.width, film.height, film.fps, film.duration_s, film.seed) == (1280, 720, 24, 5, 7)
    asked = replace(T2V, mode=Mode.PRO, ratio=Ratio.TALL, duration_s=10, seed=0)
    film = settle(CATALOGUE.find("animatic"), asked, seed=7)
    assert not film.sound
    assert settle(CATALOGUE.find("animatic"), replace(T2V, sound=True), seed=7).sound
    assert settle(CATALOGUE.find("kling-3.0-turbo"), T2V, seed=7).sound
    assert (film.width, film.height, film.fps, film.duration_s, film.seed) == (
        1080,
        1920,
        24,
        10,
        0,
    )


@pytest.mark.parametrize(
    ("picture_size", "mode", "expected"),
    [
        ((1600, 900), Mode.STD, (1280, 720)),
        ((900, 1600), Mode.PRO, (1080, 1920)),
        ((4000, 3000), Mode.STD, (960, 720)),
        ((3000, 4000), Mode.PRO, (1080, 1440)),
        ((500, 500), Mode.STD, (720, 720)),
        ((1000, 700), Mode.STD, (1028, 720)),
        ((3000, 1000), Mode.STD, (1800, 720)),
    ],
)
def test_a_picture_keeps_its_ratio(
    picture_size: tuple[int, int], mode: Mode, expected: tuple[int, int]
) -> None:
    model = CATALOGUE.find("animatic")
    film = settle(model, replace(I2V, mode=mode), seed=1, picture_size=picture_size)
    assert (film.width, film.height) == expected
    # An asked ratio wins; the engine fills and crops.
    film = settle(
        model, replace(I2V, mode=mode, ratio=Ratio.SQUARE), seed=1, picture_size=picture_size
    )
    assert film.width == film.height


@given(st.integers(300, 8000), st.integers(300, 8000), st.sampled_from([Mode.STD, Mode.PRO]))
def test_every_settled_size_is_even_and_close_to_the_picture(
    width: int, height: int, mode: Mode
) -> None:
    model = CATALOGUE.find("animatic")
    film = settle(model, replace(I2V, mode=mode), seed=1, picture_size=(width, height))
    short, long = sorted((film.width, film.height))
    assert short == model.modes[mode].short_side_px
    assert film.width % 2 == film.height % 2 == 0
    wanted = min(max(width, height) / min(width, height), 2.5)
    assert abs(long - short * wanted) <= 1


def test_a_storyboard_is_as_long_as_its_shots() -> None:
    shots = (ShotPrompt(prompt="a", duration_s=4), ShotPrompt(prompt="b", duration_s=3))
    request = TextToVideo(shots=shots)
    assert told("kling-v3", request, "kling") is None
    assert settle(CATALOGUE.find("kling-v3"), request, seed=1).duration_s == 7
