"""One body for every store of tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pretend.rooms import new_task

from filmgate.domain.ports import Stale, TaskQuery, Tasks
from filmgate.domain.request import (
    Asset,
    BrushStroke,
    Camera,
    CameraPreset,
    ImageToVideo,
    Mode,
    MultiImage,
    Point,
    Ratio,
    ShotPrompt,
    TextToVideo,
)
from filmgate.domain.task import Result, State, Task, move
from filmgate.storage.database.store import DatabaseTasks
from filmgate.storage.memory import MemoryTasks

Body = Callable[[Tasks], Coroutine[None, None, None]]
Run = Callable[[Body], None]


@pytest.fixture(params=["memory", "sqlite"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    if request.param == "memory":
        yield lambda body: asyncio.run(body(MemoryTasks()))
    else:
        store = DatabaseTasks.open(tmp_path / "filmgate.db")
        yield lambda body: asyncio.run(body(store))
        store.close()


PICTURE = Asset("ab" * 32, "image/png", 12, "my cat.png")


@pytest.mark.parametrize(
    "asked",
    [
        TextToVideo(prompt="Küste, \U0001f30a und 'quotes'; --", seed=2**31 - 1, sound=False),
        TextToVideo(
            prompt="x",
            mode=Mode.PRO,
            ratio=Ratio.TALL,
            camera=Camera(preset=CameraPreset.DOWN_BACK),
            shots=(ShotPrompt(prompt="one", duration_s=2.5),),
        ),
        ImageToVideo(
            image=PICTURE,
            camera=Camera(zoom=-1.25, roll=3),
            static_mask=PICTURE,
            strokes=(BrushStroke(mask=PICTURE, path=(Point(1, 2), Point(3.5, 4))),),
        ),
        MultiImage(prompt="both", images=(PICTURE, PICTURE)),
    ],
    ids=lambda asked: asked.kind.value,
)
def test_what_is_written_is_read_unchanged(run: Run, asked: TextToVideo) -> None:
    async def body(tasks: Tasks) -> None:
        task = replace(new_task(), request=asked, notes=("cfg_scale was left out",), runner="me")
        written = await tasks.write(task)
        assert written == replace(task, version=1)
        assert await tasks.read(task.id) == written

    run(body)


def test_a_whole_life(run: Run) -> None:
    async def body(tasks: Tasks) -> None:
        task = await tasks.write(new_task())
        task = await tasks.write(move(task, State.STARTING, 2.0))
        task = await tasks.write(move(task, State.RUNNING, 3.0, job="j"))
        fetching = replace(move(task, State.FETCHING, 4.0), understood={"place": "lake"})
        task = await tasks.write(fetching)
        result = Result(
            path="r", digest="d", size_bytes=5, width=64, height=36, fps=10.0, duration_s=1.0
        )
        task = await tasks.write(move(task, State.SUCCEEDED, 5.0, result=result))
        assert task.version == 5
        assert await tasks.read(task.id) == task
        assert len(task.timeline) == 5

    run(body)


def test_unknown_is_none(run: Run) -> None:
    async def body(tasks: Tasks) -> None:
        assert await tasks.read("task_0") is None
        assert await tasks.select(TaskQuery()) == []

    run(body)


def test_writing_an_old_version_is_stale_and_changes_nothing(run: Run) -> None:
    async def body(tasks: Tasks) -> None:
        first = await tasks.write(new_task())
        second = await tasks.write(move(first, State.STARTING, 2.0))
        for old in (first, replace(first, version=0), replace(second, version=7)):
            with pytest.raises(Stale):
                await tasks.write(old)
        assert await tasks.read(first.id) == second

    run(body)


def test_a_version_of_a_task_that_is_not_there_is_stale(run: Run) -> None:
    async def body(tasks: Tasks) -> None:
        with pytest.raises(Stale):
            await tasks.write(replace(new_task(), version=3))

    run(body)


def test_of_many_claims_at_once_one_wins(run: Run) -> None:
    async def body(tasks: Tasks) -> None:
        for _ in range(5):
            task = await tasks.write(new_task())
            claims = [
                tasks.write(replace(move(task, State.STARTING, 2.0), runner=f"runner_{n}"))
                for n in range(20)
            ]
            answers = await asyncio.gather(*claims, return_exceptions=True)
            winners = [answer for answer in answers if isinstance(answer, Task)]
            assert len(winners) == 1
            assert sum(isinstance(answer, Stale) for answer in answers) == 19
            assert await tasks.read(task.id) == winners[0]

    run(body)


def test_selecting(run: Run) -> None:
    async def body(tasks: Tasks) -> None:
        old = await tasks.write(new_task(at=1.0))
        kling = await tasks.write(new_task(provider="kling", at=2.0))
        mine = await tasks.write(replace(new_task(at=3.0), runner="me"))
        mine = await tasks.write(move(mine, State.STARTING, 4.0))

        async def found(query: TaskQuery) -> list[Task]:
            return await tasks.select(query)

        assert await found(TaskQuery()) == [mine, kling, old]
        assert await found(TaskQuery(oldest_first=True, limit=2)) == [old, kling]
        assert await found(TaskQuery(provider="kling")) == [kling]
        assert await found(TaskQuery(runner="me")) == [mine]
        assert await found(TaskQuery(states=frozenset({State.STARTING}))) == [mine]
        assert await found(TaskQuery(states=frozenset())) == []
        assert await found(TaskQuery(id_prefix=old.id)) == [old]
        assert await found(TaskQuery(id_prefix="task_0")) == [mine, kling, old]
        assert await found(TaskQuery(id_prefix="task%")) == []

    run(body)
