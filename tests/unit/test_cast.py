"""The pictures of the subjects, their colours, and how the light of a scene falls on them."""

from __future__ import annotations

from importlib.resources import files

import cv2
import numpy as np
import pytest

from filmgate.engines.animatic import cast
from filmgate.engines.animatic.cast_list import cast_list, drawing
from filmgate.engines.animatic.grove import GROWN
from filmgate.engines.animatic.puppets.troupe import PLAYERS

SUBJECTS = sorted(cast_list().subjects.keys() - PLAYERS - GROWN)
"""Those that are drawings."""
FOLDER = files("filmgate.engines.animatic.subjects")
DAY = cast.Light(
    ambient=(0.6, 0.65, 0.7), key=(0.6, 0.55, 0.5), key_direction=(1.0, 0.3), backlight=0.0
)
SUNSET = cast.Light(
    ambient=(0.6, 0.45, 0.5), key=(1.0, 0.7, 0.4), key_direction=(1.0, 0.2), backlight=1.0
)


def inked(sprite: cast.Sprite) -> np.ndarray:
    return sprite[sprite[..., 3] > 250][:, :3].astype(np.float32)


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_subject_has_a_picture_that_fills_its_frame(name: str) -> None:
    sprite = cast.picture(name, 96)
    assert sprite.shape[0] == 96
    assert sprite.dtype == np.uint8
    alpha = sprite[..., 3]
    for edge in (alpha[:2], alpha[-2:], alpha[:, :2], alpha[:, -2:]):
        assert edge.max() > 8
    assert (alpha > 128).mean() > 0.08


def test_every_drawing_is_used_and_small() -> None:
    stored = {entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".svg")}
    assert stored == {f"{name}.svg" for name in SUBJECTS}
    assert sum(len(drawing(name)) for name in SUBJECTS) < 1_200_000


def test_the_drawings_carry_their_licence() -> None:
    assert "Apache License" in FOLDER.joinpath("LICENSE").read_text("utf-8")
    notice = FOLDER.joinpath("NOTICE").read_text("utf-8")
    for name in SUBJECTS:
        assert f"  {name}.svg" in notice


@pytest.mark.parametrize("height", [1, 7, 40, 333, 700])
def test_a_picture_is_as_high_as_asked(height: int) -> None:
    assert cast.picture("kangaroo", height).shape[0] == max(2, height)


@pytest.mark.parametrize("name", ["car", "rabbit", "sailboat", "balloon", "swan", "bus", "house"])
@pytest.mark.parametrize("colour", sorted(cast.colour_words()))
def test_a_colour_word_is_visible(name: str, colour: str) -> None:
    sprite = cast.picture(name, 120, colour=colour)
    wanted = np.array(cast.colour_words()[colour], np.float32) * 255
    near = np.abs(inked(sprite) - wanted).max(axis=1) < 60
    assert near.mean() > 0.22
    assert np.array_equal(sprite[..., 3], cast.picture(name, 120)[..., 3])


def test_a_red_car_keeps_its_windows_and_wheels() -> None:
    plain, green = cast.picture("car", 160), cast.picture("car", 160, colour="green")
    changed = np.abs(plain[..., :3].astype(int) - green[..., :3]).max(axis=2) > 24
    solid = plain[..., 3] > 250
    assert 0.3 < changed[solid].mean() < 0.8


def test_light_comes_from_its_side() -> None:
    sprite = cast.picture("balloon", 200)
    right = cast.graded(sprite, DAY).astype(np.float32)
    left = cast.graded(
        sprite, cast.Light(ambient=DAY.ambient, key=DAY.key, key_direction=(-1.0, 0.3))
    ).astype(np.float32)
    rows, columns = slice(50, 100), sprite.shape[1] // 2
    assert right[rows, columns:, :3].mean() > left[rows, columns:, :3].mean() + 3
    assert left[rows, :columns, :3].mean() > right[rows, :columns, :3].mean() + 3


def test_against_the_light_only_the_seam_is_bright() -> None:
    sprite = cast.picture("kangaroo", 200)
    lit = cast.graded(sprite, SUNSET, interior=0.3)
    core = cv2.erode((sprite[..., 3] > 250).astype(np.uint8), np.ones((11, 11), np.uint8)) > 0
    seam = (sprite[..., 3] > 250) & ~core
    luma = lit[..., :3].astype(np.float32).mean(axis=2)
    assert luma[core].mean() < 0.4 * inked(sprite).mean()
    assert np.percentile(luma[seam], 95) > 2 * luma[core].mean()


def test_interior_keeps_a_turtle_readable() -> None:
    sprite = cast.picture("turtle", 200)
    spread = [
        float(inked(cast.graded(sprite, SUNSET, interior=interior)).std())
        for interior in (0.0, 0.9)
    ]
    assert spread[1] > 1.15 * spread[0]


def test_what_glows_keeps_its_light_at_night() -> None:
    night = cast.Light(
        ambient=(0.1, 0.13, 0.2), key=(0.3, 0.35, 0.5), key_direction=(0, 1), backlight=0.5
    )
    sprite = cast.picture("fire", 160)
    glowing = inked(cast.graded(sprite, night, interior=1.0, glow=1.0)).mean()
    assert glowing > 2 * inked(cast.graded(sprite, night)).mean()


def test_grading_keeps_the_outline_and_is_repeatable() -> None:
    sprite = cast.picture("squirrel", 150)
    once, twice = cast.graded(sprite, SUNSET), cast.graded(sprite, SUNSET)
    assert np.array_equal(once, twice)
    assert np.array_equal(once[..., 3], sprite[..., 3])


def test_a_shadow_lies_under_the_feet() -> None:
    sprite = cast.picture("gorilla", 200)
    dark = cast.shadow(sprite)
    assert dark.shape[1] > sprite.shape[1]
    assert dark.shape[0] < sprite.shape[0] / 3
    assert dark[..., :3].max() == 0
    middle = dark.shape[0] // 2
    assert dark[middle, :, 3].max() > 100
    assert dark[0, :, 3].max() < 10
    assert dark[:, 0, 3].max() < 40


def test_pictures_are_shared_and_cannot_be_spoilt() -> None:
    sprite = cast.picture("rabbit", 64)
    assert sprite is cast.picture("rabbit", 64)
    with pytest.raises(ValueError, match="read-only"):
        sprite[0, 0, 0] = 1
