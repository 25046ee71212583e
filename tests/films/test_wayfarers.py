"""In a city cars and people follow the street: they get smaller instead of crossing it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.films.seeing import changed, painted, small_output

OUTPUT = small_output(480, 270, fps=4, duration_s=4)
LAST = 15


def seen(subject: str, number: int, *, colour: str = "") -> tuple[float, float, float]:
    """Height, middle across and foot of what differs from the same street without it, in pixels."""
    words = "static camera, a city street at noon"
    with_it, without = (
        painted(f"{who}{words}", OUTPUT, number=number) for who in (f"{colour} {subject}, ", "")
    )
    apart = np.abs(with_it.rgb.astype(int) - without.rgb).max(axis=2)
    rows, columns = np.nonzero(apart > 24)
    return float(np.ptp(rows)), float(columns.mean()), float(rows.max())


@pytest.mark.parametrize("subject", ["a car", "a woman", "a runner"])
def test_goes_away_along_the_street(subject: str) -> None:
    first, last = seen(subject, 0), seen(subject, LAST)
    assert last[0] < 0.85 * first[0]
    assert last[2] < first[2]
    # Along it, not across: the middle moves no farther than towards where the street leads.
    assert abs(last[1] - first[1]) < 0.12 * OUTPUT.width


def test_colour_of_a_car_in_the_street() -> None:
    red, blue = (
        painted(f"a {colour} car, a city street at noon, static camera", OUTPUT)
        for colour in ("red", "blue")
    )
    where = changed(red, blue)
    assert where.mean() > 0.003
    apart = red.rgb[where].astype(int) - blue.rgb[where]
    assert apart[:, 0].mean() > 20
    assert apart[:, 2].mean() < -20


def test_who_rests_does_not_walk() -> None:
    first, last = seen("a woman standing", 0), seen("a woman standing", LAST)
    assert last[0] == pytest.approx(first[0], rel=0.08)
