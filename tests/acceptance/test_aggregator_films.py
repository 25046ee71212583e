"""``filmgate sandbox`` as somebody with an app for KIE or PiAPI tries it: real films come home."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from filmgate.media.probe import probe

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "tests" / "clients"
READY = re.compile(r"listens at (http://\S+)")
KEY = "sandbox-api-key"
PATIENCE_S = 300.0


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sandbox")
    log = folder / "log.txt"
    with log.open("w") as errors:  # a pipe that nobody reads would fill up and stop the server
        process = subprocess.Popen(
            [sys.executable, "-m", "filmgate", "sandbox", "--port", "0"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(folder)},
            stderr=errors,
        )
    try:
        until = time.monotonic() + PATIENCE_S
        while (found := READY.search(log.read_text())) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until
            time.sleep(0.1)
        yield found[1]
    finally:
        process.terminate()
        process.wait(60)


def flow(address: str, target: Path, *command: str) -> dict:
    """Only the base URL is another one than PiAPI's."""
    ran = subprocess.run(
        [*command, f"{address}/api/v1", KEY, str(target)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def check_output(output: dict, target: Path, size: tuple[int, int], length_s: float) -> None:
    film = probe(target)
    assert (film.width, film.height) == size
    assert film.duration_s == pytest.approx(length_s, abs=0.05)
    assert output["resolution"] == f"{size[0]}x{size[1]}"
    assert output["duration"] == pytest.approx(length_s, abs=0.05)
    assert output["file_size"] == target.stat().st_size
    assert output["works"][0]["video"]["duration"] == pytest.approx(length_s * 1000, abs=50)
    with urllib.request.urlopen(output["preview_url"], timeout=60) as preview:
        assert preview.read(6) in {b"GIF87a", b"GIF89a"}


@pytest.mark.slow
def test_s4_18_the_python_class_of_the_guide(address: str, tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    done = flow(address, target, sys.executable, str(CLIENTS / "piapi_flow.py"))
    check_output(done["output"], target, (1280, 720), 5.0)
    assert done["meta"]["processing_time"] >= 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
def test_s4_18_the_javascript_class_of_the_guide(address: str, tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    done = flow(address, target, "node", str(CLIENTS / "piapi_flow.mjs"))
    check_output(done["output"], target, (720, 720), 5.0)


def kie(address: str, path: str, body: object = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(address + path, data, headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["data"]


def kie_film(address: str, target: Path, **said: object) -> dict:
    task = kie(address, "/api/v1/kling/generate", said)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        record = kie(address, f"/api/v1/kling/record-info?taskId={task['taskId']}")
        if record["status"]:
            assert record["status"] == 1, record
            with urllib.request.urlopen(record["videoUrl"], timeout=60) as film:
                target.write_bytes(film.read())
            return record
        time.sleep(0.3)
    raise AssertionError("no film in time")


@pytest.mark.slow
def test_s2_08_the_same_seed_gives_the_same_film(address: str, tmp_path: Path) -> None:
    said = {"prompt": "Abstract shapes, slowly", "model": "kling-2-5-turbo", "seed": 45678}
    said |= {"aspectRatio": "1:1", "duration": 5, "resolution": "720p"}
    films = [tmp_path / "one.mp4", tmp_path / "two.mp4"]
    records = [kie_film(address, film, **said) for film in films]
    assert records[0]["taskId"] != records[1]["taskId"]
    first, second = (hashlib.sha256(film.read_bytes()).hexdigest() for film in films)
    assert first == second
    assert (records[0]["duration"], records[0]["resolution"]) == (5, "720p")


@pytest.mark.slow
def test_s2_06_kling_2_6_always_has_sound(address: str, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    kie_film(address, film, prompt="Waves on a beach", model="kling-2-6", aspectRatio="9:16")
    found = probe(film)
    assert (found.width, found.height) == (720, 1280)
    assert found.sound
