"""What the use cases need of the world, each as narrow as it can be.

Files are named by path as text, because the domain knows no file system.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from filmgate.domain.change import Change, Event
from filmgate.domain.delivery import Deliveries, DeliveryLog
from filmgate.domain.housekeeping import Records
from filmgate.domain.ledger import Audit, Balance, Transfer
from filmgate.domain.ledger import Kind as TransferKind
from filmgate.domain.library import Library
from filmgate.domain.line import Account, Line, Terms, Unfetched
from filmgate.domain.order import Order, Progress, Rendered
from filmgate.domain.receivers import Receivers
from filmgate.domain.request import Asset, Fetch, Kind, Request
from filmgate.domain.task import Fault, Output, Result, State, Task


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970."""


class Ids(Protocol):
    """Where everything comes from that must be new or random."""

    def task_id(self) -> str: ...

    def transaction_id(self) -> str: ...

    def seed(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
    """Which tasks are wanted; a condition left out holds for all. Newest first."""

    states: frozenset[State] = frozenset(State)
    customer: str | None = None
    provider: str | None = None
    account: str | None = None
    runner: str | None = None
    id_prefix: str = ""
    external_id: str | None = None
    """A customer's own name; asked for together with the customer."""
    number: int | None = None
    """What the ids of other protocols lead back to (``handles.number_of``)."""
    idempotency_key: str | None = None
    kinds: frozenset[Kind] = frozenset()
    """Empty: all kinds."""
    created_from: float | None = None
    created_before: float | None = None
    kept_at: float | None = None
    """Without those that have expired by then, swept or not."""
    past_id: str | None = None
    """Only what comes after this task in the order that was asked for."""
    oldest_first: bool = False
    offset: int = 0
    limit: int = 1000


class Tasks(Protocol):
    """The tasks' rows, which are the truth. What is written here survives a power cut."""

    async def commit(self, change: Change) -> Task:
        """All of the change or nothing: row, transfers, events and wake-up, under its limits.

        Returns the task as it now stands, with its new version; for a replay of an idempotency
        key, the task that the first call made. Raises Stale, NotEnough, QueueFull, NoSlot,
        AlreadyPosted, ExternalIdTaken, IdempotencyConflict; Wait and SetUp when the store itself
        is in trouble.
        """

    async def read(self, task_id: str) -> Task | None: ...

    async def select(self, wanted: TaskQuery) -> list[Task]: ...

    async def count(self, wanted: TaskQuery) -> int:
        """How many there are, whatever limit and offset say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferQuery:
    """Newest first."""

    customer: str | None = None
    task: str | None = None
    id: str | None = None
    reference: str | None = None
    kinds: frozenset[TransferKind] = frozenset()
    """Empty: all kinds."""
    at_from: float | None = None
    at_before: float | None = None
    offset: int = 0
    limit: int = 1000


class Ledger(Protocol):
    """Credits. A task's own transfers come with its changes; here is what people post."""

    async def post(self, transfer: Transfer) -> Transfer:
        """A top-up, a refund or an adjustment. Raises AlreadyPosted, NotEnough."""

    async def balance(self, customer: str) -> Balance: ...

    async def transfers(self, wanted: TransferQuery) -> list[Transfer]: ...

    async def check(self) -> Audit:
        """Compare every balance with the sum of its transfers, and every hold with its task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """As much of a task as a runner keeps in memory while the provider works."""

    task: str
    account: str
    state: State
    job: str | None
    model: str
    since: float
    """When it came into this state."""
    give_up_at: float | None
    rescue_until: float | None

    @classmethod
    def of(cls, task: Task) -> Self:
        return cls(
            task=task.id,
            account=task.account,
            state=task.state,
            job=task.job,
            model=task.model,
            since=task.updated_at,
            give_up_at=task.give_up_at,
            rescue_until=task.rescue_until,
        )


class Work(Protocol):
    """The tasks as a runner sees them: lines, owners, and what it owns."""

    async def line(self, account: Account, *, besides_runners: frozenset[str]) -> Line:
        """``besides_runners``: whose work has ended with them and takes no slot. Tasks that were
        given something that has still to be fetched are in no line."""

    async def unfetched(self, account: Account, *, each: int) -> list[Unfetched]:
        """Those; as many as ``each`` of every customer."""

    async def owners(self) -> frozenset[str]:
        """Every runner named by a task that is not done with."""

    async def adopt(self, runner: str, gone: frozenset[str]) -> int:
        """Take over everything that the gone runners had in hand, and what nobody has."""

    async def in_hand(self, runner: str, *, account: str | None = None) -> list[InHand]:
        """What this runner owns that is begun and not done with, rescues included."""

    async def overdue(self, now: float) -> list[str]:
        """Queued tasks that nobody has any use for now."""


class News(Protocol):
    """Who must look again, and when."""

    def listen(self, told: Callable[[Task], None]) -> Callable[[], None]:
        """Be told how a task stands after each commit of this process; returns what ends it.

        The call comes in the loop of whoever listens, after the commit.
        """

    async def mark(self) -> int:
        """A number that is another one once another process has written; cheap to ask for."""


class Events(Protocol):
    """What has happened to tasks that somebody wanted to hear of. Calling them is for
    ``Deliveries``."""

    async def of_customer(self, customer: str, limit: int) -> list[Event]:
        """Newest first, told or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One database behind narrow doors; all of them share its transactions."""

    tasks: Tasks
    ledger: Ledger
    work: Work
    news: News
    events: Events
    deliveries: Deliveries
    delivery_log: DeliveryLog
    records: Records
    library: Library
    receivers: Receivers


class Plans(Protocol):
    """Customers' plans, as far as tasks need to know them."""

    async def terms(self, customer: str) -> Terms:
        """Raises NotFound."""

    async def price_credits(
        self, customer: str, *, provider: str, model: str, request: Request, output: Output
    ) -> int:
        """What the plan takes for this, in whole credits. Raises TopUp where it has no price."""


class Assets(Protocol):
    """Stored inputs, by the digest of their bytes."""

    async def put(self, path: str) -> Asset:
        """Check the file and copy it in; the same bytes are kept once. Raises BadInput, SetUp."""

    async def locate(self, asset: Asset) -> str:
        """A local file with the asset's bytes; raises NotFound."""

    async def picture_size(self, asset: Asset) -> tuple[int, int]:
        """Width and height as they will be seen; raises BadInput."""


class Moderator(Protocol):
    async def check(self, request: Request) -> None:
        """Raises Disallowed for what may not be asked for here."""


class Fetcher(Protocol):
    async def fetch(self, wanted: Fetch) -> Asset:
        """What a customer pointed at, stored, and checked against its limits.

        Raises BadInput where trying again is useless, Unreachable where it may help, in words
        that begin with the field; and SetUp.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A film as it was found when it was decoded."""

    width: int
    height: int
    fps: float
    duration_s: float
    sound: bool = False
    poster: str | None = None
    """Names of the pictures that were made beside it."""
    thumbnail: str | None = None
    preview: str | None = None
    sheet: str | None = None


class Results(Protocol):
    """Finished films in our own storage."""

    async def make_room(self, task_id: str) -> str:
        """The path to write an incoming film to: never the final name. Raises SetUp."""

    async def keep(self, task_id: str) -> Result:
        """Measure what was written, make it durable, and only then give it its final name.

        Keeping twice is harmless. Raises BadInput when it is no film, SetUp on disk trouble.
        """

    async def discard(self, task_id: str) -> None:
        """Remove what is there of the film, finished or not."""


@dataclass(frozen=True, slots=True)
class Made:
    """The job exists."""

    job: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A verdict: this order will never be carried out."""

    reason: str
    fault: Fault = Fault.PROVIDER


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nothing left the house; the same order may be sent again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """Nothing was made: the account takes no more for now. The order waits for its turn again."""

    reason: str
    retry_after_s: float


@dataclass(frozen=True, slots=True)
class Unclear:
    """The call went out and nobody knows whether it took."""

    reason: str


@dataclass(frozen=True, slots=True)
class Running:
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Done:
    rendered: Rendered
    cost_usd_micros: int | None = None
    """What the provider says it took, where it says so."""


@dataclass(frozen=True, slots=True)
class Failed:
    reason: str
    fault: Fault = Fault.PROVIDER


@dataclass(frozen=True, slots=True)
class Stopped:
    """The job is known but nobody works on it; `start` takes it up again and costs nothing."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """The provider knows no such job."""


Started = Made | Refused | NotReached | Throttled | Unclear
Seen = Running | Done | Failed | Stopped | Vanished


class Provider(Protocol):
    """Whatever turns an order into video: an upstream service or a local engine."""

    @property
    def name(self) -> str: ...

    @property
    def start_finds_job(self) -> bool:
        """Whether a second `start` for the same task finds the first one's job.

        Where it does not, a start whose answer was lost is never repeated.
        """

    @property
    def work_ends_with_runner(self) -> bool:
        """Whether nothing runs on when the runner that started it is gone, as with renders here."""

    @property
    def check_interval_s(self) -> float:
        """How often a job may be looked at while somebody watches it."""

    async def start(self, order: Order) -> Started:
        """Raises SetUp when our own house is in the way; then nothing has left it."""

    async def check(self, job: str) -> Seen:
        """Look, and change nothing. Raises Unreachable."""

    async def fetch(self, job: str, target: str) -> None:
        """Copy the finished film to a local file. Raises Unreachable or RenderFailed."""

    async def cancel(self, job: str) -> bool:
        """Stop the job if it still runs and drop what it left. Unknown and ended jobs are fine.

        False where the provider can't stop it and goes on. Raises Unreachable.
        """

    async def forget(self, job: str) -> None:
        """The film is in our storage: what was kept for the job may go."""


@runtime_checkable
class FindsJobs(Protocol):
    """What a provider has that can be asked for the job of a task (Kling's external_task_id)."""

    async def find(self, task_id: str) -> Made | Vanished:
        """Vanished proves nothing: the order may still be on its way. Raises Unreachable."""


@runtime_checkable
class Rings(Protocol):
    """What a provider has that calls back when there is news."""

    def heard(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The job that a callback is about, as far as it says so: a hint, never believed.

        Raises NotGenuine for one whose signature does not hold.
        """
