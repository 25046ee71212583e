"""Subjects walk into a painted place: sized, placed, lit by its light, mirrored and moving."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic import cast
from filmgate.engines.animatic.cast_list import Subject, subject
from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.gaits import GAITS, Gait, beats_s, posture
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, Played, World
from filmgate.engines.animatic.stage import lay, standing
from filmgate.engines.animatic.storyboard import Mention

# Where a subject goes when a place does not have the ground it is at home on, best first.
SECOND_HOMES = {
    "ground": ("ground", "shore", "water", "air"),
    "shore": ("shore", "ground", "water", "air"),
    "water": ("water", "ground", "air"),
    "underwater": ("underwater", "water", "air", "ground"),
    "air": ("air", "ground", "water"),
    "space": ("space", "air", "ground"),
}
DETAIL = 1.4
"""Sprites are drawn this much larger than they stand at rest, for a camera that comes near."""
LOWEST = 0.93
"""Nothing touches the ground lower than this part of the frame."""
AMBIENT_SHARE, KEY_SHARE = 0.80, 0.62
HAZE_MOST = 0.35
NEARER = {"close-up": 1.75, "wide": 0.6}
"""How much larger a style word shows the subjects."""
LARGEST = 0.66
MOST = 24
"""More of one kind would hide one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where and how one subject of a group stands."""

    across: float
    down: float
    depth_m: float
    height_px: float
    heading: int
    """+1 travels to the right, -1 to the left."""
    phase: float


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
        stands, drawn = _layers(world, brief, mention, rank=rank, extra=extra)
        layers.extend(drawn)
        who = subject(mention.subject)
        played.extend(_played(brief, who, stand, asked=not extra) for stand in stands)
    return replace(world, layers=(*world.layers, *layers), played=tuple(played))


def _played(brief: Brief, who: Subject, stand: Stand, *, asked: bool) -> Played:
    gait = _tempered(GAITS[who.gait], brief, stand)
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


def _layers(
    world: World, brief: Brief, mention: Mention, *, rank: int, extra: bool
) -> tuple[list[Stand], list[Layer]]:
    who = subject(mention.subject)
    grounds = {"space": FIRMAMENT} | world.grounds
    ground = next((grounds[home] for home in SECOND_HOMES[who.home] if home in grounds), None)
    if ground is None:
        return [], []
    # Every subject has its own chance, so that sending one away moves nothing else.
    random = np.random.Generator(np.random.PCG64([brief.seed, zlib.crc32(who.name.encode())]))
    height_px = _height_px(brief, who, mention.count, extra=extra)
    plate = cast.picture(who.name, round(height_px * DETAIL), colour=mention.colour)
    width_px = height_px * plate.shape[1] / plate.shape[0]
    group = _Group(mention.count, rank, height_px, width_px)
    if who.category == "flower" and mention.count > 1:
        stands = _bed(brief, ground, group, random)
    else:
        stands = _stands(brief, who, ground, group, random, extra=extra)
    layers: list[Layer] = []
    for stand in stands:
        layers.extend(_actor(brief, who, ground, plate, stand))
    return stands, layers


@dataclass(frozen=True, slots=True)
class _Group:
    """How many of one kind, which of the prompt's subjects they are, and the size of one."""

    count: int
    rank: int
    height_px: float
    width_px: float


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
    lift = ground.rise[0] + (ground.rise[1] - ground.rise[0]) * (0.35 + 0.5 * random.random())
    spread = min(0.8, (count - 1) * (1.5 if flies else 1.05) * group.width_px / lens.width)
    stands: list[Stand] = []
    for number in range(min(count, MOST)):
        slot = (number + 0.5) / count - 0.5 + 0.25 / count * (random.random() - 0.5)
        size = group.height_px * (1.0 if count == 1 else 0.82 + 0.36 * random.random())
        depth_m = _depth_m(brief, who, ground, size)
        down = lens.focal * ground.eye_height_m / depth_m
        if flies:
            down = -(lift + 0.16 * (random.random() - 0.5)) * lens.height
            down = max(down, size * 1.25 - lens.horizon)  # its top stays in the frame
        stands.append(
            Stand(
                across=(middle + spread * slot) * lens.width,
                down=down,
                depth_m=depth_m,
                height_px=size,
                heading=heading,
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


def _height_px(brief: Brief, who: Subject, count: int, *, extra: bool) -> float:
    """Small things are shown larger than they are and large things smaller, as a painter would."""
    share = min(max(0.19 * (who.height_m / 1.8) ** 0.30, 0.07), 0.46)
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


def _actor(
    brief: Brief, who: Subject, ground: Ground, plate: cast.Sprite, stand: Stand
) -> list[Layer]:
    """One subject as layers: its shadow or mirror image, and itself."""
    facing = {"left": -1, "right": 1, "front": stand.heading}[who.facing]
    sprite = plate if facing == stand.heading else plate[:, ::-1]
    lit = cast.graded(
        np.ascontiguousarray(sprite),
        _light_on(brief, stand),
        interior=who.interior,
        glow=who.glow,
    )
    waterline = round(lit.shape[0] * (1 - who.sinks)) if ground.reflects else lit.shape[0]
    above = lit[:waterline]
    size = stand.height_px / lit.shape[0]
    gait = _tempered(GAITS[who.gait], brief, stand)
    layers: list[Layer] = []
    if ground.reflects:
        mirrored = _mirror(brief.light, above, ground.reflects)
        layers.append(_moving(mirrored, (0.5, 0.0), size, gait, brief, stand, under=True))
    elif not ground.rise[1]:
        layers.append(
            _moving(_shade(brief.light, lit), (0.5, 0.5), size, gait, brief, stand, under=True)
        )
    body = _cut(brief.light, above, stand.depth_m)
    layers.append(_moving(body, (0.5, 1.0), size, gait, brief, stand, under=False))
    return layers


def _moving(
    texture: Cutout,
    foot: tuple[float, float],
    size: float,
    gait: Gait,
    brief: Brief,
    stand: Stand,
    *,
    under: bool,
) -> Layer:
    """A layer that follows the gait; what lies under it stays on the ground."""
    width, height = texture.size
    anchor = (foot[0] * width, foot[1] * height)
    middle_s = brief.duration_s / 2

    def draw(now: Instant) -> None:
        beat = posture(gait, now.time_s, stand.phase)
        travelled = posture(gait, middle_s, stand.phase).right
        across = stand.across + stand.heading * (beat.right - travelled) * stand.height_px
        up = 0.0 if under else beat.up * stand.height_px
        matrix = standing(
            now.view,
            across,
            stand.down - up,
            stand.depth_m,
            anchor,
            size=size,
            turn=-beat.turn * 0.5 if under else beat.turn,
            stretch=(beat.wide, beat.tall),
        )
        lay(now.picture, texture, matrix, now.scratch)

    return Layer(stand.depth_m + (0.01 if under else 0.0), draw)


def _tempered(gait: Gait, brief: Brief, stand: Stand) -> Gait:
    """No faster than half the frame's width in the whole film."""
    most = 0.5 * brief.lens.width / (brief.duration_s * stand.height_px)
    return replace(gait, speed=min(gait.speed, most))


def _light_on(brief: Brief, stand: Stand) -> cast.Light:
    light, lens = brief.light, brief.lens
    across = (light.sun[0] - 0.5) * lens.width - stand.across
    up = light.sun[1] * lens.height + stand.down
    # By day sky and sun together must not burn out what is white.
    red, green, blue = (channel / 255 * AMBIENT_SHARE for channel in light.ambient)
    key_red, key_green, key_blue = (channel / 255 * KEY_SHARE for channel in light.key)
    return cast.Light(
        ambient=(red, green, blue),
        key=(key_red, key_green, key_blue),
        key_direction=(across, max(up, 0.05 * lens.height)),
        backlight=light.backlight,
    )


def _cut(light: Daylight, sprite: cast.Sprite, depth_m: float) -> Cutout:
    """Air between us and it: what is far takes the haze's colour."""
    haze = min(1 - math.exp(-depth_m / 900), HAZE_MOST)
    rgb = sprite[..., :3].astype(np.float32)
    rgb += (np.array(light.haze, np.float32) - rgb) * np.float32(haze)
    return cutout(rgb, _alpha(sprite))


def _alpha(sprite: cast.Sprite) -> Floats:
    return sprite[..., 3].astype(np.float32) / np.float32(255)


def _shade(light: Daylight, sprite: cast.Sprite) -> Cutout:
    """The contact shadow, in the dark of the scene's own light."""
    plate = cast.shadow(sprite)
    dark = np.array(light.ambient, np.float32) * np.float32(0.12)
    rgb = np.broadcast_to(dark, (*plate.shape[:2], 3)).astype(np.float32)
    return cutout(rgb, _alpha(plate))


def _mirror(light: Daylight, above: cast.Sprite, strength: float) -> Cutout:
    """Its image in the water: upside down, rippled ever more and gone at its end."""
    height, width = above.shape[:2]
    rows = np.arange(height, dtype=np.float32)
    away = rows / np.float32(height)
    wave = np.sin(away * 46 + 6 * away * away) * (0.010 + 0.045 * away) * height
    flipped = above[::-1]
    columns = np.arange(width, dtype=np.float32)[None] + wave[:, None]
    sources = np.clip(columns, 0, width - 1).astype(np.int32)
    inside = (columns >= 0) & (columns <= width - 1)
    rippled = np.take_along_axis(flipped, sources[..., None].repeat(4, 2), axis=1)
    fade = np.float32(strength) * (1 - away) ** 1.3
    alpha = _alpha(rippled) * fade[:, None] * inside
    rgb = rippled[..., :3].astype(np.float32) * np.float32(0.78)
    rgb += np.array(light.water, np.float32) * np.float32(0.22)
    return cutout(rgb, alpha.astype(np.float32))
