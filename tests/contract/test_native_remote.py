"""The SDK's remote face against a real server, and against one that misbehaves."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image
from tests.pretend.served import Server, served

from filmgate import Filmgate
from filmgate.domain.errors import NotFound, RenderFailed, TopUp, Unreachable
from filmgate.domain.request import BrushStroke, ImageToVideo, Point, TextToVideo
from filmgate.domain.task import State
from filmgate.sdk.face import Filmgate as Face
from filmgate.sdk.remote import Remote

QUICK = TextToVideo(prompt="slow 0.2", model="kling-v1-6", seed=3)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("native")) as running:
        yield running


def remote(server: Server, who: str = "rich") -> Remote:
    return Remote(server.address, server.keys[f"{who} api"])


def test_a_task_comes_back_as_it_was_asked_for(server, tmp_path):
    Image.new("RGB", (400, 400), "teal").save(tmp_path / "photo.png")
    Image.new("L", (400, 400), 255).save(tmp_path / "mask.png")

    async def main(films: Face) -> None:
        photo = await films.store_asset(tmp_path / "photo.png")
        mask = await films.store_asset(tmp_path / "mask.png")
        assert (photo.name, photo.media_type) == ("photo.png", "image/png")
        assert photo.digest == hashlib.sha256((tmp_path / "photo.png").read_bytes()).hexdigest()
        request = ImageToVideo(
            prompt="slow 0.2",
            model="kling-v1-6",
            image=photo,
            strokes=(BrushStroke(mask=mask, path=(Point(1.0, 2.0), Point(3.0, 4.0))),),
        )
        offers = {offer.provider: offer for offer in await films.estimate(request)}
        assert offers["local"].why_not is not None or offers["local"].credits == 50
        task = await films.submit(QUICK)
        assert task.request == QUICK
        states = []
        async for sighting in films.watch(task.id):
            states.append(sighting.task.state)
        assert states[-1] is State.SUCCEEDED
        film = await films.fetch_result(sighting.task)
        assert film.read_bytes().startswith(b"film of seed 3\n")
        assert [each.id for each in await films.tasks(limit=1)] == [task.id]
        with pytest.raises(NotFound):
            await films.task("task_00000000000000000000000000")

    async def opened() -> Path:
        async with remote(server) as films:
            await main(films)
            return films._room()

    assert not asyncio.run(opened()).exists()  # its copies of films go with it


def test_the_sdk_without_a_loop_has_its_films_made_there(server, tmp_path):
    with Filmgate(server=server.address, key=server.keys["rich api"]) as films:
        film = films.generate(QUICK, max_cost_usd=0.25)  # 50 credits of half a cent
        assert film.task.charged_credits == 50
        target = film.download(tmp_path / "film.mp4")
        assert target.stat().st_size == film.result.size_bytes
        assert film.task in films.tasks(state=State.SUCCEEDED)
        assert films.estimate(QUICK)[0].credits == 50
        with pytest.raises(TopUp):
            films.submit(QUICK)
        assert films.submit(TextToVideo(prompt="slow 60")).cancel().state is State.CANCELLED
        with pytest.raises(RenderFailed, match="unexpected"):
            films.generate(TextToVideo(prompt="boom"))


class Flaky:
    """Between a client and the server; hangs up when told to, after the server has answered."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.faults: list[str] = []
        self.seen: list[tuple[str, str]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.path))
        body = await request.read()
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in {"Authorization", "Idempotency-Key", "Content-Type"}
        }
        call = partial(self.server.call, who=None, headers=headers)
        told = await asyncio.to_thread(call, request.method, request.path_qs, body or None)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "hang up":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if fault == "garbage":
            return web.Response(text="<html>busy</html>", status=502)
        if fault == "half":
            half = told.body[: len(told.body) // 2]
            return web.Response(body=half, content_type="text/event-stream")
        kind = told.headers["content-type"].split(";")[0]
        return web.Response(body=told.body, status=told.status, content_type=kind)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Remote]:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        key = self.server.keys["rich api"]
        try:
            async with Remote(f"http://127.0.0.1:{port}", key) as films:
                yield films
        finally:
            await runner.cleanup()


def test_a_lost_answer_is_asked_for_again_and_makes_no_second_task(server):
    flaky = Flaky(server)

    async def main() -> None:
        async with flaky.running() as films:
            before = len(await films.tasks(limit=500))
            flaky.faults = ["hang up", "hang up"]
            task = await films.submit(QUICK)
            assert len(await films.tasks(limit=500)) == before + 1
            flaky.faults = ["hang up", "half"]
            states = [sighting.task.state async for sighting in films.watch(task.id)]
            assert states[-1] is State.SUCCEEDED

    asyncio.run(main())
    assert [path for method, path in flaky.seen if method == "POST"] == [
        "/api/filmgate/v1/tasks"
    ] * 3


def test_what_is_no_filmgate_server_is_said(server):
    flaky = Flaky(server)

    async def main() -> None:
        async with flaky.running() as films:
            flaky.faults = ["garbage"]
            with pytest.raises(Unreachable, match="no Filmgate server"):
                await films.tasks()
            flaky.faults = ["hang up"] * 10
            with pytest.raises(Unreachable, match="can't be reached"):
                await films.account()

    asyncio.run(main())


def test_the_docs_examples_run_as_they_stand(server, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    page = (Path(__file__).parents[2] / "docs/http-api.md").read_text()
    blocks = [part.split("```")[0] for part in page.split("<!-- run -->\n\n```sh\n")[1:]]
    assert len(blocks) >= 4
    Image.new("RGB", (400, 400), "teal").save(tmp_path / "photo.png")
    script = "set -eu\n" + "\n".join(blocks)
    run = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "SERVER": f"{server.address}/api/filmgate/v1",
            "KEY": server.keys["rich api"],
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    assert (tmp_path / "film.mp4").read_bytes().startswith(b"film of seed 7\n")
    assert json.loads((tmp_path / "asset.json").read_text())["width"] == 400
