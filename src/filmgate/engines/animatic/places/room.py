"""A living room: a sofa, a rug, books and plants, and a wide window on a town or a garden."""

from __future__ import annotations

import numpy as np

from filmgate.engines.animatic import furniture as of
from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.indoors import (
    LAMPLIGHT,
    Dust,
    Indoors,
    Outlook,
    in_here,
    indoors,
    times,
)
from filmgate.engines.animatic.interior import Chamber, Interior, Surface, ball, box, cone
from filmgate.engines.animatic.kernels.matter import ART, BOARDS, CURTAIN, PLAIN, RUG, WOOD
from filmgate.engines.animatic.scene import Brief, Ground, Layer, World
from filmgate.engines.animatic.sky import SHOWS

EYE_M = 1.5
UP_M = 45.0
"""How high over the town the room is."""
WALLS: tuple[Colour, ...] = ((222, 214, 202), (196, 204, 198), (214, 206, 212), (200, 196, 188))
SOFAS: tuple[Colour, ...] = (
    (88, 104, 118),
    (150, 96, 70),
    (76, 98, 84),
    (176, 166, 150),
    (128, 64, 62),
)
RUGS: tuple[Colour, ...] = ((146, 62, 52), (62, 82, 112), (170, 140, 98), (84, 100, 88))
Random = np.random.Generator


def build(brief: Brief) -> World:
    lens = brief.lens
    outside = Outlook(brief, up_m=UP_M)
    random = np.random.Generator(np.random.PCG64(brief.seed))
    side = -1 if random.random() < 0.5 else 1
    inside = indoors(outside.light, side=side, gloom=outside.gloom)
    chamber = _furnished(random, inside, side)
    interior = Interior(lens, chamber, vanish=float(random.uniform(-0.05, 0.05)) * lens.width)
    layers = outside.layers(interior)
    layers.append(Layer(chamber.deep + 1, interior.draw))
    layers += [Layer(depth, group.draw) for depth, group in interior.groups]
    glow = inside.sun_light if max(inside.sun_light) > 0.4 else LAMPLIGHT
    layers.append(Layer(4.0, Dust(lens, times(glow, 255), 0.13, brief.seed + 4).draw))
    return World(
        lens=lens,
        reach_m=8.0,
        layers=tuple(layers),
        light=in_here(outside.light, inside),
        shows=SHOWS,
        grounds={
            "ground": Ground(eye_height_m=EYE_M, depth_m=(6.4, 7.8)),
            "air": Ground(eye_height_m=EYE_M, depth_m=(6.0, 8.0), rise=(0.08, 0.22)),
        },
    )


def _furnished(random: Random, inside: Indoors, side: int) -> Chamber:
    wall = WALLS[int(random.integers(len(WALLS)))]
    room = Chamber(
        wide=4.1, tall=3.15, deep=11.0, eye=EYE_M,
        walls=Surface(colour=wall, material=PLAIN),
        back=Surface(colour=times(wall, 0.96), material=PLAIN),
        floor=Surface(colour=(172, 124, 82), material=BOARDS, gloss=0.55),
        ceiling=Surface(colour=(236, 233, 228), material=PLAIN),
        ambient=inside.ambient, sun=inside.sun, sun_light=inside.sun_light,
    )  # fmt: skip
    middle = -side * 0.75
    room.window("z", (middle, 1.62, room.deep), (1.75, 1.05), inside.window)
    room.window("x", (side * room.wide, 1.62, 8.2), (1.25, 1.05), inside.window)
    _windows(room, random, middle, side)
    _seats(room, random, middle, side, inside)
    return room


def _windows(room: Chamber, random: Random, middle: float, side: int) -> None:
    """Frames, sills and curtains."""
    white, deep = (238, 236, 230), room.deep - 0.03
    frame = [
        box((middle, 0.55, deep), (1.85, 0.03, 0.10), white),
        box((middle, 2.68, deep), (1.80, 0.04, 0.05), white, casts=False),
    ]
    posts = (middle + x for x in (-1.77, -0.58, 0.58, 1.77))
    frame += [box((x, 1.62, deep), (0.03, 1.06, 0.04), white, casts=False) for x in posts]
    frame.append(box((middle, 2.1, deep), (1.75, 0.02, 0.03), white, casts=False))
    room.add(room.deep + 0.5, *frame)
    wall = side * (room.wide - 0.02)
    frame = [box((wall, 0.55, 8.2), (0.08, 0.03, 1.35), white)]
    for z in (-1.27, 0.0, 1.27):
        frame.append(box((wall, 1.62, 8.2 + z), (0.03, 1.06, 0.03), white, casts=False))
    frame.append(box((wall, 2.68, 8.2), (0.03, 0.04, 1.3), white, casts=False))
    room.add(room.deep + 0.5, *frame)
    cloth = ((206, 196, 178), (158, 146, 132), (120, 128, 134))[int(random.integers(3))]
    for x in (-1.98, 1.98):
        folds = box(
            (middle + x, 1.42, deep - 0.12), (0.27, 1.42, 0.06), cloth, material=CURTAIN, soft=0.05
        )
        room.add(room.deep - 0.1, folds, sway=0.004, hung=True)
    rail = box((middle, 2.86, deep - 0.12), (2.35, 0.014, 0.014), of.BLACK, casts=False)
    room.add(room.deep - 0.09, rail)


def _seats(room: Chamber, random: Random, middle: float, side: int, inside: Indoors) -> None:
    colour = SOFAS[int(random.integers(len(SOFAS)))]
    rug = RUGS[int(random.integers(len(RUGS)))]
    on = inside.lamps
    room.add(10.3, box((middle, 0.012, 9.1), (2.0, 0.012, 1.15), rug, material=RUG, casts=False))
    at = middle + side * 0.1
    pillows = [
        of.pillow(at - 0.72, 0.68, 9.72, (204, 150, 62), 3),
        of.pillow(at + 0.78, 0.68, 9.70, (226, 218, 204), 4),
    ]
    room.add(9.9, *of.sofa(at, 9.95, colour), *pillows)
    lamp = at + side * 1.55
    room.add(9.8, *of.floor_lamp(lamp, 10.1, on))
    if on > 0.02:
        room.lamps.append([lamp, 1.55, 10.1, 0.16, *times(LAMPLIGHT, 3.0 * on)])
    table = of.table(at, 8.75, (0.62, 0.34), 0.40, of.WALNUT)
    table += [
        box((at - 0.2, 0.42, 8.72), (0.15, 0.018, 0.11), (196, 84, 60)),
        box((at - 0.18, 0.45, 8.73), (0.13, 0.014, 0.10), (62, 84, 104), casts=False),
        cone((at + 0.3, 0.40, 8.7), 0.16, 0.06, (214, 206, 192), top=0.7),
        ball((at + 0.3, 0.66, 8.7), (0.13, 0.12, 0.11), (176, 92, 96), material=9, casts=False),
    ]
    room.add(8.7, *table)
    room.add(8.4, *of.armchair(at + side * 2.35, 8.5, (176, 150, 112), side=side))
    case = -side * 3.35
    room.add(10.8, *of.bookcase(random, case, 10.75, 0.72, 2.3, of.OAK))
    room.add(9.6, *of.plant(random, -side * 3.3, 9.4, 1.55), sway=0.005)
    art = middle + side * 3.35
    room.add(
        10.9,
        box((art, 1.78, 10.96), (0.62, 0.46, 0.02), (96, 128, 150), material=ART,
            seed=int(random.integers(1, 99))),
        box((art, 0.42, 10.72), (0.75, 0.36, 0.22), of.OAK, material=WOOD, soft=0.01),
        cone((art - 0.35, 0.78, 10.7), 0.30, 0.08, (120, 134, 140), top=0.5),
        ball((art + 0.3, 0.92, 10.7), (0.14, 0.16, 0.12), (208, 196, 176), gloss=0.1),
    )  # fmt: skip
    glow = 0.9 * on
    room.add(8.9, *of.pendant(at, 2.2, 8.9, room.tall, (52, 54, 58), glow), sway=0.004, hung=True)
    if on > 0.02:
        room.lamps.append([at, 2.16, 8.9, 0.1, *times(LAMPLIGHT, 3.4 * on)])
