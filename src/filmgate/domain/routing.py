"""The nearest thing that works, when what was asked for does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Model
from filmgate.domain.request import Mode, Request
from filmgate.domain.rules import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """A change of model, mode or length with which the request can be done."""

    model: str
    mode: Mode
    duration_s: float
    request: Request
    """The request, changed so."""
    words: str
    """The changes for a reader: ``use mode pro``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Can the model do the request at the provider; if not, why, and what could?"""

    refusal: Refusal | None
    nearest: Nearest | None
    """None where nothing was refused, and where no model of the provider can help."""
    notes: tuple[str, ...]

    def error(self) -> Unsupported | None:
        """The refusal as an error whose remedy names the nearest that works."""
        raise NotImplementedError


def decide(models: Sequence[Model], model: Model, request: Request, *, provider: str) -> Decision:
    """The whole question in one call."""
    raise NotImplementedError


def nearest(
    models: Sequence[Model], model: Model, request: Request, *, provider: str
) -> Nearest | None:
    """The change that asks least of the customer: the same model in another mode or length, and
    only then another model, the closest by family and generation first."""
    raise NotImplementedError
