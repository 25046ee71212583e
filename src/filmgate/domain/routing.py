"""The nearest thing that works, when what was asked for does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Asked, Feature, Model, asked
from filmgate.domain.request import (
    Generation,
    ImageToVideo,
    Mode,
    MotionControl,
    Omni,
    Request,
    TextToVideo,
)
from filmgate.domain.rules import CAMERA, WORDS, Refusal, notes, refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """A change of model, mode or length with which the request can be done."""

    model: str
    mode: Mode
    duration_s: float
    request: Request
    """The request, changed so."""
    words: str
    """The changes for a reader: ``mode pro``, ``model kling-v3 with 7 seconds``."""
    same_model: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Can the model do the request at the provider; if not, why, and what could?"""

    refusal: Refusal | None
    nearest: Nearest | None
    """None where nothing was refused, and where no model of the provider can help."""
    notes: tuple[str, ...]
    request: Request
    """What was decided on: the request, with the mode filled in where only one is possible."""

    def error(self) -> Unsupported | None:
        """The refusal as an error whose remedy names the nearest that works."""
        if self.refusal is None:
            return None
        remedy = self.refusal.remedy
        if self.nearest is not None:
            nearest = f"nearest: {self.nearest.words}"
            # Where only a number or a mode has to change, the nearest says it all.
            remedy = nearest if self.nearest.same_model else f"{remedy}; {nearest}"
        return Unsupported(self.refusal.message, field=self.refusal.field, remedy=remedy)


def decide(models: Sequence[Model], model: Model, request: Request, *, provider: str) -> Decision:
    """The whole question in one call."""
    request = _in_the_only_mode(model, request, provider)
    request, left_out = _in_a_known_frame(model, request, provider)
    refused = refusal(model, request, provider=provider)
    return Decision(
        refusal=refused,
        nearest=nearest(models, model, request, provider=provider) if refused else None,
        notes=(*left_out, *notes(model, request, provider=provider)),
        request=request,
    )


def _in_a_known_frame(
    model: Model, request: Request, provider: str
) -> tuple[Request, tuple[str, ...]]:
    """Who can't choose size and rate freely makes what the mode and the ratio come to."""
    listing = model.listings.get(provider)
    if not isinstance(request, Generation) or (listing is not None and listing.any_frame):
        return request, ()
    told = []
    if request.size_px is not None:
        width, height = request.size_px
        told.append(f"size {width}x{height} became the nearest that {provider} makes")
    if request.fps is not None:
        told.append(f"fps {request.fps} was taken and left out: {provider} has no such control")
    return (replace(request, size_px=None, fps=None), tuple(told)) if told else (request, ())


def _in_the_only_mode(model: Model, request: Request, provider: str) -> Request:
    """Who names no mode means the one that the provider has, where it has one alone."""
    listing = model.listings.get(provider)
    if listing is None or not isinstance(request, Generation) or request.mode is not None:
        return request
    rows = [row for row in listing.abilities if request.kind in row.kinds]
    modes = {mode for mode in model.modes if any(row.in_mode(mode) for row in rows)}
    return replace(request, mode=modes.pop()) if len(modes) == 1 else request


def nearest(
    models: Sequence[Model], model: Model, request: Request, *, provider: str
) -> Nearest | None:
    """The change that asks least of the customer, or None.

    The same model in another mode or length comes first, and only then another model: with the
    fewest further changes, the closest by family and generation, rather newer than older. Where
    nobody can do all of it, the same search goes on without one of the features, then without any.
    """
    want = asked(model, request)
    candidates = sorted(
        _candidates(models, request, want), key=lambda each: _strain(model, want, *each)
    )
    for dropped in _drops(want):
        less = _without(request, dropped)
        for other, mode, duration_s in candidates:
            changed = _changed(less, other, mode, duration_s)
            if refusal(other, changed, provider=provider) is None:
                return Nearest(
                    model=other.name,
                    mode=mode,
                    duration_s=duration_s,
                    request=changed,
                    words=_words(model, want, other, mode, duration_s, dropped),
                    same_model=other.name == model.name,
                )
    return None


Candidate = tuple[Model, Mode, float]


def _candidates(models: Sequence[Model], request: Request, want: Asked) -> Iterator[Candidate]:
    """Everything that could be asked for instead. Only requests that carry a mode and a length
    can be given another one."""
    for other in models:
        if want.kind not in other.kinds:
            continue
        if not isinstance(request, Generation):
            yield other, want.mode, want.duration_s
            continue
        for mode in other.modes:
            for duration_s in {want.duration_s, *map(float, other.durations_s)}:
                yield other, mode, duration_s


def _drops(want: Asked) -> Iterator[frozenset[Feature]]:
    droppable = sorted(want.features & DROPPABLE)
    yield frozenset()
    for feature in droppable:
        yield frozenset({feature})
    if len(droppable) > 1:
        yield frozenset(droppable)


DROPPABLE = CAMERA | {
    Feature.IMAGE_TAIL,
    Feature.BRUSH,
    Feature.SOUND,
    Feature.VOICES,
    Feature.ELEMENTS,
}
"""What a request can lose and still be the request."""


def _without(request: Request, dropped: frozenset[Feature]) -> Request:
    if isinstance(request, Generation) and Feature.SOUND in dropped:
        request = replace(request, sound=False)
    if isinstance(request, (TextToVideo, ImageToVideo)) and dropped & CAMERA:
        request = replace(request, camera=None)
    if isinstance(request, ImageToVideo):
        request = replace(
            request,
            image_tail=None if Feature.IMAGE_TAIL in dropped else request.image_tail,
            static_mask=None if Feature.BRUSH in dropped else request.static_mask,
            strokes=() if Feature.BRUSH in dropped else request.strokes,
            voices=() if Feature.VOICES in dropped else request.voices,
        )
    if isinstance(request, Omni) and Feature.IMAGE_TAIL in dropped:
        request = replace(request, last_frame=None)
    if isinstance(request, (ImageToVideo, Omni, MotionControl)) and Feature.ELEMENTS in dropped:
        request = replace(request, elements=())
    return request


def _strain(
    model: Model, want: Asked, other: Model, mode: Mode, duration_s: float
) -> tuple[float, ...]:
    """How much a change asks of the customer; tuples compare from the left."""
    modes = list(Mode)
    return (
        other.name != model.name,
        (mode != want.mode) + (duration_s != want.duration_s),
        other.family != model.family,
        abs(other.generation - model.generation),
        -other.generation,
        abs(duration_s - want.duration_s),
        -duration_s,
        abs(modes.index(mode) - modes.index(want.mode)),
    )


def _changed(request: Request, model: Model, mode: Mode, duration_s: float) -> Request:
    if not isinstance(request, Generation):
        return replace(request, model=model.name)
    return replace(request, model=model.name, mode=mode, duration_s=duration_s)


def _words(
    model: Model,
    want: Asked,
    other: Model,
    mode: Mode,
    duration_s: float,
    dropped: frozenset[Feature],
) -> str:
    changes = (
        (f"model {other.name}", other.name != model.name),
        (f"mode {mode.value}", mode is not want.mode),
        (f"{duration_s:g} seconds", duration_s != want.duration_s),
    )
    words = [" with ".join(words for words, is_changed in changes if is_changed)]
    words += [f"without {WORDS[feature][1]}" for feature in sorted(dropped)]
    return " ".join(filter(None, words))
