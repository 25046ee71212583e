"""What a client's author can make happen in a sandbox: by header, by prompt, and by the clock."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pretend.served import Answer, Server, served

from filmgate.domain.errors import FixRequest
from filmgate.domain.rehearsal import Cue, read_script, rehearsed, with_script
from filmgate.domain.request import TextToVideo

T2V = "/v1/videos/text2video"
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("stage") / "home", sandbox=True) as running:
        yield running


def create(server: Server, prompt: str = "x", script: str = "", **more: str) -> Answer:
    headers = {"Filmgate-Sandbox": script} if script else {}
    return server.call("POST", T2V, {"prompt": prompt, **more}, headers=headers)


def told(server: Server, name: str) -> dict:
    return server.call("GET", f"{T2V}/{name}").json["data"]


def ended(server: Server, name: str) -> dict:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        task = told(server, name)
        if task["task_status"] in {"succeed", "failed"}:
            return task
        time.sleep(0.05)
    raise AssertionError(f"{name} does not end: {task}")


@pytest.mark.parametrize(
    ("script", "status", "code"),
    [
        ("throttled", 429, 1302),
        ("full", 429, 1303),
        ("empty-balance", 429, 1102),
        ("down", 503, 5001),
        ("crash", 500, 5000),
        ("nonsense", 400, 1201),
    ],
)
def test_what_a_create_may_meet(server: Server, script: str, status: int, code: int) -> None:
    before = len(server.call("GET", T2V).json["data"])
    for answer in (create(server, script=script), create(server, f"a cat [sandbox: {script}]")):
        assert (answer.status, answer.json["code"]) == (status, code)
    assert len(server.call("GET", T2V).json["data"]) == before, "nothing was accepted"


def test_other_protocols_tell_the_same_in_their_own_words(server: Server) -> None:
    body = {"kind": "text-to-video", "prompt": "x [sandbox: empty-balance]"}
    answer = server.call("POST", "/api/filmgate/v1/tasks", body)
    assert answer.status == 402
    assert "message" in answer.json["error"]


def test_a_lost_reply_has_made_a_task(server: Server) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        create(server, script="lost-reply", external_task_id="lost")
    assert ended(server, "lost")["task_status"] == "succeed"


def test_it_fails_when_it_is_nearly_done_and_costs_nothing(server: Server) -> None:
    for script in ("failed", "late-moderation"):
        assert create(server, script=script, external_task_id=script).status == 200
        task = ended(server, script)
        assert task["task_status"] == "failed"
        assert task["final_unit_deduction"] == "0"
    assert "content policy" in told(server, "late-moderation")["task_status_msg"]


def test_real_times_pass_when_the_clock_is_turned(server: Server) -> None:
    assert create(server, "a cat [sandbox: real]", external_task_id="slow").status == 200
    assert create(server, "a cat [sandbox: stuck]", external_task_id="stuck").status == 200
    time.sleep(1.5)
    assert told(server, "slow")["task_status"] == "processing"
    turned = server.call("POST", "/sandbox/clock", {"seconds": 200}, who=None)
    assert turned.json["now"] > time.time() + 190
    assert ended(server, "slow")["task_status"] == "succeed"
    assert told(server, "stuck")["task_status"] == "processing"
    wrong = server.call("POST", "/sandbox/clock", {"seconds": -1}, who=None)
    assert wrong.status == 400


def test_what_the_client_did_is_on_record(server: Server) -> None:
    server.call("DELETE", "/sandbox/calls", who=None)
    create(server, external_task_id="watched")
    told(server, "watched")
    calls = server.call("GET", "/sandbox/calls", who=None).json["calls"]
    assert [(each["method"], each["status"]) for each in calls] == [("POST", 200), ("GET", 200)]
    assert calls[0]["told"]["task"] == calls[1]["told"]["task"]
    cues = server.call("GET", "/sandbox", who=None).json["cues"]
    assert set(cues) == set(Cue)


def test_a_server_has_no_such_thing(tmp_path: Path) -> None:
    with served(tmp_path / "home") as plain:
        assert plain.call("GET", "/sandbox", who=None).status == 404
        assert create(plain, script="down").status == 200


def test_a_script_is_read_out_of_a_prompt_and_taken_away() -> None:
    found = rehearsed(TextToVideo(prompt="a cat [sandbox: real, FAILED] walks [Sandbox:stuck]"))
    assert found.script == {Cue.REAL, Cue.FAILED, Cue.STUCK}
    assert found.request == TextToVideo(prompt="a cat walks")
    both = with_script(TextToVideo(prompt="a cat"), read_script("down, real"))
    assert rehearsed(both).script == {Cue.DOWN, Cue.REAL}
    with pytest.raises(FixRequest, match="nonsense"):
        read_script("real, nonsense")
