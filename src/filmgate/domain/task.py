"""The life of one request: its states, the table of moves, and the one function that moves it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A film in our storage, as it was measured there."""

    path: str
    """Relative to the home."""
    digest: str
    size_bytes: int
    width: int
    height: int
    fps: float
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a task's timeline; times in seconds since 1970."""

    at: float
    state: State
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    id: str
    request: Request
    model: str
    """The catalogue's name of the model that was chosen."""
    provider: str
    output: Output
    quote_usd_micros: int
    state: State = State.QUEUED
    created_at: float
    updated_at: float
    job: str | None = None
    """The provider's own handle; known from ``running`` on."""
    runner: str | None = None
    """Which runner looks after the task; meaningful only while that runner's lock is held."""
    reason: str | None = None
    """Why it failed or was cancelled, in words for the customer."""
    result: Result | None = None
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
    job: str | None = None,
    result: Result | None = None,
    note: str = "",
) -> Task:
    """The task one state further. Raises IllegalMove where the table has no such move."""
    if to not in MOVES[task.state]:
        raise IllegalMove(f"task {task.id} can't go from {task.state} to {to}")
    return replace(
        task,
        state=to,
        updated_at=at,
        reason=reason if reason is not None else task.reason,
        job=job if job is not None else task.job,
        result=result if result is not None else task.result,
        timeline=(*task.timeline, Step(at=at, state=to, note=note or reason or "")),
    )
