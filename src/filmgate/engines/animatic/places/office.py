"""A meeting room in a tower: a long table, chairs, a screen with a slide, and the town below."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from filmgate.engines.animatic import furniture as of
from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.indoors import Indoors, Outlook, added, in_here, indoors, times
from filmgate.engines.animatic.interior import Chamber, Interior, Row, Surface, box, cone
from filmgate.engines.animatic.kernels.matter import CARPET, CHART, PANEL, PLAIN, WOOD
from filmgate.engines.animatic.lights import light, shine
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.sky import SHOWS
from filmgate.engines.animatic.storyboard import Mention

EYE_M, UP_M = 1.5, 90.0
COOL: Colour = (0.96, 1.0, 1.04)
BLUES: tuple[Colour, ...] = ((38, 108, 176), (34, 128, 120), (92, 84, 170), (196, 88, 52))
WALLS: tuple[Colour, ...] = ((226, 228, 230), (214, 218, 222), (228, 222, 212))
Random = np.random.Generator


def build(brief: Brief) -> World:
    lens = brief.lens
    outside = Outlook(brief, up_m=UP_M)
    random = np.random.Generator(np.random.PCG64(brief.seed))
    side = -1 if random.random() < 0.5 else 1
    inside = indoors(outside.light, side=side, gloom=outside.gloom)
    # Nobody works in the dark: the ceiling's lights are on in the day too, a little.
    inside = replace(inside, lamps=max(inside.lamps, 0.35))
    chamber = _furnished(random, inside, side)
    interior = Interior(lens, chamber, vanish=float(random.uniform(-0.05, 0.05)) * lens.width)
    layers = outside.layers(interior)
    layers.append(Layer(chamber.deep + 1, interior.draw))
    layers += [Layer(depth, group.draw) for depth, group in interior.groups]
    screen = interior.spot(side * -0.6, 1.75, chamber.deep - 0.1)

    def flicker(now: Instant) -> None:
        """A screen's light is never quite still."""
        x, y = now.view.place(*screen)
        unit = lens.focal / screen[2] * now.view.scale(screen[2])
        beat = 0.07 + 0.022 * math.sin(now.time_s * 2.1) + 0.010 * math.sin(now.time_s * 5.7)
        shine(now.picture, [light((x, y), (3.4 * unit, 2.2 * unit), (170, 205, 255), beat)])

    layers.append(Layer(chamber.deep - 0.2, flicker))
    return World(
        lens=lens,
        reach_m=8.0,
        layers=tuple(layers),
        light=in_here(outside.light, inside, COOL),
        shows=SHOWS,
        company=(Mention("man"), Mention("woman")),
        grounds={
            "ground": Ground(eye_height_m=EYE_M, depth_m=(6.2, 6.9)),
            "air": Ground(eye_height_m=EYE_M, depth_m=(6.0, 8.0), rise=(0.10, 0.22)),
        },
    )


def _furnished(random: Random, inside: Indoors, side: int) -> Chamber:
    wall = WALLS[int(random.integers(len(WALLS)))]
    room = Chamber(
        wide=4.3, tall=3.0, deep=12.0, eye=EYE_M,
        walls=Surface(colour=wall, material=PLAIN),
        back=Surface(colour=(146, 112, 84), material=PANEL, gloss=0.05),
        floor=Surface(colour=(92, 100, 112), material=CARPET),
        ceiling=Surface(colour=(236, 238, 240), material=PLAIN),
        ambient=added(inside.ambient, 0.40 * inside.lamps),
        sun=inside.sun, sun_light=inside.sun_light,
    )  # fmt: skip
    room.window("x", (side * room.wide, 1.55, 8.6), (3.1, 1.35), inside.window)
    _glazing(room, side)
    _ceiling(room, inside.lamps)
    _meeting(room, random, side)
    return room


def _glazing(room: Chamber, side: int) -> None:
    """The window wall's posts, and a plant before it."""
    wall = side * (room.wide - 0.03)
    frame = [
        box((wall, 0.17, 8.6), (0.10, 0.04, 3.1), (70, 74, 80)),
        box((wall, 2.92, 8.6), (0.06, 0.03, 3.1), (70, 74, 80), casts=False),
    ]
    posts = (5.55 + 1.53 * i for i in range(5))
    frame += [box((wall, 1.55, z), (0.04, 1.36, 0.03), (70, 74, 80)) for z in posts]
    room.add(room.deep + 0.5, *frame)


def _ceiling(room: Chamber, lamps: float) -> None:
    """Two rows of flat lights."""
    power = 1.5 * lamps
    for x in (-1.7, 1.7):
        for z in (6.4, 8.8, 11.0):
            glow = times((255, 255, 255), min(1.0, 0.35 + lamps))
            room.add(
                room.deep + 0.4,
                box(
                    (x, room.tall - 0.015, z),
                    (0.55, 0.02, 0.28),
                    (255, 252, 246),
                    glow=glow,
                    casts=False,
                ),
            )
            room.window(
                "h", (x, room.tall - 0.04, z), (0.55, 0.28), times(COOL, 9.0 * power), opening=False
            )


def _meeting(room: Chamber, random: Random, side: int) -> None:
    at, colour = -side * 0.6, BLUES[int(random.integers(len(BLUES)))]
    dark = (44, 47, 54)
    screen = box(
        (at, 1.75, 11.95), (1.35, 0.76, 0.03), colour, material=CHART, glow=(150, 154, 162),
        seed=int(random.integers(1, 99)), casts=False,
    )  # fmt: skip
    room.add(11.97, box((at, 1.75, 11.98), (1.39, 0.80, 0.02), (16, 16, 18), casts=False), screen)
    room.window("z", (at, 1.75, 11.9), (1.35, 0.76), (0.55, 0.62, 0.75), opening=False)
    for row in range(2):
        z = 8.5 + 1.35 * row
        for x in (-1, 1):
            room.add(
                z + 0.1, *_turned(of.chair(at + x * 1.28, z, dark, facing=-1), at + x * 1.28, z, x)
            )
    room.add(11.0, *of.chair(at, 10.95, dark, facing=-1))
    top: list[Row] = [
        box(
            (at, 0.74, 9.2),
            (0.82, 0.025, 1.65),
            (150, 104, 68),
            material=WOOD,
            soft=0.02,
            gloss=0.30,
        ),
        box((at - 0.45, 0.36, 9.2), (0.05, 0.36, 0.7), dark),
        box((at + 0.45, 0.36, 9.2), (0.05, 0.36, 0.7), dark),
    ]
    for dx, z in ((-0.5, 8.4), (0.52, 9.0), (-0.48, 9.9)):
        top += [
            box((at + dx, 0.775, z), (0.17, 0.009, 0.12), (176, 180, 186), gloss=0.15),
            box((at + dx, 0.89, z + 0.13), (0.17, 0.11, 0.008), (22, 24, 28),
                glow=(0, 0, 0), casts=False),
        ]  # fmt: skip
    for dx, z in ((0.35, 8.1), (-0.2, 9.3), (0.3, 9.8)):
        top.append(
            cone(
                (at + dx, 0.765, z), 0.11, 0.045, (226, 230, 232), top=0.85, gloss=0.2, casts=False
            )
        )
        top.append(
            box((at + dx - 0.3, 0.768, z + 0.1), (0.10, 0.004, 0.14), (240, 240, 236), casts=False)
        )
    room.add(9.0, *top)
    room.add(11.2, *of.plant(random, at + side * -2.2, 11.1, 1.5, pot=(70, 74, 80)), sway=0.003)
    board = -side * 4.25
    room.add(
        11.0, box((board, 1.6, 8.8), (0.02, 0.65, 1.3), (248, 248, 248), gloss=0.15),
        box((board, 0.93, 8.8), (0.06, 0.015, 1.3), (150, 152, 156), casts=False),
    )  # fmt: skip


def _turned(shapes: list[Row], x: float, z: float, side: int) -> list[Row]:
    """A chair at the table's side: what was behind it is now away from the table."""
    turned = []
    for shape in shapes:
        out = list(shape)
        out[1], out[3] = x + side * (shape[3] - z), z + (shape[1] - x)
        out[4], out[6] = shape[6], shape[4]
        turned.append(out)
    return turned
