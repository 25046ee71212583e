"""Plans as the seeds give them: prices in whole credits, limits, retention."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmgate.catalogue.load import BadCatalogue, load_catalogue
from filmgate.catalogue.load_plans import DEFAULT_PLAN, load_plans, read_plans
from filmgate.domain.customer import Plan, PlanPrice, WhenFull, plan_price
from filmgate.domain.errors import NotFound
from filmgate.domain.model import Feature, Model
from filmgate.domain.pricing import quote
from filmgate.domain.request import (
    Asset,
    Avatar,
    Effect,
    Extend,
    ImageToVideo,
    Kind,
    Mode,
    MotionControl,
    Omni,
    Request,
    Speech,
    TextToVideo,
    TryOn,
)
from filmgate.domain.task import Output

FILE = Asset("ab" * 32, "image/png", 1)


def output(duration_s: float) -> Output:
    return Output(width=1280, height=720, fps=24, duration_s=duration_s, seed=1)


def price(plan: str, model: str, request: Request, duration_s: float) -> int | None:
    found = load_catalogue().find(model)
    return plan_price(load_plans().find(plan), found, request, output(duration_s))


def text(mode: Mode = Mode.STD, *, sound: bool | None = None) -> TextToVideo:
    return TextToVideo(prompt="x", mode=mode, sound=sound)


def test_s0_07_fifty_credits_a_generation_whatever_it_is() -> None:
    assert DEFAULT_PLAN == "infinito"
    assert next(iter(load_plans().by_name)) == "infinito"
    requests: list[tuple[str, Request, float]] = [
        ("kling-v1", text(), 5),
        ("kling-v2-5-turbo", text(Mode.PRO), 10),
        ("kling-v2-6", ImageToVideo(image=FILE, mode=Mode.PRO, sound=True), 10),
        ("kling-avatar", Avatar(image=FILE, audio=FILE), 63.2),
        ("kolors-try-on", TryOn(person=FILE, garments=(FILE,)), 5),
    ]
    assert {price("infinito", *each) for each in requests} == {50}


@pytest.mark.parametrize("model", ["kling-2-1", "kling-2-1-pro", "kling-2-5-turbo"])
def test_s2_10_fifty_credits_for_five_seconds(model: str) -> None:
    assert price("kie", model, text(), 5) == 50
    assert price("kie", model, text(Mode.PRO), 10) == 100
    assert price("kie", model, ImageToVideo(image=FILE, mode=Mode.PRO), 10) == 100


def test_s2_10_seventy_with_native_sound_and_avatars_by_the_second() -> None:
    assert price("kie", "kling-2-6", text(Mode.PRO, sound=True), 5) == 70
    assert price("kie", "kling-2-6", text(), 10) == 140
    # $0.04 and $0.08 a second; a begun second is a whole one.
    talking = Avatar(image=FILE, audio=FILE, mode=Mode.STD)
    assert price("kie", "kling-avatar", talking, 10) == 80
    assert price("kie", "kling-avatar", talking, 10.01) == 88
    talking = Avatar(image=FILE, audio=FILE, mode=Mode.PRO)
    assert price("kie", "kling-avatar", talking, 10) == 160


def test_s2_09_fourteen_days_and_ten_at_once() -> None:
    plan = load_plans().find("kie")
    assert plan.retention_days == 14
    assert plan.retention_s == 14 * 86_400
    assert plan.concurrency == 10
    assert [(rate.requests, rate.window_s) for rate in plan.rates] == [(20, 10)]
    assert [(rate.requests, rate.window_s) for rate in plan.query_rates] == [(10, 1)]


@pytest.mark.parametrize(
    ("mode", "duration_s", "usd_cents"),
    [(Mode.STD, 5, 16), (Mode.STD, 10, 32), (Mode.PRO, 5, 56), (Mode.PRO, 10, 112)],
)
@pytest.mark.parametrize("model", ["kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master"])
def test_s4_13_prices_in_dollars(model: str, mode: Mode, duration_s: int, usd_cents: int) -> None:
    paid = price("piapi", model, text(mode), duration_s)
    assert paid is not None
    assert paid * load_plans().find("piapi").credit_usd_micros == usd_cents * 10_000


def test_s4_13_an_extension_is_one_block_however_long_the_film_gets() -> None:
    assert price("piapi", "kling-v1-6", Extend(source_task="t", mode=Mode.STD), 9.5) == 32


def test_s4_13_and_the_months_price_is_told() -> None:
    plans = load_plans()
    assert str(plans.find("piapi").usd_per_month) == "0"
    assert str(plans.find("piapi-creator").usd_per_month) == "8"
    assert str(plans.find("piapi-pro").usd_per_month) == "50"
    assert str(plans.find("piapi-pro").usd_per_hosted_seat) == "10"


def test_s4_15_concurrency_by_plan() -> None:
    found = {
        name: (plan.tier, plan.concurrency, plan.hosted_concurrency)
        for name, plan in load_plans().by_name.items()
        if name.startswith("piapi")
    }
    assert found == {
        "piapi": ("free", 1, None),
        "piapi-creator": ("creator", 3, 5),
        "piapi-pro": ("pro", 20, 20),
    }


def test_the_tiers_agree_with_what_is_told_of_the_provider() -> None:
    told = {
        plan.name.casefold(): (plan.usd_per_month, plan.tasks, plan.hosted_tasks)
        for plan in load_catalogue().providers["piapi"].plans
    }
    ours = {
        plan.tier: (plan.usd_per_month, plan.concurrency, plan.hosted_concurrency)
        for plan in load_plans().by_name.values()
        if plan.tier
    }
    assert ours == told


def samples(model: Model) -> list[tuple[Request, float]]:
    """Something of each kind and mode that the model does here, silent and with sound."""
    found: list[tuple[Request, float]] = []
    for row in model.abilities:
        lengths = row.durations_s or (5,)
        sounds = [False, True] if Feature.SOUND in row.features else [None]
        for kind in row.kinds:
            for mode in row.modes or {Mode.STD}:
                for sound in sounds:
                    for length in lengths:
                        found += [
                            (request, float(length))
                            for request in of_kind(kind, mode, length, sound, row.features)
                        ]
    return found


def of_kind(
    kind: Kind, mode: Mode, length: int, sound: bool | None, features: frozenset[Feature]
) -> list[Request]:
    voices = ("v",) if Feature.VOICES in features and sound else ()
    match kind:
        case Kind.TEXT_TO_VIDEO:
            return [TextToVideo(mode=mode, duration_s=length, sound=sound)]
        case Kind.IMAGE_TO_VIDEO:
            return [
                ImageToVideo(image=FILE, mode=mode, duration_s=length, sound=sound, voices=voices)
            ]
        case Kind.OMNI:
            clip = FILE if Feature.VIDEO_REFERENCE in features else None
            return [Omni(mode=mode, duration_s=length, sound=sound, feature_video=clip)]
        case Kind.MOTION_CONTROL:
            return [MotionControl(image=FILE, video=FILE, mode=mode)]
        case Kind.AVATAR:
            return [Avatar(image=FILE, audio=FILE, mode=mode)]
        case Kind.EXTEND:
            return [Extend(source_task="t", mode=mode)]
        case Kind.EFFECT:
            return [Effect(scene="hug", mode=mode)]
        case Kind.SPEECH:
            return [Speech(text="x")]
        case _:
            return []


def is_ours_alone(model: Model, request: Request) -> bool:
    """Kling 2.6 has no avatar there and no sound in std; its price lines don't say so."""
    silent = not getattr(request, "sound", None) or getattr(request, "mode", None) is not Mode.STD
    return model.name == "kling-v2-6" and (request.kind is Kind.AVATAR or not silent)


def test_the_kling_plan_takes_what_kling_takes() -> None:
    """Wherever Kling has a price, the plan has the same, to the micro-dollar."""
    catalogue = load_catalogue()
    kling, plan = catalogue.providers["kling"], load_plans().find("kling")
    compared = 0
    for model in catalogue.models:
        for request, length in samples(model):
            theirs = quote(model, kling, request, output(length)).usd_micros
            if theirs is None or is_ours_alone(model, request):
                continue
            ours = plan_price(plan, model, request, output(length))
            assert ours is not None, (model.name, request)
            assert ours * plan.credit_usd_micros == theirs, (model.name, request)
            compared += 1
    assert compared > 150


def test_the_kling_plan_prices_everything_that_is_served() -> None:
    for model in load_catalogue().models:
        for request, length in samples(model):
            found = plan_price(load_plans().find("kling"), model, request, output(length))
            assert found is not None, (model.name, request)


@pytest.mark.parametrize("plan", sorted(load_plans().by_name))
def test_the_local_engine_costs_nothing_and_all_else_something(plan: str) -> None:
    assert price(plan, "animatic", text(), 5) == 0
    paid = price(plan, "kling-v1-6", text(), 5)
    assert paid == 0 if plan == "owner" else paid != 0


def test_what_has_no_price_has_none_rather_than_nothing() -> None:
    assert price("kie", "kling-v3", text(), 5) is None
    assert price("kie", "kling-v2-6", MotionControl(image=FILE, video=FILE), 5) is None
    assert price("piapi", "kling-v3", text(), 5) is None


def test_the_first_line_that_fits_counts() -> None:
    lines = (
        PlanPrice(credits=3, with_features=frozenset({Feature.SOUND})),
        PlanPrice(credits=1, modes=frozenset({Mode.STD})),
    )
    plan = Plan(name="p", title="", summary="", source="", prices=lines)
    model = load_catalogue().find("kling-v2-6")
    assert plan_price(plan, model, text(sound=True), output(4.2)) == 15
    assert plan_price(plan, model, text(sound=False), output(5)) == 5
    assert plan_price(plan, model, text(Mode.PRO, sound=False), output(5)) is None


def test_a_plan_that_refuses_has_no_queue() -> None:
    kling = load_plans().find("kling")
    assert kling.when_full is WhenFull.REFUSE
    assert kling.queue_max == 0
    assert load_plans().find("infinito").queue_max == 50


def test_an_unknown_plan_is_told_with_its_nearest() -> None:
    with pytest.raises(NotFound) as caught:
        load_plans().find("infinto")
    assert caught.value.remedy == "did you mean infinito?"
    assert load_plans().find(" KIE ").name == "kie"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prices = []", "no prices"),
        ("prices = [{ credits = -1 }]", "below nothing"),
        ("prices = [{ credits = 1.5 }]", "int"),
        ('prices = [{ credits = 1, model = "x" }]', "unknown key"),
    ],
)
def test_a_bad_plan_is_told(tmp_path: Path, text: str, told: str) -> None:
    head = 'name = "x"\ntitle = "x"\nsummary = "x"\nsource = "x"\n'
    (tmp_path / "x.toml").write_text(head + text)
    with pytest.raises(BadCatalogue, match=told):
        read_plans(tmp_path)
