"""Fetching from real servers on loopback, of which most mean harm."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from tests.unit.loopback import (
    BOMB,
    OPEN,
    Handler,
    Names,
    Script,
    fetch_from,
    saying,
    serving,
    speaking,
)

from filmgate.domain.errors import BadInput, Unreachable
from filmgate.transport.egress import Egress, Fetched
from filmgate.transport.policy import LOOPBACK_ONLY, Policy
from filmgate.transport.session import open_session

HERE = ("127.0.0.1",)
CERTIFICATE = Path(__file__).parent / "tls" / "films.example.com.pem"


def test_a_file_comes_whole_and_measured(tmp_path: Path) -> None:
    film = bytes(range(256)) * 12_000  # more than one buffer
    into = tmp_path / "film.mp4"

    async def handle(request: web.BaseRequest) -> web.Response:
        assert request.headers["Accept-Encoding"] == "identity"
        return web.Response(body=film, content_type="video/mp4")

    async def main() -> Fetched:
        async with serving(handle) as port:
            return await fetch_from(port, into, max_bytes=len(film))

    fetched = asyncio.run(main())
    assert into.read_bytes() == film
    assert fetched.size_bytes == len(film)
    assert fetched.digest == hashlib.sha256(film).hexdigest()
    assert fetched.media_type == "video/mp4"
    assert fetched.final_url.endswith("/a")


def test_a_file_may_go_into_memory() -> None:
    into = BytesIO()

    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(body=b"picture", headers={"Content-Type": "binary/octet-stream"})

    async def main() -> Fetched:
        async with serving(handle) as port:
            return await fetch_from(port, into)

    assert asyncio.run(main()).media_type == "binary/octet-stream"
    assert into.getvalue() == b"picture"


def test_a_closed_port_is_told_without_its_address() -> None:
    names = Names(cdn_example_com=[HERE])

    async def main() -> None:
        async with speaking(saying()) as port:
            pass
        async with Egress(OPEN, lookup=names) as egress:
            await egress.post(f"http://cdn.example.com:{port}/", headers={}, body=b"", deadline_s=5)

    with pytest.raises(Unreachable) as told:
        asyncio.run(main())
    assert told.value.message == "cdn.example.com takes no connection"


# --- redirects


def leading(*steps: str) -> Handler:
    """Redirects from /0 to each step in turn; a film where there is none left."""

    async def handle(request: web.BaseRequest) -> web.Response:
        place = int(request.path.rpartition("/")[2])
        if place < len(steps):
            return web.Response(status=302, headers={"Location": steps[place]})
        return web.Response(body=b"film", content_type="video/mp4")

    return handle


@pytest.mark.parametrize("hops", [5, 6])
def test_five_redirects_are_enough(hops: int) -> None:
    async def main() -> Fetched:
        async with (
            serving(leading(*(f"/{place + 1}" for place in range(hops)))) as port,
            Egress(OPEN) as egress,
        ):
            return await egress.fetch(
                f"http://127.0.0.1:{port}/0", into=BytesIO(), max_bytes=9, deadline_s=5
            )

    if hops == 5:
        assert asyncio.run(main()).final_url.endswith("/5")
    else:
        with pytest.raises(BadInput, match="the URL redirects more than 5 times"):
            asyncio.run(main())


def test_credentials_stay_with_the_origin_they_were_meant_for() -> None:
    seen: list[tuple[str, str | None, str | None, str | None]] = []
    ports: dict[str, int] = {}

    def note(request: web.BaseRequest) -> None:
        headers = request.headers
        seen.append(
            (
                request.path,
                headers.get("Authorization"),
                headers.get("X-API-Key"),
                headers.get("Cookie"),
            )
        )

    async def first(request: web.BaseRequest) -> web.Response:
        note(request)
        onward = {
            "/start": "/within",
            "/within": f"http://localhost:{ports['second']}/other",
        }.get(request.path)
        if onward is None:
            return web.Response(body=b"film", content_type="video/mp4")
        return web.Response(
            status=302, headers={"Location": onward, "Set-Cookie": "session=secret"}
        )

    async def second(request: web.BaseRequest) -> web.Response:
        note(request)
        back = f"http://127.0.0.1:{ports['first']}/back"
        return web.Response(status=307, headers={"Location": back})

    async def main() -> None:
        async with (
            serving(first) as ports["first"],
            serving(second) as ports["second"],
            Egress(OPEN) as egress,
        ):
            await egress.fetch(
                f"http://127.0.0.1:{ports['first']}/start",
                into=BytesIO(),
                max_bytes=9,
                deadline_s=5,
                headers={"Authorization": "Bearer word", "X-API-Key": "key"},
            )

    asyncio.run(main())
    assert seen == [
        ("/start", "Bearer word", "key", None),
        ("/within", "Bearer word", "key", None),
        ("/other", None, None, None),
        ("/back", None, None, None),  # once dropped, never sent again
    ]


# --- names


def test_a_name_that_changes_its_address_is_caught_at_its_next_connection() -> None:
    names = Names(cdn_example_com=[HERE, ("169.254.169.254",)])
    asked: list[str] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/second"})

    async def main() -> None:
        async with serving(handle) as port, Egress(OPEN, lookup=names) as egress:
            await egress.fetch(
                f"http://cdn.example.com:{port}/first",
                into=BytesIO(),
                max_bytes=9,
                deadline_s=5,
            )

    with pytest.raises(BadInput, match="the URL's host has no public address"):
        asyncio.run(main())
    assert asked == ["/first"]
    assert names.asked == ["cdn.example.com"] * 2  # once a connection, never twice


def test_no_connection_comes_into_being_beside_the_check() -> None:
    """Even if a URL came past every reader of URLs: the socket itself is refused."""

    async def main() -> None:
        async with open_session(Policy(), Names()) as session:
            await session.get("http://127.0.0.1:9999/")

    with pytest.raises(aiohttp.ClientConnectorError, match="refused to connect to a loopback"):
        asyncio.run(main())


def test_tests_may_call_their_own_servers() -> None:
    async def main() -> Fetched:
        async with serving(leading()) as port, Egress(LOOPBACK_ONLY) as egress:
            return await egress.fetch(
                f"http://localhost:{port}/0", into=BytesIO(), max_bytes=9, deadline_s=5
            )

    assert asyncio.run(main()).size_bytes == 4


# --- TLS


@pytest.mark.parametrize("name", ["films.example.com", "other.example.com"])
def test_a_pinned_connection_asks_for_and_verifies_the_name(name: str) -> None:
    asked: list[str | None] = []
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(CERTIFICATE)
    server_tls.sni_callback = lambda _, asked_for, __: asked.append(asked_for)
    names = Names(films_example_com=[HERE], other_example_com=[HERE])
    client_tls = ssl.create_default_context(cafile=str(CERTIFICATE))

    async def main() -> Fetched:
        async with (
            serving(leading(), server_tls) as port,
            Egress(OPEN, lookup=names, tls=client_tls) as egress,
        ):
            return await egress.fetch(
                f"https://{name}:{port}/0", into=BytesIO(), max_bytes=9, deadline_s=5
            )

    if name == "films.example.com":
        assert asyncio.run(main()).size_bytes == 4
    else:
        message = "the certificate of other.example.com is not valid for it"
        with pytest.raises(BadInput, match=message):
            asyncio.run(main())
    assert asked == [name]


def test_https_is_never_left_for_http() -> None:
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(CERTIFICATE)
    client_tls = ssl.create_default_context(cafile=str(CERTIFICATE))
    names = Names(films_example_com=[HERE])

    async def main() -> None:
        async with (
            serving(leading("http://films.example.com/1"), server_tls) as port,
            Egress(OPEN, lookup=names, tls=client_tls) as egress,
        ):
            await egress.fetch(
                f"https://films.example.com:{port}/0", into=BytesIO(), max_bytes=9, deadline_s=5
            )

    with pytest.raises(BadInput, match="a redirect leads from https to http"):
        asyncio.run(main())


# --- post


def test_a_post_is_sent_once_and_follows_nothing() -> None:
    seen: list[tuple[str, str, bytes]] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        seen.append((request.path, request.headers["X-Sign"], await request.read()))
        headers = {"Location": "/elsewhere", "Retry-After": "7", "X-Secret": "word"}
        return web.Response(status=302, headers=headers, text="moved" * 1000)

    async def main() -> None:
        async with serving(handle) as port, Egress(OPEN) as egress:
            answer = await egress.post(
                f"http://127.0.0.1:{port}/hook",
                headers={"X-Sign": "v1", "Content-Type": "application/json"},
                body=b"{}",
                deadline_s=5,
            )
        assert answer.status == 302
        assert dict(answer.headers) == {
            "content-type": "text/plain; charset=utf-8",
            "retry-after": "7",
        }
        assert answer.body == (b"moved" * 1000)[: OPEN.answer_bytes_max]

    asyncio.run(main())
    assert seen == [("/hook", "v1", b"{}")]


@pytest.mark.parametrize(
    ("script", "body"),
    [
        (saying(b"HTTP/1.1 200 OK\r\n\r\nok", every_s=9), b"ok"),
        (saying(b"HTTP/1.1 200 OK\r\n\r\n", forever=b"x", every_s=0.01), None),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), b"ok"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", BOMB), b""),
    ],
    ids=["hanging", "dripping", "broken off", "compressed"],
)
def test_a_posts_answer_counts_by_its_status(script: Script, body: bytes | None) -> None:
    async def main() -> None:
        async with speaking(script) as port, Egress(OPEN) as egress:
            answer = await egress.post(
                f"http://127.0.0.1:{port}/", headers={}, body=b"", deadline_s=5
            )
            assert answer.status == 200
            assert body is None or answer.body == body

    asyncio.run(main())


def test_a_posts_deadline_holds() -> None:
    async def main() -> None:
        async with speaking(saying(b"", every_s=9)) as port, Egress(OPEN) as egress:
            await egress.post(f"http://127.0.0.1:{port}/", headers={}, body=b"", deadline_s=0.2)

    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 took too long"):
        asyncio.run(main())


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "\x7f"])
def test_a_header_can_not_begin_another_request(value: str) -> None:
    async def main() -> None:
        async with Egress(OPEN) as egress:
            await egress.post(
                "http://127.0.0.1:9999/", headers={"X-Secret": value}, body=b"", deadline_s=5
            )

    with pytest.raises(BadInput) as told:
        asyncio.run(main())
    assert told.value.message == "the header 'X-Secret' has characters in it that can't be sent"


def test_slow_hosts_leave_room_by_their_deadline_only() -> None:
    """What waits for a place waits within its own deadline."""

    async def main() -> None:
        policy = Policy(allow_loopback=True, at_once_max=1)
        async with speaking(saying(b"", every_s=9)) as port, Egress(policy) as egress:
            url = f"http://127.0.0.1:{port}/"
            posts = [egress.post(url, headers={}, body=b"", deadline_s=0.2) for _ in range(3)]
            told = await asyncio.gather(*posts, return_exceptions=True)
        assert [type(each) for each in told] == [Unreachable] * 3

    asyncio.run(main())
