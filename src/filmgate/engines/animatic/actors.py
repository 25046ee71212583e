"""Subjects walk into a painted place: sized, placed, lit by its light, mirrored and moving."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.acting import Stand, acted, costume, leaf_colour, tempered
from filmgate.engines.animatic.cast_list import Subject, subject
from filmgate.engines.animatic.gaits import Gait, beats_s
from filmgate.engines.animatic.grove import GROWN, grown
from filmgate.engines.animatic.scene import Brief, Ground, Layer, Played, World
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.wayfarers import along, follows

# Where a subject goes when a place does not have the ground it is at home on, best first.
SECOND_HOMES = {
    "ground": ("ground", "shore", "water", "air"),
    "shore": ("shore", "ground", "water", "air"),
    "water": ("water", "ground", "air"),
    "underwater": ("underwater", "water", "air", "ground"),
    "air": ("air", "ground", "water"),
    "space": ("space", "air", "ground"),
}
LOWEST = 0.89
"""Nothing touches the ground lower than this part of the frame."""
NEARER = {"close-up": 1.75, "wide": 0.6, "blooming": 2.1}
"""How much larger a style word shows the subjects."""
LARGEST = 0.66
STILL = Gait()
ARMS_LENGTH = 0.72
"""How far those who stand together are apart, in their heights."""
INDOORS: dict[str, dict[str, str | None]] = {
    "room": {},
    "office": {},
    "stage": {"dancer": None, "ballerina": None},
}
"""Where people stand unless they are said or known to do something else."""
MOST = 24
"""More of one kind would hide one another."""


# Planets and the like hang far behind everything that is painted but the sky itself.
FIRMAMENT = Ground(eye_height_m=0.0, depth_m=(2e5, 2e5), rise=(0.22, 0.36))
HELD_BY_SKY = {True: frozenset({"full_moon"}), False: frozenset({"sun"})}
"""What the sky itself shows, by whether there are all stars: asked for or not, it is there once."""


def peopled(world: World, brief: Brief) -> World:
    """The world with everything that was mentioned, and with what lives there anyway unless the
    prompt named it itself or the negative prompt sent it away."""
    board = brief.storyboard
    brief = replace(brief, light=world.light)
    named = {mention.subject for mention in board.subjects}
    shown_already = HELD_BY_SKY[brief.light.stars >= 1]
    if board.place_named:
        shown_already |= world.holds
    cast_now = [
        mention
        for mention in board.subjects
        if mention.subject not in shown_already or mention.colour is not None
    ]
    if not board.subjects:
        cast_now += [mention for mention in world.company if mention.subject not in board.banned]
    own = len(cast_now)
    unwanted = named | board.banned
    cast_now += [mention for mention in world.ambient if mention.subject not in unwanted]
    layers: list[Layer] = []
    played: list[Played] = []
    for rank, mention in enumerate(cast_now):
        extra = rank >= own
        shown, drawn = _layers(world, brief, mention, rank=rank, extra=extra)
        layers.extend(drawn)
        played.extend(shown)
    return replace(world, layers=(*world.layers, *layers), played=tuple(played))


def _layers(
    world: World, brief: Brief, mention: Mention, *, rank: int, extra: bool
) -> tuple[list[Played], list[Layer]]:
    who = subject(mention.subject)
    grounds = {"space": FIRMAMENT} | world.grounds
    ground = next((grounds[home] for home in SECOND_HOMES[who.home] if home in grounds), None)
    if ground is None:
        return [], []
    if world.street is not None and not extra and follows(who, mention):
        return along(brief, world.street, who, mention, rank=rank)
    # Every subject has its own chance, so that sending one away moves nothing else.
    random = np.random.Generator(np.random.PCG64([brief.seed, zlib.crc32(who.name.encode())]))
    height_px = _height_px(brief, who, mention, extra=extra)
    blooms = "blooming" in brief.storyboard.style
    if mention.action is None and brief.storyboard.place in INDOORS and who.category == "person":
        mention = replace(mention, action=INDOORS[brief.storyboard.place].get(who.name, "stand"))
    if who.name in GROWN:
        group = _Group(mention.count, rank, height_px, height_px, 1.0)
        stands = _stands(brief, who, ground, group, random, extra=extra)
        spots = [(s.across, s.down, s.depth_m, s.height_px) for s in stands]
        here = [_played(brief, who, STILL, stand, asked=not extra) for stand in stands]
        return here, grown(brief, who.name, spots, leaf_colour(mention))
    wears = costume(who, mention, height_px, afloat=ground.reflects > 0, blooms=blooms)
    stays = wears.gait.speed == 0
    group = _Group(mention.count, rank, height_px, height_px * wears.ratio, wears.tall, stays)
    if who.category == "flower" and mention.count > 1:
        stands = _bed(brief, ground, group, random)
    else:
        stands = _stands(brief, who, ground, group, random, extra=extra)
    gait = wears.gait
    played = [_played(brief, who, gait, stand, asked=not extra) for stand in stands]
    return played, acted(brief, ground, wears, stands)


def _played(brief: Brief, who: Subject, gait: Gait, stand: Stand, *, asked: bool) -> Played:
    gait = tempered(gait, brief, stand)
    pace = brief.storyboard.pace
    beats = beats_s(gait, stand.phase, brief.duration_s)
    return Played(
        subject=who.name,
        asked=asked,
        depth_m=stand.depth_m,
        down_px=stand.down,
        across=stand.across / brief.lens.width,
        passes=gait.speed * stand.height_px * brief.duration_s > 0.25 * brief.lens.width,
        beats_s=tuple(beat / pace for beat in beats),
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """How many of one kind, which of the prompt's subjects they are, and the size of one."""

    count: int
    rank: int
    height_px: float
    width_px: float
    tall: float
    """How much higher than itself one needs room to be."""
    stays: bool = False
    """Those who stay where they are look at each other."""


def _stands(
    brief: Brief,
    who: Subject,
    ground: Ground,
    group: _Group,
    random: np.random.Generator,
    *,
    extra: bool,
) -> list[Stand]:
    """Places for a group: the first subject of a prompt near a third of the frame, the others
    where there is room, a flock around its middle."""
    lens, count = brief.lens, group.count
    flies = ground.rise[1] > 0
    # Every other subject on the other side, ever farther out.
    side = 1 if (brief.seed + group.rank) % 2 else -1
    middle = side * (0.11 * group.rank + (0.09 + 0.08 * random.random()) * brief.freedom)
    if extra:
        middle = (random.random() - 0.5) * 0.66
    heading = 1 if random.random() < 0.5 else -1
    if not extra:
        heading = -1 if middle > 0 else 1  # into the picture, not out of it
    lift = ground.rise[0] + (ground.rise[1] - ground.rise[0]) * (0.35 + 0.5 * random.random())
    apart = max((1.5 if flies else 1.05) * group.width_px, 0.5 * group.height_px)
    if group.stays:
        apart = max(apart, ARMS_LENGTH * group.height_px)
    spread = min(0.8, (count - 1) * apart / lens.width)
    stands: list[Stand] = []
    for number in range(min(count, MOST)):
        slot = (number + 0.5) / count - 0.5 + 0.25 / count * (random.random() - 0.5)
        size = group.height_px * (1.0 if count == 1 else 0.82 + 0.36 * random.random())
        depth_m = _depth_m(brief, who, ground, size)
        down = lens.focal * ground.eye_height_m / depth_m
        if flies:
            down = -(lift + 0.16 * (random.random() - 0.5)) * lens.height
            down = max(down, size * group.tall * 1.25 - lens.horizon)  # its top stays in the frame
        stands.append(
            Stand(
                across=(middle + spread * slot) * lens.width,
                down=down,
                depth_m=depth_m,
                height_px=size,
                heading=(1 if slot < 0 else -1) if group.stays and count > 1 else heading,
                phase=float(random.random()),
            )
        )
    return stands


def _bed(brief: Brief, ground: Ground, group: _Group, random: np.random.Generator) -> list[Stand]:
    """Many flowers all over the near ground, smaller with the distance."""
    lens = brief.lens
    nearest = _foot_m(brief, ground)
    stands: list[Stand] = []
    for _ in range(min(group.count * 7, MOST)):
        depth_m = min(nearest * (1.0 + 1.9 * random.random() ** 1.5), ground.depth_m[1])
        stands.append(
            Stand(
                across=(random.random() - 0.5) * 1.1 * lens.width,
                down=lens.focal * ground.eye_height_m / depth_m,
                depth_m=depth_m,
                height_px=0.8 * group.height_px * nearest / depth_m * (0.8 + 0.4 * random.random()),
                heading=1 if random.random() < 0.5 else -1,
                phase=float(random.random()),
            )
        )
    return stands


def _foot_m(brief: Brief, ground: Ground) -> float:
    """The nearest that a foot is still in the frame."""
    lens = brief.lens
    room = LOWEST * lens.height - lens.horizon
    return max(ground.depth_m[0], lens.focal * ground.eye_height_m / room)


def _height_px(brief: Brief, who: Subject, mention: Mention, *, extra: bool) -> float:
    """Small things are shown larger than they are and large things smaller, as a painter would."""
    count = mention.count
    share = mention.size * min(max(0.19 * (who.height_m / 1.8) ** 0.30, 0.07), 0.46)
    share *= 0.22 if extra else 1.3 * count ** (-0.5 if who.home == "air" else -0.25)
    if not extra:
        nearer = [NEARER[style] for style in brief.storyboard.style if style in NEARER]
        share = min(share * math.prod(nearer), LARGEST)
    # A tall frame is far wider in its field: measure by the side that things have to fit.
    return float(share * min(brief.lens.height, brief.lens.width * 0.8))


def _depth_m(brief: Brief, who: Subject, ground: Ground, height_px: float) -> float:
    """As far as makes it that large, but with its foot in the frame and on the ground there is."""
    lens = brief.lens
    nearest, farthest = ground.depth_m
    if ground.rise[1] == 0:
        nearest = _foot_m(brief, ground)
    wanted = lens.focal * who.height_m / height_px
    return min(max(wanted, nearest), farthest)
