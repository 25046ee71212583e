"""The light of an hour: sky, sun or moon, and what they do to everything below."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filmgate.engines.animatic.colours import Colour, Stops


@dataclass(frozen=True, slots=True, kw_only=True)
class Daylight:
    """Colours in 0..255; places in frame widths from the left and heights above the horizon."""

    sky: Stops
    """Colour by height above the horizon, in frame heights."""
    sun: tuple[float, float]
    sun_radius: float
    """In frame widths."""
    sun_colour: Colour
    glow: Colour
    """Added around the sun, wide and soft."""
    halo: Colour
    """Added close around the sun."""
    haze: Colour
    """What far things fade into."""
    ambient: Colour
    """Light from the whole sky; multiplies what stands in the scene (255 is neutral)."""
    key: Colour
    """Light from the sun or the moon."""
    backlight: float
    """0: the light comes from behind us; 1: everything is a silhouette."""
    stars: float
    """How many of the stars can be seen, 0..1."""
    cloud: tuple[Colour, Colour, Colour, Colour]
    """A cloud's lit edge, body, shade and depth."""
    water: Colour
    """What the water itself looks like where it mirrors nothing."""
    glitter: Colour
    lamps: float
    """How many windows and lanterns are lit, 0..1."""


HOURS: dict[str, Daylight] = {
    "dawn": Daylight(
        sky=(
            (0.0, (255, 206, 160)),
            (0.07, (253, 190, 160)),
            (0.18, (238, 172, 174)),
            (0.34, (188, 158, 190)),
            (0.6, (122, 140, 190)),
            (0.95, (78, 108, 168)),
            (1.3, (58, 86, 148)),
        ),
        sun=(0.36, 0.06),
        sun_radius=0.026,
        sun_colour=(255, 248, 226),
        glow=(58, 40, 14),
        halo=(84, 70, 46),
        haze=(240, 190, 176),
        ambient=(176, 172, 196),
        key=(255, 214, 176),
        backlight=0.55,
        stars=0.04,
        cloud=((255, 236, 214), (250, 196, 178), (196, 156, 178), (134, 122, 164)),
        water=(58, 74, 104),
        glitter=(255, 224, 182),
        lamps=0.35,
    ),
    "day": Daylight(
        sky=(
            (0.0, (214, 232, 242)),
            (0.08, (190, 220, 242)),
            (0.22, (142, 194, 236)),
            (0.45, (92, 160, 222)),
            (0.8, (54, 122, 200)),
            (1.3, (34, 94, 176)),
        ),
        sun=(0.74, 0.62),
        sun_radius=0.018,
        sun_colour=(255, 254, 246),
        glow=(46, 42, 30),
        halo=(70, 66, 52),
        haze=(196, 218, 234),
        ambient=(214, 222, 236),
        key=(255, 250, 236),
        backlight=0.0,
        stars=0.0,
        cloud=((255, 255, 255), (246, 249, 253), (206, 218, 234), (158, 178, 204)),
        water=(16, 74, 104),
        glitter=(255, 252, 240),
        lamps=0.0,
    ),
    "sunset": Daylight(
        sky=(
            (0.0, (255, 174, 92)),
            (0.06, (253, 146, 86)),
            (0.17, (226, 106, 100)),
            (0.33, (150, 82, 124)),
            (0.55, (78, 62, 116)),
            (0.9, (32, 38, 84)),
            (1.3, (18, 24, 60)),
        ),
        sun=(0.6, 0.075),
        sun_radius=0.036,
        sun_colour=(255, 246, 212),
        glow=(74, 48, 8),
        halo=(96, 76, 40),
        haze=(232, 132, 102),
        ambient=(126, 92, 122),
        key=(255, 170, 100),
        backlight=0.85,
        stars=0.12,
        cloud=((255, 214, 148), (250, 148, 94), (192, 90, 98), (94, 60, 98)),
        water=(24, 30, 58),
        glitter=(255, 200, 118),
        lamps=0.6,
    ),
    "night": Daylight(
        sky=(
            (0.0, (54, 78, 116)),
            (0.1, (38, 58, 98)),
            (0.3, (22, 36, 74)),
            (0.6, (12, 20, 50)),
            (1.3, (5, 9, 28)),
        ),
        sun=(0.66, 0.40),
        sun_radius=0.024,
        sun_colour=(244, 246, 250),
        glow=(22, 28, 40),
        halo=(70, 80, 100),
        haze=(44, 64, 100),
        ambient=(70, 88, 132),
        key=(178, 200, 240),
        backlight=0.5,
        stars=1.0,
        cloud=((150, 166, 196), (78, 94, 132), (40, 52, 86), (20, 28, 54)),
        water=(8, 16, 36),
        glitter=(206, 220, 246),
        lamps=1.0,
    ),
    "golden hour": Daylight(
        sky=(
            (0.0, (255, 224, 168)),
            (0.08, (252, 212, 160)),
            (0.22, (222, 198, 176)),
            (0.45, (154, 172, 194)),
            (0.8, (92, 132, 184)),
            (1.3, (58, 98, 160)),
        ),
        sun=(0.68, 0.20),
        sun_radius=0.026,
        sun_colour=(255, 250, 224),
        glow=(64, 46, 12),
        halo=(92, 74, 38),
        haze=(240, 206, 156),
        ambient=(182, 164, 150),
        key=(255, 206, 128),
        backlight=0.35,
        stars=0.0,
        cloud=((255, 246, 216), (254, 222, 172), (214, 180, 156), (146, 136, 144)),
        water=(40, 70, 92),
        glitter=(255, 226, 150),
        lamps=0.15,
    ),
    "dusk": Daylight(
        sky=(
            (0.0, (222, 140, 116)),
            (0.05, (190, 118, 126)),
            (0.14, (132, 98, 140)),
            (0.30, (76, 80, 140)),
            (0.6, (38, 52, 108)),
            (1.3, (14, 22, 62)),
        ),
        sun=(0.42, -0.03),
        sun_radius=0.02,
        sun_colour=(255, 190, 140),
        glow=(40, 22, 16),
        halo=(40, 24, 18),
        haze=(150, 112, 138),
        ambient=(98, 96, 146),
        key=(214, 160, 170),
        backlight=0.75,
        stars=0.35,
        cloud=((226, 150, 140), (150, 104, 136), (92, 78, 122), (50, 54, 96)),
        water=(18, 26, 56),
        glitter=(150, 110, 130),
        lamps=0.9,
    ),
    "moonlight": Daylight(
        sky=(
            (0.0, (92, 128, 168)),
            (0.1, (66, 100, 146)),
            (0.3, (40, 68, 116)),
            (0.6, (22, 40, 82)),
            (1.3, (8, 16, 44)),
        ),
        sun=(0.62, 0.30),
        sun_radius=0.034,
        sun_colour=(250, 250, 244),
        glow=(34, 42, 56),
        halo=(90, 100, 118),
        haze=(74, 102, 142),
        ambient=(92, 116, 166),
        key=(206, 222, 250),
        backlight=0.6,
        stars=1.0,
        cloud=((196, 210, 232), (112, 132, 172), (62, 80, 120), (32, 44, 80)),
        water=(12, 26, 52),
        glitter=(230, 238, 252),
        lamps=1.0,
    ),
}


def gloomy(light: Daylight, gloom: float, dark: float = 0.0) -> Daylight:
    """The light of an hour under a heavy sky: greyer, flatter, the sun a pale disc or none;
    ``dark`` is how much of all light a storm takes away (both 0..1)."""
    bright = 1 - dark
    grey = sum(light.haze) / 3 * (1 - 0.3 * gloom) * bright

    def dull(colour: Colour, share: float, toward: float = grey) -> Colour:
        red, green, blue = (part * bright + (toward - part * bright) * share for part in colour)
        return red, green, blue

    veil = dull(light.haze, 0.6 * gloom)
    pale = [a + (b - a) * gloom * 0.9 for a, b in zip(light.sun_colour, veil, strict=True)]
    body, shade = (dull(light.cloud[i], 0.6 * gloom, grey * (1 - 0.2 * i)) for i in (1, 2))
    return replace(
        light,
        sky=tuple((at, dull(colour, 0.8 * gloom)) for at, colour in light.sky),
        haze=veil,
        ambient=dull(light.ambient, 0.3 * gloom, sum(light.ambient) / 3 * bright),
        key=dull(light.key, 0.7 * gloom, sum(light.key) / 3 * (1 - 0.5 * gloom) * bright),
        glow=dull(light.glow, gloom, 0.0),
        halo=dull(light.halo, gloom, 0.0),
        sun_colour=(pale[0], pale[1], pale[2]),
        stars=light.stars if light.stars >= 1 and gloom < 0.3 else light.stars * (1 - gloom),
        cloud=(dull(light.cloud[0], 0.6 * gloom), body, shade, dull(light.cloud[3], 0.4 * gloom)),
        water=dull(light.water, 0.4 * gloom, sum(light.water) / 3 * bright),
    )
