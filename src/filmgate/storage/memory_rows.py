"""What the stores in memory share, as the tables of a database are shared."""

from __future__ import annotations

from dataclasses import dataclass, field

from filmgate.domain.change import Event
from filmgate.domain.delivery import Attempt, Delivery
from filmgate.domain.ledger import Balance, Transfer
from filmgate.domain.library import Item
from filmgate.domain.receivers import Receiver
from filmgate.domain.task import Task


@dataclass
class Rows:
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    transfers: dict[str, Transfer] = field(default_factory=dict[str, Transfer])
    balances: dict[str, Balance] = field(default_factory=dict[str, Balance])
    events: dict[str, Event] = field(default_factory=dict[str, Event])
    deliveries: dict[str, Delivery] = field(default_factory=dict[str, Delivery])
    attempts: dict[str, list[Attempt]] = field(default_factory=dict[str, list[Attempt]])
    """By event."""
    receivers_off: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    served: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    turns: int = 0
    receivers: dict[str, Receiver] = field(default_factory=dict[str, Receiver])
    items: dict[int, Item] = field(default_factory=dict[int, Item])
    """Voices and elements."""
