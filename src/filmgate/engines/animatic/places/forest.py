"""Inside a forest: rows of tall trees that fade into the light, ferns, dapples, shafts of sun."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from filmgate.engines.animatic.adrift import Falling, Motes, Swarm, fireflies, gust_of
from filmgate.engines.animatic.colours import Colour, Floats, Numbers, scaled
from filmgate.engines.animatic.daylight import Daylight, gloomy
from filmgate.engines.animatic.downpour import COUNTS as FALLING
from filmgate.engines.animatic.downpour import Downpour
from filmgate.engines.animatic.floor import Floor, Plain
from filmgate.engines.animatic.foliage import Canvas, Random, Shine, shine_of
from filmgate.engines.animatic.kernels.botany import strew
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.rays import Rays
from filmgate.engines.animatic.scene import Brief, Draw, Ground, Layer, World
from filmgate.engines.animatic.sky import tiling
from filmgate.engines.animatic.trees import Kind, Tips, forest_tree, leaves
from filmgate.engines.animatic.undergrowth import fern, flowers, grass

EYE_HEIGHT_M = 1.7
REACH_M = 13.0
FAR_ROWS_M = (105.0, 82.0, 64.0, 49.0)
NEAR_ROWS_M = ((33.0, 15), (21.0, 8), (12.5, 3))
"""Depth and number of trees across."""
NEAREST_M = (21.0, 12.5, 8.6)
"""How near each row's undergrowth comes."""
FLOOR_END_M = 50.0
FLOOR_TILE = 1024
SHOWS = frozenset({"leaves", "sunbeams", "dust", "grass", "autumn", "spring", "winter", "summer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    haze_m: float = 62.0
    gloom: float = 0.0
    dark: float = 0.0
    rays: float = 1.0
    snow: float = 0.0


CLEAR = Weather()
WEATHERS = {
    "cloudy": Weather(haze_m=70, gloom=0.3, rays=0.15),
    "fog": Weather(haze_m=17, gloom=0.7, rays=0.5),
    "rain": Weather(haze_m=34, gloom=0.7, dark=0.2, rays=0.0),
    "snow": Weather(haze_m=34, gloom=0.5, rays=0.0, snow=1.0),
    "storm": Weather(haze_m=38, gloom=0.8, dark=0.42, rays=0.0),
    "wind": Weather(haze_m=70, rays=0.8),
}

GREENS: dict[str, tuple[Colour, ...]] = {
    "spring": ((118, 164, 58), (142, 184, 74), (168, 202, 96), (104, 150, 62)),
    "summer": ((60, 100, 38), (80, 124, 44), (108, 148, 56), (132, 164, 66)),
    "autumn": ((206, 112, 30), (224, 154, 44), (178, 66, 28), (232, 184, 70), (150, 112, 44)),
    "winter": ((96, 84, 62), (110, 92, 66)),
}
FERNS: dict[str, tuple[Colour, ...]] = {
    "spring": ((96, 148, 56), (122, 168, 66)),
    "summer": ((66, 112, 44), (92, 138, 54), (54, 96, 42)),
    "autumn": ((150, 104, 44), (178, 122, 50), (110, 98, 46)),
    "winter": ((92, 78, 56), (112, 96, 70)),
}
LITTER: dict[str, tuple[Colour, ...]] = {
    "spring": ((88, 96, 52), (104, 84, 56), (76, 104, 48)),
    "summer": ((98, 78, 52), (76, 84, 42), (116, 92, 60)),
    "autumn": ((196, 112, 40), (214, 150, 52), (160, 70, 34), (120, 80, 46)),
    "winter": ((104, 88, 68), (88, 76, 60), (126, 108, 84)),
}
BLUEBELLS: tuple[Colour, ...] = ((120, 120, 216), (146, 132, 226), (236, 232, 240))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wood:
    """Everything that the painters of one forest share."""

    brief: Brief
    weather: Weather
    season: str
    kind: Kind
    shine: Shine
    air: Daylight
    """The light with its haze as it hangs between trees."""
    wind: float
    random: Random

    @property
    def sun_x(self) -> float:
        return (self.air.sun[0] - 0.5) * self.brief.lens.width


def build(brief: Brief) -> World:
    board = brief.storyboard
    weather = WEATHERS.get(board.weather, CLEAR)
    brief = replace(brief, light=gloomy(brief.light, weather.gloom, weather.dark))
    season = board.season or ("winter" if weather.snow else "summer")
    wood = _wood(brief, weather, season)
    lens, light = brief.lens, brief.light
    layers = [Layer(1e4, _distance(wood)), Layer(FLOOR_END_M, _floor(wood).draw)]
    for number, (depth_m, count) in enumerate(NEAR_ROWS_M):
        layers.append(Layer(depth_m, _row(wood, depth_m, count, number)))
    layers.append(Layer(5.2, _frame(wood)))
    layers += _life(wood)
    if board.weather in FALLING:
        layers.append(Layer(0.5, Downpour(lens, light, brief.seed + 5, board.weather).draw))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=light,
        grounds={
            "ground": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(7.0, 20.0)),
            "air": Ground(eye_height_m=EYE_HEIGHT_M, depth_m=(9.0, 30.0), rise=(0.08, 0.34)),
        },
        holds=frozenset({"tree", "pine"}),
        shows=SHOWS,
    )


def _wood(brief: Brief, weather: Weather, season: str) -> Wood:
    light = brief.light
    bare = season == "winter"
    kind = Kind(
        bark=(92, 82, 72) if bare else (84, 68, 54),
        leaves=GREENS[season],
        dense=0.10 if bare else 1.0,
        snow=weather.snow or (0.55 if bare else 0.0),
        through=0.75,
    )
    # Light between leaves has their colour; a low sun or the moon keeps its own.
    leaf = np.array(kind.leaves[-1], np.float32) / 255
    own = np.array(light.haze, np.float32)
    share = 0.0 if bare else 0.5 * (1 - light.backlight) + 0.12
    share *= min(weather.haze_m / 62, 1)  # mist has no colour of its own
    tinted = own * (1 - share) + np.array([236, 240, 150]) * leaf * own.mean() / 150 * share
    tinted *= 1 - 0.16 * (1 - light.backlight)
    haze = (float(tinted[0]), float(tinted[1]), float(tinted[2]))
    return Wood(
        brief=brief,
        weather=weather,
        season=season,
        kind=kind,
        shine=shine_of(light, shade=0.50, key=0.62),
        air=replace(light, haze=haze),
        wind=gust_of(brief.storyboard.weather),
        random=np.random.Generator(np.random.PCG64([brief.seed, 61])),
    )


def _distance(wood: Wood) -> Draw:
    """The light at the end of the wood, and the rows of trees that stand before it."""
    lens, light = wood.brief.lens, wood.air
    canvas = Canvas(lens, 0.86 * lens.height, 0.16 * lens.height)
    rows, columns = canvas.pixels.shape[:2]
    down = (np.arange(rows, dtype=np.float32)[:, None] - canvas.foot) / np.float32(lens.height)
    across = (np.arange(columns, dtype=np.float32)[None] - columns / 2) / np.float32(lens.width)
    far = np.sqrt(
        (across - np.float32(light.sun[0] - 0.5)) ** 2
        + ((down + np.float32(min(light.sun[1], 0.45))) * np.float32(lens.height / lens.width)) ** 2
    )
    haze = np.array(light.haze, np.float32)
    # Away from the light the wood closes up.
    side = np.clip(1.04 - 0.62 * far, 0.45, 1.0)
    body = haze * (side * (0.92 + 0.25 * np.clip(-down, -0.3, 0.3)))[..., None]
    strength = np.float32(max(wood.weather.rays, 0.15))
    body = body + np.exp(-far * 3.4)[..., None] * np.array(light.key, np.float32) * 0.42 * strength
    body += np.exp(-far * 9.0)[..., None] * np.array(light.key, np.float32) * 0.6 * strength
    canvas.pixels[..., :3] = np.minimum(body, 250)
    canvas.pixels[..., 3] = 1
    _far_ground(wood, canvas)
    before = 150.0
    for depth_m in FAR_ROWS_M:
        canvas.veil(light, 1 - math.exp(-(before - depth_m) / wood.weather.haze_m))
        _thicket(wood, canvas, depth_m)
        before = depth_m
    canvas.veil(light, 1 - math.exp(-(before - 12) / wood.weather.haze_m))
    return canvas.sheet(FAR_ROWS_M[-1] + 12, wind=wood.wind, reach_px=0.9 * lens.height / 720).draw


def _far_ground(wood: Wood, canvas: Canvas) -> None:
    """The floor of the wood beyond the live one, out to where it is all air."""
    lens = wood.brief.lens
    rows = np.arange(1, len(canvas.pixels) - canvas.foot)
    share = np.exp(-lens.focal * EYE_HEIGHT_M / rows / (wood.weather.haze_m * 1.4))[:, None, None]
    floor = np.array(_ground_tone(wood), np.float32)
    below = canvas.pixels[canvas.foot + 1 :, :, :3]
    below += (floor - below) * share.astype(np.float32)


def _ground_tone(wood: Wood) -> Colour:
    tones = np.array(LITTER[wood.season][:2] + FERNS[wood.season][:1], np.float32).mean(0)
    if wood.kind.snow:
        tones += (np.array([238, 243, 252]) - tones) * wood.kind.snow
    red, green, blue = tones * (wood.shine.shade + wood.shine.key * 0.45) * 0.8
    return float(red), float(green), float(blue)


def _thicket(wood: Wood, canvas: Canvas, depth_m: float) -> None:
    """A far row: stems, masses of leaves above, bushes below."""
    lens, random = wood.brief.lens, wood.random
    unit = lens.focal / depth_m
    foot = unit * EYE_HEIGHT_M
    count = int(canvas.width / (unit * 3.4))
    limbs: list[list[float]] = []
    for x in (random.random(count) - 0.5) * canvas.width:
        radius = (0.12 + 0.16 * float(random.random())) * unit
        lean = float(random.normal(0, 0.02)) * canvas.foot
        top = -float(canvas.foot)
        limbs.append(
            [
                x,
                foot,
                radius * 1.3,
                x + lean,
                top,
                radius * 0.6,
                *wood.kind.bark,
                0.35,
                x,
                wood.kind.snow * 0.4,
                0.0,
                9.0,
            ]
        )
        for _ in range(3):
            up = foot - (3 + 12 * float(random.random())) * unit
            side = 1 if random.random() < 0.5 else -1
            reach = (1 + 2 * float(random.random())) * unit
            at = x + lean * (foot - up) / max(foot - top, 1)
            limbs.append(
                [at, up, radius * 0.3, at + side * reach, up - reach * 0.5, 0.4, *wood.kind.bark,
                 0.0, x, wood.kind.snow, 0.1, 9.0]
            )  # fmt: skip
    canvas.grow(limbs, wood.shine)
    crowns = int(count * 5)
    x = (random.random(crowns) - 0.5) * canvas.width
    high = 3.6 + 16 * random.random(crowns) ** 1.1
    tips: Tips = [
        (float(a), foot - float(h) * unit, (0.8 + 0.5 * float(h) / 12) * unit)
        for a, h in zip(x, high, strict=True)
    ]
    bushes = int(count * 1.6)
    tips += [
        (float(a), foot - float(h) * unit, 0.42 * unit)
        for a, h in zip(
            (random.random(bushes) - 0.5) * canvas.width, 0.7 * random.random(bushes), strict=True
        )
    ]
    rows = leaves(
        random, tips, wood.kind, wood.shine, leaf_px=max(0.14 * unit, 1.3), each=44,
        sun_x=wood.sun_x, span=0.3 * lens.width,
    )  # fmt: skip
    canvas.strew(rows[random.permutation(len(rows))])


def _row(wood: Wood, depth_m: float, count: int, number: int) -> Draw:
    """Trees that can be told apart, with boughs and leaves, and ferns around their feet."""
    lens, random = wood.brief.lens, wood.random
    unit = lens.focal / depth_m
    foot = unit * EYE_HEIGHT_M
    canvas = Canvas(
        lens, 0.86 * lens.height, lens.focal * EYE_HEIGHT_M / (NEAREST_M[number]) + 0.3 * unit
    )
    span = canvas.width
    slots = (np.arange(count) + 0.15 + 0.7 * random.random(count)) / count - 0.5
    if number == 2:  # the nearest trees leave the middle open
        slots = np.array([-0.34, 0.30, 0.44]) + random.normal(0, 0.035, 3)
        slots *= 1 if random.random() < 0.5 else -1
        slots = slots * lens.width / span * 1.05
    tips: Tips = []
    for slot in slots:
        x = float(slot) * span
        feet = foot + float(random.random()) * 0.25 * unit
        tree = forest_tree(random, x, feet, unit, -canvas.foot, wood.kind)
        canvas.grow(tree.limbs, wood.shine)
        tips += tree.tips
    rows = leaves(
        random, tips, wood.kind, wood.shine, leaf_px=max(wood.kind.leaf_m * unit * 0.36, 1.5),
        each=(42, 52, 60)[number], sun_x=wood.sun_x, span=0.35 * lens.width,
    )  # fmt: skip
    canvas.strew(rows)
    feet_at = np.stack([np.repeat(slots * span, 5), np.full(5 * len(slots), foot + 0.28 * unit)], 1)
    feet_at += random.normal(0, 1, feet_at.shape) * [0.34 * unit, 0.07 * unit]
    tall = unit * (0.2 + 0.25 * random.random(len(feet_at))) * (1 - 0.7 * wood.weather.snow)
    canvas.strew(grass(random, feet_at, tall, FERNS[wood.season], wood.shine, each=9))
    nearest = NEAREST_M[number]
    _undergrowth(wood, canvas, depth_m, nearest)
    canvas.veil(wood.air, 1 - math.exp(-(depth_m - nearest) / wood.weather.haze_m))
    if number + 1 < len(NEAR_ROWS_M):
        canvas.veil(wood.air, (1 - math.exp(-nearest / wood.weather.haze_m)) * 0.75)
    reach = (2.2, 3.2, 4.2)[number] * lens.height / 720
    return canvas.sheet(depth_m, wind=wood.wind, reach_px=reach).draw


def _undergrowth(wood: Wood, canvas: Canvas, depth_m: float, nearest_m: float) -> None:
    """Grass, ferns and flowers on the ground from one row of trees to the next nearer one."""
    random, colours = wood.random, FERNS[wood.season]
    lens, span, snow = wood.brief.lens, canvas.width, wood.weather.snow

    def sown(per_m: float) -> tuple[Numbers, Numbers]:
        """Spots, the farthest first, and pixels to a metre at each."""
        count = int(span / lens.focal * (depth_m + nearest_m) / 2 * per_m)
        away = np.sort(nearest_m + (depth_m * 1.04 - nearest_m) * random.random(count))[::-1]
        unit = lens.focal / away
        spots = np.stack([(random.random(count) - 0.5) * span, unit * EYE_HEIGHT_M], 1)
        return spots, unit

    spots, unit = sown(4.2)
    tall = unit * (0.14 + 0.26 * random.random(len(unit))) * (1 - 0.7 * snow)
    canvas.strew(grass(random, spots, tall, colours, wood.shine, each=6))
    spots, unit = sown(1.5 if wood.season != "winter" else 0.3)
    for (x, y), px in zip(spots, unit, strict=True):
        size = float(px) * (0.35 + 0.5 * float(random.random()) ** 1.5) * (1 - 0.5 * snow)
        canvas.strew(fern(random, float(x), float(y), size, colours, wood.shine))
    if wood.season == "spring":
        spots, unit = sown(5.0)
        tall = unit * (0.16 + 0.14 * random.random(len(unit)))
        canvas.strew(flowers(random, spots, tall, BLUEBELLS, (90, 130, 60), wood.shine))


def _frame(wood: Wood) -> Draw:
    """Close to us: ferns and grass along the lower edge, a bough of leaves at an upper corner."""
    lens, random = wood.brief.lens, wood.random
    unit = lens.focal / 5.2
    foot = unit * EYE_HEIGHT_M
    canvas = Canvas(lens, 0.86 * lens.height, foot + 0.4 * unit)
    dark = replace(wood.shine, shade=wood.shine.shade * 0.5, key=wood.shine.key * 0.45)
    side = 1.0 if wood.sun_x < 0 else -1.0
    kind = replace(wood.kind, through=1.1)
    tips: Tips = []
    limbs: list[list[float]] = []
    for number in range(5):
        x, y = side * (0.62 - 0.03 * number) * lens.width, -(0.60 - 0.05 * number) * lens.height
        for part in range(6):
            x1 = x - side * unit * (0.16 + 0.1 * float(random.random()))
            y1 = y + unit * (0.10 * float(random.random()) + 0.02 * part - 0.02)
            limbs.append(
                [x, y, 0.02 * unit, x1, y1, 0.013 * unit, *kind.bark, 0.3, 2.0, kind.snow, 0.5, 9.0]
            )
            tips.append((x1, y1 + 0.04 * unit, 0.13 * unit))
            x, y = x1, y1
    canvas.grow(limbs, dark)
    canvas.strew(
        leaves(
            random, tips, kind, dark, leaf_px=0.055 * unit, each=18, sun_x=wood.sun_x,
            span=0.5 * lens.width,
        )
    )  # fmt: skip
    if not wood.weather.snow:
        low = (lens.height - lens.horizon) * 1.10
        for x in (random.random(9) - 0.5) * 1.2:
            edge = 0.25 + 0.9 * abs(float(x))
            size = unit * (0.30 + 0.30 * float(random.random())) * edge
            canvas.strew(fern(random, float(x) * lens.width, low, size, FERNS[wood.season], dark))
    canvas.blur(1.3 * lens.height / 720)
    return canvas.sheet(5.2, wind=wood.wind, reach_px=6.5 * lens.height / 720).draw


def _floor(wood: Wood) -> Floor:
    brief, light = wood.brief, wood.brief.light
    random, side = wood.random, FLOOR_TILE
    ground = np.zeros((side, side, 5), np.float32)
    patch = tiling(side, 5 / side, 5 / side, 5, brief.seed + 11)
    tones = np.array(LITTER[wood.season], np.float32)
    mix = np.clip((patch - 0.36) * 4.5, 0, 1)[..., None]
    shine = shine_of(light, shade=0.50, key=0.24)
    ground[..., :3] = (
        (tones[0] * (1 - mix) + tones[1] * mix) * (shine.shade + shine.key * 0.5) * 0.8
    )
    ground[..., 3] = 1
    strew(ground, _litter(random, tones, shine, side))
    painted = ground[..., :3]
    fine = fractal(side, side, 90 / side, 90 / side, 3, brief.seed, ridged=False)
    painted = painted * (0.8 + 0.45 * fine)[..., None]
    if wood.kind.snow:
        cover = np.clip((patch - 0.30 + 0.5 * (wood.weather.snow - 0.4)) * 6, 0, 1)[..., None]
        white = np.array([238, 243, 252], np.float32) * (shine.shade * 1.35 + shine.key * 0.9)
        painted = (
            painted + (white * (0.9 + 0.2 * fine)[..., None] - painted) * cover * wood.kind.snow
        )
    dapples = np.clip(
        (tiling(256, 14 / 256, 14 / 256, 3, brief.seed + 12) - 0.40) * 5.5 + 0.35, 0, 1
    )
    plain = Plain(
        eye_height_m=EYE_HEIGHT_M,
        end_m=FLOOR_END_M,
        haze_m=max(wood.weather.haze_m * 0.55, 20.0),
        haze=scaled(wood.air.haze, 0.94),
        tile_m=9.0,
        light_m=11.0,
        gain=0.85 * wood.weather.rays * (0.45 if light.lamps >= 1 else 1.0),
        drift=(0.10, 0.06),
        tint=(-7.0, 4.0) if light.lamps < 1 else (3.0, -2.0),
    )
    return Floor(plain, np.asarray(painted, np.float32), dapples.astype(np.float32))


def _litter(random: Random, tones: Floats, shine: Shine, side: int) -> Floats:
    """Fallen leaves, laid on twice where they cross the tile's edges."""
    count = 5200
    rows = np.empty((count, 12), np.float32)
    rows[:, 0:2] = random.random((count, 2)) * side
    rows[:, 2] = 5 + 5 * random.random(count)
    rows[:, 3] = rows[:, 2] * (0.35 + 0.25 * random.random(count))
    turn = random.random(count) * 6.28
    rows[:, 4], rows[:, 5] = np.cos(turn), np.sin(turn)
    colours = tones[random.integers(0, len(tones), count)] * (
        0.6 + 0.7 * random.random((count, 1)).astype(np.float32)
    )
    rows[:, 6:9] = shine.on(np.asarray(colours, np.float32), 0.55)
    rows[:, 9], rows[:, 10], rows[:, 11] = 0.85, 0.7, 0.0
    copies = [rows]
    for axis in (0, 1):
        for near, move in ((rows[:, axis] < 12, side), (rows[:, axis] > side - 12, -side)):
            over = rows[near].copy()
            over[:, axis] += move
            copies.append(over)
    return np.concatenate(copies)


def _life(wood: Wood) -> list[Layer]:
    """Light in the air and what drifts through it."""
    brief, light, weather = wood.brief, wood.brief.light, wood.weather
    lens, night = brief.lens, wood.brief.light.lamps >= 1
    layers: list[Layer] = []
    if weather.rays > 0.1 and light.sun[1] > 0:
        up = light.sun[1] if light.sun[1] < 0.25 else 0.78
        source = (wood.sun_x, -up * lens.height)
        warm = tuple(min(v * 1.0, 255) for v in light.key)
        strength = (120 if night else 190) * weather.rays
        rays = Rays(
            source,
            (warm[0], warm[1], warm[2]),
            brief.seed,
            strength=strength,
            reach=0.62,
            fine=44.0,
        )
        layers.append(Layer(NEAR_ROWS_M[2][0] + 0.6, rays.draw))
    if night and wood.season != "winter" and brief.storyboard.weather in {"clear", "cloudy"}:
        layers.append(Layer(9.0, fireflies(lens, brief.seed).draw))
    elif weather.rays > 0.1:
        dust = Swarm(
            count=70, depth_m=(5, 16), size_m=0.012, colours=((255, 244, 206),), fall=-0.012,
            wind=0.006 * wood.wind, strength=0.5, blink=0.8, low=-0.5, high=0.4,
        )  # fmt: skip
        layers.append(Layer(8.0, Motes(lens, dust, brief.seed).draw))
    if wood.season in {"autumn", "spring"} or wood.wind > 2:
        tones = wood.shine.on(np.array(wood.kind.leaves, np.float32), 0.9)
        drift = Swarm(
            count=64 if wood.season == "autumn" else 24, depth_m=(4, 18), size_m=0.055,
            colours=tuple((float(r), float(g), float(b)) for r, g, b in tones),
            fall=0.16 + 0.05 * wood.wind, wind=0.05 * wood.wind, sway=0.03, strength=1.0,
            low=-0.62, high=0.42,
        )  # fmt: skip
        layers.append(Layer(6.0, Falling(lens, drift, brief.seed).draw))
    return layers
