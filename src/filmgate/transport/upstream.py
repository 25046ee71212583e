"""Calls to a service that the operator has an account at: pooled, paced and bounded.

What counts is what an exception proves. ``NotSent`` says that not a byte of the call has left, so
that the same call may be made again; everything else that goes wrong is ``Broken``: the service
may have it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import aiohttp
from yarl import URL

from filmgate.domain.errors import FilmgateError, Unreachable
from filmgate.domain.upstream import Call, Part, Reply
from filmgate.transport.body import pour, sink_into
from filmgate.transport.pacing import Pace, Rate
from filmgate.transport.policy import Policy
from filmgate.transport.session import USER_AGENT, CheckedResolver, SystemLookup, checked_socket

HEADERS_KEPT = ("content-type", "retry-after", "retry-after-ms", "openai-poll-after-ms")


class NotSent(Exception):
    """Not a byte has left."""


class Broken(Exception):
    """The call may have arrived; its answer did not, or can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How much of the house's time and room a service may take, and how often it is called."""

    connect_s: float = 10.0
    answer_s: float = 60.0
    """From the first byte sent to the last one read."""
    answer_bytes_max: int = 2 * 1024 * 1024
    connections_max: int = 64
    creates: Rate | None = None
    looks: Rate | None = None


class Upstream:
    """The way to one account's service; opened on its first call, in the loop it is called in."""

    def __init__(
        self,
        base_url: str,
        policy: Policy,
        terms: Terms | None = None,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``policy`` says whom may be called at all. The operator's own word for the service's
        address is not checked like a stranger's, so that a server in the next room can be used."""
        self._base_url = base_url.rstrip("/")
        self._policy = policy
        self._terms = terms or Terms()
        self._tls = tls
        self._creates, self._looks = Pace(self._terms.creates), Pace(self._terms.looks)
        self._lookup: SystemLookup | None = None
        self._pooled: aiohttp.ClientSession | None = None
        self._single: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        for session in (self._pooled, self._single):
            if session is not None:
                await session.close()
        if self._lookup is not None:
            self._lookup.close()
        self._pooled = self._single = self._lookup = None

    async def send_once(self, call: Call) -> Reply:
        """A call that may cost: over a connection of its own, because one that the service closed
        a moment ago would leave open whether the call arrived. Raises NotSent, Broken."""
        await self._creates.turn()
        if self._single is None:
            self._single = self._open(force_close=True)
        return await self._send(self._single, call)

    async def send(self, call: Call) -> Reply:
        """A call that changes nothing. Raises NotSent, Broken."""
        await self._looks.turn()
        return await self._send(self._session(), call)

    async def download(self, call: Call, target: Path, *, max_bytes: int, deadline_s: float) -> int:
        """The status; the body is in the file where that is 200. Raises Unreachable, BadInput,
        and SetUp when the file can't be written."""
        host = URL(self._url(call)).host or ""
        with _told(host):
            async with asyncio.timeout(deadline_s), self._ask(self._session(), call) as response:
                if response.status == 200:
                    with sink_into(target) as sink:
                        await pour(
                            response.content, sink, max_bytes=max_bytes, host=host, by=self._policy
                        )
                return response.status

    @contextlib.asynccontextmanager
    async def listen(
        self, call: Call, *, silence_s: float
    ) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """Status and body, as it comes in. Raises NotSent, Broken, also where nothing comes for
        that long."""
        sent = SimpleNamespace(connected=False)

        async def pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
            while True:
                async with asyncio.timeout(silence_s):
                    piece = await response.content.readany()
                if not piece:
                    return
                yield piece

        try:
            async with self._ask(self._session(), call, sent) as response:
                yield response.status, pieces(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            told = f"{URL(self._url(call)).host}: {_kind(error)}"
            raise (Broken if sent.connected else NotSent)(told) from None

    async def _send(self, session: aiohttp.ClientSession, call: Call) -> Reply:
        sent = SimpleNamespace(connected=False)
        try:
            async with (
                asyncio.timeout(self._terms.connect_s + self._terms.answer_s),
                self._ask(session, call, sent) as response,
            ):
                return await self._reply(response)
        except Broken:
            raise
        except FilmgateError as error:  # the guard: not even the name was looked up
            raise NotSent(error.message) from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # The client's own texts name addresses and ports, so only the kind is passed on.
            told = f"{URL(self._url(call)).host}: {_kind(error)}"
            if sent.connected:
                raise Broken(told) from None
            raise NotSent(told) from None

    @contextlib.asynccontextmanager
    async def _ask(
        self,
        session: aiohttp.ClientSession,
        call: Call,
        sent: SimpleNamespace | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        async with session.request(
            call.method,
            self._url(call),
            headers=dict(call.headers),
            data=_form(call.parts) if call.parts else call.body,
            allow_redirects=False,
            trace_request_ctx=sent,
        ) as response:
            yield response

    async def _reply(self, response: aiohttp.ClientResponse) -> Reply:
        found = bytearray()
        async for chunk in response.content.iter_any():
            found += chunk
            if len(found) > self._terms.answer_bytes_max:
                raise Broken(f"{response.url.host} answers with more than anybody reads")
        kept = {name: response.headers[name] for name in HEADERS_KEPT if name in response.headers}
        return Reply(status=response.status, headers=kept, body=bytes(found))

    def _url(self, call: Call) -> str:
        return (call.base_url or self._base_url).rstrip("/") + call.path

    def _session(self) -> aiohttp.ClientSession:
        if self._pooled is None:
            self._pooled = self._open(force_close=False)
        return self._pooled

    def _open(self, *, force_close: bool) -> aiohttp.ClientSession:
        if self._lookup is None:
            self._lookup = SystemLookup()
        connector = aiohttp.TCPConnector(
            resolver=CheckedResolver(self._policy, self._lookup),
            use_dns_cache=True,
            ttl_dns_cache=60,
            socket_factory=checked_socket(self._policy),
            ssl=True if self._tls is None else self._tls,
            limit=self._terms.connections_max,
            force_close=force_close,
        )
        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(_connected)
        trace.on_connection_reuseconn.append(_connected)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._terms.connect_s),
            headers={"User-Agent": USER_AGENT},
            trace_configs=[trace],
        )


async def _connected(
    session: aiohttp.ClientSession,  # noqa: ARG001 - the library's signature
    context: SimpleNamespace,
    params: object,  # noqa: ARG001
) -> None:
    """From here on bytes may leave."""
    if context.trace_request_ctx is not None:
        context.trace_request_ctx.connected = True


def _form(parts: tuple[Part, ...]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for part in parts:
        if part.file_name is None:
            form.add_field(part.name, part.content.decode())
        else:
            form.add_field(
                part.name, part.content, filename=part.file_name, content_type=part.media_type
            )
    return form


def _kind(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the name can't be looked up"
    if isinstance(error, aiohttp.ClientSSLError):
        return "no secure connection came about"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "it takes no connection"
    if isinstance(error, TimeoutError):
        return "no answer came in time"
    if isinstance(error, aiohttp.ClientResponseError):
        return "what it answers is no proper HTTP"
    return "the connection broke off"


@contextlib.contextmanager
def _told(host: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise Unreachable(f"{host} took too long") from None
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(f"{host}: {_kind(error)}") from None
