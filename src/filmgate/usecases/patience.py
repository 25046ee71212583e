"""How long we wait for what. Silence moves no money; these deadlines do, and they are on record."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE_S = 60.0
HOUR_S = 60 * MINUTE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    work_s: float = 2 * HOUR_S
    """From the start until the film must be done; the slowest model takes 10 minutes at peak."""
    in_doubt_s: float = 24 * HOUR_S
    """Until a task is given up of which nobody can say whether it was taken."""
    denied_s: float = 30 * MINUTE_S
    """Until that, where the provider is asked by our own id and keeps saying that it knows nothing.
    An order that is still on its way after this has met no service that is known."""
    denied_times: int = 6
    """How often it must have said so by then, in a row."""
    fetch_s: float = 24 * HOUR_S
    """Until a film that can't be brought home is given up."""
    rescue_s: float = 7 * 24 * HOUR_S
    """How long a late film is looked for; the shortest a provider keeps one is 14 days (KIE)."""
    call_s: float = 120.0
    """For a call that may cost: longer than any provider's own timeout."""
    look_s: float = 30.0
    """For a look at a job."""
