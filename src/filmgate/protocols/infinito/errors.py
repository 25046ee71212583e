"""INFINITO's errors: plain sentences for everybody, what happened for admins (seed S0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmgate.domain.errors import (
    FilmgateError,
    FixRequest,
    NotFound,
    RenderFailed,
    SetUp,
    TopUp,
    Unreachable,
    Wait,
)


class InfinitoRefusal(FixRequest):
    """Something wrong with a status of its own."""

    def __init__(self, status: int, message: str, *, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.status = status


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the way from our errors to INFINITO's; the first that fits counts."""

    error: type[FilmgateError]
    status: int
    head: str = ""
    """Stands before our own words; alone where these say more than a customer should read."""
    tells: bool = True


_DOWN = "Kling AI can't be reached. Your credits were not taken, please try again later."
CASES: tuple[Case, ...] = (
    Case(NotFound, 404, "Task not found", tells=False),
    # Seed S0's sentence for wrong parameters, with the reason behind it.
    Case(FixRequest, 400, "Kling AI API error: 400 - "),
    Case(TopUp, 402, "Insufficient credits: "),
    Case(Wait, 429, "Too many videos at once: "),
    Case(RenderFailed, 502, "Kling AI API error: "),
    Case(Unreachable, 502, _DOWN, tells=False),
    Case(SetUp, 502, _DOWN, tells=False),
    Case(FilmgateError, 500, "Something went wrong. Your credits were not taken.", tells=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    message: str
    details: str = ""
    retry_after_s: float | None = None


def answer_to(error: FilmgateError, words: Mapping[str, str] | None = None) -> Answer:
    """``words``: the route's names for our requests' fields."""
    if isinstance(error, InfinitoRefusal):
        return Answer(status=error.status, message=error.message)
    case = next(each for each in CASES if isinstance(error, each.error))
    told = in_words(error, words or {})
    remedy = f" ({error.remedy})" if error.remedy else ""
    return Answer(
        status=case.status,
        message=f"{case.head}{told}" if case.tells else case.head,
        details=f"{type(error).__name__}: {error.message}{remedy}",
        retry_after_s=error.retry_after_s if isinstance(error, Wait) else None,
    )


def in_words(error: FilmgateError, words: Mapping[str, str]) -> str:
    """Our sentences begin with the field's name; the client knows it under another one."""
    word = words.get(error.field or "")
    if word and error.field and error.message.startswith(f"{error.field} "):
        return word + error.message.removeprefix(error.field)
    return error.message
