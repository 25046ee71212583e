"""What goes wrong, as KIE says it: the guide's codes on its own paths (seed S2), today's codes
elsewhere, and the uploads' own shape (``reference/kie-piapi-openai.md`` 1.2 and 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from filmgate.domain.errors import (
    Disallowed,
    FilmgateError,
    FixRequest,
    NotFound,
    RenderFailed,
    SetUp,
    TopUp,
    UnknownModel,
    Unreachable,
    Wait,
)
from filmgate.protocols.reading import Misread


class Design(StrEnum):
    """Which of KIE's shapes an answer has."""

    SEED = "kie-seed"
    MARKET = "kie"
    UPLOAD = "upload"


class Sort(StrEnum):
    """What went wrong, whatever the shape."""

    PROMPT = "prompt"
    PICTURE = "picture"
    CREDITS = "credits"
    PARAMETER = "parameter"
    MODEL = "model"
    BUSY = "busy"
    """Too much at once, by the customer."""
    DOWN = "down"
    """We, or those who render, can't just now."""
    BODY = "body"
    KEY = "key"
    NO_TASK = "no-task"
    NO_PATH = "no-path"
    METHOD = "method"
    FOREIGN_URL = "foreign-url"
    FAILED = "failed"
    CRASH = "crash"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"


@dataclass(frozen=True, slots=True)
class Row:
    seed: tuple[int, int]
    """HTTP status and code on the guide's paths (design.md part 10); the guide has codes for five
    things alone, and what it has none for gets today's."""
    market: tuple[int, int]
    meaning: str
    """Begins the sentence where the guide has words for it, else stands alone."""


TABLE: dict[Sort, Row] = {
    Sort.PROMPT: Row((400, 1001), (422, 422), "Invalid prompt"),
    Sort.PICTURE: Row((400, 1002), (422, 422), "Invalid image"),
    Sort.CREDITS: Row((402, 1003), (402, 402), "Insufficient credits"),
    Sort.PARAMETER: Row((400, 1004), (422, 422), "Invalid parameters"),
    Sort.MODEL: Row((400, 1004), (422, 422), "Invalid parameters"),
    Sort.BUSY: Row((429, 1005), (429, 429), "Model overloaded"),
    Sort.DOWN: Row((503, 1005), (503, 455), "Model overloaded"),
    Sort.BODY: Row((400, 1004), (400, 400), "Invalid parameters"),
    Sort.KEY: Row((401, 401), (401, 401), "You do not have access permissions"),
    Sort.NO_TASK: Row((404, 404), (404, 404), "Task not found"),
    Sort.NO_PATH: Row((404, 404), (404, 404), "Not Found"),
    Sort.METHOD: Row((405, 405), (405, 405), "Method Not Allowed"),
    Sort.FOREIGN_URL: Row((400, 1004), (422, 422), "Invalid parameters"),
    Sort.FAILED: Row((500, 501), (500, 501), "Generation failed"),
    Sort.CRASH: Row((500, 500), (500, 500), "Server error"),
    Sort.TOO_LARGE: Row((413, 1004), (413, 413), "Invalid parameters"),
    Sort.TOO_SLOW: Row((408, 1005), (408, 408), "Model overloaded"),
}

UPLOAD_STATUS: dict[Sort, int] = {
    Sort.KEY: 401,
    Sort.METHOD: 405,
    Sort.NO_PATH: 404,
    Sort.BUSY: 429,
    Sort.DOWN: 500,
    Sort.CRASH: 500,
    Sort.TOO_LARGE: 413,
    Sort.TOO_SLOW: 408,
}
"""Status and code of an upload's refusal; 400 for what is not listed."""


class KieRefusal(FixRequest):
    """Something wrong that KIE has a code of its own for."""

    def __init__(self, sort: Sort, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message or TABLE[sort].meaning, field=field)
        self.sort = sort


PROMPT_FIELDS = frozenset({"prompt", "negative_prompt", "shots", "text"})
PICTURE_FIELDS = frozenset({"image", "image_tail", "images", "first_frame", "last_frame"})
PICTURE_WORDS = frozenset({"imageUrl", "image_url", "tail_image_url", "image_urls", "input_urls"})
"""What clients call them; fields of inputs come back in the client's words."""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the way from our errors to KIE's; the first that fits counts."""

    error: type[FilmgateError]
    sort: Sort
    fields: frozenset[str] | None = None
    """Only errors about these; None: all."""
    tells: bool = True
    """False where our own words say more than the customer should read."""


CASES: tuple[Case, ...] = (
    Case(Disallowed, Sort.PROMPT),
    Case(UnknownModel, Sort.MODEL),
    Case(NotFound, Sort.NO_TASK, frozenset({"task"}), tells=False),
    Case(FixRequest, Sort.PROMPT, PROMPT_FIELDS - {"negative_prompt"}),
    # A field that is missing or of a wrong type; what is wrong with a picture is BadInput.
    Case(Misread, Sort.PARAMETER),
    Case(FixRequest, Sort.PICTURE, PICTURE_FIELDS | PICTURE_WORDS),
    Case(FixRequest, Sort.PARAMETER),
    Case(TopUp, Sort.CREDITS),
    Case(Wait, Sort.BUSY),
    Case(RenderFailed, Sort.FAILED),
    Case(Unreachable, Sort.DOWN, tells=False),
    Case(SetUp, Sort.DOWN, tells=False),
    Case(FilmgateError, Sort.CRASH, tells=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    code: int
    message: str
    retry_after_s: float | None = None


def sort_of(error: FilmgateError) -> Sort:
    if isinstance(error, Misread) and error.field is None:
        return Sort.BODY
    return error.sort if isinstance(error, KieRefusal) else _case(error).sort


def answer_to(
    error: FilmgateError, design: Design, words: Mapping[str, str] | None = None
) -> Answer:
    """How KIE would say it. ``words`` are the endpoint's names for our request's fields."""
    told = ""
    if isinstance(error, KieRefusal) or _case(error).tells:
        told = in_words(error, words or {})
    answer = plain_answer(sort_of(error), design, told)
    if isinstance(error, Wait):
        return Answer(
            status=answer.status,
            code=answer.code,
            message=answer.message,
            retry_after_s=error.retry_after_s,
        )
    return answer


def plain_answer(sort: Sort, design: Design, told: str = "") -> Answer:
    """``told`` follows the guide's own words where it has some."""
    row = TABLE[sort]
    message = told or row.meaning
    match design:
        case Design.UPLOAD:
            status = UPLOAD_STATUS.get(sort, 400)
            return Answer(status=status, code=status, message=message)
        case Design.MARKET:
            status, code = row.market
            return Answer(status=status, code=code, message=message)
        case Design.SEED:
            status, code = row.seed
            if told and told != row.meaning and code > 1000:
                message = f"{row.meaning}: {told}"
            return Answer(status=status, code=code, message=message)


def in_words(error: FilmgateError, words: Mapping[str, str]) -> str:
    """Our sentences begin with the field's name; the client knows it under another one."""
    word = words.get(error.field or "")
    if word and error.field and error.message.startswith(f"{error.field} "):
        return word + error.message.removeprefix(error.field)
    return error.message


def _case(error: FilmgateError) -> Case:
    return next(each for each in CASES if _fits(each, error))


def _fits(case: Case, error: FilmgateError) -> bool:
    return isinstance(error, case.error) and (case.fields is None or error.field in case.fields)
