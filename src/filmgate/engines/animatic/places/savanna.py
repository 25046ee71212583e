"""A savanna: the dry grass of a wide plain, under umbrella trees."""

from __future__ import annotations

from filmgate.engines.animatic.places import meadow
from filmgate.engines.animatic.scene import Brief, World


def build(brief: Brief) -> World:
    """A meadow in the season that never ends there; see ``seasons.season_of``."""
    return meadow.build(brief)
