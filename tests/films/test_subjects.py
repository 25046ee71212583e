"""Every subject that a prompt can name changes the picture where it stands, and nowhere else;
what is sent away is gone, and nothing else with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module

import cv2
import numpy as np
import pytest
from tests.films.seeing import (
    PLACES,
    Mask,
    Region,
    Still,
    changed,
    painted,
    regions,
    small_output,
    still,
)

from filmgate.engines.animatic.actors import HELD_BY_SKY, peopled
from filmgate.engines.animatic.camera import move_of
from filmgate.engines.animatic.cast_list import cast_list, drawing, subject
from filmgate.engines.animatic.daylight import HOURS
from filmgate.engines.animatic.grove import GROWN
from filmgate.engines.animatic.puppets.troupe import LEAPERS, PLAYERS, puppet
from filmgate.engines.animatic.scene import Film, Place, World
from filmgate.engines.animatic.shooting import HORIZON as HORIZONS
from filmgate.engines.animatic.shooting import brief_of
from filmgate.engines.animatic.storyboard import Mention, Storyboard, read_prompt

OUTPUT = small_output(640, 360)
HORIZON = OUTPUT.height * HORIZONS[OUTPUT.width >= OUTPUT.height]
FRAME_OF_FILM = 4
SUBJECTS = sorted(cast_list().subjects)
GAP = 33
"""A leap takes a subject this far from its shadow, in pixels."""


@cache
def stage_of(anybody: Storyboard) -> World:
    place: Place = import_module(f"filmgate.engines.animatic.places.{anybody.place}")
    return place.build(brief_of(anybody, OUTPUT))


def world_of(board: Storyboard) -> World:
    """A place before anybody has walked in; it is the same whoever that will be (see below)."""
    expected = (Mention("dog"),)
    return stage_of(replace(board, subjects=expected, unknown=(), banned=frozenset()))


def filmed(world: World) -> Film:
    return Film(world, move_of(None, ()), fps=OUTPUT.fps, frames=OUTPUT.fps)


@cache
def scene(board: Storyboard) -> Still:
    """One frame from the middle of the film."""
    return still(filmed(peopled(world_of(board), brief_of(board, OUTPUT))), OUTPUT, FRAME_OF_FILM)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same film with a subject and without."""

    board: Storyboard
    shown: Still
    bare: Still

    @property
    def mask(self) -> Mask:
        return changed(self.shown, self.bare)


def pair_of(name: str) -> Pair:
    """Where the subject is at home, as the reader of prompts finds it."""
    board = read_prompt(f"a {subject(name).words[0]}")
    assert [mention.subject for mention in board.subjects] == [name]
    assert board.place in PLACES
    if name in HELD_BY_SKY[HOURS[board.time].stars >= 1]:
        board = replace(board, time="day")
    # Gulls that were asked for take the place of those that live there.
    without = replace(board, subjects=(), unknown=(), banned=frozenset({name}))
    return Pair(board, scene(board), scene(without))


@pytest.mark.parametrize("name", SUBJECTS)
def test_subject_shows_where_it_stands_and_nowhere_else(name: str) -> None:
    pair = pair_of(name)
    mask = pair.mask
    (region,) = regions(mask, gap=GAP)
    share = mask.mean()
    assert 0.004 < share < 0.40, share
    middle = (region.left + region.right) / 2 / OUTPUT.width
    assert 0.1 < middle < 0.9, region
    assert region.left > 0
    assert region.right < OUTPUT.width - 1
    stands_right(name, pair, region)
    # To be seen it has to stand out from what is behind it.
    contrast = np.abs(pair.shown.rgb.astype(int) - pair.bare.rgb.astype(int)).max(axis=2)
    assert np.percentile(contrast[mask], 90) > 20


def stands_right(name: str, pair: Pair, region: Region) -> None:
    """What flies is above the horizon; what stands has its foot below it."""
    grounds, home = world_of(pair.board).grounds, subject(name).home
    flies = home == "space" or (home in grounds and grounds[home].rise[1] > 0)
    if all(ground.rise[1] > 0 for ground in grounds.values()):  # nobody stands there
        assert region.top >= 0
        assert region.bottom < OUTPUT.height
    elif flies and home != "underwater":
        assert region.bottom < HORIZON + 0.1 * OUTPUT.height, region
        assert region.top >= 0
    elif home == "underwater" and home in grounds:  # everywhere but on the ground
        assert region.top >= 0
        assert region.bottom < OUTPUT.height
    elif name in LEAPERS:  # in the middle of the film at the top of their leap
        assert region.bottom > HORIZON, region
    else:
        assert region.bottom > HORIZON + 0.08 * OUTPUT.height, region


def test_subjects_look_different_from_each_other() -> None:
    """Nobody is shown for somebody else: each has a drawing, a figure or a growth of its own."""
    drawn = set(SUBJECTS) - PLAYERS - GROWN
    assert len({drawing(name) for name in drawn}) == len(drawn)
    figures: set[bytes] = set()
    for name in PLAYERS:
        made = puppet(subject(name), None, 60.0, None)
        assert made is not None
        figures.add(made.poses[0].colour.tobytes())
    assert len(figures) == len(PLAYERS)


@pytest.mark.parametrize("place", PLACES)
def test_prompt_with_a_subject_paints_the_same_place(place: str) -> None:
    """The whole way from the words: in the rest of the frame nothing changes by a bit."""
    prompts = (f"a dog and a red car, {place}", f"a dog, {place}")
    here, bare = (painted(prompt, OUTPUT) for prompt in prompts)
    mask = changed(here, bare)
    (region,) = regions(mask, gap=GAP)
    assert (region.right - region.left) * (region.bottom - region.top) < 0.25 * mask.size


@pytest.mark.parametrize("place", PLACES)
def test_second_subject_leaves_the_first_where_it_is(place: str) -> None:
    alone, both = (
        painted(prompt, OUTPUT) for prompt in (f"a dog, {place}", f"a dog and a balloon, {place}")
    )
    (region,) = regions(changed(alone, both), gap=9)
    assert region.bottom < HORIZON


@pytest.mark.parametrize("count", [2, 3, 5])
def test_as_many_as_were_asked_for(count: int) -> None:
    board = Storyboard(place="sea", place_named=True, time="day", banned=frozenset({"gull"}))
    flock = replace(board, subjects=(Mention("balloon", count),))
    assert len(regions(changed(scene(flock), scene(board)), gap=1)) == count


def test_moon_that_is_in_the_sky_is_not_hung_there_twice() -> None:
    night = read_prompt("the sea at night")
    assert not changed(scene(replace(night, subjects=(Mention("full_moon"),))), scene(night)).any()


# --- what is sent away -------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["birds", "gulls", "no birds, blurry, low quality"])
@pytest.mark.parametrize("prompt", ["the sea by day", "a sailboat on the sea at sunset"])
def test_negative_prompt_removes_the_birds_and_nothing_else(prompt: str, word: str) -> None:
    with_birds, without = painted(prompt, OUTPUT), painted(prompt, OUTPUT, negative=word)
    # One flock, small and in the sky; all else is untouched to the last bit.
    (flock,) = regions(changed(with_birds, without), gap=40)
    assert flock.bottom < HORIZON
    assert flock.right - flock.left < 0.2 * OUTPUT.width
    assert flock.bottom - flock.top < 0.2 * OUTPUT.height


@pytest.mark.parametrize("place", PLACES)
def test_negative_prompt_removes_whatever_lives_there(place: str) -> None:
    """Nothing is left of it: it is the place that has nobody in it."""
    world = stage_of(read_prompt(place))
    away = ", ".join(
        mention.subject.replace("_", " ") for mention in (*world.ambient, *world.company)
    )
    bare = still(filmed(world), OUTPUT)
    assert not changed(painted(place, OUTPUT, negative=away), bare).any()


def test_negative_prompt_removes_what_the_prompt_names() -> None:
    wanted = painted("two dogs and a sailboat on the sea by day", OUTPUT, negative="dogs")
    assert not changed(wanted, painted("a sailboat on the sea by day", OUTPUT)).any()


def test_negative_prompt_of_what_is_not_there_changes_nothing() -> None:
    plain = painted("the sea by day", OUTPUT)
    assert not changed(plain, painted("the sea by day", OUTPUT, negative="elephants")).any()


# --- colours -----------------------------------------------------------------------------------

HUES = {"red": 0, "yellow": 50, "green": 117, "blue": 220}
"""Degrees of the colour words as they are defined."""


def hue_of(colour: str, place: str) -> float:
    """The hue of where this car differs most from a white one, in degrees."""
    here, white = (painted(f"a {word} car, {place}, by day", OUTPUT) for word in (colour, "white"))
    mask = changed(here, white)
    apart = np.abs(here.rgb.astype(int) - white.rgb).sum(axis=2)
    paint = mask & (apart > np.median(apart[mask]))
    hue, strength, _ = cv2.split(cv2.cvtColor(here.rgb, cv2.COLOR_RGB2HSV).astype(float))
    turns = np.exp(1j * np.radians(hue[paint] * 2)) * strength[paint]
    return float(np.degrees(np.angle(turns.mean()))) % 360


@pytest.mark.parametrize("colour", HUES)
def test_colour_words_paint_their_noun(colour: str) -> None:
    off = abs((hue_of(colour, "sea") - HUES[colour] + 180) % 360 - 180)
    assert off < 12
