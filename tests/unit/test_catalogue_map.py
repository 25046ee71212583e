"""Every cell of Kling's two capability maps, asked for one by one.

The tables below are written from the dated maps (2026-01-31 and 2026-05-19), not from the
catalogue. Retirement is left out of account here: the maps say what a model could do.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.model import asked
from filmgate.domain.request import (
    Asset,
    BrushStroke,
    Camera,
    CameraPreset,
    EditElements,
    Effect,
    Extend,
    ImageToVideo,
    Mode,
    MotionControl,
    MultiImage,
    Omni,
    Point,
    Request,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.rules import covers

PICTURE = Asset("0" * 64, "image/png", 1000)
CLIP = Asset("1" * 64, "video/mp4", 1000)
STROKE = BrushStroke(mask=PICTURE, path=(Point(0, 0), Point(9, 9)))

Make = Callable[[Mode, float], Request]


def t2v(**extra) -> Make:
    return lambda mode, seconds: TextToVideo(prompt="x", mode=mode, duration_s=seconds, **extra)


def i2v(**extra) -> Make:
    given = {"image": PICTURE, **extra}
    return lambda mode, seconds: ImageToVideo(prompt="x", mode=mode, duration_s=seconds, **given)


def omni(**extra) -> Make:
    return lambda mode, seconds: Omni(prompt="x", mode=mode, duration_s=seconds, **extra)


def shots(make: Callable[..., Make], **extra) -> Make:
    def request(mode: Mode, seconds: float) -> Request:
        each = ShotPrompt(prompt="x", duration_s=seconds / 2)
        return make(shots=(each, each), **extra)(mode, seconds)

    return request


FIRST_LAST = {"image_tail": PICTURE}
LAST_ONLY = {"image": None, "image_tail": PICTURE}

LEGACY: dict[str, Make] = {
    "T2V": t2v(),
    "I2V": i2v(),
    "camera simple T2V": t2v(camera=Camera(zoom=5)),
    "camera preset T2V": t2v(camera=Camera(preset=CameraPreset.DOWN_BACK)),
    "camera simple I2V": i2v(camera=Camera(pan=-3)),
    "camera preset I2V": i2v(camera=Camera(preset=CameraPreset.DOWN_BACK)),
    "first+last": i2v(**FIRST_LAST),
    "last only": i2v(**LAST_ONLY),
    "brush": i2v(strokes=(STROKE,)),
    "static brush": i2v(static_mask=PICTURE),
    "extend": lambda mode, seconds: Extend(source_task="1", mode=mode, duration_s=seconds),
    "dual effects": lambda mode, seconds: Effect(
        scene="hug", images=(PICTURE, PICTURE), mode=mode, duration_s=seconds
    ),
    "multi-image": lambda mode, seconds: MultiImage(
        prompt="x", images=(PICTURE,), mode=mode, duration_s=seconds
    ),
    "multi-elements": lambda mode, seconds: EditElements(
        prompt="x", video=CLIP, edit="swap", mode=mode, duration_s=seconds
    ),
    "T2V sound": t2v(sound=True),
    "I2V sound": i2v(sound=True),
    "first+last sound": i2v(sound=True, **FIRST_LAST),
    "voices": i2v(sound=True, voices=("a",)),
    "several axes": t2v(camera=Camera(zoom=5, pan=1)),
}

# model | feature | std 5 s, std 10 s, pro 5 s, pro 10 s. What is not listed here is in no cell.
LEGACY_MAP = """
kling-v1          | T2V               | y y y y
kling-v1          | I2V               | y y y y
kling-v1          | extend            | y y y y
kling-v1          | dual effects      | y y y y
kling-v1          | camera simple T2V | y - - -
kling-v1          | camera preset T2V | y - - -
kling-v1          | first+last        | y - y -
kling-v1          | brush             | y - y -
kling-v1          | static brush      | y - y -
kling-v1-5        | I2V               | y y y y
kling-v1-5        | extend            | y y y y
kling-v1-5        | dual effects      | y y y y
kling-v1-5        | first+last        | - - y y
kling-v1-5        | last only         | - - y y
kling-v1-5        | brush             | - - y -
kling-v1-5        | static brush      | - - y -
kling-v1-5        | camera simple I2V | - - y -
kling-v1-6        | T2V               | y y y y
kling-v1-6        | I2V               | y y y y
kling-v1-6        | multi-image       | y y y y
kling-v1-6        | multi-elements    | y y y y
kling-v1-6        | extend            | y y y y
kling-v1-6        | dual effects      | y y y y
kling-v1-6        | first+last        | - - y y
kling-v1-6        | last only         | - - y y
kling-v2-master   | T2V               | y y y y
kling-v2-master   | I2V               | y y y y
kling-v2-1-master | T2V               | y y y y
kling-v2-1-master | I2V               | y y y y
kling-v2-1        | I2V               | y y y y
kling-v2-1        | first+last        | - - y y
kling-v2-5-turbo  | T2V               | y y y y
kling-v2-5-turbo  | I2V               | y y y y
kling-v2-5-turbo  | first+last        | - - y y
kling-v2-6        | T2V               | y y y y
kling-v2-6        | I2V               | y y y y
kling-v2-6        | T2V sound         | - - y y
kling-v2-6        | I2V sound         | - - y y
kling-v2-6        | first+last        | - - y y
kling-v2-6        | voices            | - - y y
"""

CELLS = ((Mode.STD, 5.0), (Mode.STD, 10.0), (Mode.PRO, 5.0), (Mode.PRO, 10.0))


def _legacy_cells() -> list[tuple[str, str, Mode, float, bool]]:
    said: dict[tuple[str, str], list[str]] = {}
    for line in LEGACY_MAP.strip().splitlines():
        model, feature, cells = (part.strip() for part in line.split("|"))
        said[model, feature] = cells.split()
    models = sorted({model for model, _ in said})
    return [
        (model, feature, mode, seconds, said.get((model, feature), "----")[index] == "y")
        for model, feature in product(models, LEGACY)
        for index, (mode, seconds) in enumerate(CELLS)
    ]


def _could(model_name: str, request: Request) -> bool:
    model = load_catalogue().find(model_name)
    return covers(model.listings["kling"].abilities, asked(model, request))


@pytest.mark.parametrize("feature", LEGACY)
def test_every_cell_of_the_legacy_map(feature: str) -> None:
    wrong = [
        (model, mode, seconds, expected)
        for model, this, mode, seconds, expected in _legacy_cells()
        if this == feature and _could(model, LEGACY[feature](mode, seconds)) is not expected
    ]
    assert not wrong


@pytest.mark.parametrize("model", ["kling-v1", "kling-v1-6", "kling-v2-5-turbo", "kling-v2-6"])
@pytest.mark.parametrize("seconds", [3.0, 4.0, 6.0, 7.0, 9.0, 11.0, 15.0])
def test_the_older_models_know_five_and_ten_seconds_alone(model: str, seconds: float) -> None:
    assert not any(_could(model, t2v()(mode, seconds)) for mode in Mode)


TURBO, V3, OMNI = "kling-3.0-turbo", "kling-v3", "kling-v3-omni"
O1, V26, V25 = "kling-video-o1", "kling-v2-6", "kling-v2-5-turbo"
PAIR = {"first_frame": PICTURE, "last_frame": PICTURE}

SINGLE = (
    *("720 1080 3-15", "720 1080 4k 3-15", "720 1080 4k 3-15"),
    *("720 1080 5,10", "720 1080 5,10", "720 1080 5,10"),
)

# For each line of the current map, in the order 3.0 Turbo, 3.0, 3.0 Omni, O1, 2.6, 2.5 Turbo:
# the cells, and the request in the words of the plain and of the omni models.
CURRENT_MAP: dict[str, tuple[tuple[str, ...], Make, Make | None]] = {
    "T2V single": (
        SINGLE,
        t2v(),
        omni(),
    ),
    "T2V multi-shot": (
        ("720 1080 3-15", "720 1080 4k 3-15", "720 1080 4k 3-15", "", "", ""),
        shots(t2v),
        shots(omni),
    ),
    "T2V native audio": (
        ("720 1080 3-15", "720 1080 4k 3-15", "720 1080 4k 3-15", "", "1080 5,10", ""),
        t2v(sound=True),
        omni(sound=True),
    ),
    "I2V single": (
        SINGLE,
        i2v(),
        omni(first_frame=PICTURE),
    ),
    "I2V multi-shot": (
        ("720 1080 3-15", "720 1080 4k 3-15", "720 1080 4k 3-15", "", "", ""),
        shots(i2v),
        shots(omni, first_frame=PICTURE),
    ),
    "First+last": (
        ("", "720 1080 4k 3-15", "720 1080 4k 3-15", "720 1080 5,10", "1080 5,10", "1080 5,10"),
        i2v(**FIRST_LAST),
        omni(**PAIR),
    ),
    "First+last with audio": (
        ("", "720 1080 4k 3-15", "720 1080 4k 3-15", "", "", ""),
        i2v(sound=True, **FIRST_LAST),
        omni(sound=True, **PAIR),
    ),
    "Last only": (("", "", "", "", "", ""), i2v(**LAST_ONLY), None),
    "Elements": (
        ("", "720 1080 4k 3-15", "720 1080 4k 3-15", "720 1080 3-10", "", ""),
        i2v(elements=("1",)),
        omni(elements=("1",)),
    ),
    "Native audio": (
        ("720 1080 3-15", "720 1080 4k 3-15", "720 1080 4k 3-15", "", "1080 5,10", ""),
        i2v(sound=True),
        omni(sound=True, first_frame=PICTURE),
    ),
    "Voice control": (
        ("", "", "", "", "1080 5,10", ""),
        i2v(sound=True, voices=("1",)),
        None,
    ),
    "Motion control": (
        ("", "720 1080 1-16", "", "", "720 1080 1-16", ""),
        lambda mode, seconds: MotionControl(
            image=PICTURE, video=CLIP, mode=mode, duration_s=seconds
        ),
        None,
    ),
    "Video reference": (
        ("", "", "720 1080 4k 3-15", "720 1080 3-10", "", ""),
        t2v(camera=Camera(preset=CameraPreset.DOWN_BACK)),  # stands for "no such field"
        omni(feature_video=CLIP),
    ),
}
RESOLUTIONS = {"720": Mode.STD, "1080": Mode.PRO, "4k": Mode.UHD}


def _said(cells: str) -> set[tuple[Mode, float]]:
    *resolutions, lengths = cells.split() or [""]
    if "-" in lengths:
        least, most = lengths.split("-")
        seconds = set(range(int(least), int(most) + 1))
    else:
        seconds = {int(each) for each in lengths.split(",") if each}
    return {(RESOLUTIONS[name], float(s)) for name in resolutions for s in seconds}


@pytest.mark.parametrize("line", CURRENT_MAP)
def test_every_cell_of_the_current_map(line: str) -> None:
    cells, plain, with_references = CURRENT_MAP[line]
    for name, said in zip((TURBO, V3, OMNI, O1, V26, V25), cells, strict=True):
        make = with_references if name in {OMNI, O1} else plain
        could = {
            (mode, float(seconds))
            for mode in Mode
            for seconds in range(1, 17)
            if make is not None and _could(name, make(mode, float(seconds)))
        }
        assert could == _said(said), (line, name)


def test_2_6_is_silent_at_720p_and_elements_with_voices_are_nowhere() -> None:
    assert not _could(V26, t2v(sound=True)(Mode.STD, 5.0))
    for model in load_catalogue().models:
        if "kling" in model.listings:
            both = i2v(sound=True, voices=("1",), elements=("1",))(Mode.PRO, 5.0)
            assert not _could(model.name, both)


def test_no_upstream_takes_several_axes_at_once() -> None:
    for model, provider in product(load_catalogue().models, ("kling", "kie", "piapi")):
        if listing := model.listings.get(provider):
            request = LEGACY["several axes"](Mode.STD, 5.0)
            assert not covers(listing.abilities, asked(model, request))


def test_whatever_an_upstream_does_our_server_allows() -> None:
    """The union really is one: row by row, cell by cell."""
    for model in load_catalogue().models:
        for provider, listing in model.listings.items():
            if provider == "local":
                continue
            for row in listing.abilities:
                for kind, mode in product(row.kinds, row.modes or {model.default_mode}):
                    for seconds in row.durations_s or (5,):
                        union = [
                            ability
                            for ability in model.abilities
                            if kind in ability.kinds
                            and ability.in_mode(mode)
                            and ability.lasts(seconds)
                        ]
                        hard = row.features - {"cfg_scale", "negative_prompt"}
                        assert any(hard <= each.features for each in union), (
                            model.name,
                            provider,
                            row,
                        )
