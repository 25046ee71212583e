"""Sizes and rates that are asked for exactly: kept where they can be chosen, told where not."""

from __future__ import annotations

import pytest

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.model import settle
from filmgate.domain.request import Mode, Ratio, TextToVideo
from filmgate.domain.routing import decide

WANTED = TextToVideo(
    prompt="a lake", size_px=(1792, 1024), fps=16, ratio=Ratio.WIDE, mode=Mode.PRO, duration_s=5
)


@pytest.mark.parametrize(
    ("provider", "frame", "notes"),
    [("local", (1792, 1024, 16), 0), ("kling", (1920, 1080, 24), 2), ("kie", (1920, 1080, 24), 2)],
)
def test_only_who_renders_freely_keeps_them(
    provider: str, frame: tuple[int, int, int], notes: int
) -> None:
    catalogue = load_catalogue()
    model = catalogue.find("sora-2")
    decision = decide(catalogue.models, model, WANTED, provider=provider)
    assert decision.refusal is None
    output = settle(model, decision.request, seed=1)
    assert (output.width, output.height, output.fps) == frame
    told = [note for note in decision.notes if "1792x1024" in note or "fps 16" in note]
    assert len(told) == notes


def test_who_asks_for_none_gets_the_tier_s() -> None:
    model = load_catalogue().find("sora-2-pro")
    output = settle(model, TextToVideo(prompt="x", ratio=Ratio.TALL), seed=1)
    assert (output.width, output.height, output.fps) == (720, 1280, 24)
