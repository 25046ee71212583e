"""What our own webhooks say, and how the command and the operator see them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook
from tests.pretend.rooms import accept, new_task

from filmgate.domain.change import Change, EventKind
from filmgate.domain.ports import Store
from filmgate.domain.standard_webhooks import verify
from filmgate.domain.task import Callback, Fault, Result, State, Task, move, rescue
from filmgate.entrypoints.cli.main import main
from filmgate.execution.mint import RandomMint
from filmgate.protocols.filmgate.webhook import body, headers
from filmgate.settings import BY_NAME, load
from filmgate.storage.database.store import open_store

Capture = pytest.CaptureFixture[str]
FILM = Result(path="r", digest="d", size_bytes=5, width=64, height=36, fps=10.0, duration_s=1.0)
HOOK = Callback(url="https://example.com/hook", protocol="filmgate")


def told(*changes: tuple[Task | None, Task], now: Task) -> list[dict[str, object]]:
    events = [each for before, task in changes for each in Change(before=before, task=task).events]
    return [json.loads(body(event, now)) for event in events]


def test_every_attempt_says_how_the_task_stood_then() -> None:
    queued = replace(new_task(at=10.0), callback=HOOK)
    starting = move(queued, State.STARTING, 11.0)
    running = move(starting, State.RUNNING, 12.0, job="j")
    failed = move(running, State.FAILED, 13.0, reason="late", fault=Fault.TIMEOUT)
    failed = replace(failed, rescue_until=99.0)
    saved = rescue(failed, FILM, 14.0)
    path = [(None, queued), (starting, running), (running, failed), (failed, saved)]
    said = told(*path, now=saved)
    assert [each["type"] for each in said] == [
        "task.accepted",
        "task.started",
        "task.failed",
        "task.rescued",
    ]
    for each, (before, then) in zip(said, path, strict=True):
        assert told((before, then), now=then) == [each]
    facts = [each["data"] for each in said]
    assert [fact["state"] for fact in facts] == ["queued", "running", "failed", "failed"]
    assert [fact["reason"] for fact in facts] == [None, None, "late", "late"]
    assert [fact["fault"] for fact in facts] == [None, None, "timeout", "timeout"]
    assert [bool(fact["rescued"]) for fact in facts] == [False, False, False, True]
    assert said[0]["timestamp"] == "1970-01-01T00:00:10.000+00:00"
    # Neither who works on it nor where it lies in the house is anybody's business.
    assert {"job", "runner", "account", "path"} & set(json.dumps(said).split('"')) == set()


def test_it_is_signed_as_standard_webhooks_are() -> None:
    old, new = (RandomMint().webhook_secret() for _ in range(2))
    [event] = Change(before=None, task=replace(new_task(), callback=HOOK)).events
    at = time.time()
    sent = body(event, new_task())
    signed = headers(event, [new, old], at, sent)
    assert event.kind is EventKind.ACCEPTED
    assert signed["webhook-id"] == event.id
    for secret in (old, new):
        assert Webhook(secret).verify(sent, signed)["type"] == "task.accepted"
        verify([secret], signed, sent, at)


def test_the_http_client_is_loaded_by_whoever_calls_and_nobody_else() -> None:
    script = (
        "import sys, filmgate.assembly, filmgate.entrypoints.cli.generate;"
        "sys.exit(bool({'aiohttp', 'yarl'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# --- the command


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in BY_NAME:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FILMGATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Answers with each status in turn, the last one for good."""
    seen: list[tuple[dict[str, str], bytes]] = []
    answers = list(statuses)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"]))
            seen.append(({name.lower(): text for name, text in self.headers.items()}, sent))
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            self.end_headers()

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", seen
        finally:
            server.shutdown()
            thread.join()


def run(capsys: Capture, *words: str, code: int = 0) -> str:
    assert main([*words]) == code
    said = capsys.readouterr()
    return said.out if code == 0 else said.err


def admin(capsys: Capture, *words: str) -> object:
    return json.loads(run(capsys, "admin", *words, "--json"))


def test_a_webhook_that_can_t_be_called_is_refused_before_anything_is_made(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusal(url: str) -> str:
        return run(capsys, "generate", "sea", "--webhook", url, code=2)

    assert "--webhook: the URL must begin with https://" in refusal("file:///etc/passwd")
    assert "a link-local address" in refusal("http://169.254.169.254/latest")
    assert "set FILMGATE_ALLOW_LOOPBACK=on" in refusal("http://127.0.0.1:8000/hook")
    assert "set FILMGATE_ALLOW_LOOPBACK=on" in refusal("http://localhost:8000/hook")
    assert "keys create owner --kind webhook" in refusal("https://example.com/hook")
    monkeypatch.setenv("FILMGATE_ALLOW_LOOPBACK", "yes")
    assert "keys create owner --kind webhook" in refusal("http://127.0.0.1:8000/hook")
    monkeypatch.setenv("FILMGATE_ALLOW_LOOPBACK", "maybe")
    assert "neither on nor off" in refusal("https://example.com/hook")
    monkeypatch.delenv("FILMGATE_ALLOW_LOOPBACK")
    assert run(capsys, "tasks", "list") == ""


def announced(url: str) -> Task:
    store, database = open_store(load().home / "filmgate.db")

    async def work(store: Store) -> Task:
        hook = Callback(url=url, protocol="filmgate")
        return await accept(store, replace(new_task(provider="upstream"), callback=hook))

    try:
        return asyncio.run(work(store))
    finally:
        database.close()


def test_the_operator_sees_the_log_and_calls_again(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILMGATE_ALLOW_LOOPBACK", "on")
    key = admin(capsys, "keys", "create", "owner", "--kind", "webhook")
    assert isinstance(key, dict)
    with receiver(410, 200) as (url, seen):
        task = announced(url)
        found = admin(capsys, "webhooks", "list", "--task", task.id)
        assert isinstance(found, list)
        assert [each["type"] for each in found] == ["task.accepted"]
        first, second = (admin(capsys, "webhooks", "replay", found[0]["event"]) for _ in range(2))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["state"], second["state"]) == ("switched_off", "delivered")
    assert [each[0]["webhook-id"] for each in seen] == [first["event"]] * 2
    for sent_headers, sent in seen:
        verify([key["webhook_secret"]], sent_headers, sent, time.time())
    shown = admin(capsys, "webhooks", "show", str(first["event"]))
    assert isinstance(shown, dict)
    assert shown["attempts"][-1]["status"] == 200
    assert "attempts" in run(capsys, "admin", "webhooks", "show", str(first["event"]))
    assert str(first["event"]) in run(capsys, "admin", "webhooks", "list", "--state", "delivered")
    trail = run(capsys, "admin", "audit")
    assert trail.count("webhooks replay") == 2
    run(capsys, "admin", "webhooks", "show", "evt_nothing", code=2)
    run(capsys, "admin", "webhooks", "list", "--state", "lost", code=2)


def test_generate_tells_what_became_of_its_webhooks(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILMGATE_ALLOW_LOOPBACK", "on")
    admin(capsys, "keys", "create", "owner", "--kind", "webhook")
    with receiver(500, 200) as (url, seen):
        assert main(["generate", "sea", "--webhook", url, "-o", "sea.mp4"]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: web")]
    assert len(notes) == 3
    assert "task.succeeded to 127.0.0.1" in notes[2]
    assert "delivered (status 200" in notes[2]
    assert len({headers["webhook-id"] for headers, _ in seen}) == 3
