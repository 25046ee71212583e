"""A server that is stopped, killed, and kept waiting; and what its customers have lost: nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.pretend.served import Server, served

T2V = "/v1/videos/text2video"
PATIENCE_S = 30.0


def made(server: Server, prompt: str, **more: object) -> str:
    answer = server.call("POST", T2V, {"prompt": prompt, **more})
    assert answer.status == 200, answer.body
    return answer.json["data"]["task_id"]


def status(server: Server, task_id: str) -> str:
    return server.call("GET", f"{T2V}/{task_id}").json["data"]["task_status"]


def wait_for(server: Server, task_id: str, *wanted: str) -> str:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if (now := status(server, task_id)) in wanted:
            return now
        time.sleep(0.05)
    raise AssertionError(f"{task_id} is {now} and never {wanted}")


def test_a_render_under_way_ends_before_a_gentle_stop(tmp_path: Path) -> None:
    with served(tmp_path / "home", drain_s=20.0) as server:
        task_id = made(server, "slow 2")
        wait_for(server, task_id, "processing")
    with served(tmp_path / "home") as server:
        # It was finished by the first server: this one has had no time to render it anew.
        assert status(server, task_id) == "succeed"


def test_what_no_time_was_left_for_is_handed_over(tmp_path: Path) -> None:
    with served(tmp_path / "home", drain_s=0.0) as server:
        task_id = made(server, "slow 3")
        waiting = made(server, "quick")
        wait_for(server, task_id, "processing")
    with served(tmp_path / "home") as server:
        for each in (task_id, waiting):
            assert wait_for(server, each, "succeed", "failed") == "succeed"


def test_what_was_answered_survives_any_kill(tmp_path: Path) -> None:
    """Killed among many creates: everything that got a 200 is there afterwards, once."""
    answered: list[str] = []
    with served(tmp_path / "home") as server:
        stop = threading.Event()

        def create(worker: int) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                name = f"{worker}-{number}"
                try:
                    answer = server.call(
                        "POST", T2V, {"prompt": "x", "external_task_id": name}, who="rich"
                    )
                except OSError:
                    return
                if answer.status == 200:
                    answered.append(name)

        workers = [threading.Thread(target=create, args=(each,)) for each in range(4)]
        for each in workers:
            each.start()
        time.sleep(0.7)
        os.kill(server.pid, signal.SIGKILL)
        stop.set()
        for each in workers:
            each.join()
    assert answered
    with served(tmp_path / "home") as server:
        for name in answered:
            found = server.call("GET", f"{T2V}/{name}").json
            assert found["code"] == 0, name
        metrics = server.call("GET", "/metrics", who=None).body.decode()
        assert "filmgate_ledger_difference_credits 0.0" in metrics
        for fault in ("open_holds_of_ended_tasks", "open_tasks_without_hold", "holds_ended_twice"):
            assert f'filmgate_ledger_faults{{kind="{fault}"}} 0.0' in metrics


@contextmanager
def line_to(server: Server) -> Iterator[socket.socket]:
    parts = urlsplit(server.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as line:
        yield line


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("slow") / "home") as running:
        yield running


def test_clients_that_send_nothing_hold_nobody_up(server: Server) -> None:
    lines = []
    for _ in range(200):
        parts = urlsplit(server.address)
        line = socket.create_connection((parts.hostname, parts.port), timeout=60)
        line.sendall(b"POST /v1/videos/text2video HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
        lines.append(line)
    began = time.monotonic()
    assert server.call("GET", "/healthz", who=None).status == 200
    assert time.monotonic() - began < 2.0
    lines[0].settimeout(30)
    assert lines[0].recv(100) == b"", "a head that never ends is hung up on"
    for line in lines:
        line.close()


def test_a_head_without_end_is_refused(server: Server) -> None:
    with line_to(server) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        try:
            for _ in range(100):
                line.sendall(b"X-Long: " + b"x" * 4000 + b"\r\n")
            answer = line.recv(1000)
        except ConnectionError:
            return  # it has hung up already
    assert b" 400 " in answer.split(b"\r\n")[0] + b" "


def test_a_body_larger_than_anything_is_refused_in_words(server: Server) -> None:
    with line_to(server) as line:
        key = server.keys["rich api"]
        line.sendall(
            b"POST /v1/videos/text2video HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n"
            b"Authorization: Bearer " + key.encode() + b"\r\n\r\n"
        )
        # It hangs up after the answer, for the rest of the body would be taken for another call.
        answer = b"".join(iter(lambda: line.recv(4000), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert json.loads(body)["code"] == 1200


def test_no_secret_stands_in_the_log(server: Server) -> None:
    made(server, "quick")
    server.call("GET", f"{T2V}?key={server.keys['rich api']}")
    time.sleep(0.3)
    log = server.log.read_text()
    assert '"task":"task_' in log
    for name, key in server.keys.items():
        if not name.endswith("shown"):
            assert key not in log, name


def test_a_taken_port_is_told_in_words(server: Server, tmp_path: Path) -> None:
    port = urlsplit(server.address).port
    env = {**os.environ, "FILMGATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    tried = subprocess.run(
        [sys.executable, "-m", "filmgate", "serve", "--port", str(port)],
        env=env | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 2
    assert f"can't listen at 127.0.0.1:{port}" in tried.stderr
    assert "--port" in tried.stderr
