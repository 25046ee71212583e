"""Who follows a street instead of crossing it: cars with their lights, people seen from behind."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic import cast
from filmgate.engines.animatic.acting import Costume, Stand, cut, light_on, mirror
from filmgate.engines.animatic.avenue import Street
from filmgate.engines.animatic.cast_list import Subject
from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.planes import Cutout
from filmgate.engines.animatic.puppets.people import CLOTHES
from filmgate.engines.animatic.puppets.troupe import from_behind
from filmgate.engines.animatic.scene import Brief, Instant, Layer, Played
from filmgate.engines.animatic.stage import lay, standing
from filmgate.engines.animatic.storyboard import Mention
from filmgate.engines.animatic.traffic import car_picture, draw_car, sizes_of

CARS: dict[str, tuple[Colour, float]] = {
    "car": ((46, 78, 132), 1.0),
    "taxi": ((226, 172, 28), 1.0),
    "police_car": ((232, 234, 238), 1.0),
    "racing_car": ((196, 30, 30), 0.9),
    "jeep": ((72, 84, 62), 1.18),
    "pickup_truck": ((118, 52, 40), 1.18),
    "van": ((206, 208, 212), 1.3),
}
"""Colour and size of cars that are seen from behind and in front."""
ON_FOOT = frozenset({None, "walk", "run"})
CAR_M_S, WALK_M_S, RUN_M_S = 1.7, 0.95, 2.0
NEAREST_M = 8.3
"""As near as the whole subject is in the frame."""
APART_M = 2.6
WINDOWS = (92.0, 78.0, 62.0)
"""What lit windows add to the light, 0..255."""
FRAMED = {"close-up": 0.62, "wide": 1.7}
"""How much nearer or farther a style word starts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Along the street: where at the start and how fast."""

    lane_m: float
    start_m: float
    speed_m_s: float

    def at(self, time_s: float) -> float:
        return max(self.start_m + self.speed_m_s * time_s, 4.0)


def follows(who: Subject, mention: Mention) -> bool:
    """Whether this subject goes along a street when there is one."""
    if who.name in CARS:
        return True
    return who.name in CLOTHES and mention.action in ON_FOOT and who.gait != "stand"


def along(
    brief: Brief, street: Street, who: Subject, mention: Mention, *, rank: int
) -> tuple[list[Played], list[Layer]]:
    """Every one of the mention on its way."""
    brief = replace(brief, light=_street_lit(brief.light))
    random = np.random.Generator(np.random.PCG64([brief.seed, zlib.crc32(who.name.encode())]))
    ways = _ways(brief, street, who, mention, rank, random)
    if who.name in CARS:
        layers = _cars(brief, street, who, mention, ways)
    else:
        layers = _walkers(brief, street, who, mention, ways)
    return [_played(brief, street, who, way) for way in ways], layers


def _street_lit(light: Daylight) -> Daylight:
    """Lamps and shop windows light those in the street from all sides."""
    red, green, blue = (
        min(part + light.lamps * more, 255.0)
        for part, more in zip(light.ambient, WINDOWS, strict=True)
    )
    return replace(
        light, ambient=(red, green, blue), backlight=light.backlight * (1 - 0.6 * light.lamps)
    )


def _ways(
    brief: Brief,
    street: Street,
    who: Subject,
    mention: Mention,
    rank: int,
    random: np.random.Generator,
) -> list[_Way]:
    drives = who.name in CARS
    pace = RUN_M_S if mention.action == "run" or "run" in who.name else WALK_M_S
    speed = CAR_M_S if drives else pace
    near = NEAREST_M
    for style in brief.storyboard.style:
        near *= FRAMED.get(style, 1.0)
    ways: list[_Way] = []
    for number in range(mention.count):
        aside = (-1) ** number * (0.5 + 0.55 * ((number + 1) // 2)) if not drives else 0.0
        side = 1 if (rank + (number if drives else 0)) % 2 == 0 else -1
        lane = side * street.curb_m * (0.26 if drives else 0.14) + aside
        back = (number // 2) * (5.0 if drives else APART_M * 0.5) + float(random.random()) * 0.6
        # On the left they come towards us, on the right they go.
        oncoming = drives and side < 0
        start = near + back + (speed * brief.duration_s if oncoming else 0.0)
        ways.append(_Way(lane_m=lane, start_m=start, speed_m_s=-speed if oncoming else speed))
    return ways


def _played(brief: Brief, street: Street, who: Subject, way: _Way) -> Played:
    middle = way.at(brief.duration_s / 2)
    across, down, _ = street.spot(brief.lens, way.lane_m, 0.0, middle)
    steps = 2.0 if who.name in CLOTHES else 0.0
    count = int(brief.duration_s * steps)
    return Played(
        subject=who.name,
        asked=True,
        depth_m=middle,
        down_px=down,
        across=across / brief.lens.width,
        passes=False,
        beats_s=tuple((n + 0.5) / steps / brief.storyboard.pace for n in range(count)),
    )


def _cars(
    brief: Brief, street: Street, who: Subject, mention: Mention, ways: list[_Way]
) -> list[Layer]:
    paint, large = CARS[who.name]
    large *= mention.size
    if mention.colour is not None:
        red, green, blue = cast.colour_words()[mention.colour]
        paint = (red * 255, green * 255, blue * 255)
    views = {way.speed_m_s > 0 for way in ways}
    pictures = {rear: sizes_of(car_picture(paint, brief.light, rear=rear)) for rear in views}
    power = max(brief.light.lamps, 0.12)

    def layer(way: _Way) -> Layer:
        rear = way.speed_m_s > 0

        def draw(now: Instant) -> None:
            z = way.at(now.time_s)
            sizes = pictures[rear]
            draw_car(now, street, sizes, way.lane_m, z, rear=rear, power=power, large=large)

        return Layer(way.at(brief.duration_s / 2), draw)

    return [layer(way) for way in ways]


def _walkers(
    brief: Brief, street: Street, who: Subject, mention: Mention, ways: list[_Way]
) -> list[Layer]:
    running = abs(ways[0].speed_m_s) > 2
    tall_m = who.height_m * mention.size
    nearest = min(way.start_m for way in ways)
    paint = cast.colour_words()[mention.colour] if mention.colour is not None else None
    figure = from_behind(who, brief.lens.focal * tall_m / nearest, paint, running=running)
    wears = Costume(
        who=who,
        plate=None,
        figure=figure,
        height_px=brief.lens.focal * tall_m / nearest,
        gait=figure.gait,
    )
    layers: list[Layer] = []
    for number, way in enumerate(ways):
        across, down, z = street.spot(brief.lens, way.lane_m, 0.0, way.at(brief.duration_s / 2))
        stand = Stand(
            across=across, down=down, depth_m=z, height_px=wears.height_px, heading=1, phase=0.0
        )
        plates = wears.lit(light_on(brief, stand), 1)
        bodies = [cut(brief.light, plate, z) for plate in plates]
        shown = [(bodies, wears.foot(1))]
        if street.wet > 0.1:
            mirrored = [mirror(brief.light, plate, 0.45 * street.wet) for plate in plates]
            x, y = wears.foot(1)
            shown.insert(0, (mirrored, (x, plates[0].shape[0] - y)))
        for poses, foot in shown:
            layers.append(_walker(street, way, poses, foot, wears, tall_m, 0.31 * number))
    return layers


def _walker(
    street: Street,
    way: _Way,
    poses: list[Cutout],
    foot: tuple[float, float],
    wears: Costume,
    tall_m: float,
    phase: float,
) -> Layer:
    def draw(now: Instant) -> None:
        z = way.at(now.time_s)
        across, down, _ = street.spot(now.view.lens, way.lane_m, 0.0, z)
        size = now.view.lens.focal * tall_m / z / wears.height_px
        matrix = standing(now.view, across, down, z, foot, size=size)
        pose = int((wears.gait.pace * now.time_s + phase) % 1.0 * len(poses)) % len(poses)
        lay(now.picture, poses[pose], matrix, now.scratch)

    return Layer(way.start_m + 0.5, draw)
