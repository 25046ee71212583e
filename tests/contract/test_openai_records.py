"""What is over is over on OpenAI's paths too: expired videos, and files of deleted ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.pretend.rooms import accept, new_task
from tests.pretend.server import Served, served

from filmgate.domain.change import Change
from filmgate.domain.files import file_of
from filmgate.domain.task import Fault, State, move
from filmgate.protocols.openai_videos.translate_replies import id_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("home")) as running:
        yield running


def test_an_expired_video_is_gone_before_anybody_sweeps(server: Served) -> None:
    ann = server.person("ann")
    headers = {"Authorization": f"Bearer {ann.token}"}

    async def work(expires_at: float) -> str:
        task = replace(new_task(customer=ann.customer.id), expires_at=expires_at)
        tasks = server.house.service.store.tasks
        found = await accept(server.house.service.store, task)
        failed = move(found, State.FAILED, 2.0, fault=Fault.HOUSE)
        return id_of((await tasks.commit(Change(before=found, task=failed))).id)

    for expires_at, status in ((2.0, 404), (1e11, 200)):
        video_id = server.run(work(expires_at))
        assert server.call("GET", f"/v1/videos/{video_id}", headers=headers).status == status
        listed = server.call("GET", "/v1/videos?limit=100", headers=headers).body.decode()
        assert (video_id in listed) == (status == 200)


def test_a_deleted_video_s_film_is_gone_from_the_storage(server: Served) -> None:
    bob = server.person("bob")
    headers = {"Authorization": f"Bearer {bob.token}"}
    made = server.call("POST", "/v1/videos", {"prompt": "a lake"}, headers).json["id"]
    end = time.monotonic() + 30
    while server.call("GET", f"/v1/videos/{made}", headers=headers).json["status"] != "completed":
        assert time.monotonic() < end
        time.sleep(0.05)
    (task,) = server.run(server.house.service.tasks(bob.customer.id))
    assert task.result is not None
    film = file_of(task.result.path)
    assert server.run(server.house.files.about(film)) is not None
    assert server.call("DELETE", f"/v1/videos/{made}", headers=headers).status == 200
    assert server.run(server.house.files.about(film)) is None
    assert server.run(server.house.service.tasks(bob.customer.id)) == []
