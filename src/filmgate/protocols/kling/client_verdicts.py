"""What Kling's answer to a create comes to: by its business code, never by the HTTP status.

Kling answers 429 for an empty balance as well as for throttling (its page "Error Codes"), so that
the status says nothing. A code that this table does not have leaves the task in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from filmgate.domain.loose import Loose
from filmgate.domain.ports import Made, Refused, Throttled, Unclear
from filmgate.domain.task import Fault
from filmgate.domain.upstream import Closed, Created, Exists, Reply, Trouble
from filmgate.protocols.kling.errors import TABLE, Code

REASON_CHARS_MAX = 300
TWO_CREDIT_SYSTEMS = (
    "Kling has two separate credit systems: website credits, as the app at klingai.com shows them, "
    "pay for nothing here. Buy API credits (resource packs) at https://klingai.com/dev/pricing"
)
"""INFINITO's guide explains the same under "Kling AI API error: 429" (seed S0)."""
REJECTED = (
    "Kling does not accept the account's credentials: check KLING_ACCESS_KEY and KLING_SECRET_KEY, "
    "or KLING_API_KEY, and that they belong to the host in KLING_BASE_URL"
)


class Sort(Enum):
    REFUSED = auto()
    THROTTLED = auto()
    EMPTY = auto()
    REJECTED = auto()
    UNCLEAR = auto()


@dataclass(frozen=True, slots=True)
class Row:
    sort: Sort
    rest_s: float = 0.0
    """For THROTTLED: how long the account is left alone."""


VERDICTS: dict[Code, Row] = {
    Code.AUTHENTICATION_FAILED: Row(Sort.REJECTED),
    Code.AUTHORIZATION_EMPTY: Row(Sort.REJECTED),
    Code.AUTHORIZATION_INVALID: Row(Sort.REJECTED),
    # The clocks differ: the next call comes with a new token.
    Code.TOKEN_TOO_EARLY: Row(Sort.THROTTLED, 5.0),
    Code.TOKEN_EXPIRED: Row(Sort.THROTTLED, 1.0),
    Code.ACCOUNT_ABNORMAL: Row(Sort.REJECTED),
    Code.ACCOUNT_IN_ARREARS: Row(Sort.EMPTY),
    Code.BALANCE_EMPTY: Row(Sort.EMPTY),
    Code.NO_PERMISSION: Row(Sort.REFUSED),
    Code.BAD_REQUEST: Row(Sort.REFUSED),
    Code.BAD_PARAMETER: Row(Sort.REFUSED),
    Code.WRONG_METHOD: Row(Sort.REFUSED),
    Code.NO_SUCH_RESOURCE: Row(Sort.REFUSED),
    Code.PLATFORM_POLICY: Row(Sort.REFUSED),
    Code.CONTENT_POLICY: Row(Sort.REFUSED),
    Code.TOO_MANY_REQUESTS: Row(Sort.THROTTLED, 2.0),
    # A slot becomes free when one of our own films is done.
    Code.TOO_MANY_TASKS: Row(Sort.THROTTLED, 5.0),
    Code.ADDRESS_NOT_ALLOWED: Row(Sort.REJECTED),
    Code.INTERNAL: Row(Sort.UNCLEAR),
    Code.UNAVAILABLE: Row(Sort.THROTTLED, 30.0),
    Code.TIMEOUT: Row(Sort.UNCLEAR),
}


def created(answer: Loose, reply: Reply) -> Created:
    """Of both designs; the id alone, without a path, where something was made."""
    code = answer.at("code").whole()
    if code == Code.OK:
        number = answer.at("data").first("task_id", "id").text()
        return Made(number) if number else Unclear("Kling took the order and named no task")
    # "External_task_id X already exists" (seen live on 2026-09-20); nothing new was made.
    if code == Code.BAD_PARAMETER and "already exists" in answer.at("message").word():
        return Exists()
    row = VERDICTS[Code(code)] if code in set(Code) else Row(Sort.UNCLEAR)
    said = wrong(answer, reply)
    match row.sort:
        case Sort.THROTTLED:
            verdict: Created = Throttled(said, retry_after_s=_rest_s(reply, row.rest_s))
        case Sort.EMPTY:
            verdict = Closed(Trouble.EMPTY, f"{said}. {TWO_CREDIT_SYSTEMS}")
        case Sort.REJECTED:
            verdict = Closed(Trouble.REJECTED, f"{said}. {REJECTED}")
        case Sort.REFUSED:
            is_policy = code in {Code.PLATFORM_POLICY, Code.CONTENT_POLICY}
            verdict = Refused(said, Fault.CONTENT if is_policy else Fault.PROVIDER)
        case Sort.UNCLEAR:
            verdict = Unclear(said)
    return verdict


def says_unknown_task(answer: Loose) -> bool:
    """Live it is 400 with 1201, and not the table's 404 with 1203."""
    words = answer.at("message").word()
    return answer.at("code").whole() == Code.BAD_PARAMETER and "task not found" in words


def wrong(answer: Loose, reply: Reply) -> str:
    """``Kling AI API error: 429 - Account balance not enough``: the words people search for."""
    code = answer.at("code").whole()
    meaning = TABLE[Code(code)].meaning if code in set(Code) else ""
    said = answer.at("message").text() or meaning or "no reason"
    number = "" if code is None else f" ({code})"
    return f"Kling AI API error: {reply.status} - {said[:REASON_CHARS_MAX]}{number}"


def _rest_s(reply: Reply, usual_s: float) -> float:
    told = Loose(reply.headers.get("retry-after")).number()
    return usual_s if told is None or told <= 0 else min(float(told), 600.0)
