"""What is remembered of settled requests is what settling them anew would say."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pretend.rooms import NoAssets

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.errors import FixRequest
from filmgate.domain.request import Camera, Mode, Ratio, ShotPrompt, TextToVideo
from filmgate.usecases import settlements
from filmgate.usecases.settle_request import settle_request
from filmgate.usecases.settlements import Settlements

CATALOGUE = load_catalogue()
NAMES = [
    "kling-v2-6",
    "kling-v1",
    "kling-v3",
    "kling/v2-1-pro",
    "animatic",
    "kling-2.6/text-to-video",
]
LENGTHS = st.sampled_from([0, 1, 63, 64, 65, 499, 500, 501, 2499, 2500, 2501, 2560, 5000])


def texts() -> st.SearchStrategy[str]:
    return st.builds(lambda sign, length: sign * length, st.sampled_from("aé "), LENGTHS)


REQUESTS = st.builds(
    TextToVideo,
    model=st.sampled_from(NAMES),
    prompt=texts(),
    negative_prompt=texts(),
    mode=st.sampled_from([None, *Mode]),
    duration_s=st.sampled_from([None, 5.0, 7.0, 10.0]),
    ratio=st.sampled_from([None, *Ratio]),
    cfg_scale=st.sampled_from([None, 0.5, 2.0]),
    seed=st.sampled_from([None, 0, 7, 2**32 - 1, 2**32, -1]),
    sound=st.sampled_from([None, True, False]),
    camera=st.sampled_from([None, Camera(zoom=5), Camera(zoom=5, pan=3)]),
    shots=st.sampled_from([(), (ShotPrompt(prompt="x", duration_s=5.0),)]),
)
WARM = Settlements(load_catalogue)


def outcome(request: TextToVideo, provider: str, *, remembered: bool) -> object:
    async def work() -> object:
        if remembered:
            return await WARM.settle(request, provider=provider, assets=NoAssets(), seed=42)
        return await settle_request(
            request, provider=provider, catalogue=CATALOGUE, assets=NoAssets(), seed=42
        )

    try:
        return asyncio.run(work())
    except FixRequest as error:
        return type(error), error.message, error.field, error.remedy


@settings(max_examples=600, deadline=None)
@given(REQUESTS, st.sampled_from(["local", "kling", "kie"]))
def test_it_says_what_settling_anew_says(request: TextToVideo, provider: str) -> None:
    fresh = outcome(request, provider, remembered=False)
    assert outcome(request, provider, remembered=True) == fresh
    assert outcome(request, provider, remembered=True) == fresh


def test_other_words_of_the_same_length_are_not_settled_again(monkeypatch) -> None:
    times = 0

    async def counted(*said: object, **more: object) -> object:
        nonlocal times
        times += 1
        return await settle_request(*said, **more)  # type: ignore[arg-type] - passed on

    monkeypatch.setattr(settlements, "settle_request", counted)
    fresh = Settlements(load_catalogue)

    async def work() -> None:
        lake = TextToVideo(model="kling-v2-6", prompt="a lake", mode=Mode.PRO)
        first = await fresh.settle(lake, provider="local", assets=NoAssets(), seed=1)
        settled_once = times
        other = replace(lake, prompt="a sea at dawn")
        second = await fresh.settle(other, provider="local", assets=NoAssets(), seed=2)
        assert times == settled_once
        assert (first.request.prompt, second.request.prompt) == ("a lake", "a sea at dawn")  # type: ignore[union-attr]
        assert (first.output.seed, second.output.seed) == (1, 2)
        await fresh.settle(
            replace(lake, mode=Mode.STD), provider="local", assets=NoAssets(), seed=1
        )
        assert times > settled_once

    asyncio.run(work())
