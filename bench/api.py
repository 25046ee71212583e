"""What a call to the server costs, against LiteLLM's proxy in the same run.

usage: python bench/api.py [--seconds N] [--rounds N] [--peer PYTHON]

``--peer`` is the Python of an environment with LiteLLM (make bench makes it); without it only our
own figures are told. Needs wrk (Debian package wrk). The peer is tuned: one worker, production
mode, httptools, a telemetry library that it else looks for on every call; it keeps nothing, where
each of our creates is durable on disk, with its credits set aside in the same write.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from measure import table

HERE = Path(__file__).parent
OURS, PEER, STUB = 18480, 18400, 18500
MASTER = "sk-bench-0123456789abcdef0123456789abcdef"
PROMPT = "a calico cat playing a piano on stage, cinematic lighting"
CREATES: dict[str, tuple[str, dict[str, object]]] = {
    "Kling": (
        "/v1/videos/text2video",
        {"model_name": "kling-v2-5-turbo", "prompt": PROMPT, "duration": "5", "mode": "pro"},
    ),
    "KIE": (
        "/api/v1/jobs/createTask",
        {
            "model": "kling/v2-5-turbo-text-to-video-pro",
            "input": {"prompt": PROMPT, "duration": "5", "aspect_ratio": "16:9"},
        },
    ),
    "PiAPI": (
        "/api/v1/task",
        {
            "model": "kling",
            "task_type": "video_generation",
            "input": {"prompt": PROMPT, "duration": 5, "aspect_ratio": "16:9"},
        },
    ),
    "OpenAI": (
        "/v1/videos",
        {"model": "sora-2", "prompt": PROMPT, "seconds": "8", "size": "1280x720"},
    ),
    "native": (
        "/api/filmgate/v1/tasks",
        {"kind": "text-to-video", "model": "kling-v2-5-turbo", "prompt": PROMPT, "mode": "pro"},
    ),
}


@dataclass(frozen=True)
class Shot:
    calls_per_s: float
    p50_ms: float
    p99_ms: float
    bad: int
    cpu_ms: float
    """Of the server's process, for each call."""


@dataclass(frozen=True)
class Target:
    url: str
    key: str
    method: str = "POST"
    body: str = ""
    header: str = "Authorization"


def shoot(target: Target, connections: int, seconds: int, pid: int) -> Shot:
    env = os.environ | {"KEY": target.key, "METHOD": target.method, "BODY": target.body}
    before = cpu_s(pid)
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s"]
    words += [str(HERE / "api.lua"), "-H", f"X-API-Key: {target.key}", target.url]
    told = subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout
    calls = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    return Shot(
        calls_per_s=float(re.search(r"Requests/sec: +([\d.]+)", told)[1]),  # type: ignore[index]
        p50_ms=_ms(told, "50%"),
        p99_ms=_ms(told, "99%"),
        bad=int(bad[1]) if bad else 0,
        cpu_ms=(cpu_s(pid) - before) / max(1, calls) * 1000,
    )


def _ms(told: str, which: str) -> float:
    number, unit = re.search(rf"{which} +([\d.]+)(us|ms|s)\s", told).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def cpu_s(pid: int) -> float:
    cells = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def our_server() -> Iterator[tuple[dict[str, str], int]]:
    with tempfile.TemporaryDirectory() as home, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        words = [sys.executable, str(HERE / "api_server.py"), home, str(OURS)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=nowhere)
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline()), process.pid
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def peer(python: str) -> Iterator[int]:
    env = os.environ | {
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    stub_words = [sys.executable, "-m", "uvicorn", "api_stub:app", "--port", str(STUB)]
    stub_words += ["--no-access-log", "--log-level", "error"]
    words = [str(Path(python).with_name("litellm")), "--config", str(HERE / "litellm.yaml")]
    words += ["--host", "127.0.0.1", "--port", str(PEER), "--num_workers", "1"]
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        stub = subprocess.Popen(stub_words, cwd=HERE, stdout=nowhere, stderr=nowhere)
        process = subprocess.Popen(words, env=env, stdout=nowhere, stderr=nowhere)
        try:
            _wait_for(PEER, "/health/liveliness")
            yield process.pid
        finally:
            for each in (process, stub):
                each.terminate()
                each.wait(30)


def _wait_for(port: int, path: str) -> None:
    for _ in range(120):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            connection.getresponse()
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit(f"nothing answers at port {port}")


def best(shots: list[Shot]) -> Shot:
    return max(shots, key=lambda each: each.calls_per_s)


def row(name: str, shot: Shot, against: Shot | None) -> list[str]:
    return [
        name,
        f"{shot.calls_per_s:,.0f}",
        f"{shot.p50_ms:.1f}",
        f"{shot.p99_ms:.1f}",
        f"{shot.cpu_ms:.2f}",
        "" if against is None else f"{shot.calls_per_s / against.calls_per_s:.1f}x",
        "" if not shot.bad else f"{shot.bad} refused",
    ]


def measure(seconds: int, rounds: int, python: str | None) -> None:
    with our_server() as (told, pid):
        base = told["address"]
        create = {
            name: Target(base + path, told["key"], body=json.dumps(body))
            for name, (path, body) in CREATES.items()
        }
        create["Kling"] = Target(create["Kling"].url, told["token"], body=create["Kling"].body)
        status = Target(f"{base}/api/filmgate/v1/tasks/{told['task']}", told["key"], "GET")
        rows: list[list[str]] = []
        peers: Mapping[int, Shot] = {}
        if python is not None:
            with peer(python) as peer_pid:
                peers = _peer_shots(peer_pid, create["Kling"], pid, seconds, rounds, rows)
        else:
            for connections in (1, 32, 256):
                shot = best([shoot(create["Kling"], connections, seconds, pid)])
                rows.append(row(f"Kling create, {connections} connections", shot, None))
        for name in CREATES:
            shot = best([shoot(create[name], 32, seconds, pid) for _ in range(rounds)])
            rows.append(row(f"{name} create, 32 connections", shot, peers.get(32)))
        shot = best([shoot(status, 32, seconds, pid) for _ in range(rounds)])
        rows.append(row("status, native, 32 connections", shot, None))
    heads = ["call", "a second", "p50 ms", "p99 ms", "CPU ms", "of LiteLLM", ""]
    table("Calls to the server", heads, rows)


def _peer_shots(
    peer_pid: int, ours: Target, pid: int, seconds: int, rounds: int, rows: list[list[str]]
) -> dict[int, Shot]:
    """Taking turns, so that whatever else the machine does falls on both."""
    body = {"model": "sora-2", "prompt": PROMPT, "seconds": "8", "size": "1280x720"}
    theirs = Target(f"http://127.0.0.1:{PEER}/v1/videos", MASTER, body=json.dumps(body))
    found: dict[int, Shot] = {}
    for connections in (1, 32, 256):
        pairs = [
            (
                shoot(theirs, connections, seconds, peer_pid),
                shoot(ours, connections, seconds, pid),
            )
            for _ in range(rounds)
        ]
        found[connections] = best([pair[0] for pair in pairs])
        mine = best([pair[1] for pair in pairs])
        rows.append(
            row(f"LiteLLM POST /v1/videos, {connections} connections", found[connections], None)
        )
        rows.append(row(f"Kling create, {connections} connections", mine, found[connections]))
    return found


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--seconds", type=int, default=8)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--peer")
    given = words.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("bench/api.py needs wrk, a load generator (on Debian: apt-get install wrk)")
    measure(given.seconds, given.rounds, given.peer)
