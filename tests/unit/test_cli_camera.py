from __future__ import annotations

import pytest

from filmgate.domain.errors import FixRequest
from filmgate.domain.request import Camera, CameraPreset
from filmgate.entrypoints.cli.camera import STRENGTH, parse_camera


@pytest.mark.parametrize(
    ("text", "camera"),
    [
        ("zoom=5,pan=-3", Camera(zoom=5, pan=-3)),
        (" zoom = 5 , pan = -3 ", Camera(zoom=5, pan=-3)),
        ("horizontal=10", Camera(horizontal=10)),
        ("vertical=-10", Camera(vertical=-10)),
        ("TILT=1.5;roll=-2", Camera(tilt=1.5, roll=-2)),
        ("zoom=0", Camera()),
        ("zoom-out=4", Camera(zoom=4)),
        ("zoom-in=0.5", Camera(zoom=-0.5)),
        ("zoom-in,roll-left", Camera(zoom=-STRENGTH, roll=-STRENGTH)),
        ("tilt-up", Camera(pan=STRENGTH)),
        ("tilt-down=2", Camera(pan=-2)),
        ("left", Camera(horizontal=-STRENGTH)),
        ("right=3", Camera(horizontal=3)),
        ("up", Camera(vertical=STRENGTH)),
        ("down", Camera(vertical=-STRENGTH)),
        ("Roll_Right", Camera(roll=STRENGTH)),
    ],
)
def test_axes_and_words(text: str, camera: Camera) -> None:
    assert parse_camera(text) == camera


@pytest.mark.parametrize("preset", list(CameraPreset))
def test_s1_07_presets_in_both_spellings(preset: CameraPreset) -> None:
    assert parse_camera(preset.value) == Camera(preset=preset)
    assert parse_camera(preset.value.replace("_", "-").upper()) == Camera(preset=preset)


def test_s1_07_simple_is_the_word_for_axes() -> None:
    given = parse_camera("simple,horizontal=5,vertical=0,zoom=1.2")
    assert given == Camera(horizontal=5, zoom=1.2)


@pytest.mark.parametrize(
    ("word", "camera"),
    [
        ("static", Camera()),
        ("zoom_in", Camera(zoom=-STRENGTH)),
        ("zoom_out", Camera(zoom=STRENGTH)),
        ("pan_left", Camera(tilt=-STRENGTH)),
        ("pan_right", Camera(tilt=STRENGTH)),
    ],
)
def test_s4_05_piapi_camera_movements(word: str, camera: Camera) -> None:
    assert parse_camera(word) == camera
    assert parse_camera(word.replace("_", "-")) == camera


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        ("", "is empty", "preset"),
        ("simple", "says no move", "zoom=5"),
        ("zomo=5", "zomo=5 is no camera move", "did you mean zoom?"),
        ("dolly the camera", "is no camera move", ""),
        ("pan", "pan needs a value", "pan=5 or pan=-5"),
        ("zoom=11", "zoom=11 is out of range", "from -10 to 10"),
        ("zoom=nan", "out of range", "from -10 to 10"),
        ("zoom=", "out of range", "from -10 to 10"),
        ("zoom-in=-4", "out of range", "from 0 to 10"),
        ("zoom=5,zoom-in", "moved already", "once"),
        ("down-back,zoom=2", "takes nothing beside it", "alone"),
        ("static,zoom=2", "takes nothing beside it", "leave out"),
    ],
)
def test_what_is_no_move_names_the_option_and_the_right_way(
    text: str, says: str, remedy: str
) -> None:
    with pytest.raises(FixRequest, match=says) as caught:
        parse_camera(text)
    assert caught.value.field == "camera"
    assert remedy in (caught.value.remedy or "")
