"""From our errors to the native protocol's, and back: one table for the server and its clients."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.domain.errors import (
    BadInput,
    Conflict,
    Disallowed,
    FilmgateError,
    FixRequest,
    NotFound,
    RenderFailed,
    SetUp,
    TopUp,
    UnknownModel,
    Unreachable,
    Unsupported,
    Wait,
)
from filmgate.protocols.filmgate.wire_replies import ErrorFacts


class Unauthenticated(FixRequest):
    """No key, or none that opens anything here."""


class WrongMethod(FixRequest):
    """The path is known and takes other methods."""

    def __init__(self, message: str, *, allowed: tuple[str, ...]) -> None:
        super().__init__(message, remedy=f"Use {' or '.join(allowed)}.")
        self.allowed = allowed


class TooLarge(BadInput):
    """More bytes than are read."""


class TooSlow(FilmgateError):
    """The body or the answer did not come in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the way from our errors to a code; the first that fits counts."""

    error: type[FilmgateError]
    status: int
    code: str
    field: str | None = None
    """Only errors about this field; None: all."""
    told: str | None = None
    """Said instead of our own words, where those are for the operator."""


ROWS: tuple[Row, ...] = (
    Row(error=Unauthenticated, status=401, code="unauthenticated"),
    Row(error=WrongMethod, status=405, code="wrong_method"),
    Row(error=TooLarge, status=413, code="too_large"),
    Row(error=TooSlow, status=408, code="too_slow"),
    Row(error=Disallowed, status=400, code="disallowed"),
    Row(error=UnknownModel, status=400, code="unknown_model"),
    Row(error=Unsupported, status=400, code="unsupported"),
    Row(error=BadInput, status=400, code="bad_input"),
    Row(error=NotFound, status=404, code="not_found"),
    Row(error=Conflict, status=409, code="conflict"),
    Row(error=FixRequest, status=400, code="bad_request"),
    Row(error=TopUp, status=402, code="over_ceiling", field="max_credits"),
    Row(error=TopUp, status=402, code="over_ceiling", field="max_cost"),
    Row(error=TopUp, status=402, code="no_price", field="model"),
    Row(error=TopUp, status=402, code="not_enough_credits"),
    Row(error=Wait, status=429, code="too_many_requests", field="rate"),
    Row(error=Wait, status=429, code="too_many_tasks"),
    Row(error=Unreachable, status=502, code="unreachable"),
    Row(
        error=SetUp,
        status=400,
        code="no_account",
        field="provider",
        told="this server has no account there that it can use",
    ),
    Row(
        error=SetUp,
        status=503,
        code="unavailable",
        told="the server is not in order; its operator has been told",
    ),
    Row(error=RenderFailed, status=500, code="failed"),
    Row(error=FilmgateError, status=500, code="internal", told="something went wrong here"),
)


WORDS: dict[str, str | None] = {"max_cost": "max_cost_usd_micros", "rate": None}
"""What this protocol calls a field that the inner rooms call otherwise."""


def row_of(error: FilmgateError) -> Row:
    return next(
        row for row in ROWS if isinstance(error, row.error) and row.field in {None, error.field}
    )


def facts_of(error: FilmgateError, request_id: str) -> ErrorFacts:
    row = row_of(error)
    remedy = error.remedy
    if row.told is not None:
        remedy = "Choose another provider: POST /quotes tells which." if row.field else None
    return ErrorFacts(
        code=row.code,
        message=row.told or error.message,
        field=WORDS.get(error.field or "", error.field),
        remedy=remedy,
        request_id=request_id,
        retry_after_s=error.retry_after_s if isinstance(error, Wait) else None,
        needed_credits=error.needed_credits if isinstance(error, TopUp) else None,
        available_credits=error.available_credits if isinstance(error, TopUp) else None,
    )


def error_of(status: int, facts: ErrorFacts) -> FilmgateError:
    """What a client raises for such an answer."""
    kind = next((row.error for row in ROWS if row.code == facts.code), None)
    if kind is None:  # a code of a later version
        kind = Unreachable if status >= 500 else FixRequest
    if issubclass(kind, Wait):
        return Wait(
            facts.message,
            retry_after_s=facts.retry_after_s or 1.0,
            field=facts.field,
            remedy=facts.remedy,
        )
    if issubclass(kind, TopUp):
        return TopUp(
            facts.message,
            needed_credits=facts.needed_credits,
            available_credits=facts.available_credits,
            field=facts.field,
            remedy=facts.remedy,
        )
    if issubclass(kind, WrongMethod):
        kind = FixRequest
    if kind in {SetUp, FilmgateError} and status >= 500:
        kind = Unreachable
    return kind(facts.message, field=facts.field, remedy=facts.remedy)
