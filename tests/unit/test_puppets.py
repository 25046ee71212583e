"""Figures with joints: whole in every pose, moving as they travel, lit from their side."""

from __future__ import annotations

import math

import numpy as np
import pytest

from filmgate.engines.animatic import cast
from filmgate.engines.animatic.cast_list import subject
from filmgate.engines.animatic.puppets.parts import bent, stride
from filmgate.engines.animatic.puppets.people import CLOTHES
from filmgate.engines.animatic.puppets.troupe import PLAYERS, Puppet, in_pairs, puppet

DAY = cast.Light(ambient=(0.6, 0.6, 0.6), key=(0.6, 0.6, 0.6), key_direction=(1.0, 0.3))


def figure(name: str, action: str | None = None, colour: cast.Colour | None = None) -> Puppet:
    made = puppet(subject(name), action, 120.0, colour)
    assert made is not None
    return made


@pytest.mark.parametrize("name", sorted(PLAYERS))
def test_figure_is_one_piece_in_every_pose_and_moves(name: str) -> None:
    made = figure(name)
    covers = np.stack([pose.cover for pose in made.poses])
    shares = (covers > 0.5).mean(axis=(1, 2))
    assert shares.min() > 0.05
    for edge in (covers[:, 0], covers[:, -1], covers[:, :, 0], covers[:, :, -1]):
        assert edge.max() < 0.5
    assert np.abs(covers - covers[0]).mean(axis=(1, 2)).max() > 0.0003
    again = figure(name)
    for one, other in zip(made.poses, again.poses, strict=True):
        assert np.array_equal(one.colour, other.colour)
        assert np.array_equal(one.relief, other.relief)


@pytest.mark.parametrize(
    ("name", "action"),
    [("man", "walk"), ("man", "run"), ("dog", "walk"), ("horse", "run"), ("elephant", "walk")],
)
def test_foot_on_the_ground_stays_where_it_is(name: str, action: str) -> None:
    """Of the lowest two percent of the figure, something keeps its place from pose to pose while
    the figure travels on."""
    made = figure(name, action)
    step = made.gait.speed * 120.0 / made.gait.pace / len(made.poses)
    kept = 0
    for one, other in zip(made.poses[:-1], made.poses[1:], strict=True):
        feet = [
            pose.cover[int(made.foot[1]) - 7 : int(made.foot[1])].max(axis=0)
            for pose in (one, other)
        ]
        # In the world the next pose stands `step` farther to the right.
        shift = round(step)
        moved = np.roll(feet[1], shift)
        overlap = np.minimum(feet[0], moved).sum() / max(min(feet[0].sum(), moved.sum()), 1e-6)
        kept += overlap > 0.5
    assert kept >= 0.7 * (len(made.poses) - 1)


def test_running_is_faster_than_walking() -> None:
    for name in ("man", "dog", "horse"):
        assert figure(name, "run").gait.speed > 1.5 * figure(name, "walk").gait.speed
        assert figure(name, "stand").gait.speed == 0


def test_stride_goes_back_on_the_ground_and_forward_in_the_air() -> None:
    ground = [stride(p, 0.6, 0.1, 0.6) for p in np.linspace(0, 0.59, 20)]
    assert all(y == 0 for _, y in ground)
    assert np.allclose(np.diff([x for x, _ in ground]), np.diff([x for x, _ in ground])[0])
    assert stride(0.8, 0.6, 0.1, 0.6)[1] == pytest.approx(0.1)
    assert stride(0.0, 0.6, 0.1, 0.6)[0] == pytest.approx(0.3)


@pytest.mark.parametrize("forward", [True, False])
def test_two_bones_reach_where_they_should(forward: bool) -> None:
    joint, end = bent((0.0, 1.0), (0.1, 0.3), 0.4, 0.4, forward=forward)
    assert end == pytest.approx((0.1, 0.3))
    assert math.dist((0, 1), joint) == pytest.approx(0.4)
    assert math.dist(joint, end) == pytest.approx(0.4)
    middle = 0.05
    assert (joint[0] > middle) == forward


@pytest.mark.parametrize("name", ["woman", "dog", "crow", "shark"])
def test_colour_word_dresses_a_figure(name: str) -> None:
    plain, green = (figure(name, colour=colour) for colour in (None, (0.1, 0.6, 0.1)))
    shown = [
        pose.colour[pose.cover > 0.9].mean(axis=0) for pose in (plain.poses[0], green.poses[0])
    ]
    assert shown[1][1] - shown[1][0] > shown[0][1] - shown[0][0] + 0.08


def test_light_falls_from_its_side() -> None:
    pose = figure("polar_bear", "stand").poses[0]
    lights = [
        cast.Light(ambient=DAY.ambient, key=DAY.key, key_direction=(side, 0.1))
        for side in (1.0, -1.0)
    ]
    right, left = (
        cast.graded_figure(pose, light)[..., :3].astype(float).mean(axis=2) for light in lights
    )
    columns = np.arange(right.shape[1])
    apart = (right - left).sum(axis=0)
    # The centre of what the light from the right adds lies right of what it takes away.
    gained = (columns * np.maximum(apart, 0)).sum() / np.maximum(apart, 0).sum()
    lost = (columns * np.maximum(-apart, 0)).sum() / np.maximum(-apart, 0).sum()
    assert gained > lost


def test_against_the_light_a_figure_is_dark_with_a_bright_rim() -> None:
    pose = figure("man", "stand").poses[0]
    light = cast.Light(
        ambient=(0.4, 0.35, 0.4), key=(1.0, 0.7, 0.4), key_direction=(1.0, 0.2), backlight=1.0
    )
    shown = cast.graded_figure(pose, light, interior=0.3)
    solid = shown[..., 3] > 250
    luma = shown[..., :3].astype(float).mean(axis=2)[solid]
    assert np.median(luma) < 40
    assert np.percentile(luma, 98) > 1.8 * np.median(luma)


def test_in_pairs_keeps_the_order() -> None:
    assert in_pairs(lambda n: n * n, list(range(40))) == [n * n for n in range(40)]


def test_everybody_in_the_wardrobe_is_in_the_cast() -> None:
    for name in PLAYERS:
        assert subject(name).name == name
    assert {"man", "woman", "child", "dancer"} <= CLOTHES.keys()
