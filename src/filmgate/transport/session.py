"""The HTTP client as foreign URLs may use it: one look-up, checked, and nothing but its answer.

The look-up happens inside the connection: there is no second one that a changing name server could
answer otherwise. TLS still asks for, and verifies, the name that stands in the URL.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from filmgate.domain.errors import BadInput
from filmgate.transport.policy import Policy

Lookup = Callable[[str], Awaitable[Sequence[str]]]
"""From a name to its addresses, as text. Raises OSError."""

AddressInfo = tuple[int, int, int, str, tuple[object, ...]]

LOOKUPS_AT_ONCE_MAX = 16
USER_AGENT = "Filmgate"


class SystemLookup:
    """The system's resolver, in threads of its own.

    A name server that never answers holds a thread for half a minute. In the pool that the rest of
    the house works in, a handful of such names would stop everything.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE_MAX, "filmgate-lookup")

    async def __call__(self, host: str) -> Sequence[str]:
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        )
        return [str(address[0]) for _, _, _, _, address in found]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class CheckedResolver(AbstractResolver):
    """Gives the connection addresses that may be connected to, or none at all."""

    def __init__(self, policy: Policy, lookup: Lookup) -> None:
        self._policy = policy
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - both are always wanted
    ) -> list[ResolveResult]:
        if not self._policy.allow_public and host != "localhost":
            # Not even the question may leave a machine that is to call nobody.
            raise BadInput("the URL's host is not this machine, and no other may be called")
        try:
            addresses = list(dict.fromkeys(await self._lookup(host)))
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise
            addresses = []
        # One bad address condemns them all: which one is tried first is up to the attacker. And an
        # unknown name reads like an inner one, or else this would be a directory of our network.
        if not addresses or any(self._policy.why_not(address) for address in addresses):
            raise BadInput("the URL's host has no public address")
        return [_pinned(host, address, port) for address in addresses]

    async def close(self) -> None:
        pass


def checked_socket(policy: Policy) -> Callable[[AddressInfo], socket.socket]:
    """The last gate: no connection of a session comes into being but through here."""

    def open_socket(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if (refusal := policy.why_not(str(address[0]))) is not None:
            raise PermissionError(errno.EACCES, f"refused to connect to {refusal}")
        return socket.socket(family, kind, protocol)

    return open_socket


def open_session(
    policy: Policy, lookup: Lookup, tls: ssl.SSLContext | None = None
) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(policy, lookup),
        use_dns_cache=False,
        socket_factory=checked_socket(policy),
        ssl=True if tls is None else tls,
        # A connection is used once, so that every request is checked at a connection of its own,
        # and a host that hung up in between makes no webhook late. Foreign hosts are rarely met
        # twice in a row.
        force_close=True,
        limit=0,  # Egress counts, because waiting here would count as the host's own slowness
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # neither proxies nor .netrc of whoever started the server
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=policy.connect_s),
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
    )


def _pinned(host: str, address: str, port: int) -> ResolveResult:
    return {
        "hostname": host,
        "host": address,
        "port": port,
        "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
        "proto": socket.IPPROTO_TCP,
        "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    }
