"""What a runner works with, handed in as ports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from filmgate.domain.errors import FilmgateError
from filmgate.domain.line import Account
from filmgate.domain.locks import Locks
from filmgate.domain.order import Sighting
from filmgate.domain.ports import Clock, Plans, Provider, Results, Store
from filmgate.domain.task import Task
from filmgate.usecases.gather_inputs import Gathered
from filmgate.usecases.patience import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The rooms that a runner works in."""

    store: Store
    results: Results
    accounts: Mapping[str, Account]
    providers: Mapping[str, Provider]
    """By account: a job can be asked for only with the account that made it."""
    plans: Plans
    clock: Clock
    locks: Locks
    gather: Callable[[Task], Awaitable[Gathered]]
    """Fetches what a waiting task was given by its address."""
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a lane asks of, and tells to, the runner it belongs to."""

    runner: str
    takes_all: Callable[[], bool]
    """Whether every task is ours to start, or only those somebody here asked for."""
    is_watched: Callable[[str], bool]
    publish: Callable[[Sighting], None]
    set_aside: Callable[[str, FilmgateError], None]
    """Our own house is in this task's way."""
    defect: Callable[[Exception], None]
    """A mistake of ours: the runner ends and tells it."""
