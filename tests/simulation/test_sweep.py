"""The sweep by a hand clock, on every store: what is over goes, what is needed stays."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest
from tests.contract.stores import STORES
from tests.pretend.rooms import HandClock, measure_pretended, new_task

from filmgate.domain.change import Change
from filmgate.domain.delivery import Attempt, DeliveryQuery, Quota, after
from filmgate.domain.files import film_key, input_key, is_expired
from filmgate.domain.media import Facts
from filmgate.domain.ports import Store
from filmgate.domain.request import Asset, Extend, ImageToVideo, Request
from filmgate.domain.task import Callback, Result, State, Task, move
from filmgate.providers.local import LocalProvider
from filmgate.storage.files.assets import StoredAssets
from filmgate.storage.files.folder import FolderDrive
from filmgate.storage.files.results import StoredResults
from filmgate.storage.files.staging import Staging
from filmgate.storage.files.stock import StoredStock
from filmgate.usecases.sweep import (
    GRACE_S,
    TOLD_S,
    UNUSED_INPUT_S,
    Rooms,
    Swept,
    sweep,
    sweep_expired,
    sweep_leftovers,
)

FILM = b"film of seed 7\n" * 20
KEPT_S = 1000.0
every_store = pytest.mark.parametrize("store", list(STORES))


@dataclass
class House:
    home: Path
    store: Store
    clock: HandClock
    drive: FolderDrive
    assets: StoredAssets
    results: StoredResults
    rooms: Rooms

    def names(self, folder: str) -> set[str]:
        path = self.home / folder
        return {each.name for each in path.iterdir()} if path.is_dir() else set()

    def age(self) -> None:
        """Every file gets the hand clock's time."""
        for path in self.home.rglob("*"):
            os.utime(path, (self.clock.time, self.clock.time))

    async def accept(self, request: Request | None = None, **values: object) -> Task:
        task = replace(new_task(at=self.clock.time), expires_at=self.clock.time + KEPT_S)
        task = replace(task, request=request or task.request, **values)  # type: ignore[arg-type]
        return await self.store.tasks.commit(Change(before=None, task=task))

    async def step(self, task: Task, *states: State, result: Result | None = None) -> Task:
        for state in states:
            last = state is states[-1]
            after = move(task, state, self.clock.time, job=task.id, result=result if last else None)
            task = await self.store.tasks.commit(Change(before=task, task=after))
        return task

    async def film(self, task: Task) -> Result:
        write(Path(await self.results.make_room(task.id)))
        result = await self.results.keep(task.id)
        self.age()
        return result

    async def succeed(self, request: Request | None = None, **values: object) -> Task:
        task = await self.accept(request, **values)
        task = await self.step(task, State.STARTING, State.RUNNING, State.FETCHING)
        return await self.step(task, State.SUCCEEDED, result=await self.film(task))

    async def put(self, name: str) -> Asset:
        path = self.home / name
        write(path, name.encode())
        asset = await self.assets.put(str(path))
        self.age()
        return asset

    async def has(self, task: Task) -> bool:
        return await self.store.tasks.read(task.id) is not None


def write(path: Path, data: bytes = FILM) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def set_time(path: Path, at: float) -> None:
    os.utime(path, (at, at))


@contextmanager
def house_on(name: str, home: Path) -> Iterator[House]:
    opened = cast("Callable[[Path], AbstractContextManager[Store]]", STORES[name])
    with opened(home) as store:
        drive, staging, clock = FolderDrive(home), Staging(home / "incoming"), HandClock()
        clock.time = 1_000_000.0
        facts = Facts(media_type="image/png", width=64, height=64)
        assets = StoredAssets(drive, staging, lambda path, name: facts)
        rooms = Rooms(
            tasks=store.tasks,
            records=store.records,
            stock=StoredStock(drive, staging),
            providers=[LocalProvider(home, assets, "no:engine"), object()],
            clock=clock,
        )
        yield House(
            home,
            store,
            clock,
            drive,
            assets,
            StoredResults(drive, staging, measure_pretended),
            rooms,
        )


def told(store: str, home: Path, story: Callable[[House], Awaitable[None]]) -> None:
    async def body(house: House) -> None:
        await story(house)

    with house_on(store, home) as house:
        asyncio.run(body(house))


@every_store
def test_record_and_film_end_together(store: str, tmp_path: Path) -> None:
    async def story(house: House) -> None:
        task = await house.succeed()
        forever = await house.succeed(expires_at=None)
        expires_at = task.expires_at or 0
        assert not is_expired(task, expires_at - 1)
        assert is_expired(task, expires_at)
        house.clock.time = expires_at + GRACE_S
        assert await sweep_expired(house.rooms) == 0
        assert await house.has(task)
        house.clock.time += 1
        assert await sweep(house.rooms) == Swept(tasks=1)
        assert not await house.has(task)
        assert house.names("results") == {f"{forever.id}.mp4"}
        assert await sweep(house.rooms) == Swept()

    told(store, tmp_path, story)


@every_store
def test_a_living_task_is_never_touched(store: str, tmp_path: Path) -> None:
    async def story(house: House) -> None:
        used, unused = await house.put("used.png"), await house.put("unused.png")
        living = [
            await house.step(await house.accept(ImageToVideo(image=used)), *states)
            for states in (
                (),
                (State.STARTING,),
                (State.STARTING, State.IN_DOUBT),
                (State.STARTING, State.RUNNING),
                (State.STARTING, State.RUNNING, State.FETCHING),
            )
        ]
        for task in living:
            write(house.home / "jobs" / task.id / "order.json")
            write(house.home / "incoming" / f"{task.id}.mp4")
            write(house.home / film_key(task.id))
        house.age()
        house.clock.time += 10 * UNUSED_INPUT_S
        assert await sweep(house.rooms) == Swept(inputs=1)
        assert [await house.has(task) for task in living] == [True] * 5
        assert house.names("jobs") == {task.id for task in living}
        assert house.names("results") == {f"{task.id}.mp4" for task in living}
        assert len(house.names("incoming") - {".lock"}) == 5
        assert house.drive.find(input_key(used.digest)) is not None
        assert house.drive.find(input_key(unused.digest)) is None

    told(store, tmp_path, story)


@every_store
def test_a_film_that_another_task_goes_on_from_waits(store: str, tmp_path: Path) -> None:
    async def story(house: House) -> None:
        task = await house.succeed()
        longer = await house.accept(Extend(source_task=task.id), expires_at=None)
        house.clock.time += KEPT_S + GRACE_S + 1
        assert await sweep(house.rooms) == Swept()
        await house.step(longer, State.CANCELLED)
        assert await sweep(house.rooms) == Swept(tasks=1)

    told(store, tmp_path, story)


@every_store
def test_what_crashes_leave_is_found(store: str, tmp_path: Path) -> None:
    async def story(house: House) -> None:
        # Killed between `succeeded` and clean-up; after a cancel; before the row was there at all.
        done = await house.succeed()
        cancelled = await house.step(await house.accept(), State.CANCELLED)
        nobody = "task_00000000000000000000NOBODY"
        for task_id in (done.id, cancelled.id, nobody):
            write(house.home / "jobs" / task_id / "order.json")
            write(house.home / "incoming" / f"{task_id}.mp4")
        write(house.home / "jobs" / f".{done.id}.77.gone" / "order.json")
        write(house.home / film_key(cancelled.id))
        write(house.home / f"results/{nobody}.gif")
        write(house.home / "incoming" / "upload-x1y2")
        write(house.home / "incoming" / "copies" / "results" / "old.mp4")
        house.age()
        assert await sweep(house.rooms) == Swept(jobs=3)
        house.clock.time += GRACE_S + 1
        write(house.home / "incoming" / "upload-fresh")
        found = await sweep(house.rooms)
        assert (found.results, found.incoming, found.jobs, found.tasks) == (2, 4, 0, 0)
        assert house.names("jobs") == set()
        assert house.names("results") == {f"{done.id}.mp4"}
        assert house.names("incoming") == {"upload-fresh", "copies"}
        house.clock.time += 2 * 86400
        assert (await sweep_leftovers(house.rooms)).copies == 1

    told(store, tmp_path, story)


@every_store
def test_inputs_go_when_nobody_names_them(store: str, tmp_path: Path) -> None:
    async def story(house: House) -> None:
        asset = await house.put("cat.png")
        task = await house.succeed(ImageToVideo(image=asset))
        house.clock.time += GRACE_S - 1  # not yet over, and long not used
        set_time(house.home / (input_key(asset.digest) + ".json"), 1000)
        assert (await sweep_leftovers(house.rooms)).inputs == 0
        assert await house.assets.recall(asset.digest)
        house.clock.time += KEPT_S + GRACE_S
        assert await sweep_expired(house.rooms) == 1
        assert not await house.has(task)
        house.age()
        house.clock.time += UNUSED_INPUT_S
        assert (await sweep_leftovers(house.rooms)).inputs == 0
        house.clock.time += 1
        assert (await sweep_leftovers(house.rooms)).inputs == 1
        assert list(house.drive.entries("assets/")) == []

    told(store, tmp_path, story)


@every_store
def test_an_input_taken_up_while_it_is_swept_stays(store: str, tmp_path: Path) -> None:
    """Between the question whether anybody names it and its removal, somebody puts it again."""

    async def story(house: House) -> None:
        asset = await house.put("cat.png")
        set_time(house.home / (input_key(asset.digest) + ".json"), 1000)
        uses = house.store.records.uses

        class Slow:
            def __getattr__(self, name: str) -> object:
                return getattr(house.store.records, name)

            async def uses(self, digest: str) -> bool:
                answer = await uses(digest)
                await house.assets.recall(digest)
                return answer

        rooms = replace(house.rooms, records=cast("StoredStock", Slow()))  # type: ignore[arg-type]
        assert (await sweep_leftovers(rooms)).inputs == 0
        assert house.drive.find(input_key(asset.digest)) is not None

    told(store, tmp_path, story)


@every_store
def test_a_record_that_changed_meanwhile_stays(store: str, tmp_path: Path) -> None:
    async def story(house: House) -> None:
        task = await house.succeed()
        house.clock.time += KEPT_S + GRACE_S + 1
        records = house.store.records
        (found,) = await records.expired(house.clock.time, 10)
        later = replace(found, expires_at=house.clock.time + KEPT_S)
        await house.store.tasks.commit(Change(before=found, task=later))
        assert not await records.remove(found)
        assert await sweep(house.rooms) == Swept()
        assert house.names("results") == {f"{task.id}.mp4"}

    told(store, tmp_path, story)


@every_store
def test_several_sweeps_at_once_and_one_cut_short(store: str, tmp_path: Path) -> None:
    async def story(house: House) -> None:
        callback = Callback(url="https://example.com/hook", protocol="kling")
        gone = [await house.succeed(callback=callback) for _ in range(12)]
        kept = await house.succeed(expires_at=None)
        house.clock.time += KEPT_S + GRACE_S + 1
        cut = asyncio.create_task(sweep(house.rooms))
        for _ in range(7):
            await asyncio.sleep(0)
        cut.cancel()
        await asyncio.gather(cut, return_exceptions=True)
        await asyncio.gather(*(sweep(house.rooms) for _ in range(3)))
        # Films whose row was gone when the first sweep was cut off are found as nobody's.
        await sweep(house.rooms)
        assert [await house.has(task) for task in gone] == [False] * 12
        assert house.names("results") == {f"{kept.id}.mp4"}
        assert await house.store.delivery_log.select(DeliveryQuery()) == []
        assert (await house.store.ledger.check()).sound

    told(store, tmp_path, story)


@every_store
def test_what_was_told_is_forgotten_and_what_is_still_to_be_told_is_not(
    store: str, tmp_path: Path
) -> None:
    async def story(house: House) -> None:
        callback = Callback(url="https://example.com/hook", protocol="kling")
        task = await house.succeed(callback=callback, expires_at=None)
        log, deliveries = house.store.delivery_log, house.store.deliveries
        everything = await log.select(DeliveryQuery())
        assert len(everything) == 3
        first = everything[0]
        attempt = Attempt(at=house.clock.time, took_ms=5, status=200)
        now = house.clock.time
        out = await deliveries.due(now + 9, lease_s=9**9, out=[], quota=Quota())
        (taken,) = [each for each in out if each.event.id == first.event.id]
        assert await deliveries.record(after(taken, attempt, 0.5), attempt)
        house.clock.time += TOLD_S
        assert (await sweep_leftovers(house.rooms)).events == 0
        house.clock.time += 1
        assert (await sweep_leftovers(house.rooms)).events == 1
        left = await log.select(DeliveryQuery())
        assert {each.event.id for each in left} == {each.event.id for each in everything[1:]}
        assert await house.has(task)

    told(store, tmp_path, story)
