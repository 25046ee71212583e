"""Mountain ranges: carved by rivers, lit from the sun's side, and faded by the air before them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Colour, Floats
from filmgate.engines.animatic.daylight import Daylight
from filmgate.engines.animatic.kernels.noise import fractal
from filmgate.engines.animatic.kernels.terrain import erode, seen, sunlit
from filmgate.engines.animatic.planes import Cutout, cutout
from filmgate.engines.animatic.scene import Instant
from filmgate.engines.animatic.stage import Lens, lay, standing

ROCK: Colour = (104, 94, 92)
PALE_ROCK: Colour = (146, 134, 126)
SCREE: Colour = (122, 112, 104)
GRASS: Colour = (92, 102, 62)
WOOD: Colour = (34, 52, 38)
SNOW: Colour = (246, 249, 255)

SPAN = 2.3
"""A range is this much deeper than it is tall."""
UPLIFT = 0.03
LOW_SUN = 0.2
"""A sun lower than this reddens everything, in frame heights above the horizon."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A painted piece of scenery, as a theatre calls it, and where it stands."""

    texture: Cutout
    anchor: tuple[float, float]
    """The texture's pixel that stands in the middle of the frame, on the horizon."""
    depth_m: float
    size: float = 1.0
    drift: float = 0.0
    """Rest pixels to the right in a second."""

    def draw(self, now: Instant) -> None:
        across = self.drift * now.time_s
        matrix = standing(now.view, across, 0.0, self.depth_m, self.anchor, size=self.size)
        lay(now.picture, self.texture, matrix, now.scratch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What one mountain range is to look like. Heights are shares of ``tall``."""

    depth_m: float
    tall: float
    """Rest pixels from the horizon to the highest summit."""
    sink: float
    """Rest pixels that the foot reaches below the horizon."""
    crest: Floats
    """Height of the skyline at even steps across the texture."""
    haze: float
    """How much of the range the air takes, 0..1; more at its foot."""
    snow: float = 2.0
    """Where the snow begins."""
    green: float = 0.0
    """Where grass ends."""
    wood: float = 0.0
    """Where trees end."""
    cells: int = 96
    """Cells of the grid from foot to summit: how fine the range is carved."""


def breadth(lens: Lens) -> int:
    """Width of a texture that fills the frame through every camera move, in pixels."""
    return int(lens.width * 1.34 + lens.focal * 0.34) & ~1


class Rock:
    """Roughness of stone and snow, as pixels of a texture; made once for all ranges of a film."""

    def __init__(self, lens: Lens, seed: int) -> None:
        width, rows = breadth(lens), int(lens.height * 0.4 + lens.width * 0.12)
        unit = max(lens.width, lens.height) / 1280
        streaks = fractal(rows, width, 1 / (6 * unit), 1 / (9 * unit), 4, seed, ridged=False)
        self._grain = np.asarray(streaks - np.float32(0.47), np.float32)
        shape = (rows // 3, width // 3)
        blotches = fractal(*shape, 3 / (48 * unit), 3 / (30 * unit), 4, seed + 1, ridged=False)
        self._patch = _stretched(blotches - np.float32(0.47), (rows, width))

    def cut(self, rows: int, number: int) -> tuple[Floats, Floats]:
        """Grain and patches, -0.5..0.5, another piece for every number."""
        aside = number * 619 % self._grain.shape[1]
        lines = np.arange(rows) % len(self._grain)
        grain, patch = self._grain[lines], self._patch[lines]
        return np.roll(grain, aside, axis=1), np.roll(patch, aside, axis=1)


def ridges(
    lens: Lens, light: Daylight, seed: int, *ranges: Range, rock: Rock | None = None
) -> Flat:
    """Carve, light and paint mountain ranges, the farthest first, into one flat that stands where
    the last one does: far away nothing moves against what is behind it."""
    rock = rock or Rock(lens, seed)
    foot = max(spec.tall * 1.06 for spec in ranges) + 2
    rows = int(foot + max(spec.sink for spec in ranges))
    shape = (rows, breadth(lens))
    painted, alpha = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for number, spec in enumerate(ranges):
        top = int(foot - spec.tall * 1.06)
        bottom = min(int(foot + spec.sink), rows)
        rgb, cover = _painted(lens, light, seed + number, spec, rock, (bottom - top, foot - top))
        part, below = cover[..., None], alpha[top:bottom]
        painted[top:bottom] = rgb * part + painted[top:bottom] * (1 - part)
        alpha[top:bottom] = cover + below * (1 - cover)
    painted /= np.maximum(alpha, np.float32(1 / 255))[..., None]
    return Flat(cutout(painted, alpha), (shape[1] / 2, foot), ranges[-1].depth_m)


def _painted(
    lens: Lens, light: Daylight, seed: int, spec: Range, rock: Rock, frame: tuple[int, float]
) -> tuple[Floats, Floats]:
    """RGB and alpha of one range in a texture of so many rows, its foot at such a row."""
    width = breadth(lens)
    rows, foot = frame
    heights, cell = carved(width, seed, spec)
    depth = heights.shape[0]
    fine = np.asarray(
        cv2.resize(heights, (width * 2, depth), interpolation=cv2.INTER_CUBIC), np.float32
    )
    far = depth * 3.0
    nearness = (far / (far + np.arange(depth, dtype=np.float32))).astype(np.float32)
    place, alpha = seen(np.ascontiguousarray(fine * np.float32(cell)), nearness, rows, foot)
    across = np.broadcast_to(
        (np.arange(width, dtype=np.float32) + 0.5) / np.float32(cell) - 0.5, place.shape
    ).astype(np.float32)
    grain, patch = rock.cut(rows, seed)
    painted = _Look(heights, spec, light, across, place).painted(grain, patch)
    down = (np.arange(rows, dtype=np.float32) - np.float32(foot))[:, None]
    low = 1 + down / np.float32(spec.tall)
    return faded(painted, lens, light, haze=spec.haze, low=low), alpha


def carved(width: int, seed: int, spec: Range) -> tuple[Floats, float]:
    """Heights in cells, and pixels to a cell."""
    cell = spec.tall / spec.cells
    columns = math.ceil(width / cell)
    depth = int(spec.cells * SPAN)
    heights = rough = hard = np.zeros((2, 2), np.float32)
    for level, rounds in enumerate((30, 8, 3)):
        coarse = 4 >> level
        shape = (depth // coarse, columns // coarse)
        heights = _finer(heights, shape)
        if level < 2:  # finer, the rivers make their own roughness
            step = SPAN / shape[0]
            rough = fractal(*shape, step * 2.2, step * 2.2, 5, seed, ridged=False)
            hard = fractal(*shape, step * 5, step * 5, 4, seed + 50, ridged=False)
        else:
            rough, hard = _stretched(rough, shape), _stretched(hard, shape)
        heights += (rough - np.float32(0.47)) * np.float32(2 / (level + 1) / coarse)
        soft = np.float32(0.05) * np.exp((hard - np.float32(0.47)) * np.float32(4))
        steep = np.float32(0.95) * np.exp((hard - np.float32(0.47)) * np.float32(1.8))
        erode(
            heights,
            _uplift(shape, spec, rough),
            soft.astype(np.float32),
            steep.astype(np.float32),
            rounds,
            seed + level,
        )
    crest = np.asarray(heights.max(axis=0), np.float32)[None]
    wanted = _resampled(spec.crest, heights.shape[1])[None] * np.float32(spec.cells)
    wide = spec.cells * 0.12
    ratio = cv2.GaussianBlur(wanted, (0, 0), wide) / cv2.GaussianBlur(crest, (0, 0), wide)
    return np.ascontiguousarray(heights * ratio, np.float32), cell


def _finer(heights: Floats, shape: tuple[int, int]) -> Floats:
    """The same land on a finer grid; heights stay in cells, so they grow."""
    fine = _stretched(heights, shape) * np.float32(shape[0] / heights.shape[0])
    return np.asarray(np.maximum(fine, 0), np.float32)


def _stretched(field: Floats, shape: tuple[int, int]) -> Floats:
    return np.asarray(cv2.resize(field, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _uplift(shape: tuple[int, int], spec: Range, rough: Floats) -> Floats:
    """The land rises most along the crest and dies away to both feet."""
    depth = shape[0]
    z = np.linspace(0, 1, depth, dtype=np.float32)[:, None]
    bend = np.float32(0.60) + (rough[depth // 2] - np.float32(0.5))[None] * np.float32(0.7)
    near = np.clip(np.where(z < bend, z / bend, (1 - z) / (1 - bend)), 0, 1)
    line = _resampled(spec.crest, shape[1])[None]
    lift = near * line * (np.float32(0.45) + rough * np.float32(1.1))
    return np.ascontiguousarray(lift * np.float32(UPLIFT * depth), np.float32)


def _resampled(line: Floats, count: int) -> Floats:
    where = np.linspace(0, len(line) - 1, count)
    return np.interp(where, np.arange(len(line)), line).astype(np.float32)


class _Look:
    """Colours of what the camera sees of a carved range."""

    def __init__(
        self,
        heights: Floats,
        spec: Range,
        light: Daylight,
        across: Floats,
        place: Floats,
    ) -> None:
        self._heights, self._spec, self._light = heights, spec, light
        self._across, self._place = across, place

    def _at(self, field: Floats) -> Floats:
        """A field of the grid, looked up where each pixel falls."""
        border = cv2.BORDER_REPLICATE
        found = cv2.remap(field, self._across, self._place, cv2.INTER_LINEAR, borderMode=border)
        return np.asarray(found, np.float32)

    def painted(self, grain: Floats, patch: Floats) -> Floats:
        """RGB before the air is put in front."""
        spec, light = self._spec, self._light
        right = light.sun[0] > 0.5
        along = np.gradient(self._heights, axis=1)
        toward = np.gradient(self._heights, axis=0)
        up = 1 / np.sqrt(1 + along * along + toward * toward)
        # The sun is drawn lower and more from the side than it stands: it shows the shapes.
        side, high, front = (0.74 if right else -0.74), 0.46, 0.49
        direct = np.clip((-along * side + high + toward * front) * up, 0, 1).astype(np.float32)
        shadow = sunlit(self._heights, 0.50, 0.35, right)
        wide = cv2.GaussianBlur(self._heights, (0, 0), 5)
        hollow = np.clip((wide - self._heights) / 4.5, -1, 1).astype(np.float32)
        height = self._at(self._heights) / np.float32(spec.cells)
        slope, hollows = self._at(up.astype(np.float32)), self._at(hollow)
        # The grain is relief too: its sunny side is lit, its other side dark.
        bump = (np.roll(grain, -1 if right else 1, 1) - grain) * np.float32(-2.1)
        bump *= np.clip(0.35 + height, 0, 1)
        lit = np.clip(self._at(direct * shadow) * (1 + bump + grain * 0.4), 0, 1.25)
        albedo = self._albedo(height, slope, hollows, grain, patch)
        sky = np.clip(0.78 - hollows * 0.5 + grain * 0.25, 0.2, 1.3)
        strength = np.float32(1.05 if light.lamps < 1 else 0.6)
        # A sun at the horizon reaches the summits redder than what stands near us.
        depth = np.float32(1.45 if light.sun[1] < LOW_SUN else 1.0)
        glow = (np.array(light.key, np.float32) / 255) ** depth * strength
        shade = np.array(light.ambient, np.float32) / 255 * np.float32(0.55)
        return np.asarray(albedo * (sky[..., None] * shade + lit[..., None] * glow), np.float32)

    def _albedo(
        self, height: Floats, slope: Floats, hollow: Floats, grain: Floats, patch: Floats
    ) -> Floats:
        spec = self._spec

        def over(below: Floats, colour: Colour, share: Floats) -> Floats:
            mix = np.clip(share, 0, 1)[..., None]
            return np.asarray(below + (np.array(colour, np.float32) - below) * mix, np.float32)

        base = np.broadcast_to(np.array(ROCK, np.float32), (*height.shape, 3))
        colours = over(base, PALE_ROCK, 0.4 + patch * 2.5 + grain * 1.5)
        colours = over(colours, SCREE, (slope - 0.66) * 5 + grain * 2)
        edge = height + patch * 0.20 + grain * 0.08
        if spec.green:
            colours = over(colours, GRASS, (spec.green - edge) * 7 + (slope - 0.66) * 4 + grain * 2)
        if spec.wood:
            colours = over(colours, WOOD, (spec.wood - edge) * 12 + patch * 6 + grain * 5)
        deep = (edge - spec.snow) * 12
        cling = (slope - 0.62) * 12 + hollow * 5 + grain * 5 + (edge - spec.snow) * 6
        return over(colours, SNOW, np.minimum(deep, cling))


def air(lens: Lens, light: Daylight, width: int) -> Floats:
    """(width, 3): the colour of the air across a texture; it takes the glow towards the sun."""
    x = (np.arange(width, dtype=np.float32) - width / 2) / lens.width - (light.sun[0] - 0.5)
    near_sun = (np.exp(-np.abs(x) * 3.2) * math.exp(-light.sun[1] * 4))[:, None] * np.float32(0.6)
    haze = np.array(light.haze, np.float32) * (1 - near_sun)
    haze += np.array(light.sky[0][1], np.float32) * near_sun
    haze += np.array(light.glow, np.float32) * near_sun * np.float32(0.8)
    return np.asarray(np.minimum(haze, 255), np.float32)


def faded(painted: Floats, lens: Lens, light: Daylight, *, haze: float, low: Floats) -> Floats:
    """Put the air between us and a far thing; ``low`` (0..1) is 1 at the foot, where it is
    thickest."""
    thick = haze + (1 - haze) * 0.75 * np.clip(low, 0, 1) ** np.float32(2.2)
    mix = np.clip(thick, 0, 1)[..., None].astype(np.float32)
    colour = air(lens, light, painted.shape[1])[None]
    return np.asarray(painted * (1 - mix) + colour * mix, np.float32)
