"""The catalogue's files, read once and strictly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from filmgate.domain.model import Model, Name, Provider


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every model and provider we know, in the order they are shown."""

    models: tuple[Model, ...]
    providers: dict[str, Provider]

    def find(self, name: str) -> Model:
        """The model that any protocol knows under this name, whatever the case of its letters.

        Raises Unsupported, with close names in the remedy.
        """
        raise NotImplementedError

    def alias(self, name: str) -> Name | None:
        """What the name says beyond the model: ``kling/v2-1-pro`` settles the mode."""
        raise NotImplementedError


@cache
def load_catalogue() -> Catalogue:
    """All files of the package, parsed on the first call of the process."""
    raise NotImplementedError
