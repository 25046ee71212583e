"""What is handed to a provider, and what comes back from an engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from filmgate.domain.request import Request
from filmgate.domain.task import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request with everything settled: the model, the provider, the exact output."""

    task_id: str
    request: Request
    model: str
    provider: str
    output: Output


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is. ``percent`` is real work done, never an invented number."""

    stage: str
    """One word: ``reading``, ``painting``, ``rendering``, ``finishing``."""
    percent: float
    frames_per_second: float | None = None
    eta_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What an engine tells about a film it has written."""

    frames: int
    understood: dict[str, str] = field(default_factory=dict[str, str])
    """What was read out of the prompt, in words for the customer."""
