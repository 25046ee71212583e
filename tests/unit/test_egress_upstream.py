"""The way to a paid service: what an exception proves, and what can never be called from here."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from tests.unit.loopback import saying, serving, speaking

from filmgate.domain.errors import Unreachable
from filmgate.domain.upstream import Call, Part
from filmgate.transport.pacing import Rate
from filmgate.transport.policy import LOOPBACK_ONLY, OPERATORS_WORD
from filmgate.transport.upstream import Broken, NotSent, Terms, Upstream

QUICK = Terms(connect_s=1.0, answer_s=0.3, answer_bytes_max=10_000)
CREATE = Call(method="POST", path="/make", body=b"{}")
LOOK = Call(method="GET", path="/look")


def with_line(
    url: str, work: Callable[[Upstream], Awaitable[object]], terms: Terms = QUICK
) -> None:
    async def body() -> None:
        line = Upstream(url, LOOPBACK_ONLY, terms)
        try:
            await work(line)
        finally:
            await line.close()

    asyncio.run(body())


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def work(line: Upstream) -> None:
        with pytest.raises(NotSent):
            await line.send_once(CREATE)

    with_line(f"http://127.0.0.1:{free_port()}", work)


@pytest.mark.parametrize(
    "script",
    [
        saying(b""),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf of it"),
        saying(b"this is no HTTP\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\n\r\n", forever=b"x" * 10_000),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", every_s=5.0),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
    ],
    ids=["hangs up", "torn", "no http", "endless", "slow", "bad length"],
)
def test_once_it_is_connected_nobody_knows(script: object) -> None:
    async def body() -> None:
        async with speaking(script) as port:
            line = Upstream(f"http://127.0.0.1:{port}", LOOPBACK_ONLY, QUICK)
            with pytest.raises(Broken):
                await line.send_once(CREATE)
            await line.close()

    asyncio.run(body())


def test_a_tls_handshake_that_fails_sent_nothing_of_the_call() -> None:
    async def body() -> None:
        async with speaking(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
            line = Upstream(f"https://127.0.0.1:{port}", LOOPBACK_ONLY, QUICK)
            with pytest.raises(NotSent):
                await line.send_once(CREATE)
            await line.close()

    asyncio.run(body())


def test_a_create_has_a_connection_of_its_own_and_looks_share_theirs() -> None:
    async def body() -> None:
        ports: list[int] = []

        async def handler(request: web.BaseRequest) -> web.Response:
            assert request.transport is not None
            ports.append(request.transport.get_extra_info("peername")[1])
            return web.Response(status=429, headers={"Retry-After": "3"}, text="{}")

        async with serving(handler) as port:
            line = Upstream(f"http://127.0.0.1:{port}", LOOPBACK_ONLY, QUICK)
            for _ in range(3):
                told = await line.send_once(CREATE)
            assert (told.status, told.headers["retry-after"], told.body) == (429, "3", b"{}")
            assert len(set(ports)) == 3
            for _ in range(3):
                await line.send(LOOK)
            assert len(set(ports)) == 4
            await line.close()

    asyncio.run(body())


def test_parts_arrive_as_a_form() -> None:
    async def body() -> None:
        found: dict[str, object] = {}

        async def handler(request: web.BaseRequest) -> web.Response:
            for name, value in (await request.post()).items():
                is_text = isinstance(value, str)
                found[name] = value if is_text else (value.filename, value.file.read())
            return web.Response(text="{}")

        parts = (
            Part(name="prompt", content="Blüte".encode()),
            Part(name="f", content=b"\x89P", file_name="a.png", media_type="image/png"),
        )
        async with serving(handler) as port:
            line = Upstream(f"http://127.0.0.1:{port}", LOOPBACK_ONLY, QUICK)
            await line.send_once(Call(method="POST", path="/v1/videos", parts=parts))
            await line.close()
        assert found == {"prompt": "Blüte", "f": ("a.png", b"\x89P")}

    asyncio.run(body())


def test_a_download_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    async def body() -> None:
        torn = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf of it")
        async with speaking(torn) as port:
            line = Upstream(f"http://127.0.0.1:{port}", LOOPBACK_ONLY, QUICK)
            with pytest.raises(Unreachable):
                await line.download(LOOK, tmp_path / "f.mp4", max_bytes=1000, deadline_s=2)
            await line.close()

    asyncio.run(body())
    assert list(tmp_path.iterdir()) == []


def test_calls_wait_for_their_turn() -> None:
    async def body() -> None:
        async def handler(request: web.BaseRequest) -> web.Response:
            return web.Response(text="{}")

        terms = Terms(looks=Rate(calls=2, per_s=0.2))
        async with serving(handler) as port:
            line = Upstream(f"http://127.0.0.1:{port}", LOOPBACK_ONLY, terms)
            clock = asyncio.get_running_loop().time
            began = clock()
            await asyncio.gather(*(line.send(LOOK) for _ in range(5)))
            assert 0.28 <= clock() - began < 2.0
            await line.close()

    asyncio.run(body())


@pytest.mark.parametrize(
    "url",
    [
        "https://api-singapore.klingai.com",
        "https://api.kie.ai",
        "http://93.184.216.34",
        "http://10.0.0.1",
        "http://169.254.169.254",
    ],
)
def test_where_only_this_machine_may_be_called_no_other_hears_of_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: asked.append(given))
    monkeypatch.setattr(socket.socket, "connect", lambda *given: asked.append(given))
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *given: asked.append(given))

    async def work(line: Upstream) -> None:
        with pytest.raises(NotSent):
            await line.send_once(CREATE)
        with pytest.raises(NotSent):
            await line.send(LOOK)

    with_line(url, work)
    assert asked == []


def test_the_operator_s_word_reaches_the_next_room_and_no_metadata_service() -> None:
    assert OPERATORS_WORD.why_not("192.168.1.7") is None
    assert OPERATORS_WORD.why_not("127.0.0.1") is None
    assert OPERATORS_WORD.why_not("93.184.216.34") is None
    assert OPERATORS_WORD.why_not("169.254.169.254") is not None
    assert LOOPBACK_ONLY.why_not("192.168.1.7") is not None


def test_no_test_can_reach_another_host() -> None:
    with socket.socket() as one, pytest.raises(PermissionError, match="a test tried to reach"):
        one.connect(("93.184.216.34", 443))
