"""No place at all: silk of light, colours that flow, solids that change, drifting bokeh."""

from __future__ import annotations

import math

import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.lights import light, shine_rows
from filmgate.engines.animatic.moods import MOODS, Mood
from filmgate.engines.animatic.scene import Brief, Ground, Instant, Layer, World
from filmgate.engines.animatic.silk import GROUND_DEPTH_M, Backcloth
from filmgate.engines.animatic.solids import Solid, Troupe
from filmgate.engines.animatic.stage import Lens

Random = np.random.Generator
REACH_M = 14.0


def build(brief: Brief) -> World:
    lens = brief.lens
    random = np.random.Generator(np.random.PCG64(brief.seed))
    moods = MOODS.get(brief.storyboard.time, MOODS["night"])
    mood = moods[int(random.integers(len(moods)))]
    layers = [
        Layer(GROUND_DEPTH_M, Backcloth(lens, mood, random).draw),
        Layer(40.0, Motes(lens, random, mood, count=70, depth_m=(24, 60), blur=0.012).draw),
    ]
    # A subject of the prompt stands where the hero would.
    layers += _stage(lens, random, mood, hero=not brief.storyboard.subjects)
    layers.append(Layer(5.0, Motes(lens, random, mood, count=16, depth_m=(4, 9), blur=0.16).draw))
    return World(
        lens=lens,
        reach_m=REACH_M,
        layers=tuple(layers),
        light=brief.light,
        grounds={
            "ground": Ground(eye_height_m=2.2, depth_m=(10.0, 22.0)),
            "water": Ground(eye_height_m=2.2, depth_m=(10.0, 22.0)),
            "air": Ground(eye_height_m=2.2, depth_m=(10.0, 30.0), rise=(0.02, 0.3)),
        },
    )


class _Stage:
    """Sets solids into the picture; places and sizes are shares of what the frame shows."""

    def __init__(self, lens: Lens, random: Random, mood: Mood) -> None:
        self._random, self._mood = random, mood
        self._wide = lens.width / lens.focal * REACH_M
        self._tall = lens.height / lens.focal * REACH_M
        self._colours = [mood.solid[i] for i in random.permutation(len(mood.solid))]
        self.cast: list[Solid] = []

    def add(
        self, place: tuple[float, float, float], radius: float, colour: int, *, sides: int = 8,
        ring: float = 0.0, axis: tuple[float, float, float] | None = None, turn_s: float = 0.0,
        phase: float | None = None, path: float = 0.03,
    ) -> None:  # fmt: skip
        random, small = self._random, min(self._wide, self._tall)
        lean = random.uniform(-0.5, 0.5, 3) + np.array((0.25, 1.0, 0.1))
        if ring:
            lean = random.uniform(-1, 1, 3) + np.array((0.8, 0.5, 0.0))
        pace = float(random.uniform(0.35, 0.7)) * (1 if random.random() < 0.5 else -1)
        start = float(random.uniform(0, 10))
        x, up, away = place
        self.cast.append(
            Solid(
                place=(x * self._wide * away, up * self._tall * away, REACH_M * away),
                radius_m=radius * small * away,
                colour=self._colours[colour % len(self._colours)],
                rim=self._mood.ground[3],
                axis=axis or (float(lean[0]), float(lean[1]), float(lean[2])),
                turn_s=turn_s or pace,
                phase=start if phase is None else phase,
                path_m=path * small,
                sides=sides,
                ring=ring,
            )
        )

    def hero(self) -> None:
        """One large solid beside the middle, a ring or frame about it."""
        random = self._random
        side = 1 if random.random() < 0.5 else -1
        x, up = side * float(random.uniform(0.06, 0.17)), float(random.uniform(-0.02, 0.06))
        self.add((x, up, 1.0), 0.18, 0, sides=12)
        self.add((x, up, 1.04), 0.34, 1, sides=int(random.choice([3, 6, 48, 48])), ring=0.03)

    def gate(self, *, hero: bool) -> None:
        """Frames one behind the other, each turned a little further, and a solid within."""
        random = self._random
        corners = int(random.choice([3, 4, 6, 6, 48]))
        x, up = float(random.uniform(-0.1, 0.1)), float(random.uniform(-0.03, 0.03))
        turn = float(random.uniform(0.25, 0.45)) * (1 if random.random() < 0.5 else -1)
        for i in range(6, -1, -1):
            away, size = 1.0 + 0.34 * i, 0.44 / (1.0 + 0.30 * i)
            place = (x * (1 - i * 0.1), up, away)
            self.add(
                place, size, i, sides=corners, ring=0.035, axis=(0.0, 0.0, 1.0),
                turn_s=turn * (1 + 0.1 * i), phase=0.22 * i, path=0.0,
            )  # fmt: skip
        if hero:
            self.add((x * 0.5, up, 1.5), 0.085, 1, sides=10)

    def flock(self) -> None:
        """Solids strewn along a sweep, large in front."""
        random = self._random
        side = 1 if random.random() < 0.5 else -1
        for i in range(13):
            part = i / 12
            x = side * (-0.40 + 0.80 * part) + float(random.uniform(-0.04, 0.04))
            up = 0.20 * math.sin(part * 5.2 + 0.6) + float(random.uniform(-0.06, 0.06))
            away = 2.5 - 1.5 * math.sin(part * math.pi) ** 2
            size = (0.035 + 0.115 * math.sin(part * math.pi) ** 3) * float(random.uniform(0.8, 1.2))
            self.add((x, up, away), size, i, sides=int(random.choice([6, 8, 12])), path=0.045)

    def satellites(self, count: int) -> None:
        """Small things near the frame's edges, far and near."""
        random = self._random
        for i in range(count):
            turn = (i + float(random.uniform(-0.25, 0.25))) / count * 2 * math.pi
            far = float(random.uniform(1.2, 2.4))
            ring = 0.13 if random.random() < 0.4 else 0.0
            radius = float(random.uniform(0.045, 0.10)) / math.sqrt(far) * (1.3 if ring else 1)
            sides = int(random.choice([3, 6, 24])) if ring else int(random.choice([6, 8, 8, 12]))
            place = (0.40 * math.cos(turn), 0.33 * math.sin(turn), far)
            self.add(place, radius, i + 1, sides=sides, ring=ring)


def _stage(lens: Lens, random: Random, mood: Mood, *, hero: bool) -> list[Layer]:
    stage = _Stage(lens, random, mood)
    design = int(random.integers(3))
    if design == 1:
        stage.gate(hero=hero)
        stage.satellites(4)
    elif design == 2 and hero:
        stage.flock()
        stage.satellites(4)
    else:
        if hero:
            stage.hero()
        stage.satellites(int(random.integers(6, 10)))
    back = [solid for solid in stage.cast if solid.place[2] >= 1.5 * REACH_M]
    near = [solid for solid in stage.cast if solid.place[2] < 1.5 * REACH_M]
    return [Layer(30.0, Troupe(lens, back).draw), Layer(REACH_M, Troupe(lens, near).draw)]


class Motes:
    """Specks of light, or far out of focus, large discs; they rise and sway."""

    def __init__(
        self, lens: Lens, random: Random, mood: Mood, *, count: int, depth_m: tuple[float, float],
        blur: float,
    ) -> None:  # fmt: skip
        self._lens = lens
        self._spot = random.random((count, 4))
        self._depth = random.uniform(*depth_m, count)
        unit = min(lens.width, lens.height)
        colours: list[Colour] = [*mood.solid, *(stops[2] for stops in mood.silk)]
        large = blur > 0.05
        rows = []
        for _i in range(count):
            size = unit * blur * float(0.35 + 0.65 * random.random() ** 2)
            size = size if large else max(size * 0.7, 1.6)
            colour = colours[int(random.integers(len(colours)))]
            strength = float(random.uniform(0.07, 0.2) if large else random.uniform(0.35, 1.0))
            hard = 2.6 if large else 1.4
            rows.append(light((0, 0), (size, size), colour, strength, hard=hard))
        self._rows: Floats = np.array(rows, np.float32)

    def draw(self, now: Instant) -> None:
        rows, lens, view = self._rows.copy(), self._lens, now.view
        for i in range(len(rows)):
            a, b, c, d = (float(v) for v in self._spot[i])
            depth = float(self._depth[i])
            rise = (b + now.time_s * (0.012 + 0.03 * c)) % 1
            sway = 0.02 * math.sin(now.time_s * (0.5 + 0.6 * d) + 6.28 * c)
            across = (a - 0.5 + sway) * 1.5 * lens.width
            down = (0.5 - rise) * 1.4 * lens.height + lens.height / 2 - lens.horizon
            x, y = view.place(across, down, depth)
            scale = view.scale(depth)
            twinkle = 0.6 + 0.4 * math.sin(now.time_s * (1 + 2 * d) + 6.28 * a)
            fade = min(1.0, rise * 8, (1 - rise) * 8) * twinkle
            rows[i, 0], rows[i, 1] = x, y
            rows[i, 2:4] *= scale
            rows[i, 4:7] *= fade
        shine_rows(now.picture, rows)
