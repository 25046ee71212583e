"""Answers of servers that mean harm, or that don't know better."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from tests.unit.loopback import BOMB, OPEN, Script, fetch_from, saying, speaking

from filmgate.domain.errors import BadInput, FilmgateError, SetUp, Unreachable
from filmgate.transport.policy import Policy

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n"


def fetch_spoken(
    script: Script, into: Path, *, policy: Policy = OPEN, deadline_s: float = 5.0
) -> FilmgateError:
    """What is said of a server that does as the script says; nothing of its file may be left."""

    async def main() -> None:
        async with speaking(script) as port:
            await fetch_from(port, into, policy=policy, deadline_s=deadline_s)

    with pytest.raises(FilmgateError) as told:
        asyncio.run(main())
    assert not into.exists()
    return told.value


HEAD_SOON = replace(OPEN, first_byte_s=0.3)
BODY_SOON = replace(OPEN, rate_window_s=0.2, rate_min_bytes_per_s=1000)
HASTY = {
    "silence": HEAD_SOON,
    "headers in drops": HEAD_SOON,
    "a body in drops": BODY_SOON,
    "a body that stops": BODY_SOON,
}
BAD_ANSWERS: dict[str, tuple[Script, type[FilmgateError], str]] = {
    "larger than it may be, and says so": (
        saying(HEAD + b"Content-Length: 100001\r\n\r\n"),
        BadInput,
        "the file at 127.0.0.1 is larger than 0.1 MB",
    ),
    "endless": (
        saying(HEAD + b"\r\n", forever=bytes(50_000)),
        BadInput,
        "the file at 127.0.0.1 is larger than 0.1 MB",
    ),
    "endless in chunks": (
        saying(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
            forever=b"2710\r\n" + bytes(10_000) + b"\r\n",
        ),
        BadInput,
        "the file at 127.0.0.1 is larger than 0.1 MB",
    ),
    "a bomb": (
        saying(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB), BOMB),
        BadInput,
        "127.0.0.1 sends the file compressed, although we asked it not to",
    ),
    "a bomb in a bomb": (
        saying(HEAD + b"Content-Encoding: gzip, br\r\n\r\n", BOMB),
        BadInput,
        "127.0.0.1 sends the file compressed, although we asked it not to",
    ),
    "shorter than it says": (
        saying(HEAD + b"Content-Length: 100\r\n\r\nshort"),
        Unreachable,
        "the connection to 127.0.0.1 broke off",
    ),
    "chunks that end early": (
        saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
        Unreachable,
        "the connection to 127.0.0.1 broke off",
    ),
    "two lengths": (
        saying(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nshort"),
        BadInput,
        "what 127.0.0.1 answers is no proper HTTP",
    ),
    "a length that is none": (
        saying(HEAD + b"Content-Length: -5\r\n\r\nshort"),
        BadInput,
        "what 127.0.0.1 answers is no proper HTTP",
    ),
    "more than it says": (
        saying(HEAD + b"Content-Length: 5\r\n\r\nshort and more"),
        BadInput,
        "what 127.0.0.1 answers is no proper HTTP",
    ),
    "nothing in it": (
        saying(HEAD + b"Content-Length: 0\r\n\r\n"),
        BadInput,
        "the file at 127.0.0.1 is empty",
    ),
    "a web page": (
        saying(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\n\r\n<html>"),
        BadInput,
        "the file at 127.0.0.1 is of the wrong kind",
    ),
    "silence": (
        saying(b"", every_s=9),
        Unreachable,
        "127.0.0.1 took too long",
    ),
    "headers in drops": (
        saying(HEAD, forever=b"a: b\r\n", every_s=0.02),
        Unreachable,
        "127.0.0.1 took too long",
    ),
    "a body in drops": (
        saying(HEAD + b"\r\n", forever=b"x", every_s=0.02),
        Unreachable,
        "127.0.0.1 sends the file too slowly",
    ),
    "a body that stops": (
        saying(HEAD + b"\r\n", bytes(10_000), every_s=9),
        Unreachable,
        "127.0.0.1 sends the file too slowly",
    ),
    "one huge header": (
        saying(HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n"),
        BadInput,
        "what 127.0.0.1 answers is no proper HTTP",
    ),
    "very many headers": (
        saying(HEAD + b"X: a\r\n" * 5000 + b"\r\nbody"),
        BadInput,
        "what 127.0.0.1 answers is no proper HTTP",
    ),
    "an endless header": (
        saying(HEAD + b"X: ", forever=b"a" * 50_000),
        BadInput,
        "what 127.0.0.1 answers is no proper HTTP",
    ),
    "another protocol": (
        saying(b"220 mail.example.com ESMTP\r\n\r\n"),
        BadInput,
        "what 127.0.0.1 answers is no proper HTTP",
    ),
    "hanging up": (
        saying(),
        Unreachable,
        "the connection to 127.0.0.1 broke off",
    ),
    "not found": (
        saying(b"HTTP/1.1 404 Not Found\r\n\r\n"),
        BadInput,
        "127.0.0.1 answered with status 404 instead of a file",
    ),
    "no content": (
        saying(b"HTTP/1.1 204 No Content\r\n\r\n"),
        BadInput,
        "127.0.0.1 answered with status 204 instead of a file",
    ),
    "not modified": (
        saying(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        BadInput,
        "127.0.0.1 answered with status 304 instead of a file",
    ),
    "another protocol from here on": (
        saying(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        BadInput,
        "127.0.0.1 answered with status 101 instead of a file",
    ),
    "in trouble": (
        saying(b"HTTP/1.1 503 Busy\r\n\r\n"),
        Unreachable,
        "127.0.0.1 answered with status 503 instead of a file",
    ),
    "too much asked": (
        saying(b"HTTP/1.1 429 Slow\r\n\r\n"),
        Unreachable,
        "127.0.0.1 answered with status 429 instead of a file",
    ),
    "a redirect to nowhere": (
        saying(b"HTTP/1.1 302 Found\r\n\r\n"),
        BadInput,
        "127.0.0.1 redirects to nowhere",
    ),
    "a redirect to metadata": (
        saying(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\n\r\n"),
        BadInput,
        "the URL's host is a link-local address",
    ),
    "a permanent redirect to mapped metadata": (
        saying(b"HTTP/1.1 308 X\r\nLocation: //[::ffff:169.254.169.254]/\r\n\r\n"),
        BadInput,
        "the URL's host is an IPv4-mapped address",
    ),
    "a redirect to a file": (
        saying(b"HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\n\r\n"),
        BadInput,
        "the URL must begin with https:// or http://",
    ),
    "a redirect to credentials": (
        saying(b"HTTP/1.1 307 X\r\nLocation: http://a:b@127.0.0.1/\r\n\r\n"),
        BadInput,
        "the URL has a user name or password in it",
    ),
    "a redirect to itself": (
        saying(b"HTTP/1.1 303 X\r\nLocation: /a\r\n\r\n"),
        BadInput,
        "127.0.0.1 redirects in a circle",
    ),
    "a redirect that is no text": (
        saying(b"HTTP/1.1 302 X\r\nLocation: http://\xff\xfe/\r\n\r\n"),
        BadInput,
        "a redirect leads to a URL with control characters in it",
    ),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_a_bad_answer_leaves_nothing_but_its_reason(case: str, tmp_path: Path) -> None:
    script, kind, message = BAD_ANSWERS[case]
    told = fetch_spoken(script, tmp_path / "film.mp4", policy=HASTY.get(case, OPEN))
    assert (type(told), told.message) == (kind, message)


def test_more_than_was_announced_never_comes_in() -> None:
    into = BytesIO()

    async def main() -> None:
        # Apart, so that the file is whole before the rest comes; together, it is no proper HTTP.
        announced = HEAD + b"Content-Length: 5\r\n\r\nshort"
        async with speaking(saying(announced, b" and more", every_s=0.1)) as port:
            await fetch_from(port, into)

    asyncio.run(main())
    assert into.getvalue() == b"short"


def test_the_deadline_counts_everything(tmp_path: Path) -> None:
    fast_enough = saying(HEAD + b"\r\n", forever=bytes(100), every_s=0.01)
    told = fetch_spoken(fast_enough, tmp_path / "film.mp4", deadline_s=0.5)
    assert (type(told), told.message) == (Unreachable, "127.0.0.1 took too long")


def test_a_disk_that_takes_nothing_is_the_operators_matter(tmp_path: Path) -> None:
    told = fetch_spoken(saying(HEAD + b"\r\nbody"), tmp_path / "missing" / "film.mp4")
    assert isinstance(told, SetUp)
