"""Kling's error codes, and what becomes of our own errors on Kling's paths.

The table is Kling's page "Error Codes" (portal, 2026-09-20); the sentences in this file were seen
live (``reference/kling.md`` 2.2 tells when) unless a comment says that they are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from filmgate.domain.errors import (
    Disallowed,
    FilmgateError,
    FixRequest,
    RenderFailed,
    SetUp,
    TopUp,
    UnknownModel,
    Unreachable,
    Wait,
)


class Code(IntEnum):
    """Kling's business codes. Clients must decide by these and never by the HTTP status."""

    OK = 0
    AUTHENTICATION_FAILED = 1000
    AUTHORIZATION_EMPTY = 1001
    AUTHORIZATION_INVALID = 1002
    TOKEN_TOO_EARLY = 1003
    TOKEN_EXPIRED = 1004
    ACCOUNT_ABNORMAL = 1100
    ACCOUNT_IN_ARREARS = 1101
    BALANCE_EMPTY = 1102
    NO_PERMISSION = 1103
    BAD_REQUEST = 1200
    BAD_PARAMETER = 1201
    WRONG_METHOD = 1202
    NO_SUCH_RESOURCE = 1203
    PLATFORM_POLICY = 1300
    CONTENT_POLICY = 1301
    TOO_MANY_REQUESTS = 1302
    TOO_MANY_TASKS = 1303
    ADDRESS_NOT_ALLOWED = 1304
    INTERNAL = 5000
    UNAVAILABLE = 5001
    TIMEOUT = 5002


@dataclass(frozen=True, slots=True)
class Row:
    status: int
    """The HTTP status that goes with the code."""
    meaning: str
    """Kling's own explanation; what we answer where no better sentence is known."""


TABLE: dict[Code, Row] = {
    Code.OK: Row(200, "SUCCEED"),
    Code.AUTHENTICATION_FAILED: Row(401, "Authentication failed"),
    Code.AUTHORIZATION_EMPTY: Row(401, "Authorization is empty"),
    Code.AUTHORIZATION_INVALID: Row(401, "Authorization is invalid"),
    Code.TOKEN_TOO_EARLY: Row(401, "Authorization is not yet valid"),
    Code.TOKEN_EXPIRED: Row(401, "Authorization has expired"),
    Code.ACCOUNT_ABNORMAL: Row(429, "Abnormal account status"),
    Code.ACCOUNT_IN_ARREARS: Row(429, "Account in arrears"),
    Code.BALANCE_EMPTY: Row(429, "Account balance not enough"),
    Code.NO_PERMISSION: Row(403, "Unauthorized access to requested resource"),
    Code.BAD_REQUEST: Row(400, "Invalid request parameters"),
    Code.BAD_PARAMETER: Row(400, "Invalid parameters"),
    Code.WRONG_METHOD: Row(404, "The requested method is invalid"),
    Code.NO_SUCH_RESOURCE: Row(404, "The requested resource does not exist"),
    Code.PLATFORM_POLICY: Row(400, "Request blocked by platform policy"),
    Code.CONTENT_POLICY: Row(400, "Trigger the platform's content security policy"),
    Code.TOO_MANY_REQUESTS: Row(429, "Too many requests; rate limit exceeded"),
    Code.TOO_MANY_TASKS: Row(429, "parallel task over resource pack limit"),
    Code.ADDRESS_NOT_ALLOWED: Row(429, "Trigger the platform's IP whitelist policy"),
    Code.INTERNAL: Row(500, "Server internal error"),
    Code.UNAVAILABLE: Row(503, "Server temporarily unavailable"),
    Code.TIMEOUT: Row(504, "Server internal timeout"),
}


class KlingRefusal(FixRequest):
    """A fault that has a Kling code of its own; ``message`` is the sentence for the client."""

    def __init__(self, code: Code, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message or TABLE[code].meaning, field=field)
        self.code = code


def invalid(path: str, value: object = None) -> KlingRefusal:
    """Kling's pattern for a value that it does not take."""
    is_short = isinstance(value, (str, int, float)) and len(str(value)) <= SHOWN_CHARS_MAX
    text = _shown(value) if is_short else None
    message = f"{path} is invalid" if text is None else f"{path} value '{text}' is invalid"
    return KlingRefusal(Code.BAD_PARAMETER, message, field=path)


SHOWN_CHARS_MAX = 200
"""A longer value (a picture in base64) is not sent back."""


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def required(path: str) -> KlingRefusal:
    # The pattern of "task_ids or external_task_ids is required".
    return KlingRefusal(Code.BAD_PARAMETER, f"{path} is required", field=path)


def refused(path: str, reason: str) -> KlingRefusal:
    """For limits whose live sentence is unknown: the parameter, and what is wrong with it."""
    return KlingRefusal(Code.BAD_PARAMETER, f"{path} {reason}", field=path)


def task_not_found(asked: str) -> KlingRefusal:
    """Live it is 400 with 1201, and not the table's 404 with 1203."""
    return KlingRefusal(Code.BAD_PARAMETER, f"Task not found by id/external id: {asked}")


def external_id_taken(external_id: str) -> KlingRefusal:
    return KlingRefusal(
        Code.BAD_PARAMETER,
        f"External_task_id {external_id} already exists",
        field="external_task_id",
    )


def voice_not_found() -> KlingRefusal:
    return KlingRefusal(Code.BAD_PARAMETER, "Voice id not found", field="voice_id")


def element_already_deleted(element_id: str) -> KlingRefusal:
    # Only the words "already be deleted" are known of the live sentence.
    return KlingRefusal(Code.BAD_PARAMETER, f"Element {element_id} may already be deleted")


def unknown_path(path: str) -> KlingRefusal:
    return KlingRefusal(Code.NO_SUCH_RESOURCE, f"The requested resource {path} does not exist")


def wrong_method(method: str, path: str) -> KlingRefusal:
    return KlingRefusal(Code.WRONG_METHOD, f"The requested method {method} is invalid for {path}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets instead of what it asked for."""

    status: int
    code: Code
    message: str


RATE = "rate"
"""The ``field`` of a Wait that is about requests in a time, not about tasks at once."""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the way from our errors to Kling's; the first that fits counts."""

    error: type[FilmgateError]
    code: Code
    field: str | None = None
    """Only errors about this field; None: all."""
    tells: bool = True
    """False where our own words say more than the customer should read."""


CASES: tuple[Case, ...] = (
    Case(Disallowed, Code.CONTENT_POLICY),
    Case(UnknownModel, Code.NO_SUCH_RESOURCE),
    Case(FixRequest, Code.BAD_PARAMETER),
    Case(TopUp, Code.BALANCE_EMPTY, tells=False),
    Case(Wait, Code.TOO_MANY_REQUESTS, field=RATE, tells=False),
    Case(Wait, Code.TOO_MANY_TASKS, tells=False),
    Case(Unreachable, Code.UNAVAILABLE, tells=False),
    Case(RenderFailed, Code.INTERNAL),
    Case(SetUp, Code.INTERNAL, tells=False),
    Case(FilmgateError, Code.INTERNAL, tells=False),
)


def answer_to(error: FilmgateError, words: Mapping[str, str] | None = None) -> Answer:
    """How Kling would say it. ``words`` are the endpoint's names for our request's fields."""
    if isinstance(error, KlingRefusal):
        return Answer(TABLE[error.code].status, error.code, error.message)
    case = next(each for each in CASES if _fits(each, error))
    row = TABLE[case.code]
    return Answer(
        row.status, case.code, _in_words(error, words or {}) if case.tells else row.meaning
    )


def plain_answer(code: Code) -> Answer:
    """For what no error of ours stands behind: a crash, a time-out, a closed door."""
    return Answer(TABLE[code].status, code, TABLE[code].meaning)


def _fits(case: Case, error: FilmgateError) -> bool:
    return isinstance(error, case.error) and case.field in {None, error.field}


def _in_words(error: FilmgateError, words: Mapping[str, str]) -> str:
    """Our sentences begin with the field's name; the client knows it under another one."""
    word = words.get(error.field or "")
    if word and error.field and error.message.startswith(f"{error.field} "):
        return word + error.message.removeprefix(error.field)
    return error.message
