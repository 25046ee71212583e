"""What a service calls the model of an order: the catalogue's part of every call that goes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from filmgate.catalogue.load import Catalogue
from filmgate.domain.errors import Unsupported
from filmgate.domain.model import Model, Name, asked
from filmgate.domain.order import Order
from filmgate.domain.upstream import Speak, Work, work_of


def speaker(catalogue: Callable[[], Catalogue], provider: str, protocols: Sequence[str]) -> Speak:
    """``protocols``: whose names this account's client can send, the preferred one first.

    What it returns raises Unsupported where there is no name that the client can send.
    """

    def speak(order: Order) -> Work:
        model = catalogue().find(order.model)
        return work_of(order, model, _name(model, order, protocols), provider=provider)

    return speak


def _name(model: Model, order: Order, protocols: Sequence[str]) -> Name:
    mode = asked(model, order.request).mode
    names = (model.name_at(each, order.request.kind, mode) for each in protocols)
    if (found := next(filter(None, names), None)) is not None:
        return found
    family = protocols[0].partition("-")[0]
    if any(name.protocol.partition("-")[0] == family for name in model.names):
        raise Unsupported(
            f"{model.name} can't be ordered with this account's credentials at {family}",
            field="model",
            remedy="Kling's newest models take an API key (KLING_API_KEY) alone."
            if family == "kling"
            else "Choose another model, or another provider.",
        )
    # Kinds that are a service of their own (avatars, effects) have no model on the wire.
    return Name(protocol=protocols[0], name=model.name)
