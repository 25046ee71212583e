"""Whether a model can do a request, and if not, why: in one sentence, with what helps."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Model
from filmgate.domain.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request can't be done as it stands. ``message`` is Kling's own sentence where Kling
    has one; ``field`` is our request's field; ``remedy`` says in plain words what would work."""

    message: str
    field: str
    remedy: str

    def error(self) -> Unsupported:
        return Unsupported(self.message, field=self.field, remedy=self.remedy)


def refusal(model: Model, request: Request, *, provider: str) -> Refusal | None:
    """None where the model can do the request at this provider; else the first thing in the way.

    ``provider`` is ``local`` (everything our server allows, as far as the local engine renders
    it), or an upstream: ``kling``, ``kie``, ``piapi`` (their dated map, retirement included).
    """
    raise NotImplementedError


def picture_refusal(
    model: Model, *, width: int, height: int, field: str = "image"
) -> Refusal | None:
    """Whether a decoded picture has sides and a ratio that the model takes."""
    raise NotImplementedError


def notes(model: Model, request: Request, *, provider: str) -> tuple[str, ...]:
    """What was taken and will have no effect, in words for the customer."""
    raise NotImplementedError
