"""OpenAI's error object, and what becomes of our own errors on its paths.

Shapes and types are those of ``reference/kie-piapi-openai.md`` 3.4. A failed film is no error of
the call: it is a video with ``status`` failed (``translate_replies``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    Wait,
)

INVALID = "invalid_request_error"
SERVER = "server_error"
QUOTA = "insufficient_quota"
RATE = "rate_limit_error"


class OpenAIRefusal(FixRequest):
    """A fault that has a place of its own in OpenAI's table; ``field`` is its ``param``."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message, field=param)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the client gets instead of what it asked for."""

    status: int
    message: str
    type: str = INVALID
    param: str | None = None
    code: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


SHOWN_CHARS_MAX = 200
"""A longer value (a picture in base64) is not sent back."""


def missing(param: str) -> OpenAIRefusal:
    return OpenAIRefusal(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def invalid(param: str, value: object, supported: Sequence[str] = ()) -> OpenAIRefusal:
    shown = str(value)
    told = f"Invalid value: '{shown}'." if len(shown) <= SHOWN_CHARS_MAX else "Invalid value."
    if supported:
        told += f" Supported values are: {_listed(supported)}."
    return OpenAIRefusal(told, param=param, code="invalid_value")


def refused(param: str, reason: str, code: str = "invalid_value") -> OpenAIRefusal:
    """``reason`` goes on after the parameter's name."""
    return OpenAIRefusal(f"Invalid '{param}': {reason}.", param=param, code=code)


def unavailable(what: str, param: str | None = None) -> OpenAIRefusal:
    """What the protocol has and this server has not."""
    return OpenAIRefusal(
        f"{what} not available on this server.", param=param, code="unsupported_parameter"
    )


def broken_json() -> OpenAIRefusal:
    return OpenAIRefusal("We could not parse the JSON body of your request.")


def wrong_type(param: str, expected: str) -> OpenAIRefusal:
    return OpenAIRefusal(
        f"Invalid type for '{param}': expected {expected}.", param=param, code="invalid_type"
    )


def unknown_video(video_id: str) -> OpenAIRefusal:
    return OpenAIRefusal(
        f"Video with id '{video_id[:SHOWN_CHARS_MAX]}' not found.", status=404, param="video_id"
    )


def unknown_thing(what: str, thing_id: str) -> OpenAIRefusal:
    return OpenAIRefusal(
        f"No {what} found with id '{thing_id[:SHOWN_CHARS_MAX]}'.", status=404, param="id"
    )


def unknown_model(name: str) -> OpenAIRefusal:
    return OpenAIRefusal(
        f"The model '{name[:SHOWN_CHARS_MAX]}' does not exist or you do not have access to it.",
        status=404,
        param="model",
        code="model_not_found",
    )


def unknown_path(method: str, path: str) -> OpenAIRefusal:
    return OpenAIRefusal(f"Invalid URL ({method} {path[:SHOWN_CHARS_MAX]})", status=404)


def wrong_method(method: str, path: str) -> OpenAIRefusal:
    return OpenAIRefusal(
        f"Not allowed to {method} on {path[:SHOWN_CHARS_MAX]}. "
        "(HINT: Perhaps you meant to use a different HTTP method?)",
        status=405,
        code="method_not_supported",
    )


def no_key() -> OpenAIRefusal:
    return OpenAIRefusal(
        "You didn't provide an API key. You need to provide your API key in an Authorization "
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        status=401,
    )


def wrong_key() -> OpenAIRefusal:
    """Without the key, of which OpenAI sends a part back."""
    return OpenAIRefusal("Incorrect API key provided.", status=401, code="invalid_api_key")


def locked_out() -> OpenAIRefusal:
    return OpenAIRefusal(
        "The account associated with this API key has been deactivated.",
        status=401,
        code="account_deactivated",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the way from our errors to OpenAI's; the first that fits counts."""

    error: type[FilmgateError]
    status: int
    type: str
    code: str | None = None
    message: str | None = None
    """In place of our own words, where those say more than the customer should read."""
    again: bool = True
    """Whether the same call may do later; SDKs try it again by themselves unless told not to."""


_OURS = "The server had an error while processing your request."

CASES: tuple[Case, ...] = (
    Case(error=Disallowed, status=400, type=INVALID, code="moderation_blocked"),
    Case(error=UnknownModel, status=404, type=INVALID, code="model_not_found"),
    Case(error=NotFound, status=404, type=INVALID),
    Case(error=Conflict, status=409, type=INVALID, again=False),
    Case(error=BadInput, status=400, type=INVALID, code="invalid_value"),
    Case(error=FixRequest, status=400, type=INVALID, code="invalid_value"),
    Case(
        error=TopUp,
        status=429,
        type=QUOTA,
        code=QUOTA,
        message="You exceeded your current quota, please check your plan and billing details.",
        again=False,
    ),
    Case(error=Wait, status=429, type=RATE, code="rate_limit_exceeded"),
    Case(
        error=Unreachable,
        status=503,
        type=SERVER,
        message="The engine is currently overloaded, please try again later.",
    ),
    Case(error=RenderFailed, status=500, type=SERVER, again=False),
    Case(error=SetUp, status=500, type=SERVER, message=_OURS),
    Case(error=FilmgateError, status=500, type=SERVER, message=_OURS),
)

PARAMS: dict[str, str] = {
    "duration_s": "seconds",
    "mode": "size",
    "ratio": "size",
    "size_px": "size",
    "image": "input_reference",
    "image_tail": "input_reference",
    "sound": "generate_sound",
    "cfg_scale": "guidance_scale",
    "base_video": "video",
    "feature_video": "video",
    "source_task": "video",
    "url": "url",
}
"""Our requests' fields in OpenAI's words; the others are called alike."""

KNOWN_PARAMS = frozenset(
    {"prompt", "negative_prompt", "model", "video", "images", "seed", "fps", *PARAMS.values()}
)
WORDS: dict[str, str] = {"duration": "seconds", "mode": "size"}
"""How our sentences about a field begin, and what the client calls it."""


def answer_to(error: FilmgateError) -> Answer:
    """How OpenAI would say it."""
    if isinstance(error, OpenAIRefusal):
        return Answer(
            status=error.status, message=error.message, param=error.field, code=error.code
        )
    case = next(each for each in CASES if isinstance(error, each.error))
    return Answer(
        status=case.status,
        message=case.message or _in_words(error),
        type=case.type,
        param=_param(error.field) if isinstance(error, FixRequest) else None,
        code=case.code,
        headers=tuple(_headers(case, error).items()),
    )


def plain_answer(status: int, message: str = _OURS) -> Answer:
    """For what no error of ours stands behind: a crash, a time-out."""
    return Answer(status=status, message=message, type=SERVER if status >= 500 else INVALID)


def _headers(case: Case, error: FilmgateError) -> Mapping[str, str]:
    if isinstance(error, Wait):
        wait_s = max(1, round(error.retry_after_s))
        return {"retry-after": str(wait_s), "retry-after-ms": str(wait_s * 1000)}
    return {} if case.again else {"x-should-retry": "false"}


def _param(field: str | None) -> str | None:
    """Fields of media carry the client's own word already."""
    if field is None:
        return None
    param = PARAMS.get(field, field)
    return param if param.partition("[")[0].partition(".")[0] in KNOWN_PARAMS else None


def _in_words(error: FilmgateError) -> str:
    """A sentence that begins with the client's own word for the field, and says what helps."""
    told = error.message
    word = told.partition(" ")[0]
    if error.field and (param := WORDS.get(word) or PARAMS.get(word)):
        told = param + told.removeprefix(word)
    told = told[:1].upper() + told[1:]
    if isinstance(error, FixRequest) and error.remedy and not isinstance(error, UnknownModel):
        told = f"{told.rstrip('.')}. {error.remedy[:1].upper()}{error.remedy[1:]}"
    return told if told.endswith(".") else f"{told}."


def _listed(values: Sequence[str]) -> str:
    *most, last = (f"'{value}'" for value in values)
    return f"{', '.join(most)}, and {last}" if most else last
