"""PiAPI's errors: seven codes from its guide (seed S4) inside an envelope whose code is the status.

1000 and the statuses are ours (design.md part 10). ``reference/kie-piapi-openai.md`` 2.6 says what
clients read: ``message`` first, then ``data.error.message``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from filmgate.domain.errors import (
    Disallowed,
    FilmgateError,
    FixRequest,
    NotFound,
    RenderFailed,
    SetUp,
    TopUp,
    Unreachable,
    Wait,
)


class Code(IntEnum):
    OK = 0
    BAD_REQUEST = 1000
    """Ours, for everything that the guide has no code for."""
    PROMPT = 1100
    KEY = 1200
    CREDITS = 1300
    RATE = 1400
    UNAVAILABLE = 1500
    PICTURE = 1600
    RATIO = 1700


@dataclass(frozen=True, slots=True)
class Row:
    status: int
    meaning: str


TABLE: dict[Code, Row] = {
    Code.OK: Row(200, ""),
    Code.BAD_REQUEST: Row(400, "Invalid request"),
    Code.PROMPT: Row(400, "Invalid prompt length"),
    Code.KEY: Row(401, "Authentication failed"),
    Code.CREDITS: Row(402, "Insufficient credits"),
    Code.RATE: Row(429, "Rate limit exceeded"),
    Code.UNAVAILABLE: Row(503, "Service temporarily unavailable"),
    Code.PICTURE: Row(400, "Invalid image URL"),
    Code.RATIO: Row(400, "Unsupported aspect ratio"),
}


class PiapiRefusal(FixRequest):
    """Something wrong that PiAPI has a code of its own for."""

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        field: str | None = None,
        message: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(detail or message or TABLE[code].meaning, field=field)
        self.code = code
        self.title = message or TABLE[code].meaning
        self.status = status or TABLE[code].status


PICTURE_WORDS = frozenset(
    {
        *("image_url", "image_tail_url", "elements", "character_image", "mask_url", "image_urls"),
        *("model_input", "dress_input", "upper_input", "lower_input"),
        *("image", "image_tail", "images", "first_frame", "last_frame", "person", "garments"),
    }
)
"""What clients and our requests call pictures."""
PROMPT_WORDS = frozenset({"prompt", "negative_prompt", "shots", "text", "tts_text"})
RATIO_WORDS = frozenset({"aspect_ratio", "ratio"})
SHOWN_CHARS_MAX = 100


def task_not_found(asked: str) -> PiapiRefusal:
    told = f"task {asked[:SHOWN_CHARS_MAX]} not found"
    return PiapiRefusal(Code.BAD_REQUEST, told, message="task not found", status=404)


def unknown_path(path: str) -> PiapiRefusal:
    told = f"there is no {path[:SHOWN_CHARS_MAX]} here"
    return PiapiRefusal(Code.BAD_REQUEST, told, message="not found", status=404)


def wrong_method(method: str) -> PiapiRefusal:
    told = f"{method[:20]} is not possible here"
    return PiapiRefusal(Code.BAD_REQUEST, told, message="method not allowed", status=405)


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the way from our errors to PiAPI's; the first that fits counts."""

    error: type[FilmgateError]
    code: Code
    fields: frozenset[str] | None = None
    """Only errors about these; None: all."""
    tells: bool = True
    """False where our own words say more than the customer should read."""
    status: int | None = None
    """Where it is another one than the code's."""


CASES: tuple[Case, ...] = (
    Case(Disallowed, Code.BAD_REQUEST),
    Case(NotFound, Code.BAD_REQUEST, frozenset({"task"}), status=404),
    Case(FixRequest, Code.PROMPT, PROMPT_WORDS),
    Case(FixRequest, Code.RATIO, RATIO_WORDS),
    Case(FixRequest, Code.PICTURE, PICTURE_WORDS),
    Case(FixRequest, Code.BAD_REQUEST),
    Case(TopUp, Code.CREDITS),
    Case(Wait, Code.RATE),
    Case(RenderFailed, Code.UNAVAILABLE, status=500),
    Case(Unreachable, Code.UNAVAILABLE, tells=False),
    Case(SetUp, Code.UNAVAILABLE, tells=False),
    Case(FilmgateError, Code.UNAVAILABLE, tells=False, status=500),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    code: Code
    message: str
    detail: str
    retry_after_s: float | None = None


def answer_to(error: FilmgateError, words: Mapping[str, str] | None = None) -> Answer:
    """How PiAPI would say it. ``words`` are the task type's names for our request's fields."""
    if isinstance(error, PiapiRefusal):
        return Answer(
            status=error.status, code=error.code, message=error.title, detail=error.message
        )
    case = next(each for each in CASES if _fits(each, error))
    row = TABLE[case.code]
    return Answer(
        status=case.status or row.status,
        code=case.code,
        message=row.meaning,
        detail=in_words(error, words or {}) if case.tells else row.meaning,
        retry_after_s=error.retry_after_s if isinstance(error, Wait) else None,
    )


def plain_answer(code: Code, status: int, message: str = "") -> Answer:
    """For what no error of ours stands behind: a crash, a time-out."""
    told = message or TABLE[code].meaning
    return Answer(status=status, code=code, message=told, detail=told)


def in_words(error: FilmgateError, words: Mapping[str, str]) -> str:
    """Our sentences begin with the field's name; the client knows it under another one."""
    word = words.get(error.field or "")
    if word and error.field and error.message.startswith(f"{error.field} "):
        return word + error.message.removeprefix(error.field)
    return error.message


def _fits(case: Case, error: FilmgateError) -> bool:
    # Clients' words have paths behind them: ``elements[0].image_url``.
    head = (error.field or "").partition("[")[0].partition(".")[0]
    return isinstance(error, case.error) and (case.fields is None or head in case.fields)
