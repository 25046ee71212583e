"""Space: a planet with day, night and air, its moon, stars behind stars, a nebula that glows."""

from __future__ import annotations

import numpy as np

from filmgate.engines.animatic.adrift import Motes, Swarm
from filmgate.engines.animatic.colours import Colour, Floats, ramp
from filmgate.engines.animatic.foliage import Canvas
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.planets import KINDS, Globe, Planet
from filmgate.engines.animatic.scene import Brief, Draw, Ground, Layer, World

REACH_M = 30.0
SEEDS = 1 << 31
BACK_M = 120.0
HELD = frozenset({"planet", "earth", "star"})
NEBULAE: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((70, 30, 130), (200, 60, 150), (255, 170, 150)),
    ((16, 60, 120), (40, 150, 170), (190, 240, 220)),
    ((110, 30, 40), (230, 110, 60), (255, 220, 150)),
    ((30, 40, 140), (90, 100, 230), (220, 190, 255)),
)


def build(brief: Brief) -> World:
    lens, board, seed = brief.lens, brief.storyboard, brief.seed % SEEDS
    random = np.random.Generator(np.random.PCG64([seed, 151]))
    side = -1.0 if seed % 2 else 1.0  # a subject stands first on the other
    sun = (-side * 0.85, 0.35, 0.42)
    layers = [Layer(1e5, _deep(brief, random))]
    for number, (depth_m, count) in enumerate(((90.0, 260), (50.0, 70))):
        stars = Swarm(
            count=count, depth_m=(depth_m * 0.8, depth_m * 1.2), size_m=0.10 * depth_m / 90,
            colours=((255, 250, 240), (200, 220, 255), (255, 222, 190)), wind=0.0015, sway=0.0,
            strength=0.9, blink=0.6, low=-0.75, high=0.6,
        )  # fmt: skip
        layers.append(Layer(9e4 - number, Motes(lens, stars, seed + number).draw))
    named = {mention.subject for mention in board.subjects}
    if board.place_named or not named & HELD:
        layers += _planets(brief, named, random, side, sun)
    dust = Swarm(
        count=60, depth_m=(4, 24), size_m=0.02, colours=((190, 206, 255),), wind=0.012, fall=0.006,
        sway=0.01, strength=0.35, blink=0.7, low=-0.6, high=0.5,
    )  # fmt: skip
    layers.append(Layer(4.0, Motes(lens, dust, seed + 7).draw))
    free = Ground(eye_height_m=0.0, depth_m=(18.0, 34.0), rise=(0.18, 0.34))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=brief.light,
        grounds={"space": free, "air": free, "ground": free, "water": free, "underwater": free},
        holds=HELD,
        shows=frozenset({"stars", "lights", "sky"}),
    )


def _planets(
    brief: Brief, named: set[str], random: np.random.Generator, side: float,
    sun: tuple[float, float, float],
) -> list[Layer]:  # fmt: skip
    """A great planet to one side and a small moon near it."""
    lens, seed = brief.lens, brief.seed % SEEDS
    kind = "earth" if "earth" in named else KINDS[int(random.integers(len(KINDS)))]
    great = Planet(
        kind=kind,
        across=side * float(random.uniform(0.16, 0.25)),
        up=float(random.uniform(-0.12, 0.04)),
        radius=float(random.uniform(0.26, 0.34)),
        depth_m=56.0,
        tilt=side * float(random.uniform(0.15, 0.45)),
        turn_s=0.045,
        rings=kind in {"giant", "ice"} and random.random() < 0.7,
        light=sun,
    )
    moon = Planet(
        kind="moon",
        across=-side * float(random.uniform(0.10, 0.32)),
        up=float(random.uniform(0.16, 0.30)),
        radius=float(random.uniform(0.035, 0.07)),
        depth_m=40.0,
        turn_s=0.03,
        light=sun,
    )
    return [
        Layer(great.depth_m, Globe(lens, great, seed).draw),
        Layer(moon.depth_m, Globe(lens, moon, seed + 3).draw),
    ]


def _deep(brief: Brief, random: np.random.Generator) -> Draw:
    """Black with a band of stars, and clouds of gas that glow where they are thickest."""
    lens, seed = brief.lens, brief.seed % SEEDS
    canvas = Canvas(lens, 0.9 * lens.height, 0.75 * lens.height)
    rows, columns = canvas.pixels.shape[:2]
    half = (rows // 2 + 1, columns // 2 + 1)
    step = 3.4 / half[1]
    warp = fractal(*half, step * 1.3, step * 1.3, 4, seed + 1, ridged=False) - np.float32(0.47)
    gas = fractal(*half, step, step, 7, seed + 2, ridged=False) + warp * np.float32(0.5)
    fibres = fractal(*half, step * 2.2, step * 2.2, 6, seed + 3, ridged=True)
    lean = float(random.uniform(-0.5, 0.5))
    y = np.linspace(-0.8, 0.8, half[0], dtype=np.float32)[:, None]
    x = np.linspace(-1.2, 1.2, half[1], dtype=np.float32)[None]
    band = np.exp(-(((y - lean * x + 0.35 * warp) / np.float32(0.34)) ** 2))
    dense = np.clip((gas - 0.30) * 2.2, 0, 1) * band
    tones = NEBULAE[int(random.integers(len(NEBULAE)))]
    glow = ramp(np.clip(dense + 0.35 * fibres * band, 0, 1), (
        (0.0, (0, 0, 0)), (0.35, tones[0]), (0.7, tones[1]), (1.0, tones[2]),
    ))  # fmt: skip
    dark = np.clip(
        (fractal(*half, step * 1.7, step * 1.7, 6, seed + 4, ridged=False) - 0.5) * 6, 0, 0.75
    )
    glow = (
        glow
        * (0.15 + 0.65 * dense + 0.25 * fibres * dense)[..., None]
        * (1 - dark * band)[..., None]
    )
    sky = np.repeat(np.repeat(glow, 2, 0), 2, 1)[:rows, :columns] + np.array([4, 5, 12], np.float32)
    canvas.pixels[..., :3] = np.asarray(sky, np.float32)
    canvas.pixels[..., 3] = 1
    canvas.blur(1.2)
    _sown(canvas.pixels, random, band)
    return canvas.backcloth(BACK_M)


def _sown(pixels: Floats, random: np.random.Generator, band: Floats) -> None:
    """Thousands of stars, more of them in the band."""
    rows, columns = pixels.shape[:2]
    count = int(rows * columns / 260)
    at_y, at_x = random.integers(1, rows - 1, count), random.integers(1, columns - 1, count)
    there = band[at_y // 2, at_x // 2]
    keep = random.random(count) < 0.35 + 0.65 * there
    at_y, at_x = at_y[keep], at_x[keep]
    bright = 26 + 220 * random.random(len(at_y)) ** 9
    tint = np.array([[255, 250, 240], [206, 222, 255], [255, 224, 196]], np.float32)
    colour = tint[random.integers(0, 3, len(at_y))] * (bright / 255)[:, None].astype(np.float32)
    for down, right, share in (
        (0, 0, 1.0),
        (0, 1, 0.35),
        (1, 0, 0.35),
        (0, -1, 0.35),
        (-1, 0, 0.35),
    ):
        weight = np.float32(share) * (np.float32(1) if share == 1 else (bright > 110)[:, None])
        np.add.at(pixels[..., :3], (at_y + down, at_x + right), colour * weight)
    np.minimum(pixels[..., :3], 250, out=pixels[..., :3])
