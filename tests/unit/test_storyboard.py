"""What the reader makes of prompts: the seeds' own first, then each sort of word."""

from __future__ import annotations

import time

import pytest

from filmgate.domain.request import ShotPrompt, TextToVideo
from filmgate.domain.task import Output
from filmgate.engines.animatic.cast_list import cast_list
from filmgate.engines.animatic.lexicon import lexicon
from filmgate.engines.animatic.script import script_of
from filmgate.engines.animatic.storyboard import (
    CameraWord,
    Mention,
    Storyboard,
    read_prompt,
    understood,
)

MOVES = {
    "zoom-in", "zoom-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "left", "right", "up",
    "down", "roll-left", "roll-right", "orbit-left", "orbit-right", "aerial", "handheld", "static",
}  # fmt: skip


def scene(story: Storyboard) -> tuple[str, str]:
    return story.place, story.time


def named(story: Storyboard) -> set[str]:
    return {mention.subject for mention in story.subjects}


@pytest.mark.parametrize(
    ("prompt", "place", "time_of_day"),
    [
        ("A beautiful sunset over the ocean", "sea", "sunset"),
        ("sunset over ocean", "sea", "sunset"),
        ("sunset timelapse", "sea", "sunset"),
        ("Camera slowly zooms into the scene", "mountains", "day"),
        ("animate scene", "mountains", "day"),
        ("animate this", "abstract", "night"),
        ("A serene mountain landscape with flowing clouds", "mountains", "day"),
    ],
)
def test_s1_11_prompts_of_the_skill_give_what_they_say(
    prompt: str, place: str, time_of_day: str
) -> None:
    story = read_prompt(prompt, "blurry, low quality")
    assert scene(story) == (place, time_of_day)
    assert story.subjects == ()
    assert story.unknown == ()


def test_s1_11_a_timelapse_and_a_slow_zoom_are_heard() -> None:
    assert read_prompt("sunset timelapse").style == ("time-lapse",)
    assert read_prompt("Camera slowly zooms into the scene").camera == (CameraWord("zoom-in", 0.5),)
    assert read_prompt("A serene mountain landscape with flowing clouds").features == ("clouds",)


@pytest.mark.parametrize(
    ("prompt", "expected", "subjects"),
    [
        ("The person walks forward with confident motion", ("city", "night"), {"person"}),
        (
            "A professional business meeting in a modern office, cinematic lighting",
            ("office", "day"),
            {"person"},
        ),
        (
            "A majestic eagle soaring through mountain peaks at sunset",
            ("mountains", "sunset"),
            {"eagle"},
        ),
        ("A majestic eagle soaring through mountain peaks", ("mountains", "day"), {"eagle"}),
        ("The portrait comes to life, eyes opening slowly", ("abstract", "night"), set()),
        (
            (
                "A close-up shot of a vintage car driving through neon-lit city streets at night, "
                "cinematic lighting, 4k quality"
            ),
            ("city", "night"),
            {"car"},
        ),
        (
            (
                "A serene forest scene with sunlight filtering through trees, gentle breeze moving "
                "leaves, realistic movement"
            ),
            ("forest", "day"),
            {"tree"},
        ),
        (
            (
                "Abstract geometric shapes transforming and flowing in space, vibrant colors, "
                "smooth transitions"
            ),
            ("abstract", "night"),
            set(),
        ),
        (
            "A time-lapse of a flower blooming in a garden",
            ("mountains", "day"),
            {"flower", "tree"},
        ),
        ("A peaceful lake reflecting mountains at sunset", ("lake", "sunset"), set()),
    ],
)
def test_prompts_of_the_other_seeds(
    prompt: str, expected: tuple[str, str], subjects: set[str]
) -> None:
    story = read_prompt(prompt, "blurry, low quality, distorted")
    assert scene(story) == expected
    assert named(story) == subjects


def test_details_of_the_seeds_prompts() -> None:
    car = read_prompt("A close-up shot of a vintage car driving through neon-lit city streets")
    assert {"close-up", "neon"} <= set(car.style)
    assert car.features == ("street",)
    assert car.subjects == (Mention("car"),)
    lake = read_prompt("A peaceful lake reflecting mountains at sunset")
    assert lake.features == ("reflection",)
    assert lake.place_named


def test_a_place_that_cannot_be_painted_is_said() -> None:
    """Whichever that is by now."""
    for entry in lexicon().places.values():
        if entry.stand_in is None or not entry.brings or not entry.words:
            continue
        word, brought = entry.words[0], next(iter(entry.brings))
        story = read_prompt(f"a serene {word} at noon")
        assert (story.place, story.place_named, story.unknown) == (entry.stand_in, False, (word,))
        assert Mention(brought, entry.brings[brought]) in story.subjects
        assert brought not in named(read_prompt(f"a serene {word} at noon", brought))


@pytest.mark.parametrize(
    ("prompt", "mentions"),
    [
        ("two white dogs", [Mention("dog", 2, "white")]),
        ("a red sports car", [Mention("car", 1, "red")]),
        ("a blue sea and a red boat", [Mention("sailboat", 1, "red")]),
        ("red roses under a tree", [Mention("rose", 3, "red"), Mention("tree")]),
        ("a flock of seagulls", [Mention("gull", 5)]),
        ("a couple of wolves", [Mention("wolf", 2)]),
        ("a dog runs; the dog jumps", [Mention("dog", action="run")]),
        ("a hundred dogs, 12 cats", [Mention("dog", 3), Mention("cat", 12)]),
        ("a polar bear", [Mention("polar_bear")]),
        ("children flying kites", [Mention("child", 3, action="fly"), Mention("kite", 3)]),
        ("un perro blanco y dos gatos", [Mention("dog", 1, "white"), Mention("cat", 2)]),
        ("两只白色的狗", [Mention("dog", 2, "white")]),
        ("a person who says nothing", [Mention("person")]),
    ],
)
def test_subjects_are_counted_and_coloured(prompt: str, mentions: list[Mention]) -> None:
    assert list(read_prompt(prompt).subjects) == mentions


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a whale", "sea"),
        ("an eagle", "mountains"),
        ("a car", "city"),
        ("a rocket", "space"),
        ("three sailboats", "sea"),
        ("a girl flying a kite", "sea"),
        ("snow", "mountains"),
        ("lightning", "sea"),
        ("", "abstract"),
        ("swirling ink", "abstract"),
    ],
)
def test_without_a_place_the_rest_decides(prompt: str, place: str) -> None:
    story = read_prompt(prompt)
    assert (story.place, story.place_named) == (place, False)


@pytest.mark.parametrize(
    ("prompt", "time_of_day"),
    [
        ("sunrise at the sea", "dawn"),
        ("the sea in the morning", "dawn"),
        ("a sunny beach", "day"),
        ("the ocean at golden hour", "golden hour"),
        ("mountains under a starry sky", "night"),
        ("moonlit waves", "moonlight"),
        ("the sea at dusk", "dusk"),
        ("la costa al anochecer", "dusk"),
        ("雪山、月光", "moonlight"),
        ("a city", "night"),
        ("a city at noon", "day"),
        ("a neon city at sunset", "sunset"),
        ("the sea", "day"),
        ("montañas al amanecer", "dawn"),
        ("大海、黄昏", "sunset"),
    ],
)
def test_time_of_day(prompt: str, time_of_day: str) -> None:
    assert read_prompt(prompt).time == time_of_day


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [
        ("a foggy harbour", "fog"),
        ("rainy street", "rain"),
        ("snow falls on the peaks", "snow"),
        ("a stormy sea", "storm"),
        ("overcast coast", "cloudy"),
        ("the sea", "clear"),
        ("a windy meadow", "wind"),
        ("el mar con viento fuerte", "wind"),
        ("城市、下雨", "rain"),
    ],
)
def test_weather(prompt: str, weather: str) -> None:
    assert read_prompt(prompt).weather == weather


@pytest.mark.parametrize(
    ("prompt", "moves"),
    [
        ("push in on a boat", [("zoom-in", 1.0)]),
        ("the camera zooms slowly into the harbour", [("zoom-in", 0.5)]),
        ("camera pulls back quickly", [("zoom-out", 1.7)]),
        ("pan left", [("pan-left", 1.0)]),
        ("pan_right", [("pan-right", 1.0)]),
        ("panning slowly to the right", [("pan-right", 0.5)]),
        ("the camera tilts up", [("tilt-up", 1.0)]),
        ("tilt-down over the city", [("tilt-down", 1.0)]),
        ("camera orbits the tower", [("orbit-right", 1.0)]),
        ("a satellite orbiting the earth", []),
        ("birds circle over the sea", []),
        ("aerial drone shot of a coast", [("aerial", 1.0)]),
        ("handheld footage", [("handheld", 1.0)]),
        ("static camera", [("static", 1.0)]),
        ("tracking shot of a car", [("right", 1.0)]),
        ("crane up, then roll left", [("up", 1.0), ("roll-left", 1.0)]),
        ("镜头缓慢推进", [("zoom-in", 0.5)]),
        ("fast cars. zoom in", [("zoom-in", 1.0)]),
    ],
)
def test_camera_words(prompt: str, moves: list[tuple[str, float]]) -> None:
    assert [(word.move, word.strength) for word in read_prompt(prompt).camera] == moves


@pytest.mark.parametrize(
    ("prompt", "season"),
    [
        ("an autumn forest", "autumn"),
        ("a lake in winter", "winter"),
        ("un prado en primavera", "spring"),
        ("夏天的海滩", "summer"),
        ("a snowy street", None),
    ],
)
def test_season(prompt: str, season: str | None) -> None:
    assert read_prompt(prompt).season == season


def test_a_negative_category_sends_its_members_away() -> None:
    story = read_prompt("an eagle and a dog over the sea", "birds, low quality")
    assert named(story) == {"dog"}
    assert {"bird", "gull", "eagle", "dove"} <= story.banned
    assert not story.allows("gull")
    assert story.allows("sailboat", "dog")


@pytest.mark.parametrize(
    ("negative", "gone", "kept"),
    [
        ("animals", "bat", "car"),
        ("boats", "ship", "gull"),
        ("seagulls", "gull", "eagle"),
        ("people", "woman", "dog"),
        ("clouds", "clouds", "waves"),
        ("lights, stars", "stars", "clouds"),
        ("pájaros", "gull", "dog"),
        ("鸟", "gull", "dog"),
    ],
)
def test_what_a_negative_word_covers(negative: str, gone: str, kept: str) -> None:
    story = read_prompt("the sea", negative)
    assert not story.allows(gone)
    assert story.allows(kept)


def test_a_prompt_can_say_no_itself() -> None:
    story = read_prompt("a calm sea at sunset without birds or boats, no people, one lighthouse")
    assert named(story) == {"lighthouse"}
    assert not any(story.allows(word) for word in ("gull", "sailboat", "person"))
    assert story.time == "sunset"
    assert read_prompt("rainy mountains", "rain").weather == "clear"


def test_a_negative_prompt_changes_nothing_else() -> None:
    plain, without = read_prompt("two dogs by the sea"), read_prompt("two dogs by the sea", "birds")
    assert without.banned
    assert (plain.place, plain.time, plain.subjects) == (
        without.place,
        without.time,
        without.subjects,
    )


def test_words_without_a_picture_are_reported() -> None:
    story = read_prompt("a wizard playing the xylophone slowly on a beautiful beach")
    assert story.unknown == ("wizard", "xylophone")
    assert understood(story, ())["not understood"] == "wizard, xylophone"
    assert read_prompt("大海上的恶魔").unknown == ("恶魔",)


def test_understood_tells_it_in_words() -> None:
    story = read_prompt(
        "two white dogs at a mountain lake in the rain, slow push in, cinematic", "birds"
    )
    assert understood(story, {"lake", "cinematic"}) == {
        "place": "mountains, lake",
        "time": "day",
        "weather": "rain",
        "subjects": "2 x white dog",
        "camera": "zoom in, gently",
        "style": "cinematic",
        "left out": "bird",
    }


def test_what_the_place_does_not_paint_is_said() -> None:
    story = read_prompt("aurora over a mountain lake")
    told = understood(story, {"lake"})
    assert told["place"] == "mountains, lake"
    assert told["read but not painted"] == "aurora"


def test_free_colours_are_a_palette() -> None:
    story = read_prompt("blue and gold abstract waves")
    assert (story.place, story.palette) == ("abstract", ("blue", "gold"))


def test_every_word_of_the_cast_is_understood() -> None:
    for subject in cast_list().subjects.values():
        for word in subject.words:
            assert subject.name in named(read_prompt(f"one {word}")), word


def test_the_tables_agree_with_each_other() -> None:
    words, cast = lexicon(), cast_list()
    assert set(words.moves.values()) | set(words.camera_moves.values()) == MOVES
    homes = {place for subject in cast.subjects.values() for place in subject.places}
    assert homes <= words.places.keys()
    assert {e.stand_in for e in words.places.values()} - {None} <= words.places.keys()
    assert {name for e in words.places.values() for name in e.brings} <= cast.subjects.keys()
    assert set(words.light_places.values()) <= words.places.keys()
    assert len(cast.subjects) >= 200


def test_reading_is_quick_and_repeatable() -> None:
    prompt = (
        "a red boat on the stormy sea with many birds at night, no people, slow zoom in " * 40
    )[:2500]
    first = read_prompt(prompt)
    begin = time.process_time()
    assert read_prompt(prompt) == first
    assert time.process_time() - begin < 0.1  # 5 ms when the machine is idle


@pytest.mark.parametrize(
    "prompt", ["", "   ", "😀🎬", "\x00", "no", "no no no", "a " * 1200, "(((", "ñ"]
)
def test_odd_prompts_are_read_too(prompt: str) -> None:
    assert read_prompt(prompt, prompt).place == "abstract"


@pytest.mark.parametrize(
    ("prompt", "mentions"),
    [
        ("a running dog", [Mention("dog", action="run")]),
        ("a dog and a cat sleeping", [Mention("dog"), Mention("cat", action="rest")]),
        ("a giant white cat, walking", [Mention("cat", 1, "white", size=1.6)]),
        ("two tiny horses galloping", [Mention("horse", 2, action="run", size=0.55)]),
        ("a big city with a dog", [Mention("dog")]),
        ("un caballo corriendo", [Mention("horse", action="run")]),
        ("一只奔跑的狗", [Mention("dog", action="run")]),
        ("a dolphin leaping out of the sea", [Mention("dolphin", action="jump")]),
    ],
)
def test_what_they_do_and_how_large_they_are(prompt: str, mentions: list[Mention]) -> None:
    assert list(read_prompt(prompt).subjects) == mentions


def test_shots_go_on_with_what_they_do_not_say() -> None:
    request = TextToVideo(
        prompt="A dog on a beach at sunset, noir. Cut to a close-up. Cut to a city in the rain"
    )
    output = Output(width=64, height=36, fps=24, duration_s=5, seed=3)
    first, second, third = script_of(request, output)
    assert first.board.features == ("beach",)
    assert (second.board.place, second.board.time) == ("sea", "sunset")
    assert second.board.subjects == first.board.subjects == (Mention("dog"),)
    assert second.board.style == ("close-up", "noir")
    assert (third.board.place, third.board.weather, third.board.time) == ("city", "rain", "sunset")
    assert third.board.style == ("noir",)
    assert third.board.subjects == ()
    assert [shot.first for shot in (first, second, third)] == [0, 40, 80]
    assert sum(shot.frames for shot in (first, second, third)) == 120


def test_shots_of_a_request_have_its_lengths() -> None:
    shots = (ShotPrompt(prompt="the sea", duration_s=2), ShotPrompt(prompt="a city", duration_s=3))
    request = TextToVideo(prompt="cinematic", shots=shots)
    output = Output(width=64, height=36, fps=24, duration_s=5, seed=3)
    script = script_of(request, output)
    assert [(shot.board.place, shot.first, shot.frames) for shot in script] == [
        ("sea", 0, 48),
        ("city", 48, 72),
    ]
    assert all(shot.board.style == ("cinematic",) for shot in script)


@pytest.mark.parametrize(
    ("prompt", "places"),
    [
        ("the sea, then cut to the mountains", ["sea", "mountains"]),
        ("Shot 1: the sea. Shot 2: a city at night", ["sea", "city"]),
        ("大海、切换到城市", ["sea", "city"]),
        ("el mar, corte a la ciudad", ["sea", "city"]),
        ("a man cuts bread by the sea", ["sea"]),
    ],
)
def test_words_for_a_cut(prompt: str, places: list[str]) -> None:
    output = Output(width=64, height=36, fps=24, duration_s=5, seed=3)
    script = script_of(TextToVideo(prompt=prompt), output)
    assert [shot.board.place for shot in script] == places


def test_auto_shots_divide_what_nobody_divided() -> None:
    output = Output(width=64, height=36, fps=24, duration_s=5, seed=3)
    wide, near = script_of(TextToVideo(prompt="a dog by the sea", auto_shots=True), output)
    assert (wide.frames, near.first, near.frames) == (60, 60, 60)
    assert "close-up" in near.board.style


def test_a_meeting_brings_people_and_an_office_does_not() -> None:
    assert read_prompt("a business meeting").subjects == (Mention("person", 3),)
    assert read_prompt("an empty office").subjects == ()
    assert read_prompt("a business meeting", "people").subjects == ()
