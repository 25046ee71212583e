"""What KIE's answers show of a task beyond the task itself; the server looks it up."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    model: str
    """The word that KIE has for it; the catalogue's own where KIE has none."""
    film_url: str | None = None
    percent: int = 0
    balance_credits: int | None = None
    """Told in callbacks alone."""


def ended_at(task: Task) -> float | None:
    """In seconds since 1970. The first such step counts: remarks may follow it."""
    return next((step.at for step in task.timeline if step.state.ended), None)


def resolution(task: Task) -> str | None:
    """``1080p``, by the shorter side; None for work that makes no picture."""
    short_side_px = min(task.output.width, task.output.height)
    return f"{short_side_px}p" if short_side_px else None
