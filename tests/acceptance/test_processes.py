"""Real processes that are interrupted, killed and doubled: no task is lost, none is done twice."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.pretend.hosts import host
from tests.pretend.house import open_house
from tests.pretend.rooms import measure_pretended

from filmgate.domain.request import ImageToVideo, TextToVideo
from filmgate.domain.task import Fault, State, Task
from filmgate.engines.job import JobFolder

ROOT = Path(__file__).parents[2]
PATIENCE_S = 15.0


class House:
    """A home, and the processes that run in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.started: list[subprocess.Popen[str]] = []

    def run(self, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.pretend.house", str(self.home), *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def submit(self, prompt: str) -> str:
        async def work() -> str:
            async with open_house(self.home) as house:
                return (await house.submit(TextToVideo(prompt=prompt))).id

        return asyncio.run(work())

    def task(self, task_id: str) -> Task:
        async def work() -> Task:
            async with open_house(self.home) as house:
                return await house.task(task_id)

        return asyncio.run(work())

    def is_interrupted(self, task_id: str) -> bool:
        async def work() -> bool:
            async with open_house(self.home) as house:
                task = await house.task(task_id)
                return task.id in await house.interrupted([task])

        return asyncio.run(work())

    def renderer(self, task_id: str) -> int:
        """The render process, once it is at work."""
        job = JobFolder(self.home / "jobs" / task_id)
        until(lambda: job.path.is_dir() and job.read_progress() is not None)
        pid = job.process()
        assert pid is not None
        return pid

    def films(self) -> list[str]:
        return sorted(path.name for path in (self.home / "results").glob("*"))

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    house = House(tmp_path / "home")
    yield house
    house.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether the process is no more, or only a name that nobody has buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def ended(process: subprocess.Popen[str], *, code: int = 0) -> list[dict[str, object]]:
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code, err
    assert "Traceback" not in err
    return [json.loads(line) for line in out.splitlines()]


def is_whole(house: House, task_id: str) -> None:
    task = house.task(task_id)
    assert task.state is State.SUCCEEDED, task.reason
    assert task.result is not None
    film = house.home / task.result.path
    measure_pretended(film)
    assert film.read_bytes().startswith(b"film of seed %d\n" % task.output.seed)
    assert house.films().count(film.name) == 1
    assert not (house.home / "jobs" / task_id).exists()


def test_from_submit_to_film(house: House) -> None:
    task_id = house.submit("slow 0.5")
    told = ended(house.run("watch", task_id))
    states = [each["state"] for each in told]
    assert states[0] == "queued"
    assert states[-1] == "succeeded"
    percents = [each["percent"] for each in told if each["percent"]]
    assert percents == sorted(percents)
    assert len(percents) >= 2
    is_whole(house, task_id)
    assert house.films() == [f"{task_id}.mp4"]
    assert list((house.home / "runners").iterdir()) == []


def test_a_killed_runner_takes_its_render_along_and_the_next_one_goes_on(house: House) -> None:
    task_id = house.submit("slow 4")
    runner = house.run("watch", task_id)
    renderer = house.renderer(task_id)
    runner.kill()
    until(lambda: gone(renderer))
    runner.wait()
    assert house.films() == []
    assert house.is_interrupted(task_id)
    assert house.task(task_id).state is State.RUNNING
    ended(house.run("watch", task_id))
    is_whole(house, task_id)


def test_of_two_heirs_one_renders_and_both_see_the_end(house: House) -> None:
    task_id = house.submit("slow 4")
    runner = house.run("watch", task_id)
    house.renderer(task_id)
    runner.kill()
    runner.wait()
    heirs = [house.run("watch", task_id) for _ in range(2)]
    job = JobFolder(house.home / "jobs" / task_id)
    until(lambda: job.attempts() == 2)
    for heir in heirs:
        assert ended(heir)[-1]["state"] == "succeeded"
    is_whole(house, task_id)
    states = [step.state for step in house.task(task_id).timeline]
    assert len(states) == len(set(states)) == 5


def test_a_killed_render_is_a_failed_task_with_its_reason(house: House) -> None:
    task_id = house.submit("slow 60")
    runner = house.run("watch", task_id)
    os.kill(house.renderer(task_id), signal.SIGKILL)
    assert ended(runner)[-1]["state"] == "failed"
    task = house.task(task_id)
    assert task.reason == "the renderer was killed by SIGKILL (out of memory?)"
    assert house.films() == []
    assert (house.home / "jobs" / task_id / "log.txt").is_file()


def test_interrupted_by_the_keyboard_the_task_can_be_resumed(house: House) -> None:
    task_id = house.submit("slow 8")
    runner = house.run("watch", task_id)
    renderer = house.renderer(task_id)
    runner.send_signal(signal.SIGINT)
    ended(runner, code=130)
    assert gone(renderer)
    assert house.films() == []
    assert not list((house.home / "jobs" / task_id).glob("*.mp4"))
    assert house.task(task_id).state is State.RUNNING
    assert house.is_interrupted(task_id)
    ended(house.run("watch", task_id))
    is_whole(house, task_id)


def test_two_runners_at_once_do_not_disturb_each_other(house: House) -> None:
    ids = [house.submit("slow 0.5") for _ in range(2)]
    runners = [house.run("watch", task_id) for task_id in ids]
    for runner in runners:
        assert ended(runner)[-1]["state"] == "succeeded"
    for task_id in ids:
        is_whole(house, task_id)


def test_cancelling_from_another_process_stops_the_render(house: House) -> None:
    task_id = house.submit("slow 60")
    runner = house.run("watch", task_id)
    renderer = house.renderer(task_id)
    assert ended(house.run("cancel", task_id)) == [{"state": "cancelled"}]
    assert gone(renderer)
    assert ended(runner)[-1]["state"] == "cancelled"
    assert house.films() == []
    assert list((house.home / "jobs").iterdir()) == []
    again = ended(house.run("cancel", task_id))
    assert again == [{"state": "cancelled"}]


def test_disk_trouble_is_told_and_the_film_is_not_lost(house: House) -> None:
    task_id = house.submit("slow 0.1")
    blocked = house.home / "results"
    blocked.write_text("a file where the folder should be")
    (*_, told) = ended(house.run("watch", task_id), code=1)
    assert str(told["error"]).startswith(f"the film can't be kept in {house.home}")
    assert "resume" in str(told["remedy"])
    assert house.task(task_id).state is State.FETCHING
    blocked.unlink()
    ended(house.run("watch", task_id))
    is_whole(house, task_id)


def test_what_is_no_film_fails_and_leaves_nothing(house: House) -> None:
    task_id = house.submit("trash")
    assert ended(house.run("watch", task_id))[-1]["state"] == "failed"
    assert str(house.task(task_id).reason).startswith("no usable film came out")
    assert house.films() == []


def test_the_detached_runner_does_all_that_nobody_else_does(house: House) -> None:
    interrupted = house.submit("slow 2")
    starter = house.run("watch", interrupted)
    house.renderer(interrupted)
    starter.kill()
    starter.wait()
    others = house.submit("slow 3")
    runner = house.run("watch", others)
    house.renderer(others)
    queued = [house.submit("slow 0.1") for _ in range(3)]
    detached = house.run("detached")
    assert ended(house.run("detached")) == [{"idle": True}]
    assert ended(detached) == [{"idle": True}]
    assert ended(runner)[-1]["state"] == "succeeded"
    for task_id in (interrupted, others, *queued):
        is_whole(house, task_id)


def test_a_kill_while_an_input_is_fetched_leaves_the_task_waiting(house: House) -> None:
    """A real host on this machine, which keeps the first runner waiting until it is dead."""
    gate, asked = threading.Event(), list[str]()
    with host({"/cat.png": (200, "image/png", _picture())}, asked=asked, gate=gate) as url:
        point = house.run("point", f"{url}/cat.png")
        task_id = json.loads(point.communicate(timeout=PATIENCE_S)[0])["id"]
        victim = house.run("watch", task_id)
        until(lambda: bool(asked))
        victim.kill()
        victim.wait()
        assert house.task(task_id).state is State.QUEUED
        gate.set()
        seen = house.run("watch", task_id).communicate(timeout=PATIENCE_S)[0]
        assert json.loads(seen.splitlines()[-1])["state"] == "succeeded"
    task = house.task(task_id)
    assert [step.state for step in task.timeline].count(State.STARTING) == 1
    assert isinstance(task.request, ImageToVideo)
    assert task.request.image is not None
    assert task.request.image.digest == hashlib.sha256(_picture()).hexdigest()
    assert (task.output.width, task.output.height) == (720, 1080)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (400, 600), "teal").save(file, "png")
    return file.getvalue()


def test_a_given_address_that_leads_nowhere_fails_the_task(house: House) -> None:
    with host({"/page": (200, "image/png", b"<html>")}) as url:
        point = house.run("point", f"{url}/page")
        task_id = json.loads(point.communicate(timeout=PATIENCE_S)[0])["id"]
        house.run("watch", task_id).communicate(timeout=PATIENCE_S)
    task = house.task(task_id)
    assert (task.state, task.fault) == (State.FAILED, Fault.INPUT)
    assert task.reason is not None
    assert task.reason.startswith("image ")
