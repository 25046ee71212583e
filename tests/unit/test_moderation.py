"""What may not be asked for, however it is written, and what only looks like it."""

from __future__ import annotations

import asyncio

import pytest

from filmgate.domain.errors import Disallowed
from filmgate.domain.request import (
    Asset,
    LipSync,
    Request,
    ShotPrompt,
    Speech,
    TextToAudio,
    TextToVideo,
    VideoToAudio,
)
from filmgate.settings import load
from filmgate.usecases.moderation import WordList

CLIP = Asset("ab" * 32, "video/mp4", 12)
LIST = WordList(["rude", "very bad", "böse", "c++"])


def field_of(request: Request, words: WordList = LIST) -> str | None:
    try:
        asyncio.run(words.check(request))
    except Disallowed as error:
        return error.field
    return None


@pytest.mark.parametrize(
    "text",
    [
        "rude",
        "so RUDE!",
        "Very\n  bad",
        "\uff32\uff35\uff24\uff25",
        "bo\u0308se",
        "BÖSE",
        "(rude)",
        "a c++ b",
    ],
)
def test_it_is_found_however_it_is_written(text: str) -> None:
    assert field_of(TextToVideo(prompt=text)) == "prompt"


@pytest.mark.parametrize("text", ["", "crude oil", "rudeness", "very", "bad very", "c+"])
def test_what_only_looks_like_it_is_fine(text: str) -> None:
    assert field_of(TextToVideo(prompt=text)) is None


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (TextToVideo(shots=(ShotPrompt(prompt="a rude dog", duration_s=5),)), "shots"),
        (Speech(text="rude"), "text"),
        (LipSync(video=CLIP, text="rude"), "text"),
        (TextToAudio(prompt="rude", duration_s=5), "prompt"),
        (VideoToAudio(video=CLIP, effect_prompt="rude"), "effect_prompt"),
        (VideoToAudio(video=CLIP, music_prompt="rude"), "music_prompt"),
        (TextToVideo(prompt="a dog", negative_prompt="rude"), None),
    ],
)
def test_every_text_that_is_asked_for_is_read(request_: Request, field: str | None) -> None:
    assert field_of(request_) == field


def test_the_list_is_a_setting(tmp_path) -> None:
    shipped = load(env={"FILMGATE_HOME": str(tmp_path)}, folder=tmp_path).banned_words
    assert field_of(TextToVideo(prompt="child abuse"), WordList(shipped)) == "prompt"
    env = {"FILMGATE_HOME": str(tmp_path), "FILMGATE_BANNED_WORDS": " moon ,, Blue Sky"}
    own = load(env=env, folder=tmp_path).banned_words
    assert own == ("moon", "Blue Sky")
    assert field_of(TextToVideo(prompt="a blue sky"), WordList(own)) == "prompt"
    env["FILMGATE_BANNED_WORDS"] = "none"
    nothing = load(env=env, folder=tmp_path).banned_words
    assert field_of(TextToVideo(prompt="child abuse none"), WordList(nothing)) is None
