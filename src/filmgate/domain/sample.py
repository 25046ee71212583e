"""What five seconds of a model cost: one sample, so that price lists can be compared."""

from __future__ import annotations

from filmgate.domain.model import Model, Provider, settle
from filmgate.domain.pricing import Quote, quote
from filmgate.domain.request import ImageToVideo, Kind, Mode, Request, TextToVideo

SAMPLE_S = 5.0


def samples(mode: Mode) -> tuple[Request, Request]:
    """Of words, and of a picture."""
    return (
        TextToVideo(prompt="x", mode=mode, duration_s=SAMPLE_S),
        ImageToVideo(prompt="x", mode=mode, duration_s=SAMPLE_S),
    )


def sample_quote(provider: Provider, model: Model, mode: Mode) -> Quote | None:
    """The price of five seconds in this mode, of words if the model does that, else of a picture;
    None where the provider has no such thing."""
    for request in samples(mode):
        rows = [row for row in model.listings[provider.name].abilities if row.in_mode(mode)]
        if any(request.kind in row.kinds and row.lasts(SAMPLE_S) for row in rows):
            return quote(model, provider, request, settle(model, request, seed=0))
    return None


def kinds_at(model: Model, provider: str) -> frozenset[Kind]:
    """What the provider does with the model today."""
    listing = model.listings.get(provider)
    rows = listing.abilities if listing is not None else ()
    return model.kinds & frozenset(kind for row in rows for kind in row.kinds)
