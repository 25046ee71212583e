"""The only way out for every URL that a customer or a provider gives."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import aiohttp
from yarl import URL

from filmgate.domain.errors import BadInput, Unreachable
from filmgate.transport.body import pour, sink_into, too_large
from filmgate.transport.policy import Policy
from filmgate.transport.session import Lookup, SystemLookup, open_session
from filmgate.transport.urls import check_url, next_url, shown

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAY_WORK_LATER = frozenset({408, 425, 429})
UNKNOWN = "application/octet-stream"
# What many stores say of every file. What it really is shows when it is decoded.
MEDIA_TYPES_VAGUE = frozenset({UNKNOWN, "binary/octet-stream", "application/binary"})
ANSWER_HEADERS = ("content-type", "retry-after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    size_bytes: int
    media_type: str
    """As the host calls it: a hint, never a proof."""
    digest: str
    """SHA-256, in hexadecimal."""
    final_url: str
    """Where the file was found in the end. It may hold secrets: see ``redact``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By names in lower case; only those that somebody reads."""
    body: bytes
    """No more than its beginning, and nothing if it was slow or compressed."""


class Egress:
    """Every method raises BadInput where trying again is useless, Unreachable where it may help.

    No message of theirs tells an address that a name led to.
    """

    def __init__(
        self, policy: Policy, *, lookup: Lookup | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """``lookup`` and ``tls`` stand for the system's resolver and its certificates."""
        self._policy = policy
        self._own_lookup = SystemLookup()
        self._lookup = lookup or self._own_lookup
        self._tls = tls
        self._places = asyncio.Semaphore(policy.at_once_max)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = open_session(self._policy, self._lookup, self._tls)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._session is not None
        await self._session.close()
        self._own_lookup.close()

    def check(self, url: str) -> None:
        """Whether the URL is written as it may be: for the moment when it is given to us.

        Raises BadInput. Where its name leads is looked at when it is used, every time.
        """
        check_url(url, self._policy)

    async def fetch(
        self,
        url: str,
        *,
        into: Path | BinaryIO,
        max_bytes: int,
        deadline_s: float,
        accept: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Copy a file. ``accept``: beginnings of media types; none means any.

        ``headers`` go to the URL's own origin and are dropped for good when a redirect leaves it.
        Raises BadInput, Unreachable, and SetUp when the file can't be written.
        """
        asked = check_url(url, self._policy)
        with _told_in_words(shown(asked)):
            async with asyncio.timeout(deadline_s), self._places:
                response = await self._follow(asked, _sendable(headers or {}))
                with contextlib.closing(response):
                    host = shown(response.url)
                    media_type = _check_answer(response, accept, max_bytes, host)
                    with sink_into(into) as sink:
                        await pour(
                            response.content, sink, max_bytes=max_bytes, host=host, by=self._policy
                        )
                        if not sink.size_bytes:
                            raise BadInput(f"the file at {host} is empty")
        return Fetched(
            size_bytes=sink.size_bytes,
            media_type=media_type,
            digest=sink.digest,
            final_url=str(response.url),
        )

    async def post(
        self, url: str, *, headers: Mapping[str, str], body: bytes, deadline_s: float
    ) -> Answer:
        """Send once. A redirect is an answer like any other and is never followed."""
        asked = check_url(url, self._policy)
        with _told_in_words(shown(asked)):
            async with (
                asyncio.timeout(deadline_s),
                self._places,
                self._open().post(
                    asked, data=body, headers=_sendable(headers), allow_redirects=False
                ) as response,
            ):
                return Answer(
                    status=response.status,
                    headers={
                        name: response.headers[name]
                        for name in ANSWER_HEADERS
                        if name in response.headers
                    },
                    body=await self._beginning(response),
                )

    async def _follow(self, url: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """The first answer that is no redirect; whoever asked must close it."""
        seen = {url}
        for _ in range(self._policy.redirects_max + 1):
            async with asyncio.timeout(self._policy.first_byte_s):
                response = await self._open().get(url, headers=headers, allow_redirects=False)
            if response.status not in REDIRECTS:
                return response
            response.close()
            location = response.headers.get("Location")
            if not location:
                raise BadInput(f"{shown(url)} redirects to nowhere")
            onward = next_url(url, location, self._policy)
            if onward in seen:
                raise BadInput(f"{shown(url)} redirects in a circle")
            seen.add(onward)
            if onward.origin() != url.origin():
                headers = {}
            url = onward
        raise BadInput(f"the URL redirects more than {self._policy.redirects_max} times")

    async def _beginning(self, response: aiohttp.ClientResponse) -> bytes:
        if _is_compressed(response):
            return b""
        found = bytearray()
        with contextlib.suppress(TimeoutError, aiohttp.ClientError):
            async with asyncio.timeout(self._policy.answer_read_s):
                while len(found) < self._policy.answer_bytes_max:
                    chunk = await response.content.readany()
                    if not chunk:
                        break
                    found += chunk
        return bytes(found[: self._policy.answer_bytes_max])

    def _open(self) -> aiohttp.ClientSession:
        assert self._session is not None, "use: async with Egress(...) as egress"
        return self._session


def _check_answer(
    response: aiohttp.ClientResponse, accept: Sequence[str], max_bytes: int, host: str
) -> str:
    """Everything that the headers tell; returns the media type."""
    if response.status != 200:
        message = f"{host} answered with status {response.status} instead of a file"
        if response.status >= 500 or response.status in MAY_WORK_LATER:
            raise Unreachable(message)
        raise BadInput(message)
    if _is_compressed(response):
        # We asked for the plain bytes, and a small compressed body can hold an endless one.
        raise BadInput(f"{host} sends the file compressed, although we asked it not to")
    media_type = response.headers.get("Content-Type", UNKNOWN).split(";")[0].strip().lower()
    if accept and media_type not in MEDIA_TYPES_VAGUE and not media_type.startswith(tuple(accept)):
        raise BadInput(
            f"the file at {host} is of the wrong kind",
            remedy=f"Expected is {' or '.join(f'{kind}*' for kind in accept)}.",
        )
    if (response.content_length or 0) > max_bytes:
        raise too_large(host, max_bytes)
    return media_type


def _is_compressed(response: aiohttp.ClientResponse) -> bool:
    return response.headers.get("Content-Encoding", "identity").strip().lower() != "identity"


def _sendable(headers: Mapping[str, str]) -> Mapping[str, str]:
    """A line break in a header would begin another one, or another request."""
    for name, value in headers.items():
        if not (name + value).isprintable():
            raise BadInput(f"the header {name!r} has characters in it that can't be sent")
    return headers


@contextlib.contextmanager
def _told_in_words(host: str) -> Iterator[None]:
    """The client's own texts name addresses, so none of them is passed on."""
    try:
        yield
    except TimeoutError:
        raise Unreachable(f"{host} took too long") from None
    except aiohttp.ClientConnectorDNSError:
        raise Unreachable(f"the name {host} can't be looked up at the moment") from None
    except aiohttp.ClientConnectorCertificateError:
        raise BadInput(f"the certificate of {host} is not valid for it") from None
    except aiohttp.ClientSSLError:
        raise Unreachable(f"no secure connection to {host} came about") from None
    except aiohttp.ClientConnectorError:
        raise Unreachable(f"{host} takes no connection") from None
    except (aiohttp.ClientResponseError, aiohttp.InvalidURL):
        raise BadInput(f"what {host} answers is no proper HTTP") from None
    except (aiohttp.ClientError, OSError):
        raise Unreachable(f"the connection to {host} broke off") from None
