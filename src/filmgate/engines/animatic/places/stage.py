"""A theatre's stage: boards, red curtains, spotlights in the haze, and heads before it."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import HOURS, Daylight
from filmgate.engines.animatic.indoors import Dust, times
from filmgate.engines.animatic.interior import Chamber, Interior, Surface, box
from filmgate.engines.animatic.kernels.matter import BOARDS, CURTAIN, PLAIN
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.spotlights import Spotlight, Spotlights
from filmgate.engines.animatic.stage import Lens, lay, standing
from filmgate.engines.animatic.storyboard import Mention

EYE_M = 1.75
CURTAINS: tuple[Colour, ...] = (
    (176, 18, 26), (168, 16, 34), (184, 26, 22), (150, 14, 40), (40, 44, 120), (96, 20, 90),
)  # fmt: skip
SCHEMES: tuple[tuple[Colour, ...], ...] = (
    ((255, 214, 150), (255, 80, 150), (90, 140, 255), (255, 236, 205)),
    ((255, 226, 176), (120, 90, 255), (60, 210, 255), (255, 240, 220)),
    ((255, 200, 120), (255, 110, 60), (255, 60, 90), (255, 236, 200)),
    ((230, 236, 255), (70, 200, 170), (80, 120, 255), (255, 244, 226)),
)
Random = np.random.Generator


def build(brief: Brief) -> World:
    lens = brief.lens
    random = np.random.Generator(np.random.PCG64(brief.seed))
    # Whatever the hour outside, here it is the hour of the show; by day the hall is less dark.
    day = 1 - brief.light.lamps
    scheme = SCHEMES[int(random.integers(len(SCHEMES)))]
    chamber = _hall(random, scheme, day)
    interior = Interior(lens, chamber)
    spots = Spotlights(_rig(random, scheme), interior.spot, lens.focal)
    layers = [
        Layer(1e6, interior.fill),
        Layer(chamber.deep + 1, interior.draw),
        *(Layer(depth, group.draw) for depth, group in interior.groups),
        Layer(chamber.deep - 1.2, spots.pools),
        Layer(4.8, spots.shafts),
        Layer(4.5, Dust(lens, (255, 236, 210), 0.24, brief.seed + 4, count=70).draw),
    ]
    if brief.storyboard.allows("people", "person", "crowd", "audience"):
        layers.append(Layer(4.0, Audience(lens, random, day).draw))
    warm = np.asarray(np.clip(np.array(scheme[3]) * 0.85 + 20, 0, 255), np.float32)
    show = HOURS["night"]
    return World(
        lens=lens,
        reach_m=9.0,
        layers=tuple(layers),
        light=_lit(show, warm, scheme[0]),
        shows=frozenset({"lights"}),
        company=(Mention("dancer"),),
        grounds={
            "ground": Ground(eye_height_m=EYE_M, depth_m=(8.0, 9.6), reflects=0.25),
            "air": Ground(eye_height_m=EYE_M, depth_m=(8.0, 10.0), rise=(0.12, 0.30)),
        },
    )


def _lit(show: Daylight, warm: Floats, key: Colour) -> Daylight:
    return replace(
        show, ambient=(float(warm[0]), float(warm[1]), float(warm[2])), key=key, backlight=0.3,
        stars=0.9, lamps=0.6, haze=(40.0, 30.0, 36.0), sun=(0.5, 0.5),
    )  # fmt: skip


def _hall(random: Random, scheme: tuple[Colour, ...], day: float) -> Chamber:
    cloth = CURTAINS[int(random.integers(len(CURTAINS)))]
    dim = 0.10 + 0.12 * day
    room = Chamber(
        wide=6.4, tall=6.6, deep=13.5, eye=EYE_M,
        walls=Surface(colour=(44, 34, 34), material=PLAIN),
        back=Surface(colour=cloth, material=CURTAIN),
        floor=Surface(colour=(150, 98, 60), material=BOARDS, gloss=0.5),
        ceiling=Surface(colour=(20, 18, 20), material=PLAIN),
        ambient=(dim, dim * 0.92, dim * 0.95),
    )  # fmt: skip
    # What the spotlights throw back from the boards, and light from above.
    for x, colour in ((-3.2, scheme[1]), (0.0, scheme[0]), (3.2, scheme[2])):
        room.lamps.append([x, 4.6, 9.4, 0.5, *times(colour, 9.0 / 255)])
        room.window("z", (x, 0.25, 13.2), (1.4, 0.2), times(colour, 2.4 / 255), opening=False)
    deep = (cloth[0] * 0.92, cloth[1] * 0.92, cloth[2] * 0.92)
    for z, reach in ((12.2, 1.5), (10.2, 1.15)):
        for side in (-1, 1):
            wing = box(
                (side * (6.3 - reach), 3.3, z), (reach, 3.3, 0.12), deep, material=CURTAIN,
                soft=0.1, seed=int(random.integers(1, 99)),
            )  # fmt: skip
            room.add(z, wing, sway=0.0022, hung=True)
    border = box((0.0, 6.25, 12.1), (6.4, 0.55, 0.1), deep, material=CURTAIN, casts=False)
    room.add(12.1, border)
    return room


def _rig(random: Random, scheme: tuple[Colour, ...]) -> list[Spotlight]:
    lights = []
    for i, x in enumerate((-4.2, -2.1, 2.1, 4.2)):
        lights.append(
            Spotlight(
                lamp=(x, 5.55, 10.4), aim=(x * float(random.uniform(-0.5, 0.6)), 9.6), wide=0.85,
                colour=scheme[1 + i % 2], power=0.75, swing=1.5,
                pace=float(random.uniform(0.5, 0.8)), phase=float(random.uniform(0, 6)),
            )
        )  # fmt: skip
    main = scheme[3]
    lights.append(
        Spotlight(
            lamp=(-0.6, 5.6, 9.8), aim=(0.1, 8.9), wide=1.35, colour=main, power=1.0, swing=0.35,
            pace=0.45, phase=float(random.uniform(0, 6)),
        )
    )  # fmt: skip
    return lights


class Audience:
    """Heads and shoulders in the dark at the frame's foot; they breathe, and some raise a hand."""

    def __init__(self, lens: Lens, random: Random, day: float) -> None:
        self._heads = []
        tone = 10.0 + 14 * day
        unit = min(lens.height, lens.width * 0.8)
        pictures = [_head(int(unit * 0.17), tone, i) for i in range(4)]
        count = 9
        for i in range(count):
            across = ((i + 0.5) / count - 0.5) * 1.25 + float(random.uniform(-0.03, 0.03))
            picture = pictures[int(random.integers(len(pictures)))]
            sink = float(random.uniform(0.0, 0.035))
            self._heads.append((across * lens.width, sink, picture, float(random.uniform(0, 6.3))))
        self._lens = lens

    def draw(self, now: Instant) -> None:
        lens = self._lens
        floor = lens.height - lens.horizon
        for across, sink, picture, phase in self._heads:
            sway = 0.010 * math.sin(now.time_s * 1.1 + phase)
            down = (
                floor + (-0.015 + sink + 0.004 * math.sin(now.time_s * 2.3 + phase)) * lens.height
            )
            anchor = (picture.size[0] / 2, float(picture.size[1]))
            matrix = standing(now.view, across, down, 4.0, anchor, turn=sway)
            lay(now.picture, picture, matrix, now.scratch)


def _head(tall: int, tone: float, kind: int) -> Cutout:
    """A dark outline, soft because it is close, with a rim of the stage's light."""
    wide = int(tall * 1.15)
    cover = np.zeros((tall, wide), np.float32)
    centre = (wide / 2, tall * 0.34)
    radius = tall * (0.20 + 0.012 * kind)
    cv2.ellipse(
        cover,
        (int(centre[0]), int(centre[1])),
        (int(radius * 0.84), int(radius)),
        0,
        0,
        360,
        1.0,
        -1,
    )
    cv2.ellipse(
        cover,
        (int(centre[0]), int(tall * 1.02)),
        (int(wide * 0.43), int(tall * 0.46)),
        0,
        0,
        360,
        1.0,
        -1,
    )
    cv2.rectangle(
        cover,
        (int(centre[0] - radius * 0.4), int(centre[1])),
        (int(centre[0] + radius * 0.4), int(tall * 0.7)),
        1.0,
        -1,
    )
    if kind == 2:
        cv2.ellipse(
            cover,
            (int(centre[0]), int(centre[1] + radius * 0.5)),
            (int(radius * 1.05), int(radius * 1.2)),
            0,
            0,
            360,
            1.0,
            -1,
        )
    blur = max(tall * 0.014, 0.8)
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), blur), np.float32)
    above = np.roll(soft, int(max(tall * 0.022, 1)), axis=0)
    rim = np.clip(soft - above, 0, 1)[..., None] * np.array((120, 96, 84), np.float32)
    rgb = np.full((tall, wide, 3), tone, np.float32) + rim
    return cutout(rgb, soft)
