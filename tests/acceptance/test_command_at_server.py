"""``--server``: the same commands, done at a server; on a real one whose engine only pretends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.pretend.served import Server, served

PROMPT = ("slow 0.3", "--model", "kling-v1-6")
PAID = "--max-cost=1"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


class Client:
    """Somebody's own computer, with an empty home."""

    def __init__(self, folder: Path, server: Server, who: str = "rich") -> None:
        self.folder = folder
        self.server = server
        self.env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "FILMGATE_HOME": str(folder / "home"),
            "FILMGATE_API_KEY": server.keys[f"{who} api"],
        }

    def start(self, *words: str, at: str | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "filmgate", *words, "--server", at or self.server.address],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, at: str | None = None) -> tuple[int, str, str]:
        process = self.start(*words, at=at)
        out, errors = process.communicate(timeout=90)
        return process.returncode, out, errors

    def json(self, *words: str) -> dict:
        code, out, errors = self.run(*words, "--json")
        assert code == 0, (out, errors)
        return json.loads(out)


@pytest.fixture
def client(tmp_path, server) -> Client:
    return Client(tmp_path, server)


def test_generate_delivers_the_servers_film(client):
    code, out, errors = client.run("generate", *PROMPT, PAID, "-o", "film.mp4", "--seed", "9")
    assert code == 0, errors
    assert out == "film.mp4\n"
    assert (client.folder / "film.mp4").read_bytes().startswith(b"film of seed 9\n")
    assert "rendering" in errors
    assert "A stand-in for kling-v1-6" in errors
    assert not (client.folder / "home").exists()  # nothing was made on this computer

    task = client.json("tasks", "list")[0]
    shown = client.json("tasks", "show", task["task"][:25])
    assert shown["task"] == task["task"]
    assert [step["state"] for step in shown["timeline"]][-1] == "succeeded"
    assert shown["file"].startswith(f"{client.server.address}/files/")


def test_pictures_go_along(client):
    Image.new("RGB", (400, 400), "teal").save(client.folder / "photo.png")
    facts = client.json("generate", *PROMPT, PAID, "-i", "photo.png", "-o", "film.mp4")
    assert facts["kind"] == "image-to-video"
    assert (client.folder / "film.mp4").exists()
    (client.folder / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    code, _, errors = client.run("generate", *PROMPT, PAID, "-i", "torn.png")
    assert code == 2
    assert "-i/--image" in errors


def test_credits_are_not_spent_unasked(client):
    code, _, errors = client.run("generate", *PROMPT)
    assert code == 3
    assert "50 credits" in errors
    assert "--yes" in errors
    code, _, errors = client.run("generate", *PROMPT, "--max-cost", "0.20")  # 50 credits are $0.25
    assert code == 3
    assert client.run("generate", *PROMPT, "--max-cost", "0.25", "--no-wait")[0] == 0
    assert client.run("generate", *PROMPT, "--yes", "--no-wait")[0] == 0
    poor = Client(client.folder, client.server, "poor")
    code, _, errors = poor.run("generate", *PROMPT, "--yes")
    assert code == 3
    assert "10 are available" in errors


def test_ctrl_c_leaves_the_task_and_resume_brings_its_film(client):
    process = client.start("generate", "slow 3", "--model", "kling-v1-6", PAID, "-o", "film.mp4")
    assert process.stderr is not None
    assert process.stdout is not None
    for line in process.stderr:
        if "rendering" in line:
            break
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert process.wait(30) == 130
    assert "is kept" in said
    words = said.split("go on with: filmgate ")[1].strip().split()
    assert words[-4:] == ["--server", client.server.address, "-o", "film.mp4"]
    assert client.run(*words[:-4], *words[-2:])[0] == 0
    assert (client.folder / "film.mp4").exists()


def test_no_wait_wait_and_cancel(client):
    task = client.json("generate", "slow 60", "--no-wait")["task"]
    assert client.json("tasks", "show", task)["state"] in {"queued", "starting", "running"}
    assert client.json("tasks", "cancel", task)["state"] == "cancelled"
    code, _, errors = client.run("tasks", "resume", task)
    assert code == 1
    assert "was cancelled" in errors
    failed = client.run("generate", "boom")
    assert failed[0] == 1
    assert f"--server {client.server.address}" in failed[2]


def test_estimate_and_models_tell_credits(client):
    offers = client.json("estimate", *PROMPT)
    assert {offer["provider"]: offer["credits"] for offer in offers}["local"] == 50
    assert "50 credits" in client.run("estimate", *PROMPT)[1]
    models = {model["name"]: model for model in client.json("models")}
    assert models["kling-v1-6"]["credits_for_5_s"]["std"] == 50
    code, out, _ = client.run("models", "kling-v1-6")
    assert code == 0
    assert "5 s pro     50 credits" in out
    assert "kling-v1-6" in client.run("models")[1]


def test_what_is_wrong_with_server_or_key_is_said(client):
    code, _, errors = client.run("tasks", "list", at="http://127.0.0.1:9")
    assert code == 4
    assert "can't be reached" in errors
    code, _, errors = client.run("tasks", "list", at="films.example")
    assert code == 2
    assert "--server" in errors
    client.env["FILMGATE_API_KEY"] = "fg_wrong"
    code, _, errors = client.run("tasks", "list")
    assert code == 2
    assert "this key opens nothing here" in errors
    del client.env["FILMGATE_API_KEY"]
    code, _, errors = client.run("tasks", "list")
    assert code == 2
    assert "FILMGATE_API_KEY" in errors
    assert client.server.keys["rich api"] not in errors


def test_a_film_that_came_in_otherwise_than_sent_is_not_delivered(client, tmp_path):
    facts = client.json("generate", *PROMPT, PAID, "-o", "film.mp4")
    [film] = (client.server.log.parent).rglob(f"{facts['task']}.mp4")
    film.write_bytes(film.read_bytes().replace(b"film", b"fake"))
    (tmp_path / "film.mp4").unlink()
    code, _, errors = client.run("tasks", "resume", facts["task"], "-o", "film.mp4")
    assert code == 4
    assert "other than it was sent" in errors
    assert not (tmp_path / "film.mp4").exists()


def test_json_tells_progress_to_nobody_and_one_object(client):
    code, out, errors = client.run("generate", *PROMPT, PAID, "--json", "-o", "x.mp4")
    assert code == 0
    facts = json.loads(out)
    assert errors == ""
    assert facts["state"] == "succeeded"
    assert facts["file"] == str(client.folder / "x.mp4")
