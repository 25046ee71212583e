"""What the use cases need of the world, each as narrow as it can be.

Files are named by path as text, because the domain knows no file system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from filmgate.domain.order import Order, Progress, Rendered
from filmgate.domain.request import Asset
from filmgate.domain.task import Result, State, Task


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970."""


class Ids(Protocol):
    """Where everything comes from that must be new or random."""

    def task_id(self) -> str: ...

    def seed(self) -> int: ...


class Stale(Exception):
    """Somebody else wrote the task since it was read: read it again and decide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
    """Which tasks are wanted; a condition left out holds for all. Newest first."""

    states: frozenset[State] = frozenset(State)
    provider: str | None = None
    runner: str | None = None
    id_prefix: str = ""
    oldest_first: bool = False
    limit: int = 1000


class Tasks(Protocol):
    """The tasks' rows, which are the truth. What is written here survives a power cut."""

    async def write(self, task: Task) -> Task:
        """Insert (version 0) or replace exactly the version that was read; raises Stale.

        Returns the task as it now stands, with its new version. Being the only way to write makes
        this the claim as well: of two runners that claim the same version, one gets Stale.
        """

    async def read(self, task_id: str) -> Task | None: ...

    async def select(self, wanted: TaskQuery) -> list[Task]: ...


class Assets(Protocol):
    """Stored inputs, by the digest of their bytes."""

    async def put(self, path: str) -> Asset:
        """Check the file and copy it in; the same bytes are kept once. Raises BadInput, SetUp."""

    async def locate(self, asset: Asset) -> str:
        """A local file with the asset's bytes; raises NotFound."""

    async def picture_size(self, asset: Asset) -> tuple[int, int]:
        """Width and height as they will be seen; raises BadInput."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A film as it was found when it was decoded."""

    width: int
    height: int
    fps: float
    duration_s: float


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


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nothing left the house; the same order may be sent again."""

    reason: str


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


@dataclass(frozen=True, slots=True)
class Failed:
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The job is known but nobody works on it; `start` takes it up again and costs nothing."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """The provider knows no such job."""


Started = Made | Refused | NotReached | Unclear
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
    def check_interval_s(self) -> float: ...

    async def start(self, order: Order) -> Started:
        """Raises SetUp when our own house is in the way; then nothing has left it."""

    async def check(self, job: str) -> Seen:
        """Look, and change nothing. Raises Unreachable."""

    async def fetch(self, job: str, target: str) -> None:
        """Copy the finished film to a local file. Raises Unreachable or RenderFailed."""

    async def cancel(self, job: str) -> None:
        """Stop the job if it still runs and drop what it left. Unknown and ended jobs are fine."""

    async def forget(self, job: str) -> None:
        """The film is in our storage: what was kept for the job may go."""
