from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from filmgate.domain.errors import BadInput, FixRequest
from filmgate.domain.request import Asset, Camera, ImageToVideo, Mode, Point, Ratio, TextToVideo
from filmgate.entrypoints.cli.brush import parse_motion
from filmgate.entrypoints.cli.wishes import Wish, read_ceiling


async def store(path: Path) -> Asset:
    if path.suffix == ".txt":
        raise BadInput(f"{path.name} is no picture")
    return Asset(digest=path.name, media_type="image/png", size_bytes=1)


def request(prompt: str, wish: Wish) -> TextToVideo | ImageToVideo:
    made = asyncio.run(wish.read(prompt).request(store))
    assert isinstance(made, (TextToVideo, ImageToVideo))
    return made


def test_what_was_not_said_is_left_to_the_model() -> None:
    assert request("sunset over ocean", Wish()) == TextToVideo(prompt="sunset over ocean")


def test_s1_02_every_option_of_the_seed_reaches_the_request(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.touch()
    wish = Wish(image=str(photo), duration="10", ratio="9:16", mode="pro", provider="kling")
    made = request("animate scene", wish)
    assert isinstance(made, ImageToVideo)
    assert (made.prompt, made.duration_s, made.ratio, made.mode) == (
        "animate scene",
        10,
        Ratio.TALL,
        Mode.PRO,
    )
    assert made.image is not None
    assert made.image.digest == "photo.png"


def test_all_the_rest_of_the_options(tmp_path: Path) -> None:
    for name in ("a.png", "tail.png", "still.png", "car.png"):
        (tmp_path / name).touch()
    made = request(
        "x",
        Wish(
            image=f"{tmp_path}/a.png",
            image_tail=f"{tmp_path}/tail.png",
            static_mask=f"{tmp_path}/still.png",
            motion=(f"{tmp_path}/car.png:1,2;3.5,4",),
            model="kling-v1",
            negative_prompt="birds",
            cfg_scale="0.5",
            seed="42",
            camera="zoom=5",
            sound=True,
            duration="5s",
        ),
    )
    assert isinstance(made, ImageToVideo)
    assert made.image_tail is not None
    assert made.static_mask is not None
    assert made.strokes[0].path == (Point(1, 2), Point(3.5, 4))
    assert made.strokes[0].mask.digest == "car.png"
    assert made.camera == Camera(zoom=5)
    assert (made.model, made.negative_prompt, made.cfg_scale, made.seed, made.sound) == (
        "kling-v1",
        "birds",
        0.5,
        42,
        True,
    )
    assert made.duration_s == 5


def test_a_lone_dash_reads_the_prompt_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a fox\nin snow\n"))
    assert request("-", Wish()).prompt == "a fox\nin snow"


@pytest.mark.parametrize(
    ("wish", "field", "says"),
    [
        (Wish(mode="ultra"), "mode", "there is no mode ultra"),
        (Wish(ratio="7:3"), "ratio", "there is no ratio 7:3"),
        (Wish(duration="long"), "duration_s", "'long' is no length"),
        (Wish(duration="0"), "duration_s", "is no length"),
        (Wish(duration="-5"), "duration_s", "is no length"),
        (Wish(duration="inf"), "duration_s", "is no length"),
        (Wish(provider="sora"), "provider", "there is no provider sora"),
        (Wish(cfg_scale="1.5"), "cfg_scale", "'1.5' won't do"),
        (Wish(seed="-1"), "seed", "'-1' won't do"),
        (Wish(seed="1.5"), "seed", "'1.5' won't do"),
        (Wish(seed=str(2**31)), "seed", "won't do"),
        (Wish(image="nowhere.png"), "image", "there is no file nowhere.png"),
        (Wish(image="/"), "image", "is a folder"),
        (Wish(motion=("mask.png",)), "strokes", "has no mask and path"),
        (Wish(motion=("mask.png:1,2;3",)), "strokes", "'3' is no point"),
        (Wish(motion=("mask.png:1,-2",)), "strokes", "'1,-2' is no point"),
    ],
)
def test_each_mistake_names_its_field_and_a_remedy(wish: Wish, field: str, says: str) -> None:
    with pytest.raises(FixRequest, match=says) as caught:
        wish.read("x")
    assert caught.value.field == field
    assert caught.value.remedy


def test_a_bad_picture_is_blamed_on_the_option_that_named_it(tmp_path: Path) -> None:
    (tmp_path / "tail.txt").touch()
    with pytest.raises(BadInput) as caught:
        request("x", Wish(image_tail=str(tmp_path / "tail.txt")))
    assert caught.value.field == "image_tail"


def test_a_prompt_that_is_no_text_is_refused() -> None:
    with pytest.raises(FixRequest, match="not UTF-8"):
        Wish().read("\udcff")


def test_a_mask_may_have_a_colon_in_its_name() -> None:
    assert parse_motion("a:b.png:1,2;3,4") == (Path("a:b.png"), (Point(1, 2), Point(3, 4)))


def test_ceiling_is_counted_exactly_and_rounded_down() -> None:
    assert read_ceiling(None) is None
    assert read_ceiling("0.35") == 350_000
    assert read_ceiling("$1") == 1_000_000
    assert read_ceiling("0.0000019") == 1
    for wrong in ("a lot", "-1", "nan", "inf"):
        with pytest.raises(FixRequest, match="no sum of money"):
            read_ceiling(wrong)
