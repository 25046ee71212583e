"""What passes between a client of a paid service and whoever carries its calls.

A client is pure: it builds a ``Call`` of an order and reads a ``Reply``. Which words a service has
for things is its own business; what an answer comes to is told in the words of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from filmgate.domain.model import Feature, Model, Name, asked
from filmgate.domain.order import Order
from filmgate.domain.ports import (
    Failed,
    Made,
    Refused,
    Running,
    Throttled,
    Unclear,
    Vanished,
)
from filmgate.domain.request import Asset, Generation, Mode, Ratio


class Form(StrEnum):
    """How a service takes an input."""

    URL = "url"
    """By an address that it can reach."""
    INLINE = "inline"
    """Within the call, as text or as a part."""
    UPLOAD = "upload"
    """Brought to it before, by a call of its own that costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A picture, clip or sound as it goes out: by ``url`` or as ``content``."""

    media_type: str
    name: str
    url: str | None = None
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a multipart body; with a file name it is a file."""

    name: str
    content: bytes
    file_name: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP call; ``path`` with its query begins at the service's root."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    parts: tuple[Part, ...] = ()
    """Instead of ``body``: multipart/form-data."""
    base_url: str | None = None
    """Another root than the account's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """By names in lower case."""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An order in the terms of one service: its name for the model, and every default settled."""

    order: Order
    name: Name
    mode: Mode
    takes_mode: bool
    """False where the service's model has no modes."""
    duration_s: float
    ratio: Ratio
    sound: bool
    takes_sound: bool
    """Whether sound is a matter of choice with this model there."""
    wishes: frozenset[Feature]
    """What the service takes of negative prompt, cfg_scale, creativity and seed."""
    inputs: Mapping[str, Input] = field(default_factory=dict[str, Input])
    """By the asset's digest."""
    source_job: str | None = None
    """The job of the task that an extension goes on from, made with the same account."""
    callback_url: str | None = None

    def input(self, asset: Asset) -> Input:
        return self.inputs[key_of(asset)]


def key_of(asset: Asset) -> str:
    """What has still to be fetched has no digest yet."""
    return asset.digest or (asset.fetch.url if asset.fetch else "")


def work_of(order: Order, model: Model, name: Name, *, provider: str) -> Work:
    """``model`` is the order's, ``name`` what the service calls it."""
    want = asked(model, order.request)
    listing = model.listings.get(provider)
    rows = [row for row in (listing.abilities if listing else ()) if want.kind in row.kinds]
    ratio = order.request.ratio if isinstance(order.request, Generation) else None
    return Work(
        order=order,
        name=name,
        mode=want.mode,
        takes_mode=not model.modeless,
        duration_s=order.output.duration_s,
        ratio=ratio or model.default_ratio,
        sound=want.sound,
        takes_sound=any(Feature.SOUND in row.features and row.silent for row in rows),
        wishes=frozenset(wish for wish in want.wishes if any(wish in row.features for row in rows)),
    )


class Trouble(StrEnum):
    """Why an account can't be used at all, whatever is asked of it."""

    EMPTY = "empty"
    """No money or no units left."""
    REJECTED = "rejected"
    """Its credentials, or where they are used from, are not accepted."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing was made, because the account can't be used."""

    trouble: Trouble
    reason: str


@dataclass(frozen=True, slots=True)
class Exists:
    """The service says that it has an order of this name already: ask it for the job."""


@dataclass(frozen=True, slots=True)
class Silent:
    """An answer that says nothing of the job: it is no verdict, and never read as a failure."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The film is there."""

    url: str | None = None
    """None where the client ``ServesFilms``."""
    cost_usd_micros: int | None = None


Created = Made | Refused | Throttled | Unclear | Closed | Exists
Looked = Running | Ready | Failed | Vanished | Silent


class Client(Protocol):
    """A sans-IO client of one service with one account's credentials."""

    @property
    def service(self) -> str:
        """As people write it: ``Kling``, ``KIE``."""

    @property
    def protocols(self) -> tuple[str, ...]:
        """Whose names of a model it can send, the preferred one first (see ``model.Name``)."""

    def forms(self, asset: Asset) -> tuple[Form, ...]:
        """How it may be given, the best first."""

    def create(self, work: Work) -> Call:
        """The one call that costs. Raises FixRequest for what the service has no words for."""

    def read_create(self, call: Call, reply: Reply) -> Created: ...

    def look(self, job: str) -> Call: ...

    def read_look(self, job: str, reply: Reply) -> Looked: ...


@runtime_checkable
class Finds(Protocol):
    """What a client of a service has that keeps our own id of a task."""

    def find(self, task_id: str) -> Sequence[Call]:
        """The calls to make, one after the other, until one finds the job."""

    def read_find(self, task_id: str, call: Call, reply: Reply) -> Made | Vanished | Silent: ...


@runtime_checkable
class Cancels(Protocol):
    """What a client of a service has that can be asked to stop a job."""

    def cancel(self, job: str) -> Call: ...

    def read_cancel(self, reply: Reply) -> bool:
        """Whether the job is stopped."""


@runtime_checkable
class TakesUploads(Protocol):
    def upload(self, given: Input) -> Call: ...

    def read_upload(self, reply: Reply) -> str | None:
        """The address to use, or None where it did not come about."""


@runtime_checkable
class ServesFilms(Protocol):
    """What a client of a service has whose films need its credentials."""

    def film(self, job: str) -> Call: ...


@runtime_checkable
class CallsBack(Protocol):
    """What a client of a service has that calls us."""

    def hear(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The job it is about, where that is a whole handle. ``headers`` in any case of letters.

        Raises NotGenuine for one whose signature does not hold.
        """


Speak = Callable[[Order], Work]
"""The catalogue's part of an order. Raises SetUp where the service has no name for the model."""
