"""Our tasks and errors in OpenAI's shapes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.pretend.rooms import new_task

from filmgate.catalogue.load import load_catalogue
from filmgate.domain.errors import (
    BadInput,
    Conflict,
    Disallowed,
    FilmgateError,
    NotFound,
    RenderFailed,
    SetUp,
    TopUp,
    UnknownModel,
    Unreachable,
    Unsupported,
    Wait,
)
from filmgate.domain.handles import number_of
from filmgate.domain.order import Progress
from filmgate.domain.request import TextToVideo
from filmgate.domain.task import Fault, Result, State, Step, Task
from filmgate.protocols.openai_videos import translate_replies as replies
from filmgate.protocols.openai_videos.describe import BODIES, REPLIES, SUMMARIES, describe
from filmgate.protocols.openai_videos.errors import OpenAIRefusal, answer_to
from filmgate.protocols.openai_videos.routes import Action, find_route, is_openais
from filmgate.protocols.openai_videos.translate_create import remixed
from filmgate.protocols.openai_videos.translate_replies import Seen, video

FILM = Result(
    path="results/x.mp4", digest="0" * 64, size_bytes=9, width=64, height=36, fps=24, duration_s=4.0
)


def task_in(state: State, **changes: object) -> Task:
    task = replace(
        new_task("a lake"),
        state=state,
        created_at=1000.9,
        updated_at=1010.0,
        expires_at=5000.5,
        timeline=(Step(at=1000.9, state=State.QUEUED), Step(at=1005.7, state=state)),
    )
    return replace(task, **changes)


STATUSES = {
    State.QUEUED: "queued",
    State.STARTING: "queued",
    State.IN_DOUBT: "in_progress",
    State.RUNNING: "in_progress",
    State.FETCHING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_answered(state: State) -> None:
    fault = Fault.CONTENT if state is State.FAILED else None
    result = FILM if state is State.SUCCEEDED else None
    shown = video(Seen(task=task_in(state, fault=fault, result=result, reason="because")))
    assert shown.status == STATUSES[state]
    assert (shown.error is not None) == (shown.status == "failed")
    assert (shown.completed_at, shown.expires_at) == (
        (1005, 5000) if state is State.SUCCEEDED else (None, None)
    )
    assert shown.created_at == 1000
    assert (shown.seconds, shown.size, shown.prompt) == ("1", "64x36", "a lake")


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_a_code(fault: Fault) -> None:
    found = replies.fault_of(task_in(State.FAILED, fault=fault, reason="because"))
    assert found is not None
    assert (found.message, bool(found.code)) == ("because", True)
    assert (found.code == "moderation_blocked") == (fault is Fault.CONTENT)


def test_a_late_film_is_told_of() -> None:
    found = replies.fault_of(task_in(State.FAILED, fault=Fault.TIMEOUT, rescued=FILM))
    assert found is not None
    assert "can be downloaded" in found.message


@pytest.mark.parametrize(
    ("state", "percent", "shown"),
    [
        (State.RUNNING, 41.9, 41),
        (State.RUNNING, 100.0, 99),
        (State.RUNNING, None, 0),
        (State.FETCHING, 3.0, 99),
        (State.SUCCEEDED, None, 100),
        (State.FAILED, None, 0),
    ],
)
def test_progress_is_a_whole_number_of_work_done(
    state: State, percent: float | None, shown: int
) -> None:
    progress = None if percent is None else Progress(stage="rendering", percent=percent)
    fault = Fault.HOUSE if state is State.FAILED else None
    told = video(Seen(task=task_in(state, fault=fault), progress=progress)).progress
    assert (told, type(told)) == (shown, int)


def test_the_id_leads_back_to_the_task() -> None:
    task = new_task()
    video_id = replies.id_of(task.id)
    assert len(video_id) == 38
    assert replies.number_of(video_id) == number_of(task.id)
    for other in (
        "video_",
        "video_" + "g" * 32,
        video_id.upper(),
        "task_1",
        "",
        "video_bGl0ZWxsbQ",
    ):
        assert replies.number_of(other) is None


def test_a_remix_keeps_all_but_the_prompt() -> None:
    before = task_in(
        State.SUCCEEDED, request=TextToVideo(prompt="a lake", model="sora-2", size_px=(64, 36))
    )
    request = remixed(before, "a sea")
    assert isinstance(request, TextToVideo)
    assert (request.prompt, request.model, request.size_px) == ("a sea", "sora-2", (64, 36))
    assert (request.seed, request.duration_s) == (before.output.seed, before.output.duration_s)
    made = replace(new_task(), origin=replies.origin(replies.Said(remix_of=before.id)))
    assert video(Seen(task=made)).remixed_from_video_id == replies.id_of(before.id)


def test_pages_end_with_their_last_id() -> None:
    seen = [Seen(task=new_task()) for _ in range(2)]
    page = json.loads(replies.page(seen, has_more=True))
    assert page["object"] == "list"
    assert [page["first_id"], page["last_id"]] == [each["id"] for each in page["data"]]
    assert page["has_more"] is True
    empty = json.loads(replies.page([], has_more=False))
    assert (empty["data"], empty["first_id"], empty["last_id"]) == ([], None, None)


CASES: list[tuple[FilmgateError, int, str, str | None, str | None]] = [
    (Disallowed("x"), 400, "invalid_request_error", None, "moderation_blocked"),
    (UnknownModel("x", field="model"), 404, "invalid_request_error", "model", "model_not_found"),
    (NotFound("x", field="task"), 404, "invalid_request_error", None, None),
    (Conflict("x", field="idempotency_key"), 409, "invalid_request_error", None, None),
    (
        BadInput("x", field="image"),
        400,
        "invalid_request_error",
        "input_reference",
        "invalid_value",
    ),
    (Unsupported("x", field="mode"), 400, "invalid_request_error", "size", "invalid_value"),
    (TopUp("x"), 429, "insufficient_quota", None, "insufficient_quota"),
    (Wait("x", retry_after_s=7), 429, "rate_limit_error", None, "rate_limit_exceeded"),
    (Unreachable("x"), 503, "server_error", None, None),
    (RenderFailed("x"), 500, "server_error", None, None),
    (SetUp("secret path", field="home"), 500, "server_error", None, None),
    (FilmgateError("secret"), 500, "server_error", None, None),
    (OpenAIRefusal("x", status=418, code="c", param="p"), 418, "invalid_request_error", "p", "c"),
]


@pytest.mark.parametrize(("error", "status", "kind", "param", "code"), CASES)
def test_every_error_has_its_place(
    error: FilmgateError, status: int, kind: str, param: str | None, code: str | None
) -> None:
    answer = answer_to(error)
    assert (answer.status, answer.type, answer.param, answer.code) == (status, kind, param, code)
    body = json.loads(replies.error_body(answer))
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert "secret" not in body["error"]["message"]


def test_what_would_not_help_is_not_tried_again() -> None:
    """SDKs repeat 408, 409, 429 and 5xx by themselves (reference 3.4)."""
    assert dict(answer_to(TopUp("x")).headers) == {"x-should-retry": "false"}
    assert dict(answer_to(Conflict("x")).headers) == {"x-should-retry": "false"}
    wait = dict(answer_to(Wait("x", retry_after_s=2.6)).headers)
    assert wait == {"retry-after": "3", "retry-after-ms": "3000"}


def test_sentences_begin_with_the_client_s_word() -> None:
    error = Unsupported("duration value '2' is invalid", field="duration_s", remedy="ask for more")
    assert answer_to(error).message == "Seconds value '2' is invalid. Ask for more."


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("/v1/videos", True),
        ("/v1/videos/video_1", True),
        ("/v1/videos/video_1/content", True),
        ("/v1/videos/video_1/what/ever", True),
        ("/v1/videos/edits", True),
        ("/v1/videos/extensions", True),
        ("/v1/videos/sync", True),
        ("/v1/videos/characters/char_1", True),
        ("/v1/models/a/b", True),
        ("/v1/webhook_endpoints", True),
        ("/v1/videos/text2video", False),
        ("/v1/videos/video-extend", False),
        ("/v1/videos/effects", False),
        ("/v1/videos/foo", False),
        ("/v1/videosync", False),
        ("/v1/images/generations", False),
        ("/videos", False),
    ],
)
def test_which_paths_are_openais(path: str, ours: bool) -> None:
    assert is_openais(path) is ours


def test_fixed_words_win_over_ids() -> None:
    assert find_route("POST", "/v1/videos/edits").action is Action.EDIT
    assert find_route("GET", "/v1/videos/video_1").thing == "video_1"
    assert find_route("GET", "/videos/video_1/").action is Action.GET
    assert find_route("GET", "/v1/models/Wan-AI/Wan2.2").thing == "Wan-AI/Wan2.2"
    for method, path, status in (
        ("PUT", "/v1/videos", 405),
        ("GET", "/v1/videos/edits", 405),
        ("GET", "/v1/videos/video_1/nothing", 404),
        ("GET", "/v1/engines", 404),
    ):
        with pytest.raises(OpenAIRefusal) as caught:
            find_route(method, path)
        assert caught.value.status == status


def test_models_are_listed_by_every_name() -> None:
    items = {item.id: item for item in replies.models(load_catalogue().models)}
    assert {"sora-2", "sora-2-pro", "kling-v3", "animatic"} <= set(items)
    assert "kling-tts" not in items
    assert items["kling-v3"].created == 1_779_148_800  # 2026-05-19


def test_every_action_is_described() -> None:
    assert set(SUMMARIES) == set(Action)
    assert set(BODIES) | set(REPLIES) <= set(Action)
    told = describe()
    text = json.dumps(told)
    schemas = told["components"]["schemas"]
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in schemas
