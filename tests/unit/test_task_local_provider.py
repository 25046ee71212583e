"""What only the local provider promises: processes that end well, however they end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from tests.pretend.rooms import NoAssets, measure_pretended, new_order

from filmgate.domain.errors import SetUp
from filmgate.domain.ports import Done, Failed, Made, Refused, Running, Seen, Stopped, Vanished
from filmgate.domain.task import Fault
from filmgate.engines.job import JobFolder, Outcome
from filmgate.providers.local import LocalProvider

ROOT = Path(__file__).parents[2]
ENGINE = "tests.pretend.slow_engine:render"

Body = Callable[[LocalProvider], Coroutine[None, None, None]]
Run = Callable[[Body], None]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'src'}")

    async def main(body: Body) -> None:
        provider = LocalProvider(tmp_path, NoAssets(), ENGINE)
        try:
            await body(provider)
        finally:
            await provider.close()

    return lambda body: asyncio.run(main(body))


async def made(provider: LocalProvider, prompt: str) -> str:
    answer = await provider.start(new_order(prompt))
    assert isinstance(answer, Made)
    return answer.job


async def end_of(provider: LocalProvider, job: str) -> Seen:
    deadline = time.monotonic() + 10
    while isinstance(answer := await provider.check(job), Running):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    return answer


async def progress_of(provider: LocalProvider, job: str) -> None:
    deadline = time.monotonic() + 10
    while not (isinstance(seen := await provider.check(job), Running) and seen.progress):
        assert time.monotonic() < deadline, seen
        await asyncio.sleep(0.02)


def pid_of(folder: JobFolder) -> int:
    pid = folder.process()
    assert pid is not None
    return pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("prompt", "reason", "logged"),
    [
        ("refuse", "the picture is upside down", ""),
        ("boom", "the renderer met an unexpected error (ValueError)", "ValueError: a defect"),
        ("crash", "the renderer crashed (SIGSEGV)", ""),
        ("vanish", "the renderer ended with code 3 and told no reason", ""),
        ("lazy", "the renderer met trouble with a file: No such file or directory", "partial.mp4"),
    ],
)
def test_mishaps_become_plain_sentences(
    run: Run, tmp_path: Path, prompt: str, reason: str, logged: str
) -> None:
    async def body(provider: LocalProvider) -> None:
        job = await made(provider, prompt)
        fault = Fault.INPUT if prompt == "refuse" else Fault.HOUSE
        assert await end_of(provider, job) == Failed(reason, fault)
        folder = tmp_path / "jobs" / job
        assert logged in (folder / "log.txt").read_text()
        assert not list(folder.glob("*.mp4"))

    run(body)


def test_a_killed_render_is_told_as_such(run: Run, tmp_path: Path) -> None:
    async def body(provider: LocalProvider) -> None:
        job = await made(provider, "slow 60")
        await progress_of(provider, job)
        os.kill(pid_of(JobFolder(tmp_path / "jobs" / job)), signal.SIGKILL)
        reason = "the renderer was killed by SIGKILL (out of memory?)"
        assert await end_of(provider, job) == Failed(reason, Fault.HOUSE)
        assert not list((tmp_path / "jobs" / job).glob("*.mp4"))

    run(body)


def test_closing_stops_and_the_job_can_be_taken_up_again(run: Run, tmp_path: Path) -> None:
    async def body(provider: LocalProvider) -> None:
        order = new_order("slow 0.5")
        for _ in range(4):  # an end that we wished for counts for nothing
            assert await provider.start(order) == Made(order.task_id)
            folder = JobFolder(tmp_path / "jobs" / order.task_id)
            pid = pid_of(folder)
            await provider.close()
            assert not alive(pid)
            assert isinstance(await provider.check(order.task_id), Stopped)
            assert not list(folder.path.glob("*.mp4"))
        await provider.start(order)
        assert isinstance(await end_of(provider, order.task_id), Done)
        await provider.fetch(order.task_id, str(tmp_path / "film.mp4"))
        measure_pretended(tmp_path / "film.mp4")

    run(body)


def test_three_attempts_without_a_word_are_enough(run: Run, tmp_path: Path) -> None:
    async def body(provider: LocalProvider) -> None:
        order = new_order("slow 60")
        for _ in range(3):
            assert isinstance(await provider.start(order), Made)
            # As if we had been killed: nobody is left who could tell how the child ended.
            child = provider._children.pop(order.task_id)
            child.kill()
            with child:
                pass
            assert isinstance(await provider.check(order.task_id), Stopped)
        answer = await provider.start(order)
        assert answer == Refused("the renderer was begun 3 times and never came back", Fault.HOUSE)

    run(body)


def test_another_house_looks_and_cancels(run: Run, tmp_path: Path) -> None:
    async def body(provider: LocalProvider) -> None:
        job = await made(provider, "slow 60")
        other = LocalProvider(tmp_path, NoAssets(), ENGINE)
        await progress_of(other, job)
        pid = pid_of(JobFolder(tmp_path / "jobs" / job))
        await other.cancel(job)
        assert isinstance(await provider.check(job), Vanished)
        assert isinstance(await other.check(job), Vanished)
        assert list((tmp_path / "jobs").iterdir()) == []
        provider._reap()
        assert not alive(pid)

    run(body)


def test_a_render_that_ignores_the_request_to_end_is_killed(run: Run, tmp_path: Path) -> None:
    async def body(provider: LocalProvider) -> None:
        job = await made(provider, "stubborn 60")
        await progress_of(provider, job)
        started_at = time.monotonic()
        await provider.cancel(job)
        assert 1.9 < time.monotonic() - started_at < 4
        assert isinstance(await provider.check(job), Vanished)

    run(body)


def test_the_first_verdict_stands(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    assert folder.write_outcome(Outcome(failed="cancelled"))
    assert not folder.write_outcome(Outcome(failed="crashed"))
    assert folder.read_outcome() == Outcome(failed="cancelled")
    assert [path.name for path in tmp_path.iterdir()] == ["outcome.json"]


def test_a_home_that_takes_no_files_is_said_plainly(run: Run, tmp_path: Path) -> None:
    async def body(provider: LocalProvider) -> None:
        (tmp_path / "jobs").write_text("in the way")
        with pytest.raises(SetUp, match=r"the render can't be started in .*jobs: ") as caught:
            await provider.start(new_order())
        assert "resume" in (caught.value.remedy or "")

    run(body)
