"""The only room that sees every room: it wires the house by hand.

Nothing heavy is imported here: pictures and films are opened by libraries that load on first use,
and rendering happens in a process of its own.
"""

from filmgate.assembly.checks import catalogue, check_engine, kling_token, plans
from filmgate.assembly.house import Embedded
from filmgate.settings import load as settings_of

__all__ = ["Embedded", "catalogue", "check_engine", "kling_token", "plans", "settings_of"]
