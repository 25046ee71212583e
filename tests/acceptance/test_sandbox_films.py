"""``filmgate sandbox`` as somebody with an app for Kling tries it: real films come home."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from filmgate.media.probe import probe

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "kling"
READY = re.compile(r"listens at (http://\S+)")
PATIENCE_S = 120.0
ACCESS, SECRET = "sandbox-access-key", "sandbox-secret-key-0123456789abcdef0123456789"


@dataclass(frozen=True)
class Sandbox:
    address: str
    bearer: str

    def call(self, method: str, path: str, body: object = None, key: str | None = None) -> dict:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {key or self.bearer}"}
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer: dict = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return answer

    def download(self, url: str, target: Path) -> Path:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.request("GET", url.removeprefix(self.address))
        target.write_bytes(connection.getresponse().read())
        connection.close()
        return target


def command(*words: str, **env: str) -> list[str]:
    return [sys.executable, "-m", "filmgate", *words]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(folder)}
    log = folder / "log.txt"  # a pipe that nobody reads would fill and stop the server
    with log.open("wb") as told:
        process = subprocess.Popen(
            command("sandbox", "--port", "0"), cwd=folder, env=env, stderr=told
        )
    try:
        found = waited_for(log)
        keys = {"KLING_ACCESS_KEY": ACCESS, "KLING_SECRET_KEY": SECRET}
        made = subprocess.run(
            command("token"), cwd=folder, env=env | keys, capture_output=True, text=True, check=True
        )
        yield Sandbox(found[1], made.stdout.strip())
    finally:
        process.terminate()
        process.wait(60)


def waited_for(log: Path) -> re.Match[str]:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if found := READY.search(log.read_text("utf-8")):
            return found
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


def samples(name: str, section: str) -> list[dict]:
    rows = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return [row["sample"] for row in rows if row["section"] == section]


def photo() -> str:
    picture = Image.linear_gradient("L").resize((1280, 720)).convert("RGB")
    with io.BytesIO() as file:
        picture.save(file, "JPEG")
        return base64.b64encode(file.getvalue()).decode()


def brought_home(sandbox: Sandbox, path: str, task_id: str, target: Path) -> tuple[int, int, float]:
    """Polled as Kling's clients poll; width, height and length of what was downloaded."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        task = sandbox.call("GET", f"{path}/{task_id}")["data"]
        if task["task_status"] == "succeed":
            (video,) = task["task_result"]["videos"]
            found = probe(sandbox.download(video["url"], target))
            return found.width, found.height, found.duration_s
        assert task["task_status"] in {"submitted", "processing"}, task
        time.sleep(0.3)
    raise AssertionError("no film in time")


@pytest.mark.slow
def test_s1_10_the_skills_lines_end_in_a_film(sandbox: Sandbox, tmp_path: Path) -> None:
    path = "/v1/videos/text2video"
    body = samples("skill", "Text-to-Video")[-1]
    assert body["prompt"] == "A beautiful sunset over the ocean"
    body |= samples("skill", "Camera Control (Optional)")[0]
    made = sandbox.call("POST", path, body)
    assert (made["code"], made["message"]) == (0, "SUCCEED")
    size = brought_home(sandbox, path, made["data"]["task_id"], tmp_path / "film.mp4")
    assert size == (1280, 720, pytest.approx(5.0, abs=0.05))


@pytest.mark.slow
def test_s3_02_the_references_body_ends_in_a_film(sandbox: Sandbox, tmp_path: Path) -> None:
    path = "/v1/videos/image2video"
    (body,) = samples("parameters", "Single Image Mode")
    made = sandbox.call("POST", path, {**body, "image": photo()})
    size = brought_home(sandbox, path, made["data"]["task_id"], tmp_path / "film.mp4")
    assert size == (1280, 720, pytest.approx(5.0, abs=0.05))


@pytest.mark.slow
def test_s0_15_the_route_of_infinito_ends_in_a_film(sandbox: Sandbox, tmp_path: Path) -> None:
    body = {"prompt": "A quiet lake at dawn", "duration": "5", "aspectRatio": "1:1"}
    made = sandbox.call("POST", "/api/kling", body, "sandbox-api-key")
    assert made["success"] is True, made
    assert made["creditsCharged"] == 50
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        told = sandbox.call("GET", f"/api/kling?taskId={made['taskId']}", None, "sandbox-api-key")
        if url := told.get("videoUrl"):
            found = probe(sandbox.download(url, tmp_path / "film.mp4"))
            assert found.width == found.height
            return
        assert told["success"] is True, told
        time.sleep(0.3)
    raise AssertionError("no film in time")
