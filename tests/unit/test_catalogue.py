"""The catalogue's files: what they must hold, and how strictly they are read."""

from __future__ import annotations

import time
from decimal import Decimal
from importlib.resources import files

import pytest

from filmgate.catalogue.load import BadCatalogue, load_catalogue, parse, read_catalogue
from filmgate.domain.errors import Unsupported
from filmgate.domain.model import TIERS, Feature, Model, asked
from filmgate.domain.request import Asset, Kind, Mode, Ratio, TextToVideo
from filmgate.domain.routing import decide
from filmgate.domain.rules import notes, refusal

CATALOGUE = load_catalogue()
PICTURE = Asset("0" * 64, "image/png", 1000)

NAMES = {
    # seed S3, also S0's "v1 to v2-5-turbo" and S1's two
    "kling-v1": "kling-v1",
    "kling-v1-5": "kling-v1-5",
    "kling-v1-6": "kling-v1-6",
    "kling-v2-master": "kling-v2-master",
    "kling-v2-1": "kling-v2-1",
    "kling-v2-1-master": "kling-v2-1-master",
    "kling-v2-5-turbo": "kling-v2-5-turbo",
    # seed S2
    "kling-2-1": "kling-v2-1",
    "kling-2-1-pro": "kling-v2-1",
    "kling-2-5-turbo": "kling-v2-5-turbo",
    "kling-2-6": "kling-v2-6",
    "kling-avatar": "kling-avatar",
    # seed S4
    "1.0": "kling-v1",
    "1.5": "kling-v1-5",
    "1.6": "kling-v1-6",
    "2.0": "kling-v2-master",
    # Kling today, both designs
    "kling-v2-6": "kling-v2-6",
    "kling-v3": "kling-v3",
    "kling-v3-omni": "kling-v3-omni",
    "kling-video-o1": "kling-video-o1",
    "kling-3.0-turbo": "kling-3.0-turbo",
    "kling-3.0": "kling-v3",
    "kling-3.0-omni": "kling-v3-omni",
    "kling-o1": "kling-video-o1",
    "kling-2.6": "kling-v2-6",
    "kling-2.5-turbo": "kling-v2-5-turbo",
    "kolors-virtual-try-on-v1": "kolors-try-on",
    "kolors-virtual-try-on-v1-5": "kolors-try-on",
    # KIE today
    "kling-3.0/video": "kling-v3",
    "kling-3.0/motion-control": "kling-v3",
    "kling/v3-turbo-text-to-video": "kling-3.0-turbo",
    "kling/v3-turbo-image-to-video": "kling-3.0-turbo",
    "kling-2.6/text-to-video": "kling-v2-6",
    "kling-2.6/image-to-video": "kling-v2-6",
    "kling-2.6/motion-control": "kling-v2-6",
    "kling/v2-5-turbo-text-to-video-pro": "kling-v2-5-turbo",
    "kling/v2-5-turbo-image-to-video-pro": "kling-v2-5-turbo",
    "kling/v2-1-master-text-to-video": "kling-v2-1-master",
    "kling/v2-1-master-image-to-video": "kling-v2-1-master",
    "kling/v2-1-standard": "kling-v2-1",
    "kling/v2-1-pro": "kling-v2-1",
    "kling/ai-avatar-standard": "kling-avatar",
    "kling/ai-avatar-pro": "kling-avatar",
    "kling/v1-avatar-standard": "kling-avatar",
    "kling/ai-avatar-v1-pro": "kling-avatar",
    # PiAPI today
    "2.1": "kling-v2-1",
    "2.1-master": "kling-v2-1-master",
    "2.5": "kling-v2-5-turbo",
    "2.5-turbo": "kling-v2-5-turbo",
    "2.6": "kling-v2-6",
    "3.0": "kling-v3",
    "animatic": "animatic",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_every_protocol_resolves(name: str) -> None:
    assert CATALOGUE.find(name).name == NAMES[name]
    assert CATALOGUE.find(f" {name.upper()} ").name == NAMES[name]


def test_an_unknown_name_is_told_with_close_ones() -> None:
    with pytest.raises(Unsupported) as caught:
        CATALOGUE.find("kling-v2-5-turbp")
    assert caught.value.message == "there is no model 'kling-v2-5-turbp'"
    assert caught.value.field == "model"
    assert "kling-v2-5-turbo" in (caught.value.remedy or "")


def test_a_name_tells_what_it_says_beyond_the_model() -> None:
    alias = CATALOGUE.alias("kling/v2-1-pro")
    assert alias is not None
    assert (alias.modes, alias.kinds) == (frozenset({Mode.PRO}), frozenset({Kind.IMAGE_TO_VIDEO}))
    assert CATALOGUE.alias("animatic") is None
    assert CATALOGUE.alias("no such model") is None


def test_the_name_to_send_depends_on_kind_and_mode() -> None:
    turbo, v21 = CATALOGUE.find("kling-v2-5-turbo"), CATALOGUE.find("kling-v2-1")
    sent = {
        v21.name_at("kie", Kind.IMAGE_TO_VIDEO, Mode.STD).name,
        v21.name_at("kie", Kind.IMAGE_TO_VIDEO, Mode.PRO).name,
        turbo.name_at("kie", Kind.TEXT_TO_VIDEO, Mode.PRO).name,
        turbo.name_at("kling-new", Kind.TEXT_TO_VIDEO, Mode.STD).name,
    }
    assert sent == {
        "kling/v2-1-standard",
        "kling/v2-1-pro",
        "kling/v2-5-turbo-text-to-video-pro",
        "kling-2.5-turbo",
    }
    piapi = turbo.name_at("piapi", Kind.TEXT_TO_VIDEO, Mode.STD)
    assert (piapi.task_model, piapi.name) == ("kling-turbo", "2.5-turbo")
    assert v21.name_at("kie", Kind.TEXT_TO_VIDEO, Mode.STD) is None
    # An alias that is only read is never sent.
    avatar = CATALOGUE.find("kling-avatar").name_at("kie", Kind.AVATAR, Mode.PRO)
    assert avatar.name == "kling/ai-avatar-pro"


def test_s3_01_seven_models_and_kling_v1_by_default() -> None:
    seven = ["v1", "v1-5", "v1-6", "v2-master", "v2-1", "v2-1-master", "v2-5-turbo"]
    for name in seven:
        model = CATALOGUE.find(f"kling-{name}")
        for kind in (Kind.TEXT_TO_VIDEO, Kind.IMAGE_TO_VIDEO):
            assert kind in model.kinds
        assert {Mode.STD, Mode.PRO} <= set(model.modes)
        assert model.durations_s == (5, 10)
        assert (model.default_mode, model.default_duration_s) == (Mode.STD, 5)
        assert model.limits.prompt_chars == model.limits.negative_prompt_chars == 2500
    defaults = CATALOGUE.providers["kling"].default_models
    assert defaults[Kind.TEXT_TO_VIDEO] == defaults[Kind.IMAGE_TO_VIDEO] == "kling-v1"


def test_s3_06_v1_has_cfg_scale_brushes_and_camera_and_v2_no_cfg_scale() -> None:
    for name in ("kling-v1", "kling-v1-5", "kling-v1-6"):
        has = {feature for row in CATALOGUE.find(name).abilities for feature in row.features}
        assert {Feature.CFG_SCALE, Feature.BRUSH, Feature.CAMERA_AXES, Feature.CAMERA_PRESET} <= has
    for name in ("kling-v2-master", "kling-v2-1", "kling-v2-1-master", "kling-v2-5-turbo"):
        model = CATALOGUE.find(name)
        request = TextToVideo(prompt="x", cfg_scale=0.5)
        # Taken, dropped and noted: never refused.
        assert refusal(model, request, provider="local") is None
        assert notes(model, request, provider="local") == (
            f"cfg_scale was taken and left out: {name} has no such control",
        )


def test_s1_12_pro_is_better_and_dearer_than_std_wherever_both_have_a_price() -> None:
    assert [(t.quality, t.speed, t.cost) for t in (TIERS[Mode.STD], TIERS[Mode.PRO])] == [
        ("good", "fast", "lower"),
        ("best", "slower", "higher"),
    ]
    compared = 0
    for model in CATALOGUE.models:
        std, pro = model.modes.get(Mode.STD), model.modes.get(Mode.PRO)
        if std and pro:
            assert pro.short_side_px >= std.short_side_px
        prices = model.listings["kling"].prices if "kling" in model.listings else ()
        by_mode = {
            mode: [p.amount for p in prices if p.modes == {mode} and not p.with_features]
            for mode in (Mode.STD, Mode.PRO)
        }
        for cheap, dear in zip(by_mode[Mode.STD], by_mode[Mode.PRO], strict=True):
            assert cheap < dear
            compared += 1
    assert compared > 15


def test_the_sizes_are_the_documented_ones() -> None:
    v3 = CATALOGUE.find("kling-v3")
    expected = {
        Mode.STD: [(1280, 720), (720, 1280), (720, 720)],
        Mode.PRO: [(1920, 1080), (1080, 1920), (1080, 1080)],
        Mode.UHD: [(3840, 2160), (2160, 3840), (2160, 2160)],
    }
    for mode, sizes in expected.items():
        assert [v3.size(mode, ratio) for ratio in Ratio] == sizes


@pytest.mark.parametrize(
    ("name", "mode", "kind", "short_side_px", "fps"),
    [
        ("kling-v1", Mode.STD, Kind.TEXT_TO_VIDEO, 720, 30),
        ("kling-v1", Mode.PRO, Kind.IMAGE_TO_VIDEO, 720, 30),
        ("kling-v1-5", Mode.STD, Kind.IMAGE_TO_VIDEO, 720, 30),
        ("kling-v1-5", Mode.PRO, Kind.IMAGE_TO_VIDEO, 1080, 30),
        ("kling-v1-6", Mode.STD, Kind.TEXT_TO_VIDEO, 720, 24),
        ("kling-v1-6", Mode.PRO, Kind.TEXT_TO_VIDEO, 1080, 24),
        ("kling-v1-6", Mode.STD, Kind.IMAGE_TO_VIDEO, 720, 30),
        ("kling-v1-6", Mode.PRO, Kind.IMAGE_TO_VIDEO, 1080, 30),
        ("kling-v2-master", Mode.STD, Kind.TEXT_TO_VIDEO, 720, 24),
        ("kling-v2-1", Mode.STD, Kind.IMAGE_TO_VIDEO, 720, 24),
        ("kling-v2-1", Mode.PRO, Kind.IMAGE_TO_VIDEO, 1080, 24),
        ("kling-v2-1-master", Mode.PRO, Kind.TEXT_TO_VIDEO, 1080, 24),
        ("kling-v2-5-turbo", Mode.PRO, Kind.TEXT_TO_VIDEO, 1080, 24),
        ("animatic", Mode.STD, Kind.TEXT_TO_VIDEO, 720, 24),
        ("animatic", Mode.PRO, Kind.IMAGE_TO_VIDEO, 1080, 24),
    ],
)
def test_every_line_of_the_output_map(
    name: str, mode: Mode, kind: Kind, short_side_px: int, fps: int
) -> None:
    model = CATALOGUE.find(name)
    assert model.modes[mode].short_side_px == short_side_px
    assert model.fps(mode, kind) == fps


def test_the_retired_models_are_exactly_the_known_ones() -> None:
    retired = {
        m.name for m in CATALOGUE.models if m.listings.get("kling", m.listings["local"]).retired
    }
    assert retired == {
        "kling-v1",
        "kling-v1-5",
        "kling-v1-6",
        "kling-v2-1",
        "kling-v2-1-master",
        "kolors-try-on",
    }


def test_every_default_is_a_model_that_does_the_kind() -> None:
    for provider in CATALOGUE.providers.values():
        recommended = CATALOGUE.find(provider.recommended_model)
        decision = decide(
            CATALOGUE.models, recommended, TextToVideo(prompt="x"), provider=provider.name
        )
        assert decision.refusal is None
        for kind, name in provider.default_models.items():
            assert kind in CATALOGUE.find(name).kinds


def test_every_kind_is_done_by_some_model() -> None:
    assert {kind for model in CATALOGUE.models for kind in model.kinds} == set(Kind)


def test_every_models_defaults_are_accepted_by_itself() -> None:
    for model in CATALOGUE.models:
        if Kind.TEXT_TO_VIDEO in model.kinds:
            want = asked(model, TextToVideo(prompt="x"))
            assert any(
                row.in_mode(want.mode) and row.lasts(want.duration_s) for row in model.abilities
            )


def test_loading_is_quick() -> None:
    root = files("filmgate.catalogue")
    best_s = min(_timed(root) for _ in range(3))
    # 14 ms on the build machine; the limit leaves room for a slow and busy one.
    assert best_s < 0.1


def _timed(root) -> float:
    start = time.perf_counter()
    read_catalogue(root)
    return time.perf_counter() - start


def test_loading_twice_is_reading_once() -> None:
    assert load_catalogue() is load_catalogue()


GOOD = """
name = "m"
title = "M"
family = "f"
generation = 1
summary = "s"
source = "s"
dated = 2026-01-01
modes.std = { short_side_px = 720, fps = 24 }
abilities = [{ kinds = ["omni"], durations_s = [5] }]
[listings.kling]
prices = [{ amount = "0.3" }]
"""


def test_a_good_file_is_read() -> None:
    model = parse(GOOD, Model, origin="m.toml")
    assert model.listings["kling"].prices[0].amount == Decimal("0.3")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('title = "M"', 'title = "M"\ncolour = "red"', "$.colour"),
        ("fps = 24", "fps = 24, bits = 8", "$.modes.std.bits"),
        ("durations_s = [5]", "duration_s = [5]", "$.abilities[0].duration_s"),
        ('amount = "0.3"', 'amount = "0.3", per = 1', "$.listings.kling.prices[0].per"),
        ("fps = 24", 'fps = "24"', "$.modes[...].fps"),
        ("generation = 1", "generation = 1.5", "$.generation"),
        ('["omni"]', '["omnibus"]', "$.abilities[0].kinds"),
        ('amount = "0.3"', 'amount = "cheap"', "$.listings[...].prices[0].amount"),
        ('name = "m"', "", "name"),
        ("fps = 24 }", "fps = 24", "m.toml"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_file_and_key(old: str, new: str, where: str) -> None:
    with pytest.raises(BadCatalogue) as caught:
        parse(GOOD.replace(old, new), Model, origin="m.toml")
    assert "m.toml" in str(caught.value)
    assert where in str(caught.value)


def test_two_models_with_one_name_are_a_mistake(tmp_path) -> None:
    for room in ("models", "engines", "providers"):
        (tmp_path / room).mkdir()
    for name in ("one", "two"):
        text = GOOD.replace('name = "m"', f'name = "{name}"')
        text = text.replace("[listings", '[[names]]\nprotocol = "kie"\nname = "same"\n[listings', 1)
        (tmp_path / "models" / f"{name}.toml").write_text(text)
    with pytest.raises(BadCatalogue, match="same"):
        read_catalogue(tmp_path)
