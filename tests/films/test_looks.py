"""Words of style change the picture as they are named, measured against the same film without."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from tests.films.seeing import Still, order_of, painted, small_output, still

from filmgate.domain.request import TextToVideo
from filmgate.engines.animatic.engine import film_of
from filmgate.engines.animatic.looks import LOOKS, PLAIN, look_of
from filmgate.engines.animatic.storyboard import Storyboard, read_prompt

OUTPUT = small_output(480, 270)
SCENE = "a lighthouse by the sea at golden hour"
SAID = {
    "painting": "oil painting",
    "pixel-art": "pixel art",
    "anime": "anime style",
    "sketch": "pencil sketch",
    "low-key": "low key lighting",
    "high-key": "high key",
    "soft-light": "soft light",
    "film-grain": "film grain",
}


def shown(style: str, *, number: int = 0) -> Still:
    return painted(f"{SCENE}, {SAID.get(style, style)}", OUTPUT, number=number)


def plain(*, number: int = 0) -> Still:
    return painted(SCENE, OUTPUT, number=number)


def chroma(still: Still) -> float:
    return float(
        np.abs(still.u.astype(int) - 128).mean() + np.abs(still.v.astype(int) - 128).mean()
    )


def redder(still: Still) -> float:
    return float(still.rgb[..., 0].mean() - still.rgb[..., 2].mean())


def corners(still: Still) -> float:
    """Light in the corners against light in the middle."""
    high, wide = still.y.shape
    light = still.y.astype(float) - 16
    edge = [light[r, c].mean() for r in (slice(0, high // 8), slice(-high // 8, None))
            for c in (slice(0, wide // 8), slice(-wide // 8, None))]  # fmt: skip
    middle = light[high * 3 // 8 : high * 5 // 8, wide * 3 // 8 : wide * 5 // 8]
    return float(np.mean(edge) / middle.mean())


def fine(still: Still) -> float:
    """Detail of a pixel's size in the even part of the sky."""
    sky = still.y[4:40, 4:-4].astype(np.float32)
    return float((sky - cv2.GaussianBlur(sky, (0, 0), 1.5)).std())


@pytest.mark.parametrize("style", LOOKS)
def test_style_is_read_and_changes_the_picture(style: str) -> None:
    assert style in read_prompt(f"{SCENE}, {SAID.get(style, style)}").style
    apart = np.abs(shown(style).rgb.astype(int) - plain().rgb.astype(int)).mean()
    assert apart > 0.3


@pytest.mark.parametrize("style", ["noir", "monochrome", "sketch"])
def test_without_colour(style: str) -> None:
    assert chroma(shown(style)) < 1.0 < chroma(plain())


@pytest.mark.parametrize(
    ("style", "measure", "sign"),
    [
        ("warm", redder, +1),
        ("cold", redder, -1),
        ("vibrant", chroma, +1),
        ("anime", chroma, +1),
        ("muted", chroma, -1),
        ("minimal", chroma, -1),
        ("dark", lambda still: still.y.mean(), -1),
        ("low-key", lambda still: still.y.mean(), -1),
        ("high-key", lambda still: still.y.mean(), +1),
        ("dreamy", lambda still: still.y.mean(), +1),
        ("noir", corners, -1),
        ("vintage", corners, -1),
        ("cinematic", corners, -1),
        ("film-grain", fine, +1),
        ("vintage", fine, +1),
        ("watercolour", lambda still: still.y[:6].mean(), +1),
        ("soft-light", lambda still: still.y.std(), -1),
        ("epic", lambda still: still.y.std(), +1),
    ],
)
def test_style_does_what_it_is_named_for(
    style: str, measure: Callable[[Still], float], sign: int
) -> None:
    before, after = measure(plain()), measure(shown(style))
    assert sign * (after - before) > 0.02 * abs(before), (before, after)


def test_sepia_is_one_brown() -> None:
    u, v = (plane.astype(int) - 128 for plane in (shown("sepia").u, shown("sepia").v))
    assert u.max() <= 0 <= v.min()
    assert v.mean() > 2


def test_grain_is_another_one_in_every_frame() -> None:
    """Film grain lives; a stain on the lens would not."""
    grains = []
    for number in (0, 1):
        grain = shown("film-grain", number=number).y.astype(int) - plain(number=number).y
        grains.append(grain[4:40, 4:-4].astype(float).ravel())
    assert abs(np.corrcoef(grains[0], grains[1])[0, 1]) < 0.1


def test_pixel_art_is_made_of_large_pixels() -> None:
    still = shown("pixel-art")
    across = np.abs(np.diff(still.y[100].astype(int)))
    assert (across > 0).mean() < 0.26


def test_words_for_colours_tone_the_picture() -> None:
    blue = painted(f"{SCENE}, in blue tones", OUTPUT)
    red = painted(f"{SCENE}, in red tones", OUTPUT)
    assert redder(blue) < redder(plain()) - 20
    assert redder(red) > redder(blue) + 30


def test_two_colours_part_shadows_from_lights() -> None:
    still = painted(f"{SCENE}, teal and orange tones", OUTPUT)
    light = still.y.astype(float)
    warm = still.rgb[..., 0].astype(float) - still.rgb[..., 2]
    dark, bright = light < np.percentile(light, 15), light > np.percentile(light, 85)
    assert warm[bright].mean() > warm[dark].mean() + 15


def test_looks_add_up() -> None:
    assert look_of([]) == PLAIN
    assert look_of(["nobody knows this"]) == PLAIN
    both = look_of(["warm", "vibrant"])
    assert both.colour == pytest.approx(LOOKS["warm"].colour * LOOKS["vibrant"].colour)
    assert look_of(["vintage", "noir"]).grain == max(LOOKS[s].grain for s in ("vintage", "noir"))


# --- framing -----------------------------------------------------------------------------------


def tall(style: str) -> int:
    """Height of the lighthouse in pixels: where it differs from the same place without it."""
    with_it, without = (
        painted(f"{thing}the sea at noon, {style}", OUTPUT, negative="birds, beach")
        for thing in ("a balloon over ", "")
    )
    rows = np.flatnonzero((with_it.y != without.y).any(axis=1))
    return int(np.ptp(rows))


def test_close_up_is_nearer_and_wide_is_farther() -> None:
    assert tall("close-up") > 1.3 * tall("") > 1.3 * tall("wide shot")


def test_shallow_focus_softens_what_is_far_and_leaves_the_subject() -> None:
    prompt = "a dog in the mountains at noon"
    sharp, soft = (painted(p, OUTPUT) for p in (prompt, f"{prompt}, shallow depth of field"))
    detail = [float(cv2.Laplacian(s.y[60:150], cv2.CV_32F).std()) for s in (sharp, soft)]
    assert detail[1] < 0.6 * detail[0]
    alone = painted("mountains at noon", OUTPUT)
    dog = np.abs(sharp.y.astype(int) - alone.y) > 60
    assert dog.sum() > 100
    assert np.abs(sharp.y.astype(int) - soft.y)[dog].mean() < 6


def test_silhouette_is_dark() -> None:
    lit, dark = (painted(p, OUTPUT) for p in ("a dog by the sea", "silhouette of a dog by the sea"))
    where = np.abs(lit.y.astype(int) - dark.y) > 30
    assert where.sum() > 100
    assert dark.y[where].mean() < 0.6 * lit.y[where].mean()


def test_storyboard_paces() -> None:
    def pace(prompt: str) -> float:
        board: Storyboard = read_prompt(prompt)
        return board.pace

    assert pace("clouds, time-lapse") > 3
    assert pace("a horse in slow motion") < 0.6
    assert pace("a horse") == 1


# --- creativity --------------------------------------------------------------------------------


def composed(creativity: float | None, seed: int) -> np.ndarray:
    """The composition seen from afar: the sky's light and where the balloon hangs."""
    output = small_output(320, 180, seed=seed)
    request = TextToVideo(prompt="a red balloon over the sea at sunset", creativity=creativity)
    film, _ = film_of(order_of(request, output), {}, lambda _: None)
    return cv2.resize(still(film, output).rgb, (32, 18), interpolation=cv2.INTER_AREA).astype(float)


def test_s4_06_more_creativity_is_farther_from_the_plainest_composition() -> None:
    apart = np.array(
        [
            [np.abs(composed(c, seed) - composed(0.1, seed)).mean() for c in (0.4, 0.7, 1.0)]
            for seed in (3, 4, 5)
        ]
    ).mean(axis=0)
    assert apart[0] > 0.5
    assert apart[1] > 1.15 * apart[0]
    assert apart[2] > 1.15 * apart[1]
    assert np.array_equal(composed(None, 3), composed(0.5, 3))


def test_shots_are_cut_where_the_script_says() -> None:
    output = small_output(320, 180, fps=4, duration_s=2)
    films = {
        prompt: film_of(order_of(TextToVideo(prompt=prompt), output), {}, lambda _: None)[0]
        for prompt in ("the sea at noon. Cut to a city at night", "the sea at noon")
    }
    cut, whole = films.values()
    grey = [float(still(cut, output, number).y.mean()) for number in range(8)]
    jumps = np.abs(np.diff(grey))
    assert int(jumps.argmax()) == 3
    assert jumps[3] > 10 * np.median(jumps)
    assert np.abs(still(cut, output).y.astype(int) - still(whole, output).y).mean() < 1


# --- change over time --------------------------------------------------------------------------


@pytest.mark.parametrize(("prompt", "sign"), [("sunset", -1), ("sunrise", +1)])
def test_s1_11_the_hour_passes_in_a_time_lapse(prompt: str, sign: int) -> None:
    output = small_output(320, 180, fps=4, duration_s=2)
    levels = [
        float(painted(f"{prompt} timelapse, sea", output, number=number).y.mean())
        for number in (0, 2, 4, 5, 7)
    ]
    steps = np.diff(levels) * sign
    assert steps.min() > -0.5
    assert steps.sum() > 15
    # Without the word it is one hour all the time.
    still_hour = [
        float(painted(f"{prompt}, sea", output, number=number).y.mean()) for number in (0, 7)
    ]
    assert abs(still_hour[1] - still_hour[0]) < 4


def test_a_flower_blooms() -> None:
    output = small_output(480, 270, fps=4, duration_s=2)
    prompt = "a red rose blooming in the mountains at noon"
    sizes = []
    for number in (0, 3, 7):
        rgb = painted(prompt, output, number=number).rgb.astype(int)
        sizes.append(int(((rgb[..., 0] > 90) & (rgb[..., 1] < 60)).sum()))
    assert sizes[0] < 0.6 * sizes[1]
    assert sizes[1] < sizes[2]
