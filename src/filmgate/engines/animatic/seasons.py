"""What the seasons do to plants: colours of leaves, grass and blossoms, and how bare they are."""

from __future__ import annotations

from filmgate.engines.animatic.colours import Colour
from filmgate.engines.animatic.storyboard import Storyboard
from filmgate.engines.animatic.trees import Kind

LEAVES: dict[str, tuple[Colour, ...]] = {
    "spring": ((118, 164, 58), (142, 184, 74), (168, 202, 96), (104, 150, 62)),
    "summer": ((52, 92, 36), (70, 112, 42), (96, 136, 52), (122, 156, 62)),
    "autumn": ((206, 112, 30), (224, 154, 44), (178, 66, 28), (232, 184, 70), (150, 112, 44)),
    "winter": ((96, 84, 62), (110, 92, 66)),
    "dry": ((84, 98, 48), (104, 112, 56), (122, 124, 66)),
}
GRASS: dict[str, tuple[Colour, ...]] = {
    "spring": ((104, 158, 58), (126, 176, 70), (90, 140, 54)),
    "summer": ((78, 122, 46), (104, 144, 58), (128, 150, 70), (66, 106, 42)),
    "autumn": ((156, 130, 62), (178, 148, 78), (132, 120, 58), (112, 116, 56)),
    "winter": ((128, 116, 86), (146, 132, 102), (108, 100, 78)),
    "dry": ((186, 152, 82), (206, 172, 96), (214, 184, 112), (160, 132, 74)),
}
EARTH: dict[str, Colour] = {
    "spring": (92, 112, 54),
    "summer": (86, 100, 50),
    "autumn": (124, 104, 56),
    "winter": (116, 106, 84),
}
WHITE: Colour = (238, 243, 252)


def season_of(board: Storyboard) -> str:
    """As the prompt says; snow makes it winter, and a savanna is dry."""
    if board.place == "savanna":
        return "dry"
    return board.season or ("winter" if board.weather == "snow" else "summer")


def snow_of(board: Storyboard) -> float:
    """How white the land is, 0..1."""
    if board.weather == "snow":
        return 1.0
    return 0.6 if board.season == "winter" else 0.0


def broadleaf(season: str, snow: float = 0.0) -> Kind:
    bare = season == "winter"
    return Kind(
        bark=(92, 82, 72) if bare else (84, 68, 54),
        leaves=LEAVES[season],
        dense=0.06 if bare else 1.0,
        snow=snow,
        through=0.6,
        flat=season == "dry",
    )


def needled(snow: float = 0.0) -> Kind:
    return Kind(
        bark=(78, 62, 50),
        leaves=((34, 58, 40), (44, 70, 46), (56, 82, 50), (40, 66, 50)),
        snow=snow,
        through=0.3,
    )


def whitened(colour: Colour, snow: float) -> Colour:
    """A colour under so much snow."""
    red, green, blue = (a + (b - a) * snow for a, b in zip(colour, WHITE, strict=True))
    return red, green, blue
