"""One of the cast in the scene: lit by its light, mirrored or shadowed, and moving."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from filmgate.engines.animatic import cast
from filmgate.engines.animatic.cast_list import Subject
from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.gaits import GAITS, LEAP_TOP, Gait, posture
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.puppets.swimmers import HULLS
from filmgate.engines.animatic.puppets.troupe import Puppet, in_pairs, puppet
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer
from filmgate.engines.animatic.stage import Matrix, lay, standing
from filmgate.engines.animatic.storyboard import Mention
from filmgate.media.encode import Picture

DETAIL = 1.3
"""Figures are drawn this much larger than they stand at rest, for a camera that comes near."""
AMBIENT_SHARE, KEY_SHARE = 0.80, 0.62
HAZE_MOST = 0.35
SWIMS_UNDER = 0.5
"""How much of a fish is under water where it swims at the surface."""
TRAVELS_MOST = 0.38
SHADOW_LONGEST = 1.7
"""Of a cast shadow, in heights of what casts it."""
SHADOWS_BY_WEATHER = {"clear": 0.5, "wind": 0.45, "cloudy": 0.15}
SHADOWS_BY_HOUR = {"dusk": 0.0, "night": 0.35, "moonlight": 0.8}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Costume:
    """How a subject looks before light falls on it: one drawing, or the poses of a figure."""

    who: Subject
    plate: cast.Sprite | None
    figure: Puppet | None
    height_px: float
    """Its height at rest in the plates' pixels."""
    gait: Gait

    @property
    def tall(self) -> float:
        """Height of the plates, with all that goes beyond the figure at rest."""
        if self.figure is not None:
            return float(self.figure.poses[0].cover.shape[0] / self.height_px)
        return 1.0

    @property
    def ratio(self) -> float:
        """Width to height."""
        if self.figure is not None:
            return float(self.figure.poses[0].cover.shape[1] / self.height_px)
        assert self.plate is not None
        return float(self.plate.shape[1] / self.plate.shape[0])

    def lit(self, light: cast.Light, heading: int) -> list[cast.Sprite]:
        """Every pose in this light, looking where it goes."""
        who = self.who
        if self.figure is not None:
            turned = [pose if heading > 0 else pose.mirrored() for pose in self.figure.poses]
            return in_pairs(
                lambda pose: cast.graded_figure(pose, light, interior=who.interior), turned
            )
        assert self.plate is not None
        facing = {"left": -1, "right": 1, "front": heading}[who.facing]
        sprite = self.plate if facing == heading else self.plate[:, ::-1]
        flat = np.ascontiguousarray(sprite)
        return [cast.graded(flat, light, interior=who.interior, glow=who.glow)]

    def foot(self, heading: int) -> tuple[float, float]:
        """Where it stands, in pixels of its plates."""
        if self.figure is None:
            assert self.plate is not None
            return self.plate.shape[1] / 2, float(self.plate.shape[0])
        x, y = self.figure.foot
        return (x if heading > 0 else self.figure.poses[0].cover.shape[1] - x), y


def costume(
    who: Subject, mention: Mention, height_px: float, *, afloat: bool, blooms: bool
) -> Costume:
    """Drawn for a subject that is ``height_px`` high in the frame; ``afloat`` on open
    water, ``blooms`` from bud to flower."""
    tall = height_px * DETAIL
    named = cast.colour_words()
    action = "bloom" if blooms else mention.action
    paint = named[mention.colour] if mention.colour is not None else None
    figure = puppet(who, action, tall, paint, afloat=afloat)
    if figure is not None:
        return Costume(who=who, plate=None, figure=figure, height_px=tall, gait=figure.gait)
    plate = cast.picture(who.name, round(tall), colour=mention.colour)
    gait = GAITS[DRAWN_ACTIONS.get(mention.action or "", who.gait)]
    return Costume(who=who, plate=plate, figure=None, height_px=plate.shape[0], gait=gait)


def leaf_colour(mention: Mention) -> Colour | None:
    """A colour word in 0..255."""
    if mention.colour is None:
        return None
    red, green, blue = cast.colour_words()[mention.colour]
    return red * 255, green * 255, blue * 255


DRAWN_ACTIONS = {"stand": "stand", "sit": "stand", "rest": "stand", "run": "gallop", "jump": "hop"}
"""What a drawing can do of what a prompt asks for."""


def acted(brief: Brief, ground: Ground, wears: Costume, stands: list[Stand]) -> list[Layer]:
    """A group as layers: the shadow or mirror image of each, and each itself. All that look the
    same way share one light."""
    layers: list[Layer] = []
    shared: dict[int, list[cast.Sprite]] = {}
    if wears.gait.leap:
        stands = [_in_turn(brief, wears.gait, stand) for stand in stands]
    for stand in stands:
        if stand.heading not in shared:
            shared[stand.heading] = wears.lit(light_on(brief, stand), stand.heading)
        layers.extend(_actor(brief, ground, wears, stand, shared[stand.heading]))
    return layers


def _in_turn(brief: Brief, gait: Gait, stand: Stand) -> Stand:
    """One after the other, the highest around the middle of the film."""
    middle = brief.duration_s / 2 / gait.leap_every_s
    return replace(stand, phase=LEAP_TOP - middle + 0.12 * (stand.phase - 0.5))


def _actor(
    brief: Brief, ground: Ground, wears: Costume, stand: Stand, plates: list[cast.Sprite]
) -> list[Layer]:
    who, light = wears.who, brief.light
    foot = wears.foot(stand.heading)
    if wears.gait.leap:
        bodies = [cut(light, plate, stand.depth_m) for plate in plates]
        middle = (plates[0].shape[1] / 2, plates[0].shape[0] / 2)
        part = _Part(brief, stand, wears.gait, stand.height_px / wears.height_px)
        return [part.leaping(bodies, middle), part.foaming()]
    if ground.reflects:
        sinks = max(who.sinks, SWIMS_UNDER) if who.name in HULLS else who.sinks
        above = round(plates[0].shape[0] * (1 - sinks))
        plates = [plate[:above] for plate in plates]
        foot = (foot[0], min(foot[1], float(above)))
    size = stand.height_px / wears.height_px
    part = _Part(brief, stand, tempered(wears.gait, brief, stand), size)
    layers: list[Layer] = []
    if ground.reflects:
        mirrored = [mirror(light, plate, ground.reflects) for plate in plates]
        below = (foot[0], plates[0].shape[0] - foot[1])
        layers.append(part.layer(mirrored, below, under=True))
    elif not ground.rise[1]:
        layers += _shadows(part, plates, foot)
    bodies = in_pairs(lambda plate: cut(light, plate, stand.depth_m), plates)
    layers.append(part.layer(bodies, foot, under=False))
    return layers


def _shadows(part: _Part, plates: list[cast.Sprite], foot: tuple[float, float]) -> list[Layer]:
    """Dark where the feet touch the ground, and a cast shadow away from sun or moon."""
    light = part.brief.light
    together = plates[0].copy()
    together[..., 3] = np.mean([plate[..., 3] for plate in plates], axis=0).astype(np.uint8)
    feet = _shade(light, together[: round(foot[1])])
    middle = (foot[0] + (feet.size[0] - plates[0].shape[1]) / 2, feet.size[1] / 2)
    layers = [part.layer([feet], middle, under=True)]
    fall = _fall(part.brief, part.stand)
    if fall is not None:
        thrown = [_thrown(light, plate, fall.strength) for plate in plates]
        layers.append(part.thrown(thrown, (foot[0] / 2, foot[1] / 2), fall))
    return layers


@dataclass(frozen=True, slots=True)
class _Fall:
    """Where a cast shadow lies: shifts in heights of what casts it, right and down the frame."""

    right: float
    down: float
    strength: float


def _fall(brief: Brief, stand: Stand) -> _Fall | None:
    """Away from sun or moon, towards us, the longer the lower it stands; None without either."""
    board, light = brief.storyboard, brief.light
    strength = SHADOWS_BY_WEATHER.get(board.weather, 0.0) * SHADOWS_BY_HOUR.get(board.time, 1.0)
    if not strength or light.sun[1] <= 0:
        return None
    long = min(SHADOW_LONGEST, 0.34 / max(light.sun[1], 0.05))
    aside = light.sun[0] - 0.5 - stand.across / brief.lens.width
    return _Fall(-1.3 * aside * long, 0.26 * long, strength)


def _thrown(light: Daylight, plate: cast.Sprite, strength: float) -> Cutout:
    """The outline at half size, soft, paler the farther from the foot."""
    size = (max(plate.shape[1] // 2, 2), max(plate.shape[0] // 2, 2))
    flat = cv2.resize(plate[..., 3], size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(flat, (0, 0), max(0.8, size[1] * 0.018))
    paler = np.linspace(0.35, 1.0, size[1], dtype=np.float32)[:, None]
    alpha = np.asarray(soft, np.float32) / np.float32(255) * paler * np.float32(strength)
    dark = np.array(light.ambient, np.float32) * np.float32(0.10)
    rgb = np.broadcast_to(dark, (size[1], size[0], 3)).astype(np.float32)
    return cutout(rgb, alpha)


@dataclass(frozen=True, slots=True)
class _Part:
    """What all layers of one actor have in common."""

    brief: Brief
    stand: Stand
    gait: Gait
    size: float

    def layer(self, textures: list[Cutout], foot: tuple[float, float], *, under: bool) -> Layer:
        """A layer that follows the gait; what lies under it stays on the ground."""
        gait, stand, size = self.gait, self.stand, self.size
        travelled = posture(gait, self.brief.duration_s / 2, stand.phase).right
        count = len(textures)

        def draw(now: Instant) -> None:
            beat = posture(gait, now.time_s, stand.phase)
            across = stand.across + stand.heading * (beat.right - travelled) * stand.height_px
            up = 0.0 if under else beat.up * stand.height_px
            matrix: Matrix = standing(
                now.view,
                across,
                stand.down - up,
                stand.depth_m,
                foot,
                size=size,
                turn=-beat.turn * 0.5 if under else beat.turn,
                stretch=(beat.wide, beat.tall),
            )
            lay(now.picture, textures[self.pose(now.time_s, count)], matrix, now.scratch)

        return Layer(stand.depth_m + (0.01 if under else 0.0), draw)

    def pose(self, time_s: float, count: int) -> int:
        """Which of ``count`` poses it is in."""
        if self.gait.once:
            return min(int(time_s / self.brief.duration_s * count), count - 1)
        return int((self.gait.pace * time_s + self.stand.phase) % 1.0 * count) % count

    def leaping(self, textures: list[Cutout], middle: tuple[float, float]) -> Layer:
        """A layer that is seen only above the water."""
        gait, stand, size = self.gait, self.stand, self.size
        travelled = posture(gait, self.brief.duration_s / 2, stand.phase).right
        count = len(textures)

        def draw(now: Instant) -> None:
            beat = posture(gait, now.time_s, stand.phase)
            across = stand.across + stand.heading * (beat.right - travelled) * stand.height_px
            down = stand.down - beat.up * stand.height_px
            turn = beat.turn * stand.heading
            matrix = standing(now.view, across, down, stand.depth_m, middle, size=size, turn=turn)
            pose = int((gait.pace * now.time_s) % 1.0 * count) % count
            surface = round(now.view.place(0, stand.down, stand.depth_m)[1]) & ~1
            lay(_down_to(now.picture, surface), textures[pose], matrix, now.scratch)

        return Layer(stand.depth_m, draw)

    def foaming(self) -> Layer:
        """White water where it comes out and goes in."""
        gait, stand = self.gait, self.stand
        travelled = posture(gait, self.brief.duration_s / 2, stand.phase).right
        rings = [_foam(self.brief.light, stand.height_px, level / 6) for level in range(1, 7)]
        middle = (rings[0].size[0] / 2, rings[0].size[1] / 2)

        def draw(now: Instant) -> None:
            beat = posture(gait, now.time_s, stand.phase)
            level = math.exp(-((beat.up / (0.45 * gait.leap)) ** 2)) * 6
            if level < 1:
                return
            across = stand.across + stand.heading * (beat.right - travelled) * stand.height_px
            matrix = standing(now.view, across, stand.down, stand.depth_m, middle)
            lay(now.picture, rings[min(int(level), 6) - 1], matrix, now.scratch)

        return Layer(stand.depth_m - 0.01, draw)

    def thrown(self, textures: list[Cutout], foot: tuple[float, float], fall: _Fall) -> Layer:
        """The cast shadow: the outline laid down on the ground."""
        gait, stand, size = self.gait, self.stand, self.size * 2
        travelled = posture(gait, self.brief.duration_s / 2, stand.phase).right
        count = len(textures)

        def draw(now: Instant) -> None:
            beat = posture(gait, now.time_s, stand.phase)
            across = stand.across + stand.heading * (beat.right - travelled) * stand.height_px
            upright = standing(now.view, across, stand.down, stand.depth_m, (0.0, 0.0), size=size)
            scale = upright[0, 0]
            laid = np.array([[scale, -fall.right * scale], [0.0, -fall.down * scale]])
            shift = upright[:, 2] - laid @ np.array(foot)
            matrix: Matrix = np.hstack([laid, shift[:, None]])
            lay(now.picture, textures[self.pose(now.time_s, count)], matrix, now.scratch)

        return Layer(stand.depth_m + 0.02, draw)


def _down_to(picture: Picture, row: int) -> Picture:
    """The frame's upper part; what is drawn into it stays there."""
    row = min(max(row, 2), picture.y.shape[0])
    half = row // 2
    return replace(picture, y=picture.y[:row], u=picture.u[:half], v=picture.v[:half])


def _foam(light: Daylight, height_px: float, strength: float) -> Cutout:
    """A flat patch of broken white water."""
    width, height = max(int(height_px * 1.5), 8), max(int(height_px * 0.26), 4)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    broken = fractal(height, width, 9 / width, 6 / height, 3, 77, ridged=False) - np.float32(0.2)
    alpha = np.clip((1 - x * x - y * y) * 2.2 * broken * 2.4, 0, 1) * np.float32(0.85 * strength)
    white = np.minimum(np.array(light.ambient, np.float32) * 0.7 + np.array(light.key) * 0.45, 250)
    rgb = np.broadcast_to(white.astype(np.float32), (height, width, 3))
    return cutout(np.ascontiguousarray(rgb), np.asarray(alpha, np.float32))


def tempered(gait: Gait, brief: Brief, stand: Stand) -> Gait:
    """No farther than this part of the frame's width in the whole film; who treads by himself
    treads slower then, as far as that looks natural."""
    most = TRAVELS_MOST * brief.lens.width / (brief.duration_s * stand.height_px)
    if gait.speed <= most:
        return gait
    slower = max(most / gait.speed, 0.75) if gait.steps else 1.0
    return replace(gait, speed=most, pace=gait.pace * slower)


def light_on(brief: Brief, stand: Stand) -> cast.Light:
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


def cut(light: Daylight, sprite: cast.Sprite, depth_m: float) -> Cutout:
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


def mirror(light: Daylight, above: cast.Sprite, strength: float) -> Cutout:
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
