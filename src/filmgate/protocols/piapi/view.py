"""What PiAPI's answers show of a task beyond the task itself; the server looks it up."""

from __future__ import annotations

from dataclasses import dataclass

POINTS_PER_USD_MICRO = 10
"""10,000,000 points are one dollar (``reference/kie-piapi-openai.md`` 2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    model: str = "kling"
    version: str | None = None
    """PiAPI's two words for the model, for tasks that came over another protocol."""
    credit_usd_micros: int
    """What a credit of the customer's plan is worth."""
    secret: str = ""
    """Of the callback; goes to its owner alone."""
    is_private: bool = False
    """The customer's own account carries it out."""
    film_url: str | None = None
    poster_url: str | None = None
    preview_url: str | None = None
