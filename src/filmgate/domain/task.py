"""The life of one request: its states, the table of moves, and the one function that moves it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

from filmgate.domain.request import Request


class State(StrEnum):
    QUEUED = "queued"
    """Accepted, waits for a slot."""
    STARTING = "starting"
    """The intent is written; the call to the provider may be out."""
    IN_DOUBT = "in_doubt"
    """The call went out and nobody knows whether it took. Never sent again."""
    RUNNING = "running"
    """The provider's job is known."""
    FETCHING = "fetching"
    """The result is being copied to our own storage."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in ENDED


ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})
OPEN = frozenset(State) - ENDED
IN_SLOTS = frozenset({State.STARTING, State.RUNNING})
"""Who takes a place at the provider. A task in doubt does not: the provider itself throttles us if
the job runs after all, and a seat blocked for a day by one torn call would cost more."""


class Fault(StrEnum):
    """Why a task failed, as far as whoever asked for it must know: each protocol has its own code
    for it. The words are the reason's."""

    INPUT = "input"
    """A given picture, clip or sound can't be used: another one may do."""
    CONTENT = "content"
    """What was asked for is not allowed."""
    PROVIDER = "provider"
    """The provider refused it or failed, or knows its own job no more."""
    UNREACHABLE = "unreachable"
    """The provider took no order: the same request may do later."""
    TIMEOUT = "timeout"
    """A deadline on record has passed."""
    HOUSE = "house"
    """Our own trouble."""


OWNER = "owner"
"""The customer who sits at this computer: every plan's limits and prices are off."""

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.STARTING, State.FAILED, State.CANCELLED}),
    # Back to QUEUED only when it is certain that nothing left the house.
    State.STARTING: frozenset(
        {State.QUEUED, State.RUNNING, State.IN_DOUBT, State.FAILED, State.CANCELLED}
    ),
    State.IN_DOUBT: frozenset({State.RUNNING, State.FAILED, State.CANCELLED}),
    State.RUNNING: frozenset({State.FETCHING, State.FAILED, State.CANCELLED}),
    State.FETCHING: frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}


class IllegalMove(Exception):
    """A move that the table does not have: a defect of ours, or a race that somebody else won."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the film must be: settled once, when the task is accepted."""

    width: int
    height: int
    fps: int
    duration_s: float
    seed: int
    sound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A film in our storage, as it was measured there."""

    path: str
    """Its key in the storage."""
    digest: str
    size_bytes: int
    width: int
    height: int
    fps: float
    duration_s: float
    sound: bool = False
    poster: str | None = None
    """Keys of the pictures made of it: a still in full size, a small one, an animated GIF, and a
    sheet of stills in rows. None for a film that was kept before there were any."""
    thumbnail: str | None = None
    preview: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a task's timeline; times in seconds since 1970."""

    at: float
    state: State
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Where a customer wants to hear of a task, in which protocol's words."""

    url: str
    protocol: str
    secret: str | None = None
    """The name under which the signing secret is kept; never the secret itself."""
    states: frozenset[State] | None = None
    """Only coming into one of these is told, once; None: whatever is announced."""
    also: tuple[Callback, ...] = ()
    """Others who want to hear of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How the task was asked for, for protocols that repeat it to its owner."""

    protocol: str
    said: str
    """The body of the call as JSON text, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Why this provider and account, for the operator and for the customer who asks."""

    provider: str
    account: str
    because: str
    rejected: tuple[str, ...] = ()
    """Every other that was looked at, with its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    # Settled when the task is accepted, and never changed.
    id: str
    customer: str = OWNER
    request: Request
    model: str
    """The catalogue's name of the model that was chosen."""
    output: Output
    quote_usd_micros: int
    hold_credits: int = 0
    """What was set aside of the customer's credits; the task's end takes it or gives it back."""
    priority: int = 0
    """Higher goes first among the tasks of one customer."""
    external_id: str | None = None
    """The customer's own name for the task; no two tasks of a customer share one."""
    idempotency_key: str | None = None
    body_digest: str | None = None
    """Of the request that came with the idempotency key: tells a replay from another request."""
    callback: Callback | None = None
    origin: Origin | None = None
    deadline_at: float | None = None
    """When the customer has no use for it any more."""
    created_at: float

    # What becomes of it.
    provider: str
    account: str = "local"
    """The seat at the provider; a job can be asked for only with the account that made it."""
    state: State = State.QUEUED
    updated_at: float
    chosen: Chosen | None = None
    job: str | None = None
    """The provider's own handle; known from ``running`` on."""
    runner: str | None = None
    """Which runner looks after the task; meaningful only while that runner's lock is held."""
    give_up_at: float | None = None
    """When the present state is given up: the deadline that is on record."""
    rescue_until: float | None = None
    """We gave up, but the provider may still finish: until then a late film is looked for."""
    reason: str | None = None
    """Why it failed or was cancelled, in words for the customer."""
    fault: Fault | None = None
    """The same for programs; every failed task has one."""
    result: Result | None = None
    rescued: Result | None = None
    """A film that came after the task had failed: kept for its owner, and not charged."""
    charged_credits: int | None = None
    """None while the hold is open; never more than the hold."""
    expires_at: float | None = None
    """When record and film are removed."""
    notes: tuple[str, ...] = ()
    """What the customer should know of how the request was read ("cfg_scale was left out")."""
    understood: dict[str, str] = field(default_factory=dict[str, str])
    """What the engine read out of the prompt: place, time of day, subjects, camera, ..."""
    timeline: tuple[Step, ...] = ()
    version: int = 0
    """Raised by the store with every write; 0 is a task that was never written."""


def move(
    task: Task,
    to: State,
    at: float,
    *,
    reason: str | None = None,
    fault: Fault | None = None,
    job: str | None = None,
    result: Result | None = None,
    charge_credits: int | None = None,
    note: str = "",
) -> Task:
    """The task one state further. Raises IllegalMove where the table has no such move.

    The end of a task settles its hold: success charges what is told (all of it unless told
    otherwise), every other end charges nothing.
    """
    if to not in MOVES[task.state]:
        raise IllegalMove(f"task {task.id} can't go from {task.state} to {to}")
    assert (to is State.FAILED) == (fault is not None), f"task {task.id} is {to} for {fault}"
    return replace(
        task,
        state=to,
        updated_at=at,
        # A deadline belongs to the state it was set for.
        give_up_at=task.deadline_at if to is State.QUEUED else None,
        expires_at=_expiry(task, to, at),
        reason=reason if reason is not None else task.reason,
        fault=fault,
        job=job if job is not None else task.job,
        result=result if result is not None else task.result,
        charged_credits=_charge(task, to, charge_credits),
        timeline=(*task.timeline, Step(at=at, state=to, note=note or reason or "")),
    )


def _expiry(task: Task, to: State, at: float) -> float | None:
    """What is kept is kept as long from the task's end as was promised when it was accepted."""
    if task.expires_at is None or not to.ended:
        return task.expires_at
    return at + (task.expires_at - task.created_at)


def _charge(task: Task, to: State, asked: int | None) -> int | None:
    if not to.ended:
        return None
    if to is not State.SUCCEEDED:
        assert not asked, f"task {task.id} would be charged {asked} for {to}"
        return 0
    charge = task.hold_credits if asked is None else asked
    assert 0 <= charge <= task.hold_credits, f"task {task.id} would be charged {charge}"
    return charge


def written(task: Task) -> Task:
    """The task with its next version: what ``replace`` would make, for the one place where every
    write passes, in half the time."""
    anew = object.__new__(Task)
    for name in _NAMES:
        object.__setattr__(anew, name, getattr(task, name))
    object.__setattr__(anew, "version", task.version + 1)
    return anew


_NAMES = tuple(each.name for each in fields(Task))


def rescue(task: Task, result: Result, at: float) -> Task:
    """A failed task whose film came after all. It stays failed, and it stays free."""
    if task.state is not State.FAILED or task.rescued is not None:
        raise IllegalMove(f"task {task.id} is {task.state} and has nothing to rescue")
    note = "the provider finished after all: the film was kept and is not charged"
    late = replace(task, rescued=result, rescue_until=None)
    return remark(late, at, note)


def remark(task: Task, at: float, note: str) -> Task:
    """One more line in the timeline, with the state as it is."""
    step = Step(at=at, state=task.state, note=note)
    return replace(task, updated_at=at, timeline=(*task.timeline, step))
