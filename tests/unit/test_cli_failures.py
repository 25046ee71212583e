from __future__ import annotations

import json

import pytest

from filmgate.domain.errors import (
    BadInput,
    Conflict,
    FilmgateError,
    FixRequest,
    NotFound,
    RenderFailed,
    SetUp,
    TopUp,
    Unreachable,
    Unsupported,
    Wait,
)
from filmgate.entrypoints.cli.failures import EndedBadly, Interrupted, failure_of


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (RenderFailed("x"), 1),
        (FilmgateError("x"), 1),
        (ValueError("x"), 1),
        (OSError(28, "No space left on device"), 1),
        (FixRequest("x"), 2),
        (Unsupported("x"), 2),
        (BadInput("x"), 2),
        (NotFound("x"), 2),
        (Conflict("x"), 2),
        (SetUp("x"), 2),
        (TopUp("x"), 3),
        (Unreachable("x"), 4),
        (Wait("x", retry_after_s=1), 4),
        (Interrupted(), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_exit_codes(error: BaseException, exit_code: int) -> None:
    assert failure_of(error).exit_code == exit_code


def test_the_sentence_names_the_option_and_the_remedy() -> None:
    error = Unsupported(
        "7 is not possible with model animatic", field="duration_s", remedy="Use 5 or 10."
    )
    assert failure_of(error).sentence() == (
        "filmgate: -d/--duration: 7 is not possible with model animatic; use 5 or 10."
    )


def test_a_setting_s_name_is_not_taken_for_an_option_nor_lowered() -> None:
    error = SetUp("there is no key", field="KIE_API_KEY", remedy="KIE_API_KEY must be set")
    assert failure_of(error).sentence() == ("filmgate: there is no key; KIE_API_KEY must be set.")


def test_the_sentence_is_one_line_whatever_the_error_says() -> None:
    assert "\n" not in failure_of(ValueError("a\nb")).sentence()


def test_json_has_the_same_facts_and_no_empty_ones() -> None:
    error = EndedBadly("task_1", "task task_1 failed: out of memory")
    assert json.loads(json.dumps(failure_of(error).as_json())) == {
        "error": {
            "code": "failed",
            "message": "task task_1 failed: out of memory",
            "remedy": "see filmgate tasks show task_1",
            "task": "task_1",
            "exit_code": 1,
        }
    }


def test_an_interruption_tells_how_to_go_on() -> None:
    told = failure_of(Interrupted("task_1", "filmgate tasks resume task_1 -o a.mp4")).sentence()
    assert told == (
        "filmgate: interrupted; task task_1 is kept; "
        "go on with: filmgate tasks resume task_1 -o a.mp4"
    )
