"""An account of the operator's as the settings have it: where it is, and what opens it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    id: str
    provider: str
    base_url: str
    key: str = field(default="", repr=False)
    """A static key, or the half of a pair that names the account."""
    secret: str = field(default="", repr=False)
    """The other half, where there are two."""
    hook_secret: str = field(default="", repr=False)
    """What the service signs its callbacks with, where the operator has switched that on."""
    flavour: str = ""
    """PiAPI: the service mode; a /v1/videos server: which of them it is."""
    slots: int | None = None
    """How many jobs at once; None: as many as such an account usually has."""
