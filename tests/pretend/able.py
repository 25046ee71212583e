"""A catalogue in which the local engine renders whatever some model can do.

What a protocol can express is held against this, so that it says nothing of the engine's progress.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from filmgate.catalogue.load import Catalogue, load_catalogue
from filmgate.domain.model import Listing, Price


@contextmanager
def able_houses() -> Iterator[None]:
    """Every house opened meanwhile has that catalogue."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("filmgate.assembly.house.catalogue_of", lambda settings: able_catalogue)
        yield


@cache
def able_catalogue() -> Catalogue:
    known = load_catalogue()
    free = Price(amount=Decimal(0), block_s=0)
    models = {
        model.name: replace(
            model,
            listings={
                **model.listings,
                "local": Listing(abilities=model.abilities, prices=(free,)),
            },
        )
        for model in known.models
    }
    names = {key: (models[model.name], name) for key, (model, name) in known._known.items()}
    return Catalogue(tuple(models.values()), known.providers, names)
