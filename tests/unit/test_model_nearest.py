"""The nearest thing that works: always really works, and asks for as little as can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.request import (
    Asset,
    BrushStroke,
    Camera,
    CameraPreset,
    ImageToVideo,
    Mode,
    Omni,
    Point,
    Request,
    TextToVideo,
)
from filmgate.domain.routing import decide, nearest
from filmgate.domain.rules import refusal

CATALOGUE = load_catalogue()
PICTURE = Asset("0" * 64, "image/png", 1000)
T2V = TextToVideo(prompt="x")
TAIL = ImageToVideo(prompt="x", image=PICTURE, image_tail=PICTURE)


def words(name: str, request: Request, provider: str) -> str | None:
    model = CATALOGUE.find(name)
    found = decide(CATALOGUE.models, model, request, provider=provider).nearest
    return found.words if found else None


@pytest.mark.parametrize(
    ("name", "request_", "provider", "expected"),
    [
        # the same model first, with one change if one is enough
        ("kling-v2-5-turbo", TAIL, "kling", "mode pro"),
        ("kling-v2-5-turbo", replace(TAIL, duration_s=10), "kling", "mode pro"),
        ("kling-v2-5-turbo", replace(TAIL, duration_s=7), "kling", "mode pro with 5 seconds"),
        ("animatic", replace(T2V, duration_s=7), "local", "5 seconds"),
        ("animatic", replace(T2V, duration_s=8), "local", "10 seconds"),
        ("animatic", replace(T2V, mode=Mode.UHD), "local", "mode pro"),
        ("kling-v3", replace(T2V, duration_s=20), "kling", "15 seconds"),
        ("2.0", replace(T2V, mode=Mode.STD), "piapi", "mode pro"),
        ("kling-video-o1", Omni(prompt="x", duration_s=7), "kling", "5 seconds"),
        # then the closest living model
        ("kling-v1", T2V, "kling", "model kling-v2-master"),
        ("kling-v2-1", ImageToVideo(image=PICTURE), "kling", "model kling-v2-master"),
        ("kling-v1-6", replace(TAIL, mode=Mode.PRO), "kling", "model kling-v2-5-turbo"),
        ("kling-v2-1", T2V, "kie", "model kling-v2-1-master"),
        ("kling-3.0-turbo", replace(T2V, sound=False), "kling", "model kling-v3"),
        # and where nobody has it, the same without it
        (
            "kling-v1",
            replace(T2V, camera=Camera(zoom=1)),
            "kling",
            "model kling-v2-master without camera_control",
        ),
        ("kling-v2-5-turbo", replace(TAIL, mode=Mode.PRO), "local", "without image_tail"),
        # nothing helps
        ("animatic", TextToVideo(prompt=""), "local", None),
        ("animatic", T2V, "nobody", None),
    ],
)
def test_the_nearest_is_what_a_person_would_say(
    name: str, request_: Request, provider: str, expected: str | None
) -> None:
    assert words(name, request_, provider) == expected


def test_the_error_names_the_nearest() -> None:
    decision = decide(CATALOGUE.models, CATALOGUE.find("kling-v1"), T2V, provider="kling")
    error = decision.error()
    assert error is not None
    assert error.field == "model"
    assert error.remedy == "retired at kling since 2026-09-20; nearest: model kling-v2-master"


def test_who_names_no_mode_gets_the_only_one() -> None:
    model = CATALOGUE.find("kling-v2-5-turbo")
    decision = decide(CATALOGUE.models, model, T2V, provider="kie")
    assert decision.refusal is None
    assert decision.request.mode is Mode.PRO
    # Where there is a choice it stays the model's default.
    assert decide(CATALOGUE.models, model, T2V, provider="kling").request.mode is None


cameras = st.one_of(
    st.none(),
    st.sampled_from(list(CameraPreset)).map(lambda preset: Camera(preset=preset)),
    st.builds(Camera, zoom=st.floats(-12, 12), pan=st.sampled_from([0.0, 3.0])),
)
common = {
    "prompt": st.sampled_from(["", "a sunset"]),
    "mode": st.one_of(st.none(), st.sampled_from(list(Mode))),
    "duration_s": st.one_of(st.none(), st.integers(1, 20).map(float)),
    "sound": st.sampled_from([None, True, False]),
    "camera": cameras,
}
pictures = st.sampled_from([None, PICTURE])
strokes = st.sampled_from([(), (BrushStroke(mask=PICTURE, path=(Point(0, 0), Point(1, 1))),)])
requests = st.one_of(
    st.builds(TextToVideo, **common),
    st.builds(
        ImageToVideo,
        **common,
        image=pictures,
        image_tail=pictures,
        strokes=strokes,
        voices=st.sampled_from([(), ("a",)]),
        elements=st.sampled_from([(), ("1",)]),
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(CATALOGUE.models),
    requests,
    st.sampled_from(["local", "kling", "kie", "piapi"]),
)
def test_the_nearest_is_always_accepted_and_never_dearer_in_changes(
    model, request, provider
) -> None:
    found = nearest(CATALOGUE.models, model, request, provider=provider)
    if found is None:
        return
    other = CATALOGUE.find(found.model)
    assert refusal(other, found.request, provider=provider) is None
    if refusal(model, request, provider=provider) is None:
        assert found.words == ""
        assert other is model


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(CATALOGUE.models),
    requests,
    st.sampled_from(["local", "kling", "kie", "piapi"]),
)
def test_every_refusal_is_a_whole_one(model, request, provider) -> None:
    refused = refusal(model, request, provider=provider)
    if refused is not None:
        assert refused.message
        assert refused.field
        assert refused.remedy
        assert "  " not in refused.message + refused.remedy
        assert "with  " not in refused.remedy
