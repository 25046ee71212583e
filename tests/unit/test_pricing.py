"""Money: the seeds' prices to the micro-dollar, and the rules of rounding."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.model import settle
from filmgate.domain.pricing import Quote, quote, usd
from filmgate.domain.request import (
    Asset,
    Avatar,
    ImageToVideo,
    LipSync,
    Mode,
    MotionControl,
    Omni,
    Request,
    Speech,
    TextToVideo,
)

CATALOGUE = load_catalogue()
PICTURE = Asset("0" * 64, "image/png", 1000)
CLIP = Asset("1" * 64, "video/mp4", 1000)
SOUND = Asset("2" * 64, "audio/mpeg", 1000)


def quoted(
    name: str, provider: str, request: Request, source_duration_s: float | None = None
) -> Quote:
    model = CATALOGUE.find(name)
    output = settle(model, request, seed=1, source_duration_s=source_duration_s)
    return quote(model, CATALOGUE.providers[provider], request, output)


def t2v(mode: Mode = Mode.STD, seconds: float = 5, *, sound: bool | None = None) -> TextToVideo:
    return TextToVideo(prompt="x", mode=mode, duration_s=seconds, sound=sound)


def test_s0_08_pro_is_2_5_units_for_5_seconds_and_5_for_10() -> None:
    five = quoted("kling-v2-5-turbo", "kling", t2v(Mode.PRO, 5))
    ten = quoted("kling-v2-5-turbo", "kling", t2v(Mode.PRO, 10))
    assert (five.native_amount, five.native_unit, usd(five.usd_micros)) == ("2.5", "units", "$0.35")
    assert (ten.native_amount, ten.native_unit, usd(ten.usd_micros)) == ("5", "units", "$0.70")
    assert five.explanation == "5 s x 0.5 units = 2.5 units at $0.14"
    std = quoted("kling-v2-5-turbo", "kling", t2v(Mode.STD, 5))
    assert std.usd_micros < five.usd_micros


def test_s0_08_the_packs() -> None:
    packs = [(pack.units, pack.usd) for pack in CATALOGUE.providers["kling"].packs]
    assert packs == [(100, Decimal("9.79")), (30_000, Decimal(4200))]
    # The large pack costs the list price, which is what quotes count.
    assert Decimal(4200) / 30_000 == CATALOGUE.providers["kling"].usd_per_unit


@pytest.mark.parametrize(
    ("name", "seconds", "amount", "dollars"),
    [
        ("kling-2-1", 5, "50", "$0.25"),
        ("kling-2-1", 10, "100", "$0.50"),
        ("kling-2-1-pro", 5, "50", "$0.25"),
        ("kling-2-1-pro", 10, "100", "$0.50"),
        ("kling-2-5-turbo", 5, "50", "$0.25"),
        ("kling-2-5-turbo", 10, "100", "$0.50"),
        ("kling-2-6", 5, "70", "$0.35"),
        ("kling-2-6", 10, "140", "$0.70"),
    ],
)
def test_s2_10_kie_credits(name: str, seconds: float, amount: str, dollars: str) -> None:
    for mode in (Mode.STD, Mode.PRO):
        price = quoted(name, "kie", t2v(mode, seconds))
        assert (price.native_amount, price.native_unit) == (amount, "credits")
        assert usd(price.usd_micros) == dollars


@pytest.mark.parametrize(("mode", "per_second"), [(Mode.STD, 40_000), (Mode.PRO, 80_000)])
def test_s2_10_kie_avatars_cost_by_the_second(mode: Mode, per_second: int) -> None:
    price = quoted(
        "kling-avatar", "kie", Avatar(image=PICTURE, audio=SOUND, mode=mode), source_duration_s=7
    )
    assert price.usd_micros == 7 * per_second


@pytest.mark.parametrize(
    ("version", "mode", "seconds", "micros"),
    [
        ("1.0", Mode.STD, 5, 160_000),
        ("1.0", Mode.STD, 10, 320_000),
        ("1.0", Mode.PRO, 5, 560_000),
        ("1.0", Mode.PRO, 10, 1_120_000),
        ("1.5", Mode.STD, 5, 160_000),
        ("1.5", Mode.PRO, 10, 1_120_000),
        ("1.6", Mode.STD, 10, 320_000),
        ("1.6", Mode.PRO, 5, 560_000),
        ("2.0", Mode.PRO, 5, 560_000),
        ("2.0", Mode.PRO, 10, 1_120_000),
    ],
)
def test_s4_13_piapi_prices(version: str, mode: Mode, seconds: float, micros: int) -> None:
    price = quoted(version, "piapi", t2v(mode, seconds))
    assert price.usd_micros == micros
    assert price.source == "PiAPI guide (seed S4)"


def test_s4_13_piapi_plans() -> None:
    piapi = CATALOGUE.providers["piapi"]
    plans = [(p.name, p.usd_per_month, p.tasks, p.hosted_tasks) for p in piapi.plans]
    assert plans == [
        ("Free", 0, 1, None),
        ("Creator", 8, 3, 5),
        ("Pro", 50, 20, 20),
    ]
    assert [p.is_more_on_request for p in piapi.plans] == [False, False, True]
    assert piapi.usd_per_hosted_seat == 10


SILENT, LOUD = False, True
CURRENT = [
    ("kling-3.0-turbo", LOUD, ("0.8", "1", None)),
    ("kling-v3", SILENT, ("0.6", "0.8", "3")),
    ("kling-v3", LOUD, ("0.9", "1.2", "3")),
    ("kling-v3-omni", SILENT, ("0.6", "0.8", "3")),
    ("kling-v3-omni", LOUD, ("0.8", "1", "3")),
    ("kling-video-o1", SILENT, ("0.6", "0.8", None)),
    ("kling-v2-6", SILENT, ("0.3", "0.5", None)),
    ("kling-v2-6", LOUD, (None, "1", None)),
    ("kling-v2-5-turbo", SILENT, ("0.3", "0.5", None)),
]


@pytest.mark.parametrize(("name", "sound", "units"), CURRENT)
def test_every_line_of_klings_current_list(
    name: str, sound: bool, units: tuple[str | None, ...]
) -> None:
    for mode, per_second in zip(Mode, units, strict=True):
        if per_second is None:
            continue
        kind = Omni if "omni" in name or "o1" in name else TextToVideo
        request = kind(prompt="x", mode=mode, duration_s=10, sound=sound)
        price = quoted(name, "kling", request)
        assert Decimal(price.native_amount) == 10 * Decimal(per_second)
        assert price.usd_micros == 10 * Decimal(per_second) * 140_000


def test_clips_voices_motion_avatars_and_calls() -> None:
    clip = Omni(prompt="x", mode=Mode.STD, duration_s=5, feature_video=CLIP)
    assert quoted("kling-v3-omni", "kling", clip).native_amount == "4.5"
    voice = ImageToVideo(image=PICTURE, mode=Mode.PRO, sound=True, voices=("a",))
    assert quoted("kling-v2-6", "kling", voice).native_amount == "6"
    motion = MotionControl(image=PICTURE, video=CLIP, mode=Mode.PRO)
    assert quoted("kling-v2-6", "kling", motion, 6).native_amount == "4.8"
    assert quoted("kling-v3", "kling", motion, 6).native_amount == "7.2"
    assert quoted("kling-tts", "kling", Speech(text="x")).native_amount == "0.05"
    lips = LipSync(video=CLIP, text="x")
    assert quoted("kling-lip-sync", "kling", lips, 5).native_amount == "0.5"
    assert quoted("kling-lip-sync", "kling", lips, 5.1).native_amount == "1"


def test_a_begun_second_is_a_second() -> None:
    avatar = Avatar(image=PICTURE, audio=SOUND)
    # Kling took 4.4 units for 11.3 s of sound (seen live): the quote is never below that.
    assert quoted("kling-avatar", "kling", avatar, 11.3).native_amount == "4.8"
    assert quoted("kling-avatar", "kling", avatar, 11.0).native_amount == "4.4"


def test_the_older_list_is_per_clip() -> None:
    for seconds, units in ((5, "3.5"), (10, "7")):
        assert quoted("kling-v1", "kling", t2v(Mode.PRO, seconds)).native_amount == units
    price = quoted("kling-v2-master", "kling", t2v(Mode.STD, 10))
    assert (price.native_amount, price.explanation) == ("20", "20 units for the clip at $0.14")


def test_unknown_is_never_nothing() -> None:
    price = quoted("kling-v3", "kie", t2v())
    assert (price.usd_micros, price.native_amount) == (None, None)
    assert price.explanation == "the price of kling-v3 at KIE.ai is not known"
    assert quoted("animatic", "kling", t2v()).usd_micros is None
    assert usd(None) == "unknown"


def test_rendering_here_is_free_and_says_so() -> None:
    for name in ("animatic", "kling-v1", "kling-v3"):
        price = quoted(name, "local", t2v())
        assert (price.usd_micros, price.explanation) == (0, "free")


def test_every_price_list_is_dated_and_sourced() -> None:
    for model in CATALOGUE.models:
        for name, listing in model.listings.items():
            if listing.prices:
                assert listing.priced, (model.name, name)
                assert listing.price_source, (model.name, name)
            if name != "local":
                assert all(price.amount > 0 for price in listing.prices), (model.name, name)


@pytest.mark.parametrize(
    ("micros", "words"),
    [
        (0, "$0.00"),
        (350_000, "$0.35"),
        (1_120_000, "$1.12"),
        (784_000, "$0.784"),
        (1, "$0.000001"),
        (4_200_000_000, "$4,200.00"),
        (-500_000, "-$0.50"),
    ],
)
def test_dollars_in_words(micros: int, words: str) -> None:
    assert usd(micros) == words


SECONDS = st.floats(min_value=0.1, max_value=60, allow_nan=False)
PER_SECOND = st.sampled_from(["kling-v3", "kling-v2-5-turbo", "kling-3.0-turbo", "kling-avatar"])


@given(PER_SECOND, st.sampled_from([Mode.STD, Mode.PRO]), SECONDS, SECONDS)
def test_longer_is_never_cheaper_and_money_is_whole(
    name: str, mode: Mode, one: float, other: float
) -> None:
    shorter, longer = sorted((one, other))
    prices = [quoted(name, "kling", t2v(mode, seconds)) for seconds in (shorter, longer)]
    assert all(isinstance(price.usd_micros, int) for price in prices)
    assert prices[0].usd_micros <= prices[1].usd_micros
    # Never below the exact price of the exact length.
    per_second = Decimal(quoted(name, "kling", t2v(mode, 1)).native_amount)
    assert Decimal(prices[1].native_amount) >= per_second * Decimal(longer)
