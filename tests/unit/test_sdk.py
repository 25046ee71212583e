"""The SDK as a program uses it: in this process with a stand-in engine, and with a paid service."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from tests.pretend.house import PretendedMeasure
from tests.pretend.rooms import measure_pretended

import filmgate
from filmgate import AsyncFilmgate, Filmgate, verify_webhook
from filmgate.assembly import Embedded
from filmgate.domain.errors import Conflict, FixRequest, NotFound, RenderFailed, TopUp
from filmgate.domain.order import Sighting
from filmgate.domain.request import TextToVideo
from filmgate.domain.standard_webhooks import NotGenuine, sign
from filmgate.domain.task import State
from filmgate.engines.all import ANIMATIC, ENGINES

SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The slow engine, which writes at once, in a home of its own."""
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root}:{root / 'src'}")
    monkeypatch.setenv("FILMGATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for name in ("KLING_ACCESS_KEY", "KLING_SECRET_KEY", "KLING_API_KEY", "KIE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    defaults = Embedded.open.__func__.__kwdefaults__
    monkeypatch.setitem(ENGINES, ANIMATIC, "tests.pretend.slow_engine:render")
    monkeypatch.setitem(defaults, "engine", "tests.pretend.slow_engine:render")
    monkeypatch.setitem(defaults, "measure", PretendedMeasure())
    return tmp_path


def test_two_lines_make_a_film(house: Path) -> None:
    with Filmgate() as fg:
        fg.generate("a lake at dawn").download("lake.mp4")
    assert measure_pretended(house / "lake.mp4").duration_s > 0


def test_the_same_with_async(house: Path) -> None:
    seen: list[Sighting] = []

    async def body() -> None:
        async with AsyncFilmgate(home=house / "other") as fg:
            film = await fg.generate("a lake at dawn", seed=7, on_change=seen.append)
            assert film.task.output.seed == 7
            assert film.result.size_bytes > 0
            await film.download(house / "lake.mp4")

    asyncio.run(body())
    assert seen[0].task.state is State.QUEUED
    assert seen[-1].task.state is State.SUCCEEDED
    assert (house / "lake.mp4").is_file()
    assert (house / "other").is_dir()


def test_a_task_goes_on_in_another_program() -> None:
    with Filmgate() as fg:
        job = fg.submit("a lake")
        assert job.task.state is State.QUEUED
    with Filmgate() as fg:
        assert [task.id for task in fg.tasks()] == [job.id]
        film = fg.resume(job.id[:20]).wait()
        assert film.task.id == job.id
        with pytest.raises(NotFound):
            fg.resume("task_none")
        with pytest.raises(Conflict):
            fg.resume(job.id).cancel()


def test_a_cancelled_job_makes_no_film() -> None:
    with Filmgate() as fg:
        job = fg.submit("slow 60")
        assert job.cancel().state is State.CANCELLED
        with pytest.raises(RenderFailed, match="cancelled"):
            job.wait()


def test_whole_requests_and_words_of_requests() -> None:
    with Filmgate() as fg:
        request = TextToVideo(prompt="a lake", duration_s=10)
        assert fg.submit(request).task.output.duration_s == 10
        told = fg.submit("a lake", duration_s=10, ratio="9:16", mode="pro").task.output
        assert (told.width, told.height, told.duration_s) == (1080, 1920, 10)
        with pytest.raises(FixRequest, match="duration_s"):
            fg.submit(request, duration_s=5)
        with pytest.raises(FixRequest, match="strokes needs an image"):
            fg.submit("a lake", strokes=())
        with pytest.raises(FixRequest, match="ratio can't be '7:3'"):
            fg.submit("a lake", ratio="7:3")  # type: ignore[arg-type]


def test_nothing_is_spent_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLING_API_KEY", "ak:sk0123456789abcdef0123456789abcdef")
    with Filmgate() as fg:
        offers = {offer.provider: offer for offer in fg.estimate("a lake", mode="pro")}
        assert offers["kling"].price_usd_micros == 350_000
        for ceiling in ({}, {"max_cost_usd": 0.34}, {"max_cost_usd": Decimal("0.349999")}):
            with pytest.raises(TopUp, match=r"\$0.35"):
                fg.submit("a lake", mode="pro", provider="kling", **ceiling)
        job = fg.submit("a lake", mode="pro", provider="kling", max_cost_usd=0.35)
        assert job.task.account == "kling"


def test_a_server_and_its_key_come_together() -> None:
    with pytest.raises(FixRequest):
        Filmgate(server="https://films.example")
    with pytest.raises(FixRequest):
        Filmgate(server="https://films.example", key="k", home="here")


def test_a_webhook_is_verified() -> None:
    body = json.dumps({"type": "task.succeeded", "data": {"id": "task_1"}}).encode()
    headers = sign([SECRET], "evt_1", time.time(), body)
    assert verify_webhook(headers, body, SECRET)["type"] == "task.succeeded"
    other = "whsec_" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"
    assert verify_webhook(headers, body, [other, SECRET])["type"] == "task.succeeded"
    for wrong in ((headers, body + b" ", SECRET), (headers, body, other), ({}, body, SECRET)):
        with pytest.raises(NotGenuine):
            verify_webhook(*wrong)
    listed = b"[]"
    with pytest.raises(FixRequest):
        verify_webhook(sign([SECRET], "evt_2", time.time(), listed), listed, SECRET)


def test_the_package_s_face_is_loaded_on_first_use() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = filmgate.Nothing


PAGE = (Path(__file__).parents[2] / "docs/sdk.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_page_s_examples_run(number: int, house: Path) -> None:
    exec(compile(EXAMPLES[number], f"docs/sdk.md, example {number}", "exec"), {})
    films = list(house.glob("*.mp4"))
    assert all(measure_pretended(film).duration_s > 0 for film in films)
    assert bool(films) is (".download(" in EXAMPLES[number])


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 6
