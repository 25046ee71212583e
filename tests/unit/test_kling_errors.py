"""Every row of Kling's error table, and the way of each error of ours to one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from filmgate.domain import errors as ours
from filmgate.domain.errors import FilmgateError
from filmgate.protocols.kling.endpoints import ENDPOINTS, Action, find_route, read_create
from filmgate.protocols.kling.errors import (
    CASES,
    RATE,
    TABLE,
    Code,
    KlingRefusal,
    answer_to,
    element_already_deleted,
    external_id_taken,
    invalid,
    plain_answer,
    task_not_found,
    unknown_path,
    voice_not_found,
    wrong_method,
)
from filmgate.protocols.kling.translate_new import read_new
from filmgate.protocols.kling.translate_replies import error_body

EXPECTED: list[tuple[FilmgateError, int, int, str]] = [
    (ours.FixRequest("duration is odd"), 400, 1201, "duration is odd"),
    (ours.Unsupported("not here"), 400, 1201, "not here"),
    (ours.BadInput("image is damaged"), 400, 1201, "image is damaged"),
    (ours.NotFound("no such thing"), 400, 1201, "no such thing"),
    (ours.Conflict("too late"), 400, 1201, "too late"),
    (ours.UnknownModel("there is no model 'x'"), 404, 1203, "there is no model 'x'"),
    (ours.Disallowed("not that"), 400, 1301, "not that"),
    (ours.TopUp("ceiling of 3"), 429, 1102, "Account balance not enough"),
    (ours.Wait("slow", retry_after_s=1, field=RATE), 429, 1302, TABLE[Code(1302)].meaning),
    (ours.Wait("full", retry_after_s=1), 429, 1303, "parallel task over resource pack limit"),
    (ours.Unreachable("host 10.0.0.1"), 503, 5001, "Server temporarily unavailable"),
    (ours.SetUp("/etc/x missing"), 500, 5000, "Server internal error"),
    (ours.RenderFailed("the encoder failed"), 500, 5000, "the encoder failed"),
    (ours.FilmgateError("?"), 500, 5000, "Server internal error"),
]


@pytest.mark.parametrize(("error", "status", "code", "message"), EXPECTED)
def test_errors_of_ours(error: FilmgateError, status: int, code: int, message: str) -> None:
    answer = answer_to(error)
    assert (answer.status, answer.code, answer.message) == (status, code, message)


def leaves(kind: type[FilmgateError]) -> Iterator[type[FilmgateError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from leaves(child)


def test_no_error_of_the_domain_is_forgotten() -> None:
    domain = {kind for kind in leaves(FilmgateError) if kind.__module__ == ours.__name__}
    assert {type(error) for error, *_ in EXPECTED} == domain
    assert CASES[-1].error is FilmgateError


@pytest.mark.parametrize("code", Code)
def test_every_row_can_be_answered(code: Code) -> None:
    answer = plain_answer(code)
    assert (answer.status, answer.code) == (TABLE[code].status, code)
    body = json.loads(error_body(answer, "c0656403-1e6e-4b7e-b8f8-2cdd2595f2b9"))
    assert list(body) == ["code", "message", "request_id"]
    assert body["code"] == code.value
    assert answer_to(KlingRefusal(code)) == answer


def test_a_field_of_ours_is_told_under_the_clients_name() -> None:
    error = ours.Unsupported("images has 9 items; it takes 1 to 4", field="images")
    words = ENDPOINTS["/v1/videos/multi-image2video"].words
    assert answer_to(error, words).message == "image_list has 9 items; it takes 1 to 4"
    new = find_route("POST", "/image-to-video/kling-3.0").endpoint.words
    mode = ours.Unsupported("mode value '4k' is invalid", field="mode")
    assert answer_to(mode, new).message == "settings.resolution value '4k' is invalid"


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (invalid("mode", "standard"), "mode value 'standard' is invalid"),
        (invalid("sound", value=True), "sound value 'true' is invalid"),
        (invalid("image", "x" * 5000), "image is invalid"),
        (invalid("input"), "input is invalid"),
        (task_not_found("abc"), "Task not found by id/external id: abc"),
        (external_id_taken("e1"), "External_task_id e1 already exists"),
        (voice_not_found(), "Voice id not found"),
    ],
)
def test_klings_sentences(refusal: KlingRefusal, message: str) -> None:
    assert (refusal.code, refusal.message) == (Code.BAD_PARAMETER, message)


def test_second_delete_says_already_be_deleted() -> None:
    assert "already be deleted" in element_already_deleted("7").message


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", "/v1/videos/text3video", 1203),
        ("GET", "/v1/videos/text3video/123", 1203),
        ("POST", "/v1/images/generations", 1203),
        ("GET", "/v1/videos/identify-face/123", 1203),
        ("POST", "/v1/audio/tts/123", 1203),
        ("POST", "/text-to-video", 1203),
        ("POST", "/text-to-video/", 1203),
        ("POST", "/text-to-video/a/b", 1203),
        ("POST", "", 1203),
        ("DELETE", "/v1/videos/text2video", 1202),
        ("DELETE", "/v1/videos/text2video/123", 1202),
        ("POST", "/v1/videos/text2video/123", 1202),
        ("GET", "/v1/videos/identify-face", 1202),
        ("GET", "/text-to-video/kling-3.0", 1202),
        ("POST", "/account/costs", 1202),
        ("POST", "/v1/general/presets-voices", 1202),
        ("PUT", "/tasks", 1202),
    ],
)
def test_unknown_paths_and_methods(method: str, path: str, code: int) -> None:
    with pytest.raises(KlingRefusal) as caught:
        find_route(method, path)
    answer = answer_to(caught.value)
    assert (answer.status, answer.code) == (404, code)


@pytest.mark.parametrize(
    ("method", "path", "action", "task_id"),
    [
        ("POST", "/v1/videos/text2video", Action.CALL, ""),
        ("GET", "/v1/videos/text2video", Action.LIST, ""),
        ("GET", "/v1/videos/text2video/my own id", Action.SINGLE, "my own id"),
        ("GET", "/v1/videos/avatar/image2video/7", Action.SINGLE, "7"),
        ("GET", "/v1/videos/multi-elements/7", Action.SINGLE, "7"),
        ("POST", "/v1/videos/multi-elements/init-selection", Action.CALL, ""),
        ("GET", "/account/costs", Action.GET, ""),
        ("GET", "/tasks", Action.GET, ""),
        ("POST", "/tasks", Action.CALL, ""),
        ("GET", "/v1/general/presets-voices", Action.GET, ""),
        ("POST", "/motion-control/kling-3.0", Action.CALL, ""),
    ],
)
def test_routes(method: str, path: str, action: Action, task_id: str) -> None:
    route = find_route(method, path)
    assert (route.action, route.task_id) == (action, task_id)


def test_calls_without_a_body_to_read() -> None:
    with pytest.raises(KlingRefusal) as caught:
        read_create("/account/costs", b"{}")
    assert caught.value.code is Code.WRONG_METHOD
    with pytest.raises(KlingRefusal) as caught:
        read_new("no-product", "kling-3.0", b"{}")
    assert caught.value.code is Code.NO_SUCH_RESOURCE


def test_both_refusals_name_what_was_asked() -> None:
    assert "/v1/x" in unknown_path("/v1/x").message
    assert "PATCH" in wrong_method("PATCH", "/v1/x").message
